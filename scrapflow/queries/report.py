"""What came of a run, in a few lines of text: each total under its own name, and how much of it rests on what."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from scrapflow.queries.yards_and_penalties import allocation

if TYPE_CHECKING:
    from scrapflow.ledger.tables import RunTables

_TOTALS = {
    "quota_t": "quota",
    "credited_t": "credited",
    "books_only_t": "  on the books only",
    "shortfall_t": "still owed",
    "carted_t": "carted to yards",
    "returned_t": "carried back",
    "looted_t": "taken at night",
    "shipped_t": "shipped by rail",
}


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
    carted = run.movements[(run.movements["kind"] == "carted") & run.movements["origin"].isin(firms.index)]
    tonnes = carted.groupby("origin")["tonnage_t"].sum()
    shares = [float(x[x.index.isin(named)].sum() / whole) if (whole := x.sum()) > 0 else 0.0 for x in (workers, tonnes)]
    return shares[0], shares[1]


def report(run: RunTables) -> str:
    """Return the totals of a run as text: by mill, what was not served and why, what is named, what is not reported.

    Examples
    --------
    >>> import scrapflow as sf
    >>> print(report(sf.run(sf.read_world("toy"))).splitlines()[0])
    toy-2015 (expected), 2015-01 to 2015-02, in tonnes:
    """
    totals = run.totals()
    rows = [(name, float(totals[key])) for key, name in _TOTALS.items()]
    shipped = run.movements[run.movements["kind"] == "shipped"].groupby("destination")["tonnage_t"].sum()
    mills = run.nodes.set_index("node_id")["name"]
    rows += [(f"  received by {mills[mill]}", float(t)) for mill, t in shipped.sort_index().items()]
    rows += [("held in yards at the end", float(totals["held_t"])), ("not served", float(totals["unserved_t"]))]
    why = run.unserved.groupby("reason")["tonnage_t"].sum().sort_index()
    rows += [(f"  {str(reason).replace('_', ' ')}", float(t)) for reason, t in why.items()]
    first, last = run.periods["period"].iloc[[0, -1]]
    width = max(len(name) for name, _ in rows)
    workers, tonnes = named_shares(run)
    lines = [f"{run.name} ({run.meta['mode']}), {first} to {last}, in tonnes:"]
    lines += [f"  {name:<{width}}  {t:>12,.0f}" for name, t in rows]
    lines += [f"  {line}" for line in _wishes(run)]
    lines += [f"  enterprises known by name: {workers:.0%} of the workers, {tonnes:.0%} of what enterprises carted"]
    lines += [f"  inputs that are assumed or derived, not reported: {len(run.assumptions()):,}"]
    return "\n".join(lines)


def _wishes(run: RunTables) -> list[str]:
    """Return what the campaign asked for in vain: rules that nobody or too few fit, shares that mills could not be given."""
    rules = [
        r.get("rule_id", r.get("kind", ""))
        for r in tomllib.loads(str(run.meta.get("campaign_toml", ""))).get("quota", [])
    ]
    idle = [rule for rule in rules if rule not in set(run.quotas["rule_id"])]
    lines = [f"nobody owes anything by the quota rule {rule!r}" for rule in idle]
    lines += [f"the quota rule {r['rule_id']!r} {r['note']}" for r in run.meta.get("members", []) if r["note"]]
    missed = allocation(run)
    missed = missed[~missed["met"]]
    names = run.nodes.set_index("node_id")["name"]
    return lines + [
        f"{names[mill]} was to receive {wanted:.1%} of what was shipped, and got {share:.1%}: nearer is not feasible"
        for mill, wanted, share in missed[["node_id", "wanted_share", "share"]].itertuples(index=False)
    ]
