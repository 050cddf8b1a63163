"""The haul by rail as a flow problem: yards offer, mills want, arcs carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.network.passage import mills_on_the_line
from scrapflow.network.tracks import at_ends, physical
from scrapflow.routing.problem import FlowProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from scrapflow.network.build import Network


def rail_arcs(network: Network) -> pd.DataFrame:
    """Return the arcs a train may use: between stations and junctions, out of yards and into mills.

    It never passes a yard, and a mill only where the world draws the mill on the line, with track on two sides.

    Parameters
    ----------
    network
        A network.

    Returns
    -------
    DataFrame
        The rows of ``network.tracks`` that qualify, in their order, with a RangeIndex.
    """
    rails = network.drawn.memo.get("on_rails")
    if rails is None:
        rails = network.drawn.memo["on_rails"] = on_rails(network.nodes, network.arcs)
    if network.rights is None:
        return network.arcs[rails].reset_index(drop=True)
    plain = physical(network.tracks)
    kept = plain.isin(["", *network.arcs.loc[rails, "arc_id"]])
    return network.tracks[kept.to_numpy()].reset_index(drop=True)


def on_rails(nodes: pd.DataFrame, arcs: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which arcs a train may use, as :func:`rail_arcs` says.

    Parameters
    ----------
    nodes
        ``node_id, kind``.
    arcs
        ``link_id, from_node_id, to_node_id, mode``, n of them.
    """
    kind = nodes.set_index("node_id")["kind"]
    out = arcs["from_node_id"].map(kind).isin(["station", "junction", "yard"])
    out |= arcs["from_node_id"].isin(mills_on_the_line(nodes, arcs)) & (arcs["mode"] == "rail")
    into = arcs["to_node_id"].map(kind).isin(["station", "junction", "mill"])
    return (out & into).to_numpy(dtype=bool)


def mill_intake(
    mills: Mapping[str, Any] | pd.DataFrame, months: float = 1.0, *, displaced: float = 0.0
) -> dict[str, float]:
    """Return what each mill that takes part can take from a campaign, in t per period; inf where nobody knows a limit.

    Home, trade and import scrap fills a part of the charge; what the campaign brings can displace some of that.

    Parameters
    ----------
    mills
        ``node_id, intake_t, other_supply_t`` (t a month), ``destination``, as ``world.mills`` has them, in a frame or as arrays.
    months
        Length of the period in months.
    displaced
        Part of the other supply that the campaign's steel takes the place of, 0 to 1.

    Returns
    -------
    dict of str to float
        By ``node_id``.

    Examples
    --------
    >>> mills = pd.DataFrame({"node_id": ["m"], "intake_t": [20.0], "other_supply_t": [8.0], "destination": [True]})
    >>> mill_intake(mills), mill_intake(mills, 3.0, displaced=0.5)
    ({'m': 12.0}, {'m': 48.0})
    """
    part = np.asarray(mills["destination"], dtype=bool)
    whole, other = (np.asarray(mills[c], dtype=np.float64)[part] for c in ("intake_t", "other_supply_t"))
    own = np.maximum(np.where(np.isnan(whole), np.inf, whole) - (1.0 - displaced) * np.nan_to_num(other), 0.0)
    return dict(zip(np.asarray(mills["node_id"], dtype=object)[part].tolist(), (own * months).tolist(), strict=True))


def supply_table(
    periods: Sequence[str], yard_ids: NDArray[np.object_], supply_t: NDArray[np.float64], intake_t: Mapping[str, float]
) -> pd.DataFrame:
    """Tabulate what each yard offers and each mill can take.

    Parameters
    ----------
    periods
        Labels, P of them.
    yard_ids
        Yards, Y of them.
    supply_t
        Tonnes that may be railed, shape (P, Y).
    intake_t
        Tonnes a mill takes in a period, by ``node_id``; inf is no limit.

    Returns
    -------
    DataFrame
        ``period, node_id, supply_t, demand_t``, sorted by period and node.
    """
    labels = np.asarray(list(periods), dtype=object)
    mills = sorted(intake_t)
    yards = pd.DataFrame(
        {
            "period": np.repeat(labels, len(yard_ids)),
            "node_id": np.tile(yard_ids, len(labels)),
            "supply_t": supply_t.ravel(),
            "demand_t": 0.0,
        }
    )
    wanted = pd.DataFrame(
        {
            "period": np.repeat(labels, len(mills)),
            "node_id": mills * len(labels),
            "supply_t": 0.0,
            "demand_t": np.tile([float(intake_t[m]) for m in mills], len(labels)),
        }
    )
    table = pd.concat([yards, wanted], ignore_index=True)
    return table.sort_values(["period", "node_id"], kind="stable", ignore_index=True)


def rail_problem(
    arcs: pd.DataFrame,
    supplies: pd.DataFrame,
    *,
    waiting_cost_per_t: float,
    calendar: pd.DataFrame | None = None,
    shares: Mapping[str, float] | None = None,
) -> FlowProblem:
    """Pose the haul of all periods together: yards may keep what no train takes.

    Parameters
    ----------
    arcs
        ``arc_id, link_id, from_node_id, to_node_id, cost_per_t, capacity_t`` (t per period and direction).
    supplies
        As :func:`supply_table` gives them.
    waiting_cost_per_t
        Cost of keeping a tonne in a yard for a period, in kilometre-equivalents.
    calendar
        ``period, link_id, factor``: capacities in single periods, as a factor; 0 closes the link.
    shares
        Wanted share of all tonnes railed, by mill.

    Returns
    -------
    FlowProblem
        Its links are the arcs, under their ``arc_id``; its nodes are all ends of arcs, yards and mills.
    """
    ends = pd.unique(pd.concat([arcs["from_node_id"], arcs["to_node_id"]]))
    supplies = at_ends(supplies, arcs)
    known = set(supplies["node_id"])
    periods = list(dict.fromkeys(supplies["period"]))
    way = [e for e in ends if e not in known]
    transit = pd.DataFrame({"period": periods[0] if periods else "", "node_id": way, "supply_t": 0.0, "demand_t": 0.0})
    links = arcs[["arc_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"]]
    yards = sorted(set(supplies.loc[supplies["demand_t"] == 0, "node_id"]))
    storage = pd.DataFrame({"node_id": yards, "capacity_t": np.inf, "cost_per_t": waiting_cost_per_t})
    return FlowProblem(
        pd.concat([supplies, transit], ignore_index=True),
        links.rename(columns={"arc_id": "link_id"}),
        periods=periods,
        storage=storage,
        calendar=_exceptions(arcs, calendar, periods),
        shares=dict(shares) if shares else None,
    )


def _exceptions(arcs: pd.DataFrame, calendar: pd.DataFrame | None, periods: Sequence[str]) -> pd.DataFrame | None:
    """Turn factors on links into capacities of arcs; a factor says nothing about a link without a limit unless it is 0."""
    if calendar is None or calendar.empty:
        return None
    rows = calendar[calendar["period"].isin(periods)].merge(arcs[["arc_id", "link_id", "capacity_t"]], on="link_id")
    closed = rows["factor"] == 0
    capacity = (rows["capacity_t"] * rows["factor"].where(~closed, 1.0)).where(~closed, 0.0)
    return pd.DataFrame({"period": rows["period"], "link_id": rows["arc_id"], "capacity_t": capacity})
