"""What a map shows of a run, as a query: the months, the filters and the choice that a page can say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scrapflow.queries.clauses import among, on_path
from scrapflow.vocabulary import kinds_to, moved_by, traced_as

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scrapflow.queries.flows import Flows

SETS = ("kind", "material", "via", "mill", "region", "sector", "basis", "grade")
"""The filters that are sets of names, as the page has them."""
_OF_MOVEMENT = ("kind", "material", "via", "basis", "grade")
_OF_ORIGIN = ("region", "sector")


@dataclass(frozen=True)
class Shown:
    """What a map shows.

    Attributes
    ----------
    periods
        First and last period; empty: all of them.
    filters
        Names by filter (:data:`SETS`); a filter that is not there lets everything pass. ``top``: only so many of the
        largest pairs of origin and destination.
    selection
        Node ids, or one link id; empty: nothing is chosen.
    link
        Whether the selection is a link.
    """

    periods: tuple[str, ...] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    selection: tuple[str, ...] = ()
    link: bool = False


def flows_shown(flows: Flows, shown: Shown) -> Flows:
    """Return the query that a map shows.

    A choice of places is asked for one kind of movement, since a tonne may be carted and shipped as well: what trains
    carry from, to or (at a station) through them; where no train comes, what people bring from or to them; everything
    where neither moves. A filter on kinds chooses others.

    Parameters
    ----------
    flows
        All movements of the run.
    shown
        What is shown of them.

    Examples
    --------
    >>> import scrapflow as sf
    >>> flows = sf.run(sf.read_world("toy")).flows
    >>> flows_shown(flows, Shown(filters={"material": ["scrap"]}, selection=("far",))).kinds
    ['shipped']
    """
    if shown.periods:
        flows = flows.during(shown.periods[0], shown.periods[-1])
    for name in SETS:
        if shown.filters.get(name):
            flows = _filtered(flows, name, [str(v) for v in shown.filters[name]])
    if shown.filters.get("top"):
        flows = _largest(flows, int(shown.filters["top"]))
    if not shown.selection:
        return flows
    chosen = _chosen(flows, shown.selection, link=shown.link)
    if shown.filters.get("kind") or len(chosen.kinds) < 2:
        return chosen
    for kinds in (moved_by("train"), traced_as("bring")):
        if present := [k for k in chosen.kinds if k in kinds]:
            return chosen.kind(*present)
    return chosen


def _filtered(flows: Flows, name: str, values: Sequence[str]) -> Flows:
    said = f"{name} {', '.join(values)}"
    if name in _OF_MOVEMENT:
        return flows.narrowed(among(f"m.{name}", sorted(values)), said)
    if name in _OF_ORIGIN:
        sql, parameters = among(f"coalesce(o.{name}, '')", sorted(values))
        return flows.narrowed((sql, parameters), said, "o")
    # a mill concerns only what goes to mills
    other, there = among("m.kind", sorted(kinds_to("mill"))), among("m.destination", sorted(values))
    return flows.narrowed((f"(NOT ({other[0]}) OR {there[0]})", (*other[1], *there[1])), said)


def _largest(flows: Flows, n: int) -> Flows:
    pairs = flows.by("kind", "origin", "destination")
    pairs = pairs.sort_values(
        ["tonnage_t", "kind", "origin", "destination"], ascending=[False, True, True, True], kind="stable"
    ).head(n)
    keys = [f"{k}|{o}|{d}" for k, o, d in zip(pairs["kind"], pairs["origin"], pairs["destination"], strict=True)]
    return flows.narrowed(among("m.kind || '|' || m.origin || '|' || m.destination", keys), f"the {n} largest pairs")


def _chosen(flows: Flows, ids: Sequence[str], *, link: bool) -> Flows:
    if link:
        return flows.narrowed(on_path(list(ids)), f"through {', '.join(ids)}", "paths")
    nodes, links = flows.context.run.nodes, flows.context.run.links
    stations = nodes.loc[nodes["node_id"].isin(ids) & nodes["kind"].eq("station"), "node_id"]
    meeting = links.loc[links["from_node_id"].isin(stations) | links["to_node_id"].isin(stations), "link_id"]
    ends = [among(f"m.{end}", sorted(ids)) for end in ("origin", "destination")]
    passing = [on_path(meeting.tolist())] if len(meeting) else []
    parts = [*ends, *passing]
    said = f"at {', '.join(ids[:3])}{f' and {len(ids) - 3} more' if len(ids) > 3 else ''}"
    tables = ("paths",) if passing else ()
    return flows.narrowed(
        (f"({' OR '.join(p[0] for p in parts)})", tuple(v for p in parts for v in p[1])), said, *tables
    )
