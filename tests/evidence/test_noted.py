"""Observations noted in a world: they stand in its table with their source, and what cannot be noted is told."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence.noted import noted, noted_world


def test_a_noted_pile_is_what_condition_uses(toy, kept, tmp_path):
    """Written, read again, and weighed: the same weights as the observation itself."""
    heap = sf.pile(area_m2=26, height_m=4.2, place="Vale Yard", period="2015-01")
    changed, row = noted_world(toy, heap, "drawn")
    changed.write(tmp_path / "world")
    again = sf.read_world(tmp_path / "world")
    assert again.observations["observation_id"].tolist() == [row["observation_id"]]
    assert (again.observations["node_id"].iloc[0], again.observations["source_id"].iloc[0]) == ("yard", "drawn")
    one, two = sf.condition(kept, again.observations), sf.condition(kept, heap.of(source_id="drawn"))
    pd.testing.assert_series_equal(pd.Series(one.weights), pd.Series(two.weights))


def test_a_source_is_added_and_identifiers_differ(toy):
    """A title that the world does not know becomes a source; the same thing seen twice gets two identifiers."""
    seen = noted({"metric": "quota_t", "place": "Vale Works", "value": 60.0, "low": 40.0, "high": 90.0})
    once, _ = noted_world(toy, seen, "A letter of 2015")
    twice, _ = noted_world(once, seen, "A letter of 2015")
    assert twice.observations["observation_id"].tolist() == ["quota_t_works", "quota_t_works_2"]
    assert twice.observations["source_id"].nunique() == 1
    assert "A letter of 2015" in twice.sources["title"].tolist()
    assert len(toy.observations) == 0


def test_what_cannot_be_noted(toy):
    """No source, no error, two kinds at once, wagons without days, a grade of a source."""
    for cells, more, word in (
        ({}, {"pile": {"area_m2": 1.0, "height_m": 1.0}, "wagons": 3}, "one of the three"),
        ({}, {"wagons": 3}, "how many days"),
        ({}, {}, "one of the three"),
    ):
        with pytest.raises(sf.InputError, match=word):
            noted(cells, **more)
    with pytest.raises(sf.InputError, match="without an error"):
        noted_world(toy, noted({"metric": "quota_t", "value": 3.0}), "drawn")
    heap = sf.pile(area_m2=1, height_m=1, place="yard")
    with pytest.raises(sf.InputError, match="who says so"):
        noted_world(toy, heap, "")
    with pytest.raises(sf.InputError, match="belongs to the source"):
        noted_world(toy, heap.of(reliability="A"), "drawn")


def test_a_world_with_bad_observations_is_told(toy):
    """Nothing observed, low above high, two places, no error: each its row and fix."""
    from dataclasses import replace

    rows = pd.DataFrame([
        {"observation_id": "a", "metric": "carted_t"},
        {"observation_id": "b", "metric": "carted_t", "low": 3.0, "high": 1.0},
        {"observation_id": "c", "metric": "carted_t", "value": 1.0, "sd": 1.0, "node_id": "yard", "region_id": "vale"},
        {"observation_id": "d", "metric": "carted_t", "value": 1.0},
    ])  # fmt: skip
    table = pd.concat([toy.observations, rows], ignore_index=True)
    text = [c for c in table if toy.observations[c].dtype == "str"]
    table[text] = table[text].fillna("").astype("str")
    table["source_id"] = "drawn"
    world = replace(toy, tables={**toy.tables, "observations": table})
    found = world.check()
    found = found[(found["table"] == "observations") & (found["severity"] == "error")]
    assert dict(zip(found["row"], found["column"], strict=True)) == {
        "a": "value",
        "b": "low",
        "c": "node_id",
        "d": "sd",
    }
