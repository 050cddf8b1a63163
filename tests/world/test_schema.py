"""The tables of a world are declared in one place, and a table of known tonnes needs no identifiers."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.world.schema import MEANINGS, REQUIRED_TABLES, SPATIAL, TABLES, schema


def test_every_table_is_declared_once_with_its_meaning():
    """The rows of tables.csv are the tables: each has columns, a meaning and a key, and refers to earlier ones or itself."""
    for name in TABLES:
        assert MEANINGS[name]
        assert schema()[name].key
        for column in schema()[name].columns.values():
            if column.references:
                assert TABLES.index(column.references[0]) <= TABLES.index(name)
    assert set(REQUIRED_TABLES) | set(SPATIAL) <= set(TABLES)


def test_key_parts_are_columns_of_their_table():
    """What an identifier is made of stands in the table."""
    made = {name: schema()[name].key_parts for name in TABLES if schema()[name].key_parts}
    assert made == {
        "supply": ("node_id", "period", "material"),
        "demand": ("node_id", "period", "material", "origin"),
    }
    assert all(set(parts) <= set(schema()[name].columns) for name, parts in made.items())


def test_rows_of_known_tonnes_are_named_after_what_they_are_about(folder):
    """Two rows of one place, period and material are two parts of one amount, not a mistake; shuffling renames nothing else."""
    folder.put("supply", [["node_id", "period", "tonnage_t"], *[["yard", "2015-01", n] for n in ("3", "4")]])
    supply = sf.read_world(folder.path).supply
    assert supply["supply_id"].tolist() == ["yard 2015-01", "yard 2015-01 (2)"]
    assert supply["material"].tolist() == ["scrap", "scrap"]
    assert supply["tonnage_t"].sum() == 7


def test_known_tonnes_survive_every_format(folder, tmp_path):
    """Identifiers that were made are kept, so that a value can be named in every copy."""
    folder.put("supply", [["node_id", "material", "tonnage_t"], ["yard", "pig iron", "3"]])
    folder.put("demand", [["node_id", "material", "origin", "tonnage_t"], ["near", "pig iron", "yard", "2"]])
    world = sf.read_world(folder.path)
    for target in (tmp_path / "copy", tmp_path / "copy.gpkg"):
        again = sf.read_world(world.write(target))
        for table in ("supply", "demand", "materials"):
            assert again.tables[table].equals(world.tables[table])
    assert not (tmp_path / "copy" / "materials.csv").exists()


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"period": "March 2015"}, "period", "is no period: write 2019-03"),
        ({"period": "2015"}, "period", "is a year, an earlier row has a month"),
        ({"node_id": "yrd"}, "node_id", "did you mean 'yard'"),
        ({"tonnage_t": "-1"}, "tonnage_t", "is negative"),
        ({"tonnage_t_basis": "reported"}, "tonnage_t_source_id", "by whom?"),
    ],
)
def test_what_is_wrong_with_known_tonnes_is_named(folder, cells, column, message):
    """A row of supply is judged like any other: its place, period, amount and origin."""
    row = {"node_id": "yard", "period": "2015-01", "tonnage_t": "3", "tonnage_t_basis": "assumed"} | cells
    header = list(row)
    first = {"node_id": "station", "period": "2015-02", "tonnage_t": "1", "tonnage_t_basis": "assumed"}
    folder.put("supply", [header, [first.get(c, "") for c in header], list(row.values())])
    problems = folder.problems()
    said = problems.loc[(problems["table"] == "supply") & (problems["column"] == column), "message"]
    assert said.str.contains(message).any()


def test_several_materials_must_be_told_apart(folder):
    """With two materials in the world, a row without one could mean either."""
    folder.put("materials", [["material"], ["iron"], ["scrap"]])
    folder.put("supply", [["node_id", "material", "tonnage_t"], ["yard", "", "3"]])
    problems = folder.problems()
    assert problems.loc[problems["column"] == "material", "message"].str.contains("iron, scrap").any()


def test_a_material_that_the_table_lacks_is_named(folder):
    """A table of materials is complete: a word beside it is a mistake."""
    folder.put("materials", [["material", "colour"], ["iron", "red"], ["scrap", "#112233"]])
    folder.put("supply", [["node_id", "material", "tonnage_t"], ["yard", "irn", "3"]])
    problems = folder.problems()
    assert problems.loc[problems["table"] == "supply", "message"].str.contains("did you mean 'iron'").any()
    assert problems.loc[problems["column"] == "colour", "row"].tolist() == ["iron"]


def test_a_junction_needs_no_name_and_a_station_does(folder):
    """Where lines merely meet there is nothing to call."""
    folder.add("nodes", node_id="j", kind="junction", x_coord="0.6", y_coord="0.5", basis="assumed")
    assert "j" in sf.read_world(folder.path).nodes["node_id"].tolist()
    folder.set("nodes", "j", kind="station")
    problems = folder.problems()
    assert problems.loc[problems["row"] == "j", "column"].tolist() == ["name"]
