"""The four numbers of a map and their ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FIGURES = {
    "asked": "quota_t",
    "carted": "carted_t",
    "diverted": "diverted_t",
    "returned": "returned_t",
    "looted": "looted_t",
    "received": "delivered_t",
}
"""The four numbers of a map, with the two that one of them adds up, and the totals that they are."""
SHOWN = {
    "asked": "asked",
    "carted": "bring",
    "diverted": "home",
    "returned": "back",
    "looted": "taken",
    "received": "mills",
}
"""What the script calls them: by what the kinds that they add up do."""


def figure_ranges(known: Mapping[str, Mapping[str, float]]) -> dict[str, list[float]]:
    """Return low and high of the four numbers by their names in the script, of ranges by total.

    Examples
    --------
    >>> figure_ranges({"carted_t": {"low": 1, "high": 2.5}, "held_t": {"low": 0, "high": 1}})
    {'bring': [1.0, 2.5]}
    """
    return {SHOWN[key]: [float(known[name]["low"]), float(known[name]["high"])]
            for key, name in sorted(FIGURES.items()) if name in known}  # fmt: skip
