"""Columns named by hand keep the unit in their header, and a name that no table has is refused."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString

import scrapflow as sf
from scrapflow.world.importers.named_columns import Named, renamed

PLACES = pd.DataFrame({"name": ["a", "b"], "lon": [1.0, 2.0], "lat": [1.0, 2.0], "Art": ["yard", "mill"]})


def flows(header, *cells):
    """Return flows from a to b whose tonnes stand in a column of this name."""
    return pd.DataFrame({"from": "a", "to": "b", header: cells})


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("weight [Kilogramm]", "tonnage_t"),
        ("Gewicht (kg)", "tonnage_t"),
        ("Gewicht_kg", "tonnage_t"),
        ("Netto in kg", "tonnage_t"),
        ("kg", "tonnes"),
        ("Netto (kg) 2019", "Tonnes"),
    ],
)
def test_the_unit_in_the_header_counts_also_where_the_column_is_named_by_hand(header, ours):
    """12000 and 4000 kg are 16 t, which is said, whichever way round the name is written; kilograms were taken for tonnes."""
    ways = [{header: ours}] + [{ours: header}] * (ours == "tonnage_t")
    for columns in ways:
        run = sf.run_from(flows(header, 12000, 4000), PLACES, columns=columns)
        assert run.totals().shipped_t == pytest.approx(16)
        assert [r["note"] for r in run.meta["report"]] == [f"{header}: multiplied by 0.001 to tonnes"]


def test_the_command_line_reads_the_unit_of_a_column_named_by_hand(tmp_path):
    """``--map`` says the same as ``columns=``: the map's run holds 16 t."""
    from typer.testing import CliRunner

    from scrapflow.cli import app

    flows("weight [Kilogramm]", 12000, 4000).to_csv(tmp_path / "f.csv", index=False)
    words = ["run", str(tmp_path / "f.csv"), "--map", "weight [Kilogramm]=tonnage_t", "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert sf.read_run(tmp_path / "out").totals().shipped_t == pytest.approx(16)


def test_tonnes_named_by_hand_stay_and_what_may_be_millions_is_said():
    """A header of no unit or of tonnes says nothing; one in MT is read as it was named."""
    for header in ("Gewicht", "Gewicht [t]", "Tonnen netto"):
        run = sf.run_from(flows(header, 12.0), PLACES, columns={header: "tonnage_t"})
        assert (run.totals().shipped_t, run.meta["report"]) == (12.0, [])
    run = sf.run_from(flows("Vol MT", 12.0), PLACES, columns={"Vol MT": "tonnage_t"})
    assert run.totals().shipped_t == 12.0
    assert "read as tonnes" in run.meta["report"][0]["note"]


def test_known_tonnes_named_by_hand_keep_their_unit_too():
    """Supply of a world in kilograms."""
    links = pd.DataFrame({"from": ["a"], "to": ["b"], "km": [5.0]})
    supply = pd.DataFrame({"place": ["a"], "Ladung (kg)": [5000.0]})
    world = sf.world_from(links, supply=supply, columns={"Ladung (kg)": "tonnage_t"})
    assert world.supply["tonnage_t"].tolist() == [5.0]


def test_a_name_that_no_table_has_is_refused_with_those_that_are_near():
    """Kg is not kg, and was passed over; a column of the places counts as one of the flows does."""
    with pytest.raises(sf.InputError, match=r"no table has a column 'Kg'; did you mean kg\?"):
        sf.run_from(flows("kg", 1.0), PLACES, columns={"Kg": "tonnage_t"})
    run = sf.run_from(flows("kg", 1.0), PLACES, columns={"Art": "kind"})
    assert run.nodes.set_index("node_id")["kind"][["a", "b"]].tolist() == ["yard", "mill"]
    links = pd.DataFrame({"from": ["a"], "to": ["b"], "km": [5.0]})
    with pytest.raises(sf.InputError, match="no table has a column 'Form'"):
        sf.world_from(links, columns={"Form": "from_node_id"})


def test_only_columns_that_a_table_can_have_are_renamed_where_that_is_asked():
    """What is meant for another table stays as it is."""
    columns = Named({"A": "from_node_id", "B": "line_id"})
    assert list(renamed(pd.DataFrame({"A": [1], "B": [2]}), columns, ["line_id"])) == ["A", "line_id"]


@pytest.mark.parametrize(
    ("header", "ours", "km"),
    [
        ("Länge (m)", "length_km", 5.0),
        ("Strecke in Metern", "length_km", 5.0),
        ("Länge [1000 m]", "length_km", 5000.0),
        ("dist_mi", "km", 8046.72),
        ("Strecke (km)", "length_km", 5000.0),
        ("Strecke", "length_km", 5000.0),
    ],
)
def test_the_unit_in_the_header_of_a_length_named_by_hand_counts(tmp_path, header, ours, km):
    """5000 m are 5 km, of a table, of lines and of a TNTP network, whichever way round it is named; metres were taken for kilometres."""
    table = pd.DataFrame({"from": ["a"], "to": ["b"], header: [5000.0]})
    lines = gpd.GeoDataFrame({header: [5000.0]}, geometry=[LineString([(0, 0), (0.04, 0)])], crs=4326)
    for links in (table, lines):
        for columns in [{header: ours}] + [{ours: header}] * (ours == "length_km"):
            world = sf.world_from(links, columns=columns)
            assert world.links["length_km"].tolist() == pytest.approx([km])
            said = world.report.loc[world.report["kind"] == "length_unit", "note"].tolist()
            assert [note.split(" is read")[0] for note in said] == [header] * (km != 5000)
    (tmp_path / "x_net.tntp").write_text("<END OF METADATA>\n~ init_node term_node span_m ;\n 1 2 5000 ;\n")
    (tmp_path / "x_node.tntp").write_text("node X Y ;\n1 0 0 ;\n2 0.04 0 ;\n")
    world = sf.world_from(tmp_path / "x_net.tntp", columns={"span_m": "length_km"})
    assert world.links["length_km"].tolist() == [5.0]


def test_the_range_of_a_length_has_the_unit_of_its_own_header():
    """From 4 to 6 km around 5, one end in metres."""
    links = pd.DataFrame({"from": ["a"], "to": ["b"], "L (m)": [5000], "least": [4], "most (m)": [6000]})
    names = {"L (m)": "length_km", "least": "length_km_low", "most (m)": "length_km_high"}
    world = sf.world_from(links, columns=names)
    assert world.links[["length_km", "length_km_low", "length_km_high"]].iloc[0].tolist() == [5, 4, 6]


@pytest.mark.parametrize(
    ("header", "name", "fix"),
    [
        ("Gewicht_kg", "quantity_kt", "name it 'tonnage_t', and the unit of the header counts"),
        ("Länge (km)", "length_m", "name it 'length_km'"),
        ("cap (kt)", "capacity_t", "give tonnes a month"),
    ],
)
def test_a_header_that_says_another_unit_than_its_name_by_hand_is_refused(header, name, fix):
    """12,000 kg called kt were 12 million tonnes; of a capacity nobody knows whether it is a month's."""
    cells = pd.DataFrame({"from": ["a"], "to": ["b"], header: [5.0]})
    make = sf.run_from if name == "quantity_kt" else sf.world_from
    with pytest.raises(sf.InputError, match=rf"the header says another unit than '{name}': {fix}"):
        make(cells if "km" in header or make is sf.run_from else cells.assign(km=5.0), columns={header: name})


def test_a_name_by_hand_chooses_what_mt_means():
    """Millions of tonnes by their name; that is no contradiction."""
    run = sf.run_from(flows("Vol MT", 2.0), PLACES, columns={"Vol MT": "quantity_Mt"})
    assert run.totals().shipped_t == 2e6
