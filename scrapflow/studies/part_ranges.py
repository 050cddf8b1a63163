"""Ranges of the parts of a total, as maps show them: of each month, of what goes back in each region, of mills and railways.

The quantiles of a sum are not the sums of quantiles, so that every part that is told with a range is added up in every
member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.studies.quantiles import QUANTILES
from scrapflow.vocabulary import KINDS, traced_as
from scrapflow.world.numbering import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.ledger.amounts import Amounts

    Floats = NDArray[np.float64]

HOME = "home"
"""What goes back or is taken, all kinds together."""
PERIOD, REGION = "period", "region"
MILL, LINK = "mill", "link"
_ENDS = [QUANTILES[0], QUANTILES[-1]]
_LEAST_T = 0.005


def parts_of(
    amounts: Amounts, region: Mapping[str, str], *, received: Mapping[str, float], railed: Mapping[str, float]
) -> dict[tuple[str, str, str], float]:
    """Return the parts of one member, in t, by ``by, kind, name``.

    Parameters
    ----------
    amounts
        What the member adds up to.
    region
        Name of the region of each place, by ``node_id``.
    received, railed
        What each mill received, by ``node_id``, and what each railway link carried, by ``link_id``, t.

    Returns
    -------
    dict
        ``("period", kind, label)`` of every kind and :data:`HOME`, ``("region", kind, name)`` of what goes back or is taken
        from there, ``("mill", "received", node_id)``, ``("link", "railed", link_id)``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> region = dict(zip(run.nodes["node_id"], run.nodes["region"]))
    >>> parts = parts_of(run.amounts, region, received={"near": 30.0}, railed={})
    >>> round(sum(t for (by, kind, _), t in parts.items() if (by, kind) == ("period", "shipped")), 1)
    53.5
    """
    gone = traced_as("take_back", "store")
    months: dict[str, Floats] = {}
    places: dict[tuple[str, str, str], float] = {}
    # The places are kept beside their regions, so that no other array can come by the same identity.
    regions: dict[int, tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.object_]]] = {}
    for kind in KINDS:
        placed = amounts.moved(kind)
        months[kind] = np.asarray(placed.amount.sum(axis=(-2, -1)), dtype=np.float64)
        if kind in gone:
            by_place = placed.amount.sum(axis=(-3, -2))
            if id(placed.places) not in regions:  # people move from one list of places, whatever the kind
                names_of = [region.get(place, "") for place in placed.places.tolist()]
                regions[id(placed.places)] = placed.places, *numbered(np.array(names_of, dtype=object))
            _, at, names = regions[id(placed.places)]
            by_region = np.bincount(at, by_place, len(names)).tolist()
            places |= {(REGION, kind, str(name)): t for name, t in zip(names, by_region, strict=True) if name}
    months[HOME] = np.sum([months[kind] for kind in gone], axis=0)
    labels = list(amounts.periods)
    periods = {(PERIOD, kind, p): float(t) for kind, row in months.items() for p, t in zip(labels, row, strict=True)}
    mills = {(MILL, "received", str(name)): t for name, t in received.items() if t > 0}
    links = {(LINK, "railed", str(name)): t for name, t in railed.items() if t > 0}
    return {**periods, **places, **mills, **links}


def part_ranges(parts: pd.DataFrame, quantiles: Callable[[Floats, Floats], Floats]) -> dict[str, Any]:
    """Return low and high of the parts, as plain values for the ``meta`` of a run.

    Parameters
    ----------
    parts
        One row a member, columns as :func:`parts_of` names them.
    quantiles
        Gives the quantiles (Q, N) of values (members, N), such as those of weighted members.

    Returns
    -------
    dict
        ``period``: by kind, pairs of low and high in the order of the periods; ``region``: by kind and region, a pair;
        ``mill`` and ``link``: by ``node_id`` and ``link_id``, a pair.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = pd.MultiIndex.from_tuples([("period", "shipped", "2015-01"), ("region", "looted", "North")])
    >>> parts = pd.DataFrame([[1.0, 2.0], [3.0, 6.0]], columns=columns)
    >>> part_ranges(parts, lambda values, q: np.quantile(values, q, axis=0))["region"]
    {'looted': {'North': [2.4, 5.6]}}
    """
    told: dict[str, Any] = {PERIOD: {}, REGION: {}, MILL: {}, LINK: {}}
    if parts.empty:
        return told
    ends = quantiles(parts.to_numpy(dtype=np.float64), np.array(_ENDS))
    for (by, kind, name), low, high in zip(parts.columns, *ends, strict=True):
        pair = [_short(low), _short(high)]
        if by == PERIOD:
            told[PERIOD].setdefault(kind, []).append(pair)
        elif high > _LEAST_T and by != REGION:
            told[by][name] = pair
        elif high > _LEAST_T:
            told[REGION].setdefault(kind, {})[name] = pair
    told[PERIOD] = {kind: pairs for kind, pairs in told[PERIOD].items() if any(high > _LEAST_T for _, high in pairs)}
    return told


def _short(value: float) -> float:
    """Four figures: people are told two, and a map's file carries no dust."""
    return float(f"{value:.4g}")
