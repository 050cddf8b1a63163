"""CSV as people save it: what a spreadsheet does to a file is found, named with its line, and read as far as can be."""

from __future__ import annotations

import csv
import io
import itertools
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from scrapflow.errors import problem
from scrapflow.world.schema import schema

_HIGH = "\u0080-\u00bf\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
"""What the second and later bytes of UTF-8 look like in a Western code page."""
_MOJIBAKE = re.compile(
    # Of two bytes: not before a dash or a quotation mark, for many names have an accented capital there.
    "[\u00c2\u00c3][\u0080-\u00bf\u0152-\u0178\u0192\u02c6\u02dc\u2020-\u2022\u2030\u20ac\u2122]"
    "|[\u00c4-\u00df][\u0080-\u00a9\u00ab-\u00af\u00b1-\u00b6\u00b8\u00b9\u00bc-\u00be\u0152-\u0178\u0192\u02c6\u02dc"
    "\u2020-\u2022\u2030\u20ac\u2122]"
    f"|[\u00e0-\u00ef][{_HIGH}]{{2}}|[\u00f0-\u00f4][{_HIGH}]{{3}}"
)
_PREFACE = re.compile(r"\s*(\"?sep=.\"?|#.*)\s*$")
_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]")
_OTHER_CONTENTS = (
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself: fetch it with 'git lfs pull'"),
    (b"PK\x03\x04", "a workbook or archive under the name of a text file: give it its own ending, .xlsx or .zip"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook: save it as .xlsx or as CSV UTF-8"),
    (b"SQLite format 3", "a database, such as a GeoPackage: give it the ending .gpkg"),
    (b"PAR1", "a Parquet file: give it the ending .parquet"),
    (b"\x1f\x8b", "compressed: unpack it (gunzip)"),
    (b"<!doctype html", "a web page, not a table: download the file itself"),
    (b"<html", "a web page, not a table: download the file itself"),
    (b"{", "JSON, not a table: give it the ending .geojson if it holds lines or points, else save it as CSV UTF-8"),
)
_MOSTLY_ZERO = 0.25
LOST_MARK = "a quotation mark has no fellow: close the quoted text, or write a mark inside it twice"
_SAVE_AS = "save it as 'CSV UTF-8 (comma delimited)'"


@dataclass(eq=False)
class Raw:
    """A table as found: cells not yet converted, where each row came from, and the faults seen so far.

    Attributes
    ----------
    frame
        All cells; text where the file is text.
    where
        For each row what to call it when its identifier is missing: ``line 7`` of a CSV file, ``row 3`` of a layer.
    ragged
        Rows that had too many or too few cells; their cells are not judged one by one.
    comma_decimals
        Whether the file writes its decimals with commas throughout (one fault of the file, not one a cell).
    """

    table: str
    frame: pd.DataFrame
    where: list[str] = field(default_factory=list)
    ragged: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    comma_decimals: bool = False
    problems: list[dict[str, str]] = field(default_factory=list)


def parse_csv(table: str, data: bytes) -> Raw:
    r"""Read the bytes of a CSV file into text cells.

    Parameters
    ----------
    table
        Name of the table, for the findings.
    data
        The file as it lies on the disk.

    Returns
    -------
    Raw
        One column a header cell, one row a line; its ``problems`` name every fault of form.

    Examples
    --------
    >>> raw = parse_csv("sources", b"source_id,title\na,One\nb,Two,too many\n")
    >>> raw.problems[0]["row"], raw.frame.shape
    ('b', (2, 2))
    """
    problems: list[dict[str, str]] = []
    other = other_content(data)
    if other:
        problems.append(problem(table, "", "", f"{table}.csv is {other}"))
        return Raw(table, pd.DataFrame(), problems=problems)
    text = _without_preface(table, _decode(table, data, problems), problems)
    separator = _separator(table, text, problems)
    rows, lines = _rows(table, text, separator, problems)
    if not rows:
        problems.append(problem(table, "", "", "the file is empty; its first line must name the columns"))
        return Raw(table, pd.DataFrame(), problems=problems)
    body, numbers = rows[1:], lines[1:]
    header = _header(table, rows[0], body, problems)
    width = len(header)
    key = schema()[table].key
    key_at = header.index(key) if key in header else 0
    ragged = np.array([len(r) != width for r in body], dtype=bool)
    told = {p["row"] for p in problems}
    for i in np.flatnonzero(ragged):
        if f"line {numbers[i]}" not in told:
            problems.append(_ragged(table, body[i], width, numbers[i], key_at))
        body[i] = (body[i] + [""] * width)[:width]
    cells = list(zip(*body, strict=True)) if body else [()] * width
    keep = {name: np.array(column, dtype=object) for name, column in zip(header, cells, strict=True) if name}
    frame = pd.DataFrame(keep, copy=False) if keep else pd.DataFrame(index=range(len(body)))
    where = [f"line {n}" for n in numbers]
    return Raw(table, frame, where, ragged, comma_decimals=separator == ";", problems=problems)


def other_content(data: bytes) -> str:
    """Return what a file is that is no text of a table, with what to do; "" if nothing tells.

    Examples
    --------
    >>> other_content(b"<!DOCTYPE html><html>")
    'a web page, not a table: download the file itself'
    """
    head = data[:64].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return next((what for begins, what in _OTHER_CONTENTS if head.startswith(begins.lower())), "")


def bare_utf16(data: bytes) -> str:
    """Return the encoding of UTF-16 text without a byte order mark: every other byte of it is zero; "" if it is none.

    Examples
    --------
    >>> bare_utf16("id,name".encode("utf-16-le")), bare_utf16(b"id,name")
    ('utf-16-le', '')
    """
    sample = data[:4000]
    zeros = sample[::2].count(0), sample[1::2].count(0)
    if sum(zeros) <= _MOSTLY_ZERO * len(sample):
        return ""
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _without_preface(table: str, text: str, problems: list[dict[str, str]]) -> str:
    """Leave out lines above the header that only programs write: ``sep=,`` and comments; said, and the lines keep their numbers."""
    lines = text.split("\n")
    count = 0
    while count < len(lines) - 1 and _PREFACE.match(lines[count]):
        # A header may begin with # too: it has as many cells as the row below it.
        if lines[count].lstrip().startswith("#") and lines[count].count(",") >= lines[count + 1].count(",") > 0:
            break
        count += 1
    if not count:
        return text
    message = f"{count} line{'s' if count > 1 else ''} above the header left out: {lines[0].strip()[:40]!r}"
    problems.append(problem(table, "", "", message, "note"))
    return "\n".join([""] * count + lines[count:])


def _decode(table: str, data: bytes, problems: list[dict[str, str]]) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problems.append(problem(table, "", "", f"the file is UTF-16 text; {_SAVE_AS}"))
        return data.decode("utf-16", errors="replace")
    wide = bare_utf16(data)
    if wide:
        problems.append(problem(table, "", "", f"the file is UTF-16 text; {_SAVE_AS}"))
        return data.decode(wide, errors="replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data[: e.start].count(b"\n") + 1
        message = f"byte 0x{data[e.start]:02x} is not UTF-8: the file was saved in another encoding; {_SAVE_AS}"
        problems.append(problem(table, f"line {line}", "", message))
        return data.decode("utf-8-sig", errors="replace")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        message = "a byte of zero stands in the text, as in files that were damaged: write the line anew"
        problems.append(problem(table, f"line {line}", "", message))
    # A byte order mark alone is harmless: spreadsheets write one in front of UTF-8, and utf-8-sig drops it.
    return text


def _separator(table: str, text: str, problems: list[dict[str, str]]) -> str:
    head = text.lstrip("\n").partition("\n")[0]
    counts = {s: head.count(s) for s in (",", ";", "\t", "|")}
    best = max(counts, key=lambda s: counts[s])
    if counts[best] == 0 or best == ",":
        return ","
    name = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}[best]
    message = f"the columns are separated by {name}: {_SAVE_AS}, with a point in decimals"
    problems.append(problem(table, "", "", message))
    return best


def _rows(table: str, text: str, separator: str, problems: list[dict[str, str]]) -> tuple[list[list[str]], list[int]]:
    """Split into rows of cells, blank ones left out, each with the number of its line.

    A quotation mark without its fellow would swallow the rest of the file: its line is reported and read by itself.
    """
    lines = io.StringIO(text, newline="").readlines()
    rows: list[list[str]] = []
    numbers: list[int] = []
    start = 0
    limit = csv.field_size_limit(max(len(text), 1))
    try:
        while start < len(lines):
            reader = csv.reader(itertools.islice(lines, start, None), delimiter=separator, strict=True)
            done = 0
            try:
                for row in reader:
                    if any(cell.strip(" \t\x1a\xa0") for cell in row):
                        rows.append(row)
                        numbers.append(start + done + 1)
                    done = reader.line_num
                start = len(lines)
            except csv.Error:
                start += done + 1
                problems.append(problem(table, f"line {start}", "", LOST_MARK))
                rows.append(lines[start - 1].rstrip("\r\n").split(separator))
                numbers.append(start)
    finally:
        csv.field_size_limit(limit)
    return rows, numbers


def _header(table: str, cells: list[str], body: list[list[str]], problems: list[dict[str, str]]) -> list[str]:
    """Clean the header; a second column of one name, and a filled column without one, are reported and named ''."""
    out: list[str] = []
    for at, cell in enumerate(cells):
        name = cell.replace("\ufeff", "").strip().strip('"')
        if name and name in out:
            message = f"the header names it twice (column {at + 1} again): delete or rename one of the two"
            problems.append(problem(table, "line 1", name, message))
            name = ""
        elif not name and any(row[at] for row in body if len(row) > at):
            message = f"column {at + 1} has no name in the header: name it, or delete the column"
            problems.append(problem(table, "line 1", "", message))
        out.append(name)
    return out


def _ragged(table: str, row: list[str], width: int, line: int, key_at: int) -> dict[str, str]:
    n = len(row)
    if n > width:
        why = "a comma inside a text needs quotes around the text, or the cells were shifted to the right"
    else:
        why = "the cells were shifted to the left, or the line was cut"
    message = f"line {line} has {n} cell{'s' if n != 1 else ''} where the header has {width}: {why}"
    name = row[key_at].strip() if key_at < n else ""
    return problem(table, name or f"line {line}", "", message)


def is_mojibake(text: str) -> bool:
    """Tell whether UTF-8 text was once read as a Western code page: ``ê°•`` in place of ``강``.

    Examples
    --------
    >>> is_mojibake("강선".encode().decode("cp1252", "ignore")), is_mojibake("Kangsŏn"), is_mojibake("Çà")
    (True, False, False)
    """
    if "\ufffd" in text:
        return True
    # Only what can be turned back into sensible text was misread.
    return any(bool(was := repaired(m.group())) and not _CONTROL.search(was) for m in _MOJIBAKE.finditer(text))


def repaired(text: str) -> str:
    """Return what text in a wrong encoding once was, "" if that cannot be told.

    Examples
    --------
    >>> repaired("KangsÅ\u008fn")
    'Kangsŏn'
    """
    data = bytearray()
    for letter in text:
        try:
            data += letter.encode("latin-1" if ord(letter) < 256 else "cp1252")
        except UnicodeEncodeError:
            return ""
    # The last byte may have been taken for a no-break space, and trimmed.
    for lost in (b"", b"\xa0"):
        try:
            return (bytes(data) + lost).decode("utf-8")
        except UnicodeDecodeError:
            continue
    return ""
