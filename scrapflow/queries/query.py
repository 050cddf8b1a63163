"""What measures and displays need of a query, so that neither has to know how one is narrowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from scrapflow.queries.clauses import Clause
    from scrapflow.queries.query_context import QueryContext


class Query(Protocol):
    """A query over movements as :class:`scrapflow.queries.flows.Flows` is one."""

    @property
    def context(self) -> QueryContext:
        """The run, its engine and its words."""

    @property
    def apart(self) -> bool:
        """Whether kinds are kept apart."""

    @property
    def words(self) -> str:
        """The query in words."""

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The conditions."""

    @property
    def allowed(self) -> tuple[str, ...]:
        """Kinds of movement that can meet them."""

    @property
    def kinds(self) -> list[str]:
        """Kinds of movement that do."""

    @property
    def total_t(self) -> float:
        """Tonnes, all of one kind."""

    def condition(self) -> tuple[str, list[Any], set[str]]:
        """Return the WHERE text, its parameters and the tables it joins."""

    def by(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Add the tonnes up by columns."""

    def top(self, n: int = 10, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Return the largest rows."""

    def summary(self) -> pd.DataFrame:
        """Return one row a kind."""

    def paths(self) -> pd.DataFrame:
        """Return the paths with what they carried."""
