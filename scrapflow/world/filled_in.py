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
from scrapflow.world.shared_frames import by_words, numbers_in, shared

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
_MADE_OF = {
    "scrap_t": ("scrap_kg_per_worker",),
    "obsolete_machinery_t": ("machinery_kg_per_worker", "obsolete_share"),
    "idle_machinery_t": ("machinery_kg_per_worker", "idle_share"),
    "working_machinery_t": ("machinery_kg_per_worker", "obsolete_share", "idle_share"),
    "scrap_arising_t": ("scrap_arising_kg_per_worker",),
}
"""From which rates of its sector a number of an enterprise is made, beside its workers."""
_A_PERSON = {
    "household_scrap_t": ("household_scrap_kg", 1 / KG_PER_T),
    "appliance_t": ("appliance_kg", 1 / KG_PER_T),
    "unaffiliated": ("unaffiliated_share", 1.0),
    "youth": ("youth_share", 1.0),
}
"""What is worked out from a community's population: the rate a person and its factor."""
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
    given, sectors = (shared(world.tables)[name] for name in ("enterprises", "sectors"))
    at, values = _sector_of(world), enterprise_values(world)
    basis = {column: _take(_bases(sectors, column), at, _ASSUMED) for column in _RATES}
    workers = _bases(given, "workers", basis["workers"])
    out: dict[str, Any] = {
        "node_id": given["node_id"],
        "sector_id": given["sector_id"],
        "sector": pd.Series(_take(sectors["name"].to_numpy(dtype=object), at, ""), dtype="str"),
        "named": given["named"],
    }
    _put(out, "workers", values["workers"], workers)
    for column, parts in _MADE_OF.items():
        weakest = _weakest([workers, *(basis[part] for part in parts)])
        _put(out, column, values[column], _bases(given, column, weakest) if column in STOCKS else weakest)
    _put(out, "output_per_worker", values["output_per_worker"], basis["output_per_worker"])
    units = sectors["output_unit"].to_numpy(dtype=object)
    out["output_unit"] = pd.Series(_take(units, at, schema()["sectors"].columns["output_unit"].default), dtype="str")
    return pd.DataFrame(out)


def enterprise_values(world: WorldData) -> dict[str, NDArray[np.float64]]:
    """Return the numbers of :func:`effective_enterprises` alone, by column, in the order of ``world.enterprises``."""
    at = _sector_of(world)
    rate = {column: _take(_filled(world, "sectors", column), at, 0.0) for column in _RATES}
    workers = _known(world, "enterprises", "workers", rate["workers"])
    # Values tried out one by one may add up to more than all machinery there is; then they share it.
    whole = np.maximum(rate["idle_share"] + rate["obsolete_share"], 1.0)
    idle, obsolete = rate["idle_share"] / whole, rate["obsolete_share"] / whole
    machinery = workers * rate["machinery_kg_per_worker"] / KG_PER_T
    computed = {
        "scrap_t": workers * rate["scrap_kg_per_worker"] / KG_PER_T,
        "obsolete_machinery_t": machinery * obsolete,
        "idle_machinery_t": machinery * idle,
        "working_machinery_t": machinery * np.maximum(1.0 - obsolete - idle, 0.0),
    }
    return {
        "workers": workers,
        **{column: _known(world, "enterprises", column, default) for column, default in computed.items()},
        "scrap_arising_t": workers * rate["scrap_arising_kg_per_worker"] / KG_PER_T,
        "output_per_worker": rate["output_per_worker"],
    }


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
    given, values = shared(world.tables)["communities"], community_values(world)
    out: dict[str, Any] = {"node_id": given["node_id"]}
    bases: dict[str, NDArray[np.int64]] = {}
    for column in schema()["communities"].families:
        bases[column] = _bases(given, column)
        _put(out, column, values[column], bases[column])
    for name, (share, _) in _A_PERSON.items():
        _put(out, name, values[name], _weakest([bases["population"], bases[share]]))
    return pd.DataFrame(out)


def community_values(world: WorldData) -> dict[str, NDArray[np.float64]]:
    """Return the numbers of :func:`effective_communities` alone, by column, in the order of ``world.communities``."""
    values = {column: _filled(world, "communities", column) for column in schema()["communities"].families}
    made = {name: values["population"] * values[share] * factor for name, (share, factor) in _A_PERSON.items()}
    return values | made


def _codes(frame: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """Rank of the basis of each value; a value without basis counts as assumed."""
    codes = {b: i for i, b in enumerate(BASES)}
    return np.array([codes.get(b, _ASSUMED) for b in frame[f"{column}_basis"].tolist()], dtype=np.int64)


def _filled(world: WorldData, table: str, column: str) -> NDArray[np.float64]:
    return _known(world, table, column, float(schema()[table].columns[column].default or 0.0))


def _known(world: WorldData, table: str, column: str, default: NDArray[np.float64] | float) -> NDArray[np.float64]:
    values = numbers_in(world.tables, table, column)
    return np.where(np.isfinite(values), values, default)


def _bases(frame: pd.DataFrame, column: str, otherwise: NDArray[np.int64] | int = _ASSUMED) -> NDArray[np.int64]:
    """Rank of the basis of each value, and of what it was made from where it is unknown."""
    known = np.isfinite(frame[column].to_numpy(dtype=np.float64))
    return np.where(known, _codes(frame, column), otherwise)


def _weakest(bases: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    weakest: NDArray[np.int64] = np.maximum.reduce(list(bases))
    return weakest


def _put(out: dict[str, Any], column: str, values: NDArray[np.float64], basis: NDArray[np.int64]) -> None:
    out[column] = values
    out[f"{column}_basis"] = pd.Series(np.array(BASES, dtype=object)[basis], dtype="str")


def _sector_of(world: WorldData) -> NDArray[np.int64]:
    """Return the position of each enterprise's sector in the table of sectors; -1 where there is none."""
    tables = shared(world.tables)
    return by_words(
        world.tables, "sectors", lambda: _positions(tables["sectors"]["sector_id"], tables["enterprises"]["sector_id"])
    )


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
