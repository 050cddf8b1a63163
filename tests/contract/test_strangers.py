"""Worlds and campaigns at the edge: numbered places, shuffled files, nothing asked, another projection."""

from __future__ import annotations

import re

import pytest
import worlds

import scrapflow as sf

NUMBERS = {
    "e1": "001",
    "e2": "002",
    "c1": "003",
    "c2": "004",
    "y1": "005",
    "y2": "006",
    "t1": "007",
    "t2": "008",
    "m1": "009",
}


def numbered(text):
    """Replace every identifier of a place by a number with leading zeros."""
    return re.sub(r"\b(" + "|".join(NUMBERS) + r")\b", lambda found: NUMBERS[found[1]], text)


def shuffled(text):
    """Turn the rows of a table around."""
    head, *rows = text.strip().split("\n")
    return "\n".join([head, *reversed(rows)]) + "\n"


def test_numbered_places_stay_text(make, plain_run, tmp_path):
    """Leading zeros survive reading, running, saving and a GeoPackage, and change no tonne."""
    tables = ("nodes", "links", "enterprises", "communities", "mills")
    world = make(**{t: numbered(worlds.TABLES[t]) for t in tables})
    run = sf.run(world, "2015")
    assert run.flows.to("009").total_t == pytest.approx(plain_run.flows.to("m1").total_t)
    run.save(tmp_path / "saved")
    assert "009" in set(sf.read_run(tmp_path / "saved").movements["destination"])
    world.write(tmp_path / "world.gpkg")
    assert sf.run(sf.read_world(tmp_path / "world.gpkg")).movements.equals(run.movements)


def test_the_order_of_rows_means_nothing(make, plain_run):
    """Shuffled tables give the same run."""
    run = sf.run(make(**{t: shuffled(text) for t, text in worlds.TABLES.items()}), "2015")
    assert run.movements.equals(plain_run.movements)
    assert run.stocks.equals(plain_run.stocks)
    assert run.accounts.equals(plain_run.accounts)


def test_a_campaign_that_asks_for_nothing_answers_every_question(toy, tmp_path):
    """Nothing is asked: totals are 0, tables are empty or 0, and no question fails."""
    nothing = sf.read_campaign(toy).update({"quota.headcount.kg": 0, "quota.residents.kg": 0})
    run = sf.run(toy, nothing)
    assert (run.totals() == 0).all()
    assert run.movements.empty
    assert run.flows.by("kind").empty
    assert sf.trace(run, to="near").empty
    assert sf.yards(run).empty
    assert sf.penalties(run)["marks"].tolist() == [0.0]
    assert (sf.critical_links(run)["lost_t"] == 0).all()
    run.save(tmp_path / "saved")
    assert sf.read_run(tmp_path / "saved") == run
    for form in ("flowmap", "kepler", "gmns", "geojson", "gpkg"):
        assert sf.export(run, form, tmp_path / form).exists()


def test_another_projection_is_refused_with_the_way_out(toy, tmp_path):
    """Degrees are not guessed from metres."""
    file = tmp_path / "metres.gpkg"
    toy.nodes[toy.nodes["node_id"] != "outside"].to_crs(3857).to_file(file, layer="nodes", driver="GPKG")
    with pytest.raises(sf.errors.InputError, match=r"to_crs\('EPSG:4326'\)"):
        sf.read_world(file)
