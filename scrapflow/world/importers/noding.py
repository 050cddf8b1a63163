"""From drawn lines to a network: lines meet at shared vertices, where an end lies on a line, and at places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

_RADIUS_M = 6_378_137.0
_SAME_M = 0.01
"""Vertices within a centimetre are one."""
_NEIGHBOURS = 8


class Noded(NamedTuple):
    """A network made of lines: k nodes, m pieces.

    Attributes
    ----------
    xy
        Longitude and latitude of the nodes, (k, 2).
    start, end
        Positions of the nodes at the ends of each piece, (m,).
    course
        The pieces, lines in EPSG:4326, (m,).
    line
        The line each piece is of, (m,).
    place
        The node of each place, -1 where no line is near enough, (p,).
    moved_m
        How far each place lies from its node, in metres, NaN where it has none, (p,).
    snapped
        Ends that were moved: line, longitude, latitude and metres, (s, 4).
    """

    xy: Floats
    start: Whole
    end: Whole
    course: NDArray[Any]
    line: Whole
    place: Whole
    moved_m: Floats
    snapped: Floats


class _Vertices:
    """The vertices of all lines, row by row: to which line each belongs, where on it, and where it is drawn."""

    def __init__(self, lines: NDArray[Any]) -> None:
        self.degrees, owner = shapely.get_coordinates(lines, return_index=True)
        self.owner: Whole = owner.astype(np.int64)
        self.xy = mercator(self.degrees)
        self.along = _along(self.xy, self.owner)
        self.lines = _lines(self.xy, self.owner)

    def insert(self, owner: Whole, along: Floats, xy: Floats) -> None:
        """Put new vertices on lines, at distances along them (metres of the projection)."""
        self.owner = np.r_[self.owner, owner]
        self.along = np.r_[self.along, along]
        self.xy = np.vstack([self.xy, xy])
        self.degrees = np.vstack([self.degrees, degrees(xy)])
        order = np.lexsort((self.along, self.owner))
        self.owner, self.along, self.xy, self.degrees = (
            self.owner[order],
            self.along[order],
            self.xy[order],
            self.degrees[order],
        )

    def ends(self) -> NDArray[np.bool_]:
        """Tell which vertices are the first or the last of their line."""
        change = self.owner[1:] != self.owner[:-1]
        return np.asarray(np.r_[True, change] | np.r_[change, True], dtype=bool)

    def keys(self) -> Whole:
        """Return a number for each vertex, the same for vertices in one place."""
        cells = np.rint(self.xy / _SAME_M).astype(np.int64)
        packed = (cells[:, 0] << 32) + cells[:, 1]
        return np.asarray(np.unique(packed, return_inverse=True)[1].ravel(), dtype=np.int64)


def mercator(lonlat: Floats) -> Floats:
    """Project degrees to metres conformally, so that a short distance is the same in every direction."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(np.clip(lonlat[:, 1], -89.0, 89.0))
    return np.column_stack([_RADIUS_M * lon, _RADIUS_M * np.log(np.tan(np.pi / 4 + lat / 2))])


def degrees(xy: Floats) -> Floats:
    """Turn projected metres back into degrees."""
    lat = 2 * np.arctan(np.exp(xy[:, 1] / _RADIUS_M)) - np.pi / 2
    return np.degrees(np.column_stack([xy[:, 0] / _RADIUS_M, lat]))


def _lines(xy: Floats, owner: Whole) -> NDArray[Any]:
    """Return the lines whose vertices follow one another, by the number of the line each is of."""
    return np.asarray(shapely.linestrings(xy, indices=owner) if len(xy) else [], dtype=object)


def _along_of(lines: NDArray[Any], points: NDArray[Any]) -> Floats:
    return np.atleast_1d(np.asarray(shapely.line_locate_point(lines, points), dtype=np.float64))


def _points(xy: Floats) -> NDArray[Any]:
    return np.asarray(shapely.points(xy) if len(xy) else [], dtype=object)


def _stretch(xy: Floats) -> Floats:
    """Return how many projected metres a metre on the ground has at points."""
    return np.cosh(xy[:, 1] / _RADIUS_M)


def node_lines(
    lines: NDArray[Any],
    places: Floats,
    *,
    tolerance_m: float = 10.0,
    reach_m: float | Floats = 1000.0,
    crossings: bool = False,
) -> Noded:
    """Turn lines without topology into nodes and pieces between them.

    Parameters
    ----------
    lines
        LineStrings in EPSG:4326, n of them, none empty.
    places
        Longitude and latitude of the places at which lines are split, (p, 2).
    tolerance_m
        An end that touches nothing is moved to a vertex or a line of another within so many metres.
    reach_m
        A place joins a line within so many metres; one number or one a place.
    crossings
        Whether lines meet where they merely cross; without, one passes over the other.
    """
    rows = _Vertices(lines)
    if crossings:
        _cross(rows)
    snapped = _snap_ends(rows, tolerance_m)
    reach = np.broadcast_to(np.asarray(reach_m, dtype=np.float64), (len(places),))
    spot, moved = _put_places(rows, mercator(places), reach, tolerance_m)
    key = rows.keys()
    is_node = np.zeros(int(key.max(initial=-1)) + 1, dtype=bool)
    is_node[key[rows.ends()]] = True
    used = np.unique(np.column_stack([key, rows.owner]), axis=0)[:, 0]
    twice = np.bincount(key, minlength=len(is_node)) > np.bincount(used, minlength=len(is_node))
    is_node |= (np.bincount(used, minlength=len(is_node)) > 1) | twice
    found = np.flatnonzero(~np.isnan(spot[:, 0]))
    at_place = _key_of(rows, key, spot[found])
    is_node[at_place] = True
    number = np.cumsum(is_node) - 1
    place = np.full(len(places), -1)
    place[found] = number[at_place]
    first = np.full(len(is_node), -1)
    first[key[::-1]] = np.arange(len(key))[::-1]
    xy = rows.degrees[first[is_node]]
    return Noded(xy, *_cut(rows, key, is_node, number), place, moved, snapped)


def _cut(
    rows: _Vertices, key: Whole, is_node: NDArray[np.bool_], number: Whole
) -> tuple[Whole, Whole, NDArray[Any], Whole]:
    """Cut lines at their nodes: a node inside a line ends one piece and begins the next."""
    ends = rows.ends()
    inside = is_node[key] & ~ends
    take = np.repeat(np.arange(len(key)), 1 + inside)
    begins = np.r_[True, rows.owner[take][1:] != rows.owner[take][:-1]] if len(take) else np.zeros(0, dtype=bool)
    second = np.r_[False, take[1:] == take[:-1]] if len(take) else begins
    piece = np.cumsum(begins | second) - 1
    course = _lines(rows.degrees[take], piece)
    starts = np.flatnonzero(begins | second)
    stops = np.r_[starts[1:], len(take)] - 1
    return number[key[take[starts]]], number[key[take[stops]]], course, rows.owner[take[starts]]


def _key_of(rows: _Vertices, key: Whole, spots: Floats) -> Whole:
    """Return the number of the vertex at points that are vertices."""
    from scipy.spatial import cKDTree

    if not len(spots):
        return np.empty(0, dtype=np.int64)
    return np.asarray(key[cKDTree(rows.xy).query(spots)[1]], dtype=np.int64)


def _cross(rows: _Vertices) -> None:
    """Put a vertex on both lines where two cross."""
    tree = shapely.STRtree(rows.lines)
    # Of each pair of lines whose boxes meet, one order is asked: the tree's own predicate asks both.
    a, b = tree.query(rows.lines)
    a, b = a[a < b], b[a < b]
    shapely.prepare(rows.lines)
    met = shapely.crosses(rows.lines[a], rows.lines[b])
    a, b = a[met], b[met]
    shared = shapely.intersection(rows.lines[a], rows.lines[b])
    points, of = shapely.get_coordinates(shared, return_index=True)
    new = [(line, _along_of(rows.lines[line], _points(points))) for line in (a[of], b[of])]
    for owner, along in new:
        rows.insert(owner.astype(np.int64), along, points)


def _snap_ends(rows: _Vertices, tolerance_m: float) -> Floats:
    """Move ends that touch nothing to the nearest vertex of another line, else onto the nearest other line."""
    from scipy.spatial import cKDTree

    key = rows.keys()
    alone = np.flatnonzero(rows.ends() & (np.bincount(key)[key] == 1))
    if not len(alone) or tolerance_m <= 0:
        return np.empty((0, 4))
    limit = tolerance_m * _stretch(rows.xy[alone])
    was = rows.degrees[alone].copy()
    owner = rows.owner[alone].copy()
    far, near = cKDTree(rows.xy).query(rows.xy[alone], k=min(_NEIGHBOURS, len(rows.xy)))
    far, near = far.reshape(len(alone), -1), near.reshape(len(alone), -1)
    far = np.where(
        (far <= limit[:, None]) & (rows.owner[np.minimum(near, len(key) - 1)] != owner[:, None]), far, np.inf
    )
    best = far.argmin(axis=1)
    joined = np.isfinite(far[np.arange(len(alone)), best])
    target = near[np.arange(len(alone)), best]
    # Of two loose ends that meet, the later moves to the earlier.
    mutual = np.full(len(key), -1)
    mutual[alone[joined]] = target[joined]
    stays = joined & (mutual[np.minimum(target, len(key) - 1)] == alone) & (alone < target)
    move = joined & ~stays
    rows.xy[alone[move]] = rows.xy[target[move]]
    rows.degrees[alone[move]] = rows.degrees[target[move]]
    loose = np.flatnonzero(~joined)
    tree = shapely.STRtree(rows.lines)
    points = _points(rows.xy[alone[loose]])
    p, line = tree.query(points, predicate="dwithin", distance=limit[loose])
    other = line != owner[loose[p]]
    p, line = p[other], line[other]
    order = np.lexsort((line, shapely.distance(points[p], rows.lines[line]), p))
    p, line = p[order], line[order]
    first = np.r_[True, p[1:] != p[:-1]] if len(p) else np.zeros(0, dtype=bool)
    p, line = p[first], line[first].astype(np.int64)
    along = _along_of(rows.lines[line], points[p])
    spot = shapely.get_coordinates(shapely.line_interpolate_point(rows.lines[line], along))
    moved = np.r_[alone[move], alone[loose[p]]]
    rows.xy[alone[loose[p]]], rows.degrees[alone[loose[p]]] = spot, degrees(spot) if len(spot) else spot
    before = np.vstack([was[move], was[loose[p]]])
    gone = np.hypot(*(mercator(before) - rows.xy[moved]).T) / _stretch(rows.xy[moved])
    report = np.column_stack([rows.owner[moved], before, gone])
    rows.insert(line, along, spot)
    return report


def _put_places(rows: _Vertices, places: Floats, reach_m: Floats, tolerance_m: float) -> tuple[Floats, Floats]:
    """Put each place on the nearest line within reach, at a vertex where one is about as near."""
    from scipy.spatial import cKDTree

    spot, moved = np.full((len(places), 2), np.nan), np.full(len(places), np.nan)
    known = np.flatnonzero(np.isfinite(places).all(axis=1))
    if not len(known) or not len(rows.xy):
        return spot, moved
    lines = _lines(rows.xy, rows.owner)
    points = _points(places[known])
    p, line = shapely.STRtree(lines).query_nearest(points, all_matches=False)
    known, line = known[p], line.astype(np.int64)
    away = np.asarray(shapely.distance(_points(places[known]), lines[line]))
    stretch = _stretch(places[known])
    near = away <= reach_m[known] * stretch
    known, line, away, stretch = known[near], line[near], away[near], stretch[near]
    corner, which = cKDTree(rows.xy).query(places[known])
    at_corner = corner <= away + tolerance_m * stretch
    along = _along_of(lines[line], _points(places[known]))
    target = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], along)) if len(line) else spot[:0]
    target[at_corner] = rows.xy[which[at_corner]]
    spot[known] = target
    moved[known] = np.hypot(*(target - places[known]).T) / stretch
    new = ~at_corner
    # Ends that moved changed the length of their line: what is along it is measured anew.
    rows.along = _along(rows.xy, rows.owner)
    rows.insert(line[new], along[new], target[new])
    return spot, moved


def _along(xy: Floats, owner: Whole) -> Floats:
    """Return how far along its line each vertex lies, in metres of the projection."""
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    first = np.r_[True, owner[1:] != owner[:-1]]
    step[first] = 0.0
    total = np.cumsum(step)
    return np.asarray(total - np.repeat(total[first], np.diff(np.r_[np.flatnonzero(first), len(step)])))
