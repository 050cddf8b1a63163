"""Two runs side by side: every table's difference, largest first, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.given import called
from scrapflow.ledger.tables import RunTables
from scrapflow.queries import show
from scrapflow.queries.burden import burden
from scrapflow.queries.compare_flows import FlowsComparison
from scrapflow.queries.selectors import Selection
from scrapflow.queries.wording import change_words, signed
from scrapflow.vocabulary.totals import totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_KEYS = {
    "movements": ["period", "kind", "material", "via", "origin", "destination"],
    "accounts": ["period", "node_id"],
    "stocks": ["period", "node_id", "material", "via"],
    "link_loads": ["period", "link_id"],
}
_RANK = {"movements": "tonnage_t", "stocks": "closing_t", "link_loads": "tonnage_t"}
_NAMED = {name: total.changed for name, total in totals().items() if total.changed}
_SHOWN = 3
_NOISE = 1e-6


@dataclass(frozen=True, repr=False, eq=False)
class Comparison:
    """What differs between two runs: b minus a.

    Attributes
    ----------
    a, b
        The runs.
    name_a, name_b
        Their names.
    movements, accounts, stocks, link_loads
        The keys of the table and, for each amount, ``*_a, *_b, *_delta``; a row that one run does not have counts as 0
        there. Largest change first (accounts: by their largest change in t), ties by key. Movements are added up over
        paths, because a path's name belongs to its run.
    totals
        ``total, tonnage_t_a, tonnage_t_b, tonnage_t_delta`` in the order of ``run.totals()``.
    align
        ``label`` or ``order``; see :func:`compare`.
    shared_periods
        Number of periods that both runs have.
    noise_t
        Differences up to this many tonnes are rounding and are 0: a millionth of the largest movement of either run.

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> more = sf.read_campaign(world, "2015").update({"inspection.teams": 3})
    >>> compare(sf.run(world), sf.run(world, more)).totals.set_index("total").loc["returned_t"].round(2).to_dict()
    {'tonnage_t_a': 3.38, 'tonnage_t_b': 0.81, 'tonnage_t_delta': -2.56}
    """

    a: RunTables
    b: RunTables
    name_a: str
    name_b: str
    movements: pd.DataFrame
    accounts: pd.DataFrame
    stocks: pd.DataFrame
    link_loads: pd.DataFrame
    totals: pd.DataFrame
    align: str
    shared_periods: int
    noise_t: float

    @property
    def burden(self) -> pd.DataFrame:
        """Who bears it: ``region, actor``, then ``*_a, *_b, *_delta`` of all amounts of :func:`~scrapflow.burden`.

        Amounts are kg a head and period, beside the Gini coefficient; largest change of the quota first.

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy")
        >>> c = sf.compare(sf.run(world, "2012"), sf.run(world, "2015"), align="order")
        >>> c.burden[["actor", "quota_kg_a", "quota_kg_b"]].values.tolist()
        [['enterprise', 0.0, 20.0], ['community', 5.0, 4.0]]
        """
        keys = ["region", "actor"]
        a, b = (burden(run, by=keys).set_index(keys) for run in (self.a, self.b))
        index = a.index.union(b.index)
        a, b = a.reindex(index).fillna(0.0), b.reindex(index).fillna(0.0)
        columns = {c: {"a": a[c], "b": b[c], "delta": b[c] - a[c]} for c in a.columns}
        out = pd.DataFrame({f"{c}_{side}": values for c, parts in columns.items() for side, values in parts.items()})
        change = out["quota_kg_delta"].abs()
        return out.iloc[np.argsort(-change.to_numpy(), kind="stable")].reset_index()

    def summary(self) -> str:
        """Return the comparison in words, one sentence a line.

        Examples
        --------
        >>> import scrapflow as sf
        >>> run = sf.run(sf.read_world("toy"))
        >>> print(sf.compare(run, run).summary())
        toy-2015 and toy-2015 do not differ.
        """
        changed = self.totals[self.totals["tonnage_t_delta"] != 0].set_index("total")
        amounts = changed[["tonnage_t_a", "tonnage_t_b"]].to_dict("index")
        lines = [
            change_words(_NAMED[t], amounts[t]["tonnage_t_a"], amounts[t]["tonnage_t_b"])
            for t in _NAMED
            if t in amounts
        ]
        when = "period " if self.align == "order" else ""
        for table, what in (("movements", "movement"), ("link_loads", "link")):
            frame = getattr(self, table)
            top = frame[frame["tonnage_t_delta"] != 0].head(_SHOWN)
            if len(top):
                lines.append(
                    f"Largest changes by {what}: {'; '.join(_row_words(r, table, when) for r in _records(top))}."
                )
        if not lines:
            return f"{self.name_a} and {self.name_b} do not differ."
        if changed.empty:
            lines.insert(0, "No total changed.")
        head = f"{self.name_b} against {self.name_a}, which share {self.shared_periods} periods:"
        if not self.shared_periods:
            lines.append(
                "No period is in both: align='order' (--align order) sets the first of one beside the first of the other."
            )
        return "\n".join([head, *lines])

    def __repr__(self) -> str:
        return f"<Comparison of {self.name_a} and {self.name_b}>\n{self.summary()}"

    def _repr_html_(self) -> str:
        return show.lines_html(self.summary(), self.totals)


@overload
def compare(a: RunTables, b: RunTables, *, align: Literal["label", "order"] = ...) -> Comparison: ...
@overload
def compare(a: Selection, b: Selection, *, align: Literal["label", "order"] = ...) -> FlowsComparison: ...
@called
def compare(a: Any, b: Any, *, align: Literal["label", "order"] = "label") -> Comparison | FlowsComparison:
    """Set two runs side by side, or two selections of movements: mills, regions, months, years.

    Parameters
    ----------
    a, b
        Two runs, or two selections (``run.flows.to("Kangson")``; also ``ens.flows``, whose comparison has ranges);
        differences are b minus a.
    align
        Which periods belong together: those of one ``label``, or by ``order`` the first with the first, the second
        with the second … (named ``1, 2, …``), for campaigns of different years.

    Returns
    -------
    Comparison or FlowsComparison

    Raises
    ------
    InputError
        If one side is neither, or the sides are not of one sort.

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> c = sf.compare(sf.run(world, "2012"), sf.run(world, "2015"), align="order")
    >>> list(c.movements.columns[-3:])
    ['tonnage_t_a', 'tonnage_t_b', 'tonnage_t_delta']
    >>> flows = c.b.flows.kind("shipped")
    >>> print(sf.compare(flows.during("January"), flows.during("February")).summary().splitlines()[1])
      Shipped: 30 t → 24 t (-6.5 t, -22%).
    """
    if isinstance(a, Selection) and isinstance(b, Selection):
        return FlowsComparison(a, b)
    if not (isinstance(a, RunTables) and isinstance(b, RunTables)):
        raise InputError(
            [
                problem("compare", "", side, _no_side(x, other))
                for side, x, other in (("a", a, b), ("b", b, a))
                if not _fits(x, other)
            ],
            what="the comparison",
        )
    if str(align) not in ("label", "order"):
        fault = f"{align!r} is no way to match periods: 'label' or 'order'"
        raise InputError([problem("compare", "", "align", fault)], what="the comparison")
    width = len(str(max(len(a.periods), len(b.periods))))
    labels = [_labels(run, align, width) for run in (a, b)]
    noise = _NOISE * max((float(m.max()) for m in (r.movements["tonnage_t"] for r in (a, b)) if len(m)), default=0.0)
    tables = {name: _difference(name, a, b, labels, noise) for name in _KEYS}
    totals = pd.DataFrame({"tonnage_t_a": a.totals(), "tonnage_t_b": b.totals()})
    delta = totals["tonnage_t_b"] - totals["tonnage_t_a"]
    totals["tonnage_t_delta"] = delta.where(delta.abs() > noise, 0.0)
    return Comparison(
        a=a,
        b=b,
        name_a=a.name,
        name_b=b.name,
        **tables,
        totals=totals.rename_axis("total").reset_index(),
        align=align,
        shared_periods=len(set(labels[0].values()) & set(labels[1].values())),
        noise_t=noise,
    )


def _fits(given: object, other: object) -> bool:
    """Tell whether one side can be compared, if the other is to be another one of its sort."""
    return isinstance(given, RunTables) or (isinstance(given, Selection) and not isinstance(other, RunTables))


def _no_side(given: object, other: object) -> str:
    """Say what was given and what can be compared."""
    if isinstance(given, Selection) and isinstance(other, RunTables):
        return "this is a selection and the other side a run: two runs can be compared, or two selections of flows, such as .flows of that run"
    more = "; an ensemble's range around a run is ens.beside(run)" if hasattr(given, "beside") else ""
    return f"this is a {type(given).__name__}: two runs can be compared, or two selections of flows{more}"


def _labels(run: RunTables, align: str, width: int) -> dict[str, str]:
    """Return the name under which each period is compared."""
    periods = run.periods["period"].tolist()
    return {p: p if align == "label" else str(i).zfill(width) for i, p in enumerate(periods, 1)}


def _difference(
    name: str, a: RunTables, b: RunTables, labels: Sequence[dict[str, str]], noise_t: float
) -> pd.DataFrame:
    keys = _KEYS[name]
    sides = []
    for run, label in zip((a, b), labels, strict=True):
        frame = pd.DataFrame(run.tables[name])
        amounts = [c for c in frame.columns if c not in keys and pd.api.types.is_numeric_dtype(frame[c].dtype)]
        frame = frame[[*keys, *amounts]].assign(period=frame["period"].map(label))
        if name == "movements":
            frame = pd.DataFrame(frame.groupby(keys, as_index=False, sort=False)["tonnage_t"].sum())
        sides.append(frame.set_index(keys).astype(np.float64))
    columns = list(dict.fromkeys(c for side in sides for c in side.columns))
    index = sides[0].index.union(sides[1].index)
    left, right = (side.reindex(columns=columns).fillna(0.0).reindex(index, fill_value=0.0) for side in sides)
    out = pd.DataFrame(index=index)
    for column in columns:
        x, y = left[column].to_numpy(), right[column].to_numpy()
        out[f"{column}_a"], out[f"{column}_b"] = x, y
        # Two unlimited capacities do not differ, though infinity minus infinity is not a number.
        differ = x != y
        if column.endswith("_t"):
            differ &= ~(np.abs(np.subtract(y, x, out=np.zeros_like(x), where=differ)) <= noise_t)
        out[f"{column}_delta"] = np.subtract(y, x, out=np.zeros_like(x), where=differ)
    return _ranked(out.reset_index(), name, keys)


def _ranked(frame: pd.DataFrame, name: str, keys: list[str]) -> pd.DataFrame:
    by = [f"{_RANK[name]}_delta"] if name in _RANK else [c for c in frame.columns if c.endswith("_t_delta")]
    size: NDArray[np.float64] = frame[by].abs().max(axis=1).to_numpy(dtype=np.float64)
    return frame.iloc[np.argsort(-size, kind="stable")].reset_index(drop=True) if len(keys) and len(frame) else frame


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): v for k, v in r.items()} for r in frame.to_dict("records")]


def _row_words(row: dict[str, object], table: str, when: str) -> str:
    change = f"{signed(float(str(row['tonnage_t_delta'])))} t in {when}{row['period']}"
    if table == "link_loads":
        return f"{row['link_id']} {change}"
    return f"{row['material']} {row['kind']} {row['origin']} → {row['destination']} {change}"
