"""Queries over members: every verb ends in the ranges of the runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, MixedKindsError, UnknownNameError

N = 9
"""Members of ``ens``."""

RANGE = ["low", "median", "high"]


VERBS = {
    "to": lambda f: f.to("Near Mill"),
    "from_": lambda f: f.from_("Vale Works").kind("carted"),
    "between": lambda f: f.between("Vale", "Far Mill"),
    "through": lambda f: f.kind("shipped").through("rail_far"),
    "in_region": lambda f: f.in_region("Vale", end="either").kind("returned"),
    "of": lambda f: f.kind("carted").of("machinery"),
    "via": lambda f: f.kind("shipped").via("looted"),
    "diverted": lambda f: f.diverted().kind("looted"),
    "during": lambda f: f.kind("shipped").during("2015-02"),
    "factories": lambda f: f.kind("carted").factories(),
    "graded": lambda f: f.kind("shipped").graded("B3"),
    "basis": lambda f: f.kind("carted").basis("assumed"),
    "where": lambda f: f.where("tonnage_t > 1 and material = 'scrap'").kind("carted"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_ends_in_the_quantiles_of_the_runs(ens, runs, verb):
    """Asked run by run and put together by numpy, each verb gives the members and ranges that the ensemble gives."""
    tonnes = np.array([VERBS[verb](r.flows).total_t for r in runs])
    assert tonnes.max() > 0
    query = VERBS[verb](ens.flows)
    members = query.members()
    assert members.columns.tolist() == ["member", "tonnage_t"]
    assert members["member"].tolist() == list(range(N))
    assert members["tonnage_t"].to_numpy() == pytest.approx(tonnes, rel=1e-9, abs=1e-12)
    assert tuple(query.total_t) == pytest.approx(tuple(np.quantile(tonnes, [0.1, 0.5, 0.9])))
    assert query.total_t["median"] == query.total_t.median


@pytest.mark.parametrize(
    "columns",
    [("region",), ("period", "material"), ("destination_name", "via"), ("link_id",), ("grade",), ("year",), ()],
)
def test_groups_have_the_quantiles_of_the_runs_with_zeros(ens, runs, columns):
    """A group that some members lack counts with 0 t there; pandas over single runs is the second opinion."""
    every = pd.concat([r.flows.kind("shipped", "looted").by("kind", *columns) for r in runs], keys=range(N))
    groups = ["kind", *columns]
    wide = every.reset_index(0, names="member").pivot_table(
        index=groups, columns="member", values="tonnage_t", fill_value=0.0
    )
    wide = wide.reindex(columns=range(N), fill_value=0.0)
    expected = wide.quantile([0.1, 0.5, 0.9], axis=1).T.set_axis(RANGE, axis=1)
    table = ens.flows.kind("shipped", "looted").by("kind", *columns)
    assert table.columns.tolist() == [*groups, *RANGE]
    assert table["median"].is_monotonic_decreasing
    pd.testing.assert_frame_equal(
        table.set_index(groups).sort_index(), expected.sort_index(), check_column_type=False, check_index_type=False
    )


def test_a_flow_that_few_members_have_is_zero_in_the_median(toy):
    """Where at most a third of the members leak 0.15 t at once, the median of such flows is 0 and only the high is above."""
    camp = sf.read_campaign(toy, "2015").update({"leakage.share": {"value": 0.0, "low": 0.0, "high": 0.1}})
    found = sf.ensemble(toy, camp, n=20, keep="flows", processes=1)
    tonnes = found.flows.kind("leaked").members()["tonnage_t"]
    assert tonnes.to_numpy() == pytest.approx(found.totals["leaked_t"].to_numpy())
    much = found.flows.kind("leaked").where("tonnage_t > 0.15")
    assert 2 < (much.members()["tonnage_t"] > 0).sum() <= 7
    assert much.total_t.low == much.total_t.median == 0.0 < much.total_t.high
    assert much.by("kind").iloc[0, 1:].tolist() == pytest.approx(list(much.total_t))


def test_ends_agree_with_one_another(ens, runs):
    """Frames, tops, matrices, paths, lines and loads tell the same tonnes."""
    shipped = ens.flows.kind("shipped")
    assert shipped.top(1, "destination").equals(shipped.by("destination").head(1))
    assert len(ens.flows.top(3)) == 3
    assert ens.flows.to_frame().shape[0] == len(
        pd.concat([r.movements for r in runs]).drop(columns="tonnage_t").drop_duplicates()
    )
    assert shipped.matrix().loc["yard", "near"] == pytest.approx(shipped.to("Near Mill").total_t.median)
    assert shipped.pivot("period", "material", end="high").max().max() > 0
    assert set(shipped.paths().path_id) == {"yard>near", "yard>far"}
    lines = shipped.to_geo()
    assert lines.crs.to_epsg() == 4326
    assert lines["high"].tolist() == shipped.paths()["high"].tolist()
    loads = shipped.loads().set_index("link_id")
    assert loads.loc["rail_far", RANGE].tolist() == pytest.approx(list(shipped.through("rail_far").total_t))
    assert sorted(ens.flows.summary().kind) == sorted(ens.flows.kinds)


def test_kinds_are_not_added_up(ens):
    """A tonne may be carted and shipped: an end that would add them up is refused and names them."""
    for end in (lambda f: f.total_t, lambda f: f.members(), lambda f: f.by("region"), lambda f: f.members("material")):
        with pytest.raises(MixedKindsError, match="carted, returned, looted, shipped"):
            end(ens.flows)
    assert "kind" in ens.flows.diverted().by("origin")
    assert "kind" in ens.flows.diverted().members("origin")


def test_wrong_words_are_refused_as_for_a_run(ens):
    """Unknown places, columns and counts raise what a run raises."""
    with pytest.raises(UnknownNameError):
        ens.flows.to("Nowhere")
    with pytest.raises(UnknownNameError):
        ens.flows.by("colour")
    with pytest.raises(InputError, match="no number of rows"):
        ens.flows.top("origin")


def test_repr_says_kinds_and_ranges(ens):
    """The text names the number of runs, the words of the query and the tonnes by kind, and is escaped in notebooks."""
    text = repr(ens.flows.to("Near Mill"))
    assert "9 runs of toy-2015" in text
    assert "to Near Mill (mill near)" in text
    assert "shipped: " in text
    assert "&lt;Flows" in ens.flows._repr_html_()
