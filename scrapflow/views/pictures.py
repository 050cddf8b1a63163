"""`save_picture`: a run as a figure for print, drawn by matplotlib in the styles of the map, without a browser."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd  # noqa: TC002

from scrapflow.errors import InputError, problem
from scrapflow.files import replacing
from scrapflow.views import style
from scrapflow.views.picture_layers import WIDEST_PT, basemap, rail, signs
from scrapflow.views.style import KINDS, MATERIALS, labels

if TYPE_CHECKING:
    import os


FORMATS = (".png", ".svg", ".pdf")
_MARGIN_IN = 1.06
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
    import matplotlib as mpl

    with (
        mpl.rc_context(
            {"font.family": _fonts(), "svg.hashsalt": "scrapflow", "svg.fonttype": "path", "axes.unicode_minus": False}
        ),
        replacing(target, what="the picture") as part,
    ):
        figure = _figure(run, words, width_in, korean=(lang or getattr(m, "scrapflow_lang", "en")) == "ko")
        stamp = {
            ".png": {"Software": "scrapflow"},
            ".svg": {"Date": None, "Creator": "scrapflow"},
            ".pdf": {"CreationDate": None, "Creator": "scrapflow"},
        }
        figure.savefig(part, dpi=dpi, metadata=stamp[target.suffix.lower()])
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
    figure = Figure(figsize=(width, height + _MARGIN_IN), facecolor=style.PAPER)
    bottom, top = 0.34 / (height + _MARGIN_IN), 1.0 - 0.72 / (height + _MARGIN_IN)
    axes = figure.add_axes((0.0, bottom, 0.74, top - bottom), facecolor=style.SEA)
    box = _grown(box, aspect, (height / (0.74 * width)))
    axes.set(xlim=(box[0], box[2]), ylim=(box[1], box[3]), xticks=[], yticks=[], aspect=aspect)
    for spine in axes.spines.values():
        spine.set_visible(False)
    basemap(axes, run)
    most = rail(axes, run, nodes)
    per_tonne, mill_scale = signs(axes, run, nodes, korean=korean)
    _heading(figure, run, words)
    _legend(figure, run, words, (0.755, bottom, 0.235, top - bottom), most, per_tonne, mill_scale)
    return figure


def _bounds(nodes: pd.DataFrame) -> tuple[float, float, float, float]:
    x, y = nodes["x_coord"].to_numpy(dtype=float), nodes["y_coord"].to_numpy(dtype=float)
    if not len(x):
        return -1.0, -1.0, 1.0, 1.0
    dx, dy = max(x.max() - x.min(), 0.2), max(y.max() - y.min(), 0.2)
    return x.min() - 0.08 * dx, y.min() - 0.06 * dy, x.max() + 0.12 * dx, y.max() + 0.06 * dy


def _grown(box: tuple[float, float, float, float], aspect: float, ratio: float) -> tuple[float, float, float, float]:
    """Widen a box in degrees until its height over width on paper is the ratio wanted."""
    dx, dy = box[2] - box[0], (box[3] - box[1]) * aspect
    more_x, more_y = max(0.0, dy / ratio - dx) / 2, max(0.0, dx * ratio - dy) / aspect / 2
    return box[0] - more_x, box[1] - more_y, box[2] + more_x, box[3] + more_y


def _heading(figure: Any, run: Any, words: dict[str, str]) -> None:
    totals = run.movements.groupby("kind")["tonnage_t"].sum().reindex(list(KINDS), fill_value=0.0)
    periods = list(run.periods["period"].astype(str))
    values = {k: f"{v:,.0f}" for k, v in totals.items()}
    values["asked"] = f"{run.accounts['quota_t'].sum():,.0f}" if run.accounts is not None and len(run.accounts) else "0"
    values["span"] = f"{periods[0]} – {periods[-1]}" if len(periods) > 1 else "".join(periods)
    key = "headline" if len(run.movements) else "headline.empty"
    title = str(run.meta.get("campaign_title") or run.meta.get("title") or run.name)
    figure.text(0.012, 0.985, title, va="top", fontsize=13, fontweight="bold", color=style.INK, parse_math=False)
    wide = any(ord(c) >= 0xAC00 for c in words[key])  # Hangul takes about twice the room
    letters = int(figure.get_figwidth() * (9 if wide else 14))
    sentence = "\n".join(textwrap.wrap(words[key].format(**values), letters))
    y = 0.985 - 0.29 / figure.get_figheight()
    figure.text(0.012, y, sentence, va="top", fontsize=7.5, color=style.INK, parse_math=False)
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
        axes.add_line(Line2D([0.0, 0.12], [y, y], color=look.colour, linewidth=2.4, linestyle=dash))  # type: ignore[arg-type]
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
                    linewidth=max(0.5, t / most * WIDEST_PT),
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
