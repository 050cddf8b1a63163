"""Tables of text cells out of files as people have them: any separator, encoding, header line and style of numbers."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.world.csv_text import LOST_MARK, bare_utf16, other_content
from scrapflow.world.importers.number_cells import is_nothing, is_unsure, looks_like_number, style_of, written_plainly
from scrapflow.world.other_names import every_name, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_END = "\x03"
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")
"""Endings of files that hold a table."""
SAID = "said"
"""Under this name a frame carries what was done to read it: pairs of a kind and a note."""
_SETTLED = "numbers_settled"
_SEPARATORS = ",;\t|"
_HEADER_WITHIN = 20
_SHOWN = 12
_COORDINATE = re.compile(r"lat|lon|lng|long|latitude|longitude|[xy]|[xy]_?coord(inate)?|breite|länge|laenge|위도|경도")
_NAMED = re.compile(r"(.*_)?(id|code|name|label|period|month|year|date|node|from|to|origin|destination|grade)(_.*)?")


def refuse(message: str, table: str = "links", *, row: str = "", column: str = "") -> NoReturn:
    """Raise the error for input that cannot become a world."""
    raise InputError([problem(table, row, column, message)], what="making a world")


class _Sheet(NamedTuple):
    """Rows of cells, each with the number of its line."""

    rows: list[list[str]]
    lines: list[int]
    separator: str = ""


def read_table(path: Path, table: str = "links") -> pd.DataFrame:
    """Read a table of text cells: CSV with any separator, a workbook, or Parquet.

    Lines above the header and notes below the rows are left out, numbers are written with a point and without groups; what was
    done stands in ``attrs["said"]``.

    Parameters
    ----------
    path
        The file.
    table
        What it holds, for messages.

    Raises
    ------
    InputError
        If it is no table or not to be understood, with the cause and the fix.
    """
    suffix = path.suffix.lower()
    if not path.stat().st_size:
        refuse(f"{path.name} is empty (0 bytes): its first line must name the columns", table)
    if suffix == ".parquet":
        import pyarrow as pa

        try:
            return pd.read_parquet(path)
        except (pa.ArrowException, ValueError, OSError) as e:
            refuse(f"{path.name} cannot be read as Parquet: {str(e).splitlines()[0]}", table)
    if suffix in (".xls", ".ods", ".numbers"):
        refuse(f"{path.name}: workbooks of this kind are not read: save it as .xlsx or as CSV UTF-8", table)
    said: list[tuple[str, str]] = []
    sheet = _workbook(path, table, said) if suffix in (".xlsx", ".xlsm") else _text_rows(path, table)
    frame = _framed(path.name, sheet, table, said)
    frame = _with_plain_numbers(path.name, frame, sheet.separator, table, said)
    frame.attrs |= {SAID: said, _SETTLED: True}
    return frame


def said_of(frame: object) -> list[tuple[str, str]]:
    """Return what was done to read a frame."""
    return list(getattr(frame, "attrs", {}).get(SAID, ()))


def numbers_settled(frame: object) -> bool:
    """Tell whether columns of nothing but numbers are written with a point and without groups, by the style of the whole file."""
    return bool(getattr(frame, "attrs", {}).get(_SETTLED))


def _workbook(path: Path, table: str, said: list[tuple[str, str]]) -> _Sheet:
    """Return the sheet that holds a table; of several, the one whose columns are known."""
    import zipfile

    try:
        book = pd.read_excel(path, dtype=str, header=None, sheet_name=None, na_filter=False)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as e:
        refuse(
            f"{path.name} cannot be read as a workbook: {str(e).splitlines()[0] if str(e) else type(e).__name__}", table
        )
    sheets = {str(name): _cells(frame) for name, frame in book.items()}
    filled = {name: sheet for name, sheet in sheets.items() if len(sheet.rows) > 1}
    if not filled:
        refuse(f"{path.name} has no sheet with rows: its first line must name the columns", table)
    known = {name: max(map(_known, sheet.rows[:_HEADER_WITHIN])) for name, sheet in filled.items()}
    best = max(filled, key=lambda name: known[name])
    if len(filled) > 1:
        said.append(
            ("sheet", f"sheet {best!r} of {path.name} was read; not {', '.join(repr(n) for n in filled if n != best)}")
        )
    return filled[best]


def _cells(frame: pd.DataFrame) -> _Sheet:
    rows = [[str(v).strip().removesuffix(" 00:00:00") for v in row] for row in frame.to_numpy().tolist()]
    lines = [i + 1 for i, row in enumerate(rows) if any(row)]
    return _Sheet([rows[i - 1] for i in lines], lines)


def decoded(name: str, data: bytes, table: str) -> str:
    """Return the text of a file in UTF-8 or UTF-16, with or without a byte order mark.

    Raises
    ------
    InputError
        If it is in another encoding or no text at all.
    """
    other = other_content(data)
    if other:
        refuse(f"{name} is {other}", table)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    wide = bare_utf16(data)
    if wide:
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8-sig").replace("\ufeff", "")
    except UnicodeDecodeError as e:
        line = data[: e.start].count(b"\n") + 1
        word = re.split(rb"[\s,;|\"]", data[: e.start])[-1] + re.split(rb"[\s,;|\"]", data[e.start :])[0]
        seen = word.decode("cp1252", errors="replace")
        refuse(
            f"{name} line {line} is not UTF-8 text (byte 0x{data[e.start]:02x}, {seen!r} if it is a Western code page): save it "
            "as 'CSV UTF-8'",
            table,
        )


def _text_rows(path: Path, table: str) -> _Sheet:
    text = decoded(path.name, path.read_bytes(), table).rstrip("\x1a")
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r"\s*\"?sep=(.)\"?\s*", first)
    if said:
        text = rest
    separator = said[1] if said else _separator(text)
    # A quotation mark without its fellow swallows the rest, and so the line that is put behind it, or all up to another such mark,
    # after which there are letters where a separator is due.
    source = io.StringIO(text, newline="").readlines()
    form: dict[str, Any] = {"delimiter": separator, "skipinitialspace": separator != "\t"}
    reader = csv.reader([*source, _END], **form)
    rows, lines, begun = [], [], 1
    limit = csv.field_size_limit(max(len(text), 131_072))
    try:
        for row in reader:
            cells = [c.strip() for c in row]
            if cells == [_END]:
                break
            lost = bool(cells) and cells[-1].endswith(_END)
            if reader.line_num > begun:
                lost |= not _closes_its_marks(source[begun - 1 : reader.line_num], form)
            if lost:
                refuse(f"{path.name} line {begun + bool(said)}: {LOST_MARK}", table)
            if any(cells):
                rows.append(cells)
                lines.append(reader.line_num + bool(said))
            begun = reader.line_num + 1
    except csv.Error as e:
        refuse(f"{path.name} line {reader.line_num}: {e}", table)
    finally:
        csv.field_size_limit(limit)
    if not rows:
        refuse(f"{path.name} holds no text: its first line must name the columns", table)
    return _Sheet(rows, lines, separator)


def _closes_its_marks(lines: list[str], form: dict[str, Any]) -> bool:
    """Tell whether a row over several lines has every quotation mark where quoted text begins or ends."""
    try:
        list(csv.reader(lines, strict=True, **form))
    except csv.Error:
        return False
    return True


def _separator(text: str) -> str:
    """Return the separator by which most lines have the same number of cells."""
    sample = [line for line in text.splitlines()[:200] if line.strip()][:80]

    def fits(separator: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in csv.reader(sample, delimiter=separator) if any(row))
        width, times = max(widths.items(), key=lambda w: (w[1], w[0])) if widths else (1, 0)
        return (times / max(len(sample), 1), width) if width > 1 else (0.0, 1)

    best = max(_SEPARATORS, key=fits)
    return best if fits(best)[1] > 1 else ","


def _known(cells: Sequence[str]) -> int:
    """Return how many cells are names of columns that some table has."""
    return sum(plain(c) in every_name() for c in cells if c)


def _header_at(rows: Sequence[Sequence[str]]) -> int:
    """Return which row names the columns: the one with most known names, else the first as wide as the table."""
    # Below a header there is a row at least.
    near = rows[: min(_HEADER_WITHIN, max(len(rows) - 1, 1))]
    known = [_known(row) if not any(looks_like_number(c) for c in row if c) else 0 for row in near]
    best = known.index(max(known))
    # A cell may happen to be called like a column: one such word makes a header of no row below others as wide.
    if known[best] > 1 or (
        known[best] and all(sum(map(bool, row)) < sum(map(bool, near[best])) for row in near[:best])
    ):
        return best
    width = Counter(sum(map(bool, row)) for row in rows[:80]).most_common(1)[0][0]
    # The corner of a matrix is often left empty.
    return next((i for i, row in enumerate(near) if sum(map(bool, row)) + (not row[0]) >= width), 0)


def _framed(name: str, sheet: _Sheet, table: str, said: list[tuple[str, str]]) -> pd.DataFrame:
    rows, lines = sheet.rows, sheet.lines
    top = _header_at(rows)
    header = rows[top]
    if top:
        said.append(("left_out", f"{top} lines above the header of {name}: {' / '.join(filter(None, rows[0]))[:80]}"))
    numeric = [c for c in header if looks_like_number(c)]
    # A matrix of zones has the same numbers above and beside it.
    beside = {row[0] for row in rows[top + 1 :] if row} if not looks_like_number(header[0]) else set()
    if len(numeric) > len(header) / 2 and len(header) > 1 and len(set(numeric) & beside) < len(numeric) / 2:
        refuse(
            f"{name} has no header: its first line must name the columns, and is {', '.join(header[:_SHOWN])}", table
        )
    body, numbers = rows[top + 1 :], lines[top + 1 :]
    width = len(header)
    while body and width > 2 and sum(map(bool, body[-1])) == 1 and body[-1][0]:
        said.append(("left_out", f"a note below the rows of {name}: {body[-1][0][:80]}"))
        body, numbers = body[:-1], numbers[:-1]
    if not body:
        refuse(f"{name} has a header ({', '.join(filter(None, header[:_SHOWN]))}) and no rows", table)
    faults = []
    for row, line in zip(body, numbers, strict=True):
        if any(row[width:]):
            message = f"line {line} of {name} has {len(row)} cells where the header has {width}: a text with {sheet.separator or ','!r} needs quotes"
            faults.append(problem(table, f"line {line}", "", message))
    filled = [any(len(row) > i and row[i] for row in body) for i in range(width)]
    keep = [i for i in range(width) if header[i] or filled[i]]
    twice = [c for c, times in Counter(header[i] for i in keep if header[i]).items() if times > 1]
    faults += [
        problem(
            table,
            "",
            c,
            f"{name} has two columns called {c!r}: rename or delete one, for nobody can know which is meant",
        )
        for c in twice
        if len({tuple(row[i] for row in body if len(row) > i) for i in keep if header[i] == c}) > 1
    ]
    if faults:
        raise InputError(faults, what="making a world")
    first = [i for k, i in enumerate(keep) if not header[i] or header[i] not in [header[j] for j in keep[:k]]]
    names = [header[i] or f"column {i + 1}" for i in first]
    cells = [[row[i] if i < len(row) else "" for i in first] for row in body]
    return pd.DataFrame(cells, columns=names, dtype="str")


def _with_plain_numbers(
    name: str, frame: pd.DataFrame, separator: str, table: str, said: list[tuple[str, str]]
) -> pd.DataFrame:
    """Write the numbers of columns that hold nothing else with a point and without groups."""
    columns = {}
    for column in frame.columns:
        cells = frame[column][~is_nothing(frame[column])]
        if len(cells) and not _NAMED.fullmatch(plain(column)) and cells.map(looks_like_number).all():
            columns[column] = cells
    style = style_of(c for cells in columns.values() for c in cells)
    if style.against:
        refuse(
            f"{name} writes numbers in two ways, {style.example!r} and {style.against!r}: write all with a decimal point and "
            "without thousands separators",
            table,
        )
    decimal = style.decimal
    if not decimal and separator == ",":
        # Where commas separate cells, a comma inside a number is quoted, and groups thousands.
        decimal = "."
    unsure = {
        column: next(c for c in cells if is_unsure(c))
        for column, cells in columns.items()
        if not decimal and cells.map(is_unsure).any()
    }
    if unsure:
        if any(_COORDINATE.fullmatch(plain(c)) for c in unsure):
            decimal = "." if "." in next(v for c, v in unsure.items() if _COORDINATE.fullmatch(plain(c))) else ","
        elif separator == ";" and all("," in v for v in unsure.values()):
            decimal = ","
        elif separator == "\t" and all("." in v for v in unsure.values()):
            decimal = "."
        else:
            column, cell = next(iter(unsure.items()))
            refuse(
                f"{name} writes {cell!r}, which can be read with thousands or with decimals, and no other cell tells: write it "
                "without thousands separators, with a decimal point",
                table,
                column=column,
            )
    changed = {c: written_plainly(frame[c], decimal or ".") for c in columns}
    differs = {c: v for c, v in changed.items() if (v != frame[c]).any()}
    for column, cells in differs.items():
        at = (cells != frame[column]).to_numpy().argmax()
        said.append(("numbers", f"{column} of {name}: {frame[column].iloc[at]!r} is read as {cells.iloc[at]}"))
    return frame.assign(**differs)
