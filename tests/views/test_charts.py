"""Charts hold the tonnes they show, run backward what went back, and say in the reader's language what they are."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.views import charts

PLACES = pd.DataFrame({"name": ["a", "b"], "lon": [0.0, 1.0], "lat": [0.0, 0.0]})
MAKERS = [charts.monthly, charts.sankey, charts.yard_composition, charts.burden]


@pytest.mark.parametrize("maker", MAKERS)
def test_a_chart_says_what_it_is_and_what_it_rests_on(maker, toy_run):
    """Over it stand the campaign's title, what is drawn, and whether somebody reported it; where there is nothing, that."""
    title = maker(toy_run).drawing.to_dict()["title"]
    assert title["text"] == "Toy campaign by headcount"
    assert title["subtitle"][-1] == "Model estimate, 2015-01 – 2015-02"
    empty = sf.run_from(pd.DataFrame({"origin": ["a"], "destination": ["b"], "tonnage_t": [5.0]}), places=PLACES)
    told = maker(empty).drawing.to_dict()["title"]["subtitle"][-1]
    assert told.startswith("As given" if maker in (charts.monthly, charts.sankey) else "There is nothing of this")


@pytest.mark.parametrize(
    "maker", [*MAKERS, lambda run, **more: charts.monthly(run.flows.to("Kangson").of("machinery"), **more)]
)
def test_a_korean_chart_has_no_english_word(maker, dprk_run):
    """Title, axes, legend, tips, names of places and regions: all that is text is Korean, a number or a unit."""
    drawn = maker(dprk_run, lang="ko").drawing.to_dict()
    texts = [drawn["title"]["text"], *drawn["title"]["subtitle"], drawn["description"].split(dprk_run.name)[1]]

    def visit(part, key=""):
        if isinstance(part, dict):
            for name, value in part.items():
                # what the rows of the data are called, and what is drawn of them
                shown = {
                    "label",
                    "kind label",
                    "material label",
                    "region",
                    "who",
                    "amount",
                    "name",
                    "source",
                    "target",
                    "title",
                }
                if name in shown and isinstance(value, str):
                    texts.append(value)
                visit(value, name)
        elif isinstance(part, list):
            for value in part:
                visit(value, key)

    visit(drawn)
    words = {word for text in texts for word in re.findall("[A-Za-z]{2,}", text)}
    assert len(texts) > 6
    assert words <= {"kg"}


def test_a_language_that_there_is_not_is_refused(toy_run):
    """As on the map."""
    with pytest.raises(InputError, match="no labels in 'fr'"):
        charts.monthly(toy_run, lang="fr")


def test_months_have_the_ranges_that_an_ensemble_left(toy):
    """A line a bar, from low to high; a query of a part has none."""
    run = sf.ensemble(toy, "2015", n=4, processes=1).central
    chart = charts.monthly(run)
    bars, lines = (layer["data"]["values"] for layer in chart.drawing.to_dict()["layer"])
    assert {(r["period"], r["kind"]) for r in lines} == {(r["period"], r["kind"]) for r in bars}
    assert [r["low"] for r in lines if r["kind"] == "carted"] == [
        low for low, _ in run.meta["part_ranges"]["period"]["carted"]
    ]
    assert "ensemble of 4" in chart.drawing.to_dict()["title"]["subtitle"][1]
    assert "layer" not in charts.monthly(run.flows.to("Near Mill")).drawing.to_dict()


def test_heads_are_compared_on_one_scale(toy_run):
    """Workers and residents stand side by side: what is twice as long is twice as much."""
    assert "resolve" not in charts.burden(toy_run).drawing.to_dict()


def test_months_are_those_of_the_query(toy_run):
    """The bars are the tonnes of the query, by kind, or by material where there is one kind."""
    rows = charts.monthly(toy_run).drawing.to_dict()["data"]["values"]
    assert sum(r["tonnage_t"] for r in rows if r["kind"] == "shipped") == pytest.approx(toy_run.totals().shipped_t)
    one = charts.monthly(toy_run.flows.kind("carted")).drawing.to_dict()["data"]["values"]
    assert {r["material label"] for r in one} >= {"scrap"}
    assert sum(r["tonnage_t"] for r in one) == pytest.approx(toy_run.totals().carted_t)


def test_yards_hold_what_they_had_and_got(toy_run):
    """A yard's bar is its opening stock and what came in."""
    rows = charts.yard_composition(toy_run, "Vale Yard").drawing.to_dict()["data"]["values"]
    stocks = toy_run.stocks[toy_run.stocks.node_id == "yard"]
    assert sum(r["tonnage_t"] for r in rows) == pytest.approx((stocks.opening_t + stocks.in_t).sum())


def test_the_burden_is_per_head_and_period(toy_run):
    """Tonnes asked over heads and months, in kg, of workers and of residents apart."""
    got = charts.burden_per_head(toy_run).set_index("who")
    quota = toy_run.accounts.groupby("node_id").quota_t.sum()
    assert got.quota_kg["workers"] == pytest.approx(quota["works"] * 1000 / 1000 / len(toy_run.periods))
    assert got.quota_kg["residents"] == pytest.approx(quota["town"] * 1000 / 5000 / len(toy_run.periods))


def test_an_empty_query_draws_an_empty_chart(toy_run, tmp_path):
    """Nothing selected is drawn as nothing, not as an error."""
    none = toy_run.flows.from_("Vale Works").to("Near Mill")
    charts.monthly(none).save(tmp_path / "m.svg")
    charts.sankey(none).save(tmp_path / "s.svg")
    assert (tmp_path / "s.svg").exists()
