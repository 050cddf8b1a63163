"""Runs in a PostgreSQL with PostGIS that runs beside the tests."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.vocabulary import run_tables
from tests.asking_sql import ask


@pytest.mark.parametrize("name", ["toy_run", "dprk_run"])
def test_every_table_of_a_run_is_there(postgis, request, name):
    """SQL gives the run's totals by mill through its keys; every table has its rows; the manifest's facts are a table."""
    run = request.getfixturevalue(name)
    url = postgis(name)
    assert "hush" not in str(sf.export(run, "postgis", url))
    for table in run_tables():
        rows = ask(url, f"SELECT count(*) AS n FROM {name}.{table}")
        assert rows.n.item() == len(run.tables[table]), table
    there = ask(
        url,
        f"SELECT n.name, sum(m.tonnage_t) AS t FROM {name}.movements m JOIN {name}.nodes n ON n.node_id = m.destination"
        " WHERE m.kind = 'shipped' GROUP BY 1",
    )
    wanted = run.flows.kind("shipped").by("destination_name").set_index("destination_name").tonnage_t
    assert there.set_index("name").t.to_dict() == pytest.approx(wanted.to_dict())
    meta = ask(url, f"SELECT value FROM {name}.meta WHERE key = 'seed'").value.item()
    assert json.loads(meta) == run.meta["seed"]


def test_places_are_shapes_and_levels_are_keyed(postgis, toy_run):
    """A length measured by the server is the link's; the movements' key and references stand."""
    url = postgis("keyed")
    sf.export(toy_run, "postgis", url)
    km = ask(url, "SELECT ST_Length(geometry::geography) / 1000 AS km FROM keyed.links WHERE link_id = 'rail_far'")
    assert km.km.item() == pytest.approx(100.2, abs=0.2)
    said = ask(
        url, "SELECT pg_get_constraintdef(oid) AS said FROM pg_constraint WHERE conrelid = 'keyed.movements'::regclass"
    ).said
    assert "PRIMARY KEY (period, kind, material, via, origin, destination, path_id)" in set(said)
    assert "FOREIGN KEY (origin) REFERENCES keyed.nodes(node_id)" in set(said)


def test_a_run_whose_operators_share_places_is_written(postgis, toy):
    """The routing keeps operators apart in nodes of its own (``start [north]``), which the table of places does not have."""
    links = toy.links.assign(operator=["north" if i % 2 else "south" for i in range(len(toy.links))])
    section = {"operators": {"change_cost_per_t": 5.0}}
    run = sf.run(replace(toy, tables={**toy.tables, "links": links}, settings=section))
    assert run.tables["arcs"]["from_node_id"].str.contains("[", regex=False).any()
    url = postgis("shared")
    sf.export(run, "postgis", url)
    assert ask(url, "SELECT count(*) AS n FROM shared.arcs").n.item() == len(run.tables["arcs"])


def test_an_older_run_is_replaced_only_if_asked(postgis, toy_run):
    """A second export is refused; with overwrite it stands in the place of the first."""
    url = postgis("twice")
    sf.export(toy_run, "postgis", url)
    with pytest.raises(InputError, match="overwrite=True"):
        sf.export(toy_run, "postgis", url)
    sf.export(toy_run, "postgis", url, overwrite=True)
    with pytest.raises(InputError, match="postgresql://"):
        sf.export(toy_run, "postgis", "out")
