"""What an ensemble keeps of its members, and the ranges that queries over it end in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, MixedKindsError, UnknownNameError
from scrapflow.studies.uncertain import Setter, draws_of, uncertain

N = 9
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


@pytest.fixture(scope="module")
def ens(toy):
    """Fifteen members of the toy with all that they did."""
    return sf.ensemble(toy, n=N, seed=3, keep="flows", processes=1)


@pytest.fixture(scope="module")
def runs(toy, ens):
    """The same members, each as a run of its own."""
    camp = sf.read_campaign(toy, "2015")
    inputs = uncertain(toy, camp)
    setter = Setter(toy, camp, inputs)
    return [sf.run(*setter(draws_of(toy, inputs, row))) for row in ens.draws.to_numpy()]


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


def test_what_was_kept_adds_up_to_the_totals(ens):
    """Frames lead with the member; shipped, loads, yard stocks and accounts agree with the members' totals."""
    kept, totals = ens.kept, ens.totals
    for frame in (kept.movements, kept.stocks, kept.link_loads, kept.accounts):
        assert frame.columns[0] == "member"
        assert frame["member"].dtype.kind == "i"
    assert "path_id" not in kept.movements
    shipped = kept.movements[kept.movements.kind == "shipped"].groupby("member").tonnage_t.sum()
    assert shipped.to_numpy() == pytest.approx(totals.shipped_t.to_numpy())
    assert kept.accounts.groupby("member").shortfall_t.sum().to_numpy() == pytest.approx(totals.shortfall_t.to_numpy())
    s = kept.stocks
    assert (s.opening_t + s.in_t - s.out_t - s.closing_t).abs().max() < 1e-9
    last = s[(s.period == "2015-02") & (s.node_id == "yard")].groupby("member").closing_t.sum()
    assert last.reindex(range(N), fill_value=0.0).to_numpy() == pytest.approx(totals.held_t.to_numpy(), abs=1e-9)
    loads = kept.link_loads.pivot_table(index="member", columns=["period", "link_id"], values="tonnage_t", fill_value=0)
    ranged = ens.link_loads.set_index(["period", "link_id"])["median"]
    found = loads.quantile(0.5).reindex(ranged.index, fill_value=0.0)
    assert found.to_numpy() == pytest.approx(ranged.to_numpy(), rel=1e-6)


def test_kept_stocks_and_movements_are_those_of_the_runs(ens, runs):
    """Member by member, movements with basis and grade and the books of yards and mills are the run's."""
    for number in (0, N - 1):
        run = runs[number]
        moved = ens.kept.movements.query("member == @number").drop(columns="member").reset_index(drop=True)
        pd.testing.assert_frame_equal(moved, run.movements.drop(columns="path_id"))
        wanted = run.stocks[run.stocks.node_id.isin(["yard", "near", "far", "outside"])]
        books = ens.kept.stocks.query("member == @number").drop(columns="member")
        keys = ["period", "node_id", "material", "via"]
        pd.testing.assert_frame_equal(
            books.sort_values(keys, ignore_index=True)[wanted.columns], wanted.reset_index(drop=True)
        )


def test_totals_alone_are_kept_unless_flows_are_asked_for(toy):
    """keep="totals" has no flows and says how to get them; another word is refused."""
    plain = sf.ensemble(toy, n=2, processes=1)
    assert plain.kept is None
    with pytest.raises(InputError, match="keep='flows'"):
        _ = plain.flows
    with pytest.raises(InputError, match="'totals' or 'flows'"):
        sf.ensemble(toy, n=2, keep="everything", processes=1)


def test_processes_and_clusters_change_nothing_of_what_is_kept(toy, ens):
    """Two processes and a Dask cluster write the same members, each where it is made, and queries give the same."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = sf.ensemble(toy, n=N, seed=3, keep="flows", client=client)
        for other in (sf.ensemble(toy, n=N, seed=3, keep="flows", processes=2), there):
            for name in ("movements", "stocks", "link_loads", "accounts"):
                pd.testing.assert_frame_equal(getattr(other.kept, name), getattr(ens.kept, name), check_exact=True)
            assert other.flows.to_frame().equals(ens.flows.to_frame())


def test_a_temporary_folder_goes_with_the_ensemble(toy):
    """Nothing is left on the disk when nobody uses the members any more."""
    found = sf.ensemble(toy, n=2, keep="flows", processes=1)
    folder = found.kept.folder
    assert folder.exists()
    del found
    assert not folder.exists()


def test_links_that_only_some_members_draw_can_be_asked_for(toy):
    """With a reach from 1 to 600 km some members cart over links that the central run has not."""
    from dataclasses import replace

    tables = dict(toy.tables)
    tables["links"] = toy.links[~toy.links.link_id.isin(["cart_works", "cart_town"])].reset_index(drop=True)
    camp = sf.read_campaign(toy, "2015").update({"transport.reach_km": {"value": 2.0, "low": 1.0, "high": 600.0}})
    found = sf.ensemble(replace(toy, tables=tables), camp, n=12, keep="flows", processes=1)
    carted = found.flows.kind("carted").through("works>yard")
    assert carted.total_t.high > 0
    assert len(carted.to_geo()) > 0


def test_repr_says_kinds_and_ranges(ens):
    """The text names the number of runs, the words of the query and the tonnes by kind, and is escaped in notebooks."""
    text = repr(ens.flows.to("Near Mill"))
    assert "9 runs of toy-2015" in text
    assert "to Near Mill (mill near)" in text
    assert "shipped: " in text
    assert "&lt;Flows" in ens.flows._repr_html_()


def test_a_member_can_be_asked_as_a_run(ens, runs):
    """A member's movements and queries through places are those of the run with its draw."""
    member = ens.kept.member(2)
    assert (
        member.flows.through("rail_far")
        .by("material", "kind")
        .equals(runs[2].flows.through("rail_far").by("material", "kind"))
    )
    assert member.stocks["closing_t"].sum() > 0


def test_a_run_stands_beside_the_members(toy, ens, runs):
    """Of the members' own runs as many lie below as their rank says; the median has half of them below."""
    for run in runs[:2]:
        table = ens.beside(run).set_index("total")
        value = run.totals().shipped_t
        assert table.run["shipped_t"] == pytest.approx(value)
        members = ens.totals.shipped_t
        assert table.below["shipped_t"] == pytest.approx(((members < value - 1e-9).sum() + 0.5) / N, abs=0.51 / N)
    assert ens.beside(ens.central).below.between(0, 1).all()
