"""The panel of what was seen: it is there for runs that were weighed, tells what was used, and marks where to look next."""

from __future__ import annotations

import base64
import json
import re
import zlib

import pandas as pd
import pytest
from browser import watched

import scrapflow as sf
from scrapflow.evidence.where_next import with_next
from scrapflow.views.evidence_payload import members_of
from scrapflow.views.map_payload import run_payload
from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.words import labels

NEXT = pd.DataFrame([
    ("pile at Vale Yard, 2015-01", "pile", "yard_t", "yard", "", "2015-01", 0.3),
    ("wagons on rail_far, 2015-01", "wagons", "link_load_t", "", "rail_far", "2015-01", 0.2),
    ("quota.headcount.kg", "assumption", "quota.headcount.kg", "", "", "", 0.1),
], columns=["candidate", "kind", "metric", "node_id", "link_id", "period", "reduction"])  # fmt: skip


@pytest.fixture(scope="module")
def weighed(toy):
    """A toy that was weighed by two reports which exclude one another."""
    ens = sf.ensemble(toy, n=40, processes=1)
    told = {"metric": "carted_t", "error": "lognormal", "sd": 0.02, "reliability": "B"}
    little, much = {**told, "observation_id": "little", "value": 45}, {**told, "observation_id": "much", "value": 65}
    return with_next(sf.condition(ens, [little, much], discrepancy=0.02).central, NEXT, "delivered_t")


def test_a_run_without_evidence_carries_none(toy_run):
    """Its map has no panel and not a byte more."""
    assert "evidence" not in run_payload(toy_run)


def test_an_ensemble_weighed_by_nothing_is_as_it_was(toy):
    """Without an observation there is no panel, and nothing is set beside the same numbers from before."""
    ens = sf.ensemble(toy, n=6, processes=1)
    weighed = sf.condition(ens)
    assert not len(weighed.observations)
    assert "evidence" not in run_payload(weighed.central)


def test_assumptions_that_learned_nothing_are_not_told(weighed):
    """Those that moved by a twentieth of a standard deviation or have a narrower range are told, the others are not."""
    told = weighed.meta["evidence"]["inputs"]
    still = {**told[0], "input": "still", "shift": -0.001, "narrowing": 0.0}
    evidence = {**weighed.meta["evidence"], "inputs": [*told, still]}
    run = type(weighed)(weighed.tables, {**weighed.meta, "evidence": evidence}, weighed.basemap)
    packed = base64.b64decode(run_payload(run)["evidence"]["z"])
    shown = [row["input"] for row in json.loads(zlib.decompress(packed, -15))["inputs"]]
    assert shown == [i["input"] for i in told if abs(i["shift"]) >= 0.05 or i["narrowing"] >= 0.005]
    assert shown
    assert "still" not in shown


def test_the_panel_tells_and_marks(browser, weighed, tmp_path):
    """Reports with their trust and what they exclude, what assumptions learned, the next things numbered; marks at a button and by address."""
    file = save_map(map_flows(weighed), tmp_path / "weighed.html")
    with watched(browser) as watch:
        page = watch.open(file)
        assert "before what was seen" in page.inner_text(".sf-cards")
        page.click("button:has-text('What was seen')")
        panel = page.inner_text(".sf-sheet-evidence")
        assert "little" in panel
        assert "excludes and is excluded by “much”" in panel
        assert "little handed over: 45 t" in panel
        assert "delivered_t" not in panel
        assert "1 pile at Vale Yard" in panel
        assert "2 wagons at" in panel
        assert "wagons on rail_far" not in panel
        assert "takes away 30" in panel
        before = page.screenshot()
        page.click("button:has-text('Show on the map where')")
        assert page.is_hidden(".sf-sheet-evidence")
        marked = page.screenshot()
        assert marked != before
        told = page.inner_text(".sf-legend .sf-signs li:first-child[data-sign=next]")
        assert "would narrow “received by mills”" in told
        page.wait_for_url(re.compile("#.*next=1"))
        address = page.evaluate("location.hash")
        page.evaluate("location.hash = '#lang=en'")
        page.wait_for_selector(".sf-legend [data-sign=next]", state="detached")
        page.wait_for_url(re.compile("#v="))
        page.evaluate("address => { location.hash = address }", address)
        page.wait_for_selector(".sf-legend [data-sign=next]")
        assert page.screenshot() != before
        assert watch.clean()


def test_members_as_a_number_or_a_list(toy_run):
    """Whatever stands under members, a map is drawn: a number, a list of them, or what is neither."""
    for members, count in ((40, 40), ([1, 2, 3], 3), ("many", 0), (None, 0)):
        run = sf.Run(
            toy_run.tables, dict(toy_run.meta) | {"members": members, "ranges": {"carted_t": {"low": 1.0, "high": 2.0}}}
        )
        assert members_of(run) == count


def test_tables_and_units_have_words_in_both_languages(toy_run, dprk_run):
    """What the assumed inputs are counted by, and what claims are compared in, in both worlds with claims: none is left as a key."""
    for run in (toy_run, dprk_run):
        tables = {f"input.{table.split(':')[0]}" for table in run.assumed["table"]}
        units = {f"unit.{unit}" for unit in run.tables["claim_rows"]["unit"].dropna().astype(str)}
        wanted = tables | units - {"unit.", "unit.t", "unit.km", "unit.share"}
        for lang in ("en", "ko"):
            assert wanted <= set(labels(lang)), lang
