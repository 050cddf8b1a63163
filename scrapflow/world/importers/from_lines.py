"""Drawn lines into a draft: noded, stations put on them, each step said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from scrapflow.errors import InputError, problem
from scrapflow.units import counted
from scrapflow.world.date_line import cut_of, east_of, wrapped
from scrapflow.world.geodesy import geodesic_km, geometry_km
from scrapflow.world.importers.listed_places import named
from scrapflow.world.importers.noding import Noded, node_lines
from scrapflow.world.importers.number_cells import as_floats, whole_names
from scrapflow.world.importers.table_files import refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.world.importers.attach import Draft

ON_THE_LINE = ("station", "junction")
"""Kinds of places that stand on lines."""
_AGAINST = ("-1", "-1.0", "reverse", "reversed")
_M_PER_KM = 1000.0
_FAR_KM = 100.0
"""Places that lie further than this from every line are in the wrong place, if they would lie near with their numbers exchanged."""


class _Parts(NamedTuple):
    """Parts of the lines given: n shapes, the row each is of, and the label of each row."""

    shapes: NDArray[Any]
    row: NDArray[np.int64]
    label: list[str]


def from_lines(
    draft: Draft, lines: Any, sites: pd.DataFrame, tolerance_m: float, reach_km: float, *, crossings: bool
) -> None:
    """Node lines, put stations on them, and take both into the draft.

    Parameters
    ----------
    draft
        The world in the making.
    lines
        A GeoDataFrame in EPSG:4326.
    sites
        Places, as :func:`~scrapflow.world.importers.listed_places.places_of` gives them.
    tolerance_m, reach_km, crossings
        As for :func:`scrapflow.world_from`.

    Raises
    ------
    InputError
        If there is no line, or the places lie far from all of them.
    """
    lines = _as_run(named(lines.reset_index(drop=True), "links"))
    parts = _usable(draft, lines)
    stations = sites[sites["kind"].isin(ON_THE_LINE)]
    spots = stations[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
    _refuse_swapped(sites, parts.shapes)
    noded = _noded(parts.shapes, spots, tolerance_m=tolerance_m, reach_m=reach_km * _M_PER_KM, crossings=crossings)
    for line, _, _, metres in noded.snapped.tolist():
        draft.say(
            "snapped_end",
            [parts.label[parts.row[int(line)]]],
            metres,
            "an end that touched nothing was moved to another line",
        )
    ids = _nodes(draft, noded, stations, tolerance_m)
    _links(draft, lines, parts, noded, ids)
    draft.add_places(sites[~sites["kind"].isin(ON_THE_LINE)])


def _as_run(lines: Any) -> Any:
    """Turn lines that are run one way only, against their drawing: -1 in OpenStreetMap, T beside B and F in extracts of it."""
    if "directed" not in lines:
        return lines
    words = lines["directed"].astype("str").str.strip()
    if (words == "B").any():
        words = words.replace({"B": "no", "F": "yes", "T": "-1"})
    against = words.isin(_AGAINST).to_numpy()
    shapes = lines.geometry.to_numpy().copy()
    shapes[against] = shapely.reverse(shapes[against])
    cells = words.where(~against, "yes").where(lines["directed"].notna(), None)
    return lines.set_geometry(shapes, crs=lines.crs).assign(directed=cells)


def _usable(draft: Draft, lines: Any) -> _Parts:
    """Return the parts of lines that have a length; the others are said."""
    counted = pd.Series(np.arange(1, len(lines) + 1).astype(str), lines.index)
    own = (
        lines["link_id"].astype("str").where(lines["link_id"].notna(), "").str.strip()
        if "link_id" in lines
        else counted
    )
    label = numbered(whole_names(own.where(own != "", counted))).tolist()
    with np.errstate(invalid="ignore"):  # heights that are none
        shapes = shapely.force_2d(lines.geometry.to_numpy())
    shapes = np.array(
        [shapely.line_merge(s) if s is not None and s.geom_type == "MultiLineString" else s for s in shapes],
        dtype=object,
    )
    parts, row = shapely.get_parts(shapes, return_index=True)
    # A collection may hold lines of several parts.
    parts, of_part = shapely.get_parts(parts, return_index=True)
    row = row[of_part]
    usable = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & (shapely.length(parts) > 0)
    if len(parts) and not np.isfinite(shapely.get_coordinates(parts)).all():
        refuse("a line has coordinates that are no numbers")
    lost = sorted(set(range(len(shapes))) - set(row[usable].tolist()))
    if lost:
        draft.say("left_out", [label[i] for i in lost], note="no line, or one without length")
    if not usable.any():
        kinds = sorted({s.geom_type for s in shapes if s is not None})
        refuse(
            f"there is no line in the input, but {', '.join(kinds) or 'nothing'}; points belong to places= (--places)"
        )
    return _Parts(parts[usable], row[usable], label)


def _refuse_swapped(sites: pd.DataFrame, shapes: NDArray[Any]) -> None:
    """Refuse places that lie far from every line, and near with latitude and longitude exchanged."""
    xy = sites[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return
    ends = shapely.get_coordinates(shapely.envelope(shapes)).reshape(-1, 5, 2)[:, 0]

    def away(points: NDArray[np.float64]) -> float:
        middle = np.median(points, axis=0)
        return float(geodesic_km(np.full(len(ends), middle[0]), np.full(len(ends), middle[1]), *ends.T).min())

    if away(xy) > _FAR_KM and (np.abs(xy[:, 0]) <= 90).all() and away(xy[:, ::-1]) < _FAR_KM:
        first = xy[0]
        message = (
            f"the places lie far from every line (the first at longitude {first[0]:g}, latitude {first[1]:g}), and near with the two "
            "exchanged: longitude (x, lon) and latitude (y, lat) are swapped"
        )
        raise InputError([problem("places", "", "x_coord, y_coord", message)], what="the table of places")


def _noded(shapes: NDArray[Any], spots: NDArray[np.float64], **how: Any) -> Noded:
    """Node lines; those on both sides of the date line in one piece, and put back afterwards."""
    cut = cut_of(np.r_[shapely.get_coordinates(shapes)[:, 0], spots[:, 0]])
    if cut is None:
        return node_lines(shapes, spots, **how)
    moved = shapely.transform(shapes, lambda xy: np.column_stack([east_of(xy[:, 0], cut), xy[:, 1]]))
    noded = node_lines(moved, np.column_stack([east_of(spots[:, 0], cut), spots[:, 1]]), **how)
    course = shapely.transform(noded.course, lambda xy: np.column_stack([wrapped(xy[:, 0]), xy[:, 1]]))
    return noded._replace(xy=np.column_stack([wrapped(noded.xy[:, 0]), noded.xy[:, 1]]), course=course)


def _nodes(draft: Draft, noded: Noded, stations: pd.DataFrame, tolerance_m: float) -> NDArray[np.object_]:
    """Take the nodes into the draft, stations under their own identifiers; return the identifiers."""
    taken = set(stations["node_id"])
    names = (f"n{i}" for i in range(1, len(noded.xy) + len(taken) + 1))
    ids = np.array([next(n for n in names if n not in taken) for _ in noded.xy], dtype=object)
    nodes = pd.DataFrame(
        {"node_id": ids, "name": "", "kind": "junction", "x_coord": noded.xy[:, 0], "y_coord": noded.xy[:, 1]}
    )
    used: dict[int, Any] = {}
    for (row, site), node, metres in zip(
        stations.iterrows(), noded.place.tolist(), noded.moved_m.tolist(), strict=True
    ):
        if node < 0 or node in used:
            why = "no line within reach" if node < 0 else f"stands at the same point of the line as {ids[node]}"
            draft.say("not_on_a_line", [site["node_id"]], note=why)
            draft.add_places(pd.DataFrame([site]))
            continue
        if metres > tolerance_m:
            draft.say("moved_to_line", [site["node_id"]], metres, "a station was put on the nearest line")
        used[node] = row
        ids[node] = site["node_id"]
        nodes.loc[node, ["node_id", "name", "kind"]] = [site["node_id"], site["name"], site["kind"]]
        nodes.loc[node, "coordinate_accuracy_km"] = max(metres / _M_PER_KM, tolerance_m / _M_PER_KM)
    more = stations.drop(columns=[*nodes.columns], errors="ignore").loc[list(used.values())]
    draft.nodes.append(nodes.join(more.set_axis(list(used))))
    return ids


def _links(draft: Draft, lines: Any, parts: _Parts, noded: Noded, ids: NDArray[np.object_]) -> None:
    """Take the pieces into the draft, each with the tags of its line."""
    label, row = parts.label, parts.row
    loop = noded.start == noded.end
    if loop.any():
        draft.say("left_out", [label[row[i]] for i in noded.line[loop]], note="a loop that ends where it begins")
    rows = row[noded.line]
    tags = lines.drop(columns=[lines.geometry.name, "link_id"], errors="ignore").iloc[rows].reset_index(drop=True)
    piece = pd.Series(rows).groupby(rows).cumcount().to_numpy() + 1
    whole = np.bincount(rows, minlength=len(lines))[rows] == 1
    own = [c for c in ("from_node_id", "to_node_id", "length_km") if c in tags]
    table = tags.drop(columns=own).assign(
        link_id=[label[r] if w else f"{label[r]}.{k}" for r, w, k in zip(rows, whole, piece, strict=True)],
        from_node_id=ids[noded.start],
        to_node_id=ids[noded.end],
        geometry=noded.course,
    )
    if "length_km" in tags:
        table = table.assign(**_shared_lengths(tags["length_km"], rows, whole, noded.course))
    draft.links = table[~loop].reset_index(drop=True)
    cut = np.unique(rows[~whole])
    if len(cut):
        shared = "; their lengths go to the parts by the course" if "length_km" in table else ""
        note = f"{counted(len(cut), 'line', 'lines')} cut where others meet them or a place lies{shared}"
        draft.say("split", [label[r] for r in cut], note=note)


def _shared_lengths(
    given: pd.Series[Any], rows: NDArray[np.int64], whole: NDArray[np.bool_], course: NDArray[Any]
) -> dict[str, list[str]]:
    """Return the lengths of pieces: the given one of a whole line, of a part its share by the course, which is derived."""
    km = as_floats(given)[0]
    drawn = np.ones(len(rows))
    drawn[~whole] = geometry_km(course[~whole].tolist())
    share = drawn / np.bincount(rows, weights=drawn)[rows]
    km = np.where(whole, km, km * share)
    basis = ["" if w or np.isnan(v) else "derived" for w, v in zip(whole, km, strict=True)]
    return {"length_km": ["" if np.isnan(v) else repr(float(v)) for v in km], "length_basis": basis}


def numbered(names: pd.Series[str]) -> pd.Series[str]:
    """Return identifiers of which each stands once: a second of one name has its number behind it.

    Examples
    --------
    >>> numbered(pd.Series(["a", "b", "a"])).tolist()
    ['a', 'b', 'a (2)']
    """
    times = names.groupby(names).cumcount()
    return names.where(times == 0, names + " (" + (times + 1).astype("str") + ")")
