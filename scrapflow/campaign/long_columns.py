"""Columns of long tables, put together piece by piece: what repeats is stored once and shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from scrapflow.campaign.population import Floats, Ints

_BLOCK = 2**16
"""Rows of one text that share their memory; a column of fewer rows is one piece."""


class TextColumn:
    """A column of strings that come from a short list, given by position in it.

    Parameters
    ----------
    labels
        The list.

    Examples
    --------
    >>> column = TextColumn(["a", "b"])
    >>> column.repeat(1, 2)
    >>> column.add(np.array([0, 1]))
    >>> list(column.close())
    ['b', 'b', 'a', 'b']
    """

    def __init__(self, labels: Iterable[str]) -> None:
        import pyarrow as pa

        self._labels = pa.array(labels, type=pa.large_string())
        self._pieces: list[Any] = []
        self._blocks: dict[int, Any] = {}
        self._last: dict[Hashable, tuple[Ints, Any]] = {}

    def add(self, code: Ints, slot: Hashable = None) -> None:
        """Add a piece; one that equals the last one of its slot is not stored again."""
        known = self._last.get(slot)
        if known is None or not np.array_equal(known[0], code):
            known = self._last[slot] = (code, self._labels.take(_positions(code)))
        self._pieces.append(known[1])

    def repeat(self, code: int, count: int) -> None:
        """Add one text ``count`` times."""
        block = self._blocks.get(code)
        if block is None or len(block) < min(count, _BLOCK):
            block = self._blocks[code] = self._labels.take(_positions(np.full(min(count, _BLOCK), code)))
        whole, rest = divmod(count, len(block)) if count else (0, 0)
        self._pieces += [block] * whole
        if rest:
            self._pieces.append(block.slice(0, rest))

    def close(self) -> pd.api.extensions.ExtensionArray:
        """Return the column and forget it."""
        import pyarrow as pa

        column = pa.chunked_array(self._pieces, type=pa.large_string())
        self._pieces, self._blocks, self._last = [], {}, {}
        made = pd.array(column.combine_chunks() if len(column) < _BLOCK else column, dtype="str")
        return cast("pd.api.extensions.ExtensionArray", made)


def _positions(code: Ints) -> Any:
    import pyarrow as pa

    return pa.array(code)


class NumberColumn:
    """A column of numbers that grows in place, so that a long one is never held twice.

    Examples
    --------
    >>> column = NumberColumn()
    >>> column.add(np.array([1.0]), np.array([2.0]))
    >>> column.close()
    array([1., 2.])
    """

    def __init__(self) -> None:
        self._values: Floats = np.zeros(0)

    def add(self, *pieces: Floats) -> None:
        """Add pieces."""
        at = len(self._values)
        self._values.resize(at + sum(map(len, pieces)), refcheck=False)
        for piece in pieces:
            self._values[at : at + len(piece)] = piece
            at += len(piece)

    def close(self) -> Floats:
        """Return the column and forget it."""
        values, self._values = self._values, np.zeros(0)
        return values
