"""Proportional sharing in any table of flows, loops included: a power series and mirrored networks as second opinions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.errors import InputError, ProblemError
from scrapflow.queries.proportional_sharing import trace_flows


def frame(*rows):
    """A table of flows."""
    return pd.DataFrame(rows, columns=["origin", "destination", "tonnage_t"])


def by_power_series(flows, steps=20_000):
    """Second opinion: push every source's tonnes round the network until nothing moves any more."""
    names = sorted(set(flows.origin) | set(flows.destination))
    n = len(names)
    at = {v: i for i, v in enumerate(names)}
    f = np.zeros((n, n))
    for r in flows.itertuples():
        f[at[r.origin], at[r.destination]] += r.tonnage_t
    out, into = f.sum(1), f.sum(0)
    x = np.maximum(out, into)
    go = f / np.where(x > 0, x, 1)[:, None]
    moving = np.diag(np.clip(out - into, 0, None))
    passed = moving.copy()
    for _ in range(steps):
        moving = moving @ go
        passed += moving
        if moving.max() < 1e-15:
            break
    stay = np.clip(into - out, 0, None) / np.where(x > 0, x, 1)
    return pd.DataFrame(passed * stay, index=names, columns=names)


def closed_parts(flows):
    """Count the parts of a network in which every node gets what it sends."""
    import networkx as nx

    graph = nx.Graph(list(zip(flows.origin, flows.destination, strict=True)))
    net = flows.groupby("origin").tonnage_t.sum().sub(flows.groupby("destination").tonnage_t.sum(), fill_value=0.0)
    return sum(all(abs(net[v]) <= 1e-9 for v in part) for part in nx.connected_components(graph))


@settings(max_examples=60)
@given(data=st.data())
def test_random_networks_with_loops_agree_with_a_power_series(data):
    """With loops or without, each pair gets what an endless walk of the tonnes gives, and net amounts are kept."""
    n = data.draw(st.integers(2, 8))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.floats(0.1, 10.0))
    flows = frame(*[(f"n{a}", f"n{b}", t) for a, b, t in data.draw(st.lists(pair, min_size=1, max_size=20)) if a != b])
    if flows.empty:
        return
    if closed := closed_parts(flows):
        with pytest.raises(ProblemError) as refused:
            trace_flows(flows)
        assert len(refused.value.problems) == closed
        return
    got = trace_flows(flows)
    want = by_power_series(flows).stack()
    want = want[want > 1e-7]
    pairs = got[got.tonnage_t > 1e-7].set_index(["origin", "destination"]).tonnage_t
    got_, want_ = pairs.align(want.rename_axis(["origin", "destination"]), fill_value=0.0)
    np.testing.assert_allclose(got_, want_, atol=2e-6)
    net = flows.groupby("origin").tonnage_t.sum().sub(flows.groupby("destination").tonnage_t.sum(), fill_value=0.0)
    for end, sign in (("origin", 1), ("destination", -1)):
        total = got.groupby(end).tonnage_t.sum()
        wanted = (sign * net)[sign * net > 1e-8]
        np.testing.assert_allclose(total.reindex(wanted.index).fillna(0.0), wanted, rtol=1e-9)


def test_a_loop_with_a_way_in_and_out_is_solved():
    """A loop that is fed and drained shares out exactly, however often the tonnes go round."""
    flows = frame(("s", "a", 1.0), ("a", "b", 1e6), ("b", "a", 1e6 - 1.0), ("b", "t", 0.4), ("b", "u", 0.6))
    out = trace_flows(flows).set_index("destination").tonnage_t
    assert out.to_dict() == pytest.approx({"t": 0.4, "u": 0.6}, rel=1e-6)


def test_a_closed_loop_is_named():
    """Tonnes that go round without a source have no origin; the loop is named."""
    flows = frame(("s", "t", 5.0), ("a", "b", 1.0), ("b", "c", 1.0), ("c", "a", 1.0))
    with pytest.raises(ProblemError, match="a → b → c → a"):
        trace_flows(flows)


def test_bad_tables_are_refused_with_every_fault():
    """Negative, missing and endless tonnages and nameless ends are all listed."""
    bad = frame(("a", "b", -1.0), ("a", None, 1.0), ("a", "b", float("nan")), ("b", "c", float("inf")))
    with pytest.raises(InputError) as caught:
        trace_flows(bad)
    assert len(caught.value.problems) == 4
    with pytest.raises(InputError, match="destination"):
        trace_flows(bad.drop(columns="destination"))


def test_an_empty_table_gives_an_empty_table():
    """No flow, no pair."""
    assert trace_flows(frame()).empty
    assert list(trace_flows(frame(("a", "b", 0.0))).columns) == ["origin", "destination", "tonnage_t"]


def test_many_sources_and_sinks_agree_from_either_side():
    """More sources than sinks or the other way round: the smaller side is solved, the answer is the same."""
    rng = np.random.default_rng(3)
    rows = [(f"s{i:03d}", f"y{rng.integers(5)}", rng.uniform(1, 9)) for i in range(400)]
    flows = frame(*rows)
    held = flows.groupby("destination").tonnage_t.sum()
    out = frame(*[(y, f"m{j}", t * w) for y, t in held.items() for j, w in enumerate((0.25, 0.75))])
    both = trace_flows(pd.concat([flows, out]))
    assert len(both) == 800
    back = pd.concat([flows, out]).rename(columns={"origin": "destination", "destination": "origin"})
    mirrored = trace_flows(back)
    assert len(mirrored) == 800
    merged = both.merge(mirrored, left_on=["origin", "destination"], right_on=["destination", "origin"])
    np.testing.assert_allclose(merged.tonnage_t_x, merged.tonnage_t_y)
