"""Hangul in Latin letters, for spellings by which a place can be asked for.

No library: ``korean-romanizer`` is GPL, and ``hangul-romanize`` (2016) knows no sound changes.
"""

from __future__ import annotations

_INITIAL = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "-", "j", "jj", "ch", "k", "t", "p", "h"]
_VOWEL = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
_FINAL = [
    "-",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]
_JOINED = {  # final + initial, as pronounced
    ("k", "n"): "ngn", ("k", "m"): "ngm", ("k", "r"): "ngn", ("t", "n"): "nn", ("t", "m"): "nm", ("t", "r"): "nn",
    ("p", "n"): "mn", ("p", "m"): "mm", ("p", "r"): "mn", ("n", "r"): "ll", ("l", "n"): "ll", ("l", "r"): "ll",
    ("m", "r"): "mn", ("ng", "r"): "ngn",
}  # fmt: skip
_CARRIED = {"k": "g", "t": "d", "p": "b", "l": "r"}


def romanise(hangul: str) -> str:
    """Romanise Hangul by the Revised Romanisation (2000), with its main sound changes; "" if it is not all Hangul."""
    if not hangul or any(not "가" <= c <= "힣" for c in hangul):
        return ""
    out, last = "", ""
    for c in hangul:
        n = ord(c) - ord("가")
        initial, vowel, final = _INITIAL[n // 588], _VOWEL[n % 588 // 28], _FINAL[n % 28]
        if initial == "-":
            out += _CARRIED.get(last, last)
        elif last:
            out += _JOINED.get((last, initial), last + initial)
        else:
            out += initial
        out += vowel
        last = "" if final == "-" else final
    return (out + last).capitalize()
