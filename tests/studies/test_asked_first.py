"""Who lost most, who was punished, what each yard holds: of a run, and with ranges of an ensemble."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, ScrapflowError


@pytest.fixture(scope="module")
def ens(toy):
    """Five members of the toy with their flows."""
    return sf.ensemble(toy, n=5, seed=2, keep="flows", processes=1)


def test_losses_are_what_the_accounts_say(dprk_run):
    """Given for good and taken at night add up to the loss, over all groupings to the same total; factories come first."""
    rows = sf.losses(dprk_run)
    works = dprk_run.nodes.loc[dprk_run.nodes.kind == "enterprise", "node_id"]
    accounts = dprk_run.accounts[dprk_run.accounts.node_id.isin(works)]
    expected = (accounts.carted_t - accounts.returned_t + accounts.looted_from_t).sum()
    assert rows.lost_t.sum() == pytest.approx(expected)
    assert sf.losses(dprk_run, by="sector").lost_t.sum() == pytest.approx(expected)
    assert rows.named.is_monotonic_decreasing
    assert all(part.lost_t.is_monotonic_decreasing for _, part in rows.groupby("named"))


def test_punishments_are_those_of_the_accounts(dprk_run):
    """Expulsions and marks given add up to those of `penalties`; who was left alone has no row."""
    rows, told = sf.punished(dprk_run), sf.penalties(dprk_run)
    for column in ("expelled", "marks", "detained", "camp"):
        assert rows[column].sum() == pytest.approx(told[column].sum())
    assert (rows[["expelled", "marks", "detained"]].sum(axis=1) > 0).all()
    assert rows.loc[rows.named, "expelled"].is_monotonic_decreasing


def test_what_yards_hold_is_a_level(dprk_run):
    """At the end it is the total `held_t`; in March it is March's closing stock, and materials add up to the whole."""
    rows = sf.held(dprk_run)
    assert rows.held_t.sum() == pytest.approx(dprk_run.totals().held_t)
    materials = [f"{m.material}_t" for m in dprk_run.material_rows]
    assert np.allclose(rows[materials].sum(axis=1), rows.held_t)
    march = sf.held(dprk_run, when="March", by="node_id").set_index("node_id").held_t
    stocks = dprk_run.stocks[(dprk_run.stocks.period == "2015-03") & dprk_run.stocks.node_id.isin(march.index)]
    assert march.sum() == pytest.approx(stocks.closing_t.sum())


@pytest.mark.parametrize(("question", "main"), [(sf.losses, "lost_t"), (sf.punished, "marks"), (sf.held, "held_t")])
def test_an_ensemble_has_the_quantiles_of_its_members(ens, question, main):
    """Low and high are the 10 and 90 % quantiles of the same question asked of each member."""
    rows = question(ens, by="node_id")
    if rows.empty:
        assert question is sf.held
        return
    asked = [question(ens.kept.member(i), by="node_id")[main].sum() for i in range(5)]
    assert len(rows) == 1
    assert rows[f"{main}_low"].item() == pytest.approx(np.quantile(asked, 0.1))
    assert rows[f"{main}_high"].item() == pytest.approx(np.quantile(asked, 0.9))
    assert rows[main].sum() == pytest.approx(question(ens.central, by="node_id")[main].sum())


def test_what_cannot_be_asked_says_why(toy, toy_run):
    """An ensemble of totals, no run at all, an unknown column and an unknown time are refused in our words."""
    with pytest.raises(InputError, match="keep='flows'"):
        sf.losses(sf.ensemble(toy, n=1, processes=1))
    for call in (lambda: sf.held(5), lambda: sf.losses(toy_run, by="regoin"), lambda: sf.held(toy_run, when="March")):
        with pytest.raises(ScrapflowError):
            call()


def test_what_a_posterior_has_instead_is_told(toy):
    """Weighted members have no tables of yards: their ranges and queries, and the run in the middle."""
    seen = sf.pile(area_m2=26, height_m=4, place="Vale Yard", period="January")
    post = sf.condition(sf.ensemble(toy, "2015", n=20, keep="flows", processes=1), seen)
    for ask in (sf.held, sf.losses, sf.punished, sf.yards):
        with pytest.raises(InputError, match=r"not Posterior: .*\.central"):
            ask(post)
