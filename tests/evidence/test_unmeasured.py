"""What was not measured is taken out of the equations, and found again where the rest settles it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import scrapflow as sf
from scrapflow.evidence.unmeasured import without_unmeasured
from tests.made_up_reports import NAN, table


def test_flows_that_were_not_measured_are_found_through_others(bypass):
    """With only flows 1 and 2 measured nothing is redundant, and all others follow (chapter 1 of the book)."""
    few = bypass.assign(value=bypass.value.where(bypass.flow_id.isin(["1", "2"])))
    seen = sf.reconcile(few)
    assert seen.flows.reconciled.tolist() == pytest.approx([101.91, 64.45, 37.46, 64.45, 37.46, 101.91])
    assert seen.flows.status.tolist() == ["nonredundant"] * 2 + ["observable"] * 4
    assert seen.global_test.dof == 0
    assert np.isnan(seen.global_test.p)


def test_crowe_1983_parallel_and_unmeasured_flows_are_projected_out():
    """Processes that unmeasured flows join balance as one: only the sum over them is checked."""
    flows = table(
        ("in", "", "A", 10.0, 1.0),
        ("a", "A", "B", NAN, NAN),
        ("back", "B", "A", NAN, NAN),
        ("out", "B", "", 12.0, 1.0),
    )
    seen = sf.reconcile(flows).flows
    assert seen.reconciled.tolist() == pytest.approx([11.0, NAN, NAN, 11.0], nan_ok=True)
    assert seen.status.tolist() == ["redundant", "unobservable", "unobservable", "redundant"]


def without(rows, unmeasured):
    """Return the equations freed of some variables."""
    return without_unmeasured(sparse.csr_array(np.array(rows, dtype=float)), np.array(unmeasured, dtype=bool))


def test_two_equations_that_share_an_unknown_become_their_sum():
    """A - u = 0 and u - b = 0: u follows from either, and a - b = 0 is left."""
    found = without([[1, -1, 0], [0, 1, -1]], [False, True, False])
    left = found.combine.toarray() @ np.array([[1, -1, 0], [0, 1, -1]])
    assert np.abs(left).tolist() == [[1, 0, 1]]
    assert left.sum() == 0
    assert (found.solved.tolist(), found.free.tolist(), found.determined.tolist()) == ([1], [], [True])


def test_what_no_equation_settles_is_free_and_what_hangs_on_it_is_not_determined():
    """Two unknowns in one equation: one is solved for, hanging on the other; one in none is free; a third is settled."""
    found = without([[1, 1, 1, 0, 0], [0, 0, 0, 1, 0]], [False, True, True, True, True])
    assert len(found.solved) == 2
    assert set(found.solved) | set(found.free) == {1, 2, 3, 4}
    assert 4 in found.free
    settled = dict(zip(found.solved.tolist(), found.determined.tolist(), strict=True))
    assert settled.pop(3) is True
    assert list(settled.values()) == [False]
    assert found.combine.shape[0] == 0


def _rank(matrix):
    """The rank, 0 of nothing, which the oldest numpy cannot say."""
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_what_is_left_spans_all_combinations_without_the_unmeasured(seed):
    """Random equations: as many are left as linear algebra says, none holds an unmeasured variable."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(-1, 2, size=(6, 8)).astype(float)
    unmeasured = rng.random(8) < 0.4
    found = without(rows, unmeasured)
    left = found.combine.toarray() @ rows
    assert left[:, unmeasured] == pytest.approx(0.0, abs=1e-9)
    rank = _rank(rows[:, unmeasured])
    assert len(left) == 6 - rank
    assert len(found.solved) == rank
    assert _rank(found.combine.toarray()) == len(left)


def test_measured_alone_is_left_as_it_is():
    """Nothing is solved for, and every equation stays."""
    found = without([[1, -1], [0, 1]], [False, False])
    assert found.combine.toarray().tolist() == [[1, 0], [0, 1]]
    assert len(found.solved) == len(found.free) == 0
