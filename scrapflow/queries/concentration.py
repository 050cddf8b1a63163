"""How unequal, how far, how loaded: measures over a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.queries.groupers import LINK_COLUMNS, TIME_COLUMNS
from scrapflow.queries.wording import flat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.queries.query import Query

_OF_MOVEMENT = ("period", *TIME_COLUMNS, "material", "via", "basis", "grade", "path_id")
"""Words that say the same of both ends."""


class Concentration(NamedTuple):
    """How few sources carry the tonnes.

    Attributes
    ----------
    n
        Sources with tonnes.
    hhi
        Herfindahl-Hirschman index, the sum of squared shares: 1/n when equal, 1 when one has all.
    effective
        Number of equal sources that would give this index, 1/hhi.
    gini
        Gini coefficient of the tonnes over the sources: 0 when equal.
    top_share
        Share of the largest.
    """

    n: int
    hhi: float
    effective: float
    gini: float
    top_share: float


def herfindahl(tonnes: Sequence[float] | NDArray[np.float64] | pd.Series[float]) -> float:
    """Return the Herfindahl-Hirschman index of non-negative amounts; NaN where they sum to zero.

    Reference: Hirschman 1964, *The paternity of an index*.

    Examples
    --------
    >>> herfindahl([1.0, 1.0]), herfindahl([1.0, 0.0])
    (0.5, 1.0)
    """
    t = np.asarray(tonnes, dtype=np.float64)
    total = t.sum()
    return float(np.square(t / total).sum()) if total > 0 else float("nan")


def gini(
    values: Sequence[float] | NDArray[np.float64] | pd.Series[float],
    weights: Sequence[float] | NDArray[np.float64] | pd.Series[float] | None = None,
) -> float:
    """Return the Gini coefficient of non-negative amounts; NaN where they sum to zero.

    The area between the Lorenz curve and the diagonal, twice (Gini 1914; trapezoidal for grouped data): 0 where all
    have the same, near 1 where one has all. Without weights it is half the mean absolute difference over the mean (Sen
    1973, *On economic inequality*).

    Parameters
    ----------
    values
        Amounts, at least 0; with weights: the amount per head in each group.
    weights
        Heads in each group; one each if not given.

    Examples
    --------
    >>> gini([1.0, 1.0, 1.0]), round(gini([0.0, 0.0, 3.0]), 4), gini([0.0, 4.0], [1.0, 1.0])
    (0.0, 0.6667, 0.5)
    """
    x = np.asarray(values, dtype=np.float64)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    order = np.argsort(x, kind="stable")
    x, w = x[order], w[order]
    total = float((x * w).sum())
    if total <= 0:
        return float("nan")
    people = np.concatenate([[0.0], np.cumsum(w)]) / w.sum()
    amount = np.concatenate([[0.0], np.cumsum(x * w)]) / total
    area = float(((amount[1:] + amount[:-1]) / 2 * np.diff(people)).sum())
    return max(0.0, 1.0 - 2.0 * area)


def concentration(flows: Query, column: str = "origin") -> Concentration:
    """Measure how few sources the tonnes of a query come from.

    Parameters
    ----------
    flows
        A query of one kind.
    column
        What a source is: a word as for ``by``.

    Raises
    ------
    MixedKindsError
        If tonnes of several kinds would be added up.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.run(sf.read_world("toy")).flows.kind("shipped").concentration("origin").n
    1
    """
    t = (
        flows.by(column).groupby(column)["tonnage_t"].sum().to_numpy()
        if flows.apart
        else flows.by(column)["tonnage_t"].to_numpy()
    )
    hhi = herfindahl(t)
    return Concentration(len(t), hhi, 1 / hhi, gini(t), float(t.max() / t.sum()) if len(t) else float("nan"))


def balances(flows: Query, by: str | Sequence[str] = "node_id") -> pd.DataFrame:
    """Set what came in against what went out, kind by kind.

    Parameters
    ----------
    flows
        Any query; kinds are kept apart.
    by
        A column of places: ``node_id``, ``region``, ``sector``, ``kind`` (of the place) …; or one of the movement:
        ``period``, ``material``, ``via`` …; or several.

    Returns
    -------
    DataFrame
        The columns (``place_kind`` for ``kind``), ``kind, in_t, out_t, net_t``, sorted by name and kind.

    Examples
    --------
    >>> import scrapflow as sf
    >>> b = sf.run(sf.read_world("toy")).flows.balances("region")
    >>> bool(abs(b.net_t.sum()) < 1e-9)
    True
    """
    asked = flat([by])
    names = ["place_kind" if word == "kind" else word for word in asked]
    sides = []
    for end, amount in (("destination", "in_t"), ("origin", "out_t")):
        words = [word if word in _OF_MOVEMENT else end if word == "node_id" else f"{end}_{word}" for word in asked]
        side = flows.by(*words, "kind").rename(columns={**dict(zip(words, names, strict=True)), "tonnage_t": amount})
        sides.append(side.set_index([*names, "kind"]))
    both = pd.concat(sides, axis=1).fillna(0.0).sort_index().reset_index()
    return both.assign(net_t=both["in_t"] - both["out_t"])


def haulage(flows: Query, *columns: str) -> pd.DataFrame:
    """Return the transport work of a query by kind, and by columns.

    Parameters
    ----------
    flows
        Any query.
    columns
        Words as for ``by``. With ``line``, ``mode`` or another word of links, the work is what was done on those links.

    Returns
    -------
    DataFrame
        ``kind``, the columns, ``tonnage_t, tonne_km, mean_haul_km, no_length_t``: tonnes whose path has no known length are
        set apart and count in neither the work nor the mean. Most tonnes first. By words of links ``tonne_km`` alone, most
        first, since a tonne passes many links.

    Examples
    --------
    >>> import scrapflow as sf
    >>> flows = sf.run(sf.read_world("toy")).flows.kind("shipped")
    >>> bool(20 <= flows.haulage().mean_haul_km.item() <= 110)
    True
    >>> bool(flows.haulage("line").tonne_km.sum().round(6) == flows.haulage().tonne_km.sum().round(6))
    True
    """
    columns = tuple(c for c in dict.fromkeys(columns) if c != "kind")
    on_links = any(c in LINK_COLUMNS for c in columns)
    if on_links:
        links = flows.context.run.links
        rows = flows.by("kind", *dict.fromkeys(("link_id", *columns)))
        rows = rows[rows["link_id"] != ""].assign(
            length_km=lambda r: r["link_id"].map(links.set_index("link_id")["length_km"])
        )
    elif columns:
        length = flows.paths().drop_duplicates("path_id").set_index("path_id")["length_km"]
        rows = flows.by("kind", "path_id", *columns)
        rows = rows.assign(length_km=rows["path_id"].map(length).where(rows["path_id"] != ""))
    else:
        rows = flows.paths()
    known = rows["length_km"].notna()
    work = rows.assign(
        tonne_km=(rows["tonnage_t"] * rows["length_km"]).fillna(0.0),
        hauled=rows["tonnage_t"].where(known, 0.0),
        no_length_t=rows["tonnage_t"].where(~known, 0.0),
    )
    keys = ["kind", *columns]
    out = work.groupby(keys, as_index=False)[["tonnage_t", "tonne_km", "hauled", "no_length_t"]].sum()
    out["mean_haul_km"] = out["tonne_km"] / out["hauled"].where(out["hauled"] > 0)
    most = "tonne_km" if on_links else "tonnage_t"
    if on_links:
        # a tonne passes many links of a line: added up over them it would be no amount
        out = out.drop(columns=["tonnage_t", "mean_haul_km", "no_length_t"])
    wanted = [c for c in (*keys, "tonnage_t", "tonne_km", "mean_haul_km", "no_length_t") if c in out.columns]
    return out.sort_values([most, *keys], ascending=[False, *([True] * len(keys))], ignore_index=True)[wanted]


def link_loads(flows: Query) -> pd.DataFrame:
    """Return what a query puts on each link it uses, both directions and all kinds together: trucks and trains do mix.

    Returns
    -------
    DataFrame
        ``link_id, mode, line_id, tonnage_t, tonne_km, capacity_t`` (over the periods of the run, NaN: unknown) and
        ``slack_t`` (what all flows of the run leave of it), largest first.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.run(sf.read_world("toy")).flows.to("Far Mill").loads().link_id.tolist()[0]
    'gate'
    """
    run = flows.context.run
    used = flows.by("link_id", "kind").groupby("link_id", as_index=False)["tonnage_t"].sum()
    used = used[used["link_id"] != ""]
    wanted = [c for c in ("link_id", "mode", "line_id", "length_km") if c in run.links.columns]
    out = used.merge(pd.DataFrame(run.links[wanted]), on="link_id", how="left")
    limits = run.link_loads.groupby("link_id")[["tonnage_t", "capacity_t"]].sum(min_count=1)
    limits["slack_t"] = limits["capacity_t"] - limits["tonnage_t"]
    out = out.merge(limits[["capacity_t", "slack_t"]].reset_index(), on="link_id", how="left")
    out["tonne_km"] = out["tonnage_t"] * out["length_km"]
    columns = [
        c for c in ("link_id", "mode", "line_id", "tonnage_t", "tonne_km", "capacity_t", "slack_t") if c in out.columns
    ]
    ranked: pd.DataFrame = out.sort_values(["tonnage_t", "link_id"], ascending=[False, True], ignore_index=True)
    return ranked[columns]
