"""Where a map's numbers come from: what was observed, learned, assumed and left."""

from __future__ import annotations

import base64
import json
import zlib

import scrapflow as sf
from scrapflow.views.evidence_payload import members_of
from scrapflow.views.map_payload import run_payload
from scrapflow.views.words import labels


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
