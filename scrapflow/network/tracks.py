"""The arcs of a network as a flow problem takes them: those of several operators apart, and back to plain arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.network.trackage import NO_ARC

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from scrapflow.network.passage import Passage
    from scrapflow.network.trackage import Rights

BACK = " (back)"
"""How the identifier of an arc against its link's direction ends."""
_END = " (end)"
"""How the node is called in which tonnes end at a place where operators are kept apart."""


def track_table(passage: Passage, arcs: pd.DataFrame, rights: Rights) -> pd.DataFrame:
    """Return the steps of a passage as arcs, each of its own, between nodes that have names.

    Parameters
    ----------
    passage
        Steps that keep operators apart.
    arcs
        As :class:`scrapflow.network.Network` has them, (m,).
    rights
        Who may run where.

    Returns
    -------
    DataFrame
        The columns of ``arcs``. An arc that several operators may use is there for each of them, ``arc_id`` ending in the
        operator; a step that passes no link has ``link_id`` "" and no limit. What begins at a place begins in its
        ``node_id``; where what ends there does so is what :func:`at_ends` says.
    """
    steps = passage.expanded
    assert steps is not None
    ids, n = passage.ids.astype(str), passage.size
    holder = np.array(rights.names, dtype=object)
    # Nobody passes a place that is left from another node than the one where it is reached.
    apart = np.isin(np.arange(n), steps.head) & np.isin(n + np.arange(n), steps.tail)
    ends = np.where(apart, ids + np.full(n, _END, dtype=object), ids)
    names = np.concatenate(
        [ends, ids, [f"{ids[p]} [{holder[h]}]" for p, h in zip(steps.place, steps.holder, strict=True)]]
    )
    own = np.flatnonzero(apart)
    stays = pd.DataFrame(
        {"from_node_id": ids[own], "to_node_id": ends[own], "cost_per_t": 0.0, "by": -1, "arc": NO_ARC}
    )
    table = pd.DataFrame({"from_node_id": names[steps.tail], "to_node_id": names[steps.head],
                          "cost_per_t": passage.step_cost, "by": steps.by, "arc": steps.arc})  # fmt: skip
    table = pd.concat([table, stays], ignore_index=True)
    real = table["arc"].to_numpy() != NO_ARC
    rest = arcs.drop(columns=["from_node_id", "to_node_id", "cost_per_t"]).iloc[table["arc"].where(real, 0)]
    table = pd.concat([rest.reset_index(drop=True), table], axis=1)
    texts = dict.fromkeys(("link_id", "mode", "line_id", "also_line_ids", "track_id"), "")
    for column, value in {"forward": True, "length_km": 0.0, "capacity_t": np.inf, **texts}.items():
        table[column] = table[column].where(real, value)
    twice = table["arc"].duplicated(keep=False) & real
    by = np.append(holder, "")[table["by"].to_numpy()]
    named = (table["arc_id"] + " [" + by + "]").where(twice, table["arc_id"])
    between = table["from_node_id"] + " > " + table["to_node_id"]
    return table.assign(arc_id=named.where(real, between).astype("str"))[list(arcs.columns)]


def at_ends(table: pd.DataFrame, arcs: pd.DataFrame) -> pd.DataFrame:
    """Put what is wanted at places where operators are kept apart to where tonnes end there.

    Parameters
    ----------
    table
        ``node_id, supply_t, demand_t`` and perhaps ``period``.
    arcs
        As :func:`track_table` gives them, or plain arcs: then the table stays as it is.
    """
    ends = set(arcs.loc[arcs["to_node_id"].str.endswith(_END), "to_node_id"])
    there = (table["node_id"] + _END).isin(ends)
    if not there.any():
        return table
    wanted = table[there & (table["demand_t"] > 0)]
    wanted = wanted.assign(node_id=wanted["node_id"] + _END, supply_t=0.0)
    stays = table.assign(demand_t=table["demand_t"].where(~there, 0.0))
    return pd.concat([stays[~there | (table["supply_t"] > 0)], wanted], ignore_index=True)


def place_of(node_id: str) -> str:
    """Return the place that a node of a flow problem stands for as an end."""
    return node_id.removesuffix(_END)


def end_at(place: str, arcs: pd.DataFrame) -> str:
    """Return the node of a flow problem in which tonnes for a place end: the place itself where operators are not kept apart."""
    return place + _END if (arcs["to_node_id"] == place + _END).any() else place


def physical(arcs: pd.DataFrame) -> pd.Series[str]:
    """Return the plain arc that each arc passes, by ``arc_id``; "" for a change of operators.

    Examples
    --------
    >>> import scrapflow as sf
    >>> net = sf.build_network(sf.read_world("toy"))
    >>> bool((physical(net.arcs) == net.arcs.arc_id.to_numpy()).all())
    True
    """
    link, forward = arcs["link_id"], arcs["forward"].to_numpy(dtype=bool)
    plain = link.where(forward | (link == ""), link + BACK)
    return pd.Series(plain.to_numpy(), index=pd.Index(arcs["arc_id"]))


def plain_arcs(arcs: pd.DataFrame) -> dict[str, str] | None:
    """Return the plain arc behind each arc, as :func:`physical`; None where operators are not kept apart and all are plain."""
    plain = physical(arcs)
    if (plain.to_numpy() == plain.index.to_numpy()).all():
        return None
    return dict(zip(plain.index.tolist(), plain.tolist(), strict=True))


def track_numbers(arcs: pd.DataFrame) -> NDArray[np.int64] | None:
    """Return the number of the track of each arc, (m,); None if each is alone.

    The arcs of several operators over one link share a track, and links of one ``track_id`` do, each direction apart.

    Examples
    --------
    >>> arcs = pd.DataFrame(
    ...     {"arc_id": list("abt"), "link_id": list("abt"), "forward": True, "track_id": ["t", "t", ""]}
    ... )
    >>> track_numbers(arcs).tolist()
    [0, 0, 1]
    """
    plain, track, ids = (c.to_numpy(dtype=object) for c in (physical(arcs), arcs["track_id"], arcs["arc_id"]))
    if (plain == ids).all() and (track == "").all():
        return None
    forward = arcs["forward"].to_numpy(dtype=bool)
    own = np.where(plain == "", ids, plain)
    names = [(way, on) if on else (None, alone) for on, alone, way in zip(track, own, forward, strict=True)]
    return pd.factorize(pd.Series(names, dtype=object))[0].astype(np.int64)


def passed(steps: Sequence[str], plain: Mapping[str, str] | None) -> tuple[str, ...]:
    """Return the plain arcs of a path, without the steps that pass none."""
    if plain is None:
        return tuple(steps)
    return tuple(arc for step in steps if (arc := plain[step]))
