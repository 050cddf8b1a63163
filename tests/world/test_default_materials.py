"""A world without a table of materials has those it names, else the five of the package."""

from __future__ import annotations

import scrapflow as sf
from scrapflow.vocabulary import MATERIALS


def test_a_world_that_names_none_has_the_packaged_ones(toy):
    """Their order, roles and colours are those of the vocabulary."""
    assert tuple(toy.materials["material"]) == MATERIALS
    assert toy.materials["role"].tolist() == ["scrap", "obsolete", "idle", "working", "appliance"]


def test_known_tonnes_bring_their_materials(folder):
    """Two metals without a table of them are two materials; the one that the package knows keeps its role."""
    rows = [["yard", "pig iron", "3"], ["yard", "scrap", "2"]]
    folder.put("supply", [["node_id", "material", "tonnage_t"], *rows])
    materials = sf.read_world(folder.path).materials.set_index("material")
    assert materials["role"].to_dict() == {"pig iron": "", "scrap": "scrap"}


def test_a_table_of_ones_own_holds_alone(folder):
    """The packaged materials do not come in by the back door, and the table is written again."""
    folder.put("materials", [["material", "name"], ["soy", "soya beans"]])
    world = sf.read_world(folder.path)
    assert world.materials["material"].tolist() == ["soy"]
    assert (world.write(folder.path.parent / "copy") / "materials.csv").exists()
