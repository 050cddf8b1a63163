"""What lies under a map: land where the places are on land, else a neutral ground."""

from __future__ import annotations

from pathlib import Path

from fake import changed


def test_a_world_without_a_basemap_gets_land_or_a_neutral_ground(run):
    """Places on land get Natural Earth's outlines and its credit; a drawn world that lies nowhere gets neither."""
    from scrapflow.views.backdrop import attribution, backdrop

    bare = type(run)(dict(run.tables), run.meta, {})
    names = {f["properties"]["name"] for f in backdrop(bare)["countries"]["features"]}
    assert {"Germany", "Austria"} <= names
    assert attribution(bare) == "Natural Earth (public domain)"
    nodes = run.nodes.assign(x_coord=run.nodes["x_coord"] - 40.0, y_coord=run.nodes["y_coord"] - 50.0)
    nowhere = changed(bare, nodes=nodes)
    assert backdrop(nowhere) == {}
    assert attribution(nowhere) == ""
    folder = Path(__file__).parents[2] / "scrapflow" / "views"
    assert (folder / "land.json").stat().st_size < 250_000
