"""What the map tells: swapped coordinates, links that cannot be, gauges that meet, places out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from scrapflow.errors import problem
from scrapflow.world.check_rules import ids_where
from scrapflow.world.geodesy import geodesic_km, geometry_km
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

_FAR, _NEAR, _ENOUGH = 8.0, 4.0, 4
"""A place is out of the way from so many typical distances on, among the others up to so many; so many it takes."""
_ROUNDING_KM = 0.06
"""Published chainage is rounded to 0.1 km."""
_SAME_KM = 1
"""Courses of one length, to so many decimals of a kilometre, are drawn along one track."""
_LONGEST = 10.0
"""A link of more than so many times its straight line (and a kilometre, and what coordinates may err) is not believed."""
_NAMED = 12
_OFF_GUINEA = 5.0
"""Of a world so many degrees away, a place at (0, 0) is no place."""


def geography_problems(tables: Mapping[str, pd.DataFrame], unusable: set[str]) -> Iterator[dict[str, str]]:
    """Yield the errors of place: swapped or half-given coordinates, loops, links without a length, mixed gauges."""
    nodes, links = tables["nodes"], tables["links"]
    table = schema()["nodes"]
    half = nodes["x_coord"].isna() != nodes["y_coord"].isna()
    for row in ids_where(table, nodes, half):
        yield problem("nodes", row, "x_coord, y_coord", "one coordinate is empty: give both, or neither if unknown")
    for i in _swapped(nodes, tables["regions"]):
        x, y = nodes["x_coord"].iloc[i], nodes["y_coord"].iloc[i]
        message = f"({x:g}, {y:g}) lies far from everything else, ({y:g}, {x:g}) among it: are the two swapped?"
        yield problem("nodes", nodes["node_id"].iloc[i], "x_coord, y_coord", message)
    if "nodes" in unusable:
        return
    known = set(nodes["node_id"].tolist())
    real = [a in known and b in known for a, b in zip(links["from_node_id"], links["to_node_id"], strict=True)]
    endless = np.array(real, dtype=bool) & links["length_km"].isna() & shapely.is_empty(links["geometry"].to_numpy())
    for row in ids_where(schema()["links"], links, endless):
        message = "unknown, and an end is not placed, so that it cannot be measured: give the length or the coordinates"
        yield problem("links", row, "length_km", message)
    yield from _mixed_gauges(links)


def _swapped(nodes: pd.DataFrame, regions: pd.DataFrame) -> list[int]:
    """Find nodes that lie far out, but would lie among the others or in their region if x and y were swapped.

    Far and near are measured from the median place in median distances; these stay where they are while less than half
    of the nodes are swapped.
    """
    xy = nodes[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
    usable = np.isfinite(xy).all(axis=1) & (np.abs(xy) <= 90).all(axis=1)
    found = set(_outside_region(nodes, regions, xy, usable))
    if usable.sum() >= _ENOUGH:
        middle = np.median(xy[usable], axis=0)
        out, back = (np.hypot(*(way - middle).T) for way in (xy, xy[:, ::-1]))
        typical = float(np.median(out[usable]))
        with np.errstate(invalid="ignore"):
            lost = usable & (out > _FAR * typical) & (back <= _NEAR * typical)
        found |= set(np.flatnonzero(lost).tolist())
    return sorted(found)


def _outside_region(
    nodes: pd.DataFrame, regions: pd.DataFrame, xy: NDArray[np.float64], usable: NDArray[np.bool_]
) -> list[int]:
    """Find nodes that lie outside their region's outline but inside it if swapped."""
    outlines = regions["geometry"].to_numpy()
    at = pd.Index(regions["region_id"])
    if at.has_duplicates or not len(at):
        return []
    region = at.get_indexer(nodes["region_id"])
    judged = np.flatnonzero(usable & (region >= 0))
    judged = judged[~shapely.is_empty(outlines[region[judged]])]
    shape = outlines[region[judged]]
    lies = shapely.intersects(shape, shapely.points(xy[judged]))
    would = shapely.intersects(shape, shapely.points(xy[judged][:, ::-1]))
    return [int(i) for i in judged[~lies & would]]


def _mixed_gauges(links: pd.DataFrame) -> Iterator[dict[str, str]]:
    rail = links[(links["mode"] == "rail") & links["gauge_mm"].notna()]
    if rail["gauge_mm"].nunique() < 2:
        return
    ends = pd.concat([rail[["from_node_id", "gauge_mm"]].set_axis(["node", "gauge"], axis=1),
                      rail[["to_node_id", "gauge_mm"]].set_axis(["node", "gauge"], axis=1)])  # fmt: skip
    gauges = ends.drop_duplicates().groupby("node")["gauge"].agg(["size", "min", "max"])
    for node, _, low, high in gauges[gauges["size"] > 1].itertuples():
        message = (
            f"rails of {low:g} and {high:g} mm meet in one node: give each gauge a node of its own, joined by a link "
            f"of mode transshipment"
        )
        yield problem("nodes", str(node), "", message)


def geography_warnings(tables: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, str]]:
    """Yield what is doubtful on the map: chainage below or far above the straight line, loose parts, doubles, no coordinate."""
    nodes, links = tables["nodes"], tables["links"]
    yield from _odd_lengths(nodes, links)
    yield from _twins(links)
    yield from _nowhere(nodes)
    yield from _components(nodes, links)
    yield from _doubles(nodes)
    yield from _gauge_of_line(links, tables["lines"])
    unplaced = (nodes["x_coord"].isna() | nodes["y_coord"].isna()) & (nodes["kind"] != "outside")
    for row in ids_where(schema()["nodes"], nodes, unplaced):
        yield problem("nodes", row, "x_coord, y_coord", "not placed: it is in the accounts, but on no map", "note")


def _odd_lengths(nodes: pd.DataFrame, links: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Name the links that are shorter than the straight line, or so long that the unit must be another."""
    at = nodes.drop_duplicates("node_id").set_index("node_id")
    a, b = at.reindex(links["from_node_id"]), at.reindex(links["to_node_id"])
    straight = geodesic_km(*(f[c].to_numpy(dtype=np.float64) for f in (a, b) for c in ("x_coord", "y_coord")))
    length = links["length_km"].to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        short = np.flatnonzero(straight > length + _ROUNDING_KM)
    known = [f["coordinate_accuracy_km"].to_numpy(dtype=np.float64) for f in (a, b)]
    names = [f["name"].to_numpy(dtype=object) for f in (a, b)]
    for i in short:
        slack = known[0][i] + known[1][i]
        if np.isnan(slack):
            why = "how accurate the coordinates are is not known"
        elif straight[i] - length[i] <= slack:
            why = f"the coordinates are accurate to {known[0][i]:g} and {known[1][i]:g} km, which can explain it"
        else:
            why = f"accuracies of {known[0][i]:g} and {known[1][i]:g} km cannot: a coordinate or the length is wrong"
        message = (
            f"straight line longer than its chainage: {names[0][i]} to {names[1][i]} is {straight[i]:.1f} km straight, "
            f"{length[i]:.1f} km by the link; {why}"
        )
        yield problem("links", links["link_id"].iloc[i], "length_km", message, "warning")
    apart = straight + np.nan_to_num(known[0]) + np.nan_to_num(known[1]) + 1
    with np.errstate(invalid="ignore"):
        long = np.flatnonzero(length > _LONGEST * apart)
    for i in long:
        message = (
            f"{length[i]:,.1f} km by the link, but {names[0][i]} to {names[1][i]} is {straight[i]:.1f} km straight: are "
            "these metres?"
        )
        yield problem("links", links["link_id"].iloc[i], "length_km", message, "warning")


def _twins(links: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Name links that join the same two nodes by the same mode, gauge and length: one track given twice."""
    ends = np.sort(links[["from_node_id", "to_node_id"]].to_numpy(dtype=object).astype(str), axis=1)
    alike = pd.DataFrame(
        {
            "a": ends[:, 0],
            "b": ends[:, 1],
            **{c: links[c].to_numpy() for c in ("mode", "gauge_mm", "length_km", "line_id", "operator")},
            # Two one-way links in opposite directions are one track given as such.
            "way": np.where(links["directed"], links["from_node_id"].astype(object), ""),
        }
    )
    twin = alike.duplicated(keep=False).to_numpy()
    unmeasured = np.flatnonzero(twin & links["length_km"].isna().to_numpy())
    if len(unmeasured) and "geometry" in links:
        # Of two ways between the same places only the drawn courses tell which is which.
        course = np.full(len(links), np.nan)
        course[unmeasured] = geometry_km(links["geometry"].iloc[unmeasured].tolist()).round(_SAME_KM)
        alike["course"] = course
        twin = alike.duplicated(keep=False).to_numpy()
    if twin.any():
        ids = links["link_id"].to_numpy(dtype=object)[twin]
        groups = alike[twin].groupby(list(alike.columns), dropna=False).ngroups
        way = links.loc[twin, ["from_node_id", "to_node_id"]]
        opposite = bool(
            (way["from_node_id"] > way["to_node_id"]).any() and (way["from_node_id"] < way["to_node_id"]).any()
        )
        hint = (
            "are they one-way? Then directed = true" if opposite else "delete all but one, or their capacities add up"
        )
        message = (
            f"{groups} pair{'s' if groups > 1 else ''} of places joined by several links of the same mode and length "
            f"({', '.join(map(str, ids[:4]))}{' …' if len(ids) > 4 else ''}): {hint}"
        )
        yield problem("links", str(ids[0]), "", message, "warning")


def _nowhere(nodes: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Warn of the place that stands for none, (0, 0), and of a world without any coordinate."""
    xy = nodes[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
    placed = np.isfinite(xy).all(axis=1)
    others = nodes["kind"] != "outside"
    if not placed.any() and others.any():
        yield problem(
            "nodes", "", "x_coord, y_coord", "no place has a coordinate: nothing is measured or drawn", "warning"
        )
        return
    zero = placed & (xy == 0).all(axis=1)
    if zero.any() and (~zero & placed).any():
        middle = np.median(xy[placed & ~zero], axis=0)
        if np.hypot(*middle) > _OFF_GUINEA:
            for row in ids_where(schema()["nodes"], nodes, zero):
                message = "(0, 0) lies in the Gulf of Guinea: leave both cells empty where the place is not known"
                yield problem("nodes", row, "x_coord, y_coord", message, "warning")


def _components(nodes: pd.DataFrame, links: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Name what no link joins to the largest connected part.

    Origins, yards and mills without any link are left out: the network joins them to the nearest station itself.
    """
    index = pd.Index(nodes["node_id"])
    a, b = (index.drop_duplicates().get_indexer(links[c]) for c in ("from_node_id", "to_node_id"))
    real = (a >= 0) & (b >= 0)
    a, b = a[real], b[real]
    first = nodes.drop_duplicates("node_id")
    linked = np.zeros(len(first), dtype=bool)
    linked[a], linked[b] = True, True
    judged = linked | ((first["kind"] == "station") & first["x_coord"].notna()).to_numpy()
    label = _labels(len(first), a, b)
    sizes = np.bincount(label[judged], minlength=len(first))
    main = int(np.argmax(sizes)) if judged.any() else -1
    names = first["name"].to_numpy(dtype=object)
    ids = first["node_id"].to_numpy(dtype=object)
    for part in np.flatnonzero(sizes):
        if part == main:
            continue
        members = np.flatnonzero((label == part) & judged)
        shown = ", ".join(f"{names[i]} ({ids[i]})" if names[i] else ids[i] for i in members[:_NAMED])
        more = f" and {len(members) - _NAMED} more" if len(members) > _NAMED else ""
        n = len(members)
        message = f"not connected to the rest: {n} place{'s' if n > 1 else ''}, {shown}{more}"
        yield problem("nodes", str(ids[members[0]]), "", message, "warning")


def _labels(n: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Label each node with the smallest position in its connected part (hooking and pointer jumping)."""
    label = np.arange(n)
    while True:
        low = np.minimum(label[a], label[b])
        before = label.copy()
        for end in (a, b):
            np.minimum.at(label, label[end], low)
            np.minimum.at(label, end, low)
        label = label[label]
        if (label == before).all():
            return label


def _doubles(nodes: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Warn of one place entered twice."""
    placed = nodes[nodes["x_coord"].notna() & (nodes["kind"] != "junction")]
    same = placed.duplicated(["kind", "name", "x_coord", "y_coord"], keep="first")
    for row in placed.loc[same, "node_id"]:
        message = "same kind, name and coordinate as an earlier node: is it one place entered twice?"
        yield problem("nodes", row, "", message, "warning")


def _gauge_of_line(links: pd.DataFrame, lines: pd.DataFrame) -> Iterator[dict[str, str]]:
    said = links["line_id"].map(lines.drop_duplicates("line_id").set_index("line_id")["gauge_mm"])
    differ = said.notna() & links["gauge_mm"].notna() & (said != links["gauge_mm"])
    for row, is_, line in zip(links.loc[differ, "link_id"], links.loc[differ, "gauge_mm"], said[differ], strict=True):
        message = f"{is_:g} mm, but its line is of {line:g} mm"
        yield problem("links", row, "gauge_mm", message, "warning")
