"""What a saved run and a map are told of where to look next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapflow.runs import Run

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 20
_COLUMNS = ["candidate", "kind", "metric", "node_id", "link_id", "period", "reduction"]


def with_next(run: Run, table: pd.DataFrame, target: str) -> Run:
    """Return a run whose ``meta`` says where to look next, for the map's panel and its layer.

    Parameters
    ----------
    run
        The central run of an ensemble, or of what :func:`scrapflow.condition` gave.
    table
        As :func:`scrapflow.value_of_information` gives it.
    target
        What it is about.

    Examples
    --------
    >>> import pandas as pd, scrapflow as sf
    >>> table = pd.DataFrame([("pile at Vale Yard", "pile", "yard_t", "yard", "", "2015-01", 0.2)], columns=_COLUMNS)
    >>> with_next(sf.run(sf.read_world("toy")), table, "delivered_t").meta["evidence"]["target"]
    'delivered_t'
    """
    rows = table.loc[table["reduction"] > 0, _COLUMNS].head(_SHOWN).to_dict("records")
    told = dict(run.meta.get("evidence") or {}) | {"target": target, "next": rows}
    return Run(run.tables, dict(run.meta) | {"evidence": told}, run.basemap)
