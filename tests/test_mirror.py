"""Tests stand as the modules do: the test of ``campaign/looting.py`` is ``campaign/test_looting.py``, and this fails where one is missing."""

from __future__ import annotations

import csv
from pathlib import Path

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "scrapflow"
TABLE = TESTS / "tested_through.csv"
"""Modules without a file of their own: tables of words and glue, each with the file that tests it through its door."""
MOST_ROWS = 35


def doors(table: Path = TABLE) -> dict[str, str]:
    """Return the file that tests each module of the table."""
    with table.open(encoding="utf-8", newline="") as file:
        return {row["module"]: row["door"] for row in csv.DictReader(file)}


def faults(package: Path, tests: Path, through: dict[str, str]) -> list[str]:
    """Return what is wrong, as lines for a person: modules that nothing tests, and rows of the table that are wrong."""
    modules = {
        path.relative_to(package).with_suffix("") for path in package.rglob("*.py") if not path.stem.startswith("__")
    }
    own = {m.as_posix() for m in modules if (tests / m.parent / f"test_{m.name}.py").is_file()}
    known = {m.as_posix() for m in modules}
    lines = [
        f"{m} has no test: write {Path(m).parent / f'test_{Path(m).name}.py'}, or name its door in tested_through.csv"
        for m in known - own - set(through)
    ]
    lines += [f"{m} of tested_through.csv is no module" for m in set(through) - known]
    lines += [f"{m} has a file of its own: take it out of tested_through.csv" for m in set(through) & own]
    lines += [f"{m}: there is no {door}" for m, door in through.items() if not (tests / door).is_file()]
    return sorted(lines)


def test_every_module_has_a_test_of_its_name_or_a_door() -> None:
    """Each module has a file beside it in the mirror of the folders, or a row that says which file tests it."""
    assert faults(PACKAGE, TESTS, doors()) == []


def test_the_table_of_doors_is_short_and_sorted() -> None:
    """It is for what has nothing of its own to be tested; a row more needs a reason, a row twice has none."""
    rows = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    assert rows == sorted(set(rows))
    assert len(rows) == len(doors()) <= MOST_ROWS


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """A new module, a row of none, a row that is not needed and a door that is not there; ``__init__`` needs no test."""
    package, tests = tmp_path / "package", tmp_path / "tests"
    for name in (
        "package/a/__init__.py",
        "package/a/new.py",
        "package/a/done.py",
        "package/thin.py",
        "package/lost.py",
        "tests/a/test_done.py",
        "tests/test_door.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    through = {"thin": "test_door.py", "lost": "test_gone.py", "a/done": "test_door.py", "a/gone": "test_door.py"}
    assert faults(package, tests, through) == [
        "a/done has a file of its own: take it out of tested_through.csv",
        "a/gone of tested_through.csv is no module",
        "a/new has no test: write a/test_new.py, or name its door in tested_through.csv",
        "lost: there is no test_gone.py",
    ]
    assert faults(package, tests, {"thin": "test_door.py", "lost": "test_door.py", "a/new": "a/test_done.py"}) == []
