"""Colours of kinds as QGIS and others want them; the same as on the map."""

from __future__ import annotations

KIND_COLOURS = {
    "carted": "#009e73",
    "returned": "#e69f00",
    "looted": "#d55e00",
    "shipped": "#0072b2",
    "leaked": "#882255",
}
"""Colour of each kind of movement; a test keeps them equal to ``views.style``."""
NODE_COLOURS = {
    "mill": "#1d2730",
    "yard": "#009e73",
    "enterprise": "#9c7a4d",
    "community": "#8c959c",
    "station": "#b3aca0",
}
"""Colour of each kind of node."""
