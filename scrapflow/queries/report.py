"""What came of a run, in a few lines of text: each total under its own name, and how much of it rests on what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapflow.ledger.amounts import UNPLACED
from scrapflow.queries.organisations import rules_asked
from scrapflow.queries.yards_and_penalties import allocation
from scrapflow.units import ranged, two_figures
from scrapflow.vocabulary import kinds_to
from scrapflow.vocabulary.totals import totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from scrapflow.ledger.tables import RunTables
    from scrapflow.vocabulary.totals import Total

_ALWAYS = ("shipped_t", "held_t", "unserved_t")
"""Totals that are told even where they are zero."""
_ALONE = (
    "the network alone: nothing is known of what moves on it; tonnes come in with 'scrapflow new … --supply … --demand …', "
    "with the tables supply.csv and demand.csv, or with campaigns/NAME.toml"
)
_MILLS = 12
"""So many mills are told by name."""
_PARTS = ("books_only_t", "for_show_t")
"""Totals that are a part of the one before."""


def named_shares(run: RunTables) -> tuple[float, float]:
    """Return how much of the enterprises is known by name: share of their workers, share of what they carted.

    The rest stands for the workforce that no source names; both shares are between 0 and 1, and 0 if there is nothing.

    Examples
    --------
    >>> import scrapflow as sf
    >>> named_shares(sf.run(sf.read_world("toy")))
    (1.0, 1.0)
    """
    firms = run.nodes[run.nodes["kind"] == "enterprise"].set_index("node_id")
    named = firms.index[firms["named"].astype("boolean").fillna(value=False)]
    workers = firms["workers"].fillna(0.0)
    carted = run.legs_by("origin", kinds=kinds_to("yard"))
    tonnes = carted[carted["origin"].isin(firms.index)].groupby("origin")["tonnage_t"].sum()
    shares = [float(x[x.index.isin(named)].sum() / whole) if (whole := x.sum()) > 0 else 0.0 for x in (workers, tonnes)]
    return shares[0], shares[1]


def report(run: RunTables) -> str:
    """Return the totals of a run as text: by mill, what was not served and why, what is named, what is not reported.

    Numbers have two significant figures, because more are not known: that of the central run, as on its map, and the
    range where an ensemble left one. Tables keep all.

    Examples
    --------
    >>> import scrapflow as sf
    >>> print(report(sf.run(sf.read_world("toy"))).splitlines()[0])
    toy-2015 (expected), 2015-01 to 2015-02, in tonnes:
    """
    if run.meta.get("alone"):
        return _ALONE
    rows = _rows(run)
    width = max(len(name) for name, _ in rows)
    many = run.meta.get("members")
    beside = f"; in brackets 10 to 90 % of {many:,} runs with all assumptions drawn" if isinstance(many, int) else ""
    lines = [f"{run.name}{_how(run)}, {_when(run)}in tonnes{beside}:"]
    lines += [f"  {name:<{width}}  {amount:>12}" for name, amount in rows]
    lines += [f"  {line}" for line in _wishes(run)]
    if (run.nodes["kind"] == "enterprise").any():
        workers, tonnes = named_shares(run)
        lines += [f"  enterprises known by name: {workers:.0%} of the workers, {tonnes:.0%} of what enterprises carted"]
    if not run.meta.get("given"):
        lines += [f"  inputs that are assumed or derived, not reported: {len(run.assumptions()):,}"]
    lines += [f"  {row['kind'].replace('_', ' ')}: {row['note']}" for row in run.meta.get("report", [])]
    return "\n".join(lines)


def _how(run: RunTables) -> str:
    """Return how chances were counted, or that there are none: tonnes that are known are routed, or were given."""
    return f" ({run.meta['mode']})" if run.meta.get("campaign_toml", True) else ""


def _when(run: RunTables) -> str:
    if not len(run.periods):
        return "no period to none, "
    first, last = run.periods["period"].iloc[[0, -1]]
    return f"{first} to {last}, " if run.periods["start"].iloc[0] else ""


def _rows(run: RunTables) -> list[tuple[str, str]]:
    """Return what a report tells, line by line: flows, what each mill received, levels at the end and their reasons."""
    amounts = run.totals()
    ranges = run.meta.get("ranges") or {}

    def told(total: str) -> str:
        span, value = ranges.get(total), float(amounts[total])
        return ranged(value, span["low"], span["high"]) if span else two_figures(value)

    flows = [t for t in totals().values() if t.of in ("account", "kind")]
    always = () if run.meta.get("given") else _ALWAYS
    label = _labels(run)
    rows = _supplied(run)
    rows += [
        (("  " if t.total in _PARTS else "") + label[t.total], told(t.total))
        for t in flows
        if _happens(t, amounts, always)
    ]
    rows += _received(run)
    last = run.unserved[run.unserved["period"].isin(run.periods["period"].iloc[-1:])]
    at_yard = last["node_id"].isin(run.nodes.loc[run.nodes["kind"] == "yard", "node_id"])
    for total in (t for t in totals().values() if t.is_level and _happens(t, amounts, always)):
        rows.append((label[total.total], told(total.total)))
        if total.what != UNPLACED:
            here = last[at_yard if total.of == "held" else ~at_yard & (last["reason"] != UNPLACED)]
            why = here.groupby("reason")["tonnage_t"].sum().sort_index()
            rows += [(f"  {str(r).replace('_', ' ')}", two_figures(float(t))) for r, t in why.items() if t > 0]
    return rows


def _happens(total: Total, amounts: pd.Series[float], always: Sequence[str]) -> bool:
    """Tell whether a total is told: those of every run, and others where there is anything."""
    return total.total in always or float(amounts[total.total]) != 0.0


def _labels(run: RunTables) -> dict[str, str]:
    """Return what each total is called, in the words of the run's world."""
    labels = {name: total.label for name, total in totals().items()}
    if run.meta.get("given"):
        labels["shipped_t"] = "moved"
    words = run.meta.get("words") or {}
    if "yards" in words:
        labels["held_t"] = f"held in {words['yards']} at the end"
    return labels


def _supplied(run: RunTables) -> list[tuple[str, str]]:
    """Return what is offered in a run without a campaign, where tonnes are known."""
    supplies = run.tables.get("supplies")
    if run.meta.get("campaign_toml") or run.meta.get("given") or supplies is None or not len(supplies):
        return []
    word = str((run.meta.get("words") or {}).get("asked", "supplied"))
    return [(word, two_figures(float(supplies["supply_t"].sum())))]


def _received(run: RunTables) -> list[tuple[str, str]]:
    """Return what each mill received: the largest, by name where they are few, and the rest in one line."""
    shipped = run.legs_by("destination", kinds=kinds_to("mill")).groupby("destination")["tonnage_t"].sum()
    names = run.nodes.set_index("node_id")["name"]
    largest = shipped.sort_values(ascending=False, kind="stable").head(_MILLS)
    rows = [(f"  received by {names[mill]}", two_figures(float(t))) for mill, t in largest.sort_index().items()]
    rest = shipped.drop(largest.index)
    mills = (run.meta.get("words") or {}).get("mills", "places" if run.meta.get("given") else "mills")
    return [*rows, (f"  received by {len(rest)} other {mills}", two_figures(float(rest.sum())))] if len(rest) else rows


def _wishes(run: RunTables) -> list[str]:
    """Return what the campaign asked for in vain: rules that nobody or too few fit, shares that mills could not be given."""
    rules = [r.get("rule_id", r.get("kind", "")) for r in run.campaign_settings.get("quota", [])]
    owed = set(run.quotas["rule_id"].unique())
    idle = [rule for rule in rules if rule not in owed]
    lines = [f"nobody owes anything by the quota rule {rule!r}" for rule in idle]
    lines += [f"the quota rule {r['rule_id']!r} {r['note']}" for r in rules_asked(run) if r["note"]]
    missed = allocation(run)
    missed = missed[~missed["met"]]
    names = run.nodes.set_index("node_id")["name"]
    return lines + [
        f"{names[mill]} was to receive {wanted:.1%} of what was shipped, and got {share:.1%}: nearer is not feasible"
        for mill, wanted, share in missed[["node_id", "wanted_share", "share"]].itertuples(index=False)
    ]
