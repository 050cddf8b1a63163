"""The bodies behind a drive: whom they count, what they brought, and how many tanks came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.given import checked
from scrapflow.queries.stores import delivered_by_owner

if TYPE_CHECKING:
    from scrapflow.ledger.tables import RunTables

_AMOUNTS = ["quota_t", "credited_t", "carted_t", "delivered_t"]


@checked
def organisations(run: RunTables) -> pd.DataFrame:
    """Return what each organisation's drive brought, what of it reached a mill, and how many tanks that is.

    A tank is made of steel that arrived, not of what was credited against cash: the tonnes that mills received are traced
    back through the yards to those who handed them over (looted steel to its looters), and what a place handed over is
    shared over its rules like its quota. The mass of a tank is the world's own claim of metric ``tank_mass_t``; a tonne of
    scrap is counted as a tonne of steel, so the number is an upper bound. Without such a claim it is NaN.

    Parameters
    ----------
    run
        A run; its rules of kind ``organisation`` count, together where they name one body.

    Returns
    -------
    DataFrame
        ``organisation, members_asked, members`` (whom its rules ask for, and find; of several rules the largest),
        ``quota_t, credited_t, carted_t, delivered_t, tanks, tank_source_id``, sorted by ``organisation``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> organisations(sf.run(sf.read_world("toy"))).columns.tolist()[-4:]
    ['carted_t', 'delivered_t', 'tanks', 'tank_source_id']
    """
    rows = run.quotas[run.quotas["quota_t"] > 0]
    if not rows["organisation"].ne("").any():
        shares = rows.iloc[:0].assign(carted_t=0.0, delivered_t=0.0)
    else:
        shares = _shared(run, rows)
    brought = shares[shares["organisation"] != ""].groupby("organisation", as_index=False, sort=True)[_AMOUNTS].sum()
    heads = pd.DataFrame(rules_asked(run), columns=["organisation", "asked", "counted"])
    heads = heads.groupby("organisation")[["asked", "counted"]].max().astype("float64")
    known = heads.reindex(brought["organisation"]).reset_index(drop=True)
    claims = run.tables["claim_rows"]
    tank = claims[(claims["metric"] == "tank_mass_t") & (claims["value"] > 0)]
    mass, source = (float(tank["value"].iloc[0]), str(tank["source_id"].iloc[0])) if len(tank) else (np.nan, "")
    return pd.DataFrame(
        {
            "organisation": brought["organisation"],
            "members_asked": known["asked"],
            "members": known["counted"],
            **{column: brought[column] for column in _AMOUNTS},
            "tanks": brought["delivered_t"] / mass,
            "tank_source_id": pd.Series(source, index=brought.index, dtype="str"),
        }
    )


def rules_asked(run: RunTables) -> list[dict[str, Any]]:
    """Return whom each quota rule of a run asked for and found; the central run of an ensemble has them beside its count."""
    rules = run.meta.get("asked", run.meta.get("members"))
    return rules if isinstance(rules, list) else []


def _shared(run: RunTables, rows: pd.DataFrame) -> pd.DataFrame:
    """Share what each place carted and what arrived of it over the rules of the place, like its quota of the period."""
    keys = ["period", "node_id"]
    carted = run.accounts.set_index(keys)["carted_t"]
    owed = rows.groupby(keys)["quota_t"].transform("sum")
    there = carted.reindex(pd.MultiIndex.from_frame(rows[keys])).fillna(0.0).to_numpy()
    rows = rows.assign(carted_t=there * (rows["quota_t"] / owed).to_numpy())
    in_all = rows.groupby("node_id")["carted_t"].transform("sum")
    part = np.divide(rows["carted_t"], in_all, out=np.zeros(len(rows)), where=in_all.to_numpy() > 0)
    arrived = rows["node_id"].map(delivered_by_owner(run)).fillna(0.0)
    return rows.assign(delivered_t=arrived * part)
