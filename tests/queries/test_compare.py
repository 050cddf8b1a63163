"""A comparison joins two runs row by row, ranks what changed and says it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.queries.compare import compare
from scrapflow.runs import Run
from scrapflow.units import two_figures
from scrapflow.vocabulary.totals import totals

KEYS = {
    "movements": ["period", "kind", "material", "via", "origin", "destination"],
    "accounts": ["period", "node_id"],
    "stocks": ["period", "node_id", "material", "via"],
    "link_loads": ["period", "link_id"],
}


@pytest.fixture(scope="module")
def pair(make):
    """Two made-up runs that share places and some months."""
    return make(1, periods=3).run, make(2, periods=4).run


@pytest.mark.parametrize("table", sorted(KEYS))
def test_each_table_is_an_outer_join(pair, table):
    """Every row of either run is there once, with 0 where one run has none, and b minus a."""
    a, b = pair
    got = getattr(compare(a, b), table)
    keys = KEYS[table]
    assert list(got.columns[: len(keys)]) == keys
    assert isinstance(got.index, pd.RangeIndex)
    frames = [r.tables[table].groupby(keys, as_index=False).sum(numeric_only=True) for r in pair]
    want = frames[0].merge(frames[1], on=keys, how="outer", suffixes=("_a", "_b"))
    assert len(got) == len(want)
    both = got.merge(want, on=keys, suffixes=("", "_want"))
    column = {"accounts": "carted_t", "stocks": "closing_t"}.get(table, "tonnage_t")
    for side in "ab":
        np.testing.assert_allclose(both[f"{column}_{side}"], both[f"{column}_{side}_want"].fillna(0.0))
    np.testing.assert_allclose(got[f"{column}_delta"], got[f"{column}_b"] - got[f"{column}_a"])
    if table != "accounts":
        assert (got[f"{column}_delta"].abs().diff().dropna() <= 0).all()


def test_totals_and_words(pair):
    """The totals differ as the runs do, and the words name the change."""
    a, b = pair
    c = compare(a, b)
    row = c.totals.set_index("total").loc["shipped_t"]
    assert row.tonnage_t_delta == pytest.approx(b.totals().shipped_t - a.totals().shipped_t)
    assert "Shipped to mills" in c.summary()
    assert "Largest changes by movement" in c.summary()
    assert "Shipped to mills" in repr(c)
    assert "<table" in c._repr_html_()


def test_a_run_equals_itself(pair):
    """Nothing differs between a run and itself, unlimited capacities included."""
    c = compare(pair[0], pair[0])
    assert "do not differ" in c.summary()
    for table in KEYS:
        frame = getattr(c, table)
        assert (frame[[k for k in frame.columns if k.endswith("_delta")]] == 0).all(axis=None)


def test_other_years_can_be_set_side_by_side(make):
    """Runs without a common period say so; by order their first periods stand together."""
    a, b = make(1, periods=2), make(2, periods=2)
    b.labels = ["2016-01", "2016-02"]
    moved = b.run.movements.assign(period=b.run.movements.period.str.replace("2015", "2016"))
    later = type(b.run)(
        {
            n: f.assign(period=f.period.str.replace("2015", "2016")) if "period" in f else f
            for n, f in b.run.tables.items()
        },
        b.run.meta,
    )
    assert moved.period.min() == "2016-01"
    apart = compare(a.run, later)
    assert "align='order'" in apart.summary()
    assert (apart.movements[["tonnage_t_a", "tonnage_t_b"]] == 0).any(axis=1).all()
    beside = compare(a.run, later, align="order")
    assert set(beside.movements.period) == {"1", "2"}
    assert beside.shared_periods == 2
    longer = compare(a.run, make(3, periods=11).run, align="order")
    assert longer.shared_periods == 2


def test_totals_that_did_not_change_are_said_not_to_have(toy_run):
    """A path used instead of another changes no total: the summary says so first, and rounding is no difference."""
    moved = toy_run.movements
    other = moved.assign(tonnage_t=moved["tonnage_t"] * (1 + 1e-9))
    same = sf.compare(toy_run, Run(toy_run.tables | {"movements": other}, toy_run.meta, toy_run.basemap))
    assert "do not differ" in same.summary()
    assert (same.movements["tonnage_t_delta"] == 0).all()
    loads = toy_run.link_loads.assign(tonnage_t=toy_run.link_loads["tonnage_t"] + 5.0)
    swapped = sf.compare(toy_run, Run(toy_run.tables | {"link_loads": loads}, toy_run.meta, toy_run.basemap))
    assert swapped.summary().splitlines()[1] == "No total changed."


def test_every_total_that_changed_is_told_with_its_change(toy, toy_run):
    """The sentences name each total that has one, in two figures, and no other."""
    more = sf.run(toy, sf.read_campaign(toy, "2015").update({"show.share": 0.5}))
    text = sf.compare(toy_run, more).summary()
    a, b = toy_run.totals(), more.totals()
    for total in (t for t in totals().values() if t.changed):
        said = f"{total.changed[:1].upper()}{total.changed[1:]}: "
        change = f"{two_figures(a[total.total])} t → {two_figures(b[total.total])} t"
        assert (f"{said}{change}" in text) is bool(abs(b[total.total] - a[total.total]) > 1e-4)


def test_a_change_upwards_has_a_plus_and_one_downwards_a_minus(toy, toy_run):
    """Each total that changed is told with the sign of b minus a."""
    less = sf.run(toy, sf.read_campaign(toy).update({"yards.receipt_limit_t": 10}))
    there, back = compare(toy_run, less), compare(less, toy_run)
    assert there.totals["tonnage_t_delta"].abs().sum() > 0
    assert "(-" in there.summary().replace("−", "-")
    assert "(+" in there.summary()
    assert there.summary().replace("−", "-").count("(+") == back.summary().replace("−", "-").count("(-")


def test_a_comparison_cannot_be_changed_in_place(pair):
    """Two other runs are another comparison."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        compare(*pair).a = pair[1]


def test_the_wrong_side_alone_is_told(toy, toy_run):
    """A run beside a world: the world; beside a selection: the selection, with what to compare it with."""
    with pytest.raises(InputError) as told:
        sf.compare(toy_run, toy)
    assert told.value.problems["column"].tolist() == ["b"]
    with pytest.raises(
        InputError, match="column a: this is a selection and the other side a run: two runs can be compared"
    ):
        sf.compare(toy_run.flows, toy_run)
    with pytest.raises(InputError, match="2 problems"):
        sf.compare(toy, toy)
