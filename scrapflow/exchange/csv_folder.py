"""A folder of CSV files: every table of a run, or what a query selects, for any program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapflow.exchange.plain_tables import write_csv
from scrapflow.exchange.sheets import sheets

if TYPE_CHECKING:
    from pathlib import Path

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.selectors import Selection


def write(given: RunTables | Selection, folder: Path) -> None:
    """Write a file a table, UTF-8, all digits; unknown is an empty cell."""
    folder.mkdir()
    for name, frame in sheets(given, whole=True).items():
        write_csv(frame, folder / f"{name}.csv")
