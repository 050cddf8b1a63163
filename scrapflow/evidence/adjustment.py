"""The least change to what was reported that makes it balance, by weighted least squares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from scrapflow.errors import InputError, ScrapflowError, problem
from scrapflow.evidence.partial_inverse import PartialInverse, quadratic
from scrapflow.evidence.unmeasured import Reduced, without_unmeasured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.evidence.balances import Balances

    Floats = NDArray[np.float64]

_STEPS, _CONVERGED, _BALANCED = 200, 1e-11, 1e-8
_CANCELLED = 1e-10
_WIDE, _BATCH = 60, 128
"""A variable that hangs on more equations has its variance found by a solve of its own; so many solves are made at once."""


@dataclass(frozen=True, eq=False)
class Adjustment:
    """A solved reconciliation, linear at ``point``.

    Attributes
    ----------
    system, reduced
        What was solved, and the equations without what was not measured.
    point
        Every variable, shape (N,); what no equation settles keeps its first guess.
    equations
        The reduced equations, shape (M, N).
    residual, multiplier
        What each reduced equation was off by as reported, and its multiplier, shape (M,).
    inverse
        The eliminated covariance of the residuals.
    """

    system: Balances
    reduced: Reduced
    point: Floats
    equations: sparse.csr_array
    residual: Floats
    multiplier: Floats
    inverse: PartialInverse

    @property
    def statistic(self) -> float:
        """The weighted sum of squares of the adjustments."""
        return float(self.residual @ self.multiplier)

    @property
    def redundant(self) -> NDArray[np.bool_]:
        """Which measured variables the rest could tell as well, shape (N,)."""
        touched = np.zeros(len(self.system.value), dtype=bool)
        touched[self.equations.indices[self.equations.data != 0]] = True
        return touched & self.system.measured

    @cached_property
    def _entries(self) -> sparse.csr_array:
        return self.inverse.entries()

    @cached_property
    def _pull(self) -> sparse.csc_array:
        """How errors of the variables move the residuals, shape (M, N)."""
        return sparse.csc_array(self.equations @ self.system.covariance)

    def _squares(self, part: sparse.csc_array) -> Floats:
        """Return ``v' S⁻¹ v`` for every column v."""
        return quadratic(self._entries, part)

    @cached_property
    def adjustment_variance(self) -> Floats:
        """Variance of what each variable was adjusted by, shape (N,)."""
        return np.maximum(self._squares(self._pull), 0.0)

    def likelihood_ratio(self, effect: sparse.csc_array) -> tuple[Floats, Floats]:
        """Test gross errors with given effects on the residuals (Narasimhan and Mah 1987).

        Parameters
        ----------
        effect
            What one unit of each error does to the residuals, shape (M, errors).

        Returns
        -------
        ndarray
            The statistic of each error, chi-squared with one degree of freedom if there is none; NaN where it has no
            effect on the residuals.
        ndarray
            Its estimated size.
        """
        known = self._squares(effect)
        told = effect.T @ self.multiplier
        seen = known > _CANCELLED * max(known.max(initial=0.0), np.finfo(float).tiny)
        safe = np.where(seen, known, 1.0)
        return np.where(seen, told**2 / safe, np.nan), np.where(seen, told / safe, np.nan)

    @cached_property
    def variance(self) -> Floats:
        """Variance of every variable after reconciliation, shape (N,); NaN where it cannot be determined."""
        own = self.system.covariance.diagonal()
        rest = own - self.adjustment_variance
        known = np.where(self.system.measured, np.where(rest > 1e-12 * own, rest, 0.0), np.nan)
        known[self.system.fixed] = 0.0
        known[self.reduced.solved] = np.where(self.reduced.determined, self._solved_variance, np.nan)
        return known

    @cached_property
    def _solved_variance(self) -> Floats:
        gain, pull = _gain(self.system, self.reduced, self.point)
        before = np.asarray((gain @ self.system.covariance).multiply(gain).sum(axis=1)).ravel()
        learned = np.zeros(len(before))
        wide = _is_wide(pull)
        narrow = np.flatnonzero(~wide)
        learned[narrow] = self._squares(sparse.csc_array(pull[:, narrow]))
        for part in np.array_split(np.flatnonzero(wide), max(1, -(-int(wide.sum()) // _BATCH))):
            full = pull[:, part].toarray()
            learned[part] = (full * self.inverse.solve(full)).sum(axis=0)
        rest = before - learned
        return np.where(rest > 1e-12 * before, rest, 0.0)


def adjust(system: Balances) -> Adjustment:
    """Reconcile: weighted least squares under the balances, linearised again until it stays (Cencic 2016).

    Raises
    ------
    InputError
        If exact values contradict one another.
    ScrapflowError
        If the iteration does not come to rest.
    """
    known = system.measured | system.fixed
    point = _first_guess(system)
    size = np.abs(system.value[known]).max(initial=0.0) or 1.0
    for _ in range(_STEPS):
        solved = _step(system, point, known)
        moved = np.abs(solved.point - point).max(initial=0.0)
        point = solved.point
        if not len(system.relations) or moved <= _CONVERGED * size:
            _check_exact(solved, known)
            return solved
    message = (
        f"the reconciliation did not come to rest in {_STEPS} steps: a coefficient with a wide error times a flow that is not measured "
        "leaves it too free; measure one of the two, or give the coefficient a smaller sd"
    )
    raise ScrapflowError(message)


def _first_guess(system: Balances) -> Floats:
    """Return the values as reported; for what was not measured 0, and for a coefficient the ratio of its flows."""
    point = np.where(np.isnan(system.value), 0.0, system.value)
    for flow, coefficient, of in system.relations:
        if np.isnan(system.value[coefficient]):
            ratio = point[flow] / point[of] if point[of] else 0.0
            point[coefficient] = ratio or 0.5
    return point


def _step(system: Balances, point: Floats, known: NDArray[np.bool_]) -> Adjustment:
    matrix = system.matrix(point)
    target = matrix @ point - system.imbalance(point)
    reduced = without_unmeasured(matrix, ~known)
    equations = _cleaned(reduced.combine, matrix, known)
    reported = np.where(known, np.nan_to_num(system.value), 0.0)
    residual = equations @ reported - reduced.combine @ target
    pull = sparse.csr_array(equations @ system.covariance)
    touched = [_ones(pull), _ones(sparse.csr_array(reduced.combine[:, : len(system.processes)]))]
    if len(reduced.solved):
        _, through = _gain(system, reduced, point, matrix=matrix, equations=equations)
        touched.append(_ones(sparse.csr_array(through[:, ~_is_wide(through)])))
    together = sparse.csr_array(sparse.hstack([*touched, _ones(equations)]))
    inverse = PartialInverse(sparse.csr_array(pull @ equations.T), sparse.csr_array(together @ together.T))
    multiplier = inverse.solve(residual)
    new = np.where(known, reported - pull.T @ multiplier, point)
    # of values that nearly cancel more digits are lost than they have left: what is still off is taken out once more
    new -= pull.T @ inverse.solve(equations @ np.where(known, new, 0.0) - reduced.combine @ target)
    if len(reduced.solved):
        through_rows = sparse.csc_array(reduced.rows @ matrix)
        rest = new.copy()
        rest[reduced.solved] = 0.0
        new[reduced.solved] = splu(sparse.csc_array(through_rows[:, reduced.solved])).solve(
            reduced.rows @ target - through_rows @ rest
        )
    return Adjustment(system, reduced, new, equations, residual, multiplier, inverse)


def _cleaned(combine: sparse.csr_array, matrix: sparse.csr_array, known: NDArray[np.bool_]) -> sparse.csr_array:
    """Return the combined equations over what is known, without entries that cancel."""
    product = sparse.csr_array(combine @ matrix @ sparse.diags_array(known.astype(np.float64)))
    if combine.nnz == combine.shape[0] and np.all(combine.data == 1.0):
        product.eliminate_zeros()
        return product
    size = sparse.csr_array(abs(combine) @ abs(matrix)).multiply(_ones(product))
    size = sparse.csr_array(size)
    size.data = np.divide(1.0, size.data, out=np.zeros_like(size.data), where=size.data > 0)
    share = sparse.csr_array(product.multiply(size))
    share.data = np.where(np.abs(share.data) > _CANCELLED, 1.0, 0.0)
    product = sparse.csr_array(product.multiply(share))
    product.eliminate_zeros()
    return product


def _gain(
    system: Balances,
    reduced: Reduced,
    point: Floats,
    *,
    matrix: sparse.csr_array | None = None,
    equations: sparse.csr_array | None = None,
) -> tuple[sparse.csr_array, sparse.csc_array]:
    """Return how the solved variables follow from the measured ones, (P, N), and how their errors meet the residuals, (M, P)."""
    matrix = system.matrix(point) if matrix is None else matrix
    through = sparse.csr_array(reduced.rows @ matrix)
    inner = sparse.csr_array(through[:, reduced.solved])
    pivots = inner.diagonal()
    scaled = sparse.diags_array(1.0 / pivots)
    strict = sparse.csr_array(-sparse.triu(scaled @ inner, k=1))
    gain = sparse.csr_array(-(scaled @ through) @ sparse.diags_array(system.measured.astype(np.float64)))
    while strict.nnz:  # (I - N)⁻¹ = (I + N)(I + N²)(I + N⁴)…, and N is nilpotent
        gain = sparse.csr_array(gain + strict @ gain)
        strict = sparse.csr_array(strict @ strict)
        strict.eliminate_zeros()
    if equations is None:
        equations = _cleaned(reduced.combine, matrix, system.measured | system.fixed)
    return gain, sparse.csc_array(equations @ system.covariance @ gain.T)


def _is_wide(pull: sparse.csc_array) -> NDArray[np.bool_]:
    return np.asarray(np.diff(pull.indptr) > _WIDE)


def _ones(matrix: sparse.csr_array) -> sparse.csr_array:
    out = sparse.csr_array(matrix, copy=True)
    out.data = np.ones(len(out.data))
    return out


def _check_exact(solved: Adjustment, known: NDArray[np.bool_]) -> None:
    """Refuse exact values that cannot all be true."""
    equations, system = solved.equations, solved.system
    point = np.where(known, solved.point, 0.0)
    off = equations @ point - (equations @ np.where(known, np.nan_to_num(system.value), 0.0) - solved.residual)
    size = abs(equations) @ np.abs(point) + abs(solved.residual)
    size = np.maximum(size, 1e-4 * np.abs(point).max(initial=0.0))
    wrong = np.flatnonzero(np.abs(off) > _BALANCED * np.maximum(size, np.finfo(float).tiny))
    if not len(wrong):
        return
    faults = []
    labels = np.array([*system.flow_ids, *system.names], dtype=object)
    covariance = sparse.csr_array(equations @ system.covariance @ equations.T)
    for row in wrong[:5]:
        combination = np.zeros(equations.shape[0])
        combination[row] = 1.0
        combination -= solved.inverse.solve(covariance @ combination)
        weight = np.abs(equations.T @ combination)
        part = labels[system.fixed & (weight > 1e-6 * weight.max(initial=0.0)) & (weight > 0)]
        faults.append(problem(
            "flows", ", ".join(part), "value",
            f"exact values that contradict one another by {abs(off[row]):g}: give at least one of them an sd above 0",
        ))  # fmt: skip
    raise InputError(faults, what="the reconciliation")
