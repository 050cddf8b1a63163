"""Tracks of two gauges in a world in the making: a link for each gauge, and what is no gauge said."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from scrapflow.world.importers.attach import Draft
from scrapflow.world.importers.split_gauges import split_gauges


def draft(*gauges):
    """Return a draft of a row of sections a–b, b–c, … with gauges as written."""
    names = "abcdefgh"[: len(gauges) + 1]
    made = Draft("", "rail")
    made.nodes.append(pd.DataFrame({"node_id": list(names), "name": list(names), "kind": "station"}))
    made.links = pd.DataFrame(
        {
            "link_id": [f"{a}-{b}" for a, b in itertools.pairwise(names)],
            "from_node_id": list(names[:-1]),
            "to_node_id": list(names[1:]),
            "gauge_mm": gauges,
        }
    )
    return made


def test_a_track_of_two_gauges_is_two_links_and_its_places_two_nodes():
    """From a to b run two gauges, from b to c one of them: a and b each have a second node, joined to the first."""
    made = draft("1435|1000", "1435")
    split_gauges(made)
    assert sorted(made.links["gauge_mm"].astype("int").tolist()) == [1000, 1435, 1435]
    assert [kind for kind, *_ in made.said] == ["dual_gauge", "gauges_meet"]
    assert made.said[0][1] == "a-b"
    assert len(made.access) == 2
    assert {(row["mode"], row["length_km"]) for row in made.access} == {("transshipment", "0")}
    joined = {frozenset(row[end] for end in ("from_node_id", "to_node_id")) for row in made.access}
    assert all({place[0] for place in pair} in ({"a"}, {"b"}) for pair in joined)


@pytest.mark.parametrize("cell", ["1435", "1435.0", "1435 mm", "1435MM"])
def test_one_gauge_however_written_is_its_number(cell):
    """Nothing is split, and nothing said."""
    made = draft(cell)
    split_gauges(made)
    assert made.links["gauge_mm"].tolist() == ["1435"]
    assert (made.said, made.access) == ([], [])


def test_what_is_no_gauge_is_left_unknown_and_named():
    """A word, a number too small and one too large; an empty cell is nothing to be told."""
    made = draft("standard", "50", "9999", "", None, "1000")
    split_gauges(made)
    assert made.links["gauge_mm"].tolist() == ["", "", "", "", "", "1000"]
    assert [(kind, ids) for kind, ids, *_ in made.said] == [("gauge_unknown", "a-b|b-c|c-d")]


def test_links_without_gauges_stay_as_they_are():
    """A table of roads has no such column."""
    made = draft("")
    made.links = made.links.drop(columns="gauge_mm")
    split_gauges(made)
    assert "gauge_mm" not in made.links
