"""The options of a map and what it refuses: ranges, languages, tiles, a second page."""

from __future__ import annotations

import io
import json
import re

import folium
import geopandas as gpd
import pytest
from shapely import LineString

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.views.figures import FIGURES, SHOWN
from scrapflow.views.flow_layer import FlowLayer
from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.pictures import save_picture


def lines(**columns):
    """Return two lines with the columns wanted."""
    geometry = [LineString([(0, 0), (1, 1)]), LineString([(1, 1), (0, 0)])]
    return gpd.GeoDataFrame({"tonnage_t": [5.0, 2.0], **columns}, geometry=geometry, crs="EPSG:4326")


def test_a_map_keeps_its_name_when_rendered_twice(run):
    """Showing a map in a notebook does not change what is saved afterwards."""
    m = map_flows(run)
    assert "srcdoc=" in m._repr_html_()
    assert m.get_root().render() == m.get_root().render()


def test_ranges_are_those_of_the_four_numbers(run):
    """A range of a figure that is not on the map is refused with the names there are."""
    assert '"ranges":{"bring":[1.0,2.0]}' in map_flows(run, ranges={"carted": (1, 2)}).get_root().render()
    with pytest.raises(ValueError, match="asked, carted, diverted, returned, looted, received"):
        map_flows(run, ranges={"moved": (1, 2)})


def test_the_ranges_of_an_ensemble_are_shown_without_being_asked_for():
    """The run in the middle of an ensemble draws its 10 and 90 % quantiles at the four numbers; a query does not."""
    found = sf.ensemble(sf.read_world("toy"), n=5, processes=1)
    options = map_flows(found.central).get_root().render()
    shown = json.loads(re.search(r'"ranges":(\{.*?\})', options)[1])
    totals = found.totals.assign(diverted_t=found.totals["returned_t"] + found.totals["looted_t"])
    for name, total in FIGURES.items():
        figure = SHOWN[name]
        assert shown[figure] == pytest.approx(totals[total].quantile([0.1, 0.9]).tolist())
    assert '"ranges":{}' in map_flows(found.central.flows.kind("carted")).get_root().render()
    assert '"ranges":{}' in map_flows(found.central, ranges={}).get_root().render()


def test_unknown_languages_and_scales_are_refused(run):
    """A typing error in an option is an error with the choices."""
    with pytest.raises(ValueError, match="en, ko"):
        map_flows(run, lang="xx")
    with pytest.raises(ValueError, match="fixed, adaptive"):
        map_flows(run, scale="xx")


def test_what_a_page_cannot_be_put_into_is_refused(run):
    """A second page on a page, and a whole page in a group, are refused with what to do."""
    m = map_flows(run)
    with pytest.raises(InputError, match="shows a run already"):
        map_flows(run, m=m)
    group = folium.FeatureGroup("f").add_to(folium.Map(tiles=None))
    FlowLayer(lines(), interface="full").add_to(group)
    with pytest.raises(TypeError, match="not of a group of layers"):
        group.get_root().render()


def test_a_buffer_is_told_what_fills_it(toy_run):
    """`save_map` and `save_picture` take paths; the page as text, with its policy, and the bytes of a picture can be had."""
    buffer = io.BytesIO()
    with pytest.raises(InputError, match=r"m\.get_root\(\)\.render\(\)"):
        save_map(map_flows(toy_run), buffer)
    with pytest.raises(InputError, match=r"png_of\(run\)"):
        save_picture(toy_run, buffer)
    assert "Content-Security-Policy" in map_flows(toy_run).get_root().render()
