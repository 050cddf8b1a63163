"""Sentences about a run, each made from what it states: the headline of pictures, the same as on the page.

A sentence about something that a run does not have is not there. Numbers have two figures, because more would be a
pretence, and their range where the run has one.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context
from typing import TYPE_CHECKING

from scrapflow.views.evidence_payload import assumed, unplaced
from scrapflow.views.figures import FIGURES
from scrapflow.views.story import mills_are_full
from scrapflow.vocabulary import kinds, traced_as

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.ledger.tables import RunTables

LEAST_LEFT = 1e-4
"""A smaller share of what was handed over is not told as left over."""
MOSTLY = 0.999
"""From this share of reported tonnes on, a run is not called modelled."""
_TWO = Context(prec=2, rounding=ROUND_HALF_UP)
GIVEN = ("reported", "derived")


def two(value: float) -> str:
    """Return a number in two figures, its digits grouped.

    Examples
    --------
    >>> two(1679912.0), two(125.0), two(12.34), two(3.04), two(0.456), two(0.001), two(0.0)
    ('1,700,000', '130', '12', '3.0', '0.46', '<0.01', '0')
    """
    if not abs(value) > 0:
        return "0"
    size = float(_TWO.create_decimal(abs(value)))
    sign = "−" if value < 0 else ""
    digits = 0 if size >= 10 else 1 if size >= 1 else 2
    return f"{sign}{size:,.{digits}f}" if size >= 0.01 else f"{sign}<0.01"


def percent(share: float) -> str:
    """Return a share as a percentage, with a digit below one per cent.

    Examples
    --------
    >>> percent(0.136), percent(0.004), percent(float("nan"))
    ('14%', '0.4%', '–')
    """
    if not math.isfinite(share):
        return "–"
    value = share * 100.0
    return f"{value:.1f}%" if 0 < value < 1 else f"{math.floor(value + 0.5)}%"


def said(words: Mapping[str, str], key: str, **values: object) -> str:
    """Fill the text of a key."""
    text = words[key]
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def headline(run: RunTables, words: Mapping[str, str]) -> str:
    """Return the sentences that say what happened in a run, all months together; of what a query selects, how much that is.

    Parameters
    ----------
    run
        A run.
    words
        Its texts in one language (:func:`scrapflow.views.words.run_words`).

    Examples
    --------
    >>> import scrapflow as sf
    >>> from scrapflow.views.words import run_words
    >>> run = sf.run(sf.read_world("toy"))
    >>> headline(run, run_words(run, "en")).split(":")[0]
    'Model estimate, 2015-01 – 2015-02'
    """
    if not len(run.legs_by("kind")):
        return words["headline.empty"]
    if part := run.meta.get("part"):
        moved = run.legs_by("kind").groupby("kind")["tonnage_t"].sum()
        listed = [
            said(words, "headline.kind", t=f"{two(moved[k])}\u00a0t", kind=words[f"kind.{k}"])
            for k in kinds()
            if moved.get(k, 0.0) > 0
        ]
        return f"{said(words, 'headline.part', part=part)} {_span(run)}: {', '.join(listed)}."
    sentences = [words["and"].join(part for part in parts if part) for parts in _clauses(run, words)]
    return " ".join([start(run, words), *(f"{text}." for text in sentences if text)])


def start(run: RunTables, words: Mapping[str, str]) -> str:
    """Return what the tonnes of a run are, and of when.

    Examples
    --------
    >>> import scrapflow as sf
    >>> from scrapflow.views.words import run_words
    >>> run = sf.run(sf.read_world("toy"))
    >>> start(run, run_words(run, "en"))
    'Model estimate, 2015-01 – 2015-02:'
    """
    share = reported_share(run)
    return said(words, f"headline.{_basis(share)}", span=_span(run), share=percent(share))


def _span(run: RunTables) -> str:
    labels = run.periods["period"].tolist()
    return f"{labels[0]} – {labels[-1]}" if len(labels) > 1 else "".join(labels)


def _basis(share: float) -> str:
    """Return what tonnes are called of which a share was reported."""
    return "modelled" if share == 0 else "given" if share > MOSTLY else "mixed"


def reported_share(run: RunTables) -> float:
    """Return the share of the tonnes moved that somebody reported, or that was derived from reports."""
    tonnes = run.legs_by("basis").groupby("basis")["tonnage_t"].sum()
    return float(tonnes.reindex(list(GIVEN), fill_value=0.0).sum() / (tonnes.sum() or 1.0))


def _clauses(run: RunTables, words: Mapping[str, str]) -> list[list[str]]:
    moved = run.legs_by("kind").groupby("kind")["tonnage_t"].sum()

    def of(tracing: str, *, to_mills: bool | None = None) -> float:
        chosen = [
            k.kind
            for k in kinds().values()
            if k.tracing == tracing and (to_mills is None or (k.ends_at == "mill") == to_mills)
        ]
        return float(moved.reindex(chosen, fill_value=0.0).sum())

    def clause(key: str, value: float, figure: str = "") -> str:
        return said(words, f"headline.{key}", t=_ranged(run, words, value, figure)) if value > 0 else ""

    def one(tracing: str, figure: str) -> str:
        """Return the figure whose range is told: that of one kind, for of several together none is known."""
        return figure if len(set(traced_as(tracing)) & set(moved.index)) == 1 else ""

    asked = float(run.accounts["quota_t"].sum()) if "quota_t" in run.accounts else 0.0
    brought, mills = of("bring"), of("deliver", to_mills=True)
    left = _held_at_the_end(run)
    return [
        [clause("asked", asked, "asked"), clause("bring", brought, "carted")],
        [
            clause("take_back", of("take_back"), one("take_back", "returned")),
            clause("store", of("store"), one("store", "looted")),
        ],
        [clause("mills.full" if mills_are_full(run) else "mills", mills, "received")],
        [clause("abroad", of("deliver", to_mills=False))],
        [clause("left", left) if left > brought * LEAST_LEFT else ""],
        [clause("unplaced", unplaced(run))],
    ]


def _held_at_the_end(run: RunTables) -> float:
    yards = run.nodes.loc[run.nodes["kind"] == "yard", "node_id"]
    last = run.periods["period"].iloc[-1]
    rows = run.stocks[(run.stocks["period"] == last) & run.stocks["node_id"].isin(yards)]
    return float(rows["closing_t"].sum())


def _ranged(run: RunTables, words: Mapping[str, str], value: float, figure: str) -> str:
    """Return tonnes with their range, where an ensemble left one."""
    known = run.meta.get("ranges", {}).get(FIGURES.get(figure, ""))
    if not known:
        return f"{two(value)}\u00a0t"
    return said(words, "number.range", t=two(value), low=two(known["low"]), high=two(known["high"]))


def rests_on(run: RunTables, words: Mapping[str, str]) -> str:
    """Return what the tonnes of a run rest on: modelled or reported, assumed inputs, one run or many.

    Examples
    --------
    >>> import scrapflow as sf
    >>> from scrapflow.views.words import run_words
    >>> run = sf.run(sf.read_world("toy"))
    >>> rests_on(run, run_words(run, "en")).split(".")[0]
    'All tonnes are modelled'
    """
    share = reported_share(run)
    what = f"legend.{_basis(share)}"
    counts = assumed(run)
    text = said(
        words,
        "legend.assumed" if counts["count"] else "legend.assumed.none",
        what=said(words, what, share=percent(share)),
        n=f"{counts['count']:,}",
        ranged=f"{counts['ranged']:,}",
    )
    return text if share > MOSTLY or run.meta.get("ranges") else f"{text} {words['legend.one']}"
