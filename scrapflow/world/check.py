"""Findings about a world: every fault of every table, in one frame."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.errors import PROBLEM_COLUMNS, problem
from scrapflow.world.check_basemap import basemap_problems, basemap_warnings, misplaced
from scrapflow.world.check_geography import geography_problems, geography_warnings
from scrapflow.world.check_limits import limit_problems
from scrapflow.world.check_rules import rule_problems, rule_warnings
from scrapflow.world.operators import operator_problems
from scrapflow.world.schema import TABLES, schema
from scrapflow.world.shared_frames import shared

if TYPE_CHECKING:
    from scrapflow.world.world_data import WorldData

_SEVERITIES = ("error", "warning", "note")
_A_FEW = 3
_SHIFTED_FROM = 3
"""So many wrong cells in one row are more likely one shift than so many mistakes."""


def check_world(world: WorldData) -> pd.DataFrame:
    """Return all findings about a world.

    Returns
    -------
    DataFrame
        ``table, row, column, severity, message``: errors, then warnings, then notes; within these by table.
    """
    found = _errors(world)
    doubts = [*rule_warnings(world), *geography_warnings(world.tables)]
    if not any(p["table"].endswith("json") for p in found):
        doubts += [*basemap_warnings(world), *misplaced(world)]
    return _frame(found + _placed(world, doubts))


def errors_of(world: WorldData) -> pd.DataFrame:
    """Return the errors alone, without the cost of looking for what is merely doubtful."""
    return _frame([p for p in _errors(world) if p["severity"] == "error"])


def _errors(world: WorldData) -> list[dict[str, str]]:
    # A plain frame gives a column at a tenth of what a GeoDataFrame takes to.
    tables = {name: pd.DataFrame(frame) for name, frame in shared(world.tables).items()}
    before = [{str(k): str(v) for k, v in p.items()} for p in world.found.to_dict("records")]
    unusable = _unusable(before)
    later = limit_problems(tables)
    later += rule_problems(tables, unusable)
    later += geography_problems(tables, unusable)
    later += basemap_problems(world)
    later += operator_problems(world.settings, tables["links"], tables["sources"])
    later = _placed(world, later)
    # A line with too many or too few cells was reported as such; its cells stand in the wrong columns.
    cut = {(p["table"], p["row"]) for p in before if p["row"] and not p["column"]}
    # Nor is a cell that could not be read judged once more for being empty.
    cells = {(p["table"], p["row"], p["column"]) for p in before if p["severity"] == "error"}
    faults = before + [
        p for p in later if (p["table"], p["row"]) not in cut and (p["table"], p["row"], p["column"]) not in cells
    ]
    return faults + _shifted(faults, {name: len(frame) for name, frame in tables.items()})


def _placed(world: WorldData, found: list[dict[str, str]]) -> list[dict[str, str]]:
    """Call rows without an identifier by their line in the file."""
    return [{**p, "row": world.unnamed.get(p["table"], {}).get(p["row"], p["row"])} for p in found]


def _unusable(found: list[dict[str, str]]) -> set[str]:
    """Tables whose identifiers are not there: what refers to them would fail for that reason alone."""
    return {
        p["table"]
        for p in found
        if p["table"] in TABLES and p["row"] == "" and p["severity"] == "error"
        and ("missing" in p["message"] or "empty" in p["message"])
        and p["column"] in ("", schema()[p["table"]].key)
    }  # fmt: skip


def _shifted(found: list[dict[str, str]], sizes: dict[str, int]) -> list[dict[str, str]]:
    """Tell the rows in which so many cells do not fit that they were shifted, but for columns that are wrong throughout."""
    wrong = Counter((p["table"], p["column"]) for p in found if p["severity"] == "error" and p["row"])
    throughout = {key for key, n in wrong.items() if n > _A_FEW and 2 * n > sizes.get(key[0], 0)}
    columns: dict[tuple[str, str], list[str]] = {}
    for p in found:
        judged = p["severity"] == "error" and (p["table"], p["column"]) not in throughout
        if judged and p["row"] and p["column"]:
            seen = columns.setdefault((p["table"], p["row"]), [])
            if p["column"] not in seen:
                seen.append(p["column"])
    return [
        problem(table, row, "", f"{len(names)} cells do not fit their columns ({', '.join(names)}): were they shifted?")
        for (table, row), names in columns.items()
        if len(names) >= _SHIFTED_FROM
    ]


def _frame(found: list[dict[str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(found, columns=list(PROBLEM_COLUMNS), dtype="str")
    order = frame["severity"].map({s: i for i, s in enumerate(_SEVERITIES)})
    tables = {t: i for i, t in enumerate(TABLES)}
    place = frame["table"].map(tables).fillna(-1)
    # What concerns a table as a whole is often the cause of what is wrong with its rows.
    within = (frame["row"] != "").astype(int)
    ranks = pd.DataFrame({"severity": order, "table": place, "row": within})
    return frame.loc[ranks.sort_values(list(ranks.columns), kind="stable").index].reset_index(drop=True)
