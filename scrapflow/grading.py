"""Admiralty grades: how reliable a source is (A–F) and how credible a claim (1–6), judged apart.

F and 6 mean *cannot be judged*; they are unknown, not worst. The order used for "B3 or better" therefore leaves them
out of every threshold.
"""

from __future__ import annotations

from scrapflow.errors import InputError, problem

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "cannot be judged",
}
CREDIBILITY = {
    "1": "confirmed by other sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "cannot be judged",
}
BASES = ("reported", "derived", "assumed")
"""Where an input value comes from, strongest first; a result is ``modelled``."""


def parse(grade: str) -> tuple[str, str]:
    """Split a grade such as ``"B3"`` into reliability and credibility; empty parts mean not judged.

    Raises
    ------
    InputError
        If either letter or digit is not of the scale.

    Examples
    --------
    >>> parse("b3")
    ('B', '3')
    >>> parse("B")
    ('B', '')
    """
    text = grade.strip().upper()
    letter, digit = text[:1], text[1:]
    if letter not in RELIABILITY or digit not in ("", *CREDIBILITY):
        faults = [problem("grade", "", "", f"{grade!r} is none: write a letter A-F and a digit 1-6, such as 'B3'")]
        raise InputError(faults, what="the Admiralty grade")
    return letter, digit


def at_least(grade: str, threshold: str) -> bool:
    """Tell whether a grade is as good as a threshold on both scales; an unjudged part never is.

    Examples
    --------
    >>> at_least("B2", "B3"), at_least("C1", "B3"), at_least("F6", "E5"), at_least("B", "B3")
    (True, False, False, False)
    """
    if not grade:
        return False
    letter, digit = parse(grade)
    want_letter, want_digit = parse(threshold)
    known = letter != "F" and digit not in ("6", "") if want_digit else letter != "F"
    return known and letter <= want_letter and (not want_digit or digit <= want_digit)


def weakest_basis(*bases: str) -> str:
    """Return the weakest of several bases: ``assumed`` before ``derived`` before ``reported``.

    Examples
    --------
    >>> weakest_basis("reported", "assumed", "derived")
    'assumed'
    """
    return max(bases, key=BASES.index)
