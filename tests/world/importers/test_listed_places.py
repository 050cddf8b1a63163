"""Places as people list them: other forms of coordinates are read, what cannot be read is refused."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"name": ["a"], "lon": ["ten"], "lat": ["50"]}, "'ten' is no coordinate"),
        ({"name": ["a"], "lon": ["N 5.5"], "lat": ["50"]}, "'N 5.5' is no coordinate"),
        ({"name": ["a"], "coordinates": ["50, 10"]}, "call it latlon or lonlat"),
        ({"name": ["a"], "lon": [10.0]}, "no latitude"),
        ({"x": [1.0], "y": [2.0]}, "an identifier or a name"),
        ({"name": ["a", "b"], "lon": [50.9, 50.7], "lat": [106.9, 107.1]}, "latitude seems to stand before longitude"),
        ({"id": ["a", "a"], "name": ["a", "a"], "lon": [1.0, 2.0], "lat": [1.0, 2.0]}, "each place needs its own"),
    ],
)
def test_places_that_cannot_be_read_are_refused(columns, told):
    """A coordinate that cannot be read is no place without one."""
    flows = pd.DataFrame({"from": ["a"], "to": ["b"], "tonnes": [1]})
    with pytest.raises(sf.InputError, match=told):
        sf.run_from(flows, pd.DataFrame(columns))


@pytest.mark.parametrize(
    "columns",
    [
        {"lon": ["10°30'00\"E", "10 E"], "lat": ["50°15'N", "N 50"]},
        {"latlon": ["50.25, 10.5", "(50; 10)"]},
        {"lonlat": ["10.5 50.25", "10 50"]},
        {"Longitud": ["10.5", "10"], "Latitud": ["50.25", "50"]},
        {"경도": [10.5, 10.0], "위도": [50.25, 50.0]},
    ],
)
def test_coordinates_of_other_forms_are_read(columns):
    """Degrees and minutes, pairs in one cell, other languages."""
    flows = pd.DataFrame({"from": ["a"], "to": ["b"], "tonnes": [1]})
    nodes = sf.run_from(flows, pd.DataFrame({"name": ["a", "b"]} | columns)).nodes.set_index("node_id")
    assert nodes.loc["a", ["x_coord", "y_coord"]].tolist() == [10.5, 50.25]
    assert nodes.loc["b", ["x_coord", "y_coord"]].tolist() == [10, 50]
