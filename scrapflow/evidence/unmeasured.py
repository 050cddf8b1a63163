"""Equations freed of what was not measured, and what was not measured found again from the rest."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = dict[int, dict[int, float]]

_CANCELLED = 1e-11
"""A difference smaller than this share of its terms is 0."""
_PROBES = 2


class Reduced(NamedTuple):
    """A system of equations ``A x + B u = c`` with the unmeasured ``u`` taken out.

    Attributes
    ----------
    combine
        The equations that are left, as combinations of the K given ones, shape (M, K).
    solved
        Positions of the variables that were solved for, shape (P,).
    rows
        The equation each is found from, as combinations of the given ones, shape (P, K).
    free
        Positions of the unmeasured variables that no equation settles, shape (F,).
    determined
        Which of ``solved`` hang on no free variable, shape (P,).
    """

    combine: sparse.csr_array
    solved: NDArray[np.int64]
    rows: sparse.csr_array
    free: NDArray[np.int64]
    determined: NDArray[np.bool_]


def without_unmeasured(matrix: sparse.csr_array, unmeasured: NDArray[np.bool_]) -> Reduced:
    """Take the unmeasured variables out of linear equations.

    Gaussian elimination that keeps to what is sparse (Markowitz 1957): the variable in the fewest equations goes first, by
    its shortest equation. For balances alone it merges the processes that an unmeasured flow joins (Mah, Stanley and
    Downing 1976), in general it is Crowe's projection (Crowe, García Campos and Hrymak 1983).

    Parameters
    ----------
    matrix
        The equations, shape (K, N).
    unmeasured
        Which variables to take out, shape (N,).
    """
    k = matrix.shape[0]
    part = sparse.csc_array(matrix[:, np.flatnonzero(unmeasured)])
    names = np.flatnonzero(unmeasured)
    rows, of_column = _as_rows(part)
    identity = {r: {r: 1.0} for r in rows}
    pivots = _eliminate(rows, identity, of_column)
    touched = {r for r, _ in pivots}
    kept = [r for r in range(k) if r not in touched]
    combine = _stack([identity.get(r, {r: 1.0}) for r in kept], k)
    solved = np.array([c for _, c in pivots], dtype=np.int64)
    through = _stack([identity[r] for r, _ in pivots], k)
    free = np.setdiff1d(np.arange(len(names)), solved)
    determined = _determined(through @ part, solved, free)
    return Reduced(combine, names[solved], through, names[free], determined)


def _as_rows(part: sparse.csc_array) -> tuple[Rows, dict[int, set[int]]]:
    """Return the entries by row, and the rows of each column."""
    coo = part.tocoo()
    rows: Rows = {}
    of_column: dict[int, set[int]] = {c: set() for c in range(part.shape[1])}
    for r, c, v in zip(coo.row.tolist(), coo.col.tolist(), coo.data.tolist(), strict=True):
        if v != 0.0:
            rows.setdefault(r, {})[c] = v
            of_column[c].add(r)
    return rows, of_column


def _eliminate(rows: Rows, identity: Rows, of_column: dict[int, set[int]]) -> list[tuple[int, int]]:
    """Eliminate column after column; return the pivots (row, column) in their order. Works on its arguments."""
    pivots = []
    heap = [(len(r), c) for c, r in of_column.items() if r]
    heapify(heap)
    while heap:
        count, column = heappop(heap)
        own = of_column[column]
        if count != len(own) or not own:
            if own and count != len(own):
                heappush(heap, (len(own), column))
            continue
        largest = max(abs(rows[r][column]) for r in own)
        pivot = min((len(rows[r]) + len(identity[r]), r) for r in own if abs(rows[r][column]) >= 0.1 * largest)[1]
        source, value = rows[pivot], rows[pivot][column]
        for r in own - {pivot}:
            factor = rows[r][column] / value
            changed = _subtract(rows[r], source, factor)
            rows[r].pop(column, None)
            _subtract(identity[r], identity[pivot], factor)
            for c in changed - {column}:
                (of_column[c].add if c in rows[r] else of_column[c].discard)(r)
                heappush(heap, (len(of_column[c]), c))
        for c in source:
            of_column[c].discard(pivot)
            if c != column and of_column[c]:
                heappush(heap, (len(of_column[c]), c))
        of_column[column] = set()
        pivots.append((pivot, column))
    return pivots


def _subtract(row: dict[int, float], other: dict[int, float], factor: float) -> set[int]:
    """Subtract a multiple of a row from another in place; return the columns that came or went."""
    changed = set()
    for c, v in other.items():
        old, less = row.get(c, 0.0), factor * v
        new = old - less
        if abs(new) <= _CANCELLED * max(abs(old), abs(less)):
            if row.pop(c, None) is not None:
                changed.add(c)
        else:
            if c not in row:
                changed.add(c)
            row[c] = new
    return changed


def _stack(rows: list[dict[int, float]], width: int) -> sparse.csr_array:
    lengths = np.fromiter((len(r) for r in rows), dtype=np.int64, count=len(rows))
    columns = np.fromiter((c for r in rows for c in r), dtype=np.int64, count=int(lengths.sum()))
    entries = np.fromiter((v for r in rows for v in r.values()), dtype=np.float64, count=int(lengths.sum()))
    return sparse.csr_array((entries, columns, np.concatenate([[0], lengths.cumsum()])), shape=(len(rows), width))


def _determined(equations: sparse.csr_array, solved: NDArray[np.int64], free: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which solved variables stay the same whatever the free ones are: random values for these must not move them."""
    if not len(solved) or not len(free):
        return np.ones(len(solved), dtype=bool)
    rng = np.random.default_rng(0)
    probe = 1.0 + rng.random((len(free), _PROBES))
    columns = sparse.csc_array(equations)
    moved = splu(columns[:, solved]).solve(columns[:, free] @ probe)
    size = np.abs(moved).max(initial=0.0)
    return np.asarray(np.abs(moved).max(axis=1) <= 1e-9 * max(size, 1.0))
