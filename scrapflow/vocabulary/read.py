"""The reader of the vocabulary: each word is a row of a table, and what lacks a rule is refused here.

A kind of movement, a material or a column of the accounts is declared in one row of ``kinds.csv``, ``materials.csv`` or
``accounts.csv``. Selectors, totals, tracing, diagrams, colours, labels, exports, the data dictionary and the page's
script take them from here, so that a word cannot be half known.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TRACINGS = ("bring", "take_back", "store", "deliver")
"""What a kind does to a traced tonne: brings it to a yard, takes it back from one, puts it in a looter's store, ends it."""
ROLES = ("scrap", "obsolete", "idle", "working", "appliance")
"""What the behaviour of people needs to know of a material; a material without a role is only moved."""
MOVERS = ("people", "train")
OWN, TAKEN = "own", "looted"
VIAS = (OWN, TAKEN)
"""How a tonne came: from its owner's own stock, or taken at night."""
UNDATED = "all"
"""The one period of tonnes of which nobody says when they were."""
_OWNERS = ("enterprise", "community", "owner")
_OVER_TIME = ("sum", "mean", "last")


@dataclass(frozen=True)
class Kind:
    """A kind of movement: a row of ``kinds.csv``.

    Attributes
    ----------
    kind
        The word.
    mover
        Who moves it: ``people`` (over an access link, or none) or ``train`` (over a path by rail).
    starts_at, ends_at
        Kinds of node where such a leg begins and ends.
    diverted
        Whether it leaves the official chain.
    tracing
        One of :data:`TRACINGS`.
    sankey_from, sankey_to, backward
        Columns that a Sankey diagram groups its ends by, and whether it runs against the others.
    colour, dash
        ``#rrggbb`` and dash pattern in pixels (empty: solid).
    label
        Words by language.
    meaning
        One line for the data dictionary.
    """

    kind: str
    mover: str
    starts_at: tuple[str, ...]
    ends_at: str
    diverted: bool
    tracing: str
    sankey_from: str
    sankey_to: str
    backward: bool
    colour: str
    dash: tuple[int, ...]
    label: Mapping[str, str]
    meaning: str

    @property
    def total(self) -> str:
        """The name of its sum in ``run.totals()``."""
        return f"{self.kind}_t"


@dataclass(frozen=True)
class Material:
    """A material: a row of ``materials.csv``, or of a world's own table ``materials``.

    Attributes
    ----------
    material
        The word.
    groups
        Query words that stand for several materials, such as ``machinery``.
    role
        One of :data:`ROLES`, or "" for a material that is only moved.
    name, name_local, colour
        What people read, in English and in the world's second language, and ``#rrggbb``.
    """

    material: str
    groups: tuple[str, ...]
    role: str
    name: str
    name_local: str
    colour: str


@dataclass(frozen=True)
class Account:
    """A column of ``run.accounts``: a row of ``accounts.csv``.

    Attributes
    ----------
    column, unit
        Name and unit.
    owner
        Whom it is about: ``enterprise``, ``community`` or ``owner`` (both).
    over_time
        ``sum`` for an amount of a period, ``mean`` for a share or an index, ``last`` for a level.
    absent
        Its value where it does not apply.
    meaning
        One line for the data dictionary.
    """

    column: str
    unit: str
    owner: str
    over_time: str
    absent: float
    meaning: str


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds of movement by name, in the order in which they are told.

    Examples
    --------
    >>> [k.kind for k in kinds().values() if k.diverted]
    ['returned', 'looted', 'leaked']
    """
    return {row["kind"]: _kind(row) for row in rows_of("kinds")}


@cache
def materials() -> dict[str, Material]:
    """Return the packaged materials by name, which hold where a world brings none of its own.

    Examples
    --------
    >>> [m.material for m in materials().values() if "functional" in m.groups]
    ['idle_machinery', 'working_machinery']
    """
    return {m.material: m for m in read_materials(rows_of("materials"))}


@cache
def accounts() -> dict[str, Account]:
    """Return the columns of ``run.accounts`` by name, in the order of the table.

    Examples
    --------
    >>> accounts()["output_index"].absent
    1.0
    """
    return {row["column"]: _account(row) for row in rows_of("accounts")}


def kinds_to(node_kind: str) -> tuple[str, ...]:
    """Return the kinds of movement that end at a kind of node; none for a node where no leg ends.

    Examples
    --------
    >>> kinds_to("mill"), kinds_to("station")
    (('shipped',), ())
    """
    return tuple(k.kind for k in kinds().values() if k.ends_at == node_kind)


def kinds_from(node_kind: str) -> tuple[str, ...]:
    """Return the kinds of movement that begin at a kind of node; none for a node where no leg begins.

    Examples
    --------
    >>> kinds_from("enterprise"), kinds_from("mill")
    (('carted', 'looted'), ())
    """
    return tuple(k.kind for k in kinds().values() if node_kind in k.starts_at)


def moved_by(mover: str) -> tuple[str, ...]:
    """Return the kinds of movement of one mover (:data:`MOVERS`).

    Examples
    --------
    >>> moved_by("train")
    ('shipped',)
    """
    return tuple(k.kind for k in kinds().values() if k.mover == mover)


def traced_as(*tracings: str) -> tuple[str, ...]:
    """Return the kinds of movement that do one of these to a traced tonne (:data:`TRACINGS`).

    Examples
    --------
    >>> traced_as("deliver")
    ('shipped', 'leaked')
    """
    return tuple(k.kind for k in kinds().values() if k.tracing in tracings)


def read_materials(rows: Iterable[Mapping[str, str]]) -> list[Material]:
    """Read the rows of a table of materials.

    Parameters
    ----------
    rows
        ``material, group, role, name, name_local, colour``; groups are separated by ``|``, only ``material`` is needed.
    """
    return [
        Material(
            row["material"],
            _words(row.get("group") or ""),
            _one_of(row.get("role") or "", ("", *ROLES), row["material"], "role"),
            row.get("name") or row["material"].replace("_", " "),
            row.get("name_local") or "",
            row.get("colour") or "",
        )
        for row in rows
    ]


def groups_of(table: Iterable[Material]) -> dict[str, tuple[str, ...]]:
    """Return the materials that each group word stands for, in the order of the table.

    Examples
    --------
    >>> groups_of(materials().values())["functional"]
    ('idle_machinery', 'working_machinery')
    """
    groups: dict[str, list[str]] = {}
    for material in table:
        for word in material.groups:
            groups.setdefault(word, []).append(material.material)
    return {word: tuple(names) for word, names in groups.items()}


def palette_of(table: Iterable[Kind | Material]) -> dict[str, str]:
    """Return the colour of each word.

    Examples
    --------
    >>> palette_of(kinds().values())["shipped"]
    '#0072b2'
    """
    return {(row.kind if isinstance(row, Kind) else row.material): row.colour for row in table}


def _kind(row: Mapping[str, str]) -> Kind:
    name = row["kind"]
    return Kind(
        kind=name,
        mover=_one_of(row["mover"], MOVERS, name, "mover"),
        starts_at=_words(row["starts_at"]),
        ends_at=row["ends_at"],
        diverted=_yes(row["diverted"], name, "diverted"),
        tracing=_one_of(row["tracing"], TRACINGS, name, "tracing"),
        sankey_from=row["sankey_from"],
        sankey_to=row["sankey_to"],
        backward=_yes(row["backward"], name, "backward"),
        colour=row["colour"],
        dash=tuple(int(n) for n in row["dash"].split()),
        label={key.removeprefix("label_"): text for key, text in row.items() if key.startswith("label_")},
        meaning=row["meaning"],
    )


def _account(row: Mapping[str, str]) -> Account:
    name = row["column"]
    return Account(
        name,
        row["unit"],
        _one_of(row["owner"], _OWNERS, name, "owner"),
        _one_of(row["over_time"], _OVER_TIME, name, "over_time"),
        float(row["absent"]),
        row["meaning"],
    )


def rows_of(table: str) -> list[dict[str, str]]:
    """Return the rows of a table of the vocabulary."""
    text = files("scrapflow.vocabulary").joinpath(f"{table}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word for word in cell.split("|") if word)


def _yes(cell: str, row: str, column: str) -> bool:
    return _one_of(cell, ("yes", "no"), row, column) == "yes"


def _one_of(cell: str, allowed: tuple[str, ...], row: str, column: str) -> str:
    if cell not in allowed:
        msg = f"vocabulary, row {row}, column {column}: {cell!r} is none of {', '.join(map(repr, allowed))}"
        raise ValueError(msg)
    return cell


KINDS = tuple(kinds())
"""The kinds of movement."""
DIVERTED = tuple(k.kind for k in kinds().values() if k.diverted)
"""Kinds that leave the official chain."""
MATERIALS = tuple(materials())
"""The packaged materials."""
MATERIAL_GROUPS = groups_of(materials().values())
"""Query words that stand for several of the packaged materials."""
ACCOUNT_COLUMNS = tuple(accounts())
"""The columns of ``run.accounts`` after its keys."""
