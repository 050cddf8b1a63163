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
    Ints = NDArray[np.int64]


def loads(network: Network, collected: Collected, flow: Floats, rail_link: Ints) -> pd.DataFrame:
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
        The links of those arcs, by position in the network's, shape (R,); -1 for one that passes none.

    Returns
    -------
    DataFrame
        Link ids as index, a column for each period.
    """
    ids, sums, homeward = network.drawn.link_ids, collected.sums, traced_as("take_back")
    periods = collected.labels
    # A link that can be passed in both directions has two arcs; the position -1 of no link is the last.
    two_way = np.append(np.bincount(network.drawn.link, minlength=len(ids)) > 1, False)
    carted = np.zeros((len(periods), len(sums.link)))
    for kind, tonnage in sums.by_link.items():
        carted += tonnage * two_way[sums.link] if kind in homeward else tonnage
    passed = np.zeros((len(periods), len(ids) + 1))
    for at, tonnage in ((rail_link, flow.reshape(len(periods), -1)), (sums.link, carted)):
        for period, part in enumerate(tonnage):
            passed[period] += np.bincount(at % (len(ids) + 1), part, len(ids) + 1)
    return pd.DataFrame(passed[:, :-1].T, index=pd.Index(ids, dtype=object, name="link_id"), columns=periods)
