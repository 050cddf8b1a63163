"""`save_picture`: a run as a figure for print, drawn by matplotlib in the styles of the map, without a browser."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd  # noqa: TC002

from scrapflow.errors import InputError, problem
from scrapflow.views import style
from scrapflow.views.style import KINDS, MATERIALS, labels

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

FORMATS = (".png", ".svg", ".pdf")
_WIDEST_PT = 9.0
_LARGEST_PT = 30.0
_FONTS = ("Noto Sans CJK KR", "Noto Sans CJK JP", "Apple SD Gothic Neo", "Malgun Gothic", "NanumGothic", "DejaVu Sans")


def save_picture(
    m: Any, path: str | os.PathLike[str], *, lang: str | None = None, width_in: float = 9.0, dpi: int = 200
) -> Path:
    """Draw the run of a map as a figure with legend and sources line, all months together.

    Parameters
    ----------
    m
        A map of :func:`scrapflow.map_flows`, or a run.
    path
        Where to; the ending, ``.png``, ``.svg`` or ``.pdf``, says which format.
    lang
        ``en`` or ``ko``; by default the map's.
    width_in
        Width of the figure in inches.
    dpi
        Pixels an inch, of a PNG.

    Returns
    -------
    pathlib.Path
        The file written, to a temporary name first.

    Raises
    ------
    InputError
        If the ending is none of the three, or the map does not show a run.

    Examples
    --------
    >>> import tempfile, scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_picture(run, folder + "/toy.svg").suffix
    '.svg'
    """
    target = Path(path)
    run = m if hasattr(m, "movements") else getattr(m, "scrapflow_run", None)
    problems = []
    if target.suffix.lower() not in FORMATS:
        problems.append(problem("picture", "", "path", f"ends in one of {', '.join(FORMATS)}, not {target.suffix!r}"))
    if run is None:
        problems.append(problem("picture", "", "m", "shows no run; give a map of map_flows(run) or a run"))
    if problems:
        raise InputError(problems, what="the picture")
    words = labels(lang or getattr(m, "scrapflow_lang", "en"))
    target.parent.mkdir(parents=True, exist_ok=True)
    import matplotlib as mpl

    with (
        mpl.rc_context(
            {"font.family": _fonts(), "svg.hashsalt": "scrapflow", "svg.fonttype": "path", "axes.unicode_minus": False}
        ),
        tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder,
    ):
        figure = _figure(run, words, width_in, korean=(lang or getattr(m, "scrapflow_lang", "en")) == "ko")
        part = Path(folder) / target.name
        stamp = {
            ".png": {"Software": "scrapflow"},
            ".svg": {"Date": None, "Creator": "scrapflow"},
            ".pdf": {"CreationDate": None, "Creator": "scrapflow"},
        }
        figure.savefig(part, dpi=dpi, metadata=stamp[target.suffix.lower()])
        part.replace(target)
    return target


def _fonts() -> list[str]:
    from matplotlib import font_manager

    known = {f.name for f in font_manager.fontManager.ttflist}
    return [name for name in _FONTS if name in known] or ["DejaVu Sans"]


def _figure(run: Any, words: dict[str, str], width: float, *, korean: bool) -> Any:
    from matplotlib.figure import Figure

    nodes = run.nodes[run.nodes["x_coord"].notna() & run.nodes["y_coord"].notna()]
    box = _bounds(nodes)
    aspect = 1.0 / np.cos(np.radians((box[1] + box[3]) / 2.0))
    height = float(np.clip(width * 0.74 * (box[3] - box[1]) * aspect / (box[2] - box[0]), 0.45 * width, 1.3 * width))
    figure = Figure(figsize=(width, height + 0.9), facecolor=style.PAPER)
    bottom, top = 0.34 / (height + 0.9), 1.0 - 0.56 / (height + 0.9)
    axes = figure.add_axes((0.0, bottom, 0.74, top - bottom), facecolor=style.SEA)
    axes.set(xlim=(box[0], box[2]), ylim=(box[1], box[3]), xticks=[], yticks=[], aspect=aspect)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _basemap(axes, run)
    most = _rail(axes, run, nodes)
    per_tonne, mill_scale = _signs(axes, run, nodes, korean=korean)
    _heading(figure, run, words)
    _legend(figure, run, words, (0.755, bottom, 0.235, top - bottom), most, per_tonne, mill_scale)
    return figure


def _bounds(nodes: pd.DataFrame) -> tuple[float, float, float, float]:
    x, y = nodes["x_coord"].to_numpy(dtype=float), nodes["y_coord"].to_numpy(dtype=float)
    if not len(x):
        return -1.0, -1.0, 1.0, 1.0
    dx, dy = max(x.max() - x.min(), 0.2), max(y.max() - y.min(), 0.2)
    return x.min() - 0.08 * dx, y.min() - 0.06 * dy, x.max() + 0.12 * dx, y.max() + 0.06 * dy


def _basemap(axes: Any, run: Any) -> None:
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


def _rail(axes: Any, run: Any, nodes: pd.DataFrame) -> float:  # noqa: ARG001
    """Draw the railway and what it carried, the two directions beside each other; return t a period of the widest."""
    import shapely
    from matplotlib.collections import LineCollection

    links = run.links[run.links["mode"].isin(["rail", "transshipment"]) & run.links.geometry.notna()]
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
            width = max(0.5, t / most * _WIDEST_PT)
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


def _signs(axes: Any, run: Any, nodes: pd.DataFrame, *, korean: bool) -> tuple[float, float]:
    """Draw regions' yards as donuts and mills as squares; return points² a t of both."""
    months = max(1, len(run.periods))
    kinds = run.nodes.set_index("node_id")["kind"]
    held = run.stocks.assign(
        t=run.stocks["opening_t"] + run.stocks.get("in_t", 0.0), kind=run.stocks["node_id"].map(kinds)
    )
    where = nodes.set_index("node_id")
    yards = held[(held["kind"] == "yard") & held["node_id"].isin(where.index)]
    yards = yards.assign(region=yards["node_id"].map(where["region"]))
    table = (
        yards.pivot_table(index="region", columns="material", values="t", aggfunc="sum", fill_value=0.0) / months
    ).reindex(columns=list(MATERIALS), fill_value=0.0)
    yard_nodes = where[where["kind"] == "yard"]
    centres = yard_nodes.groupby("region")[["x_coord", "y_coord"]].mean()
    per_tonne = (
        np.pi * (_LARGEST_PT / 2) ** 2 / table.sum(axis=1).max() if len(table) and table.to_numpy().max() > 0 else 0.0
    )
    names = (
        dict(zip(run.regions["name"], run.regions["name_local"].fillna("").astype(str), strict=True))
        if run.regions is not None
        else {}
    )
    for region, row in table.sort_index().iterrows():
        radius = float(np.sqrt(row.sum() * per_tonne / np.pi))
        at = centres.loc[region].to_numpy()
        _donut(axes, at, radius, row.to_numpy())
        _name(axes, at, radius + 2.0, str((names.get(str(region)) if korean else "") or region), bold=False)
    received = run.movements[run.movements["kind"] == "shipped"].groupby("destination")["tonnage_t"].sum() / months
    received = received[received.index.isin(where.index)]
    mill_scale = 24.0**2 / received.max() if len(received) else 0.0
    for mill, t in received.sort_values().items():
        at = where.loc[mill, ["x_coord", "y_coord"]].to_numpy(dtype=float)
        side = max(5.0, float(np.sqrt(t * mill_scale)))
        axes.plot(
            *at, marker="s", markersize=side, color=style.INK, markeredgecolor="white", markeredgewidth=1.0, zorder=9
        )
        local = str(where.loc[mill, "name_local"] or "")
        _name(axes, at, side / 2 + 2.0, local if korean and local else str(where.loc[mill, "name"]), bold=True)
    return float(per_tonne), float(mill_scale)


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
    axes.add_artist(AnnotationBbox(area, at, frameon=False, pad=0.0, zorder=8))


def _name(axes: Any, at: NDArray[np.float64], away: float, text: str, *, bold: bool) -> None:
    from matplotlib.patheffects import withStroke

    axes.annotate(
        text, at, xytext=(away, 0.0), textcoords="offset points", va="center", ha="left", fontsize=8.5 if bold else 7.5, fontweight="bold" if bold else "normal",
        color=style.INK, zorder=10, path_effects=[withStroke(linewidth=2.2, foreground="white")], parse_math=False,
    )  # fmt: skip


def _heading(figure: Any, run: Any, words: dict[str, str]) -> None:
    totals = run.movements.groupby("kind")["tonnage_t"].sum().reindex(list(KINDS), fill_value=0.0)
    periods = list(run.periods["period"].astype(str))
    values = {k: f"{v:,.0f}" for k, v in totals.items()}
    values["asked"] = f"{run.accounts['quota_t'].sum():,.0f}" if run.accounts is not None and len(run.accounts) else "0"
    values["span"] = f"{periods[0]} – {periods[-1]}" if len(periods) > 1 else "".join(periods)
    key = "headline" if len(run.movements) else "headline.empty"
    title = str(run.meta.get("campaign_title") or run.meta.get("title") or run.name)
    figure.text(0.012, 0.985, title, va="top", fontsize=13, fontweight="bold", color=style.INK, parse_math=False)
    figure.text(
        0.012,
        0.985 - 0.27 / figure.get_figheight(),
        words[key].format(**values),
        va="top",
        fontsize=7.5,
        color=style.INK,
        parse_math=False,
    )
    attribution = str(run.meta.get("attribution", ""))
    assumed = int((run.assumed["basis"] == "assumed").sum()) if run.assumed is not None and len(run.assumed) else 0
    note = (
        words["legend.assumed"].format(n=f"{assumed:,}") if assumed else words["legend.assumed.none"]
    ) + f" scrapflow {run.meta.get('version', '')}. "
    figure.text(0.012, 0.012, note, va="bottom", fontsize=6.5, color=style.MUTED, parse_math=False)
    figure.text(
        0.012,
        0.012 + 0.13 / figure.get_figheight(),
        attribution,
        va="bottom",
        fontsize=6.5,
        color=style.MUTED,
        parse_math=False,
    )


def _legend(
    figure: Any,
    run: Any,
    words: dict[str, str],
    box: tuple[float, float, float, float],
    most: float,
    per_tonne: float,
    mill_scale: float,
) -> None:
    from matplotlib.lines import Line2D

    axes = figure.add_axes(box)
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    y = 0.98
    line = 0.19 / (figure.get_figheight() * box[3])
    totals = run.movements.groupby("kind")["tonnage_t"].sum()

    def heading(key: str) -> None:
        nonlocal y
        y -= line * 0.6
        axes.text(0.0, y, words[key], fontsize=7.5, fontweight="bold", va="center", color=style.MUTED)
        y -= line

    heading("legend.moved")
    for kind, look in KINDS.items():
        if kind not in totals.index:
            continue
        dash = (0, tuple(d / 2 for d in look.dash)) if look.dash else "-"
        axes.add_line(Line2D([0.0, 0.12], [y, y], color=look.colour, linewidth=2.4, linestyle=dash))
        axes.text(0.16, y, words[f"kind.{kind}"], fontsize=7.5, va="center", color=style.INK)
        axes.text(1.0, y, f"{totals[kind]:,.0f} t", fontsize=7.5, va="center", ha="right", color=style.INK)
        y -= line
    heading("legend.yards")
    for material, look in MATERIALS.items():
        axes.plot(0.03, y, marker="s", markersize=6, color=look.colour)
        axes.text(0.16, y, words[f"material.{material}"], fontsize=7.5, va="center", color=style.INK)
        y -= line
    if most > 0:
        heading("legend.width")
        for share in (1.0, 0.25, 0.05):
            t = nice(most * share)
            axes.add_line(
                Line2D(
                    [0.0, 0.2],
                    [y, y],
                    color=KINDS["shipped"].colour,
                    linewidth=max(0.5, t / most * _WIDEST_PT),
                    solid_capstyle="butt",
                )
            )
            axes.text(0.26, y, f"{t:,.6g} t", fontsize=7.5, va="center", color=style.INK)
            y -= line
    if per_tonne > 0:
        heading("legend.area")
        y -= line * 0.4
        t = nice(np.pi * 10.0**2 / per_tonne)
        axes.plot(
            0.08,
            y,
            marker="o",
            markersize=2 * float(np.sqrt(t * per_tonne / np.pi)),
            markerfacecolor="none",
            color=style.INK,
        )
        axes.text(0.26, y, f"{t:,.6g} t", fontsize=7.5, va="center", color=style.INK)
        if mill_scale > 0:
            y -= line * 1.9
            t = nice(18.0**2 / mill_scale)
            axes.plot(0.08, y, marker="s", markersize=float(np.sqrt(t * mill_scale)), color=style.INK)
            axes.text(0.26, y, f"{t:,.6g} t, {words['node.mill']}", fontsize=7.5, va="center", color=style.INK)


def nice(value: float) -> float:
    """Round down to 1, 2 or 5 times a power of ten, as the map's legend does.

    Examples
    --------
    >>> nice(7300.0), nice(0.0)
    (5000.0, 0.0)
    """
    if value <= 0:
        return 0.0
    power = 10.0 ** np.floor(np.log10(value) + 1e-9)
    return float(power * max(step for step in (1, 2, 5) if step * power <= value * (1 + 1e-9)))
