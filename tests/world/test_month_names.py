"""Months by name."""

from __future__ import annotations

from scrapflow.world.month_names import MONTHS


def test_every_month_is_known_by_its_whole_and_its_short_name_in_english():
    """Whatever language Python was set to."""
    assert [MONTHS[name] for name in ("january", "feb", "march", "may", "sep", "december")] == [1, 2, 3, 5, 9, 12]
    assert set(MONTHS.values()) == set(range(1, 13))
