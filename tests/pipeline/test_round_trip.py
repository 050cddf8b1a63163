"""A world through a folder, a GeoPackage, GeoParquet and PostGIS is the same world, and its run the same run."""

from __future__ import annotations

import pytest

import scrapflow as sf

FORMS = ("csv", "gpkg", "parquet", "postgis")
OF_INPUTS = ("manifest.json", "ro-crate-metadata.json")
"""Files of a run that name the files of its world, which differ from form to form."""


def through(world, form, tmp_path, postgis):
    """Write a world in a form and read it back."""
    target = postgis(f"trip_{world.name}") if form == "postgis" else str(tmp_path / f"copy.{form}")
    world.write(target, **({"format": form} if form != "postgis" else {"overwrite": True}))
    return sf.read_world(target)


def files_of(run, folder):
    """Save a run; return its files by name."""
    run.save(folder)
    files = (f for f in folder.rglob("*") if f.is_file() and f.name not in OF_INPUTS)
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in files}


@pytest.mark.parametrize("form", FORMS)
def test_the_run_is_the_same_byte_for_byte(dprk, dprk_run, form, tmp_path, postgis):
    """Every file of dprk's run is the same, whichever way its world came."""
    there = through(dprk, form, tmp_path, postgis)
    assert files_of(sf.run(there, "2015"), tmp_path / "there") == files_of(dprk_run, tmp_path / "here")


@pytest.mark.parametrize("form", FORMS)
def test_the_second_world_comes_back_whole(form, tmp_path, postgis):
    """Brazil's tables are the same to the last bit; a run is a function of them."""
    brazil = sf.read_world("brazil")
    there = through(brazil, form, tmp_path, postgis)
    assert [name for name, table in brazil.tables.items() if not there.tables[name].equals(table)] == []
