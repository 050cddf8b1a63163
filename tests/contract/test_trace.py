"""DESIGN section 7: trace joins legs, trace_flows does it for any table, cycles included."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf

COLUMNS = ["origin", "destination", "tonnage_t"]


def traced(*rows):
    """Trace a small table and return tonnes by pair."""
    out = sf.trace_flows(pd.DataFrame(rows, columns=COLUMNS))
    assert list(out.columns) == COLUMNS
    return out.set_index(["origin", "destination"])["tonnage_t"].to_dict()


def test_a_chain():
    """A tonne that passes through is one row from its source to its sink."""
    assert traced(("a", "b", 5.0), ("b", "c", 5.0)) == {("a", "c"): pytest.approx(5)}


def test_mixing_is_proportional():
    """Two sources that mix leave in proportion."""
    got = traced(("a", "h", 3.0), ("b", "h", 1.0), ("h", "x", 2.0), ("h", "y", 2.0))
    assert got == {
        ("a", "x"): pytest.approx(1.5),
        ("a", "y"): pytest.approx(1.5),
        ("b", "x"): pytest.approx(0.5),
        ("b", "y"): pytest.approx(0.5),
    }


def test_net_sources_and_sinks():
    """A node that gets 10 and sends 6 is a sink of 4; one that gets 2 and sends 5 a source of 3."""
    got = traced(("a", "h", 10.0), ("h", "x", 6.0), ("x", "y", 9.0))
    assert sum(v for (_, d), v in got.items() if d == "h") == pytest.approx(4)
    assert sum(v for (o, _), v in got.items() if o == "x") == pytest.approx(3)
    assert sum(got.values()) == pytest.approx(13)


def test_a_cycle_on_the_way():
    """A circulation on the way changes nothing of what arrives."""
    assert traced(("a", "b", 10.0), ("b", "c", 12.0), ("c", "b", 2.0)) == {("a", "c"): pytest.approx(10)}


def test_a_closed_loop_has_no_source():
    """A loop alone is refused and named: never a hang or an invention."""
    with pytest.raises(sf.errors.ScrapflowError, match="loop"):
        traced(("a", "b", 2.0), ("b", "a", 2.0))


def test_equal_pairs_are_added():
    """Two rows of one pair are one pair; an empty table gives an empty one."""
    assert traced(("a", "b", 1.0), ("a", "b", 2.0)) == {("a", "b"): pytest.approx(3)}
    assert traced() == {}


def test_numbered_nodes_stay_numbers():
    """Nodes that are numbers, as in many published networks, come back as numbers."""
    frame = pd.DataFrame({"origin": [1, 2], "destination": [2, 10], "tonnage_t": [3, 3]})
    assert sf.trace_flows(frame).to_dict("list") == {
        "origin": [1],
        "destination": [10],
        "tonnage_t": [pytest.approx(3)],
    }


def test_trace_of_the_toy(toy_run):
    """What the mills received adds up, shares sum to 1, largest first, the columns in the order asked."""
    for mill, tonnes in (("near", 30.0), ("Far Mill", 23.5)):
        got = sf.trace(toy_run, to=mill, by=["material", "region"])
        assert list(got.columns) == ["material", "region", "tonnage_t", "share"]
        assert got["tonnage_t"].sum() == pytest.approx(tonnes)
        assert got["share"].sum() == pytest.approx(1, abs=1e-9)
        assert got["tonnage_t"].is_monotonic_decreasing


def test_looted_steel_arose_at_the_works(toy_run):
    """By night the works' steel goes to the town: its origin is the works, via looted."""
    got = sf.trace(toy_run, to="near", by=["origin", "via"])
    looted = got.query("via == 'looted'")
    assert set(looted["origin"]) == {"works"}
    assert looted["tonnage_t"].sum() == pytest.approx(
        toy_run.flows.to("near").by("via").query("via == 'looted'")["tonnage_t"].sum()
    )


def test_trace_by_one_word(toy_run):
    """`by` may be one word; region is where the steel arose."""
    got = sf.trace(toy_run, to="far", by="region")
    assert list(got.columns) == ["region", "tonnage_t", "share"]
    assert got["region"].tolist() == ["Vale"]


def test_trace_region_is_where_it_arose(plain_run):
    """Of what the mill received, the south's yard may hold only the south's, the north's only the north's."""
    got = sf.trace(plain_run, to="Gamma Mill", by=["region"]).set_index("region")["tonnage_t"]
    legs = plain_run.flows.to("Gamma Mill").by("region").set_index("region")["tonnage_t"]
    assert got.to_dict() == {k: pytest.approx(v) for k, v in legs.to_dict().items()}


def test_several_ends_are_traced_together(toy_run):
    """Two mills are the sum of both; so are two origins."""
    both = sf.trace(toy_run, to=["near", "far"], by="origin").set_index("origin")["tonnage_t"]
    apart = sum(sf.trace(toy_run, to=m, by="origin").set_index("origin")["tonnage_t"] for m in ("near", "far"))
    assert both.to_dict() == pytest.approx(apart.to_dict())
    assert sf.trace(toy_run, to="near", from_=["works", "town"])["tonnage_t"].sum() == pytest.approx(30)
