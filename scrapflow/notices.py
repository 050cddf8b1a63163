"""Warnings that are said at once, or gathered by who does the same thing many times and says them once."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterable, Iterator


class Notice(NamedTuple):
    """A warning: what is said of all of its kind, and of this one."""

    kind: str
    text: str


_GATHERED: ContextVar[list[Notice] | None] = ContextVar("gathered", default=None)


def warn(log: logging.Logger, text: str, *values: object) -> None:
    """Warn through a log, or tell whoever gathers warnings.

    Parameters
    ----------
    log
        Where to.
    text, values
        As the log takes them.
    """
    found = _GATHERED.get()
    if found is None:
        log.warning(text, *values)
    else:
        found.append(Notice(text, text % values))


@contextmanager
def gathered() -> Iterator[list[Notice]]:
    """Gather the warnings of what is done in a block instead of saying them.

    Examples
    --------
    >>> import logging
    >>> with gathered() as found:
    ...     warn(logging.getLogger("scrapflow"), "%s t are lost", 3)
    >>> [notice.text for notice in found]
    ['3 t are lost']
    """
    found: list[Notice] = []
    before = _GATHERED.set(found)
    try:
        yield found
    finally:
        _GATHERED.reset(before)


def told_once(log: logging.Logger, runs: Iterable[Iterable[Notice]], what: str) -> None:
    """Say each kind of warning once: of how many runs, and what the first of them says.

    Parameters
    ----------
    log
        Where to.
    runs
        The warnings of each run.
    what
        What the runs are called.
    """
    every = [{notice.kind: notice.text for notice in reversed(list(found))} for found in runs]
    counts = Counter(kind for found in every for kind in found)
    for kind, count in counts.items():
        first = next(found[kind] for found in every if kind in found)
        log.warning("in %s of %s %s: %s", count, len(every), what, first)
