"""How words of a query are taken and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapflow.errors import UnknownNameError, near
from scrapflow.queries.arguments import words as listed_words
from scrapflow.units import two_figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scrapflow.world.names import Match


_LEAST_T = 0.05


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
    alike = near(word, known)
    hint = f" (did you mean {alike[0]}?)" if alike else ""
    msg = f"no {what} is called {word!r}{hint}; known are {', '.join(known)}"
    return UnknownNameError(msg, alike or list(known))


def change_words(what: str, tonnage_t_a: float, tonnage_t_b: float) -> str:
    """Say what an amount in t was and became.

    Examples
    --------
    >>> change_words("shipped to mills", 200.0, 150.0)
    'Shipped to mills: 200 t → 150 t (-50 t, -25%).'
    """
    delta = tonnage_t_b - tonnage_t_a
    # A tonne out of next to nothing is no percentage.
    share = f", {delta / tonnage_t_a:+.0%}" if tonnage_t_a > _LEAST_T else ""
    amounts = f"{two_figures(tonnage_t_a)} t → {two_figures(tonnage_t_b)} t ({signed(delta)} t{share})"
    return f"{what[:1].upper()}{what[1:]}: {amounts}."


def signed(tonnes: float) -> str:
    """Return tonnes with two significant figures and their sign."""
    return f"{'+' if tonnes > 0 else ''}{two_figures(tonnes)}"
