"""Queries over the members of an ensemble: the verbs of a run's flows, ending in ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.given import checked
from scrapflow.queries.clauses import MEMBERS
from scrapflow.queries.flow_lines import flow_lines
from scrapflow.queries.groupers import MOVEMENT_COLUMNS, Grouper
from scrapflow.queries.grouping import asked, mixed, require_count, sums
from scrapflow.queries.selectors import Selection
from scrapflow.queries.wording import flat
from scrapflow.studies.quantiles import QUANTILES, RANGE, ranges_sql
from scrapflow.units import two_figures
from scrapflow.vocabulary import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

MEMBER = Grouper("member", "m", "member", text=False)
"""The member as a column to group by."""
_FIRST = 5


class Range(NamedTuple):
    """The 10 % quantile, the median and the 90 % quantile over the members, in t; also by name: ``total["low"]``."""

    low: float
    median: float
    high: float

    @overload  # type: ignore[override]
    def __getitem__(self, key: str) -> float: ...
    @overload
    def __getitem__(self, key: int) -> float: ...
    def __getitem__(self, key: str | int) -> float:
        """Return one of the three by name or position."""
        return float(getattr(self, key)) if isinstance(key, str) else float(tuple(self)[key])

    def __repr__(self) -> str:
        return f"{two_figures(self.median)} t ({two_figures(self.low)} to {two_figures(self.high)})"


@dataclass(frozen=True, repr=False)
class RangedFlows(Selection):
    """A query over the movements of every member; verbs are those of :class:`scrapflow.Flows`, ends give ranges.

    A member that has no such flow counts with 0 t. ``low`` and ``high`` are the 10 and 90 % quantiles of the members,
    around the median.

    Parameters
    ----------
    context
        The places, links and paths of all members, and the engine; queries start at ``ens.flows``.
    count
        Number of members.

    Examples
    --------
    >>> import scrapflow as sf
    >>> ens = sf.ensemble(sf.read_world("toy"), n=5, keep="flows", processes=1)
    >>> ens.flows.to("Near Mill").by("region").columns.tolist()
    ['region', 'low', 'median', 'high']
    """

    count: int = 0

    @property
    def kinds(self) -> list[str]:
        """The kinds of movement in the selection in any member, in the order a tonne may pass them."""
        present = set(self._summed([self.context.columns.find("kind")])["kind"])
        return [k for k in KINDS if k in present]

    @property
    def total_t(self) -> Range:
        """Tonnes of the selection, all of one kind: low, median and high over the members.

        Raises
        ------
        MixedKindsError
            If the selection holds several kinds, which it names.

        Examples
        --------
        >>> import scrapflow as sf
        >>> ens = sf.ensemble(sf.read_world("toy"), n=5, keep="flows", processes=1)
        >>> total = ens.flows.kind("shipped").total_t
        >>> total.low <= total.median <= total.high
        True
        """
        return Range(*self._quantiles(self.members()["tonnage_t"].to_numpy(dtype=np.float64)).tolist())

    def members(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Return the tonnes of each member, by columns if some are asked for; 0 where a member has no such flow.

        Parameters
        ----------
        columns
            Words as for :meth:`scrapflow.Flows.by`.

        Returns
        -------
        DataFrame
            ``member``, the columns and ``tonnage_t``, sorted by group and member: a row for each member and group.

        Examples
        --------
        >>> import scrapflow as sf
        >>> ens = sf.ensemble(sf.read_world("toy"), n=5, keep="flows", processes=1)
        >>> len(ens.flows.to("Far Mill").members("material")) % 5
        0
        """
        wanted = asked(self, flat(columns)) if columns or self.apart else []
        rows = self._summed([MEMBER, *wanted], what="members()")
        names = [c.name for c in wanted]
        groups = rows[names].drop_duplicates().sort_values(names) if names else pd.DataFrame(index=[0])
        every = groups.merge(pd.DataFrame({"member": np.arange(self.count)}), how="cross")
        full = every.merge(rows, how="left", on=["member", *names]).fillna({"tonnage_t": 0.0})
        return full[["member", *names, "tonnage_t"]]

    def by(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Add up the tonnes of each member by one or more columns, and return the range of every group.

        Parameters
        ----------
        columns
            Words as for :meth:`scrapflow.Flows.by`.

        Returns
        -------
        DataFrame
            The columns, ``low, median, high`` in t; largest median first, then largest high, ties by name.

        Raises
        ------
        UnknownNameError, MixedKindsError
            As for a run.

        Examples
        --------
        >>> import scrapflow as sf
        >>> ens = sf.ensemble(sf.read_world("toy"), n=5, keep="flows", processes=1)
        >>> ens.flows.diverted().by("origin").columns.tolist()
        ['origin', 'kind', 'low', 'median', 'high']
        """
        words = flat(columns)
        return self._ranged(asked(self, words), what=f"by({', '.join(words)})")

    def top(self, n: int = 10, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Return the n largest rows of :meth:`by`, or the n largest movements where no column is asked for."""
        require_count(n)
        return (self.by(*columns) if columns else self.to_frame()).head(n).reset_index(drop=True)

    def to_frame(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Return the movements of the selection with their ranges, largest first; with columns, the same as :meth:`by`."""
        return self.by(*(columns or [c for c in MOVEMENT_COLUMNS if c != "tonnage_t"]))

    @checked
    def pivot(self, index: str | Sequence[str], columns: str, *, end: str = "median") -> pd.DataFrame:
        """Return medians (or ``end="low"``, ``"high"``) by row and column words, 0 where there is nothing."""
        if end not in RANGE:
            raise InputError([problem("flows", "", "end", f"{end!r} is none of {', '.join(RANGE)}")], what="the query")
        tall = self.by(*flat([index]), columns)
        rows = [c for c in tall.columns if c not in (columns, *RANGE)]
        return tall.pivot_table(index=rows, columns=columns, values=end, aggfunc="sum", fill_value=0.0, observed=True)

    @checked
    def matrix(self, rows: str = "origin", columns: str = "destination", *, end: str = "median") -> pd.DataFrame:
        """Return the origin-destination matrix of medians (or lows, highs) in t."""
        return self.pivot(rows, columns, end=end)

    def summary(self) -> pd.DataFrame:
        """Return one row a kind: ``kind, low, median, high``, in t."""
        return self.by("kind")

    def paths(self) -> pd.DataFrame:
        """Return the paths of the selection: ``path_id, kind, origin, destination, low, median, high``."""
        return self.by("path_id", "kind", "origin", "destination")

    def loads(self) -> pd.DataFrame:
        """Return what the selection puts on each link: ``link_id, mode, low, median, high``, all kinds together."""
        every_kind = self.members("link_id", "kind").groupby(["link_id", "member"], as_index=False)["tonnage_t"].sum()
        every_kind = every_kind[every_kind["link_id"] != ""]
        mode = self.context.run.links.set_index("link_id")["mode"]
        ranged = self.over_members(every_kind, ["link_id"])
        ranged.insert(1, "mode", ranged["link_id"].map(mode))
        return ranged

    def to_geo(self, *columns: str) -> gpd.GeoDataFrame:
        """Return the flows with their ranges as lines along their paths; see :meth:`scrapflow.Flows.to_geo`."""
        frame = self.by(*dict.fromkeys(("kind", "origin", "destination", "path_id", *flat(columns))))
        return flow_lines(frame, self.context.engine, self.context.run)

    def condition(self) -> tuple[str, list[Any], set[str]]:
        """Return the WHERE text, its parameters and the tables it joins, with the mark of several runs."""
        where, parameters, tables = super().condition()
        return where, parameters, tables | {MEMBERS}

    @property
    def words(self) -> str:
        """The query in words."""
        return self._words

    def __repr__(self) -> str:
        rows = [
            f"  {r.kind}: {Range(r.low, r.median, r.high)!r}"  # type: ignore[arg-type]
            for r in self.summary().itertuples(index=False)
        ]
        return "\n".join([f"<Flows of {self.count} runs of {self.context.run.name}: {self.words}>", *rows])

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(repr(self))}</pre>"

    def _summed(self, columns: Sequence[Grouper], *, what: str = "") -> pd.DataFrame:
        """Add up by columns, the member among them if asked for."""
        added = sums(self, columns)
        order = ", ".join(f'"{c.name}"' for c in columns)
        rows = self.context.engine.frame(f"{added.sql} ORDER BY {order}", added.parameters, uses=added.uses)
        return self._one_kind(rows, what) if added.guarded and what else rows

    def _ranged(self, columns: Sequence[Grouper], *, what: str) -> pd.DataFrame:
        """Return the range of every group, largest first."""
        added = sums(self, [MEMBER, *columns])
        sql = ranges_sql(added.sql, [c.name for c in columns], self.count, kinds=added.guarded)
        rows = self.context.engine.frame(sql, added.parameters, uses=added.uses)
        return self._one_kind(rows, what) if added.guarded else rows

    def _one_kind(self, rows: pd.DataFrame, what: str) -> pd.DataFrame:
        """Refuse groups that would add up several kinds, be it in different members."""
        names = [c for c in rows.columns if c not in ("member", "tonnage_t", "k0", "k1", *RANGE)]
        first, last = (rows[k] if not names else rows.groupby(names)[k] for k in ("k0", "k1"))
        if len(rows) and np.any(np.asarray(first.min() != last.max())):
            raise mixed(self.kinds, what=what)
        return rows.drop(columns=["k0", "k1"])

    def _quantiles(self, tonnes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return low, median and high of one number a member, shape (3,)."""
        return np.quantile(tonnes, QUANTILES)

    def over_members(self, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        """Return the ranges of a full frame of members by keys, largest first."""
        ends = rows.groupby(keys)["tonnage_t"].quantile(list(QUANTILES)).unstack().set_axis(RANGE, axis=1)  # type: ignore[arg-type]
        order = ["median", "high", *keys]
        rising = [False, False, *([True] * len(keys))]
        return ends.reset_index().sort_values(order, ascending=rising, ignore_index=True)
