"""One assumption at a time, from low to high."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError


@pytest.fixture(scope="module")
def table(toy):
    """The toy's tonnes delivered, by assumption."""
    return sf.sensitivity(toy, processes=1).set_index("input")


def test_the_share_carted_for_show_by_hand(table):
    """With the share s for show and a visit that catches half, the mills get 55.625 − 7.875 s − 2.5 s² tonnes.

    January: 10 t of machinery, of which 5 s go home. February: 15.75 t and those 5 s again, of which s/2 goes home. All
    else of the 55.625 t is scrap, the town's, or not for show.
    """
    row = table.loc["show.share"]
    assert [row.low, row.value, row.high] == [0.0, 0.25, 0.5]
    found = [row.total_at_low_t, row.total_t, row.total_at_high_t]
    assert found == pytest.approx([55.625 - 7.875 * s - 2.5 * s**2 for s in (0.0, 0.25, 0.5)])
    assert row.effect_t == pytest.approx(55.625 - 51.0625)


def test_the_chance_of_an_inspection_by_hand(table):
    """A visit that finds a load with chance d lets (1 − d) of a quarter go home: 2.5 (1 − d) t in January, then again."""
    row = table.loc["inspection.chance"]
    home = [2.5 * (1 - d) for d in (0.2, 0.5, 0.8)]
    by_hand = [55.625 - 0.25 * (1 - d) * (15.75 + x) for d, x in zip((0.2, 0.5, 0.8), home, strict=True)]
    assert [row.total_at_low_t, row.total_t, row.total_at_high_t] == pytest.approx(by_hand)


def test_the_range_of_every_input_is_that_of_a_run_with_it(toy, table):
    """The totals at low and high are those of runs with that one number changed, in the campaign and in the world."""
    camp = sf.read_campaign(toy, "2015")
    for end, total in (("low", "total_at_low_t"), ("high", "total_at_high_t")):
        quota = sf.run(toy, camp.update({"quota.headcount.kg": table[end]["quota.headcount.kg"]}))
        assert table[total]["quota.headcount.kg"] == pytest.approx(quota.totals().delivered_t)
        idle = toy.with_values(
            {("enterprises", "works", "idle_machinery_t"): table[end]["enterprises.idle_machinery_t"]}
        )
        assert table[total]["enterprises.idle_machinery_t"] == pytest.approx(sf.run(idle).totals().delivered_t)
    assert table.total_t.tolist() == pytest.approx([53.5] * len(table))


def test_the_weightiest_comes_first_and_what_is_not_used_has_no_effect(table):
    """Rows are ranked by effect, ties by name; defaults of a sector without unknown factories change nothing."""
    assert table.effect_t.is_monotonic_decreasing
    assert table.index[0] == "quota.headcount.kg"
    zero = table[table.effect_t == 0].index
    assert list(zero) == sorted(zero)
    assert "sectors.workers" in zero


def test_another_total_can_be_watched_and_one_that_is_none_is_refused(toy):
    """What is looted does not depend on the mills; an unknown total lists those there are."""
    looted = sf.sensitivity(toy, total="looted_t", processes=1)
    assert looted.attrs["total"] == "looted_t"
    assert looted.set_index("input").effect_t["looting.share"] > 0
    assert looted.set_index("input").effect_t["mills.far.intake_t"] == 0
    with pytest.raises(UnknownNameError, match=r"no total is called 'x'.*delivered_t"):
        sf.sensitivity(toy, total="x", processes=1)


def test_the_number_of_processes_changes_nothing(toy, table):
    """Two processes give the same table as one, to the last bit."""
    seen = []
    two = sf.sensitivity(toy, processes=2, progress=lambda done, of: seen.append((done, of)))
    pd.testing.assert_frame_equal(two.set_index("input"), table)
    assert seen[-1] == (2 * len(table), 2 * len(table))


def test_every_single_value_can_be_moved(dprk):
    """With detail each factory's headcount is an assumption of its own; without, a column moves together."""
    from scrapflow.studies.uncertain import uncertain

    camp = sf.read_campaign(dprk, "2015")
    few, many = uncertain(dprk, camp), uncertain(dprk, camp, detail=True)
    assert len(many.groups) == len(few.members) > 10 * len(few.groups)
    assert many.groups.input.is_unique


def test_assumptions_are_ranked_by_a_total_that_can_move(toy):
    """Where mills take less than is offered, what they receive is what they were assumed to take: another total ranks."""
    full = toy.with_values({("mills", "near", "intake_t"): 2.0, ("mills", "far", "intake_t"): 2.0})
    found = sf.sensitivity(full, processes=1)
    assert found.attrs["total"] != "delivered_t"
    told = sf.sensitivity(full, total="delivered_t", processes=1)
    assert told.attrs["total"] == "delivered_t"
    assert (found.effect_t > 0).sum() >= 2 * (told.effect_t > 0).sum()
    assert sf.sensitivity(toy, processes=1).attrs["total"] == "delivered_t"


def test_any_question_can_be_the_target(toy):
    """The far mill's tonnes by the campaign's intake are those of sf.run with that intake; a lambda may ask, in two processes."""
    table = sf.sensitivity(toy, target=lambda flows: flows.to("Far Mill").total_t, processes=2)
    rows = table.set_index("input")
    row = rows.loc["mills.near.intake_t"]
    for end, column in ((row.low, "total_at_low_t"), (row.high, "total_at_high_t")):
        changed = toy.with_values({("mills", "near", "intake_t"): end})
        assert row[column] == pytest.approx(sf.run(changed).flows.to("Far Mill").total_t)
    assert row.total_t == pytest.approx(sf.run(toy).flows.to("Far Mill").total_t)
    assert rows.effect_t.is_monotonic_decreasing
    assert rows.effect_t.iloc[0] > 0


def test_a_target_must_end_in_a_number(toy):
    """A frame is refused and named; a total and a target at once too."""
    with pytest.raises(InputError, match="no number but a DataFrame"):
        sf.sensitivity(toy, target=lambda flows: flows.kind("shipped").by("origin"), processes=1)
    with pytest.raises(InputError, match="not both"):
        sf.sensitivity(toy, total="delivered_t", target=len, processes=1)
