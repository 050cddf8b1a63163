"""What is handed to a query by mistake, refused in our words before it reaches SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from scrapflow.errors import InputError, problem
from scrapflow.given import iterates

if TYPE_CHECKING:
    from collections.abc import Iterable


def text(value: object, what: str) -> str:
    """Return a word as it is.

    Raises
    ------
    InputError
        If it is no text, or text that nothing can write down.

    Examples
    --------
    >>> text("Vale", "a place")
    'Vale'
    """
    if not isinstance(value, str):
        _refuse(f"{what} is text, not {value!r}")
    try:
        value.encode()
    except UnicodeEncodeError:
        _refuse(f"{what} holds half of a letter: {value!r}")
    return value


def words(values: Iterable[object], what: str) -> list[str]:
    """Return words given one by one or in lists.

    Raises
    ------
    InputError
        If one is no text.

    Examples
    --------
    >>> words(["a", ["b", "c"]], "a place")
    ['a', 'b', 'c']
    """
    out: list[str] = []
    for value in values:
        many = iterates(value) and not isinstance(value, str | bytes)
        out += [text(word, what) for word in (value if many else [value])]  # type: ignore[attr-defined]
    return out


def _refuse(message: str) -> NoReturn:
    raise InputError([problem("flows", "", "", message)], what="the query")
