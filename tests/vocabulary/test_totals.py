"""The totals of a run as rows: what each adds up, and which are levels."""

from __future__ import annotations

import pytest

from scrapflow.vocabulary import accounts, kinds
from scrapflow.vocabulary import totals as module
from scrapflow.vocabulary.read import rows_of
from scrapflow.vocabulary.totals import SUMS, _total, totals


def test_every_kind_has_a_total_and_the_table_comes_first():
    """A kind without a row of its own follows, called as it is on maps."""
    told = totals()
    table = [r["total"] for r in rows_of("totals")]
    assert list(told)[: len(table)] == table
    assert {t.what for t in told.values() if t.of == "kind"} == set(kinds())
    for name in list(told)[len(table) :]:
        kind = kinds()[told[name].what]
        assert (name, told[name].label, told[name].meaning) == (kind.total, kind.label["en"], kind.meaning)


def test_levels_are_what_lies_somewhere_at_the_end():
    """What is held and what is left; all else adds up over periods."""
    assert [t.total for t in totals().values() if t.is_level] == ["held_t", "unserved_t", "unplaced_t"]
    assert {t.of for t in totals().values()} <= set(SUMS)


def test_a_kind_that_nobody_wrote_a_row_for_is_added(monkeypatch):
    """Without the row of what is looted, its total is still there, last."""
    rows = [r for r in rows_of("totals") if r["what"] != "looted"]
    monkeypatch.setattr(module, "rows_of", lambda _: rows)
    told = totals.__wrapped__()
    assert list(told)[-1] == "looted_t"
    assert (told["looted_t"].of, told["looted_t"].what) == ("kind", "looted")


@pytest.mark.parametrize(("of", "what"), [("sum", "quota_t"), ("account", "quota"), ("kind", "sold")])
def test_a_row_that_adds_up_nothing_is_refused(of, what):
    """A way of adding that is none, a column of accounts and a kind that are not there."""
    row = {"total": "x_t", "of": of, "what": what, "label": "", "changed": "", "meaning": ""}
    with pytest.raises(ValueError, match=f"row x_t: there is no {of} '{what}' to add up"):
        _total(row)
    assert _total(row | {"of": "account", "what": next(iter(accounts()))}).total == "x_t"
