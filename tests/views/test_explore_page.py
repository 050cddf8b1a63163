"""The page of a notebook's frame and the message that fills it."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.views.explore_page import data_message, inputs_hash, page, run_data
from scrapflow.views.offline import OfflineMap


def test_arrays_travel_as_they_are(toy_run):
    """No number of a movement is text: the message's arrays are the run's, byte for byte."""
    raw = data_message(run_data(toy_run, lang="en", scale="fixed"))
    head = int.from_bytes(raw[:4], "little")
    import json

    data = json.loads(raw[4 : 4 + head])
    at = data["rows"]["t"]
    sent = np.frombuffer(raw, "<f4", at["n"], 4 + head + at["at"])
    assert sent.sum() == pytest.approx(toy_run.movements.tonnage_t.sum(), rel=1e-6)
    assert (4 + head) % 8 == 0
    assert data["inputs"] == inputs_hash(toy_run.meta)


def test_the_page_is_the_html_map_s_and_asks_no_one(toy_run):
    """The frame's page holds the script of the map, forbids every request, and is within its size."""
    html = OfflineMap._repr_html_(sf.map_flows(toy_run))
    assert "function runView" in page()
    assert "function runView" in html
    assert "default-src 'none'" in page()
    assert len(page()) < 1_100_000


def test_the_inputs_hash_tells_settings_and_files_apart(toy):
    """Another value of one setting, or one changed value of a table, is another hash."""
    base = inputs_hash(sf.run(toy).meta)
    camp = sf.read_campaign(toy, "2015").update({"inspection.teams": 3})
    assert inputs_hash(sf.run(toy, camp).meta) != base
    other = toy.with_values({("enterprises", "works", "workers"): 1500})
    assert inputs_hash(sf.run(other).meta) != base
    assert inputs_hash(sf.run(toy).meta) == base
