"""A backlog has a level at the end of each period, and only what is added sums up."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.ledger.backlog import additions_to, levels_of

PERIODS = ["1", "2", "3", "4"]
COLUMNS = ["period", "node_id", "tonnage_t", "reason", "links"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(PERIODS),
        st.sampled_from(["a", "b"]),
        st.integers(1, 50).map(float),
        st.sampled_from(["no_yard", "yard_full"]),
        st.sampled_from(["", "l1", "l1|l2"]),
    ),
    max_size=12,
)


def last_level(table):
    """Return what the last period's rows add up to."""
    return table.loc[table["period"] == PERIODS[-1], "tonnage_t"].sum()


@given(rows=ROWS)
def test_what_is_added_sums_to_the_last_level(rows):
    """Both ways round Σ new_t is the last level, and each level is the one before plus what was added."""
    frame = pd.DataFrame(rows, columns=COLUMNS)
    once = frame.drop_duplicates(["period", "node_id", "reason"])
    for table in (levels_of(frame, PERIODS), additions_to(once, PERIODS)):
        assert table["new_t"].sum() == last_level(table)
        for _, group in table.groupby(["node_id", "reason"]):
            wide = group.set_index("period").reindex(PERIODS)
            assert (wide["tonnage_t"].fillna(0.0) == wide["new_t"].fillna(0.0).cumsum()).all()


@given(rows=ROWS)
def test_levels_come_back_from_their_additions(rows):
    """The level of what was added, taken as levels, has the same additions again."""
    table = levels_of(pd.DataFrame(rows, columns=COLUMNS), PERIODS)
    again = additions_to(table[COLUMNS], PERIODS)
    keys = ["period", "node_id", "reason"]
    pd.testing.assert_frame_equal(
        table.sort_values(keys, ignore_index=True), again.sort_values(keys, ignore_index=True), check_dtype=False
    )


def test_a_level_that_is_gone_has_a_row_of_zero_once():
    """Ten tonnes that were carted after all leave a row of 0 t and -10 t, and nothing after it."""
    table = additions_to(pd.DataFrame([("1", "a", 10.0, "no_yard", "")], columns=COLUMNS), PERIODS)
    assert table[["period", "tonnage_t", "new_t"]].to_numpy().tolist() == [["1", 10.0, 10.0], ["2", 0.0, -10.0]]


def test_links_of_a_yard_are_told_once_each_as_they_fill():
    """A yard that stays full behind two links names both, in the order in which they were."""
    rows = [("1", "y", 4.0, "capacity", "l1"), ("3", "y", 2.0, "capacity", "l2|l1")]
    table = levels_of(pd.DataFrame(rows, columns=COLUMNS), PERIODS)
    assert table["links"].tolist() == ["l1", "l1", "l1|l2", "l1|l2"]
