"""docs/reliability.md, made of the figures of the campaigns."""

from __future__ import annotations

import json
from typing import NamedTuple

from attacks.log import FIGURES, ROOT

PAGE = ROOT / "docs" / "reliability.md"


class Campaign(NamedTuple):
    """A row of the table: what is promised, how it is tried, and how often at least."""

    promise: str
    tried: str
    count: int


CAMPAIGNS = {
    "kill": Campaign(
        "Killed at any moment, the old file or the new one is there, whole; what was left half-done is removed by the next write",
        "kill -9 before and after every flush, rename, making and removing of each writer, and at random moments",
        1000,
    ),
    "disk": Campaign(
        "On a full, failing or read-only disk the old file stays, nothing is left beside it, and the message says why",
        "a disk of 50 sizes for each writer, and every call that writes, opens, flushes or renames refused as full, over quota, read-only or broken",
        2000,
    ),
    "readers": Campaign(
        "Who reads a run gets one run, or is told to read again: never a mixture, whatever is saved there meanwhile",
        "two processes that save two runs into one folder, ten that read it and ask it, for a minute at least; whole reads and told ones are counted apart",
        2000,
    ),
    "mutated": Campaign(
        "Any input ends with a result that balances or with a message: no traceback, no hang, no NaN",
        "worlds, campaigns, saved runs, GeoPackages, Parquet files, files of lines and networks, and arguments, changed at random, given to the commands;"
        " everything public in Python asked with odd values; what fails is shrunk",
        5000,
    ),
    "hostile": Campaign(
        "No text of a world becomes a script, a request or a formula",
        "hostile texts in every cell of text, through everything that people open, in Chromium with a listener on loopback",
        1000,
    ),
    "machines": Campaign(
        "Another machine writes the same bytes, or there is a reason why not",
        "other hash seeds, time zones, locales, masks, users, no home, -O (under -OO altair cannot be imported); other versions of Python, of SQLite"
        " and of the libraries name themselves in files, so there the tables must hold the same",
        1,
    ),
}
_HEAD = """\
# Reliability

Written by `python scripts/reliability.py`; do not edit. Each row is a promise and an attack on it: `python scripts/reliability.py NAME
--count N --seed S --note` tries it again anywhere and writes its figures here. Short forms run with the tests
(`tests/test_reliability.py`). Where fewer were tried than the aim says, the rest is owed. What is promised to whom, and what is not, stands in `SECURITY.md`.
"""


def write_page() -> None:
    """Write the page."""
    known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    lines = [_HEAD, "| promise | how it is tried | aim | tried | wrong |", "|---|---|--:|--:|--:|"]
    for name, row in CAMPAIGNS.items():
        figures = known.get(name)
        counted = f"{figures['tried']:,} | {figures['wrong']:,}" if figures else "not yet | –"
        lines.append(f"| {row.promise} (`{name}`) | {row.tried} | {row.count:,} | {counted} |")
    for name in (n for n in CAMPAIGNS if n in known):
        figures = known[name]
        lines += ["", f"## {name}", "", f"{figures['machine']}.", "", "| what | tried | wrong |", "|---|--:|--:|"]
        lines += [f"| {row['what']} | {row['tried']:,} | {row['wrong']:,} |" for row in figures["rows"]]
        lines += [f"\n{text}" for text in figures.get("notes", [])]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
