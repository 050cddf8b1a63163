"""The convex programme behind the rule for equal costs: against HiGHS, and where it has no point."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest
from scipy.sparse import csc_array

from scrapflow.routing import convex_program
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


def _with_stock(seed: int) -> Programme:
    """Return what places give to mills in each of some months, with stock that costs nothing and a rest that may stay."""
    rng = np.random.default_rng(seed)
    places, months, mills = 4, 5, 2
    given = rng.uniform(0, 5, (places, months))
    entries: list[tuple[int, int, float]] = []
    curve: list[float] = []
    high: list[float] = []

    def column(rows: list[tuple[int, float]], bend: float, most: float) -> None:
        entries.extend((row, len(curve), sign) for row, sign in rows)
        curve.append(bend)
        high.append(most)

    at = np.arange(places * months).reshape(places, months)
    for i in range(places):
        for p in range(months):
            for m in range(mills):
                column([(at[i, p], 1.0), (at.size + m * months + p, 1.0)], 1 / given[i].sum(), rng.uniform(1, 6))
            column([(at[i, p], 1.0)], 0.0, np.inf)
            if p + 1 < months:
                column([(at[i, p], 1.0), (at[i, p + 1], -1.0)], 0.0, 8.0)
    row, col, sign = zip(*entries, strict=True)
    rows = csc_array((sign, (row, col)), shape=(at.size + mills * months, len(curve)))
    taken = np.full(mills * months, given.sum() / (2 * mills * months))
    most = np.array(high)
    n = len(curve)
    return Programme(np.array(curve), rows, np.concatenate([given.ravel(), taken]), np.zeros(n), most, np.ones(n))


@pytest.mark.parametrize("seed", range(12))
def test_the_active_set_ends_where_the_interior_point_does(seed, monkeypatch):
    """From no bound at all and from Clarabel's point the amounts that the measure settles are the same to 1e-9."""
    p = _with_stock(seed)
    quick = minimise(p)
    seen = []
    interior = convex_program._interior
    monkeypatch.setattr(convex_program, "_by_active_set", lambda *of: None)
    monkeypatch.setattr(convex_program, "_interior", lambda p: seen.append(p) or interior(p))
    slow = minimise(p)
    assert seen
    settled = p.curve > 0
    assert np.abs(quick - slow)[settled].max() < 1e-9
    assert np.abs(p.rows @ quick - p.right).max() < 1e-11


def test_an_interior_point_that_was_lost_is_found_again_with_less_asked(monkeypatch):
    """Asked for more than floats can tell, Clarabel ends anywhere: the second asks less, and the polish makes it exact all the same."""
    monkeypatch.setattr(convex_program, "_by_active_set", lambda *of: None)
    for seed in range(12):
        p = _with_stock(seed)
        known = minimise(p)
        with monkeypatch.context() as asked:
            asked.setattr(convex_program, "_INTERIOR", (1e-30, 1e-8))
            found = minimise(p)
        assert np.abs(known - found)[p.curve > 0].max() < 1e-9
        assert np.abs(p.rows @ found - p.right).max() < 1e-11


def test_most_programmes_need_no_interior_point(monkeypatch):
    """Of twelve with stock and bounds, most are settled by the active set alone."""
    asked = []
    interior = convex_program._interior
    monkeypatch.setattr(convex_program, "_interior", lambda p: asked.append(p) or interior(p))
    for seed in range(12):
        minimise(_with_stock(seed))
    assert len(asked) <= 3


@pytest.mark.parametrize("seed", range(12))
def test_from_a_minimum_near_by_few_equations_are_solved(seed, monkeypatch):
    """The bounds of its own minimum hold, so one system of equations is enough; those of another end at the same minimum."""
    p = _with_stock(seed)
    first = minimise(p)
    settled, solved = p.curve > 0, []
    refined = convex_program._refined
    monkeypatch.setattr(convex_program, "_refined", lambda *a: solved.append(a) or refined(*a))
    assert np.abs(minimise(p, near=first) - first)[settled].max() < 1e-9
    assert len(solved) <= 1
    less = replace(p, right=p.right * 0.999)
    assert np.abs(minimise(less, near=first) - minimise(less))[settled].max() < 1e-9


def test_rows_that_cannot_be_met_are_refused():
    """Two tonnes cannot come out of a column of at most one."""
    one = np.ones(2)
    with pytest.raises(LimitError):
        minimise(Programme(one, csc_array([[1.0, 1.0]]), np.array([3.0]), 0 * one, one, one))
