"""Observations as one table, whatever they came as."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence.observation import Observation, table_of


def test_every_form_is_the_same_table():
    """An observation, a mapping with people's words, a frame, and pandas' own frame of observations agree."""
    one = Observation("yard_t", 12.0, sd=0.4, node_id="yard", first="2015-01", last="2015-01")
    words = {
        "metric": "yard_t",
        "value": 12.0,
        "unit": "t",
        "error": "lognormal",
        "sd": 0.4,
        "place": "yard",
        "period": "2015-01",
    }
    tables = [table_of(one), table_of([one]), table_of(words), table_of(pd.DataFrame([one])), table_of(one.to_frame())]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


def test_identifiers_are_made_and_each_once():
    """Two reports of the same thing are told apart."""
    table = table_of([{"metric": "carted_t", "value": 1, "sd": 1}] * 2 + [{"metric": "yard_t", "place": "yard"}])
    assert table["observation_id"].tolist() == ["carted_t", "carted_t 2", "yard_t yard"]


def test_unknown_columns_and_words_for_numbers():
    """Both faults in one report, with the column that was meant."""
    with pytest.raises(sf.InputError) as fault:
        table_of({"metrc": "carted_t", "value": "many"})
    assert set(fault.value.problems["column"]) == {"metrc", "value"}
    assert "did you mean 'metric'?" in str(fault.value)


def test_a_changed_copy():
    """Grades are added without touching the original."""
    seen = sf.pile(area_m2=1, height_m=1)
    assert seen.of(credibility="2").credibility == "2"
    assert seen.credibility == ""
    assert "t (" in repr(seen)
