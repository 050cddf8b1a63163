"""An analyst's day: words as people say them, and our own errors where a word means nothing."""

from __future__ import annotations

import datetime as dt
import re

import networkx as nx
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, ScrapflowError, UnknownNameError

ODD = [None, 5, 2.5, b"Vale", True, "\ud800", ["a", ["b", ["c"]]], {"a": 1}, object(), float("nan")]


@pytest.mark.parametrize("value", ODD, ids=lambda v: repr(v)[:20])
@pytest.mark.parametrize(
    "verb",
    [
        "from_",
        "to",
        "through",
        "in_region",
        "of",
        "via",
        "kind",
        "graded",
        "basis",
        "during",
        "where",
        "by",
        "haulage",
        "shares",
        "plot",
    ],
)
def test_what_is_no_word_is_our_own_error(toy_run, verb, value):
    """None, numbers, bytes, halves of letters and nests of lists are refused in words by every verb."""
    with pytest.raises(ScrapflowError):
        getattr(toy_run.flows.kind("shipped"), verb)(value)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("January", ["2015-01"]),
        ("jan", ["2015-01"]),
        ("February 2015", ["2015-02"]),
        ("2015-Q1", ["2015-01", "2015-02"]),
        ("Q1", ["2015-01", "2015-02"]),
        ("Q1 2015", ["2015-01", "2015-02"]),
        (slice("January", None), ["2015-01", "2015-02"]),
        (("jan", "feb"), ["2015-01", "2015-02"]),
        (dt.date(2015, 2, 11), ["2015-02"]),
        (2015, ["2015-01", "2015-02"]),
        ("winter", ["2015-01", "2015-02"]),
    ],
)
def test_times_as_people_say_them(toy_run, said, expected):
    """Months by name, quarters, slices, pairs, days and years mean the periods that begin there."""
    assert toy_run.flows.find_periods(said) == expected


@pytest.mark.parametrize("said", ["March", "2014-Q1", "Q5", "marching", "2016"])
def test_a_time_that_the_run_does_not_have_says_what_it_covers(toy_run, said):
    """The error tells the span of the run, and how a time may be said."""
    with pytest.raises(UnknownNameError, match=r"covers 2015-01 … 2015-02; say '2015-01', 'March', '2015-Q1'"):
        toy_run.flows.during(said)


@pytest.mark.parametrize(
    ("word", "own"), [("province", "region"), ("month", "period"), ("Commodity", "material"), ("source", "origin")]
)
def test_words_of_other_tools_are_told_ours(toy_run, word, own):
    """The first candidate is the word that is used here."""
    with pytest.raises(UnknownNameError) as caught:
        toy_run.flows.kind("shipped").by(word)
    assert caught.value.candidates[0] == own
    assert f"here it is {own!r}" in str(caught.value)


@pytest.mark.parametrize(
    "condition",
    [
        "sector = 'Minning'",
        "material == 'gold'",
        "kind in ('shipped', 'railed')",
        "destination = 'nowhere'",
        "period = '2016-01'",
    ],
)
def test_a_condition_that_can_meet_nothing_says_so(toy_run, condition):
    """A value that occurs nowhere in the run is no silent 0 t."""
    with pytest.raises(UnknownNameError, match="nothing in the run has"):
        toy_run.flows.where(condition)


def test_a_value_that_is_known_and_moved_nothing_is_zero(toy_run):
    """What could have been moved and was not is 0 t; so is the unlike of a value, and any number."""
    assert toy_run.flows.where("kind = 'leaked'").total_t == 0
    assert len(toy_run.flows.where("sector != 'Minning'")) == len(toy_run.movements)
    assert toy_run.flows.where("tonnage_t = 12345").total_t == 0


def test_shares_within_a_month_sum_to_one_there(toy_run):
    """Each month's shares are of that month; of a region's, of the region."""
    monthly = toy_run.flows.kind("shipped").shares("destination_name")
    assert monthly.groupby("period").share.sum().tolist() == pytest.approx([1.0, 1.0])
    first = (
        toy_run.flows.to("Far Mill").during("2015-01").total_t / toy_run.flows.kind("shipped").during("2015-01").total_t
    )
    row = monthly[(monthly.period == "2015-01") & (monthly.destination_name == "Far Mill")]
    assert row.share.item() == pytest.approx(first)


def test_haulage_by_any_column_adds_up_to_the_whole(toy_run):
    """Work by material, by mill and by line is the whole work, each tonne-kilometre once."""
    flows = toy_run.flows.kind("shipped")
    whole = flows.haulage().tonne_km.item()
    for columns in (("material",), ("destination_name", "period"), ("line",), ("mode", "material"), ("link_id",)):
        assert flows.haulage(*columns).tonne_km.sum() == pytest.approx(whole)


def test_balances_by_any_columns(toy_run):
    """In less out is nothing in all, by material and by region and month."""
    for by in ("material", ["region", "period"], "sector", ["kind", "material"]):
        frame = toy_run.flows.balances(by)
        assert frame.net_t.sum() == pytest.approx(0, abs=1e-9)
        assert frame.in_t.sum() == pytest.approx(toy_run.movements.tonnage_t.sum())


def test_a_graph_of_the_flows_conserves_tonnes(toy_run):
    """At a station as much comes in as goes out; costs stand under the names that people write."""
    graph = toy_run.flows.kind("shipped").to_networkx()
    station = toy_run.nodes.loc[toy_run.nodes.kind == "station", "node_id"].iloc[0]
    assert graph.in_degree(station, weight="tonnage_t") == pytest.approx(graph.out_degree(station, weight="tonnage_t"))
    assert graph.in_degree("far", weight="tonnage_t") == pytest.approx(toy_run.flows.to("Far Mill").total_t)
    yard = toy_run.nodes.loc[toy_run.nodes.kind == "yard", "node_id"].iloc[0]
    assert nx.shortest_path_length(graph, yard, "far", weight="cost") > 1
    assert nx.shortest_path_length(graph, yard, "far", weight="length_km") > 1


def test_what_is_carted_costs_in_a_graph_what_it_costs_in_the_network(toy, toy_run):
    """Roads are in no train's plan: their cost is the campaign's rate, so that networkx finds the way from works to mill."""
    graph = toy_run.flows.to_networkx()
    known = sf.build_network(toy, transport=sf.read_campaign(toy, "2015").transport).links.set_index("link_id")
    arcs = sf.build_network(toy, transport=sf.read_campaign(toy, "2015").transport).arcs.set_index("link_id")[
        "cost_per_t"
    ]
    roads = [(link, data["cost"]) for *_, link, data in graph.edges(keys=True, data=True) if data["mode"] != "rail"]
    assert roads
    assert all(cost == pytest.approx(arcs[[link]].iloc[0]) for link, cost in roads)
    assert {link for link, _ in roads} <= set(known.index)
    assert nx.shortest_path(graph, "works", "far", weight="cost")[-1] == "far"


def test_the_network_s_graph_has_cost_under_both_names(toy):
    """``weight="cost"`` is the cost and not the number of links."""
    graph = sf.build_network(toy).graph
    assert all(data["cost"] == data["cost_per_t"] == data["weight"] for *_, data in graph.edges(data=True))


def test_plot_draws_on_what_is_given(toy_run):
    """Axes in, the same axes out; a kind is a colour, and kinds are never stacked."""
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    assert toy_run.flows.plot(ax=ax) is ax
    tall = sum(bar.get_height() for bar in ax.patches)
    assert tall == pytest.approx(toy_run.movements.tonnage_t.sum())
    assert toy_run.flows.kind("shipped").plot("destination_name").get_title() == "shipped"


def test_a_plot_says_what_it_leaves_out_and_hides_no_bar(toy_run, dprk_run):
    """Of many places how many are drawn; by kind each bar stands over its name; the legend stands above all bars."""
    largest = dprk_run.flows.kind("carted").plot("origin")
    assert re.fullmatch(r"origin, the largest 30 of \d{3,}", largest.get_xlabel())
    by_kind = toy_run.flows.plot("kind")
    tall = [bar for bar in by_kind.patches if bar.get_height() > 0]
    assert sorted(round(bar.get_x() + bar.get_width() / 2) for bar in tall) == [0, 1, 2, 3]
    several = toy_run.flows.plot("period")
    assert max(bar.get_height() for bar in several.patches) < 0.9 * several.get_ylim()[1]


def test_head_and_describe(toy_run):
    """The largest movements, and how single movements are spread."""
    assert toy_run.flows.head(3).equals(toy_run.flows.top(3))
    told = toy_run.flows.describe()
    assert told.loc["shipped", "tonnage_t"] == pytest.approx(toy_run.totals().shipped_t)
    assert (told.min_t <= told.median_t).all()


def test_top_without_a_number_says_how(toy_run):
    """The word in the place of the number is told, not compared with it."""
    with pytest.raises(InputError, match=r"top\(10, 'origin'\)"):
        toy_run.flows.top("origin", 5)


def test_many_names_at_once_may_be_a_list(toy):
    """A list resolves like a column; a number is our own error."""
    assert toy.resolve(["HILL", "Vále"], "region").tolist() == ["hill", "vale"]
    for value in (5, None, b"Vale"):
        with pytest.raises(InputError, match="a name or several"):
            toy.resolve(value)


def test_languages_and_scales_that_are_not_there_are_our_own_error(toy_run):
    """What a map cannot show is refused by a ScrapflowError that lists what it can."""
    for option, text in (({"lang": "de"}, "there are en, ko"), ({"scale": "log"}, "fixed, adaptive")):
        with pytest.raises(ScrapflowError, match=text):
            sf.map_flows(toy_run, **option)


def test_the_log_tells_what_is_being_done(toy, caplog):
    """Steps are logged under `scrapflow`, and nothing is without a handler's wish."""
    with caplog.at_level("INFO", logger="scrapflow"):
        sf.run(toy)
    assert {r.name.split(".")[0] for r in caplog.records} == {"scrapflow"}
    assert {"build the network", "collect", "route", "write down"} <= {r.getMessage() for r in caplog.records}
