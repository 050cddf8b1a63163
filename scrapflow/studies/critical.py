"""Which links matter most: each closed alone, ranked by what is lost and by how much longer the rest must travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.ledger.rehaul import haul_problem
from scrapflow.routing.solve import solve
from scrapflow.routing.warm import solve_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from scrapflow.ledger.tables import Run
    from scrapflow.routing import FlowProblem

_CHUNK = 64
"""Closures solved in one batch: enough to stay warm, few enough to keep their flows in memory."""


def critical_links(run: Run, *, progress: Callable[[int, int], None] | None = None) -> pd.DataFrame:
    """Close each link alone, for the whole campaign, and rank the links by what that costs.

    What people handed over is held fixed. A link that no train uses is not solved for: the plan stands without it, so
    nothing is lost and nothing travels further. Of a used link no more can be lost than it carries.

    Parameters
    ----------
    run
        A run, fresh or read from disk.
    progress
        Called with the number of closures done and to do.

    Returns
    -------
    DataFrame
        ``link_id, from_node_id, to_node_id, line, load_t, lost_t, added_tkm``, most tonnes lost first, then most
        tonne-kilometres added; one row for each link a train may use. ``added_tkm`` is negative where what is lost would
        have travelled far.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.critical_links(sf.run(sf.read_world("toy"))).link_id.tolist()
    ['gate', 'rail_far', 'rail_near']
    """
    say = progress or (lambda done, of: None)  # noqa: ARG005
    arcs = run.tables["arcs"]
    problem = haul_problem(run)
    base = solve(problem, foresight=run.meta["foresight"])
    carried = base.flows.groupby("link_id")["tonnage_t"].sum().reindex(arcs["arc_id"], fill_value=0.0)
    load = carried.groupby(arcs["link_id"].to_numpy()).sum()
    used = sorted(load.index[load > 0])
    of_link = arcs.groupby("link_id")["arc_id"].agg(list)
    length = arcs["length_km"].to_numpy(dtype=np.float64)
    before = float(carried.to_numpy() @ length)
    lost, tkm = np.zeros(len(used)), np.zeros(len(used))
    for start in range(0, len(used), _CHUNK):
        part = used[start : start + _CHUNK]
        moved, work = _closed(run, problem, [of_link[link] for link in part], length)
        lost[start : start + len(part)], tkm[start : start + len(part)] = base.moved_t - moved, work - before
        say(min(start + _CHUNK, len(used)), len(used))
    found = pd.DataFrame({"link_id": used, "lost_t": np.maximum(lost, 0.0), "added_tkm": tkm})
    links = run.links[run.links["link_id"].isin(arcs["link_id"])]
    table = pd.DataFrame(links[["link_id", "from_node_id", "to_node_id", "line"]]).merge(
        found, how="left", on="link_id"
    )
    table.insert(4, "load_t", table["link_id"].map(load))
    table = table.fillna({"lost_t": 0.0, "added_tkm": 0.0})
    order = ["lost_t", "added_tkm", "link_id"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def _closed(
    run: Run, problem: FlowProblem, cases: Sequence[Sequence[str]], length: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return tonnes moved and tonne-kilometres of each case."""
    if not run.meta["allocation"] and run.meta["foresight"] == "full":
        batch = solve_batch(problem, close=cases)
        assert batch.flow_t is not None
        return batch.moved_t, batch.flow_t.sum(axis=1) @ length
    plans = [solve(problem.change(close=case), foresight=run.meta["foresight"]) for case in cases]
    work = [
        float(p.flows.groupby("link_id", sort=False)["tonnage_t"].sum().to_numpy(dtype=np.float64) @ length)
        for p in plans
    ]
    return np.array([p.moved_t for p in plans]), np.array(work)
