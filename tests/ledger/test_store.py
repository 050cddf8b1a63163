"""A saved run is the run: same tables, same bytes, whole or refused, readable by others as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pytest

from scrapflow.errors import BalanceError, InputError
from scrapflow.ledger import store
from scrapflow.ledger.manifest import MANIFEST, write_manifest
from scrapflow.ledger.store import save_run
from scrapflow.ledger.tables import KEYS
from scrapflow.runs import Run, read_run


@pytest.fixture(scope="module")
def saved(made_up, tmp_path_factory):
    """The made-up run on disk."""
    folder = tmp_path_factory.mktemp("runs") / "out"
    made_up.run.save(folder)
    return folder


def bytes_of(folder):
    """Every file of a folder with its content."""
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_reading_gives_back_every_table(made_up, saved):
    """Tables, types, coordinates and what identifies the run come back as they were."""
    back = read_run(saved)
    assert back.meta == made_up.run.meta
    assert list(back.tables) == sorted(made_up.run.tables)
    for name, frame in made_up.run.tables.items():
        if isinstance(frame, gpd.GeoDataFrame):
            assert back.tables[name].crs == frame.crs
            assert back.tables[name].geometry.geom_equals_exact(frame.geometry, 0).all()
        pd.testing.assert_frame_equal(pd.DataFrame(back.tables[name]), pd.DataFrame(frame))
    assert back.totals().equals(made_up.run.totals())


def test_the_same_run_gives_the_same_bytes(made_up, saved, tmp_path):
    """Saving twice, or saving what was read, gives equal bytes."""
    save_run(made_up.run, tmp_path / "again")
    assert bytes_of(tmp_path / "again") == bytes_of(saved)
    read_run(saved).save(tmp_path / "copy")
    assert bytes_of(tmp_path / "copy") == bytes_of(saved)


def test_the_manifest_says_what_it_is(made_up, saved):
    """Seed, version, mode and a hash of every file stand in the manifest."""
    manifest = json.loads((saved / "manifest.json").read_text())
    assert {"seed", "version", "mode", "files", "rows"} <= set(manifest)
    assert set(manifest["files"]) == {f for f in bytes_of(saved) if f != "manifest.json"}
    assert manifest["rows"]["movements"] == len(made_up.run.movements)


def test_one_file_a_period(made_up, saved):
    """Movements lie in one file a period, also where nothing moved, and each holds the period as a column."""
    files = sorted((saved / "movements").iterdir())
    assert [f.stem for f in files] == made_up.labels
    assert pd.read_parquet(files[0])["period"].unique().tolist() == [files[0].stem]


def test_a_changed_missing_or_added_file_is_named(saved, tmp_path, made_up):
    """Whatever does not match the manifest is listed, all at once."""
    save_run(made_up.run, tmp_path / "bad")
    (tmp_path / "bad" / "quotas.parquet").unlink()
    (tmp_path / "bad" / "movements" / "2015-99.parquet").write_bytes(b"x")
    with (tmp_path / "bad" / "paths.parquet").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(InputError) as caught:
        read_run(tmp_path / "bad")
    assert sorted(caught.value.problems["table"]) == ["movements/2015-99.parquet", "paths.parquet", "quotas.parquet"]


def test_a_ledger_that_does_not_balance_is_refused(made_up, tmp_path):
    """A run whose tonnes do not add up cannot be read, unless one asks to look at it."""
    run = made_up.run
    wrong = type(run)(
        {**run.tables, "movements": run.movements.assign(tonnage_t=run.movements.tonnage_t * 2)}, run.meta
    )
    wrong.save(tmp_path / "wrong")
    with pytest.raises(BalanceError):
        read_run(tmp_path / "wrong")
    assert len(read_run(tmp_path / "wrong", check=False).movements)


def test_what_is_no_run_is_refused(saved, tmp_path):
    """A folder without a manifest, with a broken one or from a newer layout raises an input error."""
    with pytest.raises(InputError, match="no saved run"):
        read_run(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(InputError, match="newer"):
        read_run(tmp_path)


def test_only_a_run_is_overwritten(made_up, tmp_path):
    """An older run is replaced as a whole; a folder with anything else in it is left alone."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")
    with pytest.raises(InputError, match="would be lost"):
        made_up.run.save(tmp_path / "letters")
    assert (tmp_path / "letters" / "dear.txt").read_text() == "keep me"
    made_up.run.save(tmp_path / "out")
    made_up.run.save(tmp_path / "out")
    assert [f.name for f in sorted(tmp_path.iterdir())] == ["letters", "out"]


def test_a_failed_save_leaves_the_old_run(made_up, tmp_path, monkeypatch):
    """If writing fails, what was there stays as it was and nothing half-written remains."""
    made_up.run.save(tmp_path / "out")
    before = bytes_of(tmp_path / "out")

    def fail(*_):
        msg = "disk full"
        raise OSError(msg)

    monkeypatch.setattr("scrapflow.ledger.store._hashes", fail)
    with pytest.raises(OSError, match="disk full"):
        made_up.run.save(tmp_path / "out")
    assert bytes_of(tmp_path / "out") == before
    assert [f.name for f in tmp_path.iterdir()] == ["out"]


def test_queries_read_the_files_in_place(made_up, saved):
    """A query on a saved run answers the same as in memory, without loading the movements."""
    back = read_run(saved)
    for ask in (
        lambda f: f.to("Mill 0").by("region", "material"),
        lambda f: f.through("rail1").by("origin", "destination"),
        lambda f: f.diverted().top(10, "origin"),
        lambda f: f.during("2015-02").to_frame(),
        lambda f: f.kind("shipped").paths(),
    ):
        pd.testing.assert_frame_equal(ask(back.flows), ask(made_up.run.flows))
    assert "movements" not in back.tables._loaded


@pytest.mark.parametrize("reader", ["pandas", "pyarrow", "duckdb"])
def test_other_tools_read_the_folder_as_one_table(made_up, saved, reader):
    """The folder of movements is one table to other tools, with nothing to be told."""
    folder = saved / "movements"
    if reader == "pandas":
        total = pd.read_parquet(folder)["tonnage_t"].sum()
    elif reader == "pyarrow":
        import pyarrow.dataset as ds

        total = ds.dataset(folder).to_table().column("tonnage_t").to_pandas().sum()
    else:
        import duckdb

        total = duckdb.sql(f"SELECT sum(tonnage_t) FROM '{folder}/*.parquet'").fetchall()[0][0]
    assert total == pytest.approx(made_up.run.movements.tonnage_t.sum())


def test_dask_adds_up_the_same_on_its_distributed_scheduler(made_up, saved):
    """On a local cluster Dask reads the folder as it is and gets the same groups."""
    pytest.importorskip("distributed")
    code = f"""
import dask.dataframe as dd
from distributed import Client, LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as c, Client(c):
        m = dd.read_parquet({str(saved / "movements")!r})
        print(m[m.kind == "shipped"].groupby("destination").tonnage_t.sum().compute().sort_index().to_json())
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120).stdout
    want = made_up.run.flows.kind("shipped").by("destination").set_index("destination").tonnage_t
    assert json.loads(out.splitlines()[-1]) == pytest.approx(want.to_dict())


@pytest.mark.parametrize("name", ["a*", "out[1]", "q?", "dir[x]/r"])
def test_a_folder_may_be_called_anything(made_up, make, tmp_path, monkeypatch, name):
    """A name that looks like a pattern is a name: the run in it is read, and not its neighbours."""
    monkeypatch.chdir(tmp_path)
    other = make(3).run
    for neighbour in ("ab", "out1", "qq", "dirx"):
        save_run(other, neighbour)
    save_run(made_up.run, name)
    for path in (name, tmp_path / name):
        stored = read_run(path)
        assert stored.flows.by("kind").tonnage_t.sum() == pytest.approx(made_up.run.movements.tonnage_t.sum())


def test_tables_of_two_runs_are_never_mixed(made_up, make, tmp_path):
    """A run that was read before another was saved to its folder says so instead of giving tables of both."""
    save_run(make(3).run, tmp_path / "r")
    stored = read_run(tmp_path / "r")
    assert len(stored.accounts)
    save_run(made_up.run, tmp_path / "r")
    for ask in (lambda: stored.flows.by("kind"), lambda: stored.quotas):
        with pytest.raises(InputError, match="another run was saved"):
            ask()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names on Unix")
@pytest.mark.parametrize("check", [True, False])
def test_a_pipe_instead_of_a_table_is_refused_and_not_waited_for(toy_run, tmp_path, check):
    """A manifest that was sealed again may know nothing of it; opening it would wait for a writer for ever."""
    toy_run.save(tmp_path / "r")
    (tmp_path / "r" / "supplies.parquet").unlink()
    os.mkfifo(tmp_path / "r" / "supplies.parquet")
    told = json.loads((tmp_path / "r" / MANIFEST).read_text())
    del told["files"]["supplies.parquet"]
    write_manifest(tmp_path / "r", {k: v for k, v in told.items() if k not in ("seal", "format")})
    with pytest.raises(InputError, match=r"supplies\.parquet: is a pipe or a device"):
        read_run(tmp_path / "r", check=check)


def test_a_query_that_was_asked_before_is_not_answered_from_another_run(made_up, make, tmp_path):
    """What a first answer read is kept; the movements are read anew each time, and must be those of the same run."""
    save_run(make(3).run, tmp_path / "r")
    flows = read_run(tmp_path / "r").flows
    flows.by("kind")
    save_run(made_up.run, tmp_path / "r")
    with pytest.raises(InputError, match="another run was saved"):
        flows.by("kind")


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini", "._manifest.json"])
def test_what_a_desktop_writes_into_a_folder_does_not_matter(made_up, tmp_path, name):
    """A file that the Finder or the Explorer put there does not make a run unreadable, nor keep it from being replaced."""
    save_run(made_up.run, tmp_path / "r")
    (tmp_path / "r" / name).write_bytes(b"x")
    assert read_run(tmp_path / "r").movements.equals(made_up.run.movements)
    save_run(made_up.run, tmp_path / "r")
    assert read_run(tmp_path / "r").name == made_up.run.name


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "INSTALL httpfs",
        "SET memory_limit = '9GB'",
        "COPY (SELECT 1) TO 'leak.csv'",
    ],
)
def test_the_engine_reaches_nothing_but_its_run(made_up, tmp_path, monkeypatch, statement):
    """No statement reads or writes another file, installs anything or changes the settings."""
    import duckdb

    from scrapflow.ledger.engine import Engine

    monkeypatch.chdir(tmp_path)
    save_run(made_up.run, tmp_path / "r")
    engine = Engine(read_run(tmp_path / "r").tables)
    with pytest.raises((duckdb.Error, InputError)):
        engine.frame(statement, uses=["movements"])
    assert not (tmp_path / "leak.csv").exists()


def test_a_period_without_movements_has_an_empty_file_of_the_same_columns(made_up, tmp_path):
    """A month in which nothing moved is a file without rows, not one with those of other months."""
    run = made_up.run
    last = run.periods["period"].iloc[-1]
    kept = run.movements[run.movements["period"] != last]
    quiet = Run(run.tables | {"movements": kept}, run.meta, run.basemap)
    quiet.save(tmp_path / "run")
    month = pd.read_parquet(tmp_path / "run" / "movements" / f"{last}.parquet")
    assert len(month) == 0
    assert list(month.columns) == list(kept.columns)


def test_a_run_is_found_again_from_another_folder_and_under_any_name(made_up, tmp_path, monkeypatch):
    """Tables that are loaded late come from where the run was read, also if its name means a home or the user has moved."""
    monkeypatch.chdir(tmp_path)
    save_run(made_up.run, "~")
    run = read_run("~")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    pd.testing.assert_frame_equal(run.movements, made_up.run.movements)
    assert run.flows.by("kind")["tonnage_t"].sum() == pytest.approx(made_up.run.movements["tonnage_t"].sum())


def test_a_run_that_is_replaced_while_it_is_read_is_read_again(made_up, toy_run, tmp_path, monkeypatch):
    """Between the manifest and the files another run comes into the folder: what is given back is that one, whole."""
    save_run(made_up.run, tmp_path / "r")
    real, once = store.read_manifest, []

    def slow(folder, *, check):
        told = real(folder, check=check)
        if not once:
            once.append(1)
            save_run(toy_run, folder)
        return told

    monkeypatch.setattr(store, "read_manifest", slow)
    run = read_run(tmp_path / "r")
    assert run.name == toy_run.name != made_up.run.name
    assert run.flows.kind("carted").total_t == pytest.approx(run.totals().carted_t)


def test_a_page_of_a_file_that_was_damaged_after_reading_is_told_in_our_words(toy_run, tmp_path):
    """DuckDB raises its bare error for a page it cannot decode, as where a file is replaced under it."""
    toy_run.save(tmp_path / "run")
    run = read_run(tmp_path / "run")
    file = next((tmp_path / "run" / "movements").glob("*.parquet"))
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(content[:4] + b"\xff" * (middle - 4) + content[middle:])
    with pytest.raises(InputError, match="the query was refused"):
        run.flows.by("kind")


def test_who_reads_while_others_save_without_a_pause_is_told_so(toy_run, tmp_path, monkeypatch):
    """Where a run is replaced during every try, the message is not that files are damaged, but to read again."""
    from scrapflow.ledger import store

    toy_run.save(tmp_path / "run")
    stamps = iter((number, 0, 0) for number in range(1000))
    monkeypatch.setattr(store, "_stamp", lambda folder: next(stamps))
    with pytest.raises(InputError, match="another run was saved"):
        store.read_tables(tmp_path / "run")


@pytest.mark.parametrize("damage", [b"", b"PAR1", "half", "head"])
@pytest.mark.parametrize("table", ["sources", "nodes", "movements"])
def test_a_damaged_file_that_was_hashed_again_is_told_by_its_table(toy_run, tmp_path, table, damage):
    """Emptied, cut off or overwritten, with a manifest that agrees: refused by name, on reading or on first use."""
    place = tmp_path / "run"
    toy_run.save(place)
    file = next(place.glob(f"{table}*")) if table != "movements" else next((place / table).glob("*"))
    content = file.read_bytes()
    half = len(content) // 2
    spoilt = {"half": content[:half], "head": content[:4] + b"\xff" * (half - 4) + content[half:]}
    file.write_bytes(spoilt.get(damage, damage))
    about = json.loads((place / MANIFEST).read_text())
    write_manifest(
        place, {k: v for k, v in about.items() if k not in ("seal", "format")} | {"files": store._hashes(place)}
    )
    with pytest.raises(InputError) as fault:
        read_run(place).tables[table]
    assert damage == "head" or fault.value.problems["table"].tolist() == [table]
    assert damage == "head" or "cannot be read as Parquet" in str(fault.value)


@pytest.mark.parametrize(("table", "key"), [(name, key[0]) for name, key in KEYS.items() if len(key) == 1])
def test_what_other_tables_refer_to_stands_there_once(toy_run, tmp_path, table, key):
    """With hashes made again, a doubled row of the tables that others are read by is refused by its name."""
    place = tmp_path / "run"
    toy_run.save(place)
    rows = toy_run.tables[table]
    pd.concat([rows, rows.iloc[:1]], ignore_index=True).to_parquet(place / f"{table}.parquet", index=False)
    about = json.loads((place / MANIFEST).read_text())
    kept = {k: v for k, v in about.items() if k not in ("seal", "format")} | {"files": store._hashes(place)}
    write_manifest(place, kept | {"rows": about["rows"] | {table: len(rows) + 1}})
    with pytest.raises(InputError, match="stands there twice") as fault:
        read_run(place)
    assert fault.value.problems[["table", "column"]].values.tolist() == [[table, key]]
