"""Headcounts of single enterprises: those that the members were run with, as evidence and as what to look at next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence.headcounts import headcounts
from scrapflow.evidence.observation import table_of
from scrapflow.evidence.predictions import Predictor
from scrapflow.studies.ensemble import Ensemble
from scrapflow.studies.uncertain import Setter, draws_of, uncertain


@pytest.fixture(scope="module")
def drawn(dprk, dprk_run):
    """Return draws for dprk without running its members, and the worlds that they make."""
    camp = sf.read_campaign(dprk, "2015")
    inputs = uncertain(dprk, camp)
    names = inputs.groups["input"].tolist()
    cube = np.random.default_rng(8).random((6, len(names)))
    totals = pd.DataFrame(0.0, index=pd.RangeIndex(6, name="member"), columns=dprk_run.totals().index)
    ens = Ensemble(dprk_run, pd.DataFrame(cube, columns=names), totals, pd.DataFrame(), pd.DataFrame())
    setter = Setter(dprk, camp, inputs)
    return ens, [setter(draws_of(dprk, inputs, row))[0] for row in cube]


def test_headcounts_are_those_that_members_are_run_with(drawn):
    """Named works, those without a range and those that stand for the rest of a county, against the worlds themselves."""
    ens, worlds = drawn
    table = headcounts(ens)
    for row, world in zip(table.to_numpy(), worlds, strict=True):
        firms = world.tables["enterprises"].set_index("node_id")["workers"]
        filled = ens.central.nodes.set_index("node_id")["workers"]
        wanted = firms.reindex(table.columns).fillna(filled.reindex(table.columns)).to_numpy(dtype=np.float64)
        np.testing.assert_allclose(row, wanted, rtol=1e-9, atol=1e-6)
    assert (table.std() > 0).sum() > 100


def test_a_region_is_the_sum_of_its_enterprises(drawn):
    """All of a region, and all there are; no members need to have been kept for it."""
    ens, _ = drawn
    table, nodes = headcounts(ens), ens.central.nodes.set_index("node_id")
    region = nodes.loc[table.columns, "region_id"].iloc[0]
    rows = pd.DataFrame(
        [
            {"observation_id": "there", "metric": "workers", "region_id": region},
            {"observation_id": "all", "metric": "workers"},
        ]
    )
    predicted, faults = Predictor(ens).table(table_of(rows))
    assert faults == []
    within = table.loc[:, (nodes.loc[table.columns, "region_id"] == region).to_numpy()]
    np.testing.assert_allclose(predicted["there"], within.sum(axis=1))
    np.testing.assert_allclose(predicted["all"], table.sum(axis=1))


@pytest.fixture(scope="module")
def ranged(toy):
    """Return an ensemble of the toy whose works have from a half to twice their workers."""
    firms = toy.enterprises.assign(workers_low=500.0, workers_high=2000.0, workers_basis="assumed")
    return sf.ensemble(replace(toy, tables={**toy.tables, "enterprises": firms}), n=60, seed=4, processes=1)


def test_a_works_without_a_number_of_its_own_has_that_of_its_sector(toy):
    """What is drawn for the sector is what the works has, against the worlds that the draws make."""
    firms = toy.enterprises.assign(workers=np.nan, workers_low=np.nan, workers_high=np.nan, workers_basis="")
    world = replace(toy, tables={**toy.tables, "enterprises": firms})
    ens = sf.ensemble(world, n=4, seed=4, processes=1)
    camp = sf.read_campaign(world, "2015")
    inputs = uncertain(world, camp)
    setter = Setter(world, camp, inputs)
    worlds = [setter(draws_of(world, inputs, row))[0] for row in ens.draws.to_numpy()]
    wanted = [w.tables["sectors"].set_index("sector_id")["workers"]["machinery"] for w in worlds]
    assert headcounts(ens)["works"].tolist() == pytest.approx(wanted)
    assert np.std(wanted) > 0


def test_what_was_told_of_one_works_moves_what_is_asked_of_it(ranged):
    """A headcount above the central one, from a reliable report: headcount and quotas go up, and the assumption behind it learns most."""
    told = {"metric": "workers", "place": "Vale Works", "value": 1400, "low": 1050, "high": 1850, "reliability": "A"}
    post = sf.condition(ranged, told)
    table = post.ranges().set_index("total")
    assert table.loc["quota_t", "median"] > 1.03 * table.loc["quota_t", "median_before"]
    before = headcounts(ranged)["works"]
    assert before.mean() + 100 < post.weights @ before < 1400
    assert post.inputs()["input"].iloc[0] == "enterprises.workers"


def test_a_headcount_stands_among_what_to_look_at_next(ranged):
    """It tells as much of quotas as the assumption behind it, less its own error."""
    table = sf.value_of_information(ranged, "quota_t", ["headcount", "assumption"]).set_index("candidate")
    works = table.loc["headcount of Vale Works"]
    assert (works.kind, works.metric, works.node_id, works.period) == ("headcount", "workers", "works", "")
    assert 0.05 < works.reduction < table.loc["enterprises.workers", "reduction"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"place": "yard"}, "no workers of its own"),
        ({"place": "works", "period": "2015-01"}, "leave the period out"),
        ({"place": "works", "material": "scrap"}, "of no material"),
        ({"place": "works", "unit": "t"}, "which is persons"),
        ({"place": "wroks"}, "did you mean"),
    ],
)
def test_odd_headcounts_are_refused_with_the_fix(ranged, cells, says):
    """A place without workers, a period, a material, a unit of tonnes, a misspelt name."""
    with pytest.raises(sf.InputError, match=says):
        sf.condition(ranged, {"metric": "workers", "value": 900, "error": "lognormal", "sd": 0.1, **cells})
