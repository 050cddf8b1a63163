"""Ranges in SQL beside numpy's quantiles, zeros of members without a row included."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.studies.quantiles import QUANTILES, RANGE, ranges_sql


def asked(rows, columns, count, *, kinds=False):
    """Return the ranges of rows (member, group, tonnes) as DuckDB answers."""
    values = ", ".join(f"({m}, '{g}', {float(t)!r}::DOUBLE, {k0}, {k1})" for m, g, t, k0, k1 in rows)
    members = f"SELECT member, {''.join(c + ', ' for c in columns)}tonnage_t{', k0, k1' if kinds else ''} FROM (VALUES {values}) AS v(member, g, tonnage_t, k0, k1)"
    return duckdb.sql(ranges_sql(members, columns, count, kinds=kinds)).df()


@settings(max_examples=12)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12), st.integers(0, 12))
def test_ranges_are_numpys_with_zeros_for_those_who_have_nothing(tonnes, without):
    """Of up to 24 members, some of which have no row; linear between ranks."""
    told = asked([(i, "a", t, 0, 0) for i, t in enumerate(tonnes)], [], len(tonnes) + without)
    expected = np.quantile([*tonnes, *[0.0] * without], QUANTILES)
    assert told[RANGE].to_numpy()[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_groups_stand_in_the_order_of_their_medians_then_highs_then_names():
    """Of three members: d has 5 t in each; b and c have 9 t in one, a nothing but in one of them."""
    rows = [(m, "d", 5.0, 0, 0) for m in range(3)] + [(0, "c", 9.0, 0, 0), (1, "b", 9.0, 0, 0), (2, "a", 2.0, 0, 0)]
    told = asked(rows, ["g"], 3)
    assert told["g"].tolist() == ["d", "b", "c", "a"]
    assert told["median"].tolist() == [5, 0, 0, 0]
    assert told["high"].tolist() == pytest.approx([5, 7.2, 7.2, 1.6])


def test_the_first_and_last_kind_of_a_group_are_those_of_all_its_members():
    """Kinds 2 to 3 in one member and 1 in another: 1 to 3."""
    told = asked([(0, "a", 1.0, 2, 3), (1, "a", 1.0, 1, 1)], ["g"], 2, kinds=True)
    assert told[["k0", "k1"]].values.tolist() == [[1, 3]]


def test_one_member_is_its_own_range():
    """Low, median and high are what it has."""
    assert asked([(0, "a", 4.0, 0, 0)], [], 1)[RANGE].values.tolist() == [[4, 4, 4]]
