"""What measures and displays need of a query, so that neither has to know how one is narrowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

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

    def by(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Add the tonnes up by columns."""

    def top(self, n: int = 10, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Return the largest rows."""

    def summary(self) -> pd.DataFrame:
        """Return one row a kind."""

    def paths(self) -> pd.DataFrame:
        """Return the paths with what they carried."""
