"""DESIGN section 7: kinds, shapes, selectors and comparison."""

from __future__ import annotations

import datetime as dt
import itertools

import geopandas as gpd
import pandas as pd
import pytest

import scrapflow as sf


def test_selectors_return_new_queries(plain_run):
    """A selector leaves the query it was called on as it was."""
    flows = plain_run.flows
    rows = len(flows.to_frame())
    narrow = flows.to("Gamma Mill").of("appliance").during("2015-02")
    assert narrow is not flows
    assert len(flows.to_frame()) == rows > len(narrow.to_frame())
    assert isinstance(narrow, type(flows))


def test_to_a_mill_selects_shipped(plain_run):
    """`to(mill)` is what was shipped to it."""
    assert plain_run.flows.to("m1").kinds == ["shipped"]
    assert plain_run.flows.to("m1").total_t == pytest.approx(plain_run.totals()["shipped_t"])


def test_a_total_over_mixed_kinds_is_refused(toy_run):
    """Everything together has several kinds; of one kind the total is a float."""
    with pytest.raises(sf.errors.MixedKindsError) as raised:
        _ = toy_run.flows.total_t
    assert all(kind in str(raised.value) for kind in ("carted", "returned", "looted", "shipped"))
    assert isinstance(toy_run.flows.kind("carted").total_t, float)
    assert toy_run.flows.kind("leaked").total_t == 0.0


def test_diverted_keeps_the_kind_apart(toy_run):
    """`diverted()` is returned + looted + leaked and its tables say the kind though nobody asked."""
    diverted = toy_run.flows.diverted()
    assert set(diverted.kinds) == {"returned", "looted"}
    top = diverted.top(10, "origin")
    assert list(top.columns) in (["kind", "origin", "tonnage_t"], ["origin", "kind", "tonnage_t"])
    assert top["tonnage_t"].sum() == pytest.approx(3.375 + 2.875)


def test_by_has_the_columns_asked_for(toy_run):
    """`by` gives the columns in the order asked and tonnage_t, a RangeIndex, largest first."""
    shipped = toy_run.flows.kind("shipped")
    for columns in (("material",), ("destination", "material"), ("period", "via", "material")):
        got = shipped.by(*columns)
        assert list(got.columns) == [*columns, "tonnage_t"]
        assert isinstance(got.index, pd.RangeIndex)
        assert got["tonnage_t"].is_monotonic_decreasing
        assert got["tonnage_t"].sum() == pytest.approx(53.5)
        assert got["tonnage_t"].dtype == "float64"


def test_a_list_of_columns_is_columns(toy_run):
    """Who is used to pandas gives a list; it means the same."""
    shipped = toy_run.flows.kind("shipped")
    pd.testing.assert_frame_equal(shipped.by(["via", "material"]), shipped.by("via", "material"))
    pd.testing.assert_frame_equal(shipped.top(2, ["via", "material"]), shipped.top(2, "via", "material"))


@pytest.mark.parametrize("what", ["world", "network", "campaign", "run", "flows", "comparison"])
def test_notebooks_show_what_it_is(toy, toy_run, what):
    """Whatever an analyst holds has a plain text and an HTML form that say what it is."""
    things = {
        "world": lambda: toy,
        "network": lambda: sf.build_network(toy),
        "campaign": lambda: sf.read_campaign(toy, "2015"),
        "run": lambda: toy_run,
        "flows": lambda: toy_run.flows,
        "comparison": lambda: sf.compare(toy_run, toy_run),
    }
    thing = things[what]()
    assert repr(thing).startswith("<")
    assert " object at 0x" not in repr(thing)
    assert "<" in thing._repr_html_()


def test_ties_are_broken_by_name(plain_run):
    """Rows of one tonnage stand in the order of their names."""
    got = plain_run.flows.kind("carted").by("period", "origin", "material")
    for (_, a), (_, b) in itertools.pairwise(got.iterrows()):
        if a["tonnage_t"] == b["tonnage_t"]:
            assert tuple(a.iloc[:3]) < tuple(b.iloc[:3])


def test_top_is_the_head_of_by(toy_run):
    """`top(n, columns)` is the first n rows of `by(columns)`."""
    shipped = toy_run.flows.kind("shipped")
    pd.testing.assert_frame_equal(shipped.top(2, "material"), shipped.by("material").head(2))
    assert len(shipped.top(99, "material")) == len(shipped.by("material"))


def test_region_means_the_origin(toy_run):
    """`region` and `region_id` mean the leg's origin; prefixes choose the end."""
    to_far = toy_run.flows.to("far")
    assert to_far.by("region")["region"].tolist() == ["Vale"]
    assert to_far.by("region_id")["region_id"].tolist() == ["vale"]
    assert to_far.by("origin_region", "destination_region").iloc[0, :2].tolist() == ["Vale", "Hill"]
    assert to_far.by("destination_region_id")["destination_region_id"].tolist() == ["hill"]
    assert toy_run.flows.kind("carted").by("sector").set_index("sector")["tonnage_t"].max() > 0


def test_machinery_and_functional(toy_run):
    """`machinery` is the three kinds of machines, `functional` idle and working ones."""
    shipped = toy_run.flows.kind("shipped")
    by = shipped.by("material").set_index("material")["tonnage_t"]
    machines = ["obsolete_machinery", "idle_machinery", "working_machinery"]
    assert shipped.of("machinery").total_t == pytest.approx(by[machines].sum())
    assert shipped.of("functional").total_t == pytest.approx(by[machines[1:]].sum())
    assert shipped.of("scrap").total_t == pytest.approx(by["scrap"])


def test_the_examples_of_the_design_run(dprk_run):
    """Every query line of section 6 runs on the real world."""
    flows = dprk_run.flows
    assert list(flows.to("Kangson").of("machinery").during("2015-03").by("region").columns) == ["region", "tonnage_t"]
    pairs = flows.through("Sunchon").by("origin", "destination")
    assert {"origin", "destination", "tonnage_t"} <= set(pairs.columns)
    assert flows.diverted().top(10, "origin")["tonnage_t"].is_monotonic_decreasing
    between = flows.between("South Pyongan", "Songjin")
    assert between.kinds in (["shipped"], [])
    assert isinstance(between.total_t, float)
    assert isinstance(flows.to_frame(), pd.DataFrame)
    lines = flows.to("Songjin").to_geo()
    assert isinstance(lines, gpd.GeoDataFrame)
    assert lines.crs.to_epsg() == 4326
    mix = sf.trace(dprk_run, to="Kangson", by=["material", "region"])
    assert mix["share"].sum() == pytest.approx(1, abs=1e-9)
    assert mix["tonnage_t"].sum() == pytest.approx(flows.to("Kangson").total_t)


def test_between_is_from_a_to_b(plain_run):
    """`between(region, mill)` is what the region's yards sent to the mill."""
    got = plain_run.flows.between("North Shire", "Gamma Mill")
    assert got.kinds == ["shipped"]
    assert got.total_t == pytest.approx(plain_run.flows.to("m1").from_("y1").total_t)


def test_to_frame_has_the_movements(plain_run):
    """`to_frame` of a query has tonnage_t and the ends of each leg, RangeIndex, all rows."""
    got = plain_run.flows.to_frame()
    assert len(got) == len(plain_run.movements)
    assert {"period", "kind", "material", "via", "origin", "destination", "tonnage_t"} <= set(got.columns)
    assert isinstance(got.index, pd.RangeIndex)


def test_to_frame_is_largest_first(plain_run):
    """`to_frame` belongs to the shapes that stand largest first."""
    assert plain_run.flows.kind("shipped").to_frame()["tonnage_t"].is_monotonic_decreasing


def test_an_unknown_column_names_near_ones(plain_run):
    """A word that is no column is refused with near matches."""
    with pytest.raises(sf.errors.ScrapflowError, match="region"):
        plain_run.flows.kind("shipped").by("regoin")
    with pytest.raises(sf.errors.ScrapflowError, match="machinery"):
        plain_run.flows.of("machinry")
    with pytest.raises(sf.errors.ScrapflowError, match="2015"):
        plain_run.flows.during("2014-03")


def test_an_empty_query_is_an_empty_frame(toy_run):
    """Nothing found is zero rows of the right columns, not an error."""
    got = toy_run.flows.kind("leaked").by("origin", "period")
    assert list(got.columns) == ["origin", "period", "tonnage_t"]
    assert len(got) == 0


def test_compare_is_an_outer_join(toy, toy_run):
    """Keys of both, *_a, *_b, *_delta, 0 for what the other side lacks; delta is b minus a."""
    other = sf.run(toy, sf.read_campaign(toy, "2015").update({"show.share": 0.0, "looting.share": 0.0}))
    both = sf.compare(toy_run, other)
    for name, value in (("movements", "tonnage_t"), ("accounts", "quota_t"), ("stocks", "closing_t")):
        frame = getattr(both, name)
        a, b, delta = (frame[f"{value}_{x}"] for x in ("a", "b", "delta"))
        assert (b - a - delta).abs().max() < 1e-9
        assert not frame.filter(regex="_(a|b|delta)$").isna().any().any()
    rows = both.movements.query("kind == 'looted'")
    assert len(rows)
    assert (rows["tonnage_t_b"] == 0).all()
    assert both.movements["tonnage_t_a"].sum() == pytest.approx(toy_run.movements["tonnage_t"].sum())
    assert both.movements["tonnage_t_b"].sum() == pytest.approx(other.movements["tonnage_t"].sum())
    assert {"period", "link_id", "tonnage_t_a", "tonnage_t_b", "tonnage_t_delta"} <= set(both.link_loads.columns)
    assert both.summary()
    assert both.totals is not None


def test_compare_of_two_campaigns_of_unlike_months(plain, plain_run):
    """Runs of different months are joined with zeros, not refused."""
    camp = sf.read_campaign(plain, "2015")
    short = sf.run(plain, camp.update({"periods.count": 2}))
    both = sf.compare(plain_run, short)
    last = both.accounts.query("period == '2015-03'")
    assert len(last)
    assert (last["quota_t_b"] == 0).all()


def test_top_of_less_than_nothing_is_refused(toy_run):
    """A negative number of rows is a mistake, not all rows but some."""
    for columns in ((), ("destination",)):
        with pytest.raises(sf.errors.InputError, match="negative"):
            toy_run.flows.kind("shipped").top(-1, *columns)


def test_a_grade_that_is_none_is_refused(toy_run):
    """Grades are a letter and a digit."""
    with pytest.raises(sf.errors.InputError, match="Z9"):
        toy_run.flows.graded("Z9")


@pytest.mark.parametrize(
    "when",
    [
        2015,
        slice("2015-01", "2015-02"),
        slice(None, None),
        ("2015-01", dt.date(2015, 2, 28)),
        pd.Timestamp("2015-02-03"),
    ],
)
def test_times_as_pandas_says_them(toy_run, when):
    """A year as a number, a slice, a date: a day means its period."""
    february = isinstance(when, pd.Timestamp)
    expected = 23.5 if february else 53.5
    assert toy_run.flows.kind("shipped").during(when).total_t == pytest.approx(expected)


def test_a_day_outside_is_no_period(toy_run):
    """Never an empty answer for a wrong year."""
    with pytest.raises(sf.errors.UnknownNameError, match="2015-01 … 2015-02"):
        toy_run.flows.during("2016-01-01")


def test_compare_by_order_sets_first_beside_first(toy_run, toy):
    """Campaigns of different years are compared month by month."""
    later = sf.run(toy, sf.read_campaign(toy).update({"periods.start": "2016-01"}))
    both = sf.compare(toy_run, later, align="order")
    assert (both.movements["tonnage_t_delta"].abs() < 1e-9).all()
    apart = sf.compare(toy_run, later)
    assert "align" in apart.summary()
