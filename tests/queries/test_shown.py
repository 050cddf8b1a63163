"""What a map shows, as a query."""

from __future__ import annotations

import pytest

from scrapflow.queries.shown import Shown, flows_shown


def test_nothing_chosen_is_everything(toy_run):
    """A map at first sight shows every movement."""
    assert len(flows_shown(toy_run.flows, Shown())) == len(toy_run.movements)


def test_months_and_filters_are_the_verbs(toy_run):
    """Months, kinds, materials and the origin's region narrow as the verbs of a query do."""
    shown = Shown(("2015-01", "2015-01"), {"kind": ["shipped"], "material": ["scrap"], "region": ["Vale"]})
    expected = toy_run.flows.kind("shipped").of("scrap").during("2015-01").in_region("Vale")
    assert flows_shown(toy_run.flows, shown).total_t == pytest.approx(expected.total_t)


def test_a_mill_filters_only_what_goes_to_mills(toy_run):
    """With one mill chosen, what people carry is still there, and of what is shipped only its part."""
    chosen = flows_shown(toy_run.flows, Shown(filters={"mill": ["near"]}))
    sums = chosen.by("kind").set_index("kind").tonnage_t
    assert sums["carted"] == pytest.approx(toy_run.flows.kind("carted").total_t)
    assert sums["shipped"] == pytest.approx(toy_run.flows.to("Near Mill").total_t)


def test_top_keeps_the_largest_pairs(toy_run):
    """So many of the largest pairs of one kind, origin and destination are kept."""
    pairs = toy_run.flows.by("kind", "origin", "destination")
    kept = flows_shown(toy_run.flows, Shown(filters={"top": 2})).by("kind", "origin", "destination")
    assert kept.equals(pairs.head(2))


def test_a_yard_is_asked_for_its_trains_and_a_factory_for_what_it_hands_over(toy_run):
    """Of several kinds at a place the one that travels on is asked for, so that the total is a number."""
    yard = toy_run.nodes.loc[toy_run.nodes.kind == "yard", "node_id"].tolist()
    assert flows_shown(toy_run.flows, Shown(selection=tuple(yard))).kinds == ["shipped"]
    works = flows_shown(toy_run.flows, Shown(selection=("works",)))
    assert works.kinds == ["carted"]
    assert works.total_t == pytest.approx(toy_run.flows.kind("carted").from_("works").total_t)


def test_a_filter_on_kinds_chooses_another(toy_run):
    """What is carried back to a factory is there when it is asked for."""
    shown = Shown(filters={"kind": ["returned"]}, selection=("works",))
    assert flows_shown(toy_run.flows, shown).kinds == ["returned"]


def test_a_link_and_a_station_are_select_link_analyses(toy_run):
    """A link, and a station, mean the trains that pass."""
    at_link = flows_shown(toy_run.flows, Shown(selection=("rail_far",), link=True))
    assert at_link.total_t == pytest.approx(toy_run.flows.through("rail_far").total_t)
    stations = toy_run.nodes.loc[toy_run.nodes.kind == "station", "node_id"].tolist()
    for station in stations:
        passing = flows_shown(toy_run.flows, Shown(selection=(station,)))
        assert passing.total_t == pytest.approx(toy_run.flows.through(station).total_t)
