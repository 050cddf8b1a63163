"""What other programs read: strict JSON, numbers without infinity, grades, sources, and what is left out said aloud."""

from __future__ import annotations

import json

import pandas as pd
import pyogrio
import pytest

import scrapflow as sf


def no_constant(name):
    """Refuse what JSON does not have."""
    raise AssertionError(name)


def test_geojson_is_strict(toy_run, tmp_path):
    """No Infinity and no NaN: a browser refuses the whole file for one of them."""
    text = sf.export(toy_run, "geojson", tmp_path / "r.geojson").read_text("utf-8")
    features = json.loads(text, parse_constant=no_constant)["features"]
    limits = {
        f["properties"]["link_id"]: f["properties"].get("capacity_t") for f in features if "link_id" in f["properties"]
    }
    assert limits["rail_near"] == 40
    assert limits["cart_town"] is None


def test_a_link_without_limit_has_no_capacity_in_gmns(toy_run, tmp_path):
    """An empty cell, as the standard has it."""
    sf.export(toy_run, "gmns", tmp_path / "g")
    assert "inf" not in (tmp_path / "g" / "link.csv").read_text("utf-8")
    links = pd.read_csv(tmp_path / "g" / "link.csv").set_index("link_id")
    assert links.loc["rail_far", "capacity"] == 100


def test_grades_and_basis_go_along(toy_run, tmp_path):
    """Rows for kepler.gl can be filtered by grade, and their sum is that of the movements."""
    rows = pd.read_csv(sf.export(toy_run, "kepler", tmp_path / "k.csv"), keep_default_na=False)
    assert set(rows["grade"]) == set(toy_run.movements["grade"])
    assert set(rows["basis"]) == {"assumed"}
    assert rows["tonnage_t"].sum() == pytest.approx(toy_run.movements["tonnage_t"].sum())


def test_a_geopackage_carries_the_sources(toy_run, tmp_path):
    """The source of a node can be looked up in the same file."""
    file = sf.export(toy_run, "gpkg", tmp_path / "r.gpkg")
    sources = pyogrio.read_dataframe(file, layer="sources")
    nodes = pyogrio.read_dataframe(file, layer="nodes")
    assert set(nodes["source_id"]) <= set(sources["source_id"])
    assert sources["reliability"].tolist() == ["A"]


def test_what_has_no_place_is_named_with_its_tonnes(toy, tmp_path, caplog):
    """What is sold abroad ends outside, which is on no map: the file lacks it, and that is said."""
    run = sf.run(toy, sf.read_campaign(toy).update({"leakage.share": 0.2}))
    sf.export(run, "kepler", tmp_path / "k.csv")
    assert f"{run.totals().leaked_t:,.3f} t leaked are not in the file" in caplog.text


def test_a_query_is_no_run(toy_run, tmp_path):
    """Both faults at once."""
    with pytest.raises(sf.errors.InputError) as caught:
        sf.export(toy_run.flows, "shapefile", tmp_path / "x")
    assert caught.value.problems["column"].tolist() == ["run", "format"]


def test_a_geopackage_may_have_any_name(toy_run, tmp_path, recwarn):
    """The file is where it was asked for, and nobody is warned of its ending."""
    file = sf.export(toy_run, "gpkg", tmp_path / "plain")
    assert file.is_file()
    assert not recwarn.list
    assert pyogrio.read_dataframe(file, layer="links")["tonnage_t"].sum() > 0
