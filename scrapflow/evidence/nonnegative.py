"""The least change to what was reported that makes it balance with no flow below 0."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scrapflow.errors import InputError, ScrapflowError, problem
from scrapflow.evidence.adjustment import adjust

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.evidence.adjustment import Adjustment
    from scrapflow.evidence.balances import Balances

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

_STEPS = 200
_PATIENCE = 10
"""After so many steps that leave no fewer flows wrong than before, one flow is changed at a time."""
_SMALL = 1e-9
_SINGULAR = 1e-12


def without_negatives(system: Balances) -> Adjustment:
    """Reconcile with no flow below 0: those that would be are held at 0, and let go where that would be less change.

    Block principal pivoting (Portugal, Júdice and Vicente 1994): all flows that are wrong change sides at once, and where that
    runs in a circle, as it can with correlated errors, one at a time by Murty's rule, which ends. Changes of stocks may stay
    negative.

    Raises
    ------
    InputError
        If errors follow from one another, or exact values leave no room for flows that are not negative.
    ScrapflowError
        If the set of flows at 0 does not come to rest.
    """
    _refuse_copies(system)
    bounded = np.zeros(len(system.value), dtype=bool)
    bounded[: len(system.flow_ids)] = ~system.stock
    held = before = np.zeros(len(system.value), dtype=bool)
    fewest, patience = len(held) + 1, _PATIENCE
    solved = adjust(system)
    for _ in range(_STEPS + len(held)):
        if held.any():
            try:
                solved = adjust(_held(system, held))
            except InputError as fault:  # so many at 0 contradict what is exact: take them one at a time
                if patience < 0:
                    raise _no_room(fault) from None
                held, patience = before, -1
                continue
        wrong = _below(system, solved, bounded) | _let_go(system, solved, held)
        count = int(wrong.sum())
        if not count:
            return solved
        if count < fewest:
            fewest, patience = count, _PATIENCE
        else:
            patience -= 1
        if patience < 0:
            wrong &= np.arange(len(wrong)) == np.flatnonzero(wrong)[-1]
        held, before = held ^ wrong, held
    message = (
        "the flows to hold at 0 did not come to rest: reconcile without nonnegative=True and look at what is negative"
    )
    raise ScrapflowError(message)


def _no_room(fault: InputError) -> InputError:
    """Say of exact values that contradict flows held at 0 that they leave no other way."""
    message = (
        "exact values that cannot be met without a flow below 0: give at least one of them an sd above 0, or mark the change of a "
        "stock in a column 'stock'"
    )
    return InputError(
        [problem("flows", row, "value", message) for row in fault.problems["row"]], what="the reconciliation"
    )


def _below(system: Balances, solved: Adjustment, bounded: Mask) -> Mask:
    """Return which flows that must not be are below 0."""
    told = system.measured.copy()
    told[solved.reduced.solved[solved.reduced.determined]] = True
    # beside what was reported: flows that can only be 0 are not exactly that after the arithmetic
    size = max(np.abs(solved.point).max(initial=0.0), np.abs(system.value[system.measured]).max(initial=0.0))
    return np.asarray(bounded & told & (solved.point < -_SMALL * size))


def _let_go(system: Balances, solved: Adjustment, held: Mask) -> Mask:
    """Return which of the flows held at 0 would rather be above: those whose bound has a price below 0."""
    pull = np.asarray(solved.equations.T @ solved.multiplier)
    price = np.zeros(len(held))
    price[held] = pull[held]
    own = np.flatnonzero(held & system.measured)
    if len(own):
        # 0 = value - covariance (pull - price), in the rows of the flows that are held
        wanted = (system.covariance @ pull)[own] - system.value[own]
        price[own] = _inverse_times(system, own, wanted)
    size = max(np.abs(price).max(initial=0.0), np.abs(pull).max(initial=0.0))
    return np.asarray(held & (price < -_SMALL * size))


def _held(system: Balances, held: Mask) -> Balances:
    """Return the system with flows that are exactly 0; correlated errors of others are told by that."""
    own = np.flatnonzero(held & system.measured)
    value, sd, covariance = system.value, system.sd, system.covariance
    across = sparse.csc_array(covariance[:, own])
    if across.nnz > len(own):
        value = np.where(system.measured, value + across @ _inverse_times(system, own, -value[own]), value)
        reach = np.unique(across.indices)
        part = across[reach].toarray()
        less = part @ np.linalg.solve(_block(system, own), part.T)
        i, j = np.meshgrid(reach, reach, indexing="ij")
        covariance = sparse.csr_array(
            covariance - sparse.csr_array((less.ravel(), (i.ravel(), j.ravel())), shape=covariance.shape)
        )
        sd = np.where(system.measured, np.sqrt(np.maximum(covariance.diagonal(), 0.0)), sd)
    free = sparse.diags_array((~held).astype(np.float64))
    return replace(
        system,
        value=np.where(held, 0.0, value),
        sd=np.where(held, 0.0, sd),
        covariance=sparse.csr_array(free @ covariance @ free),
    )


def _inverse_times(system: Balances, own: NDArray[np.int64], right: Floats) -> Floats:
    """Return a right side divided by the covariance of some errors."""
    if system.covariance[own].nnz == len(own):
        return np.asarray(right / system.covariance.diagonal()[own])
    return np.asarray(np.linalg.solve(_block(system, own), right))


def _block(system: Balances, own: NDArray[np.int64]) -> Floats:
    return np.asarray(system.covariance[own][:, own].toarray())


def _refuse_copies(system: Balances) -> None:
    """Refuse errors that follow from one another: what is held at 0 divides by their covariance."""
    correlated = np.flatnonzero((np.diff(system.covariance.indptr) > 1) & system.measured)
    if not len(correlated):
        return
    block, scale = _block(system, correlated), system.sd[correlated]
    values, vectors = np.linalg.eigh(block / np.outer(scale, scale))
    if values[0] > _SINGULAR:
        return
    labels = np.array([*system.flow_ids, *system.names], dtype=object)[correlated]
    names = ", ".join(labels[np.abs(vectors[:, 0]) > 0.1][:6])
    fault = f"errors of {names} follow from one another, with which no flow can be held at 0: lower their correlation a little"
    raise InputError([problem("covariance", names, "", fault)], what="the reconciliation")
