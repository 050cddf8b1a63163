"""A network as GMNS 0.96 has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.exchange.plain_tables import loaded_links, placed_nodes, write_csv
from scrapflow.units import CRS

if TYPE_CHECKING:
    from pathlib import Path

    from scrapflow.ledger.tables import RunTables


def write(run: RunTables, folder: Path) -> None:
    """Write node.csv, link.csv and config.csv; what has no place is left out of all three."""
    folder.mkdir()
    nodes, links = placed_nodes(run), loaded_links(run)
    placed = set(nodes["node_id"])
    node = pd.DataFrame(
        {
            "node_id": nodes["node_id"],
            "name": nodes["name"],
            "x_coord": nodes["x_coord"],
            "y_coord": nodes["y_coord"],
            "node_type": nodes["kind"],
            "zone_id": nodes["region_id"],
        }
    )
    links = links[links["from_node_id"].isin(placed) & links["to_node_id"].isin(placed)]
    one_way = (
        run.links["directed"].astype(bool)
        if "directed" in run.links.columns
        else pd.Series(data=False, index=run.links.index)
    )
    directed = set(run.links.loc[one_way, "link_id"])
    link = pd.DataFrame(
        {
            "link_id": links["link_id"],
            "name": links["line"],
            "from_node_id": links["from_node_id"],
            "to_node_id": links["to_node_id"],
            "directed": links["link_id"].isin(directed),
            "geometry": links.geometry.to_wkt(rounding_precision=6),
            "length": links["length_km"],
            "facility_type": links["mode"],
            "capacity": links["capacity_t"],
            "gauge_mm": links["gauge_mm"],
            "volume_forward_t": links["forward_t"],
            "volume_backward_t": links["backward_t"],
        }
    )
    write_csv(node, folder / "node.csv")
    write_csv(link, folder / "link.csv")
    config = {
        "dataset_name": run.name,
        "long_length": "km",
        "crs": CRS,
        "geometry_field_format": "wkt",
        "version_number": 0.96,
        "id_type": "string",
    }
    write_csv(pd.DataFrame([config]), folder / "config.csv")
