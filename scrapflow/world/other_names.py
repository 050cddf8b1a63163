"""Columns under another usual name: taken for what they are, and said so, instead of being kept and not used."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from scrapflow.errors import problem
from scrapflow.world.schema import SPATIAL, schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from scrapflow.world.csv_text import Raw

_OTHER_UNIT = {"length_m", "miles", "mi"}
"""Lengths that are not in kilometres."""
_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
_LONGEST = 3


@cache
def other_names() -> Mapping[tuple[str, str], str]:
    """Return the column of the schema for each table and usual other name, from ``schema/other_names.csv``.

    Examples
    --------
    >>> other_names()["nodes", "lon"], other_names()["links", "km"]
    ('x_coord', 'length_km')
    """
    text = files("scrapflow.world").joinpath("schema", "other_names.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["table"], plain(name)): row["column"] for row in rows for name in row["names"].split("|")}


@cache
def flow_columns() -> Mapping[str, tuple[str, ...]]:
    """Return the columns of a table of flows, each with its usual other names.

    Examples
    --------
    >>> flow_columns()["tonnage_t"][:2]
    ('tonnes', 'tons')
    """
    text = files("scrapflow.world").joinpath("schema", "flow_columns.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["column"]: tuple(plain(n) for n in row["names"].split("|") if n) for row in rows}


@cache
def names_of(column: str) -> frozenset[str]:
    """Return what a column of ours is called, here and usually, in any table.

    Examples
    --------
    >>> {"length_km", "km"} <= names_of("length_km"), "tonnes" in names_of("tonnage_t")
    (True, True)
    """
    others = {name for (_, name), ours in other_names().items() if ours == column}
    return frozenset({column, *flow_columns().get(column, ())} | others)


def parts_of(header: str) -> Iterator[str]:
    """Give the parts of a header in which a unit may stand: what is in brackets, then words in a row, most and last first.

    Examples
    --------
    >>> list(parts_of("Netto (kg)"))
    ['kg', 'Netto kg', 'kg', 'Netto']
    """
    yield from _BRACKETS.findall(header)
    words = [w for w in re.split(r"[\W_]+", header) if w]
    for length in range(_LONGEST, 0, -1):
        yield from (" ".join(words[end - length : end]) for end in range(len(words), length - 1, -1))


def called_otherwise(column: str, there: Iterable[object]) -> str:
    """Return what a column of flows that is missing is called in a table, with how to rename it; "" where nothing is.

    Examples
    --------
    >>> called_otherwise("origin", ["from", "to", "value"])
    ": rename yours, .rename(columns={'from': 'origin'})"
    >>> called_otherwise("sd", ["from", "to"])
    ''
    """
    usual = flow_columns().get(column, ())
    theirs = next((name for name in there if plain(str(name)) in usual), None)
    return "" if theirs is None else f": rename yours, .rename(columns={{{theirs!r}: {column!r}}})"


@cache
def usual_words(meaning: str) -> frozenset[str]:
    """Return what headers and rows usually call something, from ``schema/usual_words.csv``.

    Examples
    --------
    >>> "dist" in usual_words("length"), "합계" in usual_words("total")
    (True, True)
    """
    text = files("scrapflow.world").joinpath("schema", "usual_words.csv").read_text("utf-8")
    return next(
        frozenset(row["names"].split("|")) for row in csv.DictReader(text.splitlines()) if row["meaning"] == meaning
    )


@cache
def every_name() -> frozenset[str]:
    """Return every name of a column, ours and others, that a header may have.

    Examples
    --------
    >>> {"from_node_id", "lat", "tonnage_t"} <= every_name()
    True
    """
    return our_columns() | {name for _, name in other_names()} | {n for names in flow_columns().values() for n in names}


@cache
def our_columns() -> frozenset[str]:
    """Return every name that a column has here.

    Examples
    --------
    >>> "from_node_id" in our_columns(), "geometry" in our_columns(), "lat" in our_columns()
    (True, True, False)
    """
    ours = {column for table in schema().values() for column in table.columns}
    return frozenset(ours | set(flow_columns()) | {"geometry"})


def plain(name: str) -> str:
    """Return the name of a column in small letters without accents, joined by underscores.

    Examples
    --------
    >>> plain(" Node ID "), plain("Länge (km)"), plain("출발 역")
    ('node_id', 'lange_km', '출발_역')
    """
    apart = unicodedata.normalize("NFKD", name.replace("\ufeff", "").strip().casefold())
    text = unicodedata.normalize("NFC", "".join(c for c in apart if unicodedata.category(c) != "Mn"))
    return re.sub(r"[^\w]+", "_", text).strip("_")


def meant(table: str, name: str, missing: Iterable[str]) -> str:
    """Return the missing column that a name is a usual other name of, or "".

    Parameters
    ----------
    table
        Name of a table of a world.
    name
        What the file calls the column.
    missing
        Columns of the table that the file does not have.
    """
    columns = set(missing)
    column = other_names().get((table, plain(name)), "")
    return column if column in columns else ""


def take_other_names(raw: Raw) -> None:
    """Rename the columns of a table that stand under another usual name, each with a note; ask where it is not clear."""
    table = schema()[raw.table]
    there = {c for c in raw.frame.columns if not _is_blank(raw.frame[c])}
    missing = [c for c in (*table.columns, *(["geometry"] if raw.table in SPATIAL else [])) if c not in there]
    renamed: dict[str, str] = {}
    for name in map(str, raw.frame.columns):
        own = plain(name) if plain(name) in missing else meant(raw.table, name, missing)
        column = "" if name in table.columns else own
        if column and column not in renamed.values():
            renamed[name] = column
            message = f"taken for {column}: rename it if it is that, or if it is not"
            raw.problems.append(problem(raw.table, "", name, message, "note"))
        elif (
            name not in table.columns
            and raw.table == "nodes"
            and plain(name) in usual_words("both_coordinates")
            and "x_coord" in missing
        ):
            message = "two numbers in one cell: split them into y_coord (latitude) and x_coord (longitude)"
            raw.problems.append(problem(raw.table, "", name, message))
        elif name not in table.columns and raw.table == "links":
            target = _of_unsaid_unit(plain(name))
            if target in missing:
                unit = "tonnes a month" if target == "capacity_t" else "kilometres"
                message = f"not used, for its unit is not known: give {target}, in {unit}"
                raw.problems.append(problem(raw.table, "", name, message, "warning"))
    if renamed:
        raw.frame = raw.frame.drop(columns=list(renamed.values()), errors="ignore").rename(columns=renamed)


def _of_unsaid_unit(name: str) -> str:
    """Return the column of links that a name would mean if its unit were known, or ""."""
    if name in usual_words("capacity"):
        return "capacity_t"
    return "length_km" if name in usual_words("length") or name in _OTHER_UNIT else ""


def _is_blank(cells: pd.Series[Any]) -> bool:
    """Tell whether a column holds nothing, so that another of the same meaning can stand in its place."""
    values = cells.tolist()
    return is_empty(values) or not any(
        (isinstance(v, str) and v.strip()) or (not isinstance(v, str) and v is not None) for v in values
    )


def is_empty(cells: list[Any]) -> bool:
    """Tell whether no cell of a list was filled in, at the cost of its first cell where one was.

    Examples
    --------
    >>> is_empty(["", ""]), is_empty(["", " "]), is_empty([0.0])
    (True, False, False)
    """
    if not all(isinstance(v, str) and not v for v in cells[:1]):
        return False
    try:
        return not "".join(cells)
    except TypeError:
        return False
