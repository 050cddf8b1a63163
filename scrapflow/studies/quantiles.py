"""Ranges over members, of which some have nothing: quantiles with zeros for those."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

QUANTILES = (0.1, 0.5, 0.9)
"""What a range is: from the 10 % to the 90 % quantile of the members, around the median."""
RANGE = ["low", "median", "high"]


def ranges_sql(members: str, columns: Sequence[str], count: int, *, kinds: bool) -> str:
    """Return SQL for the range of every group over all members, largest first.

    Parameters
    ----------
    members
        SQL whose rows are ``member``, the columns, ``tonnage_t`` and, with ``kinds``, ``k0, k1``: members with something.
    columns
        What a group is.
    count
        Number of members, those with nothing included.
    kinds
        Whether to give the first and last kind of each group.

    Examples
    --------
    >>> ranges_sql("SELECT 0 AS member, 2.0 AS tonnage_t", [], 3, kinds=False).count("AS median")
    1
    """
    named = "".join(f'"{c}", ' for c in columns)
    span = ", min(k0) AS k0, max(k1) AS k1" if kinds else ""
    grouped = f"SELECT {named}coalesce(list_sort(list(tonnage_t)), []) AS t{span} FROM ({members}) GROUP BY ALL"  # noqa: S608 - no value stands in it
    ends = ", ".join(f"{_quantile(q, count)} AS {name}" for q, name in zip(QUANTILES, RANGE, strict=True))
    order = "".join(f', "{c}"' for c in columns)
    return (
        f"SELECT {named}{ends}{', k0, k1' if kinds else ''} FROM ({grouped})"  # noqa: S608 - no value stands in it
        f" ORDER BY median DESC, high DESC{order}"
    )


def _quantile(q: float, count: int) -> str:
    """Return SQL for a quantile (linear between ranks, as numpy's) of a sorted list t that lacks its zeros."""
    rank = (count - 1) * q
    lower = int(rank)
    part = rank - lower
    below = _at(lower, count)
    return below if part == 0 else f"({below} + {part!r} * ({_at(min(lower + 1, count - 1), count)} - {below}))"


def _at(rank: int, count: int) -> str:
    position = f"({rank} - {count} + len(t))"
    return f"(CASE WHEN {position} < 0 THEN 0.0 ELSE t[{position} + 1] END)"
