"""Reported flows and transfer coefficients as one system of equations: what enters a process leaves it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from scrapflow.errors import InputError, problem
from scrapflow.given import misspelt
from scrapflow.given_frames import numbers_of, shown
from scrapflow.world.other_names import called_otherwise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ENVIRONMENT = frozenset({"", "outside"})
"""What stands for the world outside the system, which needs no balance; in capitals too."""
_FLOW_COLUMNS = ("flow_id", "origin", "destination", "value", "sd")
_COEFFICIENT_COLUMNS = ("flow", "of", "value", "sd")
_OPTIONAL = {"flows": ("stock",), "coefficients": ("name",)}
_TOLERANCE = 1e-9
_MOST = 1e150
"""Errors above that have no square."""
_WORDS = {
    "true": True,
    "yes": True,
    "1": True,
    "1.0": True,
    "false": False,
    "no": False,
    "0": False,
    "0.0": False,
    "": False,
}
"""What a cell of ``stock`` may say."""


@dataclass(frozen=True, eq=False)
class Balances:
    """The equations that reported flows and coefficients have to fulfil.

    The N variables are the flows, in their order, and then the coefficients. The K equations are one balance for each
    process (what comes in less what goes out is 0) and then ``flow - coefficient * of = 0`` for each relation.

    Attributes
    ----------
    flow_ids, names, processes
        Flows, coefficients, and the processes in the order of their equations.
    origin, destination
        Position of each flow's process, -1 for the environment.
    relations
        Positions of flow, coefficient and ``of`` among the variables, shape (R, 3).
    value, sd
        Of each variable, shape (N,): ``value`` is NaN where nothing was measured, ``sd`` 0 where it is exact.
    covariance
        Of the errors, shape (N, N); 0 where exact or not measured.
    stock
        Flows that are changes of a stock and may be negative, shape (flows,).
    """

    flow_ids: list[str]
    names: list[str]
    processes: list[str]
    origin: Ints
    destination: Ints
    relations: Ints
    value: Floats
    sd: Floats
    covariance: sparse.csr_array
    stock: NDArray[np.bool_]

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Which variables have a value with an error."""
        return np.asarray(np.isfinite(self.value) & (self.sd > 0))

    @property
    def fixed(self) -> NDArray[np.bool_]:
        """Which variables are exact."""
        return np.asarray(np.isfinite(self.value) & (self.sd == 0))

    def matrix(self, point: Floats) -> sparse.csr_array:
        """Return the derivative of the equations at a point, shape (K, N)."""
        flow, coefficient, of = self.relations.T
        n, k, rows = len(self.flow_ids), len(self.processes), len(self.relations)
        inner_in, inner_out = np.flatnonzero(self.destination >= 0), np.flatnonzero(self.origin >= 0)
        related = k + np.arange(rows)
        row = np.concatenate([self.destination[inner_in], self.origin[inner_out], related, related, related])
        column = np.concatenate([inner_in, inner_out, flow, of, coefficient])
        entry = np.concatenate(
            [np.ones(len(inner_in)), -np.ones(len(inner_out)), np.ones(rows), -point[coefficient], -point[of]]
        )
        return sparse.csr_array((entry, (row, column)), shape=(k + rows, n + len(self.names)))

    def imbalance(self, point: Floats) -> Floats:
        """Return what each equation is off by at a point, shape (K,)."""
        flows = np.zeros(len(self.processes) + 1)
        n = len(self.flow_ids)
        np.add.at(flows, self.destination, point[:n])
        np.add.at(flows, self.origin, -point[:n])
        flow, coefficient, of = self.relations.T
        return np.concatenate([flows[:-1], point[flow] - point[coefficient] * point[of]])


def balances(
    flows: pd.DataFrame, coefficients: pd.DataFrame | None = None, covariance: pd.DataFrame | None = None
) -> Balances:
    """Read and check the tables of :func:`scrapflow.reconcile`.

    Raises
    ------
    InputError
        With every fault of the tables.
    """
    faults: list[dict[str, str]] = []
    flows = _table(flows, "flows", _FLOW_COLUMNS, faults)
    related = _relations(coefficients, faults)
    if faults:
        raise InputError(faults, what="the reconciliation")
    ids = flows["flow_id"].tolist()
    _check_ids(flows["flow_id"], "flows", "flow_id", faults)
    _check_numbers(flows, "flows", flows["flow_id"], faults)
    known = pd.Index(ids)
    for side in ("flow", "of"):
        for name, flow in related.loc[~related[side].isin(known), ["name", side]].itertuples(index=False):
            faults.append(
                problem("coefficients", name, side, f"{flow!r} is no flow_id of flows: add the flow or mend the name")
            )
    _check_numbers(related, "coefficients", related["name"], faults)
    stock = _stock(flows, faults)
    own, both = related.loc[related["flow"] == related["of"], "name"], sorted(set(related["name"]) & set(ids))
    faults += [problem("coefficients", n, "of", "is a part of itself: name the flow that it is a part of") for n in own]
    faults += [problem("coefficients", n, "name", "is a flow_id too: give the coefficient another name") for n in both]
    once = related.drop_duplicates("name")
    for name, part in related.groupby("name", sort=False):
        if part[["value", "sd"]].drop_duplicates().shape[0] > 1:
            faults.append(
                problem("coefficients", str(name), "value", "stands for different numbers: one name is one coefficient")
            )
    if not faults:
        faults += _shares_of_all(flows, related)
    if faults:
        raise InputError(faults, what="the reconciliation")
    ends = pd.concat([flows["origin"], flows["destination"]])
    processes = sorted(end for end in set(ends) if end.lower() not in ENVIRONMENT)
    of_process = pd.Index([*processes])
    names = once["name"].tolist()
    value = np.concatenate([flows["value"], once["value"]]).astype(np.float64)
    sd = np.where(np.isnan(value), np.nan, np.concatenate([flows["sd"], once["sd"]]).astype(np.float64))
    relations = np.column_stack([
        known.get_indexer(related["flow"]),
        len(ids) + pd.Index(names).get_indexer(related["name"]),
        known.get_indexer(related["of"]),
    ]).astype(np.int64) if len(related) else np.zeros((0, 3), dtype=np.int64)  # fmt: skip
    return Balances(
        flow_ids=ids,
        names=names,
        processes=processes,
        origin=of_process.get_indexer(flows["origin"]).astype(np.int64),
        destination=of_process.get_indexer(flows["destination"]).astype(np.int64),
        relations=relations,
        value=value,
        sd=sd,
        covariance=_covariance([*ids, *names], sd, covariance),
        stock=stock,
    )


def _table(frame: Any, table: str, columns: tuple[str, ...], found: list[dict[str, str]]) -> pd.DataFrame:
    """Return a table with its identifiers as strings and its numbers as numbers."""
    if not isinstance(frame, pd.DataFrame):
        found.append(
            problem(table, "", "", f"is {type(frame).__name__}: a DataFrame with {', '.join(columns)} is needed")
        )
        return pd.DataFrame(columns=list(columns))
    missing = [c for c in columns if c not in frame]
    needs = f": {table} needs {', '.join(columns)}"
    found += [problem(table, "", c, f"is missing{called_otherwise(c, frame.columns) or needs}") for c in missing]
    found += misspelt(table, frame.columns, (*columns, *_OPTIONAL[table]))
    out: pd.DataFrame = frame.reset_index(drop=True).copy()
    for c in (c for c in columns if c in out):
        if c in ("value", "sd"):
            numbers, wrong = numbers_of(out[c])
            label = out[columns[0]].astype("str") if columns[0] in out else out.index.astype("str")
            found += [
                problem(table, r, c, f"{shown(v)} is no number")
                for r, v in zip(label[wrong], out.loc[wrong, c], strict=True)
            ]
            out[c] = numbers
        else:
            out[c] = out[c].where(out[c].notna(), "").astype("str").str.strip()
    return out


def _relations(coefficients: pd.DataFrame | None, found: list[dict[str, str]]) -> pd.DataFrame:
    if coefficients is None:
        return pd.DataFrame({"name": [], "flow": [], "of": [], "value": [], "sd": []}).astype(
            {"value": "float64", "sd": "float64"}
        )
    related = _table(coefficients, "coefficients", _COEFFICIENT_COLUMNS, found)
    if "flow" in related and "of" in related:
        own = related["flow"] + " / " + related["of"]
        related["name"] = (
            related["name"].astype("str").where(related["name"].notna(), own) if "name" in related else own
        )
    return related


def _stock(flows: pd.DataFrame, found: list[dict[str, str]]) -> NDArray[np.bool_]:
    """Return which flows are changes of a stock."""
    if "stock" not in flows:
        return np.zeros(len(flows), dtype=bool)
    words = flows["stock"].where(flows["stock"].notna(), "").astype("str").str.strip().str.lower()
    told = words.map(_WORDS)
    found += [
        problem("flows", r, "stock", f"{v!r} is neither true nor false: write one of the two")
        for r, v in zip(flows.loc[told.isna(), "flow_id"], flows.loc[told.isna(), "stock"], strict=True)
    ]
    return told.eq(True).to_numpy(dtype=bool)  # noqa: FBT003


def _shares_of_all(flows: pd.DataFrame, related: pd.DataFrame) -> list[dict[str, str]]:
    """Return the processes all of whose outflows are exact shares of their one inflow, if the shares do not add up to 1."""
    exact = related[(related["sd"] == 0) & related["value"].notna()].drop_duplicates(["flow", "of"])
    if exact.empty:
        return []
    share = exact.set_index("flow")
    faults = []
    inflows = flows.groupby("destination")["flow_id"].agg(list)
    outflows = flows.groupby("origin")["flow_id"].agg(list)
    for process in sorted(set(inflows.index) & set(outflows.index)):
        into, out = inflows[process], outflows[process]
        if process.lower() in ENVIRONMENT or len(into) != 1 or not set(out) <= set(share.index):
            continue
        own = share.loc[out]
        total = float(own["value"].sum())
        if len(own) == len(out) and (own["of"] == into[0]).all() and abs(total - 1.0) > _TOLERANCE:
            fault = f"the exact shares of all that leaves {process} add up to {total:g}, not 1: give one of them an sd above 0"
            faults.append(problem("coefficients", str(own["name"].iloc[0]), "value", fault))
    return faults


def _check_ids(ids: pd.Series[str], table: str, column: str, found: list[dict[str, str]]) -> None:
    for name, count in ids.value_counts(sort=False).items():
        if not str(name):
            found.append(problem(table, "", column, f"{count} rows have none: name each flow"))
        elif count > 1:
            found.append(problem(table, str(name), column, f"stands for {count} flows: give each its own"))


def _check_numbers(frame: pd.DataFrame, table: str, label: pd.Series[str], found: list[dict[str, str]]) -> None:
    value, sd = frame["value"].to_numpy(dtype=np.float64), frame["sd"].to_numpy(dtype=np.float64)
    infinite = np.isinf(value)
    endless = np.isfinite(value) & (np.isinf(sd) | (np.nan_to_num(sd) > _MOST))
    without = np.isfinite(value) & np.isnan(sd)
    negative = np.isfinite(value) & (sd < 0)
    for mask, column, message in (
        (infinite, "value", "is infinite: leave it empty if it was not measured"),
        (endless, "sd", "an error without end says nothing: leave value and sd empty"),
        (without, "sd", "a value without an error: give its standard deviation, 0 if it is exact"),
        (negative, "sd", "is negative: a standard deviation is 0 or more"),
    ):
        found += [problem(table, str(name), column, message) for name in label[mask]]


def _covariance(labels: list[str], sd: Floats, given: pd.DataFrame | None) -> sparse.csr_array:
    """Return the covariance of all errors: the squares of ``sd``, and what was given beside them."""
    own = np.where(np.nan_to_num(sd) > 0, sd, 0.0) ** 2
    if given is None:
        return sparse.csr_array(sparse.diags_array(own))
    what = "the covariance"
    rows, columns = given.index.astype("str"), given.columns.astype("str")
    if list(rows) != list(columns):
        raise InputError(
            [
                problem(
                    "covariance", "", "", "rows and columns differ: a square table with flow_id on both sides is needed"
                )
            ],
            what=what,
        )
    place = pd.Index(labels).get_indexer(rows)
    faults = [
        problem("covariance", str(r), "", "is no flow and no coefficient: name one of them, or leave it out")
        for r in rows[place < 0]
    ]
    faults += [
        problem("covariance", str(r), "", "is named twice: keep one of them") for r in rows[rows.duplicated()].unique()
    ]
    table, words = np.empty(given.shape), []
    for name, at in zip(columns, range(len(columns)), strict=True):
        cells = given.iloc[:, at]
        table[:, at], wrong = numbers_of(cells)
        words += [
            problem("covariance", str(r), str(name), f"{shown(v)} is no number")
            for r, v in zip(rows[wrong], cells[wrong], strict=True)
        ]
    if words:
        faults += words
    elif not np.isfinite(table).all() or not np.allclose(table, table.T, rtol=1e-9, atol=0):
        faults.append(
            problem(
                "covariance",
                "",
                "",
                "is not symmetric, or has empty cells: both halves are alike, with 0 where nothing is shared",
            )
        )
    elif len(table) and np.linalg.eigvalsh(table)[0] < -_TOLERANCE * np.abs(np.diag(table)).max():
        faults.append(problem("covariance", "", "", "is no covariance: it has a negative eigenvalue"))
    if not faults:
        off = ~np.isclose(np.diag(table), own[place], rtol=1e-6, atol=0)
        faults += [problem("covariance", str(r), "", f"variance {v:g}, but sd squared is {o:g}: they have to agree")
                  for r, v, o in zip(rows[off], np.diag(table)[off], own[place][off], strict=True)]  # fmt: skip
    if faults:
        raise InputError(faults, what=what)
    rest = np.ones(len(own), dtype=bool)
    rest[place] = False
    i, j = np.meshgrid(place, place, indexing="ij")
    block = sparse.csr_array((table.ravel(), (i.ravel(), j.ravel())), shape=(len(own), len(own)))
    block.eliminate_zeros()
    return sparse.csr_array(block + sparse.diags_array(np.where(rest, own, 0.0)))
