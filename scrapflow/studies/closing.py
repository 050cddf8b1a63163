"""What is closed when one names it: a link, a line, a station, the stretch between two places; always or for some periods."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.network.paths import PLACE_ORDER
from scrapflow.network.tracks import end_at, place_of
from scrapflow.queries.clauses import lines_called

if TYPE_CHECKING:
    import pandas as pd

    from scrapflow.runs import Run

_PAIR = re.compile(r"\s*[–—]\s*|\s+-\s+|\s+to\s+")
"""What stands between the two ends of a stretch that is written as one text."""
_MOST = 3
"""Closures told one by one in the name of a case."""


class Closure(NamedTuple):
    """What is closed, as it was named, and in which periods; None: in all of them."""

    item: Any
    when: tuple[str, ...] | None = None

    @property
    def word(self) -> str:
        """What is closed, as people read it."""
        return " – ".join(map(str, self.item)) if isinstance(self.item, tuple) else str(self.item)

    @property
    def words(self) -> str:
        """The closure as people read it."""
        if not self.when:
            return f"{self.word} closed"
        return f"{self.word} closed in {' … '.join(dict.fromkeys((self.when[0], self.when[-1])))}"


def closures_of(run: Run, close: object) -> list[Closure]:
    """Return what is to be closed, be it one or several, each once.

    Raises
    ------
    UnknownNameError
        If the run has no such period.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> [c.words for c in closures_of(run, {("Vale", "Far Mill"): "February"})]
    ['Vale – Far Mill closed in 2015-02']
    """
    if isinstance(close, Mapping):
        return [
            Closure(_named(item), None if when is None else tuple(run.flows.find_periods(when)))
            for item, when in close.items()
        ]
    if _is_pair(run, close):
        return [Closure(tuple(close))]  # type: ignore[arg-type]
    some: Any = () if close is None else (close,) if isinstance(close, str) or not np.iterable(close) else close
    return [Closure(item) for item in dict.fromkeys(_named(i) for i in some)]


def words_of(closures: list[Closure]) -> str:
    """Return closures in words; many are counted, so that a name stays one."""
    if not closures:
        return ""
    if len(closures) > _MOST:
        return f"{len(closures)} closures"
    return ", ".join(c.words for c in closures)


def arcs_closed(run: Run, arcs: pd.DataFrame, item: object) -> pd.Series[bool]:
    """Tell the arcs that are closed with what is named.

    Parameters
    ----------
    run
        A run.
    arcs
        Its arcs, as ``run.tables["arcs"]``.
    item
        A ``link_id``; a line by its identifier or name (the track it shares is closed too); a place, with every link that
        trains use there; two places, as a pair or as ``"Kowon – Tanchon"``: the links of the cheapest way between them.

    Returns
    -------
    Series
        A row an arc, both directions; all False where nothing has the name.
    """
    if isinstance(item, tuple):
        return _between(run, arcs, item)
    here = arcs["link_id"].eq(str(item))
    here = here if here.any() else _on_line(run, arcs, str(item))
    if here.any() or (run.links["link_id"] == str(item)).any():
        return here
    ends = _PAIR.split(str(item))
    if len(ends) == 2 and all(_node(run, name) for name in ends):
        return _between(run, arcs, tuple(ends))
    node = _node(run, str(item))
    return arcs["from_node_id"].eq(node) | arcs["to_node_id"].eq(node) if node else here


def nothing_closed(run: Run, item: object) -> str:
    """Say why nothing can be closed or narrowed by this name, and what could be meant."""
    if isinstance(item, tuple):
        if len(item) != 2:
            return "a stretch has two ends: ('Kowon', 'Tanchon')"
        lost = [f"{name!r}" for name in item if not _node(run, str(name))]
        return f"no place is called {' or '.join(lost)}" if lost else "no rails join them"
    links = run.links
    if (links["link_id"] == str(item)).any():
        return "no train runs on this link: it is road access"
    node = _node(run, str(item))
    if node:
        at = links.loc[(links["from_node_id"].eq(node) | links["to_node_id"].eq(node)) & links["mode"].ne("road")]
        return f"this is a place, no link; its links are {', '.join(at['link_id']) or 'roads only'}"
    known = [*links["link_id"], *links["line_id"].unique(), *run.nodes.loc[run.nodes["kind"] == "station", "name"]]
    return f"no such link; {did_you_mean(str(item), known, 'run.links lists them', n=3)}"


def _named(item: Any) -> Any:
    """Return what one closure names: a text, or the pair of them that are the ends of a stretch."""
    if isinstance(item, list | tuple) and all(isinstance(end, str) for end in item):
        return tuple(item)
    if isinstance(item, str | Integral):
        return str(item)
    fault = f"{item!r:.80} names nothing to close: the name of a link, a line or a place is wanted, or a pair of places"
    raise InputError([problem("close", "", "", fault)], what="the call")


def _is_pair(run: Run, close: object) -> bool:
    """Tell whether two words are the ends of a stretch, and not two things to close."""
    if not isinstance(close, tuple) or len(close) != 2 or not all(isinstance(name, str) for name in close):
        return False
    other = {*run.links["link_id"], *run.links["line_id"]}
    return all(name not in other and _node(run, name) for name in close)


def _node(run: Run, name: str) -> str:
    """Return the place that a name means to trains; empty if there is none."""
    match = run.names.find(name, PLACE_ORDER)
    return match.id if match else ""


def _between(run: Run, arcs: pd.DataFrame, ends: tuple[Any, ...]) -> pd.Series[bool]:
    """Tell the arcs of the cheapest way between two places, in either direction; a mill's siding is no way through."""
    import networkx as nx

    nodes = [_node(run, str(name)) for name in ends]
    if len(nodes) != 2 or not all(nodes):
        return arcs["link_id"].isna()
    mills = set(run.nodes.loc[run.nodes["kind"] == "mill", "node_id"]) - set(nodes)
    # Where operators are kept apart, what begins or ends at a place does so in nodes of its own, which nobody passes.
    apart = {place_of(node) for node in arcs["to_node_id"] if place_of(node) != node} - set(nodes)
    shut = mills | apart | {end_at(node, arcs) for node in apart}
    open_ = arcs[~arcs["from_node_id"].isin(shut) & ~arcs["to_node_id"].isin(shut)]
    # of parallel arcs the last one counts in a graph: the cheapest
    dearest_first = open_.sort_values(["cost_per_t", "arc_id"], ascending=False, kind="stable")
    graph = nx.from_pandas_edgelist(dearest_first, "from_node_id", "to_node_id", edge_attr=["cost_per_t", "link_id"])
    try:
        way = nx.shortest_path(graph, *nodes, weight="cost_per_t")
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return arcs["link_id"].isna()
    # A change of operators passes no link.
    return arcs["link_id"].isin({graph.edges[step]["link_id"] for step in itertools.pairwise(way)} - {""})


def _on_line(run: Run, arcs: pd.DataFrame, line: str) -> pd.Series[bool]:
    """Tell the arcs of a line, by its identifier or any spelling of its name."""
    ids = lines_called(run.links, line)
    return arcs["line_id"].isin(ids) | arcs["also_line_ids"].map(lambda also: not ids.isdisjoint(also.split("|")))
