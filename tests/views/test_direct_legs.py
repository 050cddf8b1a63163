"""What goes by train on no path is drawn alike in pictures and on maps."""

from __future__ import annotations

import pandas as pd

import scrapflow as sf
from scrapflow.views.direct_legs import direct_legs

PLACES = pd.DataFrame({"name": ["A", "B", "C"], "lon": [0.0, 1.0, 0.0], "lat": [0.0, 0.0, 0.0]})


def test_only_what_has_a_length_on_the_map_is_drawn():
    """Rows of a period and pair are one; two places at one point, and a place that is nowhere, are no line."""
    rows = [("A", "B", 3.0), ("A", "B", 4.0), ("A", "C", 5.0), ("A", "Nowhere", 6.0)]
    run = sf.run_from(pd.DataFrame(rows, columns=["origin", "destination", "tonnes"]), PLACES)
    legs = direct_legs(run)
    assert legs[["origin", "destination", "tonnage_t"]].to_numpy().tolist() == [["a", "b", 7.0]]
    assert legs["course"].iloc[0].tolist() == [[0.0, 0.0], [1.0, 0.0]]
