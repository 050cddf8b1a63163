"""Tonnes on every link, added up from what people moved and the flows of trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.vocabulary import traced_as

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
    sums, homeward = collected.sums, traced_as("take_back")
    rail, link = (ids.get_indexer(pd.Index(names)) for names in (rail_link, sums.links))
    carted = np.zeros((len(periods), len(link)))
    for kind, tonnage in sums.by_link.items():
        carted += tonnage * _two_way(network, ids)[link] if kind in homeward else tonnage
    passed = np.zeros((len(periods), len(ids)))
    for at, tonnage in ((rail, flow.reshape(len(periods), -1)), (link, carted)):
        known = at >= 0
        for period, part in enumerate(tonnage[:, known]):
            passed[period] += np.bincount(at[known], part, len(ids))
    return pd.DataFrame(passed.T, index=ids, columns=periods)


def _two_way(network: Network, ids: pd.Index) -> NDArray[np.bool_]:
    """Tell the links that can be passed in both directions, by position, False for the position -1 of no link."""
    arcs = network.arcs["link_id"].to_numpy(dtype=object)
    count = np.bincount(ids.get_indexer(pd.Index(arcs)), minlength=len(ids))
    return np.append(count > 1, False)
