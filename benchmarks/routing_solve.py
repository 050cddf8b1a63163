"""Routing against its peers.

Planar networks of mean degree 3 with four mills, nodes numbered at random, capacities that bind on 1 to 5 % of the
links (`benchmarks/routing_nets.py`). *Frames in to frames out* starts from two frames of string identifiers and ends
with flows and unserved rows; *bare* is `pylmcf_cpp.lmcf` on ready int64 arrays without our arcs for what is left. All
answers are compared: a row is only written if the costs agree. `ratio` is the peer's time by ours, except where the
goal is "≤", which bounds ours by the peer's. How much faster a network simplex is hangs on the network: *18 kinds* are mean
degrees of 2.5, 3 and 4 with 1, 4 and 10 mills and capacities as they are or ten times that; their row gives the median,
and least and most in its name. Medians of processor time (wall clock for the
batch, where the peer has two processes); `spread` is the largest over the smallest time of ours.
"""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from memory import peak_mb
from routing_nets import Case, planar
from routing_peers import arc_programme, by_networkx, by_ortools, networkx_solver, ortools_batch

from scrapflow.routing import CommodityProblem, FlowProblem, solve, solve_batch, solve_commodities
from scrapflow.routing.integers import prepare
from scrapflow.routing.time_expansion import expand

if TYPE_CHECKING:
    from collections.abc import Callable

MONTHS = [f"2015-{m:02d}" for m in range(1, 13)]


def timed(
    work: Callable[[], Any], repeats: int, clock: Callable[[], float] = time.process_time
) -> tuple[list[float], Any]:
    """Return the seconds of each run, of processor time unless told otherwise, and the last answer."""
    seconds, answer = [], None
    for _ in range(repeats):
        start = clock()
        answer = work()
        seconds.append(clock() - start)
    return seconds, answer


def row(
    work: str, against: str, goal: str, ours: list[float], theirs: list[float] | None, *, agree: bool = True
) -> dict:
    """Return one line of the table."""
    if not agree:
        text = f"{work}: the answers differ"
        raise AssertionError(text)
    mine, peer = median(ours), median(theirs) if theirs else None
    ratio = None if peer is None else (mine / peer if goal.startswith("≤") else peer / mine)
    spread = max(ours) / min(ours)
    return {
        "work": work,
        "against": against,
        "goal": goal,
        "ratio": ratio,
        "ours_s": mine,
        "peer_s": peer,
        "spread": spread,
    }


def whole(nodes: pd.DataFrame, links: pd.DataFrame) -> Any:
    """Frames in to frames out, any plan of least cost, as the peers give one."""
    result = solve(FlowProblem(nodes, links), ties="any")
    return result, result.flows, result.unserved


def bare(case: Case) -> int:
    """Return the cost by the bare solver."""
    from pylmcf import pylmcf_cpp

    flow = pylmcf_cpp.lmcf(case.supply - case.demand, case.tail, case.head, case.capacity, case.cost)
    return int(flow @ case.cost)


def one_period() -> list[dict]:
    """Frames in to frames out, 10⁴ and 10⁵ links."""
    found = []
    for size, goal, repeats in ((10**4, "≤ 2", 9), (10**5, "≤ 1.5", 3)):
        case = planar(size)
        nodes, links = case.frames()
        theirs, cost = timed(partial(bare, case), repeats)
        ours, answer = timed(partial(whole, nodes, links), repeats)
        same = bool(np.isclose(answer[0].cost, cost / 100, rtol=1e-12))
        found.append(row(f"frames in to frames out, {size:,} links", "bare pylmcf", goal, ours, theirs, agree=same))
        if size == 10**4:
            seconds, cost = timed(partial(by_networkx, nodes, links), 1)
            same = bool(np.isclose(answer[0].cost, cost, rtol=1e-9))
            found.append(row("the same, 10,000 links", "networkx incl. its build", "≥ 50", ours, seconds, agree=same))
            arrays = (case.tail, case.head, case.capacity, case.cost, case.supply - case.demand)
            seconds, cost = timed(partial(by_ortools, *arrays), 3)
            same = bool(np.isclose(answer[0].cost, cost / 100, rtol=1e-9))
            found.append(row("the same, 10,000 links", "OR-tools on ready arrays", "≥ 40", ours, seconds, agree=same))
    return found


def kinds() -> list[dict]:
    """Frames in to frames out, 10⁴ links, over kinds of networks; and the bare solver against its peer."""
    ratios: dict[str, list[float]] = {"ours, networkx": [], "ours, OR-tools": [], "bare pylmcf, OR-tools": []}
    for degree, mills, room in product((2.5, 3.0, 4.0), (1, 4, 10), (1.0, 10.0)):
        case = planar(10**4, mills=mills, degree=degree, room=room)
        nodes, links = case.frames()
        ours, answer = timed(partial(whole, nodes, links), 5)
        theirs, cost = timed(partial(bare, case), 5)
        arrays = (case.tail, case.head, case.capacity, case.cost, case.supply - case.demand)
        tools, other = timed(partial(by_ortools, *arrays), 2)
        slow, third = timed(partial(by_networkx, nodes, links), 1)
        if not np.allclose([cost / 100, other / 100, third], answer[0].cost, rtol=1e-9):
            text = f"degree {degree}, {mills} mills, room {room}: the answers differ"
            raise AssertionError(text)
        for name, mine, peer in zip(ratios, (ours, ours, theirs), (slow, tools, tools), strict=True):
            ratios[name].append(median(peer) / median(mine))
    return [
        {
            "work": f"18 kinds of networks of 10,000 links, {name.split(', ')[0]}: {min(r):.0f} to {max(r):.0f} ×",
            "against": name.split(", ")[1],
            "goal": {"ours, networkx": "≥ 50", "ours, OR-tools": "≥ 40"}.get(name, "-"),
            "ratio": median(r),
        }
        for name, r in ratios.items()
    ]


def no_limit() -> list[dict]:
    """Solve 10⁵ links of which none has a limit: shortest paths instead of the network."""
    case = planar(10**5)
    nodes, links = case.frames()
    problem = FlowProblem(nodes, links.assign(capacity_t=np.inf))
    made = prepare(expand(problem.arrays))
    from scrapflow.routing.lemon import lemon

    theirs, plan = timed(partial(lemon, made.ints), 3)
    ours, answer = timed(partial(solve, problem, ties="any"), 3)
    cost = (
        float(plan.flow[: len(case.tail)] @ made.ints.cost[: len(case.tail)]) / made.tonnage.factor / made.costs.factor
    )
    same = bool(np.isclose(answer.cost, cost, rtol=1e-9))
    return [row("100,000 links without limits", "network simplex (ours)", "(3.7)", ours, theirs, agree=same)]


def on_trial() -> list[dict]:
    """Try optional solvers behind our own contract, 1,000 links: what they would cost and whether they agree."""
    nodes, links = planar(1000).frames()
    problem = FlowProblem(nodes, links)
    ours, answer = timed(partial(solve, problem, ties="any"), 3)
    lines = []
    ruled, same = timed(partial(solve, problem), 3)
    lines.append(row("1,000 links, by the rule for equal costs", "any plan", "-", ruled, ours, agree=same.by_rule))
    for name, solver in (("networkx", networkx_solver), ("HiGHS", "linear"), ("OR-tools", "ortools")):
        theirs, other = timed(partial(solve, problem, solver=solver, ties="any"), 1)
        same = bool(np.isclose(answer.cost, other.cost, rtol=1e-9))
        lines.append(row("1,000 links, a solver on trial", name, "-", ours, theirs, agree=same))
    return lines


def months() -> list[dict]:
    """10⁴ links × 12 months with storage, against OR-tools on the same arrays."""
    case = planar(10**4)
    nodes, links = case.frames()
    rng = np.random.default_rng(1)
    season = rng.uniform(0.2, 1.6, (12, case.size))
    parts = [
        nodes.assign(period=m, supply_t=np.rint(nodes["supply_t"] * 10 * s) / 10)
        for m, s in zip(MONTHS, season, strict=True)
    ]
    yards = nodes.loc[nodes["supply_t"] > 0, "node_id"]
    storage = pd.DataFrame({"node_id": yards, "capacity_t": 2000.0, "cost_per_t": 5.0})
    frame = pd.concat(parts, ignore_index=True)

    def full() -> Any:
        result = solve(FlowProblem(frame, links, storage=storage), ties="any")
        return result, result.flows, result.unserved, result.stocks

    ours, answer = timed(full, 2)
    ints = prepare(expand(answer[0].problem.arrays)).ints
    theirs, cost = timed(partial(by_ortools, ints.tail, ints.head, ints.capacity, ints.cost, ints.balance), 1)
    left = int(np.rint((answer[0].plan.left.sum()) * 10))
    penalty = int(ints.cost.max())
    same = bool(np.isclose(answer[0].cost, (cost - left * penalty) / 100, rtol=1e-9))
    return [
        row("10,000 links × 12 months with storage", "OR-tools on the same arrays", "≥ 40", ours, theirs, agree=same)
    ]


def materials(load: float = 0.75) -> list[dict]:
    """Solve 10³ links × 12 months × 3 materials with different costs, against HiGHS on the arc programme.

    ``load`` is what is offered a month, as a share of what the network was made for.
    """
    case = planar(1000)
    nodes, links = case.frames()
    rng = np.random.default_rng(0)
    yards = np.flatnonzero(case.supply)
    rows_ = [
        (
            m,
            nodes["node_id"].iloc[i],
            f"material-{k}",
            float(np.rint(case.supply[i] * rng.uniform(0, load * 2 / 3))) / 10,
        )
        for m in MONTHS
        for i in yards
        for k in range(3)
    ]
    supplies = pd.DataFrame(rows_, columns=["period", "node_id", "commodity", "supply_t"])
    costs = [
        links[["link_id"]].assign(
            commodity=f"material-{k}",
            cost_per_t=np.rint(links["cost_per_t"] * 10 * rng.uniform(0.5, 2, len(links))) / 10,
        )
        for k in (1, 2)
    ]
    storage = pd.DataFrame({"node_id": nodes["node_id"].iloc[yards], "capacity_t": 500.0, "cost_per_t": 2.0})
    wanted = nodes[["node_id"]].assign(demand_t=nodes["demand_t"] * 1.25)
    problem = CommodityProblem(supplies, wanted, links, costs=pd.concat(costs), storage=storage)
    ours, answer = timed(partial(solve_commodities, problem), 3)
    net = expand(answer.total.problem.arrays)
    stored = np.tile(problem.base.arrays.store_cost, 11)
    cost = np.hstack([problem.cost.reshape(3, -1), np.tile(stored, (3, 1))])
    theirs, value = timed(partial(arc_programme, net, problem.supply.reshape(3, -1), cost, answer.moved_t), 1)
    same = abs(value / answer.cost - 1) < 1e-9
    return [
        row(
            f"1,000 links × 12 months × 3 materials, load {load:g}",
            "HiGHS on the arc programme",
            "≥ 10",
            ours,
            theirs,
            agree=same,
        )
    ]


def batch() -> list[dict]:
    """Solve a batch of 1,000 what-ifs on 10³ links, all supplies changed by up to a tenth."""
    case = planar(1000)
    rng = np.random.default_rng(2)
    supply = np.rint(case.supply * rng.uniform(0.9, 1.0, (1000, case.size))).astype(np.int64)
    problem = case.problem()
    ours, answer = timed(partial(solve_batch, problem, supply_t=supply / 10), 5, time.perf_counter)
    # OR-tools wants balanced problems: a last node takes up what the mills do not get.
    sinks = np.flatnonzero(case.demand)
    tail = np.append(case.tail, np.full(len(sinks), case.size))
    head, total = np.append(case.head, sinks), int(case.supply.sum())
    arrays = (
        tail,
        head,
        np.append(case.capacity, np.full(len(sinks), total)),
        np.append(case.cost, np.zeros(len(sinks), dtype=np.int64)),
    )
    balances = np.column_stack([supply - case.demand, (case.demand.sum() - supply.sum(axis=1))])
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(abs, [1, 2])
        halves = [balances[:500], balances[500:]]
        theirs, costs = timed(lambda: pool.map(partial(ortools_batch, arrays), halves), 1, time.perf_counter)
    same = bool(np.allclose(answer.cost * 100, np.concatenate(costs), rtol=1e-9))
    return [row("batch of 1,000 what-ifs, 1,000 links", "OR-tools, two processes", "≥ 50", ours, theirs, agree=same)]


def growth() -> list[dict]:
    """Time over size from 10³ to 10⁶ links, the largest in a process of its own for its memory."""
    sizes, seconds = [10**3, 10**4, 10**5], []
    for size in sizes:
        nodes, links = planar(size).frames()
        seconds.append(median(timed(partial(whole, nodes, links), 3)[0]))
    told = subprocess.run(
        [sys.executable, str(Path(__file__)), "million"], capture_output=True, text=True, check=True
    ).stdout.split()
    sizes.append(10**6)
    seconds.append(float(told[-2]))
    slope, start = np.polyfit(np.log(sizes), np.log(seconds), 1)
    fit = 1 - np.var(np.log(seconds) - slope * np.log(sizes) - start) / np.var(np.log(seconds))
    million = row(
        "frames in to frames out, 1,000,000 links", f"peak {float(told[-1]):.1f} GB", "< 8 GB", [seconds[-1]], None
    )
    grown = row(f"growth from 1,000 to 1,000,000 links: exponent {slope:.2f}", f"R² {fit:.3f}", "-", seconds[:1], None)
    return [million, grown | {"spread": None}]


def rows() -> list[dict]:
    """Return the measurements."""
    return [
        *one_period(),
        *kinds(),
        *no_limit(),
        *on_trial(),
        *months(),
        *materials(),
        *materials(1.2),
        *batch(),
        *growth(),
    ]


def _million() -> None:
    nodes, links = planar(10**6).frames()
    seconds, _ = timed(partial(whole, nodes, links), 1)
    print(seconds[0], peak_mb() / 1000)


if __name__ == "__main__":
    _million()
