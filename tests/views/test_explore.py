"""The widget: what it shows and what Python says of it are one thing, on both sides."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from painted import painted

import scrapflow as sf
<<<<<<< HEAD
from scrapflow.errors import InputError
from scrapflow.views.explore_page import inputs_hash
=======
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.runs import Run
from scrapflow.views.explore_page import data_message, inputs_hash, page, run_data
from scrapflow.views.offline import OfflineMap
from scrapflow.views.still import still_html
>>>>>>> 206ea17 (explore, ledger: a slider's picture needs no tables that it does not show)

pytest.importorskip("anywidget")


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


<<<<<<< HEAD
=======
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
        if key not in ("story", "claims", "loads"):
            assert data_message({key: value}) == data_message({key: whole[key]})
    steered._wish = {"n": 4, "values": {}, "closed": []}
    steered._wish = {"n": 5, "values": {"looting.share": 1.0}, "closed": []}
    assert (painted(steered)["told"], painted(steered)["answers"]) == (True, 5)


def test_a_picture_needs_no_tables_that_it_does_not_show_and_what_is_handed_out_is_checked(steered, monkeypatch):
    """A slider is answered without a check and without the quotas by rule; whoever asks for the run gets it checked, once."""
    checks = []
    check = Run.check
    monkeypatch.setattr(Run, "check", lambda run: checks.append(run) or check(run))
    steered._wish = {"n": 3, "values": {"looting.share": 1.0}, "closed": []}
    assert (painted(steered)["answers"], checks) == (3, [])
    assert {"quotas", "link_loads"} == set(steered._shown_run.tables._kept._to_make)
    assert steered.run is steered.run
    assert checks == [steered._shown_run]
    assert not steered.run.tables._kept._to_make


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


>>>>>>> 206ea17 (explore, ledger: a slider's picture needs no tables that it does not show)
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
