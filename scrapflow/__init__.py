"""scrapflow: where steel scrap is asked for, handed over, carried back, stolen, railed and melted.

The public names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from scrapflow import errors
from scrapflow.seams import answered_by

if TYPE_CHECKING:
    from scrapflow.campaign import Campaign, expulsion_probability, read_campaign
    from scrapflow.errors import (
        AmbiguousNameError,
        BalanceError,
        CallError,
        InputError,
        MissingExtraError,
        MixedKindsError,
        NoPathError,
        OutputError,
        ProblemError,
        ScrapflowError,
        UnknownNameError,
    )
    from scrapflow.evidence.condition import condition
    from scrapflow.evidence.information import value_of_information
    from scrapflow.evidence.reconcile import reconcile
    from scrapflow.evidence.reports import reports
    from scrapflow.evidence.sightings import pile, wagons
    from scrapflow.exchange.export import export
    from scrapflow.exchange.verify import verify
    from scrapflow.network import Network, Path, Transport, build_network
    from scrapflow.pipeline import run, run_from
    from scrapflow.queries.burden import burden
    from scrapflow.queries.compare import Comparison, compare
    from scrapflow.queries.flows import Flows
    from scrapflow.queries.organisations import organisations
    from scrapflow.queries.proportional_sharing import trace_flows
    from scrapflow.queries.rice_cooker import rice_cooker
    from scrapflow.queries.trace import trace
    from scrapflow.queries.yards_and_penalties import penalties, yards
    from scrapflow.routing import FlowResult
    from scrapflow.routing.interdict import interdict
    from scrapflow.routing.problem import FlowProblem
    from scrapflow.routing.solve import solve
    from scrapflow.runs import Run, read_run
    from scrapflow.studies.asked_first import held, losses, punished
    from scrapflow.studies.claim_ranges import claim_ranges
    from scrapflow.studies.critical import critical_links
    from scrapflow.studies.ensemble import ensemble, read_ensemble
    from scrapflow.studies.sensitivity import sensitivity
    from scrapflow.studies.validate import validate
    from scrapflow.studies.what_if import what_if
    from scrapflow.views.compare_map import compare_map
    from scrapflow.views.explore import explore
    from scrapflow.views.flow_layer import FlowLayer
    from scrapflow.views.maps import map_flows, save_map
    from scrapflow.views.pictures import save_picture
    from scrapflow.world import World, read_world
    from scrapflow.world.importers import world_from

_HOME = {
    "Campaign": "campaign",
    "Comparison": "queries.compare",
    "FlowLayer": "views.flow_layer",
    "FlowProblem": "routing.problem",
    "FlowResult": "routing",
    "Flows": "queries.flows",
    "Network": "network",
    "Path": "network",
    "Run": "runs",
    "Transport": "network",
    "World": "world",
    "build_network": "network",
    "burden": "queries.burden",
    "critical_links": "studies.critical",
    "ensemble": "studies.ensemble",
    "save_map": "views.maps",
    "save_picture": "views.pictures",
    "sensitivity": "studies.sensitivity",
    "validate": "studies.validate",
    "what_if": "studies.what_if",
    "claim_ranges": "studies.claim_ranges",
    "condition": "evidence.condition",
    "compare": "queries.compare",
    "compare_map": "views.compare_map",
    "export": "exchange.export",
    "verify": "exchange.verify",
    "explore": "views.explore",
    "expulsion_probability": "campaign",
    "held": "studies.asked_first",
    "interdict": "routing.interdict",
    "losses": "studies.asked_first",
    "map_flows": "views.maps",
    "organisations": "queries.organisations",
    "penalties": "queries.yards_and_penalties",
    "pile": "evidence.sightings",
    "punished": "studies.asked_first",
    "reconcile": "evidence.reconcile",
    "reports": "evidence.reports",
    "read_campaign": "campaign",
    "read_ensemble": "studies.ensemble",
    "read_run": "runs",
    "read_world": "world",
    "rice_cooker": "queries.rice_cooker",
    "run": "pipeline",
    "run_from": "pipeline",
    "solve": "routing.solve",
    "trace": "queries.trace",
    "trace_flows": "queries.proportional_sharing",
    "world_from": "world.importers",
    "value_of_information": "evidence.information",
    "wagons": "evidence.sightings",
    "yards": "queries.yards_and_penalties",
    "AmbiguousNameError": "errors",
    "BalanceError": "errors",
    "InputError": "errors",
    "CallError": "errors",
    "MissingExtraError": "errors",
    "MixedKindsError": "errors",
    "OutputError": "errors",
    "NoPathError": "errors",
    "ProblemError": "errors",
    "ScrapflowError": "errors",
    "UnknownNameError": "errors",
}
"""Where each public name lives."""

answered_by("map", "scrapflow.views.maps:map_flows")

__version__ = "0.1.0"
__all__ = sorted([*_HOME, "errors"])


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        # What Python and tools ask of every module is not worth an import.
        if name.startswith("_"):
            msg = f"module 'scrapflow' has no attribute {name!r}"
            raise AttributeError(msg)
        from scrapflow.vocabulary.other_tools import not_there

        raise AttributeError(not_there("scrapflow", name, __all__))
    value = getattr(importlib.import_module(f"scrapflow.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
