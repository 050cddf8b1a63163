"""The drawn courses of links: parts joined, turned from one end of the link to the other, and refused where they lead elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from scrapflow.errors import problem
from scrapflow.world.geodesy import geodesic_km, geometry_km

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_SLACK_KM = 1.0
"""A course may end so far from its node, besides what is not known of where the node is."""
_ELSEWHERE = 0.5
"""A course that misses a node by more than this part of the straight way between the two leads somewhere else."""
_GAP_KM = 0.05
"""Parts so near to one another were meant to meet."""


def joined(shapes: NDArray[Any], rows: Sequence[str], problems: list[dict[str, str]]) -> NDArray[Any]:
    """Return courses of several parts as one line where the parts meet, whatever their order and direction.

    Parts that do not meet stay apart, in the order in which one would pass them; the gap is reported, and so is a fork. A
    part that is given twice is taken once.

    Parameters
    ----------
    shapes
        Lines in EPSG:4326, n of them.
    rows
        What to call each in a finding.
    problems
        Findings are appended.
    """
    several = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.MULTILINESTRING)
    out = shapes.copy()
    for i in several.tolist():
        once = _once(shapes[i])
        if len(once.geoms) < len(shapes[i].geoms):
            twice = len(shapes[i].geoms) - len(once.geoms)
            message = f"the course gives {twice} part{'s' if twice > 1 else ''} twice: taken once"
            problems.append(problem("links", rows[i], "geometry", message, "note"))
        merged = shapely.line_merge(once)
        if merged.geom_type == "MultiLineString":
            fork = _fork(merged)
            merged, gaps = _in_order(list(merged.geoms))
            if gaps and max(gaps) > _GAP_KM:
                what = (
                    f"forks at {fork.x:g} {fork.y:g}, so that its {len(gaps) + 1} parts are not passed one after the other: all "
                    "of them are measured; keep those that trains pass"
                    if fork is not None
                    else f"has {len(gaps) + 1} parts that do not meet (gaps of up to {max(gaps):,.2f} km): only the parts are "
                    "measured; join them"
                )
                message = f"the course {what}, or give length_km"
                problems.append(problem("links", rows[i], "geometry", message, "warning"))
        out[i] = merged
    return out


def _once(shape: BaseGeometry) -> Any:
    """Return a line of several parts without those that were given before, in whatever direction."""
    parts = shapely.get_parts(shape)
    _, first = np.unique(shapely.to_wkb(shapely.normalize(parts)), return_index=True)
    return shapely.MultiLineString(parts[np.sort(first)].tolist())


def _fork(shape: BaseGeometry) -> Any:
    """Return the point where three ends of parts meet, if all parts hang together; else None."""
    parts = shapely.get_parts(shape)
    ends = [point for part in parts for point in (part.coords[0], part.coords[-1])]
    points, at, times = np.unique(np.array(ends)[:, :2], axis=0, return_inverse=True, return_counts=True)
    group = np.arange(len(points))
    for a, b in at.reshape(-1, 2).tolist():
        group[group == group[b]] = group[a]
    return shapely.Point(points[times.argmax()]) if len(set(group.tolist())) == 1 and times.max() > 2 else None


def _in_order(parts: list[Any]) -> tuple[BaseGeometry, list[float]]:
    """Chain parts by their nearest ends, beginning at an outer one; return the whole and the gaps in km."""
    ends = np.array([[part.coords[0][:2], part.coords[-1][:2]] for part in parts])
    left, chain, gaps = set(range(1, len(parts))), [(0, False)], []
    head, tail = ends[0, 0], ends[0, 1]
    while left:
        choices = []
        for i in left:
            for side in (0, 1):
                x, y = ends[i, side]
                choices += [(_km(tail, (x, y)), 1, i, side), (_km(head, (x, y)), 0, i, side)]
        gap, at_tail, i, side = min(choices)
        left.remove(i)
        gaps.append(gap)
        if at_tail:
            chain.append((i, side == 1))
            tail = ends[i, 1 - side]
        else:
            chain.insert(0, (i, side == 0))
            head = ends[i, 1 - side]
    lines = [shapely.reverse(parts[i]) if turned else parts[i] for i, turned in chain]
    if all(gap <= _GAP_KM for gap in gaps):
        return shapely.LineString(np.vstack([shapely.get_coordinates(line) for line in lines])), gaps
    return shapely.MultiLineString(lines), gaps


def turned(
    shapes: NDArray[Any],
    links: pd.DataFrame,
    nodes: pd.DataFrame,
    rows: Sequence[str],
    problems: list[dict[str, str]],
) -> NDArray[Any]:
    """Return courses that run from the node at the beginning of their link to the node at its end.

    Parameters
    ----------
    shapes
        Courses in EPSG:4326, empty where none is given; n of them.
    links
        ``from_node_id, to_node_id``, n rows.
    nodes
        ``node_id, x_coord, y_coord, coordinate_accuracy_km``.
    rows
        What to call each in a finding.
    problems
        Findings are appended: a course that misses its nodes is an error if it leads elsewhere, else a warning.
    """
    given = np.flatnonzero(~shapely.is_empty(shapes))
    if not len(given):
        return shapes
    known = nodes.drop_duplicates("node_id").set_index("node_id")[["x_coord", "y_coord", "coordinate_accuracy_km"]]
    a, b = (known.reindex(links[c].iloc[given]).to_numpy(dtype=np.float64) for c in ("from_node_id", "to_node_id"))
    first, last = _ends(shapes[given])
    ahead = _apart(a, first), _apart(b, last)
    back = _apart(a, last), _apart(b, first)
    backwards = np.nansum(back, axis=0) < np.nansum(ahead, axis=0)
    out = shapes.copy()
    out[given[backwards]] = shapely.reverse(_parts_reversed(shapes[given[backwards]]))
    missed = np.where(backwards, back, ahead)
    straight = geodesic_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    for end, (place, name) in enumerate(((a, "from_node_id"), (b, "to_node_id"))):
        slack = np.nan_to_num(place[:, 2]) + _SLACK_KM
        with np.errstate(invalid="ignore"):
            off = np.flatnonzero(missed[end] > slack)
        for i in off.tolist():
            node, km = links[name].iloc[given[i]], missed[end][i]
            elsewhere = not km <= max(_ELSEWHERE * straight[i], slack[i])
            message = f"the course {'ends' if end else 'begins'} {km:,.1f} km away from its node {node}"
            message += _why(shapes[given[i]], a[i], b[i]) if elsewhere else ": its length leaves that stretch out"
            problems.append(problem("links", rows[given[i]], "geometry", message, "error" if elsewhere else "warning"))
    return out


def _why(shape: BaseGeometry, a: NDArray[np.float64], b: NDArray[np.float64]) -> str:
    ends = np.array([_ends(np.array([shape]))[0][0], _ends(np.array([shape]))[1][0]])[:, ::-1]
    if (np.abs(ends) <= [180, 90]).all():
        misses = [
            np.nanmax([_km(p, q) for p, q in zip((a[:2], b[:2]), way, strict=True)]) for way in (ends, ends[::-1])
        ]
        if min(misses) <= _SLACK_KM + 10:
            return ": longitude comes first; are the two swapped?"
    if float(geometry_km([shape])[0]) == 0.0:
        return ": it has no length; leave the cell empty for a straight line"
    return ": it leads somewhere else; was it taken from another row?"


def _ends(shapes: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return first and last points of lines, (n, 2) each; of several parts, of the first and of the last."""
    points, index = shapely.get_coordinates(shapes, return_index=True)
    starts = np.searchsorted(index, np.arange(len(shapes)), side="left")
    stops = np.searchsorted(index, np.arange(len(shapes)), side="right") - 1
    return points[starts], points[stops]


def _apart(nodes: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return geodesic_km(nodes[:, 0], nodes[:, 1], points[:, 0], points[:, 1])


def _km(a: Sequence[float] | NDArray[np.float64], b: Sequence[float] | NDArray[np.float64]) -> float:
    return float(geodesic_km(a[0], a[1], b[0], b[1])[0])


def _parts_reversed(shapes: NDArray[Any]) -> NDArray[Any]:
    """Put the parts of multi-part lines in the opposite order; reversing turns each part but not their order."""
    out = shapes.copy()
    for i in np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.MULTILINESTRING).tolist():
        out[i] = shapely.MultiLineString(list(shapes[i].geoms)[::-1])
    return out
