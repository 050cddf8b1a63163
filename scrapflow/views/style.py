"""One look for every view: colours, dashes and steps, used by the HTML map, the pictures and the charts.

Colours follow Okabe and Ito (2008, *Color Universal Design*): they differ in lightness as well as in hue, and every
kind has a line style of its own, so that the map can be read in grey. Those of kinds and materials are in the
vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapflow.vocabulary import kinds, materials

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapflow.vocabulary import Material


@dataclass(frozen=True)
class Look:
    """How one kind or material is drawn: colour as ``#rrggbb``, dash pattern in pixels (empty: solid)."""

    colour: str
    dash: tuple[int, ...] = ()


SPARE = ("#56b4e9", "#cc79a7", "#f0e442", "#882255", "#9c7a4d", "#3b444d", "#44aa99", "#999933")
"""Colours of materials and kinds that have none of their own, in turn."""
STEPS = ("#f6f1f8", "#e6d6eb", "#d3b8dc", "#bd97c9", "#a277b3")
"""Single-hue steps of the regions' choropleth, from nothing to much."""
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
BLANK = "#f1f0ec"
"""The ground under a world of which no land is known: neither land nor sea."""


def kind_looks() -> dict[str, Look]:
    """Return the look of every kind of movement, in the order in which they are told.

    Examples
    --------
    >>> kind_looks()["returned"].dash
    (7, 4)
    """
    return {k.kind: Look(k.colour, k.dash) for k in kinds().values()}


def material_looks(table: Iterable[Material] | None = None) -> dict[str, Look]:
    """Return the look of every material, in the order of a donut's slices; one without a colour gets a spare one.

    Parameters
    ----------
    table
        Materials of a run; the packaged ones by default.

    Examples
    --------
    >>> material_looks()["scrap"].colour
    '#3b444d'
    """
    rows = list(materials().values() if table is None else table)
    return {m.material: Look(m.colour or SPARE[i % len(SPARE)]) for i, m in enumerate(rows)}


def palette() -> dict[str, object]:
    """Return the colours that are no kind's and no material's, by name, as the JSON that the map's script reads.

    Examples
    --------
    >>> palette()["more"]
    '#b2182b'
    """
    return {
        "steps": list(STEPS),
        "spare": list(SPARE),
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
        "blank": BLANK,
    }
