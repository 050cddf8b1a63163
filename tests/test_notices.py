"""Warnings are said at once, or gathered and said once with how often they would have been."""

from __future__ import annotations

import logging

import pytest

from scrapflow.notices import Notice, gathered, told_once, warn

LOG = logging.getLogger("scrapflow.test")


def test_a_warning_is_said_at_once_unless_somebody_gathers(caplog):
    """Inside a block it is kept with its kind and its text, and nothing is logged; after it the log hears again."""
    warn(LOG, "%s t are lost", 1)
    with gathered() as found:
        warn(LOG, "%s t are lost", 2)
    warn(LOG, "%s t are lost", 3)
    assert found == [Notice("%s t are lost", "2 t are lost")]
    assert [r.getMessage() for r in caplog.records] == ["1 t are lost", "3 t are lost"]


def _fails_after_a_warning(kept):
    with gathered() as found:
        kept.append(found)
        warn(LOG, "inner")
        msg = "over"
        raise RuntimeError(msg)


def test_who_gathers_inside_gathers_alone():
    """A block in a block keeps its own warnings, also where it ends with an error."""
    inner = []
    with gathered() as outer:
        with pytest.raises(RuntimeError, match="over"):
            _fails_after_a_warning(inner)
        warn(LOG, "outer")
    assert [[n.text for n in found] for found in (*inner, outer)] == [["inner"], ["outer"]]


def test_each_kind_is_told_once_with_how_many_members_said_it(caplog):
    """Of a member that says it twice the first counts, and one member's words stand for all."""
    lost, late = (Notice("%s t", f"{k} t") for k in (1, 2)), Notice("late", "late")
    told_once(LOG, [[], list(lost), [Notice("%s t", "9 t"), late]], "members")
    assert [r.getMessage() for r in caplog.records] == ["in 2 of 3 members: 1 t", "in 1 of 3 members: late"]
