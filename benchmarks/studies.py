"""Questions over runs, on the real world.

An ensemble of n members and the search for critical links. *full runs* is what a user would write: world and campaign
with other values, `sf.run`, its totals, claims and loads, one after the other in one process. The answers are compared
before a row is written. Processor seconds of one process, so that other work on the machine does not count; the rows
of the ensemble with two processes are wall-clock seconds, with their start.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

import scrapflow as sf
from scrapflow.routing import solve
from scrapflow.routing.warm_start import Solver
from scrapflow.studies.member import Study
from scrapflow.studies.uncertain import two_sided, uncertain

if TYPE_CHECKING:
    from collections.abc import Callable

MEMBERS, COMPARED = 200, 10


def spent(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> tuple[float, object]:
    """Return seconds and answer."""
    start = clock()
    answer = work()
    return clock() - start, answer


def draw(study: Study, seed: int) -> dict[str, np.ndarray]:
    """Return one value for each assumption."""
    rng = np.random.default_rng(seed)
    return {
        name: two_sided(np.full(len(p), rng.random()), *(p[c].to_numpy() for c in ("low", "value", "high")))
        for name, p in study.inputs.members.groupby("input")
    }


def member_row() -> dict:
    """One member, without tables, against the full run."""
    world = sf.read_world()
    campaign = sf.read_campaign(world)
    study = Study(world, campaign, uncertain(world, campaign))
    settings, tables = (
        study.inputs.members[study.inputs.members.table.str.startswith("campaign:")],
        study.inputs.members,
    )
    tables = tables[~tables.table.str.startswith("campaign:")]

    def light(values: dict) -> tuple:
        member = study.run(values)
        return study.totals(member), study.claims(member), study.loads(member)

    def full(values: dict) -> tuple:
        placed = tables.assign(value=np.concatenate([values[i] for i in dict.fromkeys(tables.input)]))
        other = world.with_values(placed[["table", "row", "column", "value"]])
        asked = sf.read_campaign(
            other, campaign.update({r.row: float(values[r.input][0]) for r in settings.itertuples()})
        )
        run = sf.run(other, asked)
        return run.totals(), run.claims(), run.link_loads

    tables = tables.sort_values("input", kind="stable")
    light(draw(study, 0)), full(draw(study, 0))
    ours, theirs = [], []
    for seed in range(COMPARED):
        values = draw(study, seed)
        seconds, (totals, _, _) = spent(lambda values=values: light(values))
        ours.append(seconds)
        seconds, (expected, _, _) = spent(lambda values=values: full(values))
        theirs.append(seconds)
        assert np.allclose(list(totals.values()), expected.to_numpy(), rtol=1e-9, atol=1e-6)
    mine, peer = float(np.median(ours)), float(np.median(theirs))
    return {"work": "one member: totals, claims, loads", "against": "full runs", "seconds": mine, "peer_s": peer,
            "ratio": peer / mine, "spread": max(ours) / min(ours)}  # fmt: skip


def ensemble_row() -> dict:
    """Time a whole ensemble in two processes, as a user waits for it."""
    world = sf.read_world()
    seconds, found = spent(lambda: sf.ensemble(world, n=MEMBERS, processes=2), time.perf_counter)
    t = found.ranges().set_index("total").loc["delivered_t"]
    text = f"ensemble of {MEMBERS}, 2 processes; delivered {t['median']:,.2g} t ({t.low:,.2g} to {t.high:,.2g})"
    return {"work": text, "against": "–", "seconds": seconds}


def sensitivity_row() -> dict:
    """Time the tornado in one process."""
    world = sf.read_world()
    seconds, table = spent(lambda: sf.sensitivity(world, processes=1))
    return {"work": f"sensitivity, {2 * len(table) + 1} runs", "against": "–", "seconds": seconds}


def critical_row() -> dict:
    """Every closure against one what-if after the other, on a sample of them."""
    run = sf.run(sf.read_world())
    seconds, table = spent(lambda: sf.critical_links(run))
    chosen = table[table.load_t > 0].link_id.iloc[:: max(1, int((table.load_t > 0).sum()) // COMPARED)]
    lost = table.set_index("link_id").lost_t
    peer = 0.0
    for link in chosen:
        one, shut = spent(lambda link=link: sf.what_if(run, close=[link]))
        peer += one
        gone = run.totals().delivered_t - shut.b.totals().delivered_t
        assert abs(gone - lost[link]) <= 1e-6 * max(1.0, run.totals().delivered_t), link
    all_of_them = peer / len(chosen) * int((table.load_t > 0).sum())
    return {"work": f"critical links, {len(table)} links, {int((table.load_t > 0).sum())} used", "against": "one what-if each",
            "seconds": seconds, "peer_s": all_of_them, "ratio": all_of_them / seconds}  # fmt: skip


def warm_row() -> dict:
    """Time the hauls of members whose supplies alone differ: solved from nothing, as members are, and from the last plan."""
    world = sf.read_world()
    campaign = sf.read_campaign(world)
    study = Study(world, campaign, uncertain(world, campaign))
    drawn = [draw(study, seed) for seed in range(COMPARED)]
    supplies = [{i: v for i, v in d.items() if not i.startswith(("transport.", "mills."))} for d in drawn]
    problems = [study.run(values).haul.result.problem for values in supplies]
    cold, plans = spent(lambda: [solve(p).cost for p in problems])
    solver = Solver(problems[0])
    solver.solve()
    warm, again = spent(lambda: [solver.solve(supply_t=p.arrays.supply).cost for p in problems])
    assert np.allclose(plans, again, rtol=1e-9)
    return {"work": "one haul of 12 months, supplies drawn", "against": "the same from the last plan",
            "seconds": cold / COMPARED, "peer_s": warm / COMPARED, "ratio": warm / cold}  # fmt: skip


def rows() -> list[dict]:
    """Return one row a measurement."""
    return [member_row(), warm_row(), sensitivity_row(), ensemble_row(), critical_row()]
