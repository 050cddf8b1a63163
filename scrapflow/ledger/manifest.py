"""The manifest of a saved run: what it must say, and the seal by which a change is seen."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from scrapflow.errors import InputError, problem
from scrapflow.given import is_number
from scrapflow.vocabulary import manifest_rows
from scrapflow.world.toml_text import TomlError, parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scrapflow.vocabulary import ManifestRow

FORMAT = 2
"""Version of the layout; another is refused."""
MANIFEST = "manifest.json"
_SEAL = "seal"
OWN = ("format", "files", "rows", _SEAL)
"""What the manifest says of the files, not of the run."""
_NAME = re.compile(r"[a-z0-9_]+")


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write a manifest with its seal."""
    sealed = {**content, "format": FORMAT}
    text = json.dumps({**sealed, _SEAL: _seal(sealed)}, ensure_ascii=False, sort_keys=True, indent=1)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def read_manifest(folder: Path, *, check: bool) -> dict[str, Any]:
    """Read a manifest and refuse one that is damaged, from another layout or, with ``check``, changed.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    path = folder / MANIFEST
    if not path.is_file():
        message = "no manifest.json: this is no saved run; run.save() or 'scrapflow run' writes one"
        raise InputError([problem(str(folder), "", "", message)], what="the run")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError, OSError) as error:
        raise _unreadable(path, str(error)) from error
    if not isinstance(manifest, dict):
        raise _unreadable(path, "it is no table of keys and values")
    number = manifest.get("format")
    if not isinstance(number, int) or isinstance(number, bool):
        raise _unreadable(path, f"its format is {number!r} and no whole number")
    if number != FORMAT:
        age = "newer than this scrapflow knows" if number > FORMAT else "older: run the campaign again and save it"
        raise InputError([problem(str(path), "", "format", f"layout {number} is {age} ({FORMAT})")], what="the run")
    faults = [*_wrong(manifest), *_wrong_files(manifest)]
    if check and not faults and manifest.get(_SEAL) != _seal(manifest):
        message = "the manifest was changed after it was written: seed, settings or inputs are not those of the run"
        faults.append(problem(MANIFEST, "", _SEAL, message))
    if faults:
        raise InputError(faults, what="the run")
    return manifest


def _refuse(word: str) -> float:
    msg = f"{word} is no number of a manifest"
    raise ValueError(msg)


def _unreadable(path: Path, why: str) -> InputError:
    return InputError([problem(str(path), "", "", f"the manifest cannot be read: {why}")], what="the run")


def _wrong(manifest: Mapping[str, Any]) -> list[dict[str, str]]:
    """Compare the manifest with ``vocabulary/manifest.csv``; keys that it does not have are left to their writers."""
    faults = []
    for row in manifest_rows():
        if row.key not in manifest:
            if row.required:
                faults.append(problem(MANIFEST, "", row.key, f"is missing: {row.meaning}"))
            continue
        value = manifest[row.key]
        kinds = row.type.split("|")
        if not any(_FITS[kind](value) for kind in kinds) or not _is_allowed(value, row):
            wanted = f"{' or '.join(kinds)}, {row.meaning}" + (f" ({', '.join(row.allowed)})" if row.allowed else "")
            faults.append(problem(MANIFEST, "", row.key, f"{str(value)[:60]!r} is wrong here: {wanted}"))
    return faults


def _is_allowed(value: Any, row: ManifestRow) -> bool:
    """Tell whether a word is one of those there are; every row of a table has the keys that are named instead."""
    if "rows" in row.type:
        return not isinstance(value, list) or all(set(row.allowed) <= cells.keys() for cells in value)
    return not row.allowed or str(value) in row.allowed


def _is_amount(value: Any) -> bool:
    return is_number(value) and value >= 0


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _is_rows(value: object) -> bool:
    """Tell a table as its rows, each cell a text or a number: ``kind`` and ``note`` of a report are texts."""
    return isinstance(value, list) and all(
        isinstance(row, dict)
        and all(cell is None or isinstance(cell, str | int | float) for cell in row.values())
        and all(isinstance(row.get(name, ""), str) for name in ("kind", "note", "rule_id"))
        for row in value
    )


def _is_spans(value: object) -> bool:
    """Tell ranges by name: each has a low and a high."""
    return isinstance(value, dict) and all(
        isinstance(span, dict) and _is_amount(span.get("low")) and _is_amount(span.get("high"))
        for span in value.values()
    )


def _is_campaign(value: object) -> bool:
    """Tell the text of a campaign, or of none; what it says was checked before it was run."""
    try:
        read = parse_toml(value) if isinstance(value, str) else None
    except TomlError:
        return False
    if read is None or not isinstance(read.get("periods", {}), dict):
        return False
    rules = read.get("quota", [])
    return isinstance(rules, list) and all(isinstance(rule, dict) for rule in rules)


_FITS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "whole": lambda value: _is_amount(value) and isinstance(value, int),
    "number": _is_amount,
    "list": lambda value: isinstance(value, list),
    "table": lambda value: isinstance(value, dict),
    "flag": lambda value: isinstance(value, bool),
    "texts": _is_texts,
    "words": lambda value: isinstance(value, dict) and all(isinstance(v, str) or _is_texts(v) for v in value.values()),
    "shares": lambda value: isinstance(value, dict) and all(_is_amount(v) and v <= 1 for v in value.values()),
    "rows": _is_rows,
    "spans": _is_spans,
    "toml": _is_campaign,
}
"""What a value of each type of ``vocabulary/manifest.csv`` is."""


def _wrong_files(manifest: Mapping[str, Any]) -> list[dict[str, str]]:
    files, rows = manifest.get("files"), manifest.get("rows")
    faults = []
    if isinstance(files, dict) and not all(isinstance(v, str) for v in files.values()):
        faults.append(problem(MANIFEST, "", "files", "a hash stands behind every file"))
    if isinstance(rows, dict):
        strange = [
            n for n, v in rows.items() if not _NAME.fullmatch(n) or not isinstance(v, int) or isinstance(v, bool)
        ]
        faults += [problem(MANIFEST, "", "rows", f"{n[:60]!r} is no table with a number of rows") for n in strange]
    return faults


def _seal(manifest: Mapping[str, Any]) -> str:
    """Return the hash of all that a manifest says but its seal."""
    said = {k: v for k, v in manifest.items() if k != _SEAL}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
