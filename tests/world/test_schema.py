"""The tables of a world are declared in one place, and a table of known tonnes needs no identifiers."""

from __future__ import annotations

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
