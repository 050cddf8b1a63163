"""The layers of a picture: land, railway flows, signs and names, drawn on matplotlib axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.views import style
from scrapflow.views.label_placement import make_room, place_names
from scrapflow.views.style import KINDS, MATERIALS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

WIDEST_PT = 9.0
"""Width of the widest flow, in points."""
_LARGEST_PT = 30.0


def basemap(axes: Any, run: Any) -> None:
    """Fill the land and its regions from the run's GeoJSON."""
    """Draw the countries and the regions of a run behind everything else."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path as Outline

    for layer, face, edge, order in (
        ("countries", style.NEIGHBOUR, style.COAST, 0),
        ("regions", style.LAND, style.BORDER, 1),
    ):
        outlines = []
        for feature in (run.basemap or {}).get(layer, {}).get("features", []):
            geometry = feature.get("geometry") or {}
            parts = [geometry["coordinates"]] if geometry.get("type") == "Polygon" else geometry.get("coordinates", [])
            rings = [np.asarray(ring, dtype=float)[:, :2] for part in parts for ring in part]
            if rings:
                outlines.append(Outline.make_compound_path(*(Outline(r, closed=True) for r in rings)))
        axes.add_collection(
            PathCollection(
                outlines, facecolors=face, edgecolors=edge, linewidths=0.5, zorder=order, transform=axes.transData
            )
        )


def rail(axes: Any, run: Any, nodes: pd.DataFrame) -> float:  # noqa: ARG001
    """Draw the railway and what it carried, the two directions beside each other; return t a period of the widest."""
    import shapely
    from matplotlib.collections import LineCollection

    links = run.links[
        run.links["mode"].isin(["rail", "transshipment"]) & run.links.geometry.notna() & ~run.links.geometry.is_empty
    ]
    courses = {
        i: c for i, g in zip(links["link_id"], links.geometry, strict=True) if len(c := shapely.get_coordinates(g)) > 1
    }
    axes.add_collection(LineCollection(list(courses.values()), colors=style.RAIL, linewidths=0.6, zorder=2))
    loads = run.link_loads.groupby("link_id")[["forward_t", "backward_t"]].sum() / max(1, len(run.periods))
    loads = loads[loads.index.isin(list(courses))]
    most = float(loads.to_numpy().max()) if len(loads) else 0.0
    if most <= 0:
        return 0.0
    lines, widths = [], []
    for side, sign in (("forward_t", 1.0), ("backward_t", -1.0)):
        for link_id, t in loads.loc[loads[side] > 0, side].items():
            width = max(0.5, t / most * WIDEST_PT)
            lines.append(_beside(axes, courses[link_id][:: int(sign)], width / 2.0 + 0.2))
            widths.append(width)
    axes.add_collection(
        LineCollection(lines, colors="white", linewidths=[w + 1.0 for w in widths], zorder=3, capstyle="round")
    )
    axes.add_collection(
        LineCollection(lines, colors=KINDS["shipped"].colour, linewidths=widths, zorder=4, capstyle="round")
    )
    _arrows(axes, lines, widths)
    return most


def _beside(axes: Any, course: NDArray[np.float64], points: float) -> NDArray[np.float64]:
    """Move a line to the right of its direction by a number of points on paper."""
    figure = axes.figure
    pixels = axes.transData.transform(course)
    step = np.diff(pixels, axis=0)
    normal = np.column_stack([step[:, 1], -step[:, 0]]) / np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    at = np.vstack([normal[:1], normal])[: len(pixels)] + np.vstack([normal, normal[-1:]])[: len(pixels)]
    at /= np.maximum(np.hypot(at[:, 0], at[:, 1]), 1e-9)[:, None]
    moved: NDArray[np.float64] = axes.transData.inverted().transform(pixels + at * points * figure.dpi / 72.0)
    return moved


def _arrows(axes: Any, lines: list[NDArray[np.float64]], widths: list[float]) -> None:
    """Put arrowheads on the largest flows first, none within half a centimetre of another."""
    placed: list[NDArray[np.float64]] = []
    apart = 0.3 * axes.figure.dpi
    for i in sorted(range(len(lines)), key=lambda k: (-widths[k], k)):
        middle = lines[i][(len(lines[i]) - 1) // 2 : (len(lines[i]) - 1) // 2 + 2]
        at = axes.transData.transform(middle.mean(axis=0))
        if any(np.hypot(*(at - p)) < apart for p in placed):
            continue
        placed.append(at)
        direction = np.degrees(np.arctan2(*(np.diff(axes.transData.transform(middle), axis=0)[0][::-1])))
        size = min(3.0 + widths[i] * 0.9, 7.5)
        colour = "white" if widths[i] > 4 else KINDS["shipped"].colour
        axes.plot(
            *middle.mean(axis=0),
            marker=(3, 0, direction - 90.0),
            markersize=size,
            color=colour,
            markeredgecolor="white",
            markeredgewidth=0.4,
            zorder=5,
        )


def signs(axes: Any, run: Any, nodes: pd.DataFrame, *, korean: bool) -> tuple[float, float]:
    """Draw the regions' yards as donuts and the mills as squares, with names; return points² a t of both."""
    months = max(1, len(run.periods))
    table, centres = _held_by_region(run, nodes, months)
    where = nodes.set_index("node_id")
    received = run.movements[run.movements["kind"] == "shipped"].groupby("destination")["tonnage_t"].sum() / months
    received = received[received.index.isin(where.index)].sort_values(ascending=False)
    per_tonne = (
        np.pi * (_LARGEST_PT / 2) ** 2 / table.sum(axis=1).max() if len(table) and table.to_numpy().max() > 0 else 0.0
    )
    mill_scale = 24.0**2 / received.max() if len(received) else 0.0
    sides = np.maximum(5.0, np.sqrt(received.to_numpy(dtype=float) * mill_scale))
    radii = np.sqrt(table.sum(axis=1).to_numpy(dtype=float) * per_tonne / np.pi)
    at = np.vstack(
        [
            where.loc[received.index, ["x_coord", "y_coord"]].to_numpy(dtype=float),
            centres.to_numpy(dtype=float).reshape(-1, 2),
        ]
    )
    room = np.concatenate([sides * 0.62, radii])
    fixed = np.arange(len(at)) < len(sides)
    unit = 72.0 / axes.figure.dpi
    points = make_room(axes.transData.transform(at) * unit, room + 1.5, fixed) if len(at) else np.zeros((0, 2))
    back = axes.transData.inverted().transform(points / unit) if len(at) else points
    for place, radius, row in zip(back[len(sides) :], radii, table.to_numpy(dtype=float), strict=True):
        _donut(axes, place, float(radius), row)
    for place, side in zip(back[: len(sides)], sides, strict=True):
        axes.plot(
            *place, marker="s", markersize=side, color=style.INK, markeredgecolor="white", markeredgewidth=1.0, zorder=9
        )
    names = [str((where.loc[i, "name_local"] if korean else "") or where.loc[i, "name"]) for i in received.index]
    local = (
        dict(zip(run.regions["name"], run.regions["name_local"].fillna("").astype(str), strict=True))
        if run.regions is not None
        else {}
    )
    names += [str((local.get(str(region)) if korean else "") or region) for region in table.index]
    _names(axes, points, room, names, fixed)
    return float(per_tonne), float(mill_scale)


def _held_by_region(run: Any, nodes: pd.DataFrame, months: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what a region's yards held in a period, by material in t, and the middle of its yards; sorted by region."""
    yards = nodes[nodes["kind"] == "yard"].set_index("node_id")
    held = run.stocks[run.stocks["node_id"].isin(yards.index)]
    held = held.assign(t=held["opening_t"] + held.get("in_t", 0.0), region=held["node_id"].map(yards["region"]))
    table = held.pivot_table(index="region", columns="material", values="t", aggfunc="sum", fill_value=0.0) / months
    table = table.reindex(columns=list(MATERIALS), fill_value=0.0).sort_index()
    return table, yards.groupby("region")[["x_coord", "y_coord"]].mean().reindex(table.index)


def _names(
    axes: Any, points: NDArray[np.float64], room: NDArray[np.float64], names: list[str], bold: NDArray[np.bool_]
) -> None:
    from matplotlib.patheffects import withStroke

    renderer = (
        axes.figure.canvas.get_renderer() if hasattr(axes.figure.canvas, "get_renderer") else _renderer(axes.figure)
    )
    unit = 72.0 / axes.figure.dpi
    style_of = [
        {"fontsize": 8.5 if b else 7.5, "fontweight": "bold" if b else "normal", "parse_math": False} for b in bold
    ]
    size = np.zeros((len(names), 2))
    for i, (name, look) in enumerate(zip(names, style_of, strict=True)):
        probe = axes.text(0, 0, name, **look)
        box = probe.get_window_extent(renderer)
        size[i] = box.width * unit, box.height * unit * 0.8
        probe.remove()
    order = np.array(sorted(range(len(names)), key=lambda i: (not bold[i], -room[i], i)), dtype=np.int64)
    view = np.asarray(axes.get_window_extent(renderer).get_points()).ravel() * unit
    for name, look, corner in zip(names, style_of, place_names(points, room, size, order, view), strict=True):
        if corner is None:
            continue
        xy = axes.transData.inverted().transform(np.array(corner) / unit)
        axes.text(
            *xy,
            name,
            va="bottom",
            color=style.INK,
            zorder=10,
            path_effects=[withStroke(linewidth=2.2, foreground="white")],
            **look,
        )


def _renderer(figure: Any) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    return FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]


def _donut(axes: Any, at: NDArray[np.float64], radius: float, parts: NDArray[np.float64]) -> None:
    from matplotlib.offsetbox import AnnotationBbox, DrawingArea
    from matplotlib.patches import Circle, Wedge

    if radius <= 0:
        return
    area = DrawingArea(2 * radius + 2, 2 * radius + 2, 0, 0)
    centre = (radius + 1, radius + 1)
    area.add_artist(Circle(centre, radius + 0.8, facecolor="white", linewidth=0))
    angle = 90.0
    for value, look in zip(parts, MATERIALS.values(), strict=True):
        if value > 0:
            turn = 360.0 * value / parts.sum()
            area.add_artist(
                Wedge(
                    centre,
                    radius,
                    angle - turn,
                    angle,
                    width=radius * 0.58,
                    facecolor=look.colour,
                    edgecolor="white",
                    linewidth=0.4,
                )
            )
            angle -= turn
    axes.add_artist(AnnotationBbox(area, at, frameon=False, pad=0.0, zorder=8))  # type: ignore[arg-type]
