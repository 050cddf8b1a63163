"""How tonnes travel: a solver library that knows nothing of scrap."""

from scrapflow.routing.problem import FlowProblem
from scrapflow.routing.result import FlowResult, Status, Termination
from scrapflow.routing.solve import solve
from scrapflow.routing.warm import Batch, Solver, solve_batch

__all__ = ["Batch", "FlowProblem", "FlowResult", "Solver", "Status", "Termination", "solve", "solve_batch"]
