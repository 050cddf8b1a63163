"""The maps that the tests of the views look at."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import watched
from fake import fake_run

import scrapflow as sf
from scrapflow.evidence.where_next import with_next


@pytest.fixture(scope="session")
def run():
    """Return a made-up run of forty places and six months."""
    return fake_run()


@pytest.fixture(scope="session")
def map_file(run, tmp_path_factory):
    """Return the file of the map of the made-up run."""
    from scrapflow.views.maps import map_flows, save_map

    return save_map(map_flows(run), tmp_path_factory.mktemp("maps") / "fake.html")


@pytest.fixture
def page(browser, map_file):
    """Return the opened map; at the end nothing may have been asked of the network, and nothing complained of."""
    with watched(browser) as watch:
        yield watch.open(map_file)
        assert watch.clean()


@pytest.fixture
def w(toy_run):
    """Return a widget of the toy world's run."""
    return sf.explore(toy_run)


@pytest.fixture
def steered(toy):
    """Return a widget with sliders over the toy world."""
    return sf.explore(toy, "2015", settings=["quota.headcount.kg", "looting.share", "enterprises.scrap_t"])


NEXT = pd.DataFrame([
    ("pile at Vale Yard, 2015-01", "pile", "yard_t", "yard", "", "2015-01", 0.3),
    ("wagons on rail_far, 2015-01", "wagons", "link_load_t", "", "rail_far", "2015-01", 0.2),
    ("quota.headcount.kg", "assumption", "quota.headcount.kg", "", "", "", 0.1),
], columns=["candidate", "kind", "metric", "node_id", "link_id", "period", "reduction"])  # fmt: skip


@pytest.fixture(scope="module")
def weighed(toy):
    """A toy that was weighed by two reports which exclude one another."""
    ens = sf.ensemble(toy, n=40, processes=1)
    told = {"metric": "carted_t", "error": "lognormal", "sd": 0.02, "reliability": "B"}
    little, much = {**told, "observation_id": "little", "value": 45}, {**told, "observation_id": "much", "value": 65}
    return with_next(sf.condition(ens, [little, much], discrepancy=0.02).central, NEXT, "delivered_t")


@pytest.fixture(scope="session")
def told_runs(toy_run, dprk_run):
    """Return the toy, the real world and some random ones, whose sentences are recomputed."""
    return [toy_run, dprk_run, *(fake_run(places=12, periods=4, seed=seed) for seed in (1, 2, 3))]
