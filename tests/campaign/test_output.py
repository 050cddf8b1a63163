"""Output of machines in chains, what could still be started, and repair."""

from __future__ import annotations

import numpy as np
import pytest

from scrapflow.campaign.output import Repair, capacity_index, output_index

WORKS = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 1000.0, "idle_machinery_t": 40.0, "working_machinery_t": 60.0}
YARD = {"node_id": "y", "x": 0.1, "y": 0.1}


@pytest.mark.parametrize("chain", [1, 2, 5])
def test_a_chain_stands_still_if_one_machine_is_gone(chain):
    """Of many chains with machines gone at random, the share that is whole is what the index says."""
    rng = np.random.default_rng(0)
    here = rng.random((200_000, chain)) < 0.8
    index = output_index(np.array([48.0]), np.zeros(1), np.array([60.0]), chain=chain)[0]
    assert index == pytest.approx(here.all(axis=1).mean(), abs=0.005)


def test_spares_stand_in_for_what_is_gone():
    """Of 12 t gone 5 t are replaced, and no spare brings output above that of the start."""
    gone = output_index(np.array([48.0, 48.0]), np.zeros(2), np.array([60.0, 60.0]), spares=np.array([5.0, 99.0]))
    assert gone.tolist() == pytest.approx([53 / 60, 1.0])


def test_what_could_still_be_started_counts_idle_machines():
    """A quarter of all functional machinery is gone; where there was none, nothing can be lost."""
    index = capacity_index(np.array([75.0, 0.0]), np.array([100.0, 0.0]), chain=2.0)
    assert index.tolist() == pytest.approx([0.5625, 1.0])


def test_idle_machines_cost_no_output_but_what_could_be_started(make):
    """Ten of forty idle tonnes are handed over in January: output stays, a tenth of the capacity is gone."""
    quota = [{"rule_id": "w", "kind": "per_worker", "kg": 10, "every": "once"}]
    accounts = make.collect(make.world(enterprises=[WORKS], yards=[YARD]), {"quota": quota}).accounts
    assert accounts.output_index.tolist() == [1, 1, 1]
    assert accounts.capacity_index.tolist() == pytest.approx([0.9] * 3)


@pytest.mark.parametrize(("unit", "start", "months"), [("month", "2015-01", 1.0), ("quarter", "2015-Q1", 3.0)])
def test_lost_output_is_counted_in_months(make, unit, start, months):
    """Six of sixty tonnes at work are gone from the first period on: a tenth of the workers, times its months."""
    world = make.world(enterprises=[WORKS | {"idle_machinery_t": 0.0}], yards=[YARD])
    raw = {
        "periods": {"start": start, "count": 2, "unit": unit},
        "quota": [{"rule_id": "w", "kind": "per_worker", "kg": 6, "every": "once"}],
    }
    lost = make.collect(world, raw).accounts.lost_worker_months
    assert lost.tolist() == pytest.approx([100 * months] * 2)


@pytest.mark.parametrize("periods", [0.0, 0.5, 1.0, 2.0, 4.25])
def test_a_repair_takes_as_long_as_it_is_said_to(periods):
    """What came home is missed for so many periods in all, the last of them in part."""
    repair = Repair(1, periods)
    missed = 0.0
    repair.advance(np.array([8.0]))
    for _ in range(6):
        missed += repair.tonnage[0]
        repair.advance(np.array([0.0]))
    assert missed == pytest.approx(8.0 * periods)
