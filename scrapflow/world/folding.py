"""The fold of names: one table of letters, read here and sent to the page, so that both find the same places."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@cache
def letters() -> tuple[tuple[int, int, str], ...]:
    """Return the rows of ``letters.csv``: first and last code point, and what stands for each of them ("": nothing).

    A name is folded in five steps: drop the letters that fold to nothing; decompose (NFKD); drop them again; to small
    letters, then by this table; drop once more, and compose (NFC). Small letters are those of Unicode without regard
    to language, as ``str.lower`` and JavaScript's ``toLowerCase`` give them.

    Examples
    --------
    >>> [folded for first, last, folded in letters() if first <= ord("ł") <= last]
    ['l']
    """
    text = files("scrapflow.world").joinpath("letters.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((int(row["first"], 16), int(row["last"], 16), row["folded"]) for row in rows)


@cache
def _dropped() -> re.Pattern[str]:
    ranges = "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last, folded in letters() if not folded)
    # A line feed keeps names apart while thousands of them are folded as one text.
    return re.compile(f"(?!\n)[{ranges}]")


@cache
def _changed() -> dict[int, str]:
    return {code: folded for first, last, folded in letters() if folded for code in range(first, last + 1)}


def fold(text: str) -> str:
    """Reduce a name to what its spellings have in common.

    Ignores case, accents (ŏ is o), apostrophes of all kinds, hyphens, spaces and the difference between composed and
    decomposed characters; letters of other scripts stay as they are.

    Examples
    --------
    >>> fold("Kim Ch’aek") == fold("KIMCH'AEK") == fold("Kimch`aek")
    True
    >>> fold("Kangsŏn"), fold("강선"), fold("Łódź")
    ('kangson', '강선', 'lodz')
    """
    return _fold_text(text).replace("\n", "")


def fold_all(texts: Sequence[str]) -> list[str]:
    """Fold many names at once; the same as :func:`fold` one by one, but as a single pass over the characters.

    Examples
    --------
    >>> fold_all(["Sŏp'o", "Far Mill"])
    ['sopo', 'farmill']
    """
    if not len(texts):
        return []
    joined = "\n".join(texts)
    if joined.count("\n") != len(texts) - 1:
        return [fold(t) for t in texts]
    return _fold_text(joined).split("\n")


def _fold_text(text: str) -> str:
    drop = _dropped().sub
    # Apostrophes go first: compatibility decomposition would turn some of them into a space and an accent.
    text = drop("", unicodedata.normalize("NFKD", drop("", text)))
    text = text.lower().translate(_changed())
    return unicodedata.normalize("NFC", drop("", text))
