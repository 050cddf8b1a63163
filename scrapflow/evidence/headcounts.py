"""How many people each enterprise has in each member of an ensemble."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.studies.uncertain import two_sided, uncertain_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.studies.ensemble import Ensemble

    Floats = NDArray[np.float64]

_COLUMN = "workers"


def headcounts(ensemble: Ensemble) -> pd.DataFrame:
    """Return the workers of every enterprise, as they were drawn: a row a member, a column a ``node_id``.

    An enterprise whose headcount has no range has the same in all members. Enterprises that stand for the rest of a county
    have fewer where the named ones there have more, as in the members themselves.

    Examples
    --------
    >>> import scrapflow as sf
    >>> ens = sf.ensemble(sf.read_world("toy"), n=8, processes=1)
    >>> headcounts(ens).columns.tolist()
    ['works']
    """
    nodes = ensemble.central.nodes
    firms = nodes[nodes["kind"] == "enterprise"].set_index("node_id")
    central = firms["workers"].fillna(0.0).to_numpy(dtype=np.float64)
    workers = np.repeat(central[None, :], len(ensemble.draws), axis=0)
    assumed = ensemble.central.assumed
    assumed = assumed[assumed["column"] == _COLUMN]
    # an enterprise without a number of its own has that of its sector
    by_sector = pd.to_numeric(assumed[assumed["table"] == "sectors"].set_index("row")["value"], errors="coerce")
    own = firms.index.isin(assumed.loc[assumed["table"] == "enterprises", "row"])
    default = ~own & (firms["sector_id"].map(by_sector).to_numpy(dtype=np.float64) == central)
    for table, key in (("sectors", firms["sector_id"].where(default, "")), ("enterprises", firms.index.to_series())):
        values = _drawn(ensemble, assumed[assumed["table"] == table])
        place = values.columns.get_indexer(pd.Index(key))
        workers[:, place >= 0] = values.to_numpy(dtype=np.float64)[:, place[place >= 0]]
    _leave_the_rest(workers, central, firms)
    return pd.DataFrame(workers, index=ensemble.totals.index, columns=pd.Index(firms.index.tolist(), dtype="str"))


def _drawn(ensemble: Ensemble, assumed: pd.DataFrame) -> pd.DataFrame:
    """Return the values of assumptions of one table and column that were drawn: a row a member, a column a row of the table."""
    for detail in (False, True):
        rows = uncertain_of(assumed, detail=detail).members
        rows = rows[rows["input"].isin(ensemble.draws.columns)]
        if len(rows):
            u = ensemble.draws[rows["input"].tolist()].to_numpy(dtype=np.float64)
            ends = (rows[c].to_numpy(dtype=np.float64)[None, :] for c in ("low", "value", "high"))
            return pd.DataFrame(two_sided(u, *np.broadcast_arrays(*ends, u)[:3]), columns=pd.Index(rows["row"]))
    return pd.DataFrame(index=ensemble.draws.index)


def _leave_the_rest(workers: Floats, central: Floats, firms: pd.DataFrame) -> None:
    """Take what the named enterprises of a county have more than centrally from those that stand for its rest, in place."""
    county = firms["county"].fillna("").to_numpy(dtype=object)
    named = firms["named"].fillna(value=True).to_numpy(dtype=bool)
    for row in np.flatnonzero(~named & (county != "")):
        others = named & (county == county[row])
        more = (workers[:, others] - central[others]).sum(axis=1)
        workers[:, row] = np.maximum(workers[:, row] - more, 0.0)
