"""What a path on the command line holds is known by what lies in it."""

from __future__ import annotations

from scrapflow.commands.reading import holds_flows
from tests.made_up_inputs import NORTH, drawn


def test_a_geopackage_of_flows_is_no_world_on_the_command_line(tmp_path):
    """One that holds the tables of a world is one."""
    flows = drawn([("a", "b", 1, NORTH)])
    flows.to_file(tmp_path / "f.gpkg")
    flows.to_file(tmp_path / "w.gpkg", layer="Nodes")
    assert [holds_flows(tmp_path / name) for name in ("f.gpkg", "w.gpkg", "none.gpkg")] == [True, False, False]
