"""The widget: what it shows and what Python says of it are one thing, on both sides."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from painted import painted

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.views.explore_page import inputs_hash

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


def test_known_tonnes_are_steered_without_a_campaign():
    """Brazil has no campaign: a slider and a closed link route its tonnes anew, and the world says what was changed."""
    world = sf.read_world("brazil")
    w = sf.explore(world)
    assert [s["name"] for s in w._sliders] == ["links.capacity_t"]
    w.values = {"links.capacity_t": w._sliders[0]["low"]}
    busiest = w.run.link_loads.groupby("link_id")["tonnage_t"].sum().idxmax()
    w.closed = busiest
    assert w.run.link_loads.groupby("link_id")["tonnage_t"].sum()[busiest] == 0
    assert w.run == sf.run(w.world)
    changes = w.world.changes
    assert set(changes["column"]) == {"capacity_t"}
    assert changes.loc[changes["row"] == busiest, "is"].tolist() == ["0"]
    with pytest.raises(InputError, match=r"without a campaign; w\.world holds"):
        _ = w.campaign
    w.values, w.closed = {}, ()
    assert w.run == sf.run(world)


def test_a_world_of_which_nothing_is_known_says_what_is_missing():
    """Rails alone cannot be steered: tonnes or a campaign are asked for."""
    rails = sf.world_from(pd.DataFrame({"from": ["a"], "to": ["b"], "km": [5.0]}))
    with pytest.raises(sf.UnknownNameError, match="supply and demand"):
        sf.explore(rails)


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
except sf.MissingExtraError as error:
    print(error, isinstance(error, ImportError))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said = "sf.explore needs anywidget, which is not installed: pip install 'scrapflow[notebook]' True\n"
    assert done.stdout == said
