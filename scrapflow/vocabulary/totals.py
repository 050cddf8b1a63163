"""The totals of a run, as rows: what each is the sum of, and what people read of it, from ``totals.csv``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from scrapflow.vocabulary.read import accounts, kinds, rows_of

SUMS = ("account", "kind", "arrived", "net", "held", "unserved")
"""What a total adds up: a column of accounts; a kind; what arrived at a kind of node; the same less what is diverted from
there back to its owner; stocks; what could not be moved."""


@dataclass(frozen=True)
class Total:
    """A total of a run, in t.

    Attributes
    ----------
    total
        The name, such as ``carted_t``.
    of, what
        One of :data:`SUMS`, and which column, kind or kind of node.
    label
        What people read.
    changed
        How a comparison of two runs names it, empty where it says nothing of it.
    meaning
        One line for the data dictionary.
    """

    total: str
    of: str
    what: str
    label: str
    changed: str
    meaning: str

    @property
    def is_level(self) -> bool:
        """Whether it is a level at the end of the last period, which no period adds to."""
        return self.of in ("held", "unserved")


@cache
def totals() -> dict[str, Total]:
    """Return the totals by name, in the order in which they are told; a kind without a row of its own is added.

    Examples
    --------
    >>> [t.total for t in totals().values() if t.is_level]
    ['held_t', 'unserved_t', 'unplaced_t']
    """
    rows = {row["total"]: _total(row) for row in rows_of("totals")}
    told = {t.what for t in rows.values() if t.of == "kind"}
    for kind in (k for k in kinds().values() if k.kind not in told):
        rows[kind.total] = Total(kind.total, "kind", kind.kind, kind.label["en"], kind.label["en"], kind.meaning)
    return rows


def _total(row: dict[str, str]) -> Total:
    known = {"account": tuple(accounts()), "kind": tuple(kinds())}.get(row["of"])
    if row["of"] not in SUMS or (known is not None and row["what"] not in known):
        msg = f"totals.csv, row {row['total']}: there is no {row['of']} {row['what']!r} to add up"
        raise ValueError(msg)
    return Total(row["total"], row["of"], row["what"], row["label"], row["changed"], row["meaning"])
