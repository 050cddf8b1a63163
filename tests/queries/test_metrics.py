"""The model's side of a claim, by arrays small enough to add up by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from scrapflow.ledger.amounts import Placed
from scrapflow.queries.metrics import Metrics
from scrapflow.queries.sites import Sites, of_line

PERIODS = pd.DataFrame(
    {
        "period": ["2014-12", "2015-01", "2015-02"],
        "start": ["2014-12-01", "2015-01-01", "2015-02-01"],
        "end": ["2014-12-31", "2015-01-31", "2015-02-28"],
    }
)
NODES = pd.DataFrame(
    {
        "node_id": [*(f"w{i}" for i in range(11)), "lump", "idle", "y1", "y2", "y3"],
        "kind": ["enterprise"] * 13 + ["yard"] * 3,
        "region_id": ["n"] * 6 + ["s"] * 7 + ["n", "n", "s"],
        "named": [True] * 11 + [False] + [True] * 4,
        "workers": [*(100.0 - i for i in range(11)), 1e6, 0.0, np.nan, np.nan, np.nan],
    }
)
LINKS = pd.DataFrame(
    {
        "link_id": ["a", "b", "c"],
        "line_id": ["main", "main", "side"],
        "line": ["Main Line", "Main Line", "Side"],
        "capacity_t": [90.0, 60.0, np.inf],
    }
)
MATERIALS = ("scrap", "obsolete", "idle")
GROUPS = {"machinery": ("obsolete", "idle"), "functional": ("idle",), "waste": ("scrap", "obsolete")}
_WORKS = np.array(NODES["node_id"][:13], dtype=object)
_YARDS = np.array(["y1", "y2", "y3"], dtype=object)


class Names:
    """North and south by any spelling."""

    def find(self, name, kinds):
        """Return the region of a name, or nothing."""
        assert kinds == ("region",)
        return SimpleNamespace(id=name.lower()[0]) if name.lower() in {"north", "south"} else None


class Made:
    """Amounts that tell where they are from: period, material and place are digits of the number."""

    materials = MATERIALS

    def moved(self, kind):
        """Return tonnes by works: 1 t of each material carted in each period, 10 times that for the other kinds."""
        return Placed(_WORKS, np.full((3, 3, 13), {"carted": 1.0, "returned": 0.5}.get(kind, 10.0)))

    def account(self, column):
        """Return quotas of a thousand tonnes less the position, and other columns in round numbers."""
        value = {"quota_t": 1000.0 - np.arange(13.0), "for_show_t": np.full(13, 8.0), "returned_t": np.full(13, 2.0)}
        row = value.get(column, np.full(13, 1.0))
        return Placed(_WORKS, np.stack([row * p for p in (1.0, 1.0, 2.0)])[:, None, :])

    def held(self):
        """Return what yards held: y1 mostly idle machines, y2 mostly scrap, y3 nothing."""
        month = np.array([[1.0, 6.0, 0.0], [1.0, 0.0, 0.0], [5.0, 1.0, 0.0]])
        return Placed(_YARDS, np.stack([month, month, month * 4]))


def metrics(settings=None, periods=PERIODS, links=LINKS, nodes=NODES, groups=GROUPS):
    """Return the metrics of the made amounts."""
    return asked_of(Made(), periods, nodes, Names(), links, groups, settings)


def asked_of(made, periods=PERIODS, nodes=NODES, names=None, links=LINKS, groups=GROUPS, settings=None):
    """Return the metrics of some amounts."""
    return Metrics(
        made,
        periods,
        Sites(nodes, names or Names()),
        nodes["workers"].to_numpy(),
        lambda line: links.loc[of_line(links, line), "capacity_t"].to_numpy(),
        groups,
        settings or {},
    )


@pytest.mark.parametrize(
    ("metric", "scope", "period", "value"),
    [
        ("carted_t", "", "", 3 * 3 * 13),
        ("carted_t", "", "2015", 2 * 3 * 13),
        ("carted_t", "", "2015-02", 3 * 13),
        ("carted_t", "North", "2015-02", 3 * 6),
        ("scrap_t", "south", "2014", 7.0),
        ("machinery_t", "", "2014", 2 * 13.0),
        ("quota_t", "north", "2015", 3 * sum(1000.0 - i for i in range(6))),
        ("intercepted_share_of_show", "", "", 1 / 8),
        ("for_show_home_share", "south", "", 1 / 4),
        ("yard_scrap_t", "", "2014", 7.0),
        ("yard_scrap_t", "", "2015", 2.5 * 7),
        ("yard_machinery_t", "south", "2014", 0.0),
        ("functional_yards_share", "", "", 0.5),
        ("functional_yards_share", "south", "", np.nan),
        ("carted_t", "east", "", np.nan),
        ("carted_t", "", "2016", np.nan),
        ("gold_t", "", "", np.nan),
        ("yard_gold_t", "", "", np.nan),
        ("gold", "", "", np.nan),
    ],
)
def test_an_amount_is_added_up_over_the_time_and_the_place(metric, scope, period, value):
    """Periods are chosen by the beginning of their label, places by their region; a stock is a mean, never a sum."""
    assert metrics().value(metric, scope, period) == pytest.approx(value, nan_ok=True)


def test_the_quota_of_the_largest_tenth_is_that_of_the_largest_named_works():
    """Eleven works have workers and a name: the largest tenth are two (rounded up), w0 and w1; a row of many is none of them."""
    months = 3.0
    assert metrics().value("large_enterprise_quota_t", "", "") == pytest.approx(4 * (1000 + 999) / (2 * months))
    assert metrics().value("enterprise_quota_t", "", "2014") == pytest.approx(sum(1000.0 - i for i in range(11)) / 11)
    nobody = NODES.assign(named=False)
    assert np.isnan(metrics(nodes=nobody).value("large_enterprise_quota_t", "", ""))


def test_works_of_one_size_are_chosen_by_identifier():
    """Ties have one outcome: of eleven equal works w0 and w1 are the largest tenth."""
    equal = NODES.assign(workers=NODES["workers"].where(NODES["node_id"].isin(["lump", "idle"]), 50.0))
    shuffled = equal.sample(frac=1.0, random_state=3)
    assert metrics(nodes=shuffled).value("large_enterprise_quota_t", "", "2014") == pytest.approx(999.5)


def test_a_line_carries_a_month_what_its_narrowest_link_does():
    """By name or identifier; in t a month, so quarters count a third; unlimited or unknown lines have no such number."""
    for name in ("main", "Main Line"):
        assert metrics().value("line_capacity_t_per_month", name, "") == pytest.approx(60.0)
    for name in ("side", "Side", "nowhere", ""):
        assert np.isnan(metrics().value("line_capacity_t_per_month", name, ""))
    quarters = pd.DataFrame({"period": ["2015-Q1"], "start": ["2015-01-01"], "end": ["2015-03-31"]})
    assert metrics(periods=quarters).value("line_capacity_t_per_month", "main", "") == pytest.approx(20.0, rel=0.02)
    assert np.isnan(metrics(periods=PERIODS.iloc[:0]).value("line_capacity_t_per_month", "main", ""))
    assert np.isnan(metrics(links=LINKS.drop(columns="line")).value("line_capacity_t_per_month", "main", ""))


def test_settings_are_read_as_numbers_with_or_without_a_range():
    """The first rule of a kind gives its rate; what the campaign does not set is not known."""
    settings = {
        "penalties": {"marks_allowed": {"value": 2, "low": 1, "high": 3}},
        "quota": [
            {"kind": "per_person", "kg": 5},
            {"kind": "unaffiliated", "kg": {"value": 7.5}},
            {"kind": "per_person", "kg": 9},
        ],
    }
    asked = metrics(settings)
    assert asked.value("marks_allowed", "", "") == 2.0
    assert asked.value("quota_kg_per_person", "", "") == 5.0
    assert asked.value("quota_kg_per_unaffiliated", "", "") == 7.5
    assert np.isnan(metrics({"quota": [{"kind": "per_person"}]}).value("quota_kg_per_person", "", ""))
    assert np.isnan(metrics().value("marks_allowed", "", ""))


def test_a_share_of_nothing_and_groups_that_nobody_named_are_unknown():
    """Nothing shown has no share of it; without a word for functional machines no yard is mostly of them."""

    class NoShow(Made):
        def account(self, column):
            placed = super().account(column)
            return Placed(placed.places, placed.amount * (column != "for_show_t"))

    asked = asked_of(NoShow())
    assert np.isnan(asked.value("intercepted_share_of_show", "", ""))
    assert np.isnan(metrics(groups={}).value("functional_yards_share", "", ""))
    assert metrics(groups={}).value("scrap_t", "", "2014") == 13.0


def test_a_scope_is_looked_up_once():
    """Claims name few places many times."""
    asked = []
    names = SimpleNamespace(find=lambda name, kinds: asked.append(name) or SimpleNamespace(id="n"))
    made = asked_of(Made(), names=names)
    assert [made.value("carted_t", "north", "2014") for _ in range(3)] == [18.0] * 3
    assert asked == ["north"]
