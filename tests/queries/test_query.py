"""Whatever is asked like a query has all that measures and displays need of one."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from scrapflow.evidence.weighted_flows import WeightedFlows
from scrapflow.queries.flows import Flows
from scrapflow.queries.query import Query
from scrapflow.studies.ranged_flows import RangedFlows

NEEDED = [name for name in vars(Query) if not name.startswith("_")]


@pytest.mark.parametrize("of", [Flows, RangedFlows, WeightedFlows])
def test_queries_of_a_run_an_ensemble_and_a_posterior_have_every_member(of):
    """Each member is there, with the arguments by the same names and in the same order."""
    assert len(NEEDED) == 12
    for name in NEEDED:
        wanted = getattr(Query, name)
        if not inspect.isfunction(wanted):
            assert hasattr(of, name) or name in {field.name for field in dataclasses.fields(of)}
            continue
        own = list(inspect.signature(getattr(of, name)).parameters.values())
        for k, parameter in enumerate(inspect.signature(wanted).parameters.values()):
            assert (own[k].name, own[k].kind) == (parameter.name, parameter.kind)
