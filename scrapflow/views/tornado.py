"""The tornado of a sensitivity study: which assumption moves a total most, from low to high."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapflow.errors import InputError, problem
from scrapflow.views import style
from scrapflow.views.charts import Chart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import pandas as pd

_WIDTH, _STEP = 480, 18
_NEEDED = ("input", "unit", "low", "value", "high", "total_at_low_t", "total_t", "total_at_high_t", "effect_t")
_SIDES = {"at its low": style.LESS, "at its high": style.MORE}


def tornado(frame: pd.DataFrame, *, top: int = 15) -> Chart:
    """Draw what each assumption does to a total when it alone goes to its low and to its high.

    Parameters
    ----------
    frame
        As :func:`scrapflow.sensitivity` gives it.
    top
        How many assumptions are drawn, the weightiest; those without any effect are left out.

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
    <Chart: delivered t by assumption, each alone from its low to its high; 53.5 t as it is>
    """
    import altair as alt

    missing = [c for c in _NEEDED if c not in frame.columns]
    if missing:
        faults = [problem("sensitivity", "", c, "is missing; scrapflow.sensitivity gives it") for c in missing]
        raise InputError(faults, what="the table")
    shown = frame[frame["effect_t"] > 0].head(top)
    total = str(frame.attrs.get("total", "total_t")).removesuffix("_t").replace("_", " ")
    centre = float(frame["total_t"].iloc[0]) if len(frame) else 0.0
    rows = [row for r in shown.to_dict("records") for row in _bars({str(k): v for k, v in r.items()})]
    scale = alt.Scale(domain=list(_SIDES), range=list(_SIDES.values()))
    order = [_label({str(k): v for k, v in r.items()}) for r in shown.to_dict("records")]
    bars = (
        alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]
        .mark_bar(opacity=0.85)
        .encode(
            x=alt.X("from:Q", title=f"{total}, t", scale=alt.Scale(zero=False)),
            x2="to:Q",
            y=alt.Y("assumption:N", title=None, sort=order, axis=alt.Axis(labelLimit=420)),
            color=alt.Color("side:N", title=None, scale=scale),
            tooltip=["assumption:N", "side:N", alt.Tooltip("to:Q", format=",.0f", title="t")],
        )
    )
    line = alt.Chart(alt.Data(values=[{"centre": centre}])).mark_rule(color=style.INK).encode(x="centre:Q")  # type: ignore[no-untyped-call]
    drawing = (bars + line).properties(width=_WIDTH, height=alt.Step(_STEP))
    return Chart(drawing, f"{total} t by assumption, each alone from its low to its high; {centre:,.4g} t as it is")


def _bars(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the two bars of an assumption, the longer first, so that the shorter is seen where both go one way."""
    ends = zip(_SIDES, ("total_at_low_t", "total_at_high_t"), strict=True)
    bars = [{"assumption": _label(row), "side": s, "from": row["total_t"], "to": row[c]} for s, c in ends]
    return sorted(bars, key=lambda b: -abs(b["to"] - b["from"]))


def _label(row: Mapping[str, Any]) -> str:
    """Write an assumption with its value and range: ``show.share 0.3 (0.1 to 0.6)``."""
    value, low, high = (f"{float(f'{row[c]:.3g}'):,.12g}" for c in ("value", "low", "high"))
    unit = "" if row["unit"] in ("", "share", "probability") else f" {row['unit']}"
    return f"{row['input']} {value} ({low} to {high}){unit}"
