"""How tonnes travel: a solver library that knows nothing of scrap."""

from scrapflow.routing.interdict import Interdiction, interdict
from scrapflow.routing.problem import FlowProblem
from scrapflow.routing.result import FlowResult, Status, Termination
from scrapflow.routing.solve import solve
from scrapflow.routing.warm import Batch, Solver, solve_batch

__all__ = [
    "Batch",
    "FlowProblem",
    "FlowResult",
    "Interdiction",
    "Solver",
    "Status",
    "Termination",
    "interdict",
    "solve",
    "solve_batch",
]
