"""The balance finds each way in which a ledger can be wrong, and names place, period and tonnes."""

from __future__ import annotations

import pandas as pd
import pytest

from scrapflow.errors import BalanceError, InputError
from scrapflow.ledger.balance import check, residuals

PERIODS = pd.DataFrame({"period": ["2015-01", "2015-02"]})
AMOUNTS = ["opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t"]


def stocks(*rows):
    """Stock accounts from ``(period, node, material, six amounts)``."""
    frame = pd.DataFrame([(p, n, m, "own", *map(float, a)) for p, n, m, *a in rows])
    return frame.set_axis(["period", "node_id", "material", "via", *AMOUNTS], axis=1)


def moves(*rows):
    """Movements from ``(period, origin, destination, tonnes)``, all of scrap."""
    columns = ["period", "origin", "destination", "tonnage_t", "material"]
    return pd.DataFrame([(*r, "scrap") for r in rows], columns=columns)


GOOD = (
    ("2015-01", "works", "scrap", 10, 1, 2, 0, 5, 8),
    ("2015-01", "works", "idle_machinery", 4, 0, -2, 0, 0, 2),
    ("2015-01", "yard", "scrap", 0, 0, 0, 5, 0, 5),
    ("2015-02", "works", "scrap", 8, 0, 0, 0, 0, 8),
    ("2015-02", "works", "idle_machinery", 2, 0, 0, 0, 0, 2),
    ("2015-02", "yard", "scrap", 5, 0, 0, 0, 0, 5),
)
MOVED = (("2015-01", "works", "yard", 5.0),)


def spoil(row, column, by):
    """Return the good accounts with one amount changed."""
    frame = stocks(*GOOD)
    frame.loc[row, column] += by
    return frame


def test_a_ledger_that_adds_up_passes_and_has_no_residual():
    """Residuals are zero at every place, period and material."""
    frame = stocks(*GOOD)
    check(frame, moves(*MOVED), PERIODS)
    assert residuals(frame).residual_t.abs().max() == 0
    assert residuals(frame).columns.tolist() == ["period", "node_id", "material", "residual_t"]


@pytest.mark.parametrize(
    ("row", "column", "by", "message"),
    [
        (0, "closing_t", 1.0, "appear or vanish.*2015-01, works, scrap"),
        (1, "converted_t", -1.0, "conversion makes or loses tonnes"),
        (3, "opening_t", -9.0, "negative"),
        (4, "opening_t", 1.0, "does not open with what the last one closed with"),
        (2, "in_t", 1.0, "disagree on what came in"),
    ],
)
def test_each_kind_of_fault_is_named(row, column, by, message):
    """One changed amount is found, whatever it is, with its place."""
    with pytest.raises(BalanceError, match=message):
        check(spoil(row, column, by), moves(*MOVED), PERIODS)


@pytest.mark.parametrize("known", [[], ["2015-01"]])
def test_tonnes_of_a_period_that_is_not_there_are_told(known):
    """A table of periods without rows, or without one of them, is refused in words that name what is dated by it."""
    with pytest.raises(InputError, match="stocks, column period: '2015-02' is no period of the run"):
        check(stocks(*GOOD), moves(*MOVED), pd.DataFrame({"period": known}))


def test_two_errors_do_not_hide_each_other():
    """In and out too large by the same amount leave the net right; the gross still tells."""
    frame = spoil(2, "in_t", 3.0)
    frame.loc[2, "out_t"] += 3.0
    with pytest.raises(BalanceError, match="came in.*\n.*went out"):  # noqa: RUF043
        check(frame, moves(*MOVED), PERIODS)


def test_a_nan_is_no_balance():
    """An amount that is not a number does not pass as zero."""
    with pytest.raises(BalanceError):
        check(spoil(0, "out_t", float("nan")), moves(*MOVED), PERIODS)


@pytest.mark.parametrize("unit", [1e-12, 1e-3, 1.0, 1e6, 1e12])
def test_the_tolerance_is_a_billionth_of_the_largest_amount_in_any_unit(unit):
    """A hundred-thousandth of a tonne is missed in a run of ten tonnes, and in proportion in runs of any size."""

    def scaled(by):
        frame = spoil(0, "closing_t", by)
        frame.loc[3, "opening_t"] += by
        return frame.assign(**{c: frame[c] * unit for c in AMOUNTS})

    carried = moves(*MOVED)
    carried["tonnage_t"] *= unit
    check(scaled(0.0), carried, PERIODS)
    check(scaled(5e-9), carried, PERIODS)
    with pytest.raises(BalanceError, match="appear or vanish"):
        check(scaled(1e-5), carried, PERIODS)
    with pytest.raises(BalanceError, match="appear or vanish"):
        check(scaled(2e-8), carried, PERIODS)


@pytest.mark.parametrize("column", ["opening_t", "arising_t", "in_t", "out_t", "closing_t"])
def test_an_unknown_amount_is_no_balance(column):
    """A number that is none is told at its place, whatever the others are."""
    with pytest.raises(BalanceError, match="works"):
        check(spoil(0, column, float("nan")), moves(*MOVED), PERIODS)
