"""Flows that were given and go on from place to place: where tonnes ended, and whose they were.

Every place is one mixed store: what leaves it and what stays have the mix of all that came, was there and arose.
"""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.queries.relays import has_relays, relayed_ends


def given(*rows):
    """A run of flows (origin, destination, t) or (origin, destination, t, month, material)."""
    columns = ["origin", "destination", "tonnage_t", "period", "material"][: len(rows[0])]
    return sf.run_from(pd.DataFrame(list(rows), columns=columns))


def ends(run, wanted=None):
    """Return tonnes by (origin, last sender, destination), and what lies where it is as from the place itself."""
    rows = relayed_ends(run, wanted)
    told = rows.groupby(["origin", "yard", "destination"])["tonnage_t"].sum()
    return {key: pytest.approx(t, rel=1e-9) for key, t in told.items() if t > 0}


def test_only_given_flows_that_go_on_are_relays(toy_run):
    """A campaign's mills send nothing; two flows that end where they arrive are none; a chain is one."""
    assert not has_relays(toy_run)
    assert not has_relays(given(("a", "b", 3.0), ("c", "b", 1.0)))
    assert has_relays(given(("a", "b", 3.0), ("b", "c", 1.0)))


def test_what_is_sent_on_and_what_stays_have_one_mix():
    """B has 3 t of A's and 1 of X's, sends 2 on and keeps 2: three quarters of each are A's."""
    run = given(("a", "b", 3.0), ("x", "b", 1.0), ("b", "c", 2.0))
    assert ends(run) == {("a", "b", "b"): 1.5, ("x", "b", "b"): 0.5, ("a", "b", "c"): 1.5, ("x", "b", "c"): 0.5}
    assert ends(run, {"b"}) == {("a", "a", "b"): 3.0, ("x", "x", "b"): 1.0}
    kept = relayed_ends(run, None).query("kind == 'kept' and tonnage_t > 0")
    assert kept["destination"].unique().tolist() == ["b"]
    assert kept["period"].unique().tolist() == run.periods["period"].tolist()[-1:]


def test_what_lay_there_leaves_before_anything_arises():
    """B kept 5 t of A's in January and sends 7 in March: 2 are its own, and nothing stays. In February nothing moves."""
    run = given(("a", "b", 5.0, "2019-01"), ("d", "e", 1.0, "2019-02"), ("b", "c", 7.0, "2019-03"))
    assert ends(run) == {("a", "b", "c"): 5.0, ("b", "b", "c"): 2.0, ("d", "d", "e"): 1.0}


def test_a_stock_is_mixed_with_what_comes_later():
    """B keeps 4 of A's, gets 4 of X's a month later and sends 4: half of them and half of what stays are A's."""
    run = given(("a", "b", 4.0, "2019-01"), ("x", "b", 4.0, "2019-02"), ("b", "c", 4.0, "2019-02"))
    assert ends(run) == {("a", "b", "c"): 2.0, ("x", "b", "c"): 2.0, ("a", "b", "b"): 2.0, ("x", "b", "b"): 2.0}


def test_what_goes_round_keeps_its_source_and_what_only_goes_round_is_each_place_s_own():
    """A feeds the round of B and C with 2 t, which stay with B. P and Q exchange 5 t that nobody brought: half of each is its own.

    P's mix is P's own and Q's in equal parts only if each place had what passes it; the first 5 t that reach Q are then of P.
    """
    fed = given(("a", "b", 2.0), ("b", "c", 2.0), ("c", "b", 2.0))
    assert ends(fed) == {("a", "b", "b"): 2.0}
    unfed = relayed_ends(given(("p", "q", 5.0), ("q", "p", 5.0)), {"q"})
    assert unfed["tonnage_t"].sum() == pytest.approx(5.0)
    assert unfed["destination"].unique().tolist() == ["q"]
    assert set(unfed["origin"]) <= {"p", "q"}


def test_goods_are_not_mixed_with_one_another():
    """B gets ore of A and coal of X and sends the coal on: none of A's is in it."""
    run = given(
        ("a", "b", 3.0, "2019-01", "ore"), ("x", "b", 1.0, "2019-01", "coal"), ("b", "c", 1.0, "2019-01", "coal")
    )
    assert ends(run) == {("a", "b", "b"): 3.0, ("x", "b", "c"): 1.0}


def test_many_sources_are_solved_in_parts_that_join():
    """Three hundred places send 1 t each through a hub to one end: each has its tonne there, and the kinds are as given."""
    run = given(*((f"s{i:03d}", "hub", 1.0) for i in range(300)), ("hub", "end", 300.0))
    rows = relayed_ends(run, None).query("tonnage_t > 0")
    assert len(rows) == 300
    assert rows["tonnage_t"].to_numpy() == pytest.approx(1.0)
    assert set(rows["kind"]) == {"shipped"}
    assert set(rows["yard"]) == {"hub"}
