"""The widget: what it shows and what Python says of it are one thing, on both sides."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import traitlets

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.views.explore_page import data_message, inputs_hash, page, run_data
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


def test_a_name_that_a_mill_shares_with_its_station_chooses_the_mill(dprk_run):
    """As ``to`` does, and as the map's own search does: both ways of asking give the same tonnes; without a mill, the station."""
    w = sf.explore(dprk_run)
    for name in ("Songjin", "성진"):
        w.selection = name
        assert w.selection == ("mill_songjin",)
        assert w.flows.total_t == pytest.approx(dprk_run.flows.to(name).total_t)
    w.selection = "Sunchon"
    assert w.selection == ("st_sunchon",)


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


def test_who_observes_a_choice_may_answer_with_another(w, toy_run):
    """A click is answered by months and filters set in Python: both reach the page, and the choice stays."""

    def answer(change):
        w.filters = {"material": "scrap"}
        w.periods = "2015-02"

    w.observe(answer, "selection")
    w.address = "v=40.0,127.0,7&place=far"
    assert (w.selection, w.filters, w.periods) == (("far",), {"material": ["scrap"]}, ("2015-02", "2015-02"))
    assert w.address == "v=40.0%2C127.0%2C7&m=1-1&material=scrap&place=far"
    assert w.flows.total_t == pytest.approx(toy_run.flows.to("far").of("scrap").during("2015-02").total_t)


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
    raw = data_message(run_data(toy_run, lang="en", scale="fixed"))
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


@pytest.fixture
def steered(toy):
    """Return a widget with sliders over the toy world."""
    return sf.explore(toy, "2015", settings=["quota.headcount.kg", "looting.share", "enterprises.scrap_t"])


def painted(widget):
    """Return what the page would show: the newest message over the first, as ``explore.js`` joins them."""
    import json

    def read(raw):
        head = int.from_bytes(raw[:4], "little")
        return json.loads(raw[4 : 4 + head])

    return {**read(widget._base), **(read(widget._data) if widget._data else {})}


def test_eighty_random_moves_each_show_a_fresh_run(steered, toy):
    """Whatever was moved before, what is painted after a move is what a fresh run of its settings gives.

    All sixteen states of three sliders and a link, five times over, each time in another order.
    """
    rng = np.random.default_rng(14)
    fresh = {}
    for n, state in enumerate(np.concatenate([rng.permutation(16) for _ in range(5)]).tolist(), start=1):
        values = {s["name"]: s["high"] for i, s in enumerate(steered._sliders) if state >> i & 1}
        closed = ["rail_far"] if state >> 3 else []
        steered._wish = {"n": n, "values": values, "closed": closed}
        key = (tuple(sorted(steered.values.items())), tuple(closed))
        if key not in fresh:
            fresh[key] = sf.run(steered.world, steered.campaign)
        data = painted(steered)
        assert data["answers"] == n
        assert data["inputs"] == inputs_hash(fresh[key].meta) == steered.inputs
        assert data["totals"]["delivered_t"] == fresh[key].totals().delivered_t
    assert len(fresh) == 16


_PAGE = """async ([code, state, data]) => {
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const heard = {};
  Object.assign(state, { _base: bytes(state._base), _data: new DataView(new ArrayBuffer(0)) });
  const model = {
    get: (name) => state[name],
    set: (name, value) => (state[name] = value),
    save_changes() {},
    on: (name, f) => (heard[name] = f),
    off() {},
  };
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const el = document.createElement("div");
  document.body.append(el);
  await (await import(url)).default.render({ model, el });
  const shown = [];
  for (const text of data) {
    state._data = bytes(text);
    heard["change:_data"]();
    const { inputs } = el.querySelector("iframe").contentDocument.querySelector(".sf-app").dataset;
    const told = [...el.querySelectorAll(".scrapflow-total")].map((e) => e.dataset.inputs);
    shown.push([inputs, ...told]);
  }
  return shown;
}"""


@pytest.mark.browser
def test_a_late_answer_is_never_painted_over_a_newer_one(browser, steered):
    """Answers that arrive in the order 1, 3, 2: after the third the page shows what it showed, and every number has that run's hash."""
    import base64

    answers, hashes = [], []
    for n, value in enumerate((10.0, 20.5, 30.0), start=1):
        steered._wish = {"n": n, "values": {"quota.headcount.kg": value}, "closed": []}
        answers.append(base64.b64encode(steered._data).decode())
        hashes.append(steered.inputs)
    names = ("_lang", "_sliders", "_words", "_wish", "_fault", "_still", "label", "height", "address")
    state = {name: getattr(steered, name) for name in names} | {"_base": base64.b64encode(steered._base).decode()}
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.set_content("<!DOCTYPE html><body></body>")
    shown = page.evaluate(_PAGE, [steered._esm, state, [answers[0], answers[2], answers[1]]])
    context.close()
    assert [set(s) for s in shown] == [{hashes[0]}, {hashes[2]}, {hashes[2]}]
    assert len(shown[-1]) > 3


def test_a_slider_of_the_world_keeps_the_network_and_gives_a_fresh_run(steered):
    """Places and links are those of the first run, so that nothing is drawn anew; the mills take what the changed world says."""
    steered.values = {"enterprises.scrap_t": 20.0}
    first, moved = steered._steering.world, steered.world
    kept = steered._steering._runs[(("enterprises.scrap_t", 20.0),), ()]
    changed, campaign = steered._steering.case({"enterprises.scrap_t": 20.0}, ())
    assert moved is not first
    assert kept.totals().equals(sf.run(changed, campaign).totals())
    assert kept == sf.run(changed, campaign)


def test_the_story_and_the_claims_follow_when_nothing_is_moved(steered):
    """The first answer has neither, so that it has none of another run; the second, once asked for, is all of a fresh run."""
    steered._wish = {"n": 3, "values": {"looting.share": 1.0}, "closed": []}
    seen = painted(steered)
    assert (seen["told"], seen["answers"], seen["story"], seen["claims"]["n"]) == (False, 3, [], len("[]"))
    steered._wish = {**steered._wish, "tell": True}
    run = sf.run(steered.world, steered.campaign)
    whole = {**run_data(run, lang="en", scale="fixed"), "largestLoad": steered._first["largestLoad"]}
    shown = {**steered._first, **steered.run.memo["told"]}
    assert (painted(steered)["told"], painted(steered)["answers"]) == (True, 3)
    assert data_message(shown) == data_message(whole)
    for key, value in steered.run.memo["sight"].items():
        if key not in ("story", "claims"):
            assert data_message({key: value}) == data_message({key: whole[key]})
    steered._wish = {"n": 4, "values": {}, "closed": []}
    steered._wish = {"n": 5, "values": {"looting.share": 1.0}, "closed": []}
    assert (painted(steered)["told"], painted(steered)["answers"]) == (True, 5)


def test_each_case_has_a_hash_of_its_own(steered):
    """No two settings share the hash that their numbers carry."""
    seen = set()
    for values in ({}, {"looting.share": 1.0}, {"quota.headcount.kg": 30.0}, {"enterprises.scrap_t": 20.0}):
        for closed in ((), ("rail_far",)):
            steered.values, steered.closed = values, closed
            seen.add(painted(steered)["inputs"])
    assert len(seen) == 8


def test_python_moves_a_slider_and_the_page_hears_of_it(steered):
    """A value set in Python is a wish of the page's too, with a number beyond the last."""
    steered._wish = {"n": 7, "values": {}, "closed": []}
    steered.values = {"quota.headcount.kg": 30}
    assert steered._wish == {"n": 8, "values": {"quota.headcount.kg": 30.0}, "closed": []}
    assert painted(steered)["answers"] == 8
    assert steered.campaign.rules[0].kg.value == 30
    assert steered.run.totals().quota_t == pytest.approx(100)


@pytest.mark.parametrize(("heard", "answered"), [("values", "closed"), ("closed", "values")])
def test_who_observes_a_slider_or_a_closure_may_answer_with_the_other(steered, heard, answered):
    """A wish of the page is answered in Python by a wish of the other kind: the run has both, and the page hears of it."""
    answers = {"closed": ("rail_far",), "values": {"looting.share": 1.0}}
    steered._wish = {"n": 2, "values": {}, "closed": []}

    def answer(_change):
        steered.unobserve(answer, heard)
        setattr(steered, answered, answers[answered])

    steered.observe(answer, heard)
    wish = (
        {"values": {"quota.headcount.kg": 30.0}, "closed": []}
        if heard == "values"
        else {"values": {}, "closed": ["rail_far"]}
    )
    steered._wish = {"n": 3, **wish}
    values = answers["values"] if answered == "values" else wish["values"]
    assert (steered.values, steered.closed) == (values, ("rail_far",))
    assert steered._wish == {"n": 4, "values": values, "closed": ["rail_far"]}
    assert painted(steered)["answers"] == 4
    assert steered.run.meta["campaign_toml"] == steered.campaign.to_toml()


def test_a_changed_number_of_the_world_is_on_record(steered):
    """What a slider changes in the world is listed as a change, and in the run's identity."""
    steered.values = {"enterprises.scrap_t": 20.0}
    assert steered.world.changes["column"].tolist() == ["scrap_t"]
    assert steered.run.meta["changes"][0]["is"] == "20"


def test_a_closed_link_is_in_the_campaign_that_can_be_saved(steered):
    """Closures are entries of the campaign's calendar; the far mill gets nothing."""
    steered.closed = "rail_far"
    assert 'link_id = "rail_far"' in steered.campaign.to_toml()
    assert steered.run.flows.to("Far Mill").total_t == 0


@pytest.mark.parametrize(
    ("trait", "value", "error"),
    [
        ("values", {"quota.headcount.kg": 31}, InputError),
        ("values", {"quota.headcount.kg": None}, InputError),
        ("values", {"quota": 3}, UnknownNameError),
        ("values", 7, InputError),
        ("closed", "no such link", UnknownNameError),
    ],
)
def test_what_cannot_be_steered_is_refused(steered, trait, value, error):
    """A value beyond its range, or a link that is not there, changes nothing."""
    before = painted(steered)["inputs"]
    with pytest.raises(error):
        setattr(steered, trait, value)
    assert painted(steered)["inputs"] == before


def test_sliders_are_those_that_matter(toy):
    """Without names, a world's sliders are the assumptions with the largest effect on what mills receive."""
    ranked = sf.sensitivity(toy, "2015", processes=1)
    expected = ranked.loc[ranked.effect_t > 0, "input"].head(6).tolist()
    assert [s["name"] for s in sf.explore(toy, "2015")._sliders] == expected


def test_a_run_has_no_sliders_and_says_so(w, toy_run):
    """Values, closures and a campaign belong to a world; a run is as it was made."""
    for call in (
        lambda: setattr(w, "values", {}),
        lambda: w.campaign,
        lambda: sf.explore(toy_run, "2015"),
        lambda: sf.explore(5),
    ):
        with pytest.raises(InputError):
            call()


def test_a_world_of_known_tonnes_has_no_sliders_and_says_what_opens_it():
    """Brazil has no campaign to steer; its run can be looked at, and the message says how."""
    world = sf.read_world("brazil")
    with pytest.raises(InputError, match=r"known tonnes.*sf\.explore\(sf\.run\(world\)\)"):
        sf.explore(world)


def test_a_world_names_its_sliders(toy):
    """What ``world.toml`` says under ``[explore]`` needs no ranking; names that the campaign does not have are passed over."""
    from dataclasses import replace

    named = replace(
        toy, settings={**toy.settings, "explore": {"sliders": ["looting.share", "quota.of_another_year.kg"]}}
    )
    assert [s["name"] for s in sf.explore(named, "2015")._sliders] == ["looting.share"]


def test_the_sliders_of_the_real_world_are_assumptions_of_its_campaign(dprk):
    """Every name in the packaged world is an assumption with a range."""
    from scrapflow.studies.uncertain import uncertain

    known = set(uncertain(dprk, sf.read_campaign(dprk, "2015")).groups.input)
    assert set(dprk.settings["explore"]["sliders"]) <= known


def test_without_the_extra_every_name_is_there_and_it_is_said_what_to_install():
    """A plain installation has no widget library: names still resolve, and asking for the widget names the extra."""
    code = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("anywidget", "traitlets"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from scrapflow import *
import scrapflow as sf
try:
    sf.explore(sf.run(sf.read_world("toy")))
except sf.InputError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "anywidget is missing: pip install 'scrapflow[notebook]'" in done.stdout
