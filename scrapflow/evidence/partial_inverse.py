"""The entries of the inverse of a large sparse matrix that are asked for, without making the rest."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.linalg import blas, lapack
from scipy.sparse.csgraph import reverse_cuthill_mckee
from scipy.sparse.linalg import spilu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_DEPENDENT = 1e-9
"""A pivot smaller than this share of what it was is 0: its equation follows from the others."""
_SURE = 1e-6
"""With no pivot below this no equation follows from others, and none need be exchanged to tell which (LAPACK is twice as fast then)."""
_WHOLE = 400
"""A matrix of this size is one front."""
_SPARSE = 30
"""Once each row meets a larger part of the rest than one in so many, the rest is one front."""
_NARROW = 20
"""A network whose rows meet only those within so small a part of all is one like a map, and leaves no large rest."""
_AT_ONCE = 4_000_000
"""So many entries are read at a time."""
_TILE = 256
"""Rows and columns that are turned together, so that they stay in the processor's cache."""
_SUBTREE, _PADDING = 24, 0.2
"""Subtrees of so many rows are one front, and rows join a front if they add no larger share of zeros."""


class _Front(NamedTuple):
    """Rows eliminated together: the first of them, how many, the later rows they meet, and the fronts below."""

    first: int
    width: int
    later: Ints
    children: list[int]


class _Factor(NamedTuple):
    """What elimination leaves of a front: Cholesky factor and places of the rows that do not follow, and their coupling."""

    lower: Floats
    kept: Ints
    coupling: Floats


class PartialInverse:
    """A symmetric matrix without negative eigenvalues, eliminated; some of its rows may follow from others.

    Rows are eliminated in the order of minimum degree (Tinney and Walker 1967; SuperLU's where the network is like a map), front by
    front (Duff and Reid 1983), each front with LAPACK.
    Going back, the inverse follows wherever the factor has entries (Takahashi, Fagan and Chin 1973; Erisman and Tinney
    1975). Rows that follow from others are left out, so that the inverse is a generalised one.

    Parameters
    ----------
    matrix
        Shape (M, M).
    wanted
        Nonzero where the inverse will be read, in addition to where ``matrix`` is nonzero, shape (M, M).

    Attributes
    ----------
    rank
        How many rows do not follow from others.
    dependent
        Positions of those that do.

    Examples
    --------
    >>> solved = PartialInverse(sparse.csr_array(np.diag([2.0, 4.0])), sparse.csr_array((2, 2)))
    >>> solved.rank, solved.solve(np.array([2.0, 2.0])).tolist()
    (2, [1.0, 0.5])
    """

    def __init__(self, matrix: sparse.csr_array, wanted: sparse.csr_array) -> None:
        self._size = matrix.shape[0]
        diagonal = matrix.diagonal()
        self._scale = 1.0 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
        scaling = sparse.diags_array(self._scale)
        self._matrix = sparse.csr_array(scaling @ matrix @ scaling)
        self._pattern = _ones(_ones(self._matrix) + _ones(wanted) + sparse.eye_array(self._size, format="csr"))
        self._order, self._fronts = _plan(self._pattern)
        self._factors = self._eliminate()
        kept = [self._order[f.first + k.kept] for f, k in zip(self._fronts, self._factors, strict=True)]
        self.dependent = np.setdiff1d(np.arange(self._size), np.concatenate(kept) if kept else [])
        self.rank = self._size - len(self.dependent)

    def _eliminate(self) -> list[_Factor]:
        place = np.empty(self._size, dtype=np.int64)
        place[self._order] = np.arange(self._size)
        lower = sparse.csc_array(sparse.tril(self._matrix[self._order][:, self._order]))
        lower.sort_indices()
        starts, rows, entries = lower.indptr, lower.indices, lower.data
        factors: list[_Factor] = []
        updates: dict[int, Floats] = {}
        for number, front in enumerate(self._fronts):
            w, own = front.width, np.concatenate([np.arange(front.first, front.first + front.width), front.later])
            full = np.zeros((len(own), len(own)))
            begin, end = starts[front.first], starts[front.first + w]
            at = np.searchsorted(own, rows[begin:end])
            full[at, np.repeat(np.arange(w), np.diff(starts[front.first : front.first + w + 1]))] = entries[begin:end]
            for child in front.children:
                into = np.searchsorted(own, self._fronts[child].later)
                full[into[:, None], into] += updates.pop(child)
            factor, kept = _cholesky(full[:w, :w])
            across = full[w:, kept]
            half = blas.dtrsm(1.0, factor, across.T, lower=1) if across.size else across.T
            if len(front.later):
                updates[number] = full[w:, w:] - half.T @ half
            coupling = blas.dtrsm(1.0, factor, half, lower=1, trans_a=1) if half.size else half
            factors.append(_Factor(factor, kept, coupling))
        return factors

    def solve(self, right: Floats) -> Floats:
        """Return a solution for one or more right sides, shape (M,) or (M, columns); one step of refinement is made."""
        flat = (right if right.ndim == 2 else right[:, None]) * self._scale[:, None]
        solution = self._once(flat)
        solution += self._once(flat - self._matrix @ solution)
        return np.asarray((solution * self._scale[:, None]).reshape(right.shape))

    def _once(self, right: Floats) -> Floats:
        rest = right[self._order]
        for front, factor in zip(self._fronts, self._factors, strict=True):
            rest[front.later] -= factor.coupling.T @ rest[front.first + factor.kept]
        solution = np.zeros_like(rest)
        for front, factor in zip(reversed(self._fronts), reversed(self._factors), strict=True):
            if len(factor.kept):
                at = front.first + factor.kept
                solution[at] = lapack.dpotrs(factor.lower, rest[at], lower=1)[0]
                solution[at] -= factor.coupling @ solution[front.later]
        out = np.empty_like(solution)
        out[self._order] = solution
        return out

    def entries(self) -> sparse.csr_array:
        """Return the inverse where it is wanted, shape (M, M), upper and lower half."""
        if not self._size:
            return self._matrix
        wholes: dict[int, Floats] = {}
        parent = {child: number for number, front in enumerate(self._fronts) for child in front.children}
        left = [len(front.children) for front in self._fronts]
        lower = sparse.csc_array(sparse.tril(self._pattern[self._order][:, self._order]))
        lower.sort_indices()
        starts, rows, entry = lower.indptr, lower.indices, np.empty(lower.nnz)
        for number in range(len(self._fronts) - 1, -1, -1):
            front, factor = self._fronts[number], self._factors[number]
            w, own = front.width, np.concatenate([np.arange(front.first, front.first + front.width), front.later])
            whole = np.zeros((len(own), len(own)))
            if len(front.later):
                above = self._fronts[parent[number]]
                span = np.concatenate([np.arange(above.first, above.first + above.width), above.later])
                at = np.searchsorted(span, front.later)
                whole[w:, w:] = wholes[parent[number]][at[:, None], at]
                left[parent[number]] -= 1
                if not left[parent[number]]:
                    del wholes[parent[number]]
            if len(factor.kept):
                across = -factor.coupling @ whole[w:, w:]
                inner = _whole_of(lapack.dpotri(factor.lower, lower=1)[0])
                if len(factor.kept) == len(own):
                    whole = inner
                else:
                    whole[factor.kept[:, None], factor.kept] = inner - across @ factor.coupling.T
                    whole[factor.kept, w:] = across
                    whole[w:, factor.kept] = across.T
            if left[number]:
                wholes[number] = whole
            begin, end = starts[front.first], starts[front.first + w]
            inside = np.repeat(np.arange(w), np.diff(starts[front.first : front.first + w + 1]))
            entry[begin:end] = whole[inside, np.searchsorted(own, rows[begin:end])]
        columns = np.repeat(np.arange(self._size), np.diff(starts))
        i, j, off = self._order[rows], self._order[columns], rows != columns
        scaled = entry * self._scale[i] * self._scale[j]
        ends = np.concatenate([i, j[off]]), np.concatenate([j, i[off]])
        return sparse.csr_array((np.concatenate([scaled, scaled[off]]), ends), shape=self._matrix.shape)


def quadratic(matrix: sparse.csr_array, columns: sparse.csc_array) -> Floats:
    """Return ``v' A v`` for every column v, from the entries of A at the pairs of places where v is not zero.

    A product with A would make whole columns: a hundred times more than is read where A is nearly full.

    Parameters
    ----------
    matrix
        A, shape (M, M), with an entry at every such pair.
    columns
        Shape (M, N).

    Raises
    ------
    ValueError
        If A has no entry at one of them.

    Examples
    --------
    >>> full = sparse.csr_array(np.array([[2.0, 1.0], [1.0, 3.0]]))
    >>> quadratic(full, sparse.csc_array(np.array([[1.0, 1.0], [0.0, -1.0]]))).tolist()
    [2.0, 3.0]
    """
    size = matrix.shape[0]
    matrix.sort_indices()
    columns = sparse.csc_array(columns, copy=True)
    columns.eliminate_zeros()
    rows, values, starts = columns.indices.astype(np.int64), columns.data, columns.indptr.astype(np.int64)
    keys = np.repeat(np.arange(size) * size, np.diff(matrix.indptr)) + matrix.indices
    lengths = np.diff(starts)
    pairs = np.concatenate([[0], np.cumsum(lengths**2)])
    out = np.zeros(len(lengths))
    for first, last in pairwise(_shares(pairs, _AT_ONCE)):
        own = np.arange(first, last)
        left = np.repeat(np.arange(starts[first], starts[last]), np.repeat(lengths[own], lengths[own]))
        column = np.repeat(own, lengths[own] ** 2)
        right = starts[column] + (np.arange(pairs[first], pairs[last]) - pairs[column]) % lengths[column]
        wanted = rows[left] * size + rows[right]
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        if not np.array_equal(keys[at], wanted):
            message = "an entry of the inverse is read that was not asked for"
            raise ValueError(message)
        out[first:last] = np.bincount(
            column - first, values[left] * values[right] * matrix.data[at], minlength=last - first
        )
    return out


def _shares(counts: Ints, most: int) -> list[int]:
    """Return where to cut columns, given counts up to each, so that a share has hardly more than so many."""
    cuts = np.searchsorted(counts, np.arange(0, counts[-1], most), side="left")
    return [*dict.fromkeys([*cuts.tolist(), len(counts) - 1])]


def _whole_of(lower: Floats) -> Floats:
    """Return a symmetric matrix of its lower half, beside which there are zeros."""
    for first in range(0, len(lower), _TILE):
        rows = slice(first, first + _TILE)
        lower[rows, rows] += np.tril(lower[rows, rows], -1).T
        for other in range(0, first, _TILE):
            columns = slice(other, other + _TILE)
            lower[columns, rows] = lower[rows, columns].T
    return lower


def _ones(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return where a matrix has entries, as ones: sums of these cannot cancel."""
    out = sparse.csr_array(matrix, dtype=np.float32, copy=True)
    out.sum_duplicates()
    out.data[:] = 1.0
    return out


def _cholesky(matrix: Floats) -> tuple[Floats, Ints]:
    """Return the lower Cholesky factor of the rows that do not follow from others, and these rows."""
    factor, fault = lapack.dpotrf(matrix, lower=1)
    if not fault and np.diagonal(factor).min(initial=1.0) ** 2 > _SURE:
        return factor, np.arange(len(matrix))
    factor, order, rank, _ = lapack.dpstrf(matrix, tol=_DEPENDENT, lower=1)
    return np.tril(factor[:rank, :rank]), (order[:rank] - 1).astype(np.int64)


def _plan(pattern: sparse.csr_array) -> tuple[Ints, list[_Front]]:
    """Return an order of elimination with little fill, and its fronts."""
    size = pattern.shape[0]
    if size <= _WHOLE:
        return np.arange(size), [_Front(0, size, np.zeros(0, dtype=np.int64), [])] if size else []
    order, before = (_minimum_degree(pattern), size) if _is_long(pattern) else _fewest_first(pattern)
    tree = _postorder(_parents(pattern[order][:, order])[:before], before)
    order = np.concatenate([order[:before][tree], order[before:]])
    permuted = sparse.csc_array(sparse.tril(pattern[order][:, order], k=-1))
    parent, later = _structure(permuted, before)
    fronts = _fronts(parent, later)
    if before < size:
        fronts.append(_Front(before, size - before, np.zeros(0, dtype=np.int64), []))
    starts = np.array([f.first for f in fronts])
    for n, front in enumerate(fronts):
        if len(front.later):
            fronts[int(np.searchsorted(starts, front.later[0], side="right")) - 1].children.append(n)
    return order, fronts


def _is_long(pattern: sparse.csr_array) -> bool:
    """Tell whether rows can be put in an order in which each meets near ones alone (Cuthill and McKee 1969), as on a map."""
    order = reverse_cuthill_mckee(pattern, symmetric_mode=True)
    ends = sparse.coo_array(pattern[order][:, order]).coords
    return bool(np.abs(ends[0] - ends[1]).max() * _NARROW < pattern.shape[0])


def _minimum_degree(pattern: sparse.csr_array) -> Ints:
    """Return SuperLU's minimum-degree order; the incomplete factor that comes with it is thrown away."""
    dominant = sparse.csc_array(sparse.diags_array(np.diff(pattern.indptr) + 1.0) - pattern)
    options = {"SymmetricMode": True}
    made = spilu(
        dominant, drop_tol=1.0, fill_factor=1.0, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options
    )
    return np.argsort(made.perm_c).astype(np.int64)


def _fewest_first(pattern: sparse.csr_array) -> tuple[Ints, int]:
    """Return rows in the order in which each meets fewest others, and how many come before the rest that is one front.

    SuperLU's order is as good, but takes longer than all the rest where that rest is large.
    """
    starts, columns = pattern.indptr.tolist(), pattern.indices.tolist()
    meets = [set(columns[a:b]) for a, b in pairwise(starts)]
    for row, others in enumerate(meets):
        others.discard(row)
    degree = [len(others) for others in meets]
    queue = [(count, row) for row, count in enumerate(degree)]
    heapify(queue)
    eliminated: list[int] = []
    left = len(degree)
    while queue and queue[0][0] * _SPARSE <= left:
        count, row = heappop(queue)
        if count != degree[row]:
            continue  # an older count, or a row that is gone
        others = meets[row]
        for other in others:
            mine = meets[other]
            mine |= others
            mine.remove(other)
            mine.remove(row)
            if len(mine) != degree[other]:
                degree[other] = len(mine)
                heappush(queue, (degree[other], other))
        eliminated.append(row)
        degree[row] = -1
        left -= 1
    rest = np.setdiff1d(np.arange(len(degree)), eliminated)
    return np.concatenate([np.array(eliminated, dtype=np.int64), rest]), len(eliminated)


def _parents(pattern: sparse.csr_array) -> list[int]:
    """Return the elimination tree (Liu 1990): the parent of each row, -1 for a root."""
    starts, columns = pattern.indptr.tolist(), pattern.indices.tolist()
    size = len(starts) - 1
    parent, ancestor = [-1] * size, [-1] * size
    for i in range(size):
        for j in columns[starts[i] : starts[i + 1]]:
            while j < i and j != -1:
                above = ancestor[j]
                ancestor[j] = i
                if above == -1:
                    parent[j] = i
                j = above  # noqa: PLW2901
                if j == i:
                    break
    return parent


def _postorder(parent: list[int], before: int) -> Ints:
    """Return the first rows with each subtree together, children before parents."""
    children: list[list[int]] = [[] for _ in parent]
    roots: list[int] = []
    for row, above in enumerate(parent):
        (children[above] if 0 <= above < before else roots).append(row)
    order, stack = [], roots[::-1]
    while stack:
        row = stack.pop()
        order.append(row)
        stack.extend(children[row])
    return np.array(order[::-1], dtype=np.int64)


def _structure(below: sparse.csc_array, before: int) -> tuple[list[int], list[set[int]]]:
    """Return the parent of each of the first rows, and the later rows it meets once the earlier ones are eliminated."""
    starts, rows = below.indptr.tolist(), below.indices.tolist()
    later = [set(rows[a:b]) for a, b in pairwise(starts[: before + 1])]
    parent = [-1] * before
    for j, met in enumerate(later):
        if met:
            parent[j] = p = min(met)
            if p < before:
                later[p] |= met
                later[p].discard(p)
    return parent, later


def _fronts(parent: list[int], later: list[set[int]]) -> list[_Front]:
    """Put rows together that meet nearly the same later rows; a parent beyond them is in the rest that is one front."""
    size = len(parent)
    weight = [1] * size
    for j, p in enumerate(parent):
        if 0 <= p < size:
            weight[p] += weight[j]
    ends, j = [], 0
    while j < size:
        top = j
        while 0 <= parent[top] < size and weight[parent[top]] <= _SUBTREE:
            top = parent[top]
        if weight[top] <= _SUBTREE and top - weight[top] + 1 == j:
            alone = top == j
            while alone and top + 1 < min(size, j + _SUBTREE) and weight[top + 1] == 1 and parent[top + 1] == parent[j]:
                top += 1  # single rows that hang on the same row
        else:
            top = _chain(parent, later, j)
        ends.append((j, top))
        j = top + 1
    met = [sorted(set().union(*later[a : b + 1]).difference(range(a, b + 1))) for a, b in ends]
    return [_Front(a, b + 1 - a, np.array(m, dtype=np.int64), []) for (a, b), m in zip(ends, met, strict=True)]


def _chain(parent: list[int], later: list[set[int]], first: int) -> int:
    """Return the last row of the front that begins with a row and goes up from parent to parent."""
    top, zeros, entries = first, 0, 1 + len(later[first])
    while parent[top] == top + 1 < len(parent):
        width = top + 1 - first
        more = width * (1 + len(later[top + 1]) - len(later[top]))
        total = entries + 1 + len(later[top + 1])
        if zeros + more > _PADDING * total and width + len(later[top + 1]) > _SUBTREE:
            break
        zeros, entries, top = zeros + more, total + more, top + 1
    return top
