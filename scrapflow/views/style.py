"""One look for every view: colours, dashes, order and words, used by the HTML map, the pictures and the exports.

Colours follow Okabe and Ito (2008, *Color Universal Design*): they differ in lightness as well as in hue, and every
kind has a line style of its own, so that the map can be read in grey.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ko")
"""Languages the labels of a view come in."""


@dataclass(frozen=True)
class Look:
    """How one kind or material is drawn: colour as ``#rrggbb``, dash pattern in pixels (empty: solid)."""

    colour: str
    dash: tuple[int, ...] = ()


KINDS: dict[str, Look] = {
    "carted": Look("#009e73"),
    "returned": Look("#e69f00", (7, 4)),
    "looted": Look("#d55e00", (2, 3)),
    "shipped": Look("#0072b2"),
    "leaked": Look("#882255", (8, 3, 2, 3)),
}
"""Kinds of movement in the order they are told."""
MATERIALS: dict[str, Look] = {
    "scrap": Look("#3b444d"),
    "obsolete_machinery": Look("#9c7a4d"),
    "idle_machinery": Look("#f0e442"),
    "working_machinery": Look("#56b4e9"),
    "appliance": Look("#cc79a7"),
}
"""Materials in the order of a donut's slices."""
VIAS = ("own", "looted")
_STEPS = ("#f6f1f8", "#e6d6eb", "#d3b8dc", "#bd97c9", "#a277b3")
MEASURES: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("burden", "shortfall", "returned", "lost_output", "detection"), _STEPS
)
"""Measures of the regions' choropleth and their single-hue steps, from little to much."""
MORE, LESS, EVEN = "#b2182b", "#2166ac", "#d9d9d9"
"""Difference maps: more here, less there, about the same."""
LAND, SEA, BORDER, COAST, RAIL, INK, MUTED, PAPER = (
    "#f7f5f0",
    "#dde7ec",
    "#c9c3b5",
    "#a9b4b8",
    "#b3aca0",
    "#1d2730",
    "#5b6670",
    "#ffffff",
)
NEIGHBOUR = "#eceae4"
"""Land of countries that the world is not about."""


def palette() -> dict[str, object]:
    """Return every colour and dash by name, as the JSON that the map's script reads.

    Examples
    --------
    >>> palette()["kinds"]["returned"]["dash"]
    [7, 4]
    """
    return {
        "kinds": {k: {"colour": v.colour, "dash": list(v.dash)} for k, v in KINDS.items()},
        "materials": {k: {"colour": v.colour} for k, v in MATERIALS.items()},
        "measures": {k: list(v) for k, v in MEASURES.items()},
        "more": MORE,
        "less": LESS,
        "even": EVEN,
        "land": LAND,
        "sea": SEA,
        "border": BORDER,
        "coast": COAST,
        "rail": RAIL,
        "ink": INK,
        "muted": MUTED,
        "paper": PAPER,
        "neighbour": NEIGHBOUR,
    }


@cache
def labels(lang: str) -> dict[str, str]:
    """Return the words of a view in one language, by key; they stand in ``views/labels.csv``.

    Raises
    ------
    ValueError
        If the language is not one of :data:`LANGUAGES`.

    Examples
    --------
    >>> labels("en")["kind.carted"], labels("ko")["kind.shipped"]
    ('handed over', '철도 수송')
    """
    if lang not in LANGUAGES:
        msg = f"no labels in {lang!r}; there are {', '.join(LANGUAGES)}"
        raise ValueError(msg)
    with Path(__file__).with_name("labels.csv").open(encoding="utf-8", newline="") as stream:
        return {row["key"]: row[lang] for row in csv.DictReader(stream)}
