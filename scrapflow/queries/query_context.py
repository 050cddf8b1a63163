"""What all queries of one run share: the run, its engine and its words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scrapflow.ledger.engine import Engine
from scrapflow.queries.groupers import Columns

if TYPE_CHECKING:
    from scrapflow.ledger.tables import RunTables


@dataclass(frozen=True, eq=False)
class QueryContext:
    """What all queries of one run share: the run, the engine and the words, found once."""

    run: RunTables

    @cached_property
    def engine(self) -> Engine:
        """The engine over the tables of the run."""
        return Engine(self.run.tables)

    @cached_property
    def columns(self) -> Columns:
        """The words the run understands."""
        return Columns(self.run.nodes, self.run.links)

    @cached_property
    def region_children(self) -> dict[str, list[str]]:
        """Regions directly within each region."""
        children: dict[str, list[str]] = {}
        regions = self.run.regions
        for child, parent in zip(regions["region_id"], regions["parent_id"].fillna(""), strict=True):
            children.setdefault(parent, []).append(child)
        return children

    def region_nodes(self, region_id: str) -> list[str]:
        """Return the nodes in a region and in the regions within it, sorted."""
        inside, todo = set(), [region_id]
        while todo:
            inside.add(todo.pop())
            todo += [c for i in tuple(inside) for c in self.region_children.get(i, ()) if c not in inside]
        nodes = self.run.nodes
        return sorted(nodes.loc[nodes["region_id"].isin(inside), "node_id"])
