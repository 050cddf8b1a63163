"""Tonnes on every link, added up from the coded legs of people and the flows of trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.vocabulary import KINDS, traced_as

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign import Collected
    from scrapflow.network import Network

    Floats = NDArray[np.float64]


def loads(network: Network, collected: Collected, flow: Floats, rail_link: NDArray[np.object_]) -> pd.DataFrame:
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
        The links of those arcs, shape (R,); "" for one that passes none.

    Returns
    -------
    DataFrame
        Link ids as index, a column for each period.
    """
    ids = pd.Index(network.links["link_id"])
    periods = collected.periods["period"].tolist()
    passed = np.zeros((len(periods), len(ids)))
    at = ids.get_indexer(pd.Index(rail_link))
    np.add.at(passed.T, at[at >= 0], flow.reshape(len(periods), -1).T[at >= 0])
    legs = collected.legs
    link = ids.get_indexer(pd.Index(legs.links))[legs.link]
    homeward = np.isin(legs.kind, [KINDS.index(kind) for kind in traced_as("take_back")])
    used = (link >= 0) & ~(homeward & ~_two_way(network, ids)[link])
    np.add.at(passed, (legs.period[used], link[used]), legs.tonnage_t[used])
    return pd.DataFrame(passed.T, index=ids, columns=periods)


def _two_way(network: Network, ids: pd.Index) -> NDArray[np.bool_]:
    """Tell the links that can be passed in both directions, by position, False for the position -1 of no link."""
    arcs = network.arcs["link_id"].to_numpy(dtype=object)
    count = np.bincount(ids.get_indexer(pd.Index(arcs)), minlength=len(ids))
    return np.append(count > 1, False)
