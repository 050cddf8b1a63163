"""The tornado of a sensitivity study: which assumption moves a total most, from low to high."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scrapflow.errors import InputError, problem
from scrapflow.views import style
from scrapflow.views.chart import Chart, Heading
from scrapflow.views.sentences import said, two
from scrapflow.views.words import labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_WIDTH, _STEP = 480, 18
_SIDES = {"chart.low": style.LESS, "chart.high": style.MORE}
"""Colour of each end of an assumption's range, by the key of its words."""


class _Row(NamedTuple):
    """What is drawn of an assumption: its name, its range, and the totals at its ends in t."""

    input: str
    unit: str
    low: float
    value: float
    high: float
    total_at_low_t: float
    total_t: float
    total_at_high_t: float
    effect_t: float


_NEEDED = _Row._fields


def tornado(frame: pd.DataFrame, *, top: int = 15, lang: str = "en") -> Chart:
    """Draw what each assumption does to a total when it alone goes to its low and to its high.

    Parameters
    ----------
    frame
        As :func:`scrapflow.sensitivity` gives it.
    top
        How many assumptions are drawn, the weightiest; those without any effect are left out.
    lang
        Language of the words, ``en`` or ``ko``; assumptions keep their names.

    Returns
    -------
    Chart
        Bars from the central total (the line) to the totals at low and high, in t; a number in the label of an
        assumption is its value, with low and high in brackets.

    Raises
    ------
    InputError
        If the frame is no table of a sensitivity study.

    Examples
    --------
    >>> import scrapflow as sf
    >>> tornado(sf.sensitivity(sf.read_world("toy"), processes=1), top=5)
    <Chart: delivered t, by assumption, each alone from its low to its high; 54 t as it is>
    """
    import altair as alt

    missing = [c for c in _NEEDED if c not in frame.columns]
    if missing:
        faults = [problem("sensitivity", "", c, "is missing; scrapflow.sensitivity gives it") for c in missing]
        raise InputError(faults, what="the table")
    shown = frame[frame["effect_t"] > 0].head(top)
    words = labels(lang)
    name = str(frame.attrs.get("total", "total_t"))
    total = name.removesuffix("_t").replace("_", " ")
    if lang != "en":
        total = next((words[key] for key in (f"metric.{name}", f"account.{name}") if key in words), total)
    centre = float(frame["total_t"].iloc[0]) if len(frame) else 0.0
    assumptions = [_Row(*values) for values in shown[list(_NEEDED)].itertuples(index=False)]
    rows = [bar for row in assumptions for bar in _bars(row, words)]
    scale = alt.Scale(domain=[words[side] for side in _SIDES], range=list(_SIDES.values()))
    order = [_label(row, words) for row in assumptions]
    bars = (
        alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]
        .mark_bar(opacity=0.85)
        .encode(
            x=alt.X("from:Q", title=f"{total}, t", scale=alt.Scale(zero=False)),
            x2="to:Q",
            y=alt.Y("assumption:N", title=None, sort=order, axis=alt.Axis(labelLimit=420)),
            color=alt.Color("side:N", title=None, scale=scale),
            tooltip=[
                alt.Tooltip("assumption:N", title=words["chart.input"]),
                alt.Tooltip("side:N", title=" "),
                alt.Tooltip("to:Q", format=",.2r", title="t"),
            ],
        )
    )
    line = alt.Chart(alt.Data(values=[{"centre": centre}])).mark_rule(color=style.INK).encode(x="centre:Q")  # type: ignore[no-untyped-call]
    drawing = (bars + line).properties(width=_WIDTH, height=alt.Step(_STEP))
    title, below = said(words, "chart.tornado", total=total), said(words, "chart.tornado.told", t=two(centre))
    return Chart(drawing, f"{title}, {below}", Heading(title.capitalize(), (below.capitalize(),)))


def _bars(row: _Row, words: Mapping[str, str]) -> list[dict[str, str | float]]:
    """Return the two bars of an assumption, the longer first, so that the shorter is seen where both go one way."""
    ends = zip(_SIDES, (row.total_at_low_t, row.total_at_high_t), strict=True)
    longest_first = sorted(ends, key=lambda end: -abs(end[1] - row.total_t))
    name = _label(row, words)
    return [{"assumption": name, "side": words[side], "from": row.total_t, "to": to} for side, to in longest_first]


def _label(row: _Row, words: Mapping[str, str]) -> str:
    """Write an assumption with its value and range: ``show.share 0.3 (0.1 to 0.6)``."""
    value, low, high = (f"{float(f'{number:.3g}'):,.12g}" for number in (row.value, row.low, row.high))
    unit = "" if row.unit in ("", "share", "probability") else f" {words.get(f'unit.{row.unit}', row.unit)}"
    return said(words, "chart.input.told", name=row.input, value=value, low=low, high=high) + unit
