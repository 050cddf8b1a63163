"""Colours of kinds as QGIS and others want them; the same as on the map."""

from __future__ import annotations

from scrapflow.vocabulary import kinds, moved_by, palette_of

KIND_COLOURS = palette_of(kinds().values())
"""Colour of each kind of movement."""
RAIL_COLOUR = KIND_COLOURS[moved_by("train")[0]]
"""Colour of what the links carry."""
NODE_COLOURS = {
    "mill": "#1d2730",
    "yard": "#009e73",
    "enterprise": "#9c7a4d",
    "community": "#8c959c",
    "station": "#b3aca0",
}
"""Colour of each kind of node."""
