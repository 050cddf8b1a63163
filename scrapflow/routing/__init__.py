"""How tonnes travel: a solver library that knows nothing of scrap."""

from scrapflow.routing.problem import FlowProblem
from scrapflow.routing.result import FlowResult, Status, Termination
from scrapflow.routing.solve import solve

__all__ = ["FlowProblem", "FlowResult", "Status", "Termination", "solve"]
