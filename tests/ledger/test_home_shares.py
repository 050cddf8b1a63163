"""Loads for show: what people find and what trains leave agree, in fewer rounds than by answering alone."""

from __future__ import annotations

import numpy as np
import pytest

from scrapflow.ledger.home_shares import HomeShares


def _rounds(answer, *, most: int = 60) -> tuple[int, np.ndarray]:
    """Return the rounds until both agree to 1e-9, and on what."""
    shares, told = HomeShares(), np.zeros((3, 4))
    for count in range(1, most):
        left = answer(told)
        gap, told = shares.next(told, left, np.ones(left.shape, dtype=bool))
        if gap < 1e-9:
            return count, left
    return most, told


@pytest.mark.parametrize("seed", range(10))
def test_both_agree_on_the_shares_that_answer_themselves_and_in_fewer_rounds(seed):
    """Answers a + B told with B of norm 0.7 fix (1 - B)⁻¹ a, which a linear solve finds; answering alone takes some 55 rounds."""
    rng = np.random.default_rng(seed)
    slow = rng.normal(size=(12, 3)) @ rng.normal(size=(3, 12))
    slow *= 0.7 / np.linalg.norm(slow, 2)
    fixed = rng.uniform(0.3, 0.7, 12)
    start = fixed - slow @ fixed

    def answer(told: np.ndarray) -> np.ndarray:
        return np.clip(start + slow @ told.ravel(), 0, 1).reshape(told.shape)

    count, found = _rounds(answer)
    assert np.abs(found.ravel() - fixed).max() < 1e-8
    assert count < 20


def test_shares_stay_between_none_and_all():
    """Where the answers lead beyond 0 and 1, what is told next does not."""
    shares, told = HomeShares(), np.full((1, 2), 0.5)
    shown = np.ones((1, 2), dtype=bool)
    for left in ([0.53, 0.47], [0.57, 0.43], [0.62, 0.38], [0.66, 0.34]):
        _, told = shares.next(told, np.array([left]), shown)
        assert ((told >= 0) & (told <= 1)).all()


def test_a_yard_without_a_load_for_show_counts_for_nothing():
    """Its share may jump for ever: nobody carries anything back from there."""
    shares, told = HomeShares(), np.full((1, 2), 0.25)
    for jump in (0.0, 1.0, 0.0):
        gap, told = shares.next(told, np.array([[0.25, jump]]), np.array([[True, False]]))
        assert gap == 0.0
        assert told.tolist() == [[0.25, jump]]
