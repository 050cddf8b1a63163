"""What a saved run says twice must agree: files that were changed and hashed again still contradict one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.errors import problem
from scrapflow.ledger.train_tables import AMOUNTS
from scrapflow.units import BALANCE_TOLERANCE, dust
from scrapflow.vocabulary import accounts, traced_as

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapflow.ledger.engine import Engine
    from scrapflow.ledger.tables import RunTables

_NUMBERS = {
    "accounts": tuple(accounts()),
    "quotas": ("quota_t", "credited_t"),
    "stocks": tuple(AMOUNTS),
    "link_loads": ("tonnage_t", "forward_t", "backward_t"),
    "unserved": ("tonnage_t", "new_t"),
}
"""Columns that are known in every row of a run."""
_MAY_LACK = {"detection", "mark_probability", "output_index", "capacity_index", "taken_t", "camp", "lost_worker_months"}
"""Columns of accounts that a ledger of another origin may not know, in any row."""
_SIGNED = {"converted_t", "new_t"}


def contradictions(run: RunTables, engine: Engine) -> list[dict[str, str]]:
    """Return what tables say differently: unknown or negative numbers, loads, paths and accounts beside the movements.

    Parameters
    ----------
    run
        A run as it was read.
    engine
        Over its tables; movements are added up there, not loaded.
    """
    faults = [*_wrong_numbers(run), *_wrong_movements(engine)]
    return faults or [*_unlike(run, engine)]


def _wrong_numbers(run: RunTables) -> Iterable[dict[str, str]]:
    for table, columns in _NUMBERS.items():
        frame = run.tables[table]
        for column in (c for c in columns if c in frame):
            values = frame[column].to_numpy(dtype=np.float64)
            if column in _MAY_LACK and np.isnan(values).all():
                continue
            largest = float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0))
            bad = ~np.isfinite(values) | ((values < -dust(largest)) & (column not in _SIGNED))
            if bad.any():
                first = int(np.flatnonzero(bad)[0])
                said = (
                    f"{int(bad.sum())} cells are unknown, infinite or negative, such as {values[first]}: a run has none"
                )
                yield problem(table, f"row {first + 1}", column, said)


def _wrong_movements(engine: Engine) -> Iterable[dict[str, str]]:
    sql = (
        "SELECT count(*) FILTER (WHERE NOT coalesce(isfinite(tonnage_t) AND tonnage_t > 0, FALSE)) AS wrong,"
        " count(*) FILTER (WHERE path_id <> '' AND path_id NOT IN (SELECT path_id FROM paths)) AS lost FROM movements"
    )
    found = engine.frame(sql, uses=["movements", "paths"])
    if wrong := int(found["wrong"].item()):
        yield problem("movements", "", "tonnage_t", f"{wrong} movements are of no tonnes, or of unknown ones")
    if lost := int(found["lost"].item()):
        yield problem("paths", "", "path_id", f"{lost} movements are on paths that the table does not have")


def _unlike(run: RunTables, engine: Engine) -> Iterable[dict[str, str]]:
    """Set loads and accounts beside the sums of the movements they are made of.

    Of a ledger that no campaign of ours made, accounts need only agree in what was carted and asked.
    """
    bring, back, store = (_listed(traced_as(word)) for word in ("bring", "take_back", "store"))
    sums = [
        ("link_loads", "tonnage_t", "link_id",
         "SELECT m.period, p.link_id AS id, sum(m.tonnage_t) AS t FROM movements m JOIN paths p USING (path_id) GROUP BY ALL"),
        *(
            ("accounts", column, "node_id",
             f"SELECT period, {end} AS id, sum(tonnage_t) AS t FROM movements WHERE kind IN ({kinds}) GROUP BY ALL")  # noqa: S608
            for column, end, kinds in (
                ("carted_t", "origin", bring), ("returned_t", "destination", back),
                ("looted_from_t", "origin", store), ("looted_by_t", "destination", store),
            )
            if len(run.accounts) and ((end == "origin" and kinds == bring) or run.meta.get("campaign_toml"))
        ),
        *([("accounts", "quota_t", "node_id", "SELECT period, node_id AS id, sum(quota_t) AS t FROM quotas GROUP BY ALL")]
          if len(run.accounts) else []),
    ]  # fmt: skip
    for table, column, key, sql in sums:
        uses = ["movements", "paths"] if key == "link_id" else ["movements"] if "movements" in sql else ["quotas"]
        said = run.tables[table].set_index(["period", key])[column].groupby(level=[0, 1]).sum()
        summed = engine.frame(sql, uses=uses).set_index(["period", "id"])["t"]
        both = said.to_frame("said").join(summed.rename_axis(["period", key]).rename("summed"), how="outer").fillna(0.0)
        off = (both["said"] - both["summed"]).abs()
        largest = float(both.abs().to_numpy().max(initial=0.0))
        limit = max(dust(largest), BALANCE_TOLERANCE * largest)
        if (off > limit).any():
            worst = both.reset_index().iloc[int(off.to_numpy().argmax())]
            message = (
                f"{worst['said']:.6g} t in {worst['period']}, and {worst['summed']:.6g} t by the rows that it is made of;"
                f" {int((off > limit).sum())} such rows"
            )
            yield problem(table, str(worst[key]), column, message)


def _listed(kinds: Iterable[Any]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)
