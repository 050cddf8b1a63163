"""Charts of a run or a query: months, the way from region to mill and back, what yards hold, the burden per head.

Altair was chosen because a chart is then data and a specification (Vega-Lite), which one renderer turns into SVG, PNG
and a page that holds its own scripts; nothing is fetched, neither when a chart is made nor when it is opened. In a
notebook a chart shows as SVG, which every front end draws without a plug-in.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.files import path_of, write_bytes
from scrapflow.queries.flows import as_flows
from scrapflow.units import KG_PER_T
from scrapflow.views import style
from scrapflow.views.sankey import lay_out
from scrapflow.views.sentences import start, two
from scrapflow.views.words import materials_of, run_words
from scrapflow.vocabulary import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    import altair as alt

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.flows import Flows
    from scrapflow.runs import Run

FORMATS = ("svg", "png", "html")
_PNG_HEADER = 33
"""Bytes of a PNG before its second chunk: signature and header."""
_WIDTH, _HEIGHT = 640, 320
_HEAD = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline' 'unsafe-eval'; img-src data: blob:\">\n"
    '<meta name="generator" content="scrapflow">'
)
"""A page with a chart asks the network for nothing, whatever its data say; Vega compiles its expressions."""
_LINE = 14
_FLAT = 12
"""So many labels of periods have room side by side."""


class Heading(NamedTuple):
    """What stands over a chart: a title, and lines of what is drawn and what it rests on."""

    title: str
    below: tuple[str, ...] = ()


class Chart:
    """A finished drawing that shows itself in a notebook and saves itself as a file.

    Parameters
    ----------
    drawing
        The Altair chart; take it to change what is drawn.
    what
        What it shows, in words, for readers who cannot see it.
    heading
        What stands over it.
    """

    def __init__(self, drawing: alt.LayerChart | alt.Chart | alt.FacetChart, what: str, heading: Heading) -> None:
        import altair as alt

        title = alt.TitleParams(heading.title, subtitle=[*heading.below], anchor="start", subtitleColor=style.MUTED)
        self.drawing = drawing.properties(description=what, title=title).configure_view(stroke=None)
        self.what = what

    def save(self, path: str | PathLike[str]) -> None:
        """Write the chart to ``x.svg``, ``x.png`` or ``x.html``, without any network, all of it or nothing.

        Raises
        ------
        InputError
            If the name ends in something else.

        Examples
        --------
        >>> import pathlib, tempfile, scrapflow as sf
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     monthly(sf.run(sf.read_world("toy"))).save(f"{folder}/x.svg")
        ...     pathlib.Path(f"{folder}/x.svg").read_text("utf-8")[:4]
        '<svg'
        """
        target = path_of(path, "the chart")
        kind = target.suffix.removeprefix(".").lower()
        if kind not in FORMATS:
            message = f"a chart is saved as {', '.join(FORMATS)}, not as {target.suffix or 'a name without an ending'}"
            raise InputError([problem("chart", str(target), "", message)], what="the picture")
        write_bytes(target, self._render(kind), what="the chart")

    def _render(self, kind: str) -> bytes:
        if kind == "png":
            binary = io.BytesIO()
            self.drawing.save(binary, format="png", scale_factor=2)
            return _signed(binary.getvalue())
        text = io.StringIO()
        if kind == "html":
            # The menu would offer to send the data to an editor on the web.
            self.drawing.save(
                text, format="html", inline=True, embed_options={"actions": False}, json_kwds={"cls": _Escaped}
            )
            page = text.getvalue().replace("<head>", f"<head>\n{_HEAD}", 1)
            return page.encode()
        self.drawing.save(text, format="svg")
        return f"{text.getvalue()}<!-- scrapflow -->".encode()

    def _repr_mimebundle_(self, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> dict[str, str]:  # noqa: ARG002
        return {"image/svg+xml": self._render("svg").decode(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Chart: {self.what}>"


class _Escaped(json.JSONEncoder):
    """JSON that can stand in a script element: no text in it can end the element or begin a comment."""

    def encode(self, o: object) -> str:
        text = super().encode(o)
        for char in "<>&\u2028\u2029":
            text = text.replace(char, f"\\u{ord(char):04x}")
        return text


def _signed(png: bytes) -> bytes:
    """Name the software in a PNG, as matplotlib does: a chunk of text after the header (PNG specification, 11.3.3)."""
    body = b"tEXtSoftware\x00scrapflow"
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_PNG_HEADER] + chunk + png[_PNG_HEADER:]


def monthly(flows: Flows | Run) -> Chart:
    """Draw tonnes a period as bars: one a kind, side by side; of a single kind, stacked by material.

    Parameters
    ----------
    flows
        A query or a run.

    Examples
    --------
    >>> import scrapflow as sf
    >>> monthly(sf.run(sf.read_world("toy")).flows.kind("shipped"))
    <Chart: toy-2015, shipped: tonnes a period by material>
    """
    import altair as alt

    query = as_flows(flows)
    by = "kind" if len(query.kinds) > 1 else "material"
    rows = query.by("period", by)
    run = query.context.run
    looks = style.kind_looks() if by == "kind" else style.material_looks(materials_of(run))
    x = _periods(query.periods)
    encoding: dict[str, alt.X | alt.Y | alt.XOffset] = {
        "x": x,
        "y": alt.Y("tonnage_t:Q", title="t", stack=None if by == "kind" else "zero", scale=_from_nothing(rows)),
    }
    if by == "kind":
        encoding["xOffset"] = alt.XOffset(f"{by}:N", sort=list(looks))
    bars = alt.Chart(_values(rows, by, run)).mark_bar()
    drawing: alt.Chart | alt.LayerChart = bars.encode(
        **encoding, color=_colours(by, looks, rows[by], run), tooltip=["period:N", f"{by} label:N", _tonnes()]
    )
    below = [f"{query.words}: tonnes {run_words(run, 'en')['word.a_period']} by {by}"]
    ranges = _ranges(run, rows) if flows is run and by == "kind" else []
    if ranges:
        lines = alt.Chart(alt.Data(values=ranges)).mark_rule(color=style.INK)  # type: ignore[no-untyped-call]
        drawing = drawing + lines.encode(x=x, xOffset=encoding["xOffset"], y="low:Q", y2="high:Q")
        below.append(f"lines: where 8 of 10 members of an ensemble of {run.meta.get('members')} lie")
    what = f"{run.name}, {query.words}: tonnes a period by {by}"
    return Chart(drawing.properties(width=_WIDTH, height=_HEIGHT), what, _heading(run, rows, *below))


def sankey(flows: Flows | Run, *, yards: int = 12) -> Chart:
    """Draw the way of the steel from region through yard to mill; what went back or was taken at night runs backward.

    Parameters
    ----------
    flows
        A query or a run.
    yards
        How many yards are drawn by themselves.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sankey(sf.run(sf.read_world("toy")))
    <Chart: toy-2015, all movements: from region through yard to mill, and back>
    """
    import altair as alt

    query = as_flows(flows)
    layout = lay_out(query, yards=yards)
    most = int(layout.boxes.groupby("stage").size().max()) if len(layout.boxes) else 0
    height = _HEIGHT + _LINE * most
    # where nothing is taken at night, or no region is known, there is no column for it
    left = float(layout.boxes["x"].min()) if len(layout.boxes) else 0.0
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[left - 0.1, 4.0], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=False))
    tips = ["source:N", "target:N", "kind label:N", _tonnes()]
    bands = (
        alt.Chart(_values(layout.ribbons, "kind", query.context.run))
        .mark_area(opacity=0.55)
        .encode(
            x=x,
            y=y,
            y2="y2:Q",
            detail="ribbon:N",
            color=_colours("kind", style.kind_looks(), layout.ribbons["kind"], query.context.run),
            tooltip=tips,
        )
    )
    boxes = alt.Chart(_values(layout.boxes))
    bars = boxes.mark_rect(color=style.INK).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    named = layout.boxes.assign(
        label=[f"{n}  {two(t)} t" for n, t in zip(layout.boxes["name"], layout.boxes["told_t"], strict=True)],
        middle=(layout.boxes["y"] + layout.boxes["y2"]) / 2,
    )
    words = (
        alt.Chart(_values(named))
        .mark_text(align="left", baseline="middle", dx=4, fontSize=11, color=style.INK)
        .encode(x=alt.X("x2:Q", axis=None), y=alt.Y("middle:Q", axis=None), text="label:N")
    )
    halo = words.mark_text(
        align="left", baseline="middle", dx=4, fontSize=11, stroke=style.PAPER, strokeWidth=3, strokeOpacity=0.8
    )
    run = query.context.run
    what = f"{run.name}, {query.words}: from region through yard to mill, and back"
    below = (
        f"{query.words}: what went which way; beside a box what goes on from it or ends there, without what goes back"
    )
    drawing = (bands + bars + halo + words).properties(width=_WIDTH * (4.0 - left) / 4.0 * 1.5, height=height)
    return Chart(drawing, what, _heading(run, layout.boxes, below))


def yard_composition(run: Run, yard: str | None = None) -> Chart:
    """Draw what yards held in each period (opening stock and what came in) by material, in t.

    Parameters
    ----------
    run
        A run.
    yard
        One yard by any spelling; None for all yards together.

    Examples
    --------
    >>> import scrapflow as sf
    >>> yard_composition(sf.run(sf.read_world("toy")), "Vale Yard")
    <Chart: toy-2015: what Vale Yard held, by material>
    """
    import altair as alt

    chosen = run.nodes["kind"] == "yard"
    if yard is not None:
        chosen = run.nodes["node_id"] == run.names.resolve(yard, ("yard",))
    held = run.stocks[run.stocks["node_id"].isin(run.nodes.loc[chosen, "node_id"])]
    held = held.assign(tonnage_t=held["opening_t"] + held["in_t"])
    rows = pd.DataFrame(held.groupby(["period", "material"], as_index=False)["tonnage_t"].sum())
    drawing = (
        alt.Chart(_values(rows, "material", run))
        .mark_bar()
        .encode(
            x=_periods(list(run.periods["period"])),
            y=alt.Y("tonnage_t:Q", title="held, t", scale=_from_nothing(rows)),
            color=_colours("material", style.material_looks(materials_of(run)), rows["material"], run),
            tooltip=["period:N", "material label:N", _tonnes()],
        )
    )
    held_by = "all yards" if yard is None else run.nodes.loc[chosen, "name"].item()
    below = f"what {held_by} held (what lay there and what came in), by material"
    drawing = drawing.properties(width=_WIDTH, height=_HEIGHT)
    return Chart(drawing, f"{run.name}: what {held_by} held, by material", _heading(run, rows, below))


def burden_per_head(run: Run) -> pd.DataFrame:
    """Return what was asked and credited, in kg a head and period, by region, for workers and for residents.

    Parameters
    ----------
    run
        A run.

    Returns
    -------
    DataFrame
        ``region, who`` (``workers``: of enterprises, by headcount; ``residents``: of communities, by population),
        ``heads, quota_kg, credited_kg``, sorted by region.

    Examples
    --------
    >>> import scrapflow as sf
    >>> burden_per_head(sf.run(sf.read_world("toy"))).who.tolist()
    ['residents', 'workers']
    """
    nodes = pd.DataFrame(run.nodes[["node_id", "kind", "region", "workers", "population"]])
    who = {"enterprise": "workers", "community": "residents"}
    nodes = nodes[nodes["kind"].isin(list(who))]
    nodes = nodes.assign(
        who=nodes["kind"].map(who), heads=nodes["workers"].where(nodes["kind"] == "enterprise", nodes["population"])
    )
    asked = run.accounts.groupby("node_id", as_index=False)[["quota_t", "credited_t"]].sum()
    grouped = nodes.merge(asked, on="node_id").groupby(["region", "who"])[["heads", "quota_t", "credited_t"]].sum()
    out = grouped[grouped["heads"] > 0].reset_index()
    per_head = KG_PER_T / (out["heads"] * len(run.periods))
    kept = out[["region", "who", "heads"]]
    return kept.assign(quota_kg=out["quota_t"] * per_head, credited_kg=out["credited_t"] * per_head)


def burden(run: Run) -> Chart:
    """Draw what was asked and credited per head and period, by region; see :func:`burden_per_head`.

    Examples
    --------
    >>> import scrapflow as sf
    >>> burden(sf.run(sf.read_world("toy")))
    <Chart: toy-2015: kg a head and period, asked and credited, by region>
    """
    import altair as alt

    frame = burden_per_head(run).rename(columns={"quota_kg": "asked", "credited_kg": "credited"})
    rows = frame.melt(["region", "who"], ["asked", "credited"], var_name="amount", value_name="kg")
    colour = alt.Color(
        "amount:N",
        title=None,
        scale=alt.Scale(domain=["asked", "credited"], range=[style.MUTED, style.kind_looks()[_brought()].colour]),
    )
    unit = f"kg a head and {run_words(run, 'en')['word.period']}"
    drawing = (
        alt.Chart(_values(rows))
        .mark_bar()
        .encode(
            x=alt.X("kg:Q", title=unit),
            y=alt.Y("region:N", title=None),
            yOffset="amount:N",
            color=colour,
            tooltip=["region:N", "who:N", "amount:N", alt.Tooltip("kg:Q", format=",.2r")],
        )
        .properties(width=_WIDTH // 2, height=alt.Step(9))
        .facet(column=alt.Column("who:N", title=None))
    )
    what = f"{run.name}: kg a head and period, asked and credited, by region"
    return Chart(drawing, what, _heading(run, rows.rename(columns={"kg": "tonnage_t"}), f"{unit}, asked and credited"))


def _heading(run: RunTables, rows: pd.DataFrame, *below: str) -> Heading:
    """Return the run's title, what is drawn, and what it rests on; where nothing is drawn, that."""
    words = run_words(run, "en")
    rests = start(run, words).rstrip(":") if rows["tonnage_t"].any() else "There is nothing of this in the run."
    return Heading(words["map.title"], (*(text[:1].upper() + text[1:] for text in below), rests))


def _periods(labels: list[str]) -> alt.X:
    """Return the axis of periods, whose labels lie flat where they have room."""
    import altair as alt

    axis = alt.Axis(labelAngle=0 if len(labels) <= _FLAT else -45)
    return alt.X("period:O", title=None, axis=axis, scale=alt.Scale(domain=labels))


def _from_nothing(rows: pd.DataFrame) -> alt.Scale:
    """Return a scale that begins at nothing, also where there is nothing else."""
    import altair as alt

    return alt.Scale(zero=True) if rows["tonnage_t"].any() else alt.Scale(domain=[0, 1])


def _tonnes() -> alt.Tooltip:
    import altair as alt

    return alt.Tooltip("tonnage_t:Q", format=",.2r", title="t")


def _ranges(run: RunTables, rows: pd.DataFrame) -> list[dict[str, str | float]]:
    """Return ``period, kind, low, high`` of the bars, where an ensemble left ranges."""
    known = (run.meta.get("part_ranges") or {}).get("period", {})
    labels = run.periods["period"].tolist()
    return [
        {"period": period, "kind": kind, "low": low, "high": high}
        for kind in rows["kind"].unique()
        for period, (low, high) in zip(labels, known.get(kind, ()), strict=False)
    ]


def _values(frame: pd.DataFrame, labelled: str = "", run: RunTables | None = None) -> alt.Data:
    """Return rows as data of a chart, with the words of a kind or material beside it."""
    import altair as alt

    if run is not None:
        words = run_words(run, "en")
        frame = frame.assign(**{f"{labelled} label": [words.get(f"{labelled}.{v}", str(v)) for v in frame[labelled]]})
    return alt.Data(values=[{str(k): v for k, v in row.items()} for row in frame.to_dict("records")])  # type: ignore[no-untyped-call]


def _colours(column: str, looks: dict[str, style.Look], present: pd.Series[str], run: RunTables) -> alt.Color:
    import altair as alt

    shown = [name for name in looks if name in set(present)]
    words = run_words(run, "en")
    scale = alt.Scale(domain=[words[f"{column}.{n}"] for n in shown], range=[looks[n].colour for n in shown])
    return alt.Color(f"{column} label:N", title=None, scale=scale, legend=alt.Legend(symbolType="square"))


def _brought() -> str:
    """Return the kind of movement that brings steel to a yard: what was credited for is drawn in its colour."""
    return next(k.kind for k in kinds().values() if k.tracing == "bring")
