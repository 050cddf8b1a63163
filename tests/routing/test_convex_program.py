"""The convex programme behind the rule for equal costs: against HiGHS, and where it has no point."""

from __future__ import annotations

import highspy
import numpy as np
import pytest
from scipy.sparse import csc_array

from scrapflow.routing.convex_program import Programme, minimise
from scrapflow.routing.solution import LimitError


def _by_highs(p: Programme) -> float:
    """Return the least value by HiGHS' own method for convex programmes."""
    model = highspy.Highs()
    model.setOptionValue("threads", 1)  # the first model of a process decides for all that follow
    model.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    m, n = p.rows.shape
    lp.num_col_, lp.num_row_ = n, m
    lp.col_cost_ = np.zeros(n)
    lp.col_lower_, lp.col_upper_ = p.low, p.high
    lp.row_lower_ = lp.row_upper_ = p.right
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = p.rows.indptr, p.rows.indices, p.rows.data
    hessian = highspy.HighsHessian()
    hessian.dim_ = n
    hessian.format_ = highspy.HessianFormat.kTriangular
    hessian.start_, hessian.index_ = np.arange(n + 1, dtype=np.int32), np.arange(n, dtype=np.int32)
    hessian.value_ = p.curve
    model.passModel(lp)
    model.passHessian(hessian)
    model.run()
    return model.getInfo().objective_function_value


@pytest.mark.parametrize("seed", range(20))
def test_the_minimum_is_that_of_another_solver(seed):
    """On random balanced tables with bounds, the sum of squares is HiGHS' and rows and bounds are kept to 1e-9."""
    rng = np.random.default_rng(seed)
    origins, ends = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    some = rng.uniform(0, 5, (origins, ends)) * (rng.random((origins, ends)) < 0.7)
    offered = np.maximum(some.sum(axis=1), 0.1)
    n = origins * ends
    cell = np.arange(n)
    rows = csc_array(
        (np.ones(2 * n), (np.concatenate([cell // ends, origins + cell % ends]), np.tile(cell, 2))),
        shape=(origins + ends, n),
    )
    size = np.repeat(offered, ends)
    high = np.maximum(some.ravel(), rng.uniform(0, 5, n))
    right = np.concatenate([some.sum(axis=1), some.sum(axis=0)])
    p = Programme(1 / size, rows, right, np.zeros(n), high, size)
    value = minimise(p)
    assert np.abs(rows @ value - right).max() < 1e-9
    assert (value >= 0).all()
    assert (value <= high).all()
    assert (p.curve * value**2).sum() / 2 == pytest.approx(_by_highs(p), abs=1e-6)


def test_rows_that_cannot_be_met_are_refused():
    """Two tonnes cannot come out of a column of at most one."""
    one = np.ones(2)
    with pytest.raises(LimitError):
        minimise(Programme(one, csc_array([[1.0, 1.0]]), np.array([3.0]), 0 * one, one, one))
