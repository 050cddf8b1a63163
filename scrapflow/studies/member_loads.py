"""Tonnes on every link, added up from arrays instead of from movements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign import Collected
    from scrapflow.network import Network

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def loads(network: Network, collected: Collected, flow: Floats, rail_link: pd.Series[str]) -> pd.DataFrame:
    """Return the tonnes on each link in each period, both directions together.

    Parameters
    ----------
    network
        Whose links.
    collected
        What people carted to the yards and back.
    flow
        Tonnes the trains moved over R arcs, period by period, shape (P * R,).
    rail_link
        The links of those arcs, shape (R,).

    Returns
    -------
    DataFrame
        Link ids as index, a column for each period.
    """
    ids = pd.Index(network.links["link_id"])
    periods = collected.periods["period"].tolist()
    out = np.zeros((len(periods), len(ids)))
    np.add.at(out.T, ids.get_indexer(rail_link), flow.reshape(len(periods), -1).T)
    h = collected.history
    n = len(h.population.enterprise_id)
    cart = ids.get_indexer(h.access.link_id.ravel()).reshape(h.access.link_id.shape)
    back = np.where(_two_way(network, ids)[cart], cart, -1)[:, :n]
    for step, (period, load) in enumerate(zip(h.periods, out, strict=True)):
        own_and_looted = period.carted_own.sum(axis=0) + period.carted_looted.sum(axis=0)
        _add(load, cart, period.carted_shares * np.concatenate([period.carted.sum(axis=0), own_and_looted]))
        _add(load, back[: len(period.back)], period.back * h.shown_in(step).uncaught[1:].sum(axis=0))
    return pd.DataFrame(out.T, index=ids, columns=periods)


def _add(load: Floats, link: Ints, tonnage: Floats) -> None:
    used = (link >= 0) & (tonnage > 0)
    np.add.at(load, link[used], tonnage[used])


def _two_way(network: Network, ids: pd.Index) -> NDArray[np.bool_]:
    """Tell the links that can be passed in both directions, by position, False for the position -1 of no link."""
    arcs = network.arcs["link_id"].to_numpy(dtype=object)
    count = np.bincount(ids.get_indexer(pd.Index(arcs)), minlength=len(ids))
    return np.append(count > 1, False)
