"""Which links matter most: each closed alone, ranked by what is lost and by how much longer the rest must travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.given import checked
from scrapflow.ledger.reroute import haul_problem, haul_setting
from scrapflow.network.tracks import track_numbers
from scrapflow.routing.together import solve_together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from scrapflow.runs import Run


@checked
def critical_links(run: Run, *, progress: Callable[[int, int], None] | None = None) -> pd.DataFrame:
    """Close each link alone, for the whole campaign, and rank the links by what that costs.

    What people handed over is held fixed. A link that no train uses is not solved for: the plan stands without it, so
    nothing is lost and nothing travels further. Of links in a row, with nothing to load or unload between them, one is
    solved for: whichever is closed, nothing passes. Every closure is solved exactly, from nothing: on a country's
    network that takes less time than to mend the plan for the link closed before. Where several plans are the cheapest,
    one of them is told; another may have other tonne-kilometres, with the difference made up in waiting or gauge change.
    Links of one track (``track_id``) are closed one by one, and share its capacity as in the run.

    Parameters
    ----------
    run
        A run, fresh or read from disk.
    progress
        Called with the number of closures solved and to be solved.

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
    of_link = arcs.groupby("link_id")["arc_id"].agg(list)
    tracks, length = track_numbers(arcs), arcs["length_km"].to_numpy(dtype=np.float64)

    def plan(close: Sequence[str]) -> tuple[float, NDArray[np.float64]]:
        """Return tonnes moved, and the tonnes on each arc."""
        posed = problem.change(close=close)
        (found,) = solve_together([posed], tracks, foresight=haul_setting(run, "foresight"))
        return found.moved_t, found.flows["tonnage_t"].to_numpy(dtype=np.float64).reshape(-1, len(arcs)).sum(axis=0)

    moved, carried = plan(())
    load = pd.Series(carried).groupby(arcs["link_id"].to_numpy()).sum()
    used = sorted(set(load.index[load > 0]) - {""})
    group = _in_a_row(run, used)
    chosen = [used[i] for i in np.unique(group, return_index=True)[1]]
    lost, tkm = np.zeros(len(chosen)), np.zeros(len(chosen))
    for i, link in enumerate(chosen):
        moved_now, carried_now = plan(of_link[link])
        lost[i], tkm[i] = moved - moved_now, (carried_now - carried) @ length
        say(i + 1, len(chosen))
    found = pd.DataFrame({"link_id": used, "lost_t": np.maximum(lost, 0.0)[group], "added_tkm": tkm[group]})
    links = run.links[run.links["link_id"].isin(arcs["link_id"])]
    table = pd.DataFrame(links[["link_id", "from_node_id", "to_node_id", "line"]]).merge(
        found, how="left", on="link_id"
    )
    table.insert(4, "load_t", table["link_id"].map(load))
    table = table.fillna({"lost_t": 0.0, "added_tkm": 0.0})
    order = ["lost_t", "added_tkm", "link_id"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def _in_a_row(run: Run, links: Sequence[str]) -> NDArray[np.int64]:
    """Give links one number if nothing joins, leaves, is loaded or unloaded between them."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    arcs, supplies = run.tables["arcs"], run.tables["supplies"]
    active = set(supplies.loc[(supplies["supply_t"] > 0) | (supplies["demand_t"] > 0), "node_id"])
    # A yard that never had anything sends nothing over its gate, and through a yard no train goes.
    idle = set(supplies["node_id"]) - active
    ends = pd.concat([arcs[["link_id", "from_node_id"]].set_axis(["link", "node"], axis=1),
                      arcs[["link_id", "to_node_id"]].set_axis(["link", "node"], axis=1)])  # fmt: skip
    asleep = ends.loc[ends["node"].isin(idle), "link"]
    ends = ends[~ends["link"].isin(asleep)].drop_duplicates()
    pairs = ends.groupby("node")["link"].agg(tuple)
    pairs = pairs[(pairs.map(len) == 2) & ~pairs.index.isin(active)]
    at = pd.Index(links)
    a, b = (at.get_indexer(pd.Index(pairs.str[i])) for i in (0, 1))
    both = (a >= 0) & (b >= 0)
    joined = coo_array((np.ones(int(both.sum())), (a[both], b[both])), shape=(len(at), len(at)))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)
