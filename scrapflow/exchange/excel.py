"""A workbook for Excel, LibreOffice and others: a sheet a table, the sources among them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.errors import InputError, problem
from scrapflow.exchange.plain_tables import harmless
from scrapflow.exchange.sheets import sheets

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.selectors import Selection

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heading, in Excel's own format."""
_CREATOR = "scrapflow"


def write(given: RunTables | Selection, file: Path) -> None:
    """Write a run or a selection as a workbook; unknown is an empty cell, no limit is ``inf``.

    Raises
    ------
    InputError
        If a table has more rows than a sheet can hold.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    tables = sheets(given, whole=False)
    long = [
        problem(name, "", "", f"{len(frame):,} rows; a sheet holds {MOST_ROWS:,}: export the format csv")
        for name, frame in tables.items()
        if len(frame) > MOST_ROWS
    ]
    if long:
        raise InputError(long, what="the export")
    book = Workbook(write_only=True)
    book.properties.creator = _CREATOR
    book.properties.created = book.properties.modified = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - same run, same bytes within
    for name, frame in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        heading = [WriteOnlyCell(sheet, str(column)) for column in frame.columns]
        for cell in heading:
            cell.font = Font(bold=True)
        sheet.append(heading)
        columns = []
        safe = harmless(frame)
        for name_ in safe.columns:
            column = safe[name_]
            cells = column.to_numpy(dtype=object)
            if column.dtype.kind == "f":
                numbers = column.to_numpy(dtype=np.float64)
                cells[np.isnan(numbers)] = None
                cells[np.isinf(numbers)] = "inf"
            columns.append(cells.tolist())
        for row in zip(*columns, strict=True):
            sheet.append(row)
    _write_undated(book, file)


def _write_undated(book: Workbook, file: Path) -> None:
    """Write a workbook without the time of writing, which ``book.save`` puts into its properties and its archive."""
    from openpyxl.writer.excel import ExcelWriter

    made = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED)).save()
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as undated:
        for part in parts.infolist():
            about = zipfile.ZipInfo(part.filename)
            about.compress_type = zipfile.ZIP_DEFLATED
            undated.writestr(about, parts.read(part))


def is_ours(file: Path) -> bool:
    """Tell whether a workbook was written here."""
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as parts:
        about = "docProps/core.xml"
        return about in parts.namelist() and f"<dc:creator>{_CREATOR}</dc:creator>".encode() in parts.read(about)
