"""What a map's script is given of a run."""

from __future__ import annotations

import pandas as pd
import pytest
from fake import changed, fake_run

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.views.map_payload import run_payload
from scrapflow.views.maps import map_flows
from tests.made_up_inputs import CORNERS, NORTH, STRAIGHT, drawn


def test_a_kind_that_the_vocabulary_does_not_know_is_refused_by_name():
    """What lacks a rule fails loudly: a movement of an undeclared kind is named."""
    run = fake_run(places=3)
    with pytest.raises(InputError, match="'resold' is no kind of the vocabulary"):
        map_flows(changed(run, movements=run.movements.assign(kind="resold")))


def test_a_map_scales_its_lines_by_what_runs_straight_too():
    """Of 1 t, 10 t and, in two months, 40 t and 60 t on no path, and 30 t on a course, 60 t in a month is the widest line."""
    straight = pd.DataFrame(
        {
            "from": ["a", "b", "c", "c"],
            "to": ["b", "c", "a", "a"],
            "t": [1, 10, 40, 60],
            "month": ["2019-01"] * 3 + ["2019-02"],
        }
    )
    assert run_payload(sf.run_from(straight, CORNERS))["largestLoad"] == 60
    assert run_payload(sf.run_from(straight))["largestLoad"] == 0, "nothing has a place"
    mixed = drawn([("a", "b", 1, STRAIGHT), ("a", "b", 30, NORTH)])
    assert run_payload(sf.run_from(mixed))["largestLoad"] == 30
