"""Records of a campaign: who owns what in which order, and columns of the account over all periods."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from scrapflow.campaign.history import ACCOUNT_COLUMNS, History, Period
from scrapflow.vocabulary import accounts

POPULATION = SimpleNamespace(
    enterprise_id=np.array(["w2", "w1"], dtype=object),
    community_id=np.array(["t"], dtype=object),
    workers=np.zeros(2),
    residents=np.zeros((1, 5)),
)


def period(**account):
    """Return a record of which only the account, and the parts for each yard, hold something."""
    blank = dict.fromkeys(Period._fields, np.zeros(0))
    return Period(**{**blank, "shares": np.array([[3.0, 0.0], [1.0, 0.0]]), "account": account})


def history(*periods, return_after=0):
    """Return the history of two enterprises and a town."""
    return History(POPULATION, None, None, [], return_after, steps=list(periods))


def test_owners_are_enterprises_then_communities_and_are_ordered_by_identifier():
    """The arrays keep the order of the world; tables are written in the order of the identifiers."""
    made = history()
    assert made.owners.tolist() == ["w2", "w1", "t"]
    assert made.order.tolist() == [2, 1, 0]


@pytest.mark.parametrize("owner", ["enterprise", "community", "owner"])
def test_a_column_of_the_account_stands_beside_its_owners(owner):
    """Whom a column is not about has the vocabulary's absent value, in every period; without periods there are no rows."""
    name = next((n for n in ACCOUNT_COLUMNS if accounts()[n].owner == owner), None)
    if name is None:
        assert owner not in {a.owner for a in accounts().values()}
        return
    part = {"enterprise": slice(0, 2), "community": slice(2, 3), "owner": slice(0, 3)}[owner]
    count = len(range(3)[part])
    values = [np.arange(count) + 1.0, np.arange(count) + 11.0]
    column = history(*(period(**{name: v}) for v in values)).column(name)
    assert column.shape == (2, 3)
    assert column[:, part].tolist() == [v.tolist() for v in values]
    rest = np.delete(column, np.arange(3)[part], axis=1)
    assert rest == pytest.approx(np.full(rest.shape, accounts()[name].absent), nan_ok=True)
    assert history().column(name).shape == (0, 3)


@pytest.mark.parametrize(("later", "shown"), [(0, [0, 1, 2]), (1, [0, 0, 1])])
def test_loads_for_show_go_home_in_their_own_period_or_the_next(later, shown):
    """With ``return_after`` 1 a period carries back what the one before it showed; the first has none before it."""
    made = history(period(a=0), period(a=1), period(a=2), return_after=later)
    assert [made.shown_in(step).account["a"] for step in range(3)] == shown


def test_of_what_was_carted_each_yard_has_its_part_and_nothing_carted_has_none():
    """Parts add up to one for whoever carted; nobody's parts are zeros, not unknown."""
    assert history(period()).carted_shares().tolist() == [[[0.75, 0.0], [0.25, 0.0]]]


def test_ranks_of_yards_that_a_step_did_not_need_are_zeros_beside_those_of_the_others():
    """Arrays of all steps are one array: of a step whose loads found room in the nearest yard the further ranks are empty."""
    first, second = period(), period()
    second = second._replace(shares=second.shares[:1])
    made = history(first, second)
    assert made.over_steps("shares").shape == (2, *first.shares.shape)
    assert (made.over_steps("shares")[1, 1:] == 0).all()
    assert made.over_steps("shares", slice(1, 2)).tolist() == [second.shares.tolist()]
