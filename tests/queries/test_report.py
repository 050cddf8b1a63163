"""Every sentence of a report is made from what it states, on the toy, a country and made-up worlds."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.queries.report import report
from scrapflow.runs import Run
from scrapflow.units import two_figures
from scrapflow.vocabulary.totals import totals

LINE = re.compile(r"^  ( *\S.*?)  +([\d,.]+)$", re.MULTILINE)


def told(text):
    """Return the numbers of a report by what stands before them."""
    return {m[1].strip(): float(m[2].replace(",", "")) for m in LINE.finditer(text)}


@pytest.mark.parametrize("name", ["toy_run", "dprk_run", "made_up"])
def test_a_report_tells_the_totals_with_two_figures(name, request):
    """Each number is the total of its label, rounded to two figures; what did not happen is not told."""
    run = request.getfixturevalue(name)
    run = getattr(run, "run", run)
    run = run if "campaign_toml" in run.meta else Run(run.tables, run.meta | {"campaign_toml": ""}, run.basemap)
    numbers, amounts = told(report(run)), run.totals()
    for total in totals().values():
        if total.label in numbers:
            assert numbers[total.label] == float(two_figures(amounts[total.total]).replace(",", ""))
        elif total.of in ("kind", "account"):
            assert amounts[total.total] == 0
    received = {k: v for k, v in numbers.items() if k.startswith("received by")}
    assert len(received) == len(set(run.movements.query("kind == 'shipped'").destination))


def test_what_was_not_served_is_told_with_its_reason_and_what_is_held_apart(toy):
    """A yard that takes little leaves the rest with its owners; a yard whose mill is shut holds it."""
    small = sf.run(toy, sf.read_campaign(toy).update({"yards.receipt_limit_t": 10}))
    numbers = told(small.summary())
    assert numbers["yard full"] == numbers["not served"] > 0
    shut = sf.what_if(sf.run(toy), close=["rail_far"]).b
    numbers = told(shut.summary())
    assert numbers["mill full"] == numbers["held in yards at the end"] == 24
    assert numbers["not served"] == 0


def test_a_run_with_ranges_shows_them(toy_run):
    """The central value, as on the map, and the ends stand where a single number did; what the range is stands above."""
    ranges = {"carted_t": {"low": 41.3, "median": 60.2, "high": 88.8}}
    text = report(Run(toy_run.tables, toy_run.meta | {"ranges": ranges, "members": 8}, toy_run.basemap))
    assert re.search(r"carted to yards +57 \(41 to 89\)", text)
    assert "in brackets 10 to 90 % of 8 runs" in text.splitlines()[0]


def test_a_world_without_enterprises_is_not_told_of_any(toy_run):
    """Where nobody is an enterprise the report does not speak of them."""
    nodes = toy_run.nodes.assign(kind=toy_run.nodes["kind"].replace({"enterprise": "junction"}))
    assert "enterprises known by name" not in report(Run(toy_run.tables | {"nodes": nodes}, toy_run.meta))


def _with_unserved(run, *rows):
    """Return a run whose last period has these (node, tonnes, reason) ready."""
    last = run.periods["period"].iloc[-1]
    frame = pd.DataFrame(
        [(last, node, tonnes, tonnes, reason, "") for node, tonnes, reason in rows], columns=list(run.unserved.columns)
    )
    return Run(run.tables | {"unserved": frame.astype(run.unserved.dtypes.to_dict())}, run.meta, run.basemap)


def test_every_reason_of_what_lies_ready_is_told_but_that_it_has_no_place(toy_run):
    """Half a tonne is told as well; what is unplaced has its own line, and what yards hold another."""
    run = _with_unserved(
        toy_run,
        ("works", 0.5, "capacity"),
        ("town", 3.0, "kept"),
        ("works", 2.0, "unplaced"),
        ("yard", 7.0, "mill_full"),
    )
    lines = [line.strip() for line in report(run).splitlines()]
    told = {line.rsplit(None, 1)[0]: line.rsplit(None, 1)[1] for line in lines if len(line.split()) > 1}
    assert (told["capacity"], told["kept"], told["mill full"]) == ("0.5", "3", "7")
    assert "unplaced" not in told


def test_a_run_that_does_not_say_where_it_is_from_is_of_a_campaign(toy_run):
    """Its name is followed by how chances were counted; one that is known to have no campaign has none."""
    meta = {k: v for k, v in toy_run.meta.items() if k != "campaign_toml"}
    assert (
        "(expected)"
        in report(Run(toy_run.tables, meta | {"campaign_toml": toy_run.meta["campaign_toml"]}, None)).splitlines()[0]
    )
    assert "(expected)" in report(Run(toy_run.tables, meta, None)).splitlines()[0]
    assert "(expected)" not in report(Run(toy_run.tables, meta | {"campaign_toml": ""}, None)).splitlines()[0]


def test_shares_that_mills_could_not_be_given_are_told_and_those_they_were_given_are_not(toy):
    """Nine tenths of the tonnes cannot go to one mill, whose intake is too small: it is told; a wish that was met is not."""
    campaign = sf.read_campaign(toy)
    missed = report(sf.run(toy, campaign.update({"allocation.shares.near": 0.9, "allocation.shares.far": 0.1})))
    assert missed.count("was to receive") == 2
    run = sf.run(toy)
    shares = run.movements[run.movements["kind"] == "shipped"].groupby("destination")["tonnage_t"].sum()
    near = float(shares["near"] / shares.sum())
    met = report(sf.run(toy, campaign.update({"allocation.shares.near": near, "allocation.shares.far": 1.0 - near})))
    assert "was to receive" not in met
