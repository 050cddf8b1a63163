"""Whether a GeoPackage holds all that was written: where a full disk stops the last step of a file, GDAL need not say so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def require_whole(file: Path, rows: Mapping[str, int]) -> None:
    """Refuse a GeoPackage that is damaged or lacks rows.

    Parameters
    ----------
    file
        The file, closed.
    rows
        How many rows were written, by layer.

    Raises
    ------
    OSError
        If it does not hold them; without a number of the system, as nobody knows why.

    Examples
    --------
    >>> import tempfile, scrapflow as sf
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     require_whole(sf.read_world("toy").write(f"{folder}/toy.gpkg"), {"mills": 2})
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            counts = {
                layer: connection.execute(f'SELECT count(*) FROM "{layer}"').fetchone()[0]  # noqa: S608  layers of ours
                for layer in rows
            }
    except sqlite3.Error as error:
        msg = f"the GeoPackage was not written whole: {error}"
        raise OSError(msg) from error
    if verdict != "ok" or counts != dict(rows):
        msg = f"the GeoPackage was not written whole: {verdict}"
        raise OSError(msg)
