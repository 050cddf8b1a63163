"""Work out the figures of docs/plausibility.md with their ranges: ``python -m scripts.plausibility [members]``.

Each figure of the 2015 campaign at the central assumptions, and the 10 and 90 % quantiles over members drawn as
``sf.ensemble(world, "2015", n=200, seed=0)`` draws them; people and output beside the tonnes, which an ensemble of totals
does not keep. Some minutes on one core.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import qmc

import scrapflow as sf
from scrapflow.studies.member import Study
from scrapflow.studies.uncertain import uncertain
from scrapflow.units import ranged

if TYPE_CHECKING:
    from scrapflow.studies.member import Member

PEOPLE = ("expelled", "detained", "camp")


def figures(study: Study, member: Member) -> dict[str, float]:
    """Return the totals of a member, and what happened to people and to output; shares weigh enterprises by workers."""
    history, totals = member.collected.history, study.totals(member)
    workers = history.population.workers
    n, weight = len(workers), workers / workers.sum()
    output, capacity = (history.column(c)[:, :n] @ weight for c in ("output_index", "capacity_index"))
    return totals | {
        **{name: float(history.column(name).sum()) for name in PEOPLE},
        "shortfall, share of the quota": totals["shortfall_t"] / totals["quota_t"],
        "home share of the show": totals["returned_t"] / totals["for_show_t"],
        "output lost in the year": float(1 - output.mean()),
        "output lost in the last month": float(1 - output[-1]),
        "could still be started": float(capacity[-1]),
    }


def main(members: int = 200) -> None:
    """Print the table, and in how many members each claim that can fail agrees."""
    world = sf.read_world("dprk")
    campaign = sf.read_campaign(world, "2015")
    inputs = uncertain(world, campaign)
    study = Study(world, campaign, inputs)
    central = figures(study, study.run({}))
    cube = qmc.LatinHypercube(d=len(inputs.groups), rng=np.random.default_rng(0)).random(members)
    rows, agreed = [], []
    for quantiles in cube:
        member = study.run(study.drawer(quantiles))
        rows.append(figures(study, member))
        agreed.append({c["claim_id"]: c["agrees"] for c in study.claims(member)})
    low, high = (pd.DataFrame(rows).quantile(q) for q in (0.1, 0.9))
    for name, value in central.items():
        print(f"| {name} | {ranged(value, low[name], high[name])} |")
    tests = world.claims.loc[world.claims["role"] == "test", "claim_id"]
    shares = pd.DataFrame(agreed)[tests].astype("float64").mean().dropna()
    for claim, share in shares.items():
        print(f"| {claim} | agrees in {share:.0%} of {members:,} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
