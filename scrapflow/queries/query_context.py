"""What all queries of one run share: the run, its engine and its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scrapflow.ledger.engine import Engine
from scrapflow.queries.clauses import GRADES
from scrapflow.queries.groupers import Columns
from scrapflow.queries.stores import grade_mix

if TYPE_CHECKING:
    import pandas as pd

    from scrapflow.ledger.tables import RunTables


class _WithGrades(Mapping[str, "pd.DataFrame"]):
    """The tables of a run and the grades of what left its yards, made when first asked for."""

    def __init__(self, run: RunTables, mix: Callable[[RunTables], pd.DataFrame]) -> None:
        self._run, self._mix = run, mix
        for ability in ("files", "require_same"):
            if hasattr(run.tables, ability):
                setattr(self, ability, getattr(run.tables, ability))

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name != GRADES:
            return self._run.tables[name]
        if GRADES not in self._run.memo:
            self._run.memo[GRADES] = self._mix(self._run)
        mix: pd.DataFrame = self._run.memo[GRADES]
        return mix

    def __iter__(self) -> Iterator[str]:
        return iter([*self._run.tables, GRADES])

    def __len__(self) -> int:
        return len(self._run.tables) + 1


@dataclass(frozen=True, eq=False)
class QueryContext:
    """What all queries of one run share: the run, the engine and the words, found once.

    ``mix`` says the grades of what left the yards, as :func:`~scrapflow.queries.stores.grade_mix` does.
    """

    run: RunTables
    mix: Callable[[RunTables], pd.DataFrame] = grade_mix

    @cached_property
    def engine(self) -> Engine:
        """The engine over the tables of the run, and :func:`~scrapflow.queries.stores.grade_mix` beside them."""
        return Engine(_WithGrades(self.run, self.mix))

    @property
    def grades(self) -> pd.DataFrame:
        """The grades of what left the yards; see :func:`~scrapflow.queries.stores.grade_mix`."""
        return _WithGrades(self.run, self.mix)[GRADES]

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
