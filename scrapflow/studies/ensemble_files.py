"""An ensemble in a folder: its central run, what was drawn, totals and ranges, and what each member did.

``central`` is a saved run; ``draws``, ``totals``, ``claims``, ``link_loads``, ``observations`` and ``parts`` are Parquet files; ``members``
has a folder a table with one Parquet file a member, which DuckDB, Dask, Spark and Arrow read as one table.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.files import FOLDER_MARK, differing, folder_of, hashes, is_of_a_desktop, path_of, pipes, replacing
from scrapflow.ledger.table_rows import unreadable
from scrapflow.runs import Run, read_run
from scrapflow.studies.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

_FORMAT, _LAYOUT = "ensemble", 1
_CENTRAL = "central"
MEMBERS = "members"
"""Folder in which members are kept."""


class Parts(NamedTuple):
    """What an ensemble is made of; see :class:`scrapflow.studies.ensemble.Ensemble`."""

    central: Run
    draws: pd.DataFrame
    totals: pd.DataFrame
    claims: pd.DataFrame
    link_loads: pd.DataFrame
    kept: Kept | None
    observations: pd.DataFrame | None
    parts: pd.DataFrame | None = None


@contextmanager
def ensemble_folder(path: str | PathLike[str]) -> Iterator[Path]:
    """Give a spare folder to write an ensemble to, which takes the target's place when all of it is there.

    Raises
    ------
    InputError
        If the folder holds something that is no ensemble.
    """
    folder = folder_of(path, "the ensemble", "; ens.totals.to_excel(…) and the like write single files")
    with replacing(folder, own=_is_ensemble, what="the ensemble") as spare:
        spare.mkdir()
        yield spare


def write_parts(parts: Parts, folder: Path) -> None:
    """Write an ensemble to a folder, and last of all what tells that it is one: its files and their hashes."""
    parts.central.save(folder / _CENTRAL)
    frames = {n: getattr(parts, n) for n in ("draws", "totals", "claims", "link_loads", "observations", "parts")}
    for name, frame in frames.items():
        if frame is not None:
            pd.DataFrame(frame).to_parquet(folder / f"{name}.parquet", compression="zstd")
    members = folder / MEMBERS
    if parts.kept is not None and not members.exists():
        shutil.copytree(parts.kept.folder, members)
    about = {
        "generator": "scrapflow", "format": _FORMAT, "layout": _LAYOUT, "members": len(parts.totals),
        "keep": "totals" if parts.kept is None else "flows", "files": hashes(folder, besides=FOLDER_MARK),
    }  # fmt: skip
    (folder / FOLDER_MARK).write_text(json.dumps(about, indent=1), encoding="utf-8")


def read_parts(path: str | PathLike[str], *, check: bool = True) -> Parts:
    """Read what :func:`write_parts` wrote; the members stay on disk.

    Raises
    ------
    InputError
        If it is no ensemble, comes from another layout, or with ``check`` a file is missing or changed.
    """
    folder = path_of(path, "the ensemble")
    about = _about(folder)
    if about is None:
        message = "this is no ensemble: sf.ensemble(…, folder=…) or ens.save(…) writes one"
        raise InputError([problem(str(folder), "", "", message)], what="the ensemble")
    if about.get("layout") != _LAYOUT:
        message = f"layout {about.get('layout')} is not the one that this scrapflow knows ({_LAYOUT}): make the ensemble again"
        raise InputError([problem(str(folder), "", "layout", message)], what="the ensemble")
    faults = pipes(folder)
    if check:
        faults += differing(hashes(folder, besides=FOLDER_MARK), about["files"], "ensemble")
    if faults:
        raise InputError(faults, what="the ensemble")
    central = read_run(folder / _CENTRAL, check=check)
    draws, totals, claims, loads = (_read(folder / f"{n}.parquet") for n in ("draws", "totals", "claims", "link_loads"))
    kept = Kept(central, folder / MEMBERS) if about.get("keep") == "flows" else None
    more = (folder / f"{name}.parquet" for name in ("observations", "parts"))
    seen, parts = (_read(file) if file.exists() else None for file in more)
    return Parts(central, draws, totals, claims, loads, kept, seen, parts)


def _read(file: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(file)
    except (OSError, ValueError) as error:  # Arrow's errors are of these kinds
        raise InputError([unreadable(file.stem, error)], what="the ensemble") from error


def _about(folder: Path) -> dict[str, Any] | None:
    """Return what a folder says of itself if it is an ensemble."""
    try:
        about = json.loads((folder / FOLDER_MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    ours = isinstance(about, dict) and about.get("format") == _FORMAT and isinstance(about.get("files"), dict)
    return about if ours else None


def _is_ensemble(folder: Path) -> bool:
    """Tell whether a folder is an ensemble and nothing else."""
    about = _about(folder) if folder.is_dir() else None
    if about is None:
        return False
    there = {f.relative_to(folder) for f in folder.rglob("*") if f.is_file() and not is_of_a_desktop(f)}
    manifests = {f for f in there if f.name == FOLDER_MARK and f.parent == Path()}
    return {f.as_posix() for f in there - manifests} <= set(about["files"])
