"""The SQL by which a query adds its tonnes up: by the keys of movements first, then by what small tables say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from scrapflow.errors import InputError, MixedKindsError, problem
from scrapflow.queries.clauses import GRADES, joins, link_join, moved, used_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapflow.queries.groupers import Grouper
    from scrapflow.queries.selectors import Selection


SCALE = "SELECT pow(2.0, 98 - ceil(log2(greatest(max(tonnage_t), 1e-100)))) AS per_t FROM movements"
WHOLE_SUM = "sum(CAST(m.tonnage_t * s.per_t AS HUGEINT))"
"""Tonnes added up as whole numbers of 128 bits: the sum does not depend on the order in which a store hands out its rows."""


class Sums(NamedTuple):
    """A statement that adds tonnes up, its parameters and the tables it reads.

    Attributes
    ----------
    sql
        Its rows have the columns asked for and ``tonnage_t``; where ``guarded`` also ``k0, k1``, the first and the last kind
        of movement in the row.
    parameters
        Values for its question marks.
    uses
        Tables that it reads.
    guarded
        Whether a row might add up several kinds.
    """

    sql: str
    parameters: list[Any]
    uses: set[str]
    guarded: bool


def sums(selection: Selection, columns: Sequence[Grouper]) -> Sums:
    """Add the tonnes of a selection up by columns."""
    where, parameters, tables = selection.condition()
    tables |= {GRADES} if any(c.table == "m" and c.source == "grade" for c in columns) else set()
    guarded = len(selection.allowed) > 1 and all(c.name != "kind" for c in columns)
    outside = {c.table for c in columns} - {"m"}
    keys = list(dict.fromkeys(c.key for c in columns))
    source = f"{moved(tables)}{joins(tables)} CROSS JOIN s{where}"
    sql = _sum_up(WHOLE_SUM, [f"m.{k}" for k in keys], source, ("m.kind", "m.kind") if guarded else ())
    uses = used_tables(tables | outside)
    if outside:
        listed = [(c.sql if c.table != "m" else f'g."{c.source}"') + f' AS "{c.name}"' for c in columns]
        on_links = [c for c in columns if c.table == "l"]
        uses |= {"paths", "links"} if on_links else set()
        inner = f"({sql}) g{joins(outside, 'g')}{link_join(on_links) if on_links else ''}"
        sql = _sum_up("sum(tonnage_t)", listed, inner, ("g.k0", "g.k1") if guarded else ())
    # A world's tonnes may be micrograms or teratonnes: the scale is that of the largest movement.
    sql = (
        f"WITH s AS MATERIALIZED ({SCALE}) SELECT * EXCLUDE (per_t) REPLACE (coalesce(CAST(tonnage_t AS DOUBLE), 0.0) / per_t AS tonnage_t)"  # noqa: S608
        f" FROM ({sql}) CROSS JOIN s"
    )
    return Sums(sql, parameters, uses, guarded)


def _sum_up(tonnes: str, groups: Sequence[str], source: str, kinds: Sequence[str]) -> str:
    """Return a query that adds up the tonnes of a source by groups, with the least and greatest kind if asked for."""
    span = f", min({kinds[0]}) AS k0, max({kinds[1]}) AS k1" if kinds else ""
    listed = "".join(f"{g}, " for g in groups)
    grouped = " GROUP BY ALL" if groups else ""
    return f"SELECT {listed}{tonnes} AS tonnage_t{span} FROM {source}{grouped}"  # noqa: S608 - values are parameters


def asked(selection: Selection, words: Sequence[str]) -> list[Grouper]:
    """Return the columns that words mean; a selection that keeps kinds apart has the kind too."""
    columns = selection.context.columns.find_all(tuple(words))
    if selection.apart and len(selection.allowed) > 1 and all(c.name != "kind" for c in columns):
        columns.append(selection.context.columns.find("kind"))
    return columns


def mixed(kinds: Sequence[str], *, what: str) -> MixedKindsError:
    """Return the error of an end that would add up several kinds of movement."""
    msg = (
        f"{what} would add up {len(kinds)} kinds of movement: {', '.join(kinds)}; a tonne may occur in several. "
        f"Select one with .kind({kinds[0]!r}), or keep them apart with .by('kind', …)"
    )
    return MixedKindsError(msg)


def require_count(n: object) -> None:
    """Refuse what is no number of rows."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 0:
        fault = f"{n!r} is negative or no number of rows: top(10, 'origin') gives the ten largest origins"
        raise InputError([problem("top", "", "n", fault)], what="the query")
