"""Two selections side by side: two mills, regions, months, years, or a run beside the members of an ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.queries import show
from scrapflow.queries.wording import change_words, flat
from scrapflow.units import ranged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapflow.queries.query import Query
    from scrapflow.queries.selectors import Selection

_ENDS = ("low", "median", "high")
_SIDES = ("a", "b", "delta")
_ROUNDING = 1e-9
"""Two amounts that differ by so little of the larger are one amount, added up in two ways."""


@runtime_checkable
class OfMembers(Protocol):
    """A selection over the members of an ensemble, whose ends are ranges."""

    count: int

    def members(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Return the tonnes of each member by columns."""

    def over_members(self, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        """Return the ranges of members by keys."""


@dataclass(frozen=True, repr=False, eq=False)
class FlowsComparison:
    """What differs between two selections of movements: b minus a. Made by :func:`scrapflow.compare`.

    Attributes
    ----------
    a, b
        The selections: of one run, of two, or of the members of an ensemble (then each end is a range, and members are
        compared one by one).

    Examples
    --------
    >>> import scrapflow as sf
    >>> flows = sf.run(sf.read_world("toy")).flows
    >>> mills = sf.compare(flows.to("Near Mill"), flows.to("Far Mill"))
    >>> mills.totals[["kind", "tonnage_t_a", "tonnage_t_b", "tonnage_t_delta"]].round(1).values.tolist()
    [['shipped', 30.0, 23.5, -6.5]]
    """

    a: Selection
    b: Selection

    def __post_init__(self) -> None:
        sides = [s for s in (self.a, self.b) if isinstance(s, OfMembers)]
        if len({s.count for s in sides}) > 1 or len({id(cast("Selection", s).context) for s in sides}) > 1:
            fault = "members are compared one by one: both selections must be of one ensemble, or one of them of a run"
            raise InputError([problem("compare", "", "members", fault)], what="the comparison")

    @property
    def totals(self) -> pd.DataFrame:
        """``kind`` and tonnes of both sides, as :meth:`by` gives them."""
        return self.by("kind")

    def by(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Set the tonnes of both selections side by side, by any words of :meth:`scrapflow.Flows.by`.

        Returns
        -------
        DataFrame
            ``kind``, the columns, then ``tonnage_t_a, tonnage_t_b, tonnage_t_delta`` (b minus a, t; 0 for what is rounding); with members
            ``low_a, median_a, high_a, low_b, … high_delta`` (10 % quantile, median, 90 %). What one side does not have is 0
            there. Largest change first.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows.kind("shipped")
        >>> months = sf.compare(flows.during("January"), flows.during("February")).by("destination_name")
        >>> months.destination_name.tolist()
        ['Far Mill', 'Near Mill']
        """
        words = [w for w in flat(columns) if w != "kind"]
        keys = ["kind", *words]
        if isinstance(self.a, OfMembers) or isinstance(self.b, OfMembers):
            return self._ranges(keys)
        sides = [cast("Query", s).by(*keys).set_index(keys)["tonnage_t"] for s in (self.a, self.b)]
        rows = _joined(sides)
        change = np.argsort(-rows["tonnage_t_delta"].abs().to_numpy(), kind="stable")
        return rows.reset_index().iloc[change].reset_index(drop=True)

    def summary(self) -> str:
        """Return the comparison in words, one line a kind."""
        head = f"{self._name(self.b)} against {self._name(self.a)}:"
        lines = []
        for row in self.totals.to_dict("records"):
            if "median_delta" in row:
                a, b, delta = (ranged(row[f"median_{s}"], row[f"low_{s}"], row[f"high_{s}"]) for s in _SIDES)
                lines.append(f"  {row['kind']}: {a} t → {b} t; the difference is {delta} t.")
            else:
                lines.append(f"  {change_words(str(row['kind']), row['tonnage_t_a'], row['tonnage_t_b'])}")
        return "\n".join([head, *(lines or ["  nothing moved in either."])])

    def _name(self, selection: Selection) -> str:
        query = cast("Query", selection)
        return f"{query.context.run.name} {query.words}"

    def _ranges(self, keys: list[str]) -> pd.DataFrame:
        ranged_side = cast("OfMembers", self.a if isinstance(self.a, OfMembers) else self.b)
        sides = []
        for selection in (self.a, self.b):
            if isinstance(selection, OfMembers):
                rows = selection.members(*keys)
            else:
                members = pd.DataFrame({"member": np.arange(ranged_side.count)})
                rows = cast("Query", selection).by(*keys).merge(members, how="cross")
            sides.append(rows.set_index([*keys, "member"])["tonnage_t"])
        rows = _joined(sides)
        parts = []
        for side in _SIDES:
            tonnes = rows[f"tonnage_t_{side}"].rename("tonnage_t").reset_index()
            ends = ranged_side.over_members(tonnes, keys).set_index(keys)[list(_ENDS)]
            parts.append(ends.add_suffix(f"_{side}"))
        out = pd.concat(parts, axis=1)
        change = np.argsort(-out["median_delta"].abs().to_numpy(), kind="stable")
        return out.reset_index().iloc[change].reset_index(drop=True)

    def __repr__(self) -> str:
        return f"<Comparison of two selections>\n{self.summary()}"

    def _repr_html_(self) -> str:
        return show.lines_html(self.summary(), self.totals)


def _joined(sides: Sequence[pd.Series[float]]) -> pd.DataFrame:
    """Return both sides and their difference on all keys of either, 0 for what one of them does not have."""
    index = sides[0].index.union(sides[1].index)
    a, b = (s.reindex(index, fill_value=0.0).to_numpy(dtype=np.float64) for s in sides)
    delta = np.where(np.abs(b - a) > _ROUNDING * np.maximum(a, b), b - a, 0.0)
    return pd.DataFrame({"tonnage_t_a": a, "tonnage_t_b": b, "tonnage_t_delta": delta}, index=index)
