"""The widget: what it shows and what Python says of it are one thing, on both sides."""

from __future__ import annotations

import pytest
import traitlets
from painted import painted

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.views.explore_page import data_message, run_data


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


def test_the_widget_says_what_it_shows(w):
    """Its text names the run, the months and the query."""
    w.selection = "Far Mill"
    assert repr(w) == "<Explorer: toy-2015, 2015-01 … 2015-02, at far>" or "at far" in repr(w)


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
    names = ("_lang", "_steered", "_sliders", "_words", "_wish", "_fault", "_still", "label", "height", "address")
    state = {name: getattr(steered, name) for name in names} | {"_base": base64.b64encode(steered._base).decode()}
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.set_content("<!DOCTYPE html><body></body>")
    shown = page.evaluate(_PAGE, [steered._esm, state, [answers[0], answers[2], answers[1]]])
    context.close()
    assert [set(s) for s in shown] == [{hashes[0]}, {hashes[2]}, {hashes[2]}]
    assert len(shown[-1]) > 3


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
        if key not in ("story", "claims", "loads"):
            assert data_message({key: value}) == data_message({key: whole[key]})
    steered._wish = {"n": 4, "values": {}, "closed": []}
    steered._wish = {"n": 5, "values": {"looting.share": 1.0}, "closed": []}
    assert (painted(steered)["told"], painted(steered)["answers"]) == (True, 5)


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
