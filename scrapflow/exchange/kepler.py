"""A table for kepler.gl's arc layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.exchange.plain_tables import pairs, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from scrapflow.ledger.tables import RunTables


HEAD = b"origin,origin_lat,origin_lng,destination,destination_lat,destination_lng,time,kind,material,via,"
"""How such a table begins, by which one of ours is known again: a CSV has no room for a mark."""


DECIMALS = 9
"""A milligram: what is beyond is dust of adding up."""


def write(run: RunTables, file: Path) -> None:
    """Write one CSV: a row a pair of origin and destination, material, period, basis and grade."""
    frame = pairs(run, "period", "material", "via", "basis", "grade")
    starts = dict(zip(run.periods["period"], run.periods["start"].astype(str), strict=True))
    names = run.nodes.set_index("node_id")["name"]
    table = pd.DataFrame(
        {
            "origin": frame["origin"].map(names),
            "origin_lat": frame["origin_y"],
            "origin_lng": frame["origin_x"],
            "destination": frame["destination"].map(names),
            "destination_lat": frame["destination_y"],
            "destination_lng": frame["destination_x"],
            # kepler.gl plays time stamps only: days alone it lists as words
            "time": frame["period"].map(starts).str[:10] + " 00:00:00",
            "kind": frame["kind"],
            "material": frame["material"],
            "via": frame["via"],
            "basis": frame["basis"],
            "grade": frame["grade"],
            "tonnage_t": frame["tonnage_t"].round(DECIMALS),
        }
    )
    write_csv(table, file)
