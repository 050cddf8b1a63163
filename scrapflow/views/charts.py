"""Charts of a run or a query: months, the way from region to mill and back, what yards hold, the burden per head.

Altair was chosen because a chart is then data and a specification (Vega-Lite), which one renderer turns into SVG, PNG
and a page that holds its own scripts; nothing is fetched, neither when a chart is made nor when it is opened. In a
notebook a chart shows as SVG, which every front end draws without a plug-in. Its words are those of the map, in the
map's languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.queries.flows import as_flows
from scrapflow.units import KG_PER_T
from scrapflow.views import style
from scrapflow.views.chart import Chart, Heading
from scrapflow.views.run_lines import told_of
from scrapflow.views.sankey import lay_out
from scrapflow.views.sentences import said, start, two
from scrapflow.views.words import labels, materials_of, run_words
from scrapflow.vocabulary import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.flows import Flows
    from scrapflow.runs import Run

_WIDTH, _HEIGHT = 640, 320
_LINE = 14
_FLAT = 12
"""So many labels of periods have room side by side."""


def monthly(flows: Flows | Run, *, lang: str = "en") -> Chart:
    """Draw tonnes a period as bars: one a kind, side by side; of a single kind, stacked by material.

    Parameters
    ----------
    flows
        A query or a run.
    lang
        Language of the words, ``en`` or ``ko``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> monthly(sf.run(sf.read_world("toy")).flows.kind("shipped"))
    <Chart: toy-2015, shipped: tonnes a month by material>
    """
    import altair as alt

    query = as_flows(flows)
    by = "kind" if len(query.kinds) > 1 else "material"
    rows = query.by("period", by)
    run = query.context.run
    words = _words(run, lang, query)
    looks = style.kind_looks() if by == "kind" else style.material_looks(materials_of(run))
    x = _periods(query.periods)
    encoding: dict[str, alt.X | alt.Y | alt.XOffset] = {
        "x": x,
        "y": alt.Y("tonnage_t:Q", title="t", stack=None if by == "kind" else "zero", scale=_from_nothing(rows)),
    }
    if by == "kind":
        encoding["xOffset"] = alt.XOffset(f"{by}:N", sort=list(looks))
    bars = alt.Chart(_values(rows, by, words)).mark_bar()
    tips = [_tip(words, "period"), _tip(words, f"{by} label", by), _tonnes()]
    drawing: alt.Chart | alt.LayerChart = bars.encode(
        **encoding, color=_colours(by, looks, rows[by], words), tooltip=tips
    )
    below = [words[f"chart.by.{by}"]]
    ranges = _ranges(run, rows) if flows is run and by == "kind" else []
    if ranges:
        lines = alt.Chart(alt.Data(values=ranges)).mark_rule(color=style.INK)  # type: ignore[no-untyped-call]
        drawing = drawing + lines.encode(x=x, xOffset=encoding["xOffset"], y="low:Q", y2="high:Q")
        below.append(said(words, "chart.ranges", n=run.meta.get("members")))
    drawing = drawing.properties(width=_WIDTH, height=_HEIGHT)
    return Chart(drawing, f"{run.name}, {below[0]}", _heading(run, rows, words, *below))


def sankey(flows: Flows | Run, *, yards: int = 12, lang: str = "en") -> Chart:
    """Draw the way of the steel from region through yard to mill; what went back or was taken at night runs backward.

    Parameters
    ----------
    flows
        A query or a run.
    yards
        How many yards are drawn by themselves.
    lang
        Language of the words and names, ``en`` or ``ko``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sankey(sf.run(sf.read_world("toy")))
    <Chart: toy-2015, all movements: from region through collection yard to mill, and back>
    """
    import altair as alt

    query = as_flows(flows)
    run = query.context.run
    words = _words(run, lang, query)
    layout = lay_out(
        query, yards=yards, others=words["chart.others"], night=words["chart.night"], called=_called(run, lang)
    )
    most = int(layout.boxes.groupby("stage").size().max()) if len(layout.boxes) else 0
    height = _HEIGHT + _LINE * most
    # where nothing is taken at night, or no region is known, there is no column for it
    left = float(layout.boxes["x"].min()) if len(layout.boxes) else 0.0
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[left - 0.1, 4.0], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=False))
    tips = [
        _tip(words, "source", "origin"),
        _tip(words, "target", "destination"),
        _tip(words, "kind label", "kind"),
        _tonnes(),
    ]
    bands = (
        alt.Chart(_values(layout.ribbons, "kind", words))
        .mark_area(opacity=0.55)
        .encode(
            x=x,
            y=y,
            y2="y2:Q",
            detail="ribbon:N",
            color=_colours("kind", style.kind_looks(), layout.ribbons["kind"], words),
            tooltip=tips,
        )
    )
    boxes = alt.Chart(_values(layout.boxes))
    bars = boxes.mark_rect(color=style.INK).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    named = layout.boxes.assign(
        label=[f"{n}  {two(t)} t" for n, t in zip(layout.boxes["name"], layout.boxes["told_t"], strict=True)],
        middle=(layout.boxes["y"] + layout.boxes["y2"]) / 2,
    )
    texts = (
        alt.Chart(_values(named))
        .mark_text(align="left", baseline="middle", dx=4, fontSize=11, color=style.INK)
        .encode(x=alt.X("x2:Q", axis=None), y=alt.Y("middle:Q", axis=None), text="label:N")
    )
    halo = texts.mark_text(
        align="left", baseline="middle", dx=4, fontSize=11, stroke=style.PAPER, strokeWidth=3, strokeOpacity=0.8
    )
    drawing = (bands + bars + halo + texts).properties(width=_WIDTH * (4.0 - left) / 4.0 * 1.5, height=height)
    way = words["chart.way"]
    return Chart(drawing, f"{run.name}, {way}", _heading(run, layout.boxes, words, way, words["chart.way.told"]))


def yard_composition(run: Run, yard: str | None = None, *, lang: str = "en") -> Chart:
    """Draw what yards held in each period (opening stock and what came in) by material, in t.

    Parameters
    ----------
    run
        A run.
    yard
        One yard by any spelling; None for all yards together.
    lang
        Language of the words and names, ``en`` or ``ko``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> yard_composition(sf.run(sf.read_world("toy")), "Vale Yard")
    <Chart: toy-2015: what Vale Yard held (what lay there and what came in), by material>
    """
    import altair as alt

    words = _words(run, lang)
    chosen = run.nodes["kind"] == "yard"
    if yard is not None:
        chosen = run.nodes["node_id"] == run.names.resolve(yard, ("yard",))
    held = run.stocks[run.stocks["node_id"].isin(run.nodes.loc[chosen, "node_id"])]
    held = held.assign(tonnage_t=held["opening_t"] + held["in_t"])
    rows = pd.DataFrame(held.groupby(["period", "material"], as_index=False)["tonnage_t"].sum())
    drawing = (
        alt.Chart(_values(rows, "material", words))
        .mark_bar()
        .encode(
            x=_periods(list(run.periods["period"])),
            y=alt.Y("tonnage_t:Q", title=words["chart.held.axis"], scale=_from_nothing(rows)),
            color=_colours("material", style.material_looks(materials_of(run)), rows["material"], words),
            tooltip=[_tip(words, "period"), _tip(words, "material label", "material"), _tonnes()],
        )
    )
    name = None if yard is None else run.nodes.loc[chosen, "name"].item()
    below = said(
        words, "chart.held", yard=words["chart.held.all"] if name is None else _called(run, lang).get(name, name)
    )
    drawing = drawing.properties(width=_WIDTH, height=_HEIGHT)
    return Chart(drawing, f"{run.name}: {below}", _heading(run, rows, words, below))


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


def burden(run: Run, *, lang: str = "en") -> Chart:
    """Draw what was asked and credited per head and period, by region; see :func:`burden_per_head`.

    Parameters
    ----------
    run
        A run.
    lang
        Language of the words and names, ``en`` or ``ko``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> burden(sf.run(sf.read_world("toy")))
    <Chart: toy-2015: kg a head and month, asked for and credited, by region>
    """
    import altair as alt

    words, called = _words(run, lang), _called(run, lang)
    amounts = {"quota_kg": words["figure.asked"], "credited_kg": words["account.credited_t"]}
    rows = burden_per_head(run).melt(["region", "who"], list(amounts), var_name="amount", value_name="kg")
    rows = rows.assign(
        amount=rows["amount"].map(amounts),
        region=[called.get(name, name) for name in rows["region"]],
        who=[words[f"chart.{who}"] for who in rows["who"]],
    )
    shades = [style.MUTED, style.kind_looks()[_brought()].colour]
    colour = alt.Color("amount:N", title=None, scale=alt.Scale(domain=list(amounts.values()), range=shades))
    drawing = (
        alt.Chart(_values(rows))
        .mark_bar()
        .encode(
            x=alt.X("kg:Q", title=words["chart.head"]),
            y=alt.Y("region:N", title=None),
            yOffset=alt.YOffset("amount:N", sort=list(amounts.values())),
            color=colour,
            tooltip=[
                _tip(words, "region"),
                _tip(words, "who", "what"),
                _tip(words, "amount", "kind"),
                alt.Tooltip("kg:Q", format=",.2r"),
            ],
        )
        .properties(width=_WIDTH // 2, height=alt.Step(9))
        .facet(column=alt.Column("who:N", title=None))
    )
    below = words["chart.head.told"]
    return Chart(drawing, f"{run.name}: {below}", _heading(run, rows.rename(columns={"kg": "tonnage_t"}), words, below))


def _words(run: RunTables, lang: str, query: Flows | None = None) -> dict[str, str]:
    """Return the texts of a run's charts in one language, with what a query selects told in them."""
    labels(lang)  # refuses a language that there is not
    words = run_words(run, lang, told=told_of(query) if query is not None else None)
    # in English a query is told as it tells itself, with which node was meant
    asked = query.words if query is not None and lang == "en" else words.get("part") or words["chart.all"]
    return {**words, **{key: text.replace("{query}", asked) for key, text in words.items() if "{query}" in text}}


def _called(run: RunTables, lang: str) -> dict[str, str]:
    """Return the local names of places and regions by their names, where another language than English is wanted."""
    if lang == "en":
        return {}
    tables = [frame.reindex(columns=["name", "name_local"]).fillna("") for frame in (run.nodes, run.regions)]
    names = pd.concat(tables).astype(str)
    return dict(names[names["name_local"] != ""].itertuples(index=False, name=None))


def _heading(run: RunTables, rows: pd.DataFrame, words: Mapping[str, str], *below: str) -> Heading:
    """Return the run's title, what is drawn, and what it rests on; where nothing is drawn, that."""
    rests = start(run, words).rstrip(":") if rows["tonnage_t"].any() else words["chart.nothing"]
    return Heading(words["map.title"], (*(text[:1].upper() + text[1:] for text in below), rests))


def _tip(words: Mapping[str, str], field: str, key: str = "") -> alt.Tooltip:
    import altair as alt

    title = words["word.period"] if field == "period" else words[f"col.{key or field}"]
    return alt.Tooltip(f"{field}:N", title=title)


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


def _values(frame: pd.DataFrame, labelled: str = "", words: Mapping[str, str] | None = None) -> alt.Data:
    """Return rows as data of a chart, with the words of a kind or material beside it."""
    import altair as alt

    if words is not None:
        frame = frame.assign(**{f"{labelled} label": [words.get(f"{labelled}.{v}", str(v)) for v in frame[labelled]]})
    return alt.Data(values=[{str(k): v for k, v in row.items()} for row in frame.to_dict("records")])  # type: ignore[no-untyped-call]


def _colours(column: str, looks: dict[str, style.Look], present: pd.Series[str], words: Mapping[str, str]) -> alt.Color:
    import altair as alt

    shown = [name for name in looks if name in set(present)]
    scale = alt.Scale(domain=[words[f"{column}.{n}"] for n in shown], range=[looks[n].colour for n in shown])
    return alt.Color(f"{column} label:N", title=None, scale=scale, legend=alt.Legend(symbolType="square"))


def _brought() -> str:
    """Return the kind of movement that brings steel to a yard: what was credited for is drawn in its colour."""
    return next(k.kind for k in kinds().values() if k.tracing == "bring")
