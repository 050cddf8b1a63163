"""The formats a run can be written in: one row each, with the module that writes it, imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scrapflow.ledger.tables import RunTables


class Format(NamedTuple):
    """A format: the module whose function ``write(run, place)`` makes it, what it is, for people, and how a file of it may end."""

    module: str
    meaning: str
    endings: tuple[str, ...] = ()


FORMATS = {
    "flowmap": Format("scrapflow.exchange.flowmap", "a folder with FlowmapBlue's three sheets"),
    "kepler": Format("scrapflow.exchange.kepler", "one CSV for kepler.gl's arc layer", (".csv",)),
    "gmns": Format("scrapflow.exchange.gmns", "a folder with a GMNS network and what passed its links"),
    "geojson": Format(
        "scrapflow.exchange.geojson", "one file of nodes and links with their tonnes", (".geojson", ".json")
    ),
    "gpkg": Format(
        "scrapflow.exchange.geopackage", "a GeoPackage that QGIS opens with our colours and widths", (".gpkg",)
    ),
    "xlsx": Format(
        "scrapflow.exchange.excel", "a workbook: a sheet a table, assumptions and sources among them", (".xlsx",)
    ),
    "csv": Format("scrapflow.exchange.csv_folder", "a folder with every table as CSV"),
    "postgis": Format("scrapflow.exchange.postgis", "tables with keys in a schema of a PostGIS database"),
}
"""Formats by name; the command's help and the errors list them from here."""
OF_SELECTIONS = ("xlsx", "csv")
"""Formats that take a query over movements as well as a run."""
DATABASE = "postgis"
"""The format that is no file: its writer is ``write_database(run, address)``."""


def writer_of(name: str) -> Callable[[RunTables, Path], None]:
    """Return the function that writes a format.

    Examples
    --------
    >>> writer_of("gmns").__module__
    'scrapflow.exchange.gmns'
    """
    return cast("Callable[[RunTables, Path], None]", import_module(FORMATS[name].module).write)
