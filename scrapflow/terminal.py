"""What a terminal is told and shows: words, tables that other programs can read, a bar while something runs."""

from __future__ import annotations

import enum
import errno
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from scrapflow.errors import OutputError, tame
from scrapflow.units import two_figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from rich.progress import Progress

    from scrapflow.queries.compare import Comparison


LENGTHS = ("_km", "metres")
"""Ends of the names of columns that are lengths."""


class Format(enum.StrEnum):
    """How a table is printed: for people (table, markdown: two significant figures) or for programs (csv, json: all)."""

    table = "table"
    csv = "csv"
    json = "json"
    markdown = "markdown"


class Steps:
    """What is being done, told to a bar if there is one; ``steps`` is about how many there will be."""

    def __init__(self, steps: int, bar: Progress | None = None) -> None:
        self._bar, self._steps, self._begun = bar, steps, 0
        if bar is not None:
            self._task = bar.add_task("", total=steps)

    def step(self, text: str) -> None:
        """Say what begins now."""
        if self._bar is not None:
            self._bar.update(self._task, description=text, completed=min(self._begun, self._steps - 1))
            self._begun += 1

    def count(self, done: int, total: int) -> None:
        """Say how many runs are done."""
        if self._bar is not None:
            self._bar.update(self._task, description=f"{done:,} of {total:,} runs", completed=done, total=total)


@contextmanager
def progress_bar(steps: int) -> Iterator[Steps]:
    """Show a bar on stderr while the block runs, if stderr is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield Steps(steps)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield Steps(steps, bar)


def say(text: str, *, nl: bool = True, err: bool = False, data: bool = False) -> None:
    """Print a text on stdout, or on stderr; what in it would steer a terminal stands as an escape, unless it is data.

    Who stops reading, as ``head`` does, stops nothing: what else the command is to do is done.

    Raises
    ------
    OutputError
        If stdout cannot take it, such as a file on a full disk.
    """
    try:
        typer.echo(text if data else tame(text), nl=nl, err=err)
    except OSError as fault:
        _write_nowhere(sys.stderr if err else sys.stdout)
        if not err and fault.errno != errno.EPIPE:
            why = "the disk is full" if fault.errno == errno.ENOSPC else fault.strerror or str(fault)
            msg = f"what was to be printed could not be written: {why}"
            raise OutputError(fault.errno or 0, msg) from fault


def _write_nowhere(stream: object) -> None:
    """Send what is left of a broken stream, and all that follows, to nowhere: else it breaks again when Python ends."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[attr-defined]
        os.close(nowhere)


def print_rows(frame: pd.DataFrame, form: Format, *, none: str = "") -> None:
    """Print all rows and all columns, without colours or cuts; for people with two figures, for programs with all.

    ``none`` is told to people where there is no row.
    """
    if form is Format.csv:
        from scrapflow.exchange.plain_tables import harmless

        say(harmless(frame).to_csv(index=False), nl=False, data=True)
    elif form is Format.json:
        say(frame.to_json(orient="records", force_ascii=False, double_precision=15, indent=1), data=True)
    elif form is Format.markdown:
        say(_markdown(frame))
    elif not frame.empty:
        say(_as_read(frame).to_string(index=False, max_colwidth=None))
    elif none:
        say(none, err=True)


def _as_read(frame: pd.DataFrame) -> pd.DataFrame:
    """Write amounts with two significant figures, as people read them; lengths keep the metres that they are known to."""
    return frame.assign(
        **{
            name: frame[name].map("{:,.3f}".format if name.endswith(LENGTHS) else two_figures)
            for name in map(str, frame.columns)
            if frame[name].dtype.kind == "f"
        }
    )


def _markdown(frame: pd.DataFrame) -> str:
    """Write a pipe table; numbers to the right, bars inside a cell escaped."""
    numeric = [frame[c].dtype.kind in "fiu" for c in frame.columns]
    lines = [list(map(str, frame.columns)), ["--:" if n else "---" for n in numeric]]
    rows = _as_read(frame).itertuples(index=False)
    lines += [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def print_comparison(both: Comparison, form: Format) -> None:
    """Print the totals of two runs beside each other; for people, in words first."""
    if form is Format.table:
        say(both.summary() + "\n")
    print_rows(both.totals, form)


def settings_of(given: list[str] | None, option: str = "--set") -> dict[str, Any]:
    """Read ``key=value`` texts; values are TOML, and a bare word is a string."""
    from scrapflow.world.toml_text import TomlError, parse_toml

    changes: dict[str, Any] = {}
    for text in given or []:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            msg = f"{text!r} is not of the form NAME=VALUE"
            raise typer.BadParameter(msg, param_hint=option)
        try:
            read = parse_toml(f"value = {value}")
        except TomlError:
            read = {}
        # A line break would begin another setting, which nobody would see.
        changes[key.strip()] = read["value"] if set(read) == {"value"} else value.strip()
    return changes


def tonnes_of(given: list[str] | None, option: str) -> dict[str, float]:
    """Read ``name=tonnes`` texts."""
    limits = settings_of(given, option)
    for name, value in limits.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            msg = f"{name}={value}: {value!r} is no number of tonnes"
            raise typer.BadParameter(msg, param_hint=option)
    return limits


def columns_of(text: str) -> list[str]:
    """Read names with commas between."""
    return [name.strip() for name in text.split(",") if name.strip()]


def unforeseen(fault: Exception) -> str:
    """Write the traceback of a fault that nobody foresaw to a file, and say how to report it."""
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(fault))
    told = f"a fault that nobody foresaw ({type(fault).__name__}: {str(fault)[:200]}). Please report it with what you ran and"
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="backslashreplace", prefix="scrapflow-fault-", suffix=".txt", delete=False
        ) as file:
            file.write(text)
    except OSError:  # no room even for that
        place = traceback.extract_tb(fault.__traceback__)[-1]
        return f"{told} where it was: {Path(place.filename).name}, line {place.lineno}"
    return f"{told} the file {file.name}"
