"""What each member of an ensemble says of what was observed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.evidence.asks import WORKERS, Ask, Reader, Wanted
from scrapflow.evidence.headcounts import headcounts
from scrapflow.studies.uncertain import two_sided, uncertain_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.studies.ensemble import Ensemble
    from scrapflow.studies.kept import Kept

    Floats = NDArray[np.float64]

NOT_KEPT = (
    'needs what the members did, and this ensemble kept its totals alone: make it with sf.ensemble(..., keep="flows")'
)


class Predictor:
    """Adds up what members kept, each group of rows once.

    Parameters
    ----------
    ensemble
        An ensemble; one that kept nothing but totals predicts totals and assumptions alone.
    """

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble
        self._sums: dict[Ask, pd.DataFrame] = {}
        self.reader = Reader(ensemble.central, ensemble.draws.columns)

    def table(self, observations: pd.DataFrame) -> tuple[pd.DataFrame, list[dict[str, str]]]:
        """Return what every member says of every observation, and what is wrong with the observations.

        Returns
        -------
        DataFrame, list
            A row a member, a column an ``observation_id`` that can be predicted; the faults of the others: unknown metrics
            and places, periods outside, wrong units, things that the members did not keep.
        """
        columns: dict[str, Floats] = {}
        problems: list[dict[str, str]] = []
        for row in observations.to_dict("records"):
            wanted, faults = self.reader.read(row)
            if wanted is not None:
                faults = self._not_kept(wanted)
            problems += [problem("observations", str(row["observation_id"]), c, message) for c, message in faults]
            if wanted is not None and not faults:
                columns[str(row["observation_id"])] = self.predict(wanted)
        return pd.DataFrame(columns, index=self._ensemble.totals.index), problems

    def predict(self, wanted: Wanted) -> Floats:
        """Return the number that each member gives, shape (members,)."""
        here = sum((self._sum(a) for a in wanted.plus), np.zeros(self.members)) - sum(
            (self._sum(a) for a in wanted.minus), np.zeros(self.members)
        )
        if not wanted.beside:
            return np.asarray(here)
        both = here + sum(self._sum(a) for a in wanted.beside)
        return np.where(both > 0, here / np.where(both > 0, both, 1.0), 0.5)

    @property
    def members(self) -> int:
        """How many members there are."""
        return len(self._ensemble.totals)

    def keeps(self, table: str) -> bool:
        """Tell whether the members kept a table."""
        return table in ("totals", "inputs", WORKERS) or self._ensemble.kept is not None

    def _not_kept(self, wanted: Wanted) -> list[tuple[str, str]]:
        asks = (*wanted.plus, *wanted.minus, *wanted.beside)
        return [] if all(self.keeps(a.table) for a in asks) else [("metric", NOT_KEPT)]

    def _sum(self, ask: Ask) -> Floats:
        """Return the sum that an ask is, shape (members,)."""
        if ask.table == "totals":
            return self._ensemble.totals[ask.values[0]].to_numpy(dtype=np.float64)
        if ask.table == "inputs":
            return self.inputs[ask.values[0]].to_numpy(dtype=np.float64)
        by_place = self.by_place(ask)
        columns = by_place if ask.keys is None else by_place.loc[:, by_place.columns.isin(ask.keys)]
        summed = columns.to_numpy(dtype=np.float64).sum(axis=1)
        return np.asarray(summed / len(ask.periods) if ask.over == "mean" else summed)

    def by_place(self, ask: Ask) -> pd.DataFrame:
        """Return the sums of an ask's rows by member and place, all places: a row a member, a column a place."""
        if ask.table == WORKERS:
            return self._workers
        whole = ask._replace(keys=None, over="sum")
        if whole not in self._sums:
            self._sums[whole] = self._summed(whole)
        return self._sums[whole]

    def _summed(self, ask: Ask) -> pd.DataFrame:
        """Add up in the files of the members, so that they need not fit into memory."""
        import duckdb

        chosen = [(c, v) for c, v in (("period", ask.periods), ("kind", ask.kinds), ("material", ask.materials)) if v]
        where = " AND ".join(f"{c} IN ({', '.join('?' * len(v))})" for c, v in chosen) or "true"
        key = ask.key or "''"
        files = [str(f) for f in self._kept.files(ask.table)]
        sql = f"SELECT member, {key} AS place, sum({' + '.join(ask.values)}) AS t FROM read_parquet(?) WHERE {where} GROUP BY ALL"  # noqa: S608 - names of ours
        with duckdb.connect() as engine:
            engine.execute("SET threads = 1")
            rows = engine.execute(sql, [files, *(x for _, v in chosen for x in v)]).df()
        places, codes = np.unique(rows["place"].to_numpy(dtype=object), return_inverse=True)
        summed = np.zeros((self.members, len(places)))
        summed[rows["member"].to_numpy(dtype=np.int64), codes] = rows["t"].to_numpy(dtype=np.float64)
        return pd.DataFrame(summed, index=self._ensemble.totals.index, columns=pd.Index(places.tolist(), dtype="str"))

    @cached_property
    def _workers(self) -> pd.DataFrame:
        return headcounts(self._ensemble)

    @property
    def _kept(self) -> Kept:
        kept = self._ensemble.kept
        if kept is None:
            raise InputError([problem("ensemble", "", "keep", NOT_KEPT)], what="the ensemble")
        return kept

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """The value of every assumption that was drawn, by member; of rows that move together their mean."""
        return input_values(self._ensemble)


def input_values(ensemble: Ensemble) -> pd.DataFrame:
    """Return what was drawn, in the units of the assumptions: a row a member, a column an input.

    Examples
    --------
    >>> import scrapflow as sf
    >>> drawn = input_values(sf.ensemble(sf.read_world("toy"), n=8, processes=1))
    >>> bool(drawn["quota.headcount.kg"].between(10, 30).all())
    True
    """
    listed = ensemble.central.assumed
    names = set(ensemble.draws.columns)
    for detail in (False, True):
        inputs = uncertain_of(listed, detail=detail)
        if names <= set(inputs.groups["input"]):
            break
    columns = {}
    for name, part in inputs.members.groupby("input", sort=True):
        if name not in names:
            continue
        u = ensemble.draws[name].to_numpy(dtype=np.float64)[:, None]
        low, value, high = (part[c].to_numpy(dtype=np.float64)[None, :] for c in ("low", "value", "high"))
        columns[str(name)] = np.asarray(two_sided(u, *np.broadcast_arrays(low, value, high))).mean(axis=1)
    return pd.DataFrame(columns, index=ensemble.totals.index)[list(ensemble.draws.columns)]
