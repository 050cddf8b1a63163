"""Words as numbers: a column of text has few different words, so each is looked at once and not cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LARGEST = 2**62
"""Numbers of rows stay below this, so that they fit into 64 bits."""


def numbered(words: pd.Series[str] | NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Give each word its number among the sorted ones.

    Parameters
    ----------
    words
        Text, n rows.

    Returns
    -------
    tuple
        Number of each row's word, -1 where there is none, shape (n,), and the sorted words, shape (k,), each once.

    Examples
    --------
    >>> numbers, labels = numbered(pd.Series(["b", "a", "b"], dtype="str"))
    >>> numbers.tolist(), labels.tolist()
    ([1, 0, 1], ['a', 'b'])
    """
    found, seen = pd.factorize(words)
    labels = np.asarray(seen, dtype=object)
    order = np.argsort(labels)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return np.append(place, -1)[found], labels[order]


def positions(
    words: pd.Series[str] | NDArray[np.object_] | Sequence[str], labels: Sequence[str] | pd.Index | pd.Series[str]
) -> NDArray[np.int64]:
    """Return where each word stands in a list, in which each stands once; -1 where it does not; shape (n,).

    Examples
    --------
    >>> positions(pd.Series(["b", "c", "b"], dtype="str"), ["a", "b"]).tolist()
    [1, -1, 1]
    """
    found, seen = pd.factorize(words if isinstance(words, pd.Series) else np.asarray(words, dtype=object))
    place = pd.Index(labels, dtype=object).get_indexer(pd.Index(seen, dtype=object))
    return np.append(place, -1).astype(np.int64)[found]


def joined(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Join columns of numbers from -1 on into one that sorts as they do one after the other, shape (n,).

    Examples
    --------
    >>> joined([np.array([1, 0, 1]), np.array([0, 5, -1])]).argsort().tolist()
    [1, 2, 0]
    """
    out, count = columns[0] + 1, int(columns[0].max(initial=-1)) + 2
    for column in columns[1:]:
        width = int(column.max(initial=-1)) + 2
        if count > _LARGEST // width:
            out = np.unique(out, return_inverse=True)[1]
            count = len(out)
        out, count = out * width + column + 1, count * width
    return out
