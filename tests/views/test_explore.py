"""The widget: what it shows and what Python says of it are one thing, on both sides."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.views.explore_page import inputs_hash, page, run_message
from scrapflow.views.offline import OfflineMap
from scrapflow.views.still import still_html

pytest.importorskip("anywidget")


@pytest.fixture
def w(toy_run):
    """Return a widget of the toy world's run."""
    return sf.explore(toy_run)


def test_what_is_chosen_on_the_map_is_there_in_python(w, toy_run):
    """An address as the page writes it sets the three traits and the query."""
    w.address = "v=40.0,127.0,7&m=1-1&material=scrap&place=far"
    assert w.selection == ("far",)
    assert w.filters == {"material": ["scrap"]}
    assert w.periods == ("2015-02", "2015-02")
    assert w.flows.total_t == pytest.approx(toy_run.flows.to("far").of("scrap").during("2015-02").total_t)


def test_what_python_says_is_in_the_address(w):
    """Any spelling of a place, a group of materials and words for a time reach the page, and its view stays."""
    w.address = "v=40.0,127.0,7"
    w.selection = "Far Mill"
    w.filters = {"material": "machinery", "kind": "shipped"}
    w.periods = "2015-02"
    assert w.address == (
        "v=40.0%2C127.0%2C7&m=1-1&kind=shipped&material=obsolete_machinery~idle_machinery~working_machinery&place=far"
    )
    w.selection, w.filters, w.periods = None, {}, None
    assert w.address == "v=40.0%2C127.0%2C7"


def test_a_link_is_chosen_by_its_id(w, toy_run):
    """A link id is a select-link analysis."""
    w.selection = "rail_far"
    assert "link=rail_far" in w.address
    assert w.flows.total_t == pytest.approx(toy_run.flows.through("rail_far").total_t)


def test_a_region_is_all_its_places(w, toy_run):
    """A region's name chooses the places in it."""
    w.selection = "Hill"
    expected = toy_run.nodes.loc[toy_run.nodes.region == "Hill", "node_id"]
    assert set(w.selection) == set(expected)


def test_one_hears_of_every_change(w):
    """Observers are told once of a change, wherever it came from."""
    heard = []
    w.observe(lambda change: heard.append(change.new), "selection")
    w.address = "place=far"
    w.selection = "near"
    assert heard == [("far",), ("near",)]


@pytest.mark.parametrize(
    ("trait", "value", "error"),
    [
        ("selection", "Nowhere at all", UnknownNameError),
        ("selection", 5, InputError),
        ("selection", [b"far"], InputError),
        ("filters", {"colour": "red"}, UnknownNameError),
        ("filters", {"material": "gold"}, UnknownNameError),
        ("filters", 3, InputError),
        ("filters", {"top": "many"}, InputError),
        ("periods", "1999", UnknownNameError),
    ],
)
def test_what_is_not_there_is_refused_and_changes_nothing(w, trait, value, error):
    """A wrong word is our error, with near ones, and the map stays as it was."""
    w.selection = "far"
    before = w.address
    with pytest.raises(error):
        setattr(w, trait, value)
    assert w.address == before


def test_places_that_a_run_does_not_have_are_passed_over(w):
    """An address of another run's map chooses what is there."""
    w.address = "place=far~nowhere"
    assert w.selection == ("far",)


def test_two_widgets_share_a_state(toy_run, w):
    """Two maps move together once their addresses are linked."""
    other = sf.explore(toy_run)
    traitlets.link((w, "address"), (other, "address"))
    other.selection = "Far Mill"
    assert w.selection == ("far",)


def test_arrays_travel_as_they_are(toy_run):
    """No number of a movement is text: the message's arrays are the run's, byte for byte."""
    raw = run_message(toy_run, lang="en", scale="fixed")
    head = int.from_bytes(raw[:4], "little")
    import json

    data = json.loads(raw[4 : 4 + head])
    at = data["rows"]["t"]
    sent = np.frombuffer(raw, "<f4", at["n"], 4 + head + at["at"])
    assert sent.sum() == pytest.approx(toy_run.movements.tonnage_t.sum(), rel=1e-6)
    assert (4 + head) % 8 == 0
    assert data["inputs"] == inputs_hash(toy_run.meta)


def test_the_page_is_the_html_map_s_and_asks_no_one(toy_run):
    """The frame's page holds the script of the map, forbids every request, and is within its size."""
    html = OfflineMap._repr_html_(sf.map_flows(toy_run))
    assert "function runView" in page()
    assert "function runView" in html
    assert "default-src 'none'" in page()
    assert len(page()) < 1_100_000


def test_a_map_and_a_picture_stand_in_where_there_is_no_kernel(w, toy_run):
    """A saved notebook holds the map in a frame, and a picture that stays where frames are taken out."""
    text = still_html(toy_run, name="abc")
    assert text.index("data:image/png;base64,iVBORw0KGgo") < text.index("<iframe")
    assert "scrapflow-still-abc" in text
    assert "function runView" in text


def test_the_inputs_hash_tells_settings_and_files_apart(toy):
    """Another value of one setting, or one changed value of a table, is another hash."""
    base = inputs_hash(sf.run(toy).meta)
    camp = sf.read_campaign(toy, "2015").update({"inspection.teams": 3})
    assert inputs_hash(sf.run(toy, camp).meta) != base
    other = toy.with_values({("enterprises", "works", "workers"): 1500})
    assert inputs_hash(sf.run(other).meta) != base
    assert inputs_hash(sf.run(toy).meta) == base


def test_the_widget_says_what_it_shows(w):
    """Its text names the run, the months and the query."""
    w.selection = "Far Mill"
    assert repr(w) == "<Explorer: toy-2015, 2015-01 … 2015-02, at far>" or "at far" in repr(w)
