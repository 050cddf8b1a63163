"""What is written is read back the same, in three formats, all of it or nothing."""

from __future__ import annotations

import json
import shutil
import subprocess

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from same_worlds import same

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.world.default_materials import told
from scrapflow.world.write import world_toml

FORMATS = [("world_csv", "csv"), ("world.gpkg", None), ("world_parquet", "parquet")]


@pytest.mark.parametrize(("name", "form"), FORMATS)
def test_a_round_trip_is_an_identity(rich, tmp_path, name, form):
    """Tables, campaigns, settings and basemap come back exactly, from each format."""
    path = rich.write(tmp_path / name, format=form)
    same(rich, sf.read_world(path))


@pytest.mark.parametrize(("name", "form"), FORMATS)
def test_equal_worlds_are_equal_files(rich, tmp_path, name, form):
    """Written twice, and once more after reading back, every file has the same bytes."""
    first = rich.write(tmp_path / "1" / name, format=form)
    second = sf.read_world(first).write(tmp_path / "2" / name, format=form)
    files = [p.relative_to(first) for p in first.rglob("*") if p.is_file()] if first.is_dir() else [None]
    assert files
    for file in files:
        a, b = (p if file is None else p / file for p in (first, second))
        assert a.read_bytes() == b.read_bytes(), file


@pytest.mark.parametrize(("name", "form"), FORMATS)
def test_writing_again_replaces(rich, toy, tmp_path, name, form):
    """A world written over another leaves nothing of the other."""
    path = tmp_path / name
    rich.write(path, format=form)
    toy.write(path, format=form)
    same(toy, sf.read_world(path))
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_the_reader_of_qgis_opens_the_geopackage(toy, tmp_path):
    """GDAL lists every table as a layer, the spatial ones with their geometry and CRS."""
    if shutil.which("ogrinfo") is None:
        pytest.skip("ogrinfo (gdal-bin) is not installed")
    path = toy.write(tmp_path / "toy.gpkg")
    done = subprocess.run(["ogrinfo", "-so", "-al", str(path)], capture_output=True, text=True, check=True)
    assert "using driver `GPKG' successful" in done.stdout
    assert done.stderr.strip() == ""
    for layer in (*told(toy.tables), "settings", "campaigns"):
        assert f"Layer name: {layer}" in done.stdout
    assert "Geometry: Point" in done.stdout
    assert "Geometry: Line String" in done.stdout
    assert 'ID["EPSG",4326]' in done.stdout


def test_geopandas_reads_every_layer(toy, tmp_path):
    """The layers of the GeoPackage and the GeoParquet files are ordinary ones in EPSG:4326."""
    gpkg, folder = toy.write(tmp_path / "toy.gpkg"), toy.write(tmp_path / "p", format="parquet")
    assert gpd.read_file(gpkg, layer="nodes").crs == "EPSG:4326"
    assert gpd.read_parquet(folder / "links.parquet").crs == "EPSG:4326"
    assert pd.read_parquet(folder / "mills.parquet")["intake_t"].tolist() == [15.0, 30.0]


@pytest.mark.parametrize("case", FORMATS)
def test_a_failure_leaves_what_was_there(rich, toy, tmp_path, monkeypatch, case):
    """If writing breaks off, the earlier world is untouched and no scrap of the new one lies about."""
    name, form = case
    path = toy.write(tmp_path / name, format=form)

    def fails(_):
        msg = "disk full"
        raise OSError(msg)

    monkeypatch.setattr("scrapflow.world.write.files_of", fails)
    with pytest.raises(OSError, match="disk full"):
        rich.write(path, format=form)
    same(toy, sf.read_world(path))
    assert [p.name for p in tmp_path.iterdir() if p != path and p.name != "world"] == []


def test_a_file_that_is_no_world_is_never_replaced_by_one(toy, tmp_path):
    """A thesis, a GeoPackage of somebody's own, one of ours with a layer more, and tables that are only called like ours."""
    thesis, own, styled, folder = (tmp_path / n for n in ("thesis.docx", "own.gpkg", "styled.gpkg", "tables"))
    thesis.write_text("years of work")
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)], crs=4326).to_file(own, layer="mine")
    toy.write(styled)
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), styled, layer="mine", append=True)
    folder.mkdir()
    (folder / "nodes.csv").write_text("vertex,weight\n1,2\n")
    before = [f.read_bytes() for f in (thesis, own, styled, folder / "nodes.csv")]
    for target, form in ((thesis, "gpkg"), (own, None), (styled, None), (folder, "csv")):
        with pytest.raises(InputError, match="would be lost"):
            toy.write(target, format=form)
    assert [f.read_bytes() for f in (thesis, own, styled, folder / "nodes.csv")] == before


def test_other_files_are_never_lost(toy, tmp_path):
    """A folder that holds more than a world is not overwritten, nor a folder by a file."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("years of work")
    with pytest.raises(InputError, match=r"thesis.docx, which would be lost"):
        toy.write(tmp_path / "out")
    (tmp_path / "x.gpkg").mkdir()
    with pytest.raises(InputError, match="in the way"):
        toy.write(tmp_path / "x.gpkg")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="in the way"):
        toy.write(tmp_path / "file")
    with pytest.raises(InputError, match="is not one of csv, gpkg, parquet"):
        toy.write(tmp_path / "y", format="shp")
    assert (tmp_path / "out" / "thesis.docx").read_text() == "years of work"


def test_files_in_the_folders_of_a_world_are_not_lost_either(toy, tmp_path):
    """A note beside the campaigns is somebody's work too."""
    toy.write(tmp_path / "w")
    (tmp_path / "w" / "campaigns" / "ideas.txt").write_text("x")
    with pytest.raises(InputError, match=r"campaigns/ideas\.txt, which would be lost"):
        toy.write(tmp_path / "w")


def test_a_world_from_a_stranger_stays_in_its_folder(toy, folder, tmp_path):
    """Neither a basemap path nor a campaign's name can reach outside of the world."""
    (tmp_path / "secret.geojson").write_text("{}")
    for path in ("../secret.geojson", str(tmp_path / "secret.geojson")):
        (folder.path / "world.toml").write_text(f'[basemap]\ncountries = "{path}"\n')
        assert "outside of the world" in folder.problems()["message"].iloc[0]
        assert sf.read_world(folder.path, strict=False).basemap == {}
    file = toy.write(tmp_path / "toy.gpkg")
    evil = pd.DataFrame({"name": ["../../evil", "2015"], "toml": ["x = 1", toy.campaigns["2015"]]})
    pyogrio.write_dataframe(evil, file, layer="campaigns", driver="GPKG")
    with pytest.raises(InputError, match="must not lead to another folder"):
        sf.read_world(file)
    assert list(sf.read_world(file, strict=False).campaigns) == ["2015"]


def test_two_versions_of_a_table_are_refused(toy, tmp_path):
    """A CSV and a Parquet file of one table: one of them is out of date."""
    toy.write(tmp_path / "w")
    toy.mills.to_parquet(tmp_path / "w" / "mills.parquet")
    with pytest.raises(InputError, match="delete the one that is out of date"):
        sf.read_world(tmp_path / "w")


def test_the_settings_survive_any_text(rich, toy):
    """The TOML that is written is read back as the same settings."""
    import tomllib

    assert tomllib.loads(world_toml(rich))["labels"] == {"yard": "Sammelhof", "two words": "x"}
    assert tomllib.loads(world_toml(toy))["title"] == toy.title


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool),
    place=st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    workers=st.floats(0, 1e12),
)
def test_any_text_and_number_survives(toy, tmp_path_factory, name, place, workers):
    """Names of any letters and numbers of any size come back exactly from CSV."""
    x, y = place
    nodes = toy.tables["nodes"].copy()
    nodes.loc[0, ["name", "x_coord", "y_coord"]] = [name, x, y]
    enterprises = toy.enterprises.assign(workers=workers)
    path = tmp_path_factory.mktemp("any") / "w"
    world = sf.World(toy.name, {**toy.tables, "nodes": nodes, "enterprises": enterprises})
    back = sf.read_world(world.write(path), strict=False)
    assert back.nodes.loc[0, ["name", "x_coord", "y_coord"]].tolist() == [name, x, y]
    assert back.enterprises["workers"].tolist() == [workers]


@pytest.mark.parametrize("name", ["dprk", "brazil"])
def test_the_run_is_the_same_through_every_format(request, postgis, tmp_path, name):
    """Folder, GeoPackage, GeoParquet and PostGIS, each written from the one before: the run has the same bytes at the end.

    Only what tells of the inputs' files differs from the shipped world's run; it is that of the first copy in a folder.
    """
    world = request.getfixturevalue(name) if name == "dprk" else sf.read_world(name)
    folder = sf.read_world(world.write(tmp_path / "folder"))
    copy = folder
    for target in (tmp_path / "world.gpkg", tmp_path / "parquet", postgis(f"run_{name}")):
        form = {"format": "parquet"} if target == tmp_path / "parquet" else {}
        copy.write(target, **form)
        copy = sf.read_world(target)
        same(world, copy)
    assert copy.hashes == folder.hashes
    before, after = tmp_path / "before", tmp_path / "after"
    sf.run(world).save(before)
    sf.run(copy).save(after)
    files = sorted(p.relative_to(before) for p in before.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(after) for p in after.rglob("*") if p.is_file())
    told_of_inputs = {"manifest.json", "datapackage.json", "ro-crate-metadata.json"}
    differ = {str(f) for f in files if (before / f).read_bytes() != (after / f).read_bytes()}
    assert differ <= told_of_inputs
    manifests = [json.loads((run / "manifest.json").read_text()) for run in (before, after)]
    assert set(manifests[0]) == set(manifests[1])
    # The hashes of those three files, and the seal over all of it, follow from the inputs.
    assert {k for k in manifests[0] if manifests[0][k] != manifests[1][k]} <= {"inputs", "files", "seal"}
