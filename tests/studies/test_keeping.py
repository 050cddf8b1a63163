"""Writing down what members did: the same tables as their runs."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf

N = 9
"""Members of ``ens``."""


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
