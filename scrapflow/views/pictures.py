"""`save_picture`: a run as a figure for print, drawn by matplotlib in the styles of the map, without a browser."""

from __future__ import annotations

import io
import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd  # noqa: TC002

from scrapflow.errors import InputError, problem
from scrapflow.files import path_of, replacing
from scrapflow.given import called
from scrapflow.ledger.tables import RunTables
from scrapflow.views import style
from scrapflow.views.backdrop import attribution, backdrop
from scrapflow.views.in_one_piece import in_one_piece
from scrapflow.views.map_payload import kinds_of
from scrapflow.views.picture_layers import HOME_PT, WIDEST_PT, Scales, basemap, rail, signs
from scrapflow.views.sentences import headline, rests_on, two
from scrapflow.views.style import kind_looks, material_looks
from scrapflow.views.words import HANGUL_FONTS, labels, materials_of, run_words

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import folium
    from matplotlib.figure import Figure


FORMATS = (".png", ".svg", ".pdf")
_FOOT_IN, _HEAD_IN, _LINE_IN = 0.08, 0.36, 0.13
"""Inches under the lines below the map, of the title, and of each line of text."""
_SENTENCE_PT, _CREDIT_PT = 7.5, 6.5
"""Size of the letters of sentences and legend, and of the lines below the map."""
_FONTS = (*HANGUL_FONTS, "DejaVu Sans")


@called
def save_picture(
    m: folium.Map | RunTables,
    path: str | os.PathLike[str],
    *,
    lang: str | None = None,
    width_in: float = 9.0,
    dpi: int = 200,
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
    target = path_of(path, "the picture", "scrapflow.views.pictures.png_of(run) gives the bytes")
    run: RunTables | None = m if isinstance(m, RunTables) else getattr(m, "scrapflow_run", None)
    problems = []
    if target.suffix.lower() not in FORMATS:
        problems.append(problem("picture", "", "path", f"ends in one of {', '.join(FORMATS)}, not {target.suffix!r}"))
    if run is None:
        problems.append(problem("picture", "", "m", "shows no run; give a map of map_flows(run) or a run"))
    if problems or run is None:
        raise InputError(problems, what="the picture")
    chosen = lang or str(getattr(m, "scrapflow_lang", "en"))
    labels(chosen)
    with replacing(target, what="the picture") as part:
        _draw(run, part, target.suffix.lower(), lang=chosen, width_in=width_in, dpi=dpi)
    return target


def png_of(run: RunTables, *, lang: str = "en", width_in: float = 9.0, dpi: int = 100) -> bytes:
    """Return the figure of :func:`save_picture` as the bytes of a PNG: what a notebook shows where no script may run.

    Examples
    --------
    >>> import scrapflow as sf
    >>> png_of(sf.run(sf.read_world("toy")))[1:4]
    b'PNG'
    """
    into = io.BytesIO()
    _draw(run, into, ".png", lang=lang, width_in=width_in, dpi=dpi)
    return into.getvalue()


def _draw(run: RunTables, into: Path | io.BytesIO, ending: str, *, lang: str, width_in: float, dpi: int) -> None:
    """Draw the figure of a run into a file."""
    import matplotlib as mpl

    stamp = {
        ".png": {"Software": "scrapflow"},
        ".svg": {"Date": None, "Creator": "scrapflow"},
        ".pdf": {"CreationDate": None, "Creator": "scrapflow"},
    }
    fixed: Any = {
        "font.family": _fonts(),
        "svg.hashsalt": "scrapflow",
        "svg.fonttype": "path",
        "axes.unicode_minus": False,
    }
    with mpl.rc_context(fixed):
        figure = _figure(in_one_piece(run), run_words(run, lang), width_in, local=lang != "en")
        figure.savefig(into, format=ending[1:], dpi=dpi, metadata=stamp[ending])


def _fonts() -> list[str]:
    from matplotlib import font_manager

    known = {f.name for f in font_manager.fontManager.ttflist}
    return [name for name in _FONTS if name in known] or ["DejaVu Sans"]


def _figure(run: RunTables, words: dict[str, str], width: float, *, local: bool) -> Figure:
    from matplotlib.figure import Figure

    nodes = run.nodes[run.nodes["x_coord"].notna() & run.nodes["y_coord"].notna()]
    box = _bounds(nodes)
    aspect = 1.0 / np.cos(np.radians((box[1] + box[3]) / 2.0))
    height = float(np.clip(width * 0.74 * (box[3] - box[1]) * aspect / (box[2] - box[0]), 0.45 * width, 1.3 * width))
    sentence = _wrapped(headline(run, words), width, _SENTENCE_PT)
    note = f"{rests_on(run, words)} scrapflow {run.meta.get('version', '')}."
    credit = [line for text in (attribution(run), note) for line in _wrapped(text, width, _CREDIT_PT)]
    head = _HEAD_IN + _LINE_IN * len(sentence)
    foot = _FOOT_IN + _LINE_IN * len(credit)
    whole = height + head + foot
    figure = Figure(figsize=(width, whole), facecolor=style.PAPER)
    bottom, top = foot / whole, 1.0 - head / whole
    axes = figure.add_axes((0.0, bottom, 0.74, top - bottom), facecolor=style.SEA if backdrop(run) else style.BLANK)
    box = _grown(box, aspect, (height / (0.74 * width)))
    axes.set(xlim=(box[0], box[2]), ylim=(box[1], box[3]), xticks=[], yticks=[], aspect=aspect)
    for spine in axes.spines.values():
        spine.set_visible(False)
    basemap(axes, run)
    most = rail(axes, run)
    scales = signs(axes, run, nodes, local=local)._replace(most=most)
    _heading(figure, run, words, sentence, credit)
    _legend(figure, run, words, (0.755, bottom, 0.235, top - bottom), scales)
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


def _wrapped(text: str, inches: float, points: float) -> list[str]:
    """Return a text in lines that fit into so many inches, by what its letters take in the widest of the fonts."""
    wide = any(ord(c) >= 0xAC00 for c in text)  # Hangul takes about twice the room
    return textwrap.wrap(text, max(8, int(inches * (75 if wide else 120) / points))) or [""]


def _heading(figure: Figure, run: RunTables, words: dict[str, str], sentence: list[str], credit: list[str]) -> None:
    title = words.get("map.title") or str(run.meta.get("campaign_title") or run.meta.get("title") or run.name)
    text = partial(figure.text, color=style.INK, parse_math=False)
    text(0.012, 0.985, title, va="top", fontsize=13, fontweight="bold")
    text(0.012, 0.985 - 0.29 / figure.get_figheight(), "\n".join(sentence), va="top", fontsize=_SENTENCE_PT)
    below = partial(text, va="bottom", fontsize=_CREDIT_PT, color=style.MUTED)
    below(0.012, 0.012, "\n".join(credit))


class _Legend:
    """The legend beside a picture: rows from top to bottom."""

    def __init__(self, figure: Figure, words: dict[str, str], box: tuple[float, float, float, float]) -> None:
        self.axes = figure.add_axes(box)
        self.axes.set_axis_off()
        self.axes.set(xlim=(0, 1), ylim=(0, 1))
        self.words = words
        self.y = 0.98
        self.line = 0.19 / (figure.get_figheight() * box[3])
        self.wide = figure.get_figwidth() * box[2]

    def heading(self, key: str) -> None:
        self.y -= self.line * 0.6
        self.axes.text(0.0, self.y, self.words[key], fontsize=7.5, fontweight="bold", va="center", color=style.MUTED)
        self.y -= self.line

    def row(self, text: str, value: str = "", *, x: float = 0.16, high: float = 1.0) -> None:
        write = partial(self.axes.text, fontsize=_SENTENCE_PT, va="center", color=style.INK)
        write(1.0, self.y, value, ha="right")
        room = (1.0 - x) * self.wide - len(value) * _SENTENCE_PT / 120
        for line in _wrapped(text, room, _SENTENCE_PT):
            write(x, self.y, line)
            self.y -= self.line * high

    def stroke(self, colour: str, width: float, *, dash: tuple[int, ...] = (), to: float = 0.12) -> None:
        from matplotlib.lines import Line2D

        pattern = (0, tuple(d / 2 for d in dash)) if dash else "-"
        self.axes.add_line(
            Line2D(
                [0.0, to],
                [self.y, self.y],
                color=colour,
                linewidth=width,
                linestyle=pattern,  # type: ignore[arg-type]
                solid_capstyle="butt",
            )
        )

    def hatched(self, colour: str) -> None:
        from matplotlib.patches import Rectangle

        high = self.line * 0.6
        corner = (0.0, self.y - high / 2)
        self.axes.add_patch(Rectangle(corner, 0.12, high, facecolor=colour, alpha=0.5, linewidth=0))
        self.axes.add_patch(
            Rectangle(corner, 0.12, high, facecolor="none", edgecolor="white", hatch="/" * 7, linewidth=0)
        )

    def mark(self, marker: str, size: float, **look: str) -> None:
        self.axes.plot(0.08, self.y, marker=marker, markersize=size, **look)  # type: ignore[arg-type]


def _legend(
    figure: Figure, run: RunTables, words: dict[str, str], box: tuple[float, float, float, float], scales: Scales
) -> None:
    legend = _Legend(figure, words, box)
    totals = run.legs_by("kind").groupby("kind")["tonnage_t"].sum()
    looks = kind_looks()
    legend.heading("legend.moved")
    for kind in kinds_of(run):
        legend.stroke(looks[kind].colour, 2.4, dash=looks[kind].dash)
        legend.row(words[f"kind.{kind}"], f"{two(totals[kind])} t")
    if scales.guessed:
        legend.hatched(next(looks[k].colour for k in kinds_of(run) if k in looks))
        legend.row(words["glyph.guessed"])
    if scales.held > 0:
        legend.heading("legend.yards")
        for material, look in material_looks(materials_of(run)).items():
            if material in scales.materials:
                legend.mark("s", 6.0, color=look.colour)
                legend.row(words[f"material.{material}"])
    _sizes(legend, scales, looks)


def _sizes(legend: _Legend, scales: Scales, looks: dict[str, style.Look]) -> None:
    """Samples of the widths and areas, with what they stand for."""  # noqa: D401
    widths = [
        ("legend.width", scales.railed, scales.most, WIDEST_PT, (1.0, 0.25, 0.05)),
        ("legend.home.width", scales.home_kind, scales.home, HOME_PT, (1.0, 0.25)),
    ]
    for key, kind, most, widest, parts in widths:
        if most > 0 and kind:
            legend.heading(key)
            for share in parts:
                t = nice(most * share)
                legend.stroke(looks[kind].colour, max(0.5, t / most * widest), to=0.2)
                legend.row(f"{t:,.6g} t", x=0.26)
    if scales.held > 0:
        legend.heading("legend.area")
        legend.y -= legend.line * 0.4
        t = nice(np.pi * 10.0**2 / scales.held)
        legend.mark("o", 2 * float(np.sqrt(t * scales.held / np.pi)), markerfacecolor="none", color=style.INK)
        legend.row(f"{t:,.6g} t", x=0.26, high=1.6)
    if scales.mills > 0:
        legend.heading("legend.area.mill")
        legend.y -= legend.line * 0.4
        t = nice(18.0**2 / scales.mills)
        legend.mark("s", float(np.sqrt(t * scales.mills)), color=style.INK)
        legend.row(f"{t:,.6g} t", x=0.26)


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
