"""Proportional sharing in any table of flows, loops included: whose tonnes end where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, ProblemError, problem
from scrapflow.given import checked
from scrapflow.given_frames import numbers_of
from scrapflow.world.other_names import called_otherwise

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array

_COLUMNS = ("origin", "destination", "tonnage_t")
_BATCH = 256
_TOLERANCE = 1e-9


@checked
def trace_flows(frame: pd.DataFrame) -> pd.DataFrame:
    """Share out the flows of any network between its net sources and its net sinks.

    At each node what goes out, and what stays, has the mix of what comes in and what arises there. With x the
    throughput of the nodes and f the flows, the mix obeys (I − fᵀ diag(1/x)) c = g: one sparse linear system, solved
    exactly, so that loops need no iteration. Reference: Bialek 1996, *Tracing the flow of electricity*, IEE Proceedings
    Generation, Transmission and Distribution 143, 313–320.

    Parameters
    ----------
    frame
        ``origin, destination, tonnage_t``: one row a flow, in t ≥ 0; other columns are left aside. A node that sends
        more than it gets is a net source of the difference, one that gets more a net sink. Nodes may be numbered.

    Returns
    -------
    DataFrame
        ``origin`` (net source), ``destination`` (net sink), ``tonnage_t``: one row a pair with tonnes, largest first,
        ties by name. By source and by sink the rows add up to the net amounts.

    Raises
    ------
    InputError
        If a column is missing, a tonnage is negative or not a number, or an end has no name.
    ProblemError
        If tonnes run in a loop that nothing enters or leaves: they have no source; the message names its nodes.

    Examples
    --------
    A works sends 4 t to a yard and a town 1 t; the yard sends 2 t to one mill and 3 t to another:

    >>> rows = [("works", "yard", 4.0), ("town", "yard", 1.0), ("yard", "near", 2.0), ("yard", "far", 3.0)]
    >>> trace_flows(pd.DataFrame(rows, columns=["origin", "destination", "tonnage_t"])).round(3)
      origin destination  tonnage_t
    0  works         far        2.4
    1  works        near        1.6
    2   town         far        0.6
    3   town        near        0.4
    """
    from scipy.sparse import coo_array

    flows = _checked(frame)
    names = np.unique(np.concatenate([flows["origin"].to_numpy(object), flows["destination"].to_numpy(object)]))
    a, b = (np.searchsorted(names, flows[c].to_numpy(object)) for c in ("origin", "destination"))
    t = flows["tonnage_t"].to_numpy(dtype=np.float64)
    n = len(names)
    f = coo_array((t, (a, b)), shape=(n, n)).tocsr()
    out, into = np.bincount(a, t, minlength=n), np.bincount(b, t, minlength=n)
    through = np.maximum(out, into)
    net: NDArray[np.float64] = np.subtract(out, into, dtype=np.float64)
    net[np.abs(net) <= _TOLERANCE * through] = 0.0
    _refuse_closed_loops(f, net, names)
    sources, sinks = np.flatnonzero(net > 0), np.flatnonzero(net < 0)
    share = coo_array((t / through[a], (b, a)), shape=(n, n)).tocsc()
    rows, columns, tonnes = _shared(share, net, through, sources, sinks)
    found = pd.DataFrame({"origin": names[rows], "destination": names[columns], "tonnage_t": tonnes})
    given = {c: frame[c].dtype for c in ("origin", "destination")}
    numbered = all(pd.api.types.is_integer_dtype(kind) for kind in given.values())
    found = found.astype(given if numbered else {"origin": "str", "destination": "str"})
    return found.sort_values(["tonnage_t", "origin", "destination"], ascending=[False, True, True], ignore_index=True)


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    missing = [c for c in _COLUMNS if c not in frame.columns]
    if missing:
        there = f": rename yours; there are {', '.join(map(str, frame.columns))}"
        faults = [
            problem("frame", "", c, f"the column is missing{called_otherwise(c, frame.columns) or there}")
            for c in missing
        ]
        raise InputError(faults, what="the table of flows")
    flows = frame[list(_COLUMNS)].reset_index(drop=True)
    tonnes = numbers_of(flows["tonnage_t"])[0]
    bad_t = ~(np.isfinite(tonnes) & (tonnes >= 0))
    faults = [
        problem("frame", str(i), "tonnage_t", f"{flows['tonnage_t'][i]} is no tonnage ≥ 0: leave out what is not known")
        for i in np.flatnonzero(bad_t)
    ]
    for c in ("origin", "destination"):
        faults += [
            problem("frame", str(i), c, "the end has no name: name the place, or leave the row out")
            for i in np.flatnonzero(flows[c].isna())
        ]
    if faults:
        raise InputError(faults, what="the table of flows")
    flows = flows.assign(
        tonnage_t=tonnes, origin=flows["origin"].astype("str"), destination=flows["destination"].astype("str")
    )
    flows = flows[flows["tonnage_t"] > 0]
    return pd.DataFrame(flows.groupby(["origin", "destination"], as_index=False)["tonnage_t"].sum())


def _refuse_closed_loops(f: csc_array, net: NDArray[np.float64], names: NDArray[np.object_]) -> None:
    """Name every part of the network that has tonnes but neither source nor sink."""
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(f, directed=False)
    # Tonnes that enter a part must leave it or stay in it, so a part without a source has no sink either.
    fed = np.bincount(label, net > 0, minlength=count) > 0
    faults = []
    for part in np.flatnonzero(~fed):
        loop = _one_loop(f, np.flatnonzero(label == part))
        way = " → ".join(str(names[i]) for i in (*loop, loop[0]))
        faults.append(
            problem("frame", str(names[loop[0]]), "tonnage_t", f"tonnes run in a loop without a source: {way}")
        )
    if faults:
        raise ProblemError(faults, what="the table of flows")


def _one_loop(f: csc_array, part: NDArray[np.int64]) -> list[int]:
    """Walk from the first node of a part until a node comes again; in a closed part every node leads on."""
    seen: dict[int, int] = {}
    walk: list[int] = []
    at = int(part[0])
    while at not in seen:
        seen[at] = len(walk)
        walk.append(at)
        at = int(f.indices[f.indptr[at]])
    return walk[seen[at] :]


def _shared(
    share: csc_array,
    net: NDArray[np.float64],
    through: NDArray[np.float64],
    sources: NDArray[np.int64],
    sinks: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Solve for the smaller side, sources or sinks, in batches, and return source, sink and tonnes of each pair."""
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import splu

    if not len(sources):
        none = np.array([], dtype=np.int64)
        return none, none, np.array([], dtype=np.float64)
    solver = splu((eye_array(len(net), format="csc") - share).tocsc())
    down = len(sources) <= len(sinks)
    known, asked = (sources, sinks) if down else (sinks, sources)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    for start in range(0, len(known), _BATCH):
        batch = known[start : start + _BATCH]
        right = np.zeros((len(net), len(batch)))
        if down:
            right[batch, np.arange(len(batch))] = net[batch]
            tonnes = solver.solve(right)[asked] * (-net / through)[asked, None]
        else:
            # The transposed system gives, for a unit that stays at the sink, how much each source put into it.
            right[batch, np.arange(len(batch))] = (-net / through)[batch]
            tonnes = solver.solve(right, trans="T")[asked] * net[asked, None]
        tonnes[tonnes <= _TOLERANCE * np.abs(net[batch])[None, :] * 1e-3] = 0.0
        row, column = np.nonzero(tonnes)
        found.append((asked[row], batch[column], tonnes[row, column]))
    other, this, amount = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return (this, other, amount) if down else (other, this, amount)
