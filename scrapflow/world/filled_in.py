"""What the model works with: the values given, and where they are unknown the defaults of the sector or the schema.

Every filled value says so: ``*_basis`` is the weakest basis of what it was made from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.grading import BASES
from scrapflow.units import KG_PER_T
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from scrapflow.world.world_data import WorldData

STOCKS = ("scrap_t", "obsolete_machinery_t", "idle_machinery_t", "working_machinery_t")
"""Stocks of an enterprise, in tonnes."""
_RATES = (
    "workers",
    "scrap_kg_per_worker",
    "scrap_arising_kg_per_worker",
    "machinery_kg_per_worker",
    "obsolete_share",
    "idle_share",
    "output_per_worker",
)
_ASSUMED = BASES.index("assumed")


def effective_enterprises(world: WorldData) -> pd.DataFrame:
    """Fill the unknown headcounts and stocks of enterprises from the rates of their sectors.

    A stock is ``workers × rate / 1000``; machinery is split by the sector's shares into obsolete, idle and (the rest)
    working. An unknown rate counts as the schema's default, else as zero; ``world.check()`` warns of the latter.

    Parameters
    ----------
    world
        A world; :meth:`World.with_values` sets values to be tried out, of enterprises and sectors alike.

    Returns
    -------
    DataFrame
        In the order of ``world.enterprises``: ``node_id, sector_id, sector, named, workers, scrap_t,
        obsolete_machinery_t, idle_machinery_t, working_machinery_t`` (t), ``scrap_arising_t`` (t a month),
        ``output_per_worker, output_unit``, and a ``*_basis`` for each number.

    Examples
    --------
    >>> import scrapflow as sf
    >>> from scrapflow.world import effective_enterprises
    >>> e = effective_enterprises(sf.read_world("toy"))
    >>> e[["workers", "working_machinery_t", "working_machinery_t_basis"]].values.tolist()
    [[1000.0, 60.0, 'assumed']]
    """
    given, sectors = world.enterprises, world.sectors
    at = _positions(sectors["sector_id"], given["sector_id"])
    rate, basis = {}, {}
    for column in _RATES:
        values, bases = _filled(sectors, "sectors", column)
        rate[column], basis[column] = _take(values, at, 0.0), _take(bases, at, _ASSUMED)
    out: dict[str, Any] = {
        "node_id": given["node_id"],
        "sector_id": given["sector_id"],
        "sector": pd.Series(_take(sectors["name"].to_numpy(dtype=object), at, ""), dtype="str"),
        "named": given["named"],
    }
    workers, workers_basis = _known(given, "workers", rate["workers"], basis["workers"])
    _put(out, "workers", workers, workers_basis)
    # Values tried out one by one may add up to more than all machinery there is; then they share it.
    whole = np.maximum(rate["idle_share"] + rate["obsolete_share"], 1.0)
    idle, obsolete = rate["idle_share"] / whole, rate["obsolete_share"] / whole
    machinery = workers * rate["machinery_kg_per_worker"] / KG_PER_T
    computed = {
        "scrap_t": (workers * rate["scrap_kg_per_worker"] / KG_PER_T, ("scrap_kg_per_worker",)),
        "obsolete_machinery_t": (machinery * obsolete, ("machinery_kg_per_worker", "obsolete_share")),
        "idle_machinery_t": (machinery * idle, ("machinery_kg_per_worker", "idle_share")),
        "working_machinery_t": (
            machinery * np.maximum(1.0 - obsolete - idle, 0.0),
            ("machinery_kg_per_worker", "obsolete_share", "idle_share"),
        ),
    }
    for column in STOCKS:
        default, parts = computed[column]
        weakest = _weakest([workers_basis, *(basis[p] for p in parts)])
        _put(out, column, *_known(given, column, default, weakest))
    arising = workers * rate["scrap_arising_kg_per_worker"] / KG_PER_T
    _put(out, "scrap_arising_t", arising, _weakest([workers_basis, basis["scrap_arising_kg_per_worker"]]))
    _put(out, "output_per_worker", rate["output_per_worker"], basis["output_per_worker"])
    units = sectors["output_unit"].to_numpy(dtype=object)
    out["output_unit"] = pd.Series(_take(units, at, schema()["sectors"].columns["output_unit"].default), dtype="str")
    return pd.DataFrame(out)


def effective_communities(world: WorldData) -> pd.DataFrame:
    """Fill what is unknown of communities with the schema's defaults and turn rates per person into tonnes.

    Parameters
    ----------
    world
        A world.

    Returns
    -------
    DataFrame
        In the order of ``world.communities``: ``node_id, population, unaffiliated_share, youth_share,
        household_scrap_kg, appliance_kg`` (kg a person), ``household_scrap_t, appliance_t`` (t at the start),
        ``unaffiliated, youth`` (persons), and a ``*_basis`` for each. An unknown population or share counts as zero;
        ``world.check()`` warns of it.

    Examples
    --------
    >>> import scrapflow as sf
    >>> from scrapflow.world import effective_communities
    >>> effective_communities(sf.read_world("toy"))[["unaffiliated", "household_scrap_t"]].values.tolist()
    [[1000.0, 10.0]]
    """
    given = world.communities
    out: dict[str, Any] = {"node_id": given["node_id"]}
    bases: dict[str, NDArray[np.int64]] = {}
    for column in schema()["communities"].families:
        values, bases[column] = _filled(given, "communities", column)
        _put(out, column, values, bases[column])
    for name, share, factor in (
        ("household_scrap_t", "household_scrap_kg", 1 / KG_PER_T),
        ("appliance_t", "appliance_kg", 1 / KG_PER_T),
        ("unaffiliated", "unaffiliated_share", 1.0),
        ("youth", "youth_share", 1.0),
    ):
        _put(out, name, out["population"] * out[share] * factor, _weakest([bases["population"], bases[share]]))
    return pd.DataFrame(out)


def _codes(frame: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """Rank of the basis of each value; a value without basis counts as assumed."""
    codes = {b: i for i, b in enumerate(BASES)}
    return np.array([codes.get(b, _ASSUMED) for b in frame[f"{column}_basis"].tolist()], dtype=np.int64)


def _filled(frame: pd.DataFrame, table: str, column: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    default = float(schema()[table].columns[column].default or 0.0)
    return _known(frame, column, default, _ASSUMED)


def _known(
    frame: pd.DataFrame, column: str, default: NDArray[np.float64] | float, basis: NDArray[np.int64] | int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    values = frame[column].to_numpy(dtype=np.float64)
    known = np.isfinite(values)
    return np.where(known, values, default), np.where(known, _codes(frame, column), basis)


def _weakest(bases: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    weakest: NDArray[np.int64] = np.maximum.reduce(list(bases))
    return weakest


def _put(out: dict[str, Any], column: str, values: NDArray[np.float64], basis: NDArray[np.int64]) -> None:
    out[column] = values
    out[f"{column}_basis"] = pd.Series(np.array(BASES, dtype=object)[basis], dtype="str")


def _positions(ids: pd.Series[Any], wanted: pd.Series[Any]) -> NDArray[np.int64]:
    index = pd.Index(ids)
    if index.has_duplicates:
        # Only a world read with strict=False: the first of the doubles counts.
        first = np.flatnonzero(~index.duplicated())
        found = index[first].get_indexer(wanted)
        return np.asarray(np.where(found < 0, -1, first[found]), dtype=np.int64)
    return np.asarray(index.get_indexer(wanted), dtype=np.int64)


def _take(values: NDArray[Any], at: NDArray[np.int64], otherwise: float | str) -> NDArray[Any]:
    return np.append(values, np.array([otherwise], dtype=values.dtype))[at]
