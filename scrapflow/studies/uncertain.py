"""The assumptions that have a range, and a world and campaign with other values for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.world.frames import shared
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign
    from scrapflow.world import World

_TOGETHER = ("enterprises", "communities", "sectors", "links", "nodes")
"""Tables whose rows move together, column by column, unless every row is asked for."""
ALL_ROWS = "*"


class Inputs(NamedTuple):
    """What is uncertain about a world and a campaign.

    Attributes
    ----------
    groups
        ``input, table, row, column, unit, value, low, high``: one row for each assumption that is varied; ``row`` is
        ``*`` and the numbers are means where several rows move together.
    members
        ``input, table, row, column, value, low, high``: the single values behind the groups.
    """

    groups: pd.DataFrame
    members: pd.DataFrame


def uncertain(world: World, campaign: Campaign, *, detail: bool = False) -> Inputs:
    """List the assumptions that have a low and a high.

    Parameters
    ----------
    world, campaign
        Whose assumptions.
    detail
        True: every value is an assumption of its own. False: values of one column of a table of enterprises,
        communities, sectors, links or nodes move together, each within its own range.

    Returns
    -------
    Inputs

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> found = uncertain(world, sf.read_campaign(world, "2015"))
    >>> "communities.unaffiliated_share" in set(found.groups.input)
    True
    """
    listed = pd.concat([world.assumptions(), campaign.assumptions()], ignore_index=True)
    # Places and lengths have ranges to be read; drawing them would build the network anew for a few kilometres.
    listed = listed[~listed["column"].isin(["x_coord, y_coord", "length_km"])]
    numbers = listed[["value", "low", "high"]].apply(pd.to_numeric, errors="coerce")
    listed[["value", "low", "high"]] = numbers
    known = listed[numbers.notna().all(axis=1) & np.isfinite(numbers).all(axis=1) & (numbers["low"] < numbers["high"])]
    members = known[["table", "row", "column", "unit", "value", "low", "high"]].reset_index(drop=True)
    together = members["table"].isin(_TOGETHER) & (not detail)
    in_world = ~members["table"].str.startswith("campaign:")
    single = (members["table"] + "." + members["row"] + "." + members["column"]).where(in_world, members["row"])
    members.insert(0, "input", (members["table"] + "." + members["column"]).where(together, single))
    groups = members.groupby("input", sort=True, as_index=False).agg(
        table=("table", "first"),
        row=("row", lambda r: r.iloc[0] if len(r) == 1 else ALL_ROWS),
        column=("column", "first"),
        unit=("unit", "first"),
        value=("value", "mean"),
        low=("low", "mean"),
        high=("high", "mean"),
    )
    return Inputs(groups, members)


def triangular(
    quantile: NDArray[np.float64], low: NDArray[np.float64], value: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return quantiles of triangular distributions with the given ends and modes.

    The inverse of the distribution function (Kotz and van Dorp 2004, *Beyond Beta*, section 1.2).

    Parameters
    ----------
    quantile
        Between 0 and 1, shape (n,).
    low, value, high
        Ends and mode, ``low <= value <= high`` and ``low < high``, shape (n,).

    Examples
    --------
    >>> triangular(np.array([0.0, 0.5, 1.0]), np.zeros(3), np.full(3, 1.0), np.full(3, 2.0)).tolist()
    [0.0, 1.0, 2.0]
    """
    span = high - low
    rising = low + np.sqrt(np.maximum(quantile * span * (value - low), 0.0))
    falling = high - np.sqrt(np.maximum((1.0 - quantile) * span * (high - value), 0.0))
    return np.where(quantile < (value - low) / span, rising, falling)


class Setter:
    """World and campaign with other values, quickly: places are looked up and ranges checked once, not for each draw.

    Shares of mills that add up to more than 1 when each is drawn by itself are made smaller in proportion.

    Parameters
    ----------
    world, campaign, inputs
        As given to and made by :func:`uncertain`.

    Raises
    ------
    InputError
        If the low or the high of an assumption is no value it may have.
    """

    def __init__(self, world: World, campaign: Campaign, inputs: Inputs) -> None:
        self._world, self._campaign = world, campaign
        members = inputs.members
        own = members["table"].str.startswith("campaign:").to_numpy(dtype=bool)
        for end in ("low", "high"):
            rows = members.loc[~own, ["table", "row", "column", end]]
            world.with_values(rows.rename(columns={end: "value"}))
        self._keys = {name: rows["row"].tolist() for name, rows in members[own].groupby("input")}
        self._places = {
            name: [(str(t), str(c), at, _positions(world, str(t), rows["row"]))
                   for (t, c), rows, at in _columns_of(part)]
            for name, part in members[~own].groupby("input")
        }  # fmt: skip

    def __call__(self, values: Mapping[str, NDArray[np.float64]]) -> tuple[World, Campaign]:
        """Return world and campaign with the values given by input, one for each of its members, in their order."""
        columns: dict[tuple[str, str], NDArray[np.float64]] = {}
        settings: dict[str, float] = {}
        for name, numbers in values.items():
            settings |= dict(zip(self._keys.get(name, ()), map(float, numbers), strict=False))
            for table, column, of, at in self._places.get(name, ()):
                key = (table, column)
                if key not in columns:
                    columns[key] = self._world.tables[table][column].to_numpy(dtype=np.float64, copy=True)
                columns[key][at] = numbers[of]
        tables = dict(shared(self._world.tables))
        for (table, column), new in columns.items():
            tables[table] = tables[table].assign(**{column: new})
        settings |= _within_one(settings, self._campaign.allocation)
        world = replace(self._world, tables=tables) if columns else self._world
        return world, self._campaign.update(settings) if settings else self._campaign


def _within_one(settings: Mapping[str, float], shares: Mapping[str, float]) -> dict[str, float]:
    """Return all shares of mills in proportion, if those drawn and the others add up to more than 1."""
    drawn = {(key := f"allocation.shares.{mill}"): settings.get(key, share) for mill, share in shares.items()}
    total = sum(drawn.values())
    return {key: share / total for key, share in drawn.items()} if total > 1 else {}


def _columns_of(part: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame, NDArray[np.int64]]]:
    """Return table and column, rows, and positions in the input, for each column that an input reaches."""
    order = np.arange(len(part))
    return [((str(t), str(c)), rows, order[part.index.get_indexer(rows.index)])
            for (t, c), rows in part.groupby(["table", "column"])]  # fmt: skip


def _positions(world: World, table: str, rows: pd.Series[str]) -> NDArray[np.int64]:
    """Return the positions of identified rows of a table."""
    return np.asarray(pd.Index(world.tables[table][schema()[table].key]).get_indexer(rows), dtype=np.int64)
