"""From link identifiers to lines on the map: the real path of each flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.units import CRS

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from scrapflow.ledger.engine import Engine
    from scrapflow.ledger.tables import RunTables


def path_links(path_ids: pd.Series, engine: Engine) -> pd.DataFrame:
    """Return the links of some paths in order: ``path_id, seq, link_id, forward``."""
    wanted = sorted(set(path_ids) - {""})
    sql = (
        "SELECT path_id, seq, link_id, forward FROM paths"
        " WHERE path_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY path_id, seq"
    )
    return engine.frame(sql, [wanted], uses=["paths"])


def path_table(frame: pd.DataFrame, engine: Engine, run: RunTables) -> pd.DataFrame:
    """Add length (km) and links to flows by path."""
    steps = path_links(frame["path_id"], engine)
    steps["length_km"] = steps["link_id"].map(run.links.set_index("link_id")["length_km"])
    grouped = steps.groupby("path_id", sort=False)
    links = frame["path_id"].map(grouped["link_id"].agg(tuple))
    return frame.assign(
        length_km=frame["path_id"].map(grouped["length_km"].agg(lambda v: v.sum(skipna=False))).astype(np.float64),
        links=pd.Series([v if isinstance(v, tuple) else () for v in links], index=frame.index, dtype=object),
    )[["path_id", "kind", "origin", "destination", "tonnage_t", "length_km", "links"]]


def flow_lines(frame: pd.DataFrame, engine: Engine, run: RunTables) -> gpd.GeoDataFrame:
    """Add the line of each flow: along the links of its path, straight where it has none, empty where unplaced.

    Parameters
    ----------
    frame
        Rows with ``origin, destination, path_id``.
    engine, run
        Where the paths and the geometries are.

    Returns
    -------
    GeoDataFrame
        EPSG:4326; each line runs from origin to destination.
    """
    import geopandas as gpd
    import shapely

    steps = path_links(frame["path_id"], engine)
    lines = _join_links(steps, run.links)
    places = run.nodes.set_index("node_id").geometry
    points = shapely.get_coordinates(shapely.centroid(places.to_numpy()))
    placed = ~(shapely.is_empty(places.to_numpy()) | shapely.is_missing(places.to_numpy()))
    where = np.full((len(places), 2), np.nan)
    where[placed] = points
    ends = np.stack([where[places.index.get_indexer(frame[c])] for c in ("origin", "destination")], axis=1)
    known = np.isfinite(ends).all(axis=(1, 2))
    geometry = np.full(len(frame), shapely.LineString(), dtype=object)
    geometry[known] = shapely.linestrings(ends[known])
    along = frame["path_id"].map(lines).to_numpy(dtype=object)
    has_path = np.array([v is not None and v == v for v in along], dtype=bool)  # noqa: PLR0124
    geometry[has_path] = along[has_path]
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=CRS)


def _join_links(steps: pd.DataFrame, links: gpd.GeoDataFrame) -> pd.Series:
    """Chain the lines of links, turned to the direction of travel, into one line a path."""
    import shapely

    position = pd.Index(links["link_id"]).get_indexer(steps["link_id"])
    coordinates, owner = shapely.get_coordinates(links.geometry.to_numpy(), return_index=True)
    count = np.bincount(owner, minlength=len(links))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    chosen, step = _ragged(first[position], count[position], steps["forward"].to_numpy(dtype=bool))
    path_ids = steps["path_id"].drop_duplicates()
    path = pd.Index(path_ids).get_indexer(steps["path_id"])[step]
    xy = coordinates[chosen]
    again = np.zeros(len(xy), dtype=bool)
    again[1:] = (path[1:] == path[:-1]) & (xy[1:] == xy[:-1]).all(axis=1)
    # A path between two places on one spot keeps both of its points, because a line needs two.
    single = np.bincount(path[~again], minlength=len(path_ids)) < 2
    again &= ~single[path]
    xy, path = xy[~again], path[~again]
    drawable = np.bincount(path, minlength=len(path_ids)) >= 2
    keep = drawable[path]
    index = np.cumsum(drawable) - 1
    lines = shapely.linestrings(xy[keep], indices=index[path[keep]]) if keep.any() else []
    return pd.Series(lines, index=path_ids[drawable].to_numpy(), dtype=object)


def _ragged(
    first: NDArray[np.int64], count: NDArray[np.int64], forward: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of many slices one after the other, backward slices reversed, and the slice each row is of."""
    step = np.repeat(np.arange(len(count)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    last = count[step] - 1
    return first[step] + np.where(forward[step], within, last - within), step
