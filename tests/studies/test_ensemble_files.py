"""Ensembles in a folder: the same when read again, whole or not at all, written over nothing else."""

from __future__ import annotations

import json
import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError

N = 5
FRAMES = ("draws", "totals", "claims", "link_loads")
KEPT = ("movements", "stocks", "link_loads", "accounts")


@pytest.fixture(scope="module")
def made(toy, tmp_path_factory):
    """Return an ensemble in a folder, and one of the same seed in a temporary one."""
    folder = tmp_path_factory.mktemp("kept") / "ours"
    there = sf.ensemble(toy, n=N, seed=2, keep="flows", folder=folder, processes=1)
    return folder, there, sf.ensemble(toy, n=N, seed=2, keep="flows", processes=1)


def same(one, other):
    """Tell that two ensembles say the same in every table."""
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    assert (one.kept is None) == (other.kept is None)
    for name in KEPT if one.kept else ():
        pd.testing.assert_frame_equal(getattr(one.kept, name), getattr(other.kept, name), check_exact=True)
    assert one.central.meta["ranges"] == other.central.meta["ranges"]
    pd.testing.assert_series_equal(one.central.totals(), other.central.totals())
    assert (one.observations is None) == (other.observations is None)


def test_what_is_read_is_what_was_made(made):
    """Tables, members, ranges and answers are the same in a folder, read from it, and in memory."""
    folder, there, here = made
    again = sf.read_ensemble(folder)
    same(there, here)
    same(again, here)
    assert again.flows.to("Near Mill").by("material").equals(here.flows.to("Near Mill").by("material"))
    assert again.summary() == here.summary()
    seen = sf.pile(area_m2=9, height_m=1, place="yard")
    assert sf.condition(again, seen).ranges().equals(sf.condition(here, seen).ranges())


def test_an_ensemble_of_totals_is_saved_and_read(toy, tmp_path):
    """``save`` writes one that kept its totals alone; what it cannot be asked is still refused."""
    ens = sf.ensemble(toy, n=N, seed=2, processes=1)
    ens.save(tmp_path / "totals")
    again = sf.read_ensemble(tmp_path / "totals")
    same(again, ens)
    with pytest.raises(InputError, match="totals alone"):
        _ = again.flows


def test_saving_copies_what_the_members_did(made, tmp_path):
    """A saved copy lives on when the folder it came from is gone."""
    folder, _, here = made
    shutil.copytree(folder, tmp_path / "first")
    sf.read_ensemble(tmp_path / "first").save(tmp_path / "second")
    shutil.rmtree(tmp_path / "first")
    same(sf.read_ensemble(tmp_path / "second"), here)


def test_any_tool_reads_the_members_as_one_table(made):
    """DuckDB adds up shipped tonnes in the files themselves as ``ens.flows`` does."""
    folder, _, here = made
    sql = "SELECT member, sum(tonnage_t) AS t FROM read_parquet(?) WHERE kind = 'shipped' GROUP BY ALL ORDER BY member"
    rows = duckdb.execute(sql, [f"{folder}/members/movements/*.parquet"]).df()
    assert rows["t"].to_numpy() == pytest.approx(here.flows.kind("shipped").members()["tonnage_t"].to_numpy())


def test_an_older_ensemble_is_replaced_and_nothing_else(toy, made, tmp_path):
    """A stranger's file beside ours, or a saved run, is not written over; ours is, also where it became smaller."""
    folder, _, here = made
    ours = tmp_path / "ours"
    shutil.copytree(folder, ours)
    sf.ensemble(toy, n=2, seed=2, keep="flows", folder=ours, processes=1)
    assert len(sf.read_ensemble(ours).totals) == 2
    (ours / "members" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="scrapflow did not write"):
        sf.ensemble(toy, n=2, folder=ours, processes=1)
    here.central.save(tmp_path / "run")
    with pytest.raises(InputError, match="scrapflow did not write"):
        here.save(tmp_path / "run")
    assert sf.read_run(tmp_path / "run").name == here.central.name


def test_one_that_fails_leaves_what_stood_there(toy, made, tmp_path, monkeypatch):
    """A member that cannot be run in the middle: the old ensemble is whole, and no spare folder is left."""
    folder, _, here = made
    ours = tmp_path / "ours"
    shutil.copytree(folder, ours)

    def fail(work, case):
        if case[0] == 1:
            msg = "no member today"
            raise RuntimeError(msg)
        return told(work, case)

    from scrapflow.studies.ensemble import told

    monkeypatch.setattr("scrapflow.studies.ensemble.told", fail)
    with pytest.raises(RuntimeError, match="no member today"):
        sf.ensemble(toy, n=3, keep="flows", folder=ours, processes=1)
    same(sf.read_ensemble(ours), here)
    assert [p.name for p in tmp_path.iterdir()] == ["ours"]


def test_changed_missing_and_strange_files_are_named(made, tmp_path):
    """One report names all of them; ``check=False`` looks at the rest all the same."""
    folder, _, _ = made
    ours = tmp_path / "ours"
    shutil.copytree(folder, ours)
    (ours / "totals.parquet").write_bytes((ours / "draws.parquet").read_bytes())
    (ours / "members" / "accounts" / "000001.parquet").unlink()
    (ours / "central" / "mine.txt").write_text("x")
    with pytest.raises(InputError) as refused:
        sf.read_ensemble(ours)
    assert set(refused.value.problems["row"] + refused.value.problems["table"]) == {
        "totals.parquet", "members/accounts/000001.parquet", "central/mine.txt",
    }  # fmt: skip
    assert len(sf.read_ensemble(ours, check=False).draws) == N


def test_what_is_no_ensemble_is_told_so(made, tmp_path):
    """An empty folder, none at all, a saved run, nonsense, another layout: each with what would write one."""
    folder, _, here = made
    (tmp_path / "empty").mkdir()
    here.central.save(tmp_path / "run")
    (tmp_path / "nonsense").mkdir()
    (tmp_path / "nonsense" / "scrapflow.json").write_text('{"format": "ensemble", "files": 3}')
    for name in ("empty", "none", "run", "nonsense"):
        with pytest.raises(InputError, match=r"no ensemble: sf\.ensemble"):
            sf.read_ensemble(tmp_path / name)
    shutil.copytree(folder, tmp_path / "newer")
    mark = tmp_path / "newer" / "scrapflow.json"
    mark.write_text(json.dumps(json.loads(mark.read_text()) | {"layout": 99}))
    with pytest.raises(InputError, match="layout 99"):
        sf.read_ensemble(tmp_path / "newer")


def test_on_a_cluster_members_are_written_where_they_are_made(toy, made, tmp_path):
    """Workers write into the folder itself; what is read is the same as without them."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = sf.ensemble(toy, n=N, seed=2, keep="flows", folder=tmp_path / "ours", client=client)
    same(there, made[2])
    assert np.isfinite(there.totals.to_numpy()).all()


@pytest.mark.parametrize("name", ["draws", "totals", "claims", "link_loads"])
def test_a_damaged_table_is_told_by_its_name(made, tmp_path, name):
    """Cut off at its half: without the comparison of hashes, too, it is refused in our words."""
    shutil.copytree(made[0], tmp_path / "x")
    file = tmp_path / "x" / f"{name}.parquet"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(InputError, match=f"{name}.*cannot be read as Parquet"):
        sf.read_ensemble(tmp_path / "x", check=False)
