"""Members of an ensemble, against the bare solves of their hauls.

*Member* is what an ensemble does for one draw of all assumptions of the embedded world: totals, their parts, claims and link
loads, from quantiles. *Bare* solves the hauls of that member, all rounds of them, as problems on ready arrays and without a frame, the
rule for ties counted in and each round from the one before, by the same way that members take: where no link is full, the ends of journeys alone
(docs/routing.md). *Whole* solves the same on the whole network, every link and month of it, as members had to before. *Cold* is the network simplex alone, each round from nothing.
Processor seconds of one process, member and solves in turn, means over the same draws; the totals of a member are compared with those of `sf.run` in tests/studies/test_member.py.
`ten_thousand_min` is what 10,000 members would take on two cores at that rate. *In two processes* is what somebody waits for with `sf.ensemble(…, keep="totals")`, start included, in wall-clock seconds, beside
the same on a Dask client with two workers that are there already; both give the same members. Its `ten_thousand_min` is extrapolated from two numbers of members, so that the start of the processes counts once:
the time of the smaller number, and the slope between the two for the rest. Other work on the machine counts in these: with two cores and two other programs at work, the row says more of the machine than of the members.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
from scipy.stats import qmc

import scrapflow as sf
from scrapflow.routing import solve, together
from scrapflow.studies.ensemble import told, where_of
from scrapflow.studies.member import Study
from scrapflow.studies.uncertain import uncertain

if TYPE_CHECKING:
    from scrapflow.routing import FlowProblem, FlowResult

MEMBERS = 40
FEW, SPREAD = 100, 500
"""Members that two processes share out, twice, and two workers the larger number."""


def row(campaign: str) -> dict:
    """Return a member of a campaign beside the bare solves of its hauls."""
    world = sf.read_world()
    asked = sf.read_campaign(world, campaign)
    inputs = uncertain(world, asked)
    work = Study(world, asked, inputs), None, where_of(sf.run(world, asked))
    cube = qmc.LatinHypercube(d=len(inputs.groups), rng=np.random.default_rng(0)).random(MEMBERS)
    told(work, (0, cube[0]))
    posed: list[FlowProblem] = []

    def noted(problem: FlowProblem, *, foresight: str, near: FlowResult | None) -> FlowResult:
        posed.append(problem)
        return solve(problem, foresight=foresight, near=near)

    took = np.zeros(4)
    rounds = 0
    for quantiles in cube:
        start = time.process_time()
        with patch.object(together, "solve", noted):
            told(work, (0, quantiles))
        took[0] += time.process_time() - start
        for i, ties, shrunk in ((1, "rule", True), (2, "rule", False), (3, "any", True)):
            with nullcontext() if shrunk else patch("scrapflow.routing.solve.by_ends", lambda *_: None):
                start, last = time.process_time(), None
                for problem in posed:
                    last = solve(problem, foresight=asked.foresight, ties=ties, near=last if ties == "rule" else None)
                took[i] += time.process_time() - start
        rounds += len(posed)
        posed.clear()
    member, bare, whole, cold = (took / MEMBERS).tolist()
    return {"work": f"a member of {campaign}, {rounds / MEMBERS:.2g} hauls", "goal": "≤ 2", "member/bare": member / bare,
            "member/whole": member / whole, "member_s": member, "bare_s": bare, "whole_s": whole, "cold_s": cold, "ten_thousand_min": member * 10_000 / 2 / 60}  # fmt: skip


def spread_row() -> dict:
    """Return members run in two processes beside the same on two workers of a Dask cluster, as somebody waits for them."""
    from distributed import Client, LocalCluster

    world = sf.read_world()

    def timed(n: int = SPREAD, **how: object) -> tuple[float, sf.Ensemble]:
        start = time.perf_counter()
        found = sf.ensemble(world, "2015", n=n, **how)
        return time.perf_counter() - start, found

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        workers, there = timed(client=client)
        processes, here = timed(processes=2)
    few, _ = timed(FEW, processes=2)
    assert here.totals.equals(there.totals)
    return {"work": f"{SPREAD} members of 2015 in two processes", "goal": "≤ 5 min", "seconds": processes, "dask_s": workers,
            "processes/dask": processes / workers,
            "ten_thousand_min": (few + (processes - few) / (SPREAD - FEW) * (10_000 - FEW)) / 60}  # fmt: skip


def rows() -> list[dict]:
    """Return a row a campaign of the embedded world, and one of two processes."""
    return [*(row(campaign) for campaign in ("2015", "2012", "2023")), spread_row()]
