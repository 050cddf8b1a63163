"""The pieces of SQL that queries are put together from; names of columns are the run's, values are parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scrapflow.vocabulary import traced_as
from scrapflow.world.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from scrapflow.queries.groupers import Grouper

GRADES = "grade_mix"
"""The grades of what left the yards, as a table of a query and as the mark that a query asks for grades."""
MEMBERS = "members"
"""The mark of a query over the movements of several runs, told apart by a column ``member``."""
_LISTED = 50
_KNOWN = {True: " <> ''", False: " IS NOT NULL"}


class Clause(NamedTuple):
    """One condition of a query: SQL, its parameters, the tables it joins and how to say it.

    ``verb`` and ``names`` say the same as ``words`` to who tells it in another language: identifiers of places and
    regions, words of the vocabulary, labels of periods. Without a verb there are only the words.
    """

    sql: str
    parameters: tuple[Any, ...]
    words: str
    tables: frozenset[str] = frozenset()
    verb: str = ""
    names: tuple[str, ...] = ()


def joins(tables: Iterable[str], left: str = "m") -> str:
    """Return the joins that give a movement its ends, its period and its links."""
    parts = {
        "o": f" LEFT JOIN nodes o ON o.node_id = {left}.origin",
        "d": f" LEFT JOIN nodes d ON d.node_id = {left}.destination",
        "p": f" LEFT JOIN periods p ON p.period = {left}.period",
    }
    return "".join(parts[t] for t in sorted(set(tables) & set(parts)))


def used_tables(tables: Iterable[str]) -> set[str]:
    """Return the tables behind the aliases of a query."""
    names = {"o": "nodes", "d": "nodes", "p": "periods", "paths": "paths", GRADES: GRADES}
    more = {"nodes"} if GRADES in tables else set()
    return {"movements", *(names[t] for t in tables if t in names), *more}


def moved(tables: Iterable[str]) -> str:
    """Return the movements of a query as ``m``; by grade, what left a yard is taken apart by the mix of the yard."""
    if GRADES not in tables:
        return "movements m"
    back = ", ".join(f"'{kind}'" for kind in traced_as("take_back"))
    same = " AND g.member = m.member" if MEMBERS in tables else ""
    # What is carried back is its owner's own load, whatever else the yard holds.
    return (
        "(SELECT m.* REPLACE (m.tonnage_t * coalesce(g.share, 1.0) AS tonnage_t,"  # noqa: S608 - kinds of the vocabulary
        " coalesce(b.grade, g.grade, m.grade) AS grade) FROM movements m"
        f" LEFT JOIN nodes b ON b.node_id = m.destination AND m.kind IN ({back})"
        f" LEFT JOIN {GRADES} g ON m.kind NOT IN ({back}) AND g.period = m.period AND g.node_id = m.origin"
        f" AND g.material = m.material AND g.via = m.via{same}) m"
    )


def link_join(columns: Sequence[Grouper]) -> str:
    """Return the join that gives a movement each link word of its path once, however often the path meets it."""
    words = ", ".join(f'l."{c.source}"' for c in columns)
    # An access link has no line: a path that knows one elsewhere does not also count under "none".
    known = " OR ".join(f'l."{c.source}"{_KNOWN[c.text]}' for c in columns)
    return (
        f" LEFT JOIN (SELECT DISTINCT paths.path_id, {words} FROM paths JOIN links l ON l.link_id = paths.link_id"  # noqa: S608 - values are parameters
        f" WHERE {known}) l ON l.path_id = g.path_id"
    )


def among(column: str, values: Sequence[str]) -> tuple[str, tuple[Any, ...]]:
    """Return the condition that a column is one of some values, with its parameters."""
    # A short list stays a list, so that the engine can skip row groups by it; a long one becomes a join.
    if not values:
        return "FALSE", ()
    if len(values) == 1:
        return f"{column} = ?", (values[0],)
    if len(values) <= _LISTED:
        return f"{column} IN ({', '.join('?' * len(values))})", tuple(values)
    return f"{column} IN (SELECT unnest(?))", (list(values),)


def on_path(links: Sequence[str]) -> tuple[str, tuple[Any, ...]]:
    """Return the condition that the path of a movement uses one of some links, with its parameters."""
    sql, parameters = among("link_id", sorted(links))
    return f"m.path_id IN (SELECT path_id FROM paths WHERE {sql})", parameters  # noqa: S608 - values are parameters


def line_links(links: pd.DataFrame, name: str) -> list[str]:
    """Return the links of a line, by its identifier or any spelling of its name; none where the links name no lines."""
    lines = lines_called(links, name)
    return list(links.loc[links["line_id"].isin(lines), "link_id"]) if lines else []


def lines_called(links: pd.DataFrame, name: str) -> set[str]:
    """Return the identifiers of the lines that are called so: one, unless several share a name."""
    lines = links[[c for c in ("line_id", "line") if c in links.columns]].drop_duplicates()
    if "line_id" not in lines:
        return set()
    lines = lines[lines["line_id"] != ""]
    spelt = lines["line"].map(fold).eq(fold(name)) if "line" in lines else False
    return set(lines.loc[lines["line_id"].eq(name) | spelt, "line_id"])
