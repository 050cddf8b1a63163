"""A table for kepler.gl's arc layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.exchange.plain_tables import pairs_in_pieces, write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scrapflow.ledger.tables import RunTables


HEAD = b"origin,origin_lat,origin_lng,destination,destination_lat,destination_lng,time,kind,material,via,"
"""How such a table begins, by which one of ours is known again: a CSV has no room for a mark."""


DECIMALS = 9
"""A milligram: what is beyond is dust of adding up."""


def write(run: RunTables, file: Path) -> None:
    """Write one CSV: a row a pair of origin and destination, material, period, basis and grade."""
    starts = dict(zip(run.periods["period"], run.periods["start"].astype(str), strict=True))
    names = run.nodes.set_index("node_id")["name"]
    for number, piece in enumerate(pairs_in_pieces(run, "period", "material", "via", "basis", "grade")):
        write_csv(_arcs(piece, names, starts), file, more=number > 0)


def _arcs(frame: pd.DataFrame, names: pd.Series[str], starts: Mapping[str, str]) -> pd.DataFrame:
    """Return the table of some pairs, under the names that kepler.gl takes by itself."""
    return pd.DataFrame(
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
