"""Cheapest paths by generalised cost: by way of places, on a line, around what is to be avoided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.errors import AmbiguousNameError, NoPathError, UnknownNameError, did_you_mean, near

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.network.passage import Passage, Ways

PLACE_ORDER = ("station", "mill", "yard", "community", "enterprise", "junction")
"""What a name shared by several kinds of place means in ``path`` and ``through``."""


@dataclass(frozen=True)
class Path:
    """An ordered way through the network.

    Attributes
    ----------
    nodes, links
        Identifiers in order; there is one node more than links.
    length_km
        Length in km.
    cost
        Generalised cost in kilometre-equivalents per tonne.

    Examples
    --------
    >>> import scrapflow as sf
    >>> way = sf.build_network(sf.read_world("toy")).path("Vale", "Far Mill")
    >>> way.links, way.length_km
    (['rail_far'], 110.0)
    """

    nodes: list[str]
    links: list[str]
    length_km: float
    cost: float

    def __repr__(self) -> str:
        ends = f"{self.nodes[0]} → {self.nodes[-1]}"
        return f"<Path {ends}: {len(self.links)} links, {self.length_km:.1f} km, cost {self.cost:.1f}>"


class PathFinder:
    """Finds paths in one network; what a line means is worked out once.

    Parameters
    ----------
    passage
        The arcs, ready for searches.
    arcs, lines
        Tables of the network and the world.
    resolve
        Tells which node a name means.
    """

    def __init__(
        self, passage: Passage, arcs: pd.DataFrame, lines: pd.DataFrame, resolve: Callable[[str, Sequence[str]], str]
    ) -> None:
        self.passage, self.arcs, self.lines, self.resolve = passage, arcs, lines, resolve
        self._on_line: dict[str, NDArray[np.bool_]] = {}

    def find(
        self, origin: str, destination: str, *, via: Sequence[str] | str, line: str | None, avoid: Sequence[str] | str
    ) -> Path:
        """Find the cheapest path; see :meth:`scrapflow.network.Network.path`."""
        via, avoid = ((v,) if isinstance(v, str) else tuple(v) for v in (via, avoid))
        kept = None if line is None else self.on_line(line)
        stops = [self._stop(name, kept) for name in (origin, *via, destination)]
        if avoid:
            blocked = np.logical_or.reduce([self._named(name) for name in avoid])
            kept = ~blocked if kept is None else kept & ~blocked
        key = None if avoid else ("" if line is None else f"line {line}")
        ways = self.passage.ways(kept, key)
        at = self.passage.index.get_indexer(stops).tolist()
        nodes = [stops[0]]
        used: list[NDArray[np.int64]] = []
        for a, b in zip(at, at[1:], strict=False):  # noqa: RUF007
            rows = self._leg(ways, a, b)
            if rows is None:
                by = f" on line {line!r}" if line is not None else ""
                by += f" without {', '.join(avoid)}" if avoid else ""
                ends = f"{self.passage.ids[a]!r} to {self.passage.ids[b]!r}"
                msg = f"no path from {ends}{by}: the network does not connect them"
                raise NoPathError(msg)
            used.append(rows)
            nodes.extend(self.passage.ids[self.passage.head[self.passage.arcs_of(rows)]])
        steps, p = np.concatenate(used), self.passage
        arcs = p.arcs_of(steps)
        return Path(nodes, p.link[arcs].tolist(), float(p.km[arcs].sum()), float(p.step_cost[steps].sum()))

    def on_line(self, line: str) -> NDArray[np.bool_]:
        """Tell the arcs that a line uses: its own, and the track it shares with others."""
        if line not in self._on_line:
            line_id = self._line_id(line)
            shared = {ids for ids in self.arcs["also_line_ids"].unique() if line_id in ids.split("|")}
            own = self.arcs["line_id"].eq(line_id) | self.arcs["also_line_ids"].isin(shared)
            self._on_line[line] = own.to_numpy(dtype=bool)
        return self._on_line[line]

    def _leg(self, ways: Ways, a: int, b: int) -> NDArray[np.int64] | None:
        """Return the steps of the cheapest path from a to b, or None."""
        from scipy.sparse.csgraph import dijkstra

        if a == b:
            return np.empty(0, dtype=np.int64)
        start = int(self.passage.start[a])
        cost, before = dijkstra(ways.graph, indices=start, return_predecessors=True)
        if not np.isfinite(cost[b]):
            return None
        nodes = [b]
        while nodes[-1] != start:
            nodes.append(int(before[nodes[-1]]))
        way = np.array(nodes[::-1], dtype=np.int64)
        return ways.steps.of(way[:-1], way[1:])

    def _named(self, name: str) -> NDArray[np.bool_]:
        """Tell the arcs that a name to be avoided means: a link, else those at a place, else those of a line."""
        link: NDArray[np.bool_] = self.passage.link == name
        if link.any():
            return link
        try:
            node = self.passage.index.get_loc(self.resolve(name, PLACE_ORDER))
        except AmbiguousNameError:
            raise
        except UnknownNameError as no_place:
            try:
                return self.on_line(name)
            except UnknownNameError as no_line:
                known = [*no_place.candidates, *no_line.candidates, *self.passage.link.tolist()]
                hint = did_you_mean(name, known, str(no_line).partition("; ")[2], n=3)
                msg = f"no place, line or link {name!r}; {hint}"
                raise UnknownNameError(msg, near(name, known)) from None
        touched: NDArray[np.bool_] = (self.passage.tail == node) | (self.passage.head == node)
        return touched

    def _stop(self, name: str, kept: NDArray[np.bool_] | None) -> str:
        """Resolve a name; of several places of that name the line, if one is given, tells which is meant."""
        try:
            return self.resolve(name, PLACE_ORDER)
        except AmbiguousNameError as error:
            p = self.passage
            on_line = [
                c for c in error.candidates if kept is not None and (p.tail[kept] == p.index.get_indexer([c])[0]).any()
            ]
            if len(on_line) == 1:
                return on_line[0]
            raise

    def _line_id(self, line: str) -> str:
        known = self.arcs["line_id"]
        if (known == line).any():
            return line
        from scrapflow.world.folding import fold

        lines = self.lines
        for row in lines[["line_id", "name", "name_local", "aliases"]].fillna("").itertuples(index=False):
            spellings = [row.name, row.name_local, *str(row.aliases).split("|")]
            if fold(line) in {fold(s) for s in spellings if s}:  # type: ignore[arg-type]
                return str(row.line_id)
        names = sorted((set(known) | set(lines["name"].dropna())) - {""})
        hint = did_you_mean(line, names, "lines are named by line_id or by name, as in world.lines", n=3)
        msg = f"no line {line!r}; {hint}"
        raise UnknownNameError(msg, near(line, names) or names)
