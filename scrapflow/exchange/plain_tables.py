"""A run as the plain tables that other formats are made of."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.notices import warn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd

    from scrapflow.ledger.tables import RunTables

_log = logging.getLogger(__name__)
NODE_COLUMNS = (
    "node_id", "name", "name_local", "kind", "region_id", "region", "sector", "subregion", "coordinate_accuracy_km", "basis", "grade", "source_id",
)  # fmt: skip
LINK_COLUMNS = (
    "link_id", "from_node_id", "to_node_id", "mode", "line_id", "line", "length_km", "length_basis", "capacity_t", "gauge_mm",
)  # fmt: skip


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before cells of text that a spreadsheet would take for a formula.

    Reference: OWASP, "CSV injection": cells that begin with ``= + - @``, a tab or a carriage return.

    Examples
    --------
    >>> harmless(pd.DataFrame({"name": ["=1+1", "Vale"], "t": [-1.0, 2.0]})).name.tolist()
    ["'=1+1", 'Vale']
    """
    text = frame.select_dtypes(include=["str", "object"]).columns
    return frame.assign(
        **{
            c: frame[c].mask(frame[c].astype("str").str.match(r"[=+\-@\t\r]", na=False), "'" + frame[c].astype("str"))
            for c in text
        }
    )


def write_csv(frame: pd.DataFrame, file: Path, *, more: bool = False) -> None:
    """Write a table for other programs, or ``more`` of its rows at the end of the file; see :func:`harmless`."""
    harmless(frame).to_csv(file, index=False, header=not more, mode="a" if more else "w")


def placed_nodes(run: RunTables) -> gpd.GeoDataFrame:
    """Return the nodes that have a coordinate, with what was handed over, received and sent there in t.

    Columns are those of ``run.nodes`` that a map reader knows, ``out_t`` and ``in_t`` by all kinds apart
    (``carted_out_t, carted_in_t, returned_out_t, …``); EPSG:4326.
    """
    nodes = run.nodes[run.nodes["x_coord"].notna() & run.nodes["y_coord"].notna()]
    out = nodes[[c for c in NODE_COLUMNS if c in nodes.columns] + ["x_coord", "y_coord", "geometry"]].reset_index(
        drop=True
    )
    for kind, frame in run.legs_by("kind", "origin", "destination").groupby("kind", sort=True):
        for end, side in (("origin", "out"), ("destination", "in")):
            sums = frame.groupby(end)["tonnage_t"].sum()
            out[f"{kind}_{side}_t"] = out["node_id"].map(sums).fillna(0.0).astype(float)
    return out


def loaded_links(run: RunTables) -> gpd.GeoDataFrame:
    """Return all links with their load in t over all periods, forward and backward; EPSG:4326.

    A link without a limit has no ``capacity_t``: infinity is no number in JSON, and no value in GMNS.
    """
    links = run.links[[c for c in LINK_COLUMNS if c in run.links.columns] + ["geometry"]].reset_index(drop=True)
    loads = run.link_loads.groupby("link_id")[["forward_t", "backward_t", "tonnage_t"]].sum()
    links["capacity_t"] = links["capacity_t"].where(np.isfinite(links["capacity_t"]))
    for column in loads.columns:
        links[column] = links["link_id"].map(loads[column]).fillna(0.0).astype(float)
    return links


def pairs(run: RunTables, *extra: str) -> pd.DataFrame:
    """Return movements between placed nodes, summed by kind, origin, destination and further columns.

    What has no place at an end, such as ``outside``, is left out, and a warning is logged with the tonnes.

    Returns
    -------
    DataFrame
        ``kind, origin, destination, *extra, tonnage_t, origin_x, origin_y, destination_x, destination_y``.
    """
    return pd.concat(pairs_in_pieces(run, *extra), ignore_index=True)


def pairs_in_pieces(run: RunTables, *extra: str) -> Iterator[pd.DataFrame]:
    """Give what :func:`pairs` returns in pieces that follow one another: one, unless the run is larger than memory."""
    keys = ["kind", "origin", "destination", *extra]
    for legs in run.legs_in_pieces(*keys):
        yield _placed(run, pd.DataFrame(legs.groupby(keys, sort=True, as_index=False)["tonnage_t"].sum()))


def _placed(run: RunTables, sums: pd.DataFrame) -> pd.DataFrame:
    """Add the coordinates of both ends, and leave out what has none."""
    where = run.nodes.set_index("node_id")[["x_coord", "y_coord"]]
    for end in ("origin", "destination"):
        for axis in ("x", "y"):
            sums[f"{end}_{axis}"] = sums[end].map(where[f"{axis}_coord"])
    placed = (sums["origin_x"].notna() & sums["destination_x"].notna()).to_numpy()
    for kind, tonnes in sums.loc[~placed].groupby("kind")["tonnage_t"].sum().items():
        warn(_log, "%s t %s are not in the file: an end of theirs has no place on a map", f"{tonnes:,.3f}", kind)
    return pd.DataFrame(sums.loc[placed]).reset_index(drop=True)


def od_lines(run: RunTables) -> gpd.GeoDataFrame:
    """Return :func:`pairs` as straight lines; EPSG:4326."""
    import geopandas as gpd
    import shapely

    frame = pairs(run)
    ends: Any = (
        frame[["origin_x", "origin_y", "destination_x", "destination_y"]].to_numpy(dtype=np.float64).reshape(-1, 2, 2)
    )
    geometry = shapely.linestrings(ends) if len(frame) else []
    return gpd.GeoDataFrame(frame[["kind", "origin", "destination", "tonnage_t"]], geometry=geometry, crs="EPSG:4326")
