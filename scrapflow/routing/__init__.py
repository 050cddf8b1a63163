"""How tonnes travel: a solver library that knows nothing of scrap."""

from scrapflow.routing.assign import Assignment, assign
from scrapflow.routing.commodities import CommodityProblem, CommodityResult, solve_commodities
from scrapflow.routing.interdict import Interdiction, interdict
from scrapflow.routing.problem import FlowProblem
from scrapflow.routing.result import FlowResult, Status, Termination
from scrapflow.routing.solve import solve
from scrapflow.routing.warm_start import Batch, Solver, solve_batch

__all__ = [
    "Assignment",
    "Batch",
    "CommodityProblem",
    "CommodityResult",
    "FlowProblem",
    "FlowResult",
    "Interdiction",
    "Solver",
    "Status",
    "Termination",
    "assign",
    "interdict",
    "solve",
    "solve_batch",
    "solve_commodities",
]
