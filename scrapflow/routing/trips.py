"""The plan that the rule for plans of the same cost takes, as tonnes by period and path."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.routing.decompose import decompose
from scrapflow.routing.optimal_plans import sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.problem import Arrays
    from scrapflow.routing.ties import Settled
    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]

MOST_LISTED = 64
"""Equal paths of one origin and destination that are told one by one; more are told as a few that put the same on links."""


class Trip(NamedTuple):
    """Tonnes of one period on one path: positions of the ends and links in the problem."""

    period: int
    origin: int
    destination: int
    tonnes: float
    links: tuple[int, ...]


def trips_of(plan: Settled, net: Net, a: Arrays, first: int) -> list[Trip]:
    """Return the trips of a settled plan, those of the same period and path as one, by period, origin and path.

    Parameters
    ----------
    plan, net
        The plan and its network, one period or all of them, without what was added for wishes.
    a
        The whole problem.
    first
        Period that the network begins with, if it is one of several; a network of all periods begins with 0.
    """
    total: dict[tuple[int, int, int, tuple[int, ...]], float] = {}
    start = first if net.size == len(a.nodes) else 0
    for column in np.flatnonzero(plan.tonnes > 0).tolist():
        for tonnes, arcs in _shares(plan, net, column):
            for key in _pieces(net, a, start, int(plan.origin[column]), int(plan.taker[column]), arcs):
                total[key] = total.get(key, 0.0) + tonnes
    order = sorted(total, key=lambda key: (key[0], key[1], key[3]))
    return [Trip(p, o, d, total[p, o, d, links], links) for p, o, d, links in order]


def _shares(plan: Settled, net: Net, column: int) -> list[tuple[float, tuple[int, ...]]]:
    """Return tonnes and arcs of the paths that one column stands for."""
    tonnes = float(plan.tonnes[column])
    if plan.arcs is not None:
        return [(tonnes, plan.arcs[column])]
    copy = int(plan.copy[column])
    count = float(plan.equal.paths[copy])
    if count <= MOST_LISTED:
        return [(tonnes / count, arcs) for arcs in plan.equal.listed(copy, MOST_LISTED)]
    amounts = np.zeros(len(plan.equal.node))
    amounts[copy] = tonnes
    flow = sums(plan.equal.arc, plan.equal.split(amounts), len(net.tail))
    apart = decompose(net.size, net.tail, net.head, flow, 1e-12 * tonnes)
    return list(zip(apart.tonnage, apart.links, strict=True))


def options_of(plan: Settled, net: Net, a: Arrays, first: int) -> list[tuple[int, int, Trip]]:
    """Return what each column of all plans of least cost could carry: column, path, and the trips of a tonne on it.

    Of a pair of origin and destination with very many equal paths the first :data:`MOST_LISTED` are told.

    Parameters
    ----------
    plan, net, a, first
        As for :func:`trips_of`.
    """
    start = first if net.size == len(a.nodes) else 0
    options = []
    for column in range(len(plan.tonnes)):
        paths = [plan.arcs[column]] if plan.arcs is not None else plan.equal.listed(int(plan.copy[column]), MOST_LISTED)
        for way, arcs in enumerate(paths):
            for p, o, d, links in _pieces(net, a, start, int(plan.origin[column]), int(plan.taker[column]), arcs):
                options.append((column, way, Trip(p, o, d, 1.0, links)))
    return options


def _pieces(
    net: Net, a: Arrays, start: int, origin: int, taker: int, arcs: tuple[int, ...]
) -> list[tuple[int, int, int, tuple[int, ...]]]:
    """Return a path as one of links for each period in which it uses any; it waits in between."""
    n, m = len(a.nodes), len(a.links)
    pieces: list[tuple[int, int, int, tuple[int, ...]]] = []
    links: list[int] = []
    node = origin
    for arc in arcs:
        if arc < net.links:
            links.append(arc % m)
            continue
        if links:
            here = int(net.tail[arc])
            pieces.append((start + here // n, node % n, here % n, tuple(links)))
        links, node = [], int(net.head[arc])
    if links:
        pieces.append((start + taker // n, node % n, taker % n, tuple(links)))
    return pieces
