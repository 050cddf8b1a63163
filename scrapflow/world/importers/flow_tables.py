"""Flows that are known, as people have them: a frame, a file, FlowmapBlue's sheets or drawn lines, as one plain table."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.files import path_of
from scrapflow.grading import BASES, parse
from scrapflow.vocabulary import KINDS, OWN, UNDATED, VIAS, traced_as
from scrapflow.world.importers.drawn_files import in_degrees, read_any
from scrapflow.world.importers.ends import end_columns
from scrapflow.world.importers.flow_courses import COURSE
from scrapflow.world.importers.flow_matrix import is_total, unpivoted
from scrapflow.world.importers.named_columns import renamed
from scrapflow.world.importers.number_cells import whole_names
from scrapflow.world.importers.periods import labels_of, with_period
from scrapflow.world.importers.table_files import numbers_settled, read_table, refuse, said_of
from scrapflow.world.importers.tonnes import in_tonnes
from scrapflow.world.other_names import flow_columns, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from scrapflow.world.importers.named_columns import Named

NEEDED = ("origin", "destination", "tonnage_t")
_SHOWN = 8
_SHEETS = ("flows", "locations")


class GivenFlows(NamedTuple):
    """Flows as one plain table.

    Attributes
    ----------
    table
        ``origin, destination, tonnage_t, period, material, kind, via, source, grade, basis``; texts and float64.
    places
        What the same input says of places, as :func:`scrapflow.world_from` takes them; None if nothing.
    title
        What the input is called: the name of its file; "" for a frame.
    hashes
        SHA-256 of each file read.
    said
        What was done to read it: ``kind, ids, note``.
    lines
        The lines that the flows were drawn as, in EPSG:4326; the table says which by its column ``_course``. None without.
    """

    table: pd.DataFrame
    places: Any
    title: str
    hashes: dict[str, str]
    said: list[dict[str, str]]
    lines: NDArray[Any] | None


def read_flows(given: object, columns: Named, crs: object) -> GivenFlows:
    """Read flows.

    Parameters
    ----------
    given
        A DataFrame, a GeoDataFrame of lines, or the path of a CSV, Parquet, GeoParquet, GeoPackage, GeoJSON or Excel file,
        or of a folder or workbook with FlowmapBlue's sheets.
    columns
        What the columns of the input are called here.
    crs
        Coordinate reference system of lines that name none.

    Raises
    ------
    InputError
        If a column is missing, with those that are near; and every cell that is no tonnage, period, kind, basis or grade.
    """
    frame, places, title, hashes = _taken(given)
    said, settled = said_of(frame), numbers_settled(frame)
    frame = renamed(frame, columns)
    header = columns.header_of("tonnage_t")
    frame, drawn, lines = _ends_of_lines(_named_by_place(frame), crs)
    faults: list[dict[str, str]] = []

    def say(kind: str, note: str) -> None:
        said.append((kind, note))

    frame = with_period(unpivoted(frame, say), say)
    frame = in_tonnes(_under_our_names(frame), "flows", say, header=header, settled=settled, faults=faults)
    frame = _under_our_names(frame, complete=True)
    if places is None:
        places = drawn if drawn is not None else _places_of_ends(frame)
    known = {*flow_columns(), *end_columns(frame.columns).values(), COURSE}
    if unused := [str(c) for c in frame.columns if c not in known]:
        say(
            "not_used",
            f"columns that flows do not have: {', '.join(unused[:_SHOWN])}{' …' if len(unused) > _SHOWN else ''}",
        )
    table = _checked(frame, say, faults)
    told = [{"kind": kind, "ids": "", "note": note} for kind, note in said]
    if lines is not None:
        table[COURSE] = frame[COURSE].to_numpy()
    return GivenFlows(table, places, title, hashes, told, lines)


def _taken(given: object) -> tuple[Any, Any, str, dict[str, str]]:
    if isinstance(given, pd.DataFrame):
        return read_any(given.reset_index(drop=True), "flows"), None, "", {}
    if not isinstance(given, (str, os.PathLike)):
        refuse(f"a frame or a path is wanted, not a {type(given).__name__}", "flows")
    path = path_of(given, "the flows")
    if path.is_dir():
        return _sheets(path)
    if not path.is_file():
        refuse(f"there is no file or folder {given}", "flows")
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    if path.suffix.lower() == ".xlsx" and path.stat().st_size:
        try:
            book = {str(k).strip().lower(): v for k, v in pd.read_excel(path, dtype=str, sheet_name=None).items()}
        except (ValueError, OSError, KeyError, zipfile.BadZipFile):
            book = {}  # what is wrong with it is said below
        if set(_SHEETS) <= set(book):
            return book["flows"].fillna(""), book["locations"].fillna(""), path.stem, hashes
    return read_any(path, "flows"), None, path.stem, hashes


def _sheets(folder: Path) -> tuple[Any, Any, str, dict[str, str]]:
    """Read FlowmapBlue's sheets, saved as CSV files in one folder."""
    there = {f.stem.lower(): f for f in sorted(folder.iterdir()) if f.suffix.lower() in (".csv", ".tsv")}
    missing = [sheet for sheet in _SHEETS if sheet not in there]
    if missing:
        refuse(
            f"{folder} holds no {' and no '.join(f'{m}.csv' for m in missing)}: FlowmapBlue's sheets are wanted",
            "flows",
        )
    used = [there[sheet] for sheet in _SHEETS]
    hashes = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in used}
    flows, locations = (read_table(f) for f in used)
    return flows, locations, folder.name, hashes


def _under_our_names(frame: pd.DataFrame, *, complete: bool = False) -> pd.DataFrame:
    """Rename columns under usual other names; ``source, target, value`` are the columns of graph tools.

    Of a ``complete`` table those that are needed have to be there.
    """
    there = {plain(str(c)): str(c) for c in reversed(frame.columns)}
    names: dict[str, str] = {}
    for column, others in flow_columns().items():
        known = next((there[n] for n in (column, *others) if n in there and there[n] not in names), None)
        if known is not None and (column not in frame.columns or known == column):
            names[known] = column
    if "source" in there and "origin" not in names.values() and "target" in there:
        names[there["source"]] = "origin"
    frame = frame.rename(columns=names)
    missing = [c for c in NEEDED if c not in frame.columns]
    if missing and complete:
        known_columns = [str(c) for c in frame.columns if str(c) not in NEEDED]
        raise InputError(
            [problem("flows", "", c, f"the column is missing; {_near(c, known_columns)}") for c in missing],
            what="the table of flows",
        )
    return frame


def _near(column: str, there: list[str]) -> str:
    words = (column, *flow_columns()[column])
    hint = next((h for w in words if len(w) > 2 and (h := did_you_mean(w, there, n=3))), "")
    if hint:
        return f"{hint} Name it with columns={{'…': '{column}'}} (--map on the command line)"
    return f"there are {', '.join(there) or 'no other columns'}: name it with columns={{'…': '{column}'}}"


def _ends_of_lines(frame: Any, crs: object) -> tuple[pd.DataFrame, pd.DataFrame | None, NDArray[Any] | None]:
    """Take origin, destination, their places and the lines themselves from drawn lines, where a frame has them."""
    import geopandas as gpd
    import shapely

    if not isinstance(frame, gpd.GeoDataFrame) or frame.geometry.name not in frame:
        return frame, None, None
    plain_frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    shapes = shapely.line_merge(in_degrees(frame[[frame.geometry.name]], crs).geometry.to_numpy())
    kinds = {str(k) for k in pd.Series(shapes).map(lambda s: getattr(s, "geom_type", "nothing"))}
    if kinds - {"LineString"}:
        refuse(
            f"flows are drawn as lines, each from its origin to its destination; there is {', '.join(sorted(kinds))}",
            "flows",
        )
    names = {plain(str(c)) for c in plain_frame.columns}
    xy = [shapely.get_coordinates(shapely.get_point(shapes, i)) for i in (0, -1)]
    if not all(names & {end, *flow_columns()[end]} for end in ("origin", "destination")):
        corners = [[f"{y:.5f} {x:.5f}" for x, y in ends] for ends in xy]
        plain_frame = plain_frame.assign(origin=corners[0], destination=corners[1])
    known = _under_our_names(plain_frame)
    if lacks := [end for end in ("origin", "destination") if end not in known]:
        refuse(f"the lines have no column {' and '.join(lacks)}", "flows")
    ends = [
        pd.DataFrame({"node_id": known[end].astype("str"), "x_coord": at[:, 0], "y_coord": at[:, 1]})
        for end, at in zip(("origin", "destination"), xy, strict=True)
    ]
    # Where lines disagree, a place is where the first of them has it; which these are is told where courses are judged.
    places = pd.concat(ends).sort_index(kind="stable").drop_duplicates("node_id").reset_index(drop=True)
    return known.assign(**{COURSE: np.arange(len(known))}), places.assign(name=places["node_id"]), shapes


def _named_by_place(frame: Any) -> Any:
    """Name the ends of flows after their coordinates, where nothing else names them."""
    at = end_columns(frame.columns)
    names = {plain(str(c)) for c in frame.columns}
    if not at or any(names & {end, *flow_columns()[end]} for end in ("origin", "destination")):
        return frame
    corners = {
        end: frame[at[end, "y_coord"]].astype("str") + " " + frame[at[end, "x_coord"]].astype("str")
        for end in ("origin", "destination")
    }
    return frame.assign(**corners)


def _places_of_ends(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Take places from coordinates that stand beside the ends, such as ``origin_lat``."""
    at = end_columns(frame.columns)
    if not at:
        return None
    parts = [
        pd.DataFrame(
            {"node_id": frame[end].astype("str"), "name": frame[end].astype("str")}
            | {axis: frame[at[end, axis]] for axis in ("x_coord", "y_coord")}
        )
        for end in ("origin", "destination")
    ]
    return pd.concat(parts, ignore_index=True).drop_duplicates("node_id")


def _checked(frame: pd.DataFrame, say: Callable[[str, str], None], faults: list[dict[str, str]]) -> pd.DataFrame:
    """Return the table with every column, or refuse it with every cell that is wrong, those that were found before too."""
    if frame.empty:
        refuse("the table has no rows", "flows")

    def refuse_rows(wrong: Any, column: str, message: str) -> None:
        rows = np.flatnonzero(np.asarray(wrong, dtype=bool))
        shown = given[column].astype("str").to_numpy(dtype=object) if column in given else np.full(len(given), "")
        faults.extend(problem("flows", str(r + 1), column, f"{shown[r]!r} {message}") for r in rows)

    given = frame.reset_index(drop=True)
    texts = {c: _text(given, c) for c in flow_columns() if c != "tonnage_t"}
    for end in ("origin", "destination"):
        texts[end] = whole_names(texts[end])
        refuse_rows(texts[end] == "", end, "names no place")
        refuse_rows(texts[end].map(is_total), end, "is a sum of other rows: leave it out, or it counts twice")
    texts["period"] = _periods(given, texts["period"], refuse_rows, say)
    for column, allowed, default in (
        ("kind", KINDS, traced_as("deliver")[0]),
        ("via", VIAS, OWN),
        ("basis", BASES, "reported"),
    ):
        words = texts[column].str.lower().replace("", default)
        for word in sorted(set(words) - set(allowed)):
            hint = did_you_mean(word, allowed, f"there are {', '.join(allowed)}")
            refuse_rows(words == word, column, f"is not declared; {hint}")
        texts[column] = words
    texts["grade"] = texts["grade"].str.upper()
    refuse_rows([bool(g) and not _is_grade(g) for g in texts["grade"]], "grade", "is no grade such as B2")
    if faults:
        raise InputError(faults, what="the table of flows")
    known = sorted(set(texts["material"]) - {""})
    texts["material"] = texts["material"].replace("", known[0] if len(known) == 1 else "scrap")
    table = pd.DataFrame({**texts, "tonnage_t": given["tonnage_t"]})
    return table[list(flow_columns())]


def _text(frame: pd.DataFrame, column: str) -> pd.Series[str]:
    if column not in frame:
        return pd.Series("", index=frame.index, dtype="str")
    cells = frame[column]
    return (
        # The same letters composed and decomposed look equal and are one name.
        cells.astype("str")
        .where(cells.notna(), "")
        .str.normalize("NFC")
        .str.strip()
        .replace({"nan": "", "None": "", "<NA>": "", "NaT": ""})
    )


def _is_grade(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return len(text) == 2


def _periods(
    frame: pd.DataFrame, texts: pd.Series[str], refuse_rows: Any, say: Callable[[str, str], None]
) -> pd.Series[str]:
    """Return ISO labels."""
    if "period" not in frame or (texts == "").all():
        return pd.Series(UNDATED, index=frame.index, dtype="str")
    labels, wrong = labels_of(texts, say)
    for message in dict.fromkeys(wrong.values()):
        refuse_rows(texts.isin([w for w, m in wrong.items() if m == message]), "period", message)
    refuse_rows(texts == "", "period", "is empty, and other rows have a period")
    return labels


def source_rows(table: pd.DataFrame, title: str) -> Iterator[tuple[str, str]]:
    """Yield the sources of a table of flows, each with an identifier, the input itself first where a row names none."""
    from scrapflow.world.folding import fold

    taken: set[str] = set()
    for name in dict.fromkeys(table["source"].replace("", title or "flows")):
        base = re.sub(r"\W+", "_", fold(str(name)))[:40].strip("_") or "source"
        fresh = next(i for i in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if i not in taken)
        taken.add(fresh)
        yield fresh, str(name)
