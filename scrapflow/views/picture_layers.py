"""The layers of a picture: land, railway flows, signs and names, drawn on matplotlib axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypedDict

import numpy as np
import pandas as pd

from scrapflow.views import style
from scrapflow.views.backdrop import backdrop
from scrapflow.views.direct_legs import direct_legs
from scrapflow.views.label_placement import make_room, place_names
from scrapflow.views.style import kind_looks, material_looks
from scrapflow.views.words import materials_of
from scrapflow.vocabulary import kinds, moved_by

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase
    from numpy.typing import NDArray

    from scrapflow.ledger.tables import RunTables

WIDEST_PT = 9.0
"""Width of the widest flow, in points."""
HOME_PT = 7.0
"""Width of the widest arrow home, in points."""
_LARGEST_PT = 30.0


class _Look(TypedDict):
    """How a name is written, as matplotlib has it."""

    fontsize: float
    fontweight: str
    parse_math: bool


def basemap(axes: Axes, run: RunTables) -> None:
    """Draw the countries and the regions of a run behind everything else."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path as Outline

    for layer, face, edge, order in (
        ("countries", style.NEIGHBOUR, style.COAST, 0),
        ("regions", style.LAND, style.BORDER, 1),
    ):
        outlines = []
        for feature in backdrop(run).get(layer, {}).get("features", []):
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


def rail(axes: Axes, run: RunTables) -> float:
    """Draw the railway and what trains carried, the two directions beside each other; return t a period of the widest.

    What is on no path, such as flows that are given, runs straight from its origin to its destination.
    """
    import shapely
    from matplotlib.collections import LineCollection

    links = run.links[run.links["mode"].isin(["rail", "transshipment"])]
    known = {link: shapely.get_coordinates(g) for link, g in zip(links["link_id"], links.geometry, strict=True)}
    courses = {link: course for link, course in known.items() if len(course) > 1}
    axes.add_collection(LineCollection(list(courses.values()), colors=style.RAIL, linewidths=0.6, zorder=2))
    loads = run.link_loads.groupby("link_id")[["forward_t", "backward_t"]].sum() / max(1, len(run.periods))
    loads = loads[loads.index.isin(list(courses))]
    direct = direct_legs(run).groupby(["origin", "destination"]).agg({"course": "first", "tonnage_t": "sum"})
    courses |= direct["course"].to_dict()
    straight = pd.DataFrame({"forward_t": direct["tonnage_t"] / max(1, len(run.periods)), "backward_t": 0.0})
    loads = pd.concat([loads, straight])
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
    axes.add_collection(LineCollection(lines, colors=_railed(), linewidths=widths, zorder=4, capstyle="round"))
    _arrows(axes, lines, widths)
    return most


def _railed() -> str:
    """Return the colour of what goes by rail."""
    return kind_looks()[moved_by("train")[0]].colour


def _beside(axes: Axes, course: NDArray[np.float64], points: float) -> NDArray[np.float64]:
    """Move a line to the right of its direction by a number of points on paper."""
    figure = axes.figure
    pixels = axes.transData.transform(course)
    step = np.diff(pixels, axis=0)
    normal = np.column_stack([step[:, 1], -step[:, 0]]) / np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    at = np.vstack([normal[:1], normal])[: len(pixels)] + np.vstack([normal, normal[-1:]])[: len(pixels)]
    at /= np.maximum(np.hypot(at[:, 0], at[:, 1]), 1e-9)[:, None]
    moved: NDArray[np.float64] = axes.transData.inverted().transform(pixels + at * points * figure.dpi / 72.0)
    return moved


def _arrows(axes: Axes, lines: list[NDArray[np.float64]], widths: list[float]) -> None:
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
        colour = "white" if widths[i] > 4 else _railed()
        axes.plot(
            *middle.mean(axis=0),
            marker=(3, 0, direction - 90.0),
            markersize=size,
            color=colour,
            markeredgecolor="white",
            markeredgewidth=0.4,
            zorder=5,
        )


class Scales(NamedTuple):
    """What was drawn, for the legend.

    Attributes
    ----------
    held, mills
        Square points a tonne lying in yards, and a tonne a period received by a mill; 0 if none is drawn.
    home
        t a period of the widest arrow home; 0 if nothing goes back or is taken.
    home_kind, railed
        The kinds whose colours arrows home and railway flows have, or "".
    materials
        Materials that lay in some yard.
    most
        t a period of the widest railway flow.
    guessed
        Whether anything came from places that are assumed, which is hatched.
    """

    held: float
    mills: float
    home: float
    home_kind: str
    railed: str
    materials: frozenset[str]
    most: float = 0.0
    guessed: bool = False


def signs(axes: Axes, run: RunTables, nodes: pd.DataFrame, *, local: bool) -> Scales:
    """Draw the regions' yards as rings, what came in as half rings, what goes home as arrows, mills as squares, names."""
    months = max(1, len(run.periods))
    held, centres = _held_by_region(run, nodes, months)
    flows = _flows_by_region(run, nodes, months).reindex(held.index, fill_value=0.0)
    where = nodes.set_index("node_id")
    received = run.legs_by("destination", kinds=_kinds("deliver")).groupby("destination")["tonnage_t"].sum()
    received = (received / months)[received.index.isin(where.index)].sort_values(ascending=False)
    largest = float(held.sum(axis=1).max()) if len(held) else 0.0
    per_tonne = np.pi * (_LARGEST_PT / 2) ** 2 / largest if largest > 0 else 0.0
    mill_scale = 24.0**2 / received.max() if len(received) else 0.0
    sides = np.maximum(5.0, np.sqrt(received.to_numpy(dtype=float) * mill_scale))
    radii = np.sqrt(held.sum(axis=1).to_numpy(dtype=float) * per_tonne / np.pi)
    ends = [where.loc[received.index, ["x_coord", "y_coord"]], centres]
    at = np.vstack([part.to_numpy(dtype=float).reshape(-1, 2) for part in ends])
    room = np.concatenate([sides * 0.62, radii + 5.0])
    fixed = np.arange(len(at)) < len(sides)
    unit = 72.0 / axes.figure.dpi
    points = make_room(axes.transData.transform(at) * unit, room + 1.5, fixed) if len(at) else np.zeros((0, 2))
    back = axes.transData.inverted().transform(points / unit) if len(at) else points
    home = float(flows[["back", "taken"]].to_numpy().max()) if len(flows) else 0.0
    most_in = float(flows["in"].max()) if len(flows) else 0.0
    looks = material_looks(materials_of(run))
    colours = [looks[m].colour for m in held.columns]
    for place, radius, row, moved in zip(
        back[len(sides) :], radii, held.to_numpy(dtype=float), flows.to_dict("records"), strict=True
    ):
        _sign(axes, place, float(radius), row, colours, moved, most_in, home)
    for place, side, node in zip(back[: len(sides)], sides, received.index, strict=True):
        _mill(axes, place, float(side), _materials_at(run, str(node), list(held.columns)), colours)
    _names(axes, points, room, _named(run, where, list(received.index), list(held.index), local=local), fixed)
    present = frozenset(str(m) for m in held.columns if held[m].sum() > 0)
    moved_kinds = set(run.legs_by("kind")["kind"].unique())
    homes = [k for k in (*_kinds("take_back"), *_kinds("store")) if k in moved_kinds]
    railed = moved_by("train")
    return Scales(
        per_tonne,
        float(mill_scale),
        home,
        homes[0] if homes else "",
        railed[0],
        present,
        guessed=bool((flows["guessed"] > 0).any()),
    )


def _kinds(tracing: str) -> list[str]:
    return [k.kind for k in kinds().values() if k.tracing == tracing and k.ends_at != "outside"]


def _named(run: RunTables, where: pd.DataFrame, mills: list[str], regions: list[str], *, local: bool) -> list[str]:
    """Return the names of mills and regions, in the second language where they have one there."""
    own = dict(zip(run.regions["name"], run.regions["name_local"].fillna("").astype(str), strict=True))
    names = [str((where.loc[i, "name_local"] if local else "") or where.loc[i, "name"]) for i in mills]
    return names + [str((own.get(region) if local else "") or region) for region in regions]


def _held_by_region(run: RunTables, nodes: pd.DataFrame, months: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what a region's yards held on average, by material in t, and the middle of its yards; sorted by region."""
    yards = nodes[nodes["kind"] == "yard"].set_index("node_id")
    held = run.stocks[run.stocks["node_id"].isin(yards.index)]
    held = held.assign(region=held["node_id"].map(yards["region"]))
    table = held.pivot_table(index="region", columns="material", values="closing_t", aggfunc="sum", fill_value=0.0)
    names = [m.material for m in materials_of(run)]
    table = (table / months).reindex(columns=names, fill_value=0.0).sort_index()
    return table, yards.groupby("region")[["x_coord", "y_coord"]].mean().reindex(table.index)


def _flows_by_region(run: RunTables, nodes: pd.DataFrame, months: int) -> pd.DataFrame:
    """Return t a period that came into a region's yards, went back from them and was taken in it: ``in, guessed, back, taken``.

    ``guessed`` is the part of ``in`` that comes from places that are assumed.
    """
    region = nodes.set_index("node_id")["region"]
    basis = run.nodes.set_index("node_id")["basis"] if "basis" in run.nodes else pd.Series(dtype="object")
    sides = {"in": ("bring", "destination"), "back": ("take_back", "origin"), "taken": ("store", "origin")}
    sums = {}
    for name, (tracing, end) in sides.items():
        rows = run.legs_by("origin", "destination", kinds=_kinds(tracing))
        sums[name] = rows.groupby(rows[end].map(region))["tonnage_t"].sum() / months
        if name == "in":
            rows = rows[rows["origin"].map(basis) == "assumed"]
            sums["guessed"] = rows.groupby(rows[end].map(region))["tonnage_t"].sum() / months
    return pd.DataFrame(sums).fillna(0.0)


def _names(
    axes: Axes, points: NDArray[np.float64], room: NDArray[np.float64], names: list[str], bold: NDArray[np.bool_]
) -> None:
    from matplotlib.patheffects import withStroke

    renderer = _renderer(axes)
    unit = 72.0 / axes.figure.dpi
    style_of: list[_Look] = [
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
    for name, look, corner in zip(names, style_of, place_names(points, room, size, order, view, bold), strict=True):
        if corner is None:
            continue
        xy = axes.transData.inverted().transform(np.array(corner) / unit)
        axes.text(
            float(xy[0]),
            float(xy[1]),
            name,
            va="bottom",
            color=style.INK,
            zorder=10,
            path_effects=[withStroke(linewidth=2.2, foreground="white")],
            **look,
        )


def _renderer(axes: Axes) -> RendererBase:
    """Return what measures text, as the picture will be written."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer: RendererBase = FigureCanvasAgg(axes.get_figure(root=True)).get_renderer()  # type: ignore[no-untyped-call]
    return renderer


def _materials_at(run: RunTables, mill: str, names: list[str]) -> NDArray[np.float64]:
    """Return what a mill received, by material."""
    rows = run.legs_by("destination", "material", kinds=_kinds("deliver"))
    sums = rows[rows["destination"] == mill].groupby("material")["tonnage_t"].sum().reindex(names, fill_value=0.0)
    return sums.to_numpy(dtype=np.float64)


def _mill(axes: Axes, at: NDArray[np.float64], side: float, parts: NDArray[np.float64], colours: list[str]) -> None:
    """Draw a mill: a square whose area is true to what it received, in strips of material, with its chimneys."""
    from matplotlib.offsetbox import AnnotationBbox, DrawingArea
    from matplotlib.patches import Rectangle

    tall = max(3.0, side / 3)
    area = DrawingArea(side + 2, side + 2 * tall + 2, 0, 0)
    low = tall + 1
    for x, part in ((0.18, 1.0), (0.5, 0.72)):
        area.add_artist(Rectangle((1 + side * x, low + side), max(1.5, side / 6), tall * part, facecolor=style.INK))
    bottom = low
    for value, colour in zip(parts, colours, strict=True):
        height = side * value / parts.sum()
        area.add_artist(Rectangle((1, bottom), side, height, facecolor=colour, linewidth=0))
        bottom += height
    area.add_artist(Rectangle((1, low), side, side, fill=False, edgecolor=style.INK, linewidth=1.0))
    axes.add_artist(AnnotationBbox(area, (float(at[0]), float(at[1])), frameon=False, pad=0.0, zorder=9))


def _sign(
    axes: Axes,
    at: NDArray[np.float64],
    radius: float,
    parts: NDArray[np.float64],
    colours: list[str],
    moved: Mapping[Hashable, float],
    most_in: float,
    home: float,
) -> None:
    """Draw the sign of a region: ring, half ring and arrows home, in points on paper."""
    from matplotlib.offsetbox import AnnotationBbox, DrawingArea
    from matplotlib.patches import Arc, Circle, RegularPolygon, Wedge

    radius = max(radius, 2.0)
    size = 2 * radius + 60
    area = DrawingArea(size, size, 0, 0)
    centre = (size / 2, size / 2)
    area.add_artist(Circle(centre, radius + 0.8, facecolor="white", linewidth=0))
    angle = 90.0
    for value, colour in zip(parts, colours, strict=True):
        if value > 0:
            turn = 360.0 * value / parts.sum()
            look = {"facecolor": colour, "edgecolor": "white", "linewidth": 0.4}
            area.add_artist(Wedge(centre, radius, angle - turn, angle, width=radius * 0.58, **look))
            angle -= turn
    looks = kind_looks()
    if most_in > 0 and moved["in"] > 0:
        outer = radius + 1 + 5.0 * moved["in"] / most_in
        pale = looks[_kinds("bring")[0]].colour
        wide = outer - radius - 1
        area.add_artist(Wedge(centre, outer, 0, 180, width=wide, facecolor=pale, alpha=0.5, linewidth=0))
        if moved["guessed"] > 0:
            part = min(1.0, moved["guessed"] / moved["in"])
            hatched = {"facecolor": "none", "edgecolor": "white", "hatch": "/" * 7, "linewidth": 0}
            area.add_artist(Wedge(centre, outer, 0, 180 * part, width=wide, **hatched))
    for tracing, name, way in (("take_back", "back", 1.0), ("store", "taken", -1.0)):
        if home > 0 and moved[name] > 0:
            colour = looks[_kinds(tracing)[0]].colour
            width = max(0.8, moved[name] / home * HOME_PT)
            turn = 3.5 + width * 0.7
            middle = (centre[0] + way * (radius * 0.75 + turn), centre[1] - radius * 0.5)
            first, last = (-100.0, 145.0) if way > 0 else (35.0, 280.0)
            area.add_artist(Arc(middle, 2 * turn, 2 * turn, theta1=first, theta2=last, color=colour, linewidth=width))
            tip = np.radians(first if way > 0 else last)
            point = (middle[0] + turn * np.cos(tip), middle[1] + turn * np.sin(tip))
            head = RegularPolygon(point, 3, radius=2.0 + width * 0.8, orientation=way * np.pi / 2, color=colour)
            area.add_artist(head)
    axes.add_artist(AnnotationBbox(area, tuple(at), frameon=False, pad=0.0, zorder=8))
