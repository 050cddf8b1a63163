"""A folder with FlowmapBlue's three sheets: properties, locations, flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.exchange.plain_tables import pairs, placed_nodes, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from scrapflow.ledger.tables import RunTables


def write(run: RunTables, folder: Path) -> None:
    """Write the three sheets; a kind of movement is a colour of its own there, so kinds stay apart by their column."""
    folder.mkdir()
    nodes = placed_nodes(run)
    flows = pairs(run, "period")
    used = set(flows["origin"]) | set(flows["destination"])
    nodes = nodes[nodes["node_id"].isin(used)]
    locations = pd.DataFrame(
        {"id": nodes["node_id"], "name": nodes["name"], "lat": nodes["y_coord"], "lon": nodes["x_coord"]}
    )
    sheet = pd.DataFrame(
        {
            "origin": flows["origin"],
            "dest": flows["destination"],
            "count": flows["tonnage_t"],
            "time": flows["period"],
            "kind": flows["kind"],
        }
    )
    settings = [
        ("title", str(run.meta.get("campaign_title") or run.name)),
        ("description", f"{run.meta.get('title', '')}: modelled tonnes of steel scrap by origin and destination"),
        ("source.name", f"scrapflow {run.meta.get('version', '')}".strip()),
        ("unit", "t"),
        ("map.bbox", ",".join(f"{v:.4f}" for v in nodes.total_bounds) if len(nodes) else ""),
    ]
    write_csv(pd.DataFrame(settings, columns=["property", "value"]), folder / "properties.csv")
    write_csv(locations, folder / "locations.csv")
    write_csv(sheet, folder / "flows.csv")
