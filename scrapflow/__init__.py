"""scrapflow: where steel scrap is asked for, handed over, carried back, stolen, railed and melted.

The public names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapflow.campaign import Campaign, expulsion_probability, read_campaign
    from scrapflow.ledger import Comparison, Flows, Run, compare, read_run, trace, trace_flows
    from scrapflow.network import Network, Path, Transport, build_network
    from scrapflow.pipeline import run
    from scrapflow.routing import FlowProblem, FlowResult, interdict, solve
    from scrapflow.world import World, read_world

_HOME = {
    "Campaign": "campaign",
    "Comparison": "ledger",
    "FlowProblem": "routing",
    "FlowResult": "routing",
    "Flows": "ledger",
    "Network": "network",
    "Path": "network",
    "Run": "ledger",
    "Transport": "network",
    "World": "world",
    "build_network": "network",
    "compare": "ledger",
    "expulsion_probability": "campaign",
    "interdict": "routing",
    "read_campaign": "campaign",
    "read_run": "ledger",
    "read_world": "world",
    "run": "pipeline",
    "solve": "routing",
    "trace": "ledger",
    "trace_flows": "ledger",
}
"""Where each public name lives."""

__version__ = "0.1.0"
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module 'scrapflow' has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(f"scrapflow.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
