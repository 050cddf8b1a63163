"""`export`: one run, the formats of other tools."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scrapflow.errors import InputError, problem
from scrapflow.exchange.formats import DATABASE, FORMATS, OF_SELECTIONS, writer_of
from scrapflow.files import FOLDER_MARK, is_marked, is_of_a_desktop, replacing
from scrapflow.given import checked
from scrapflow.queries.selectors import Selection
from scrapflow.world.database import is_database

if TYPE_CHECKING:
    from scrapflow.queries.flows import Flows
    from scrapflow.runs import Run


@checked
def export(
    run: Run | Flows,
    format: str,  # noqa: A002  the word users expect
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
) -> Path | str:
    """Write a run in another tool's format.

    Parameters
    ----------
    run
        The run; for ``xlsx`` and ``csv`` also a query, such as ``run.flows.to("Kangson")``.
    format
        One of :data:`scrapflow.exchange.formats.FORMATS`: ``flowmap, kepler, gmns, geojson, gpkg, xlsx, csv, postgis``.
    path
        Where to: a file, or a folder for ``flowmap``, ``gmns`` and ``csv``. An older export is replaced when all is written; what
        scrapflow did not write is never touched. For ``postgis`` the address of a schema,
        ``postgresql://user@host/database?schema=NAME`` (extra ``postgis``).
    overwrite
        Whether the tables of an older run in the schema of a database may be replaced.

    Returns
    -------
    pathlib.Path or str
        What was written; a database without its password.

    Raises
    ------
    InputError
        If the format is unknown, what is to be written is no run, or something else stands there.
    OutputError
        If it cannot be written, such as to a full disk.

    Examples
    --------
    >>> import tempfile, scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(p.name for p in export(run, "flowmap", folder + "/sheets").iterdir())
    ['flows.csv', 'locations.csv', 'properties.csv', 'scrapflow.json']
    """
    faults = []
    selection = isinstance(cast("object", run), Selection) and hasattr(run, "describe")
    if not hasattr(run, "link_loads") and not selection:
        faults.append(problem("export", "", "run", f"a Run is wanted, not a {type(run).__name__}"))
    elif selection and format not in OF_SELECTIONS:
        fault = (
            f"a selection of flows can be written as {' or '.join(OF_SELECTIONS)}; any other format takes a whole run"
        )
        faults.append(problem("export", "", "run", fault))
    if format not in FORMATS:
        faults.append(problem("export", "", "format", f"{format!r} is no format: choose from {', '.join(FORMATS)}"))
    elif (ending := _ending(path)) and FORMATS[format].endings and ending not in FORMATS[format].endings:
        fault = f"{format} is a file that ends in {' or '.join(FORMATS[format].endings)}, not in {ending}"
        faults.append(problem("export", "", "path", fault))
    if format == DATABASE and not is_database(path):
        faults.append(problem("export", "", "path", "is an address: postgresql://user@host/database?schema=NAME"))
    if faults:
        raise InputError(faults, what="the export")
    if format == DATABASE:
        from scrapflow.exchange.postgis import write_database

        return write_database(cast("Run", run), str(path), overwrite=overwrite)
    with replacing(path, own=_is_export, what="the export") as spare:
        writer_of(format)(cast("Run", run), spare)
        if spare.is_dir():
            names = sorted(f.name for f in spare.iterdir())
            (spare / FOLDER_MARK).write_text(json.dumps({"format": format, "files": names}), encoding="utf-8")
    return Path(path)


def _ending(path: object) -> str:
    """Return the ending of a file's name; none where no path was given, which is refused elsewhere."""
    return Path(path).suffix.lower() if isinstance(path, str | os.PathLike) else ""


def _is_export(place: Path) -> bool:
    """Tell whether a file or a folder is an export of ours, and the folder holds nothing else."""
    from scrapflow.exchange.kepler import HEAD

    if not place.is_dir():
        return is_marked(place) or _begins(place, HEAD) or _is_our_geopackage(place) or _is_our_workbook(place)
    try:
        known = json.loads((place / FOLDER_MARK).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
    return {f.name for f in place.iterdir() if not is_of_a_desktop(f)} <= {*known, FOLDER_MARK}


def _begins(file: Path, head: bytes) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(head)) == head


def _is_our_workbook(file: Path) -> bool:
    from scrapflow.exchange.excel import is_ours

    return is_ours(file)


def _is_our_geopackage(file: Path) -> bool:
    from scrapflow.exchange.geopackage import is_ours

    return is_ours(file)
