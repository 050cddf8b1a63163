"""How words of a query are taken and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapflow.errors import UnknownNameError, near
from scrapflow.queries.arguments import words as listed_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scrapflow.world.names import Match


def flat(words: Iterable[str | Sequence[str]]) -> list[str]:
    """Return words given one by one or in lists; what is no text is refused."""
    return listed_words(words, "what a query is asked for")


def said(meant: Iterable[tuple[str, Match]]) -> str:
    """Return names as they were given, each with the node that was meant where that is something else."""
    return ", ".join(name if name == match.id else f"{name} ({match.kind} {match.id})" for name, match in meant)


def listed(words: Iterable[str | Sequence[str]]) -> str:
    """Return words with commas between them."""
    return ", ".join(flat(words))


def unknown(word: str, what: str, known: Sequence[str]) -> UnknownNameError:
    """Return the error for a word that is none of those known, with near ones."""
    msg = f"no {what} is called {word!r}; known are {', '.join(known)}"
    return UnknownNameError(msg, near(word, known, cutoff=0.4) or list(known))
