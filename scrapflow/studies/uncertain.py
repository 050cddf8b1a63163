"""The assumptions that have a range, and a world and campaign with other values for them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.campaign.drawn import drawn
from scrapflow.world.schema import schema
from scrapflow.world.shared_frames import Frames, numbers_in, shared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign
    from scrapflow.world import World

_TOGETHER = ("enterprises", "communities", "sectors", "links", "nodes", "supply", "demand")
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
        communities, sectors, links, nodes, supply or demand move together, each within its own range.

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
    return uncertain_of(pd.concat([world.assumptions(), campaign.assumptions()], ignore_index=True), detail=detail)


def uncertain_of(listed: pd.DataFrame, *, detail: bool = False) -> Inputs:
    """List the assumptions that have a low and a high among those of ``world.assumptions()`` or of a run; see :func:`uncertain`."""
    # Places, lengths and the cost of changing operators have ranges to be read; drawing them would build the network anew.
    listed = listed[~listed["column"].isin(["x_coord, y_coord", "length_km", "change_cost_per_t"])].copy()
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


def two_sided(
    quantile: NDArray[np.float64], low: NDArray[np.float64], value: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return quantiles of distributions between two ends whose median is the central value.

    Each side of the median is half a triangle (the mode in the middle): on a logarithmic scale where both of its ends are
    above 0, so that a factor of three up is as likely as a factor of three down, else on a straight one. Where the central
    value is one of the ends, half of the draws are that value.

    Parameters
    ----------
    quantile
        Between 0 and 1, shape (n,).
    low, value, high
        Ends and median, ``low <= value <= high``, shape (n,).

    Examples
    --------
    >>> two_sided(np.array([0.0, 0.5, 1.0]), np.full(3, 2.0), np.full(3, 6.0), np.full(3, 18.0)).round(9).tolist()
    [2.0, 6.0, 18.0]
    >>> two_sided(np.array([0.125, 0.875]), np.full(2, 2.0), np.full(2, 6.0), np.full(2, 18.0)).round(2).tolist()
    [3.46, 10.39]
    """
    down = quantile < 0.5
    reach = 1.0 - np.sqrt(2.0 * np.where(down, quantile, 1.0 - quantile))
    end = np.where(down, low, high)
    positive = (end > 0) & (value > 0)
    ratio = np.where(positive, end, 1.0) / np.where(positive, value, 1.0)
    return np.where(positive, value * ratio**reach, value + reach * (end - value))


class Drawer:
    """Turns quantiles into the values of all inputs, quickly: their ends are looked up once.

    The rows of an input move together, but for those that share out a known total: they vary each by itself around it, from
    a generator seeded by the quantile, and :class:`Setter` makes them add up again.

    Parameters
    ----------
    world, inputs
        As given to and made by :func:`uncertain`.
    """

    def __init__(self, world: World, inputs: Inputs) -> None:
        members = inputs.members.sort_values("input", kind="stable", ignore_index=True)
        parts = members.groupby("input", sort=True).indices
        self._low, self._value, self._high = (members[c].to_numpy(dtype=np.float64) for c in ("low", "value", "high"))
        self._parts = {str(name): slice(int(rows[0]), int(rows[-1]) + 1) for name, rows in parts.items()}
        self._alone = [_total_of(world, members[part]) != "" for part in self._parts.values()]
        self._count = np.array([part.stop - part.start for part in self._parts.values()], dtype=np.int64)

    def __call__(self, quantiles: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Return the values of every input at one quantile each, in the order of ``inputs.groups``, as :class:`Setter` takes them."""
        at = np.repeat(quantiles, self._count)
        for part, alone, quantile in zip(self._parts.values(), self._alone, quantiles.tolist(), strict=True):
            if alone:
                at[part] = np.random.default_rng(int(quantile * 2**53)).random(part.stop - part.start)
        values = two_sided(at, self._low, self._value, self._high)
        return {name: values[part] for name, part in self._parts.items()}


def draws_of(world: World, inputs: Inputs, quantiles: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the values of every input at one quantile each; see :class:`Drawer`."""
    return Drawer(world, inputs)(quantiles)


def _total_of(world: World, part: pd.DataFrame) -> str:
    """Return the column that says which known total the rows of an input share; empty if there is none."""
    table, column = str(part["table"].iloc[0]), f"{part['column'].iloc[0]}_total"
    if len(part) == 1 or table.startswith("campaign:") or column not in shared(world.tables)[table]:
        return ""
    return column


class Setter:
    """World and campaign with other values, quickly: places are looked up and ranges checked once, not for each draw.

    What is known of a sum stays: shares of mills that add up to more than 1 when each is drawn by itself are made smaller in
    proportion, rows that share out a known total are made to add up to it, and the enterprises that stand for the rest of a
    county's workforce have fewer workers where the named ones there have more.

    Parameters
    ----------
    world, campaign, inputs
        As given to and made by :func:`uncertain`.

    Raises
    ------
    InputError
        If the low or the high of an assumption is no value it may have.
    """

    def __init__(self, world: World, campaign: Campaign | None, inputs: Inputs) -> None:
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
        drawn_at: dict[tuple[str, str], list[NDArray[np.int64]]] = {}
        for table, column, _, at in itertools.chain.from_iterable(self._places.values()):
            drawn_at.setdefault((table, column), []).append(at)
        self._sums = {key: _sums(world, *key, np.concatenate(ats)) for key, ats in drawn_at.items()}
        self._rest = _rest_of_county(world)

    def __call__(self, values: Mapping[str, NDArray[np.float64]]) -> tuple[World, Campaign]:
        """Return world and campaign with the values given by input, one for each of its members, in their order."""
        assert self._campaign is not None
        world, settings = self._set(values)
        settings |= _within_one(settings, self._campaign.allocation)
        return world, drawn(self._campaign, settings) if settings else self._campaign

    def world(self, values: Mapping[str, NDArray[np.float64]]) -> World:
        """Return the world alone with the values given by input."""
        return self._set(values)[0]

    def _set(self, values: Mapping[str, NDArray[np.float64]]) -> tuple[World, dict[str, float]]:
        """Return the world with the values given by input, and those of settings of the campaign."""
        columns: dict[tuple[str, str], NDArray[np.float64]] = {}
        settings: dict[str, float] = {}
        for name, given in values.items():
            settings |= dict(zip(self._keys.get(name, ()), map(float, given), strict=False))
            for table, column, of, at in self._places.get(name, ()):
                key = (table, column)
                if key not in columns:
                    columns[key] = numbers_in(self._world.tables, table, column).copy()
                columns[key][at] = given[of]
        for key, new in columns.items():
            for total, share, fixed in self._sums.get(key, ()):
                new[share] *= (total - new[fixed].sum()) / new[share].sum()
        if ("enterprises", "workers") in columns:
            self._leave_the_rest(columns["enterprises", "workers"])
        if columns:
            return replace(self._world, tables=Frames(self._world.tables).with_numbers(columns)), settings
        return self._world, settings

    def _leave_the_rest(self, workers: NDArray[np.float64]) -> None:
        """Take what the named enterprises of a county have more than centrally from those that stand for its rest."""
        named, rest = self._rest
        central = numbers_in(self._world.tables, "enterprises", "workers")
        more = np.nan_to_num(workers[named] - central[named])
        np.add.at(workers, rest, -more)
        workers[rest] = np.maximum(workers[rest], 0.0)


def _sums(
    world: World, table: str, column: str, at: NDArray[np.int64]
) -> list[tuple[float, NDArray[np.int64], NDArray[np.int64]]]:
    """Return each known total of a column with its rows that are drawn and those that are not."""
    frame = shared(world.tables)[table]
    if f"{column}_total" not in frame:
        return []
    words = frame[f"{column}_total"].fillna("").to_numpy(dtype=object)
    value = frame[column].to_numpy(dtype=np.float64)
    found = []
    for word in sorted(set(words[at]) - {""}):
        rows = np.flatnonzero((words == word) & np.isfinite(value))
        share = np.intersect1d(rows, at)
        found.append((float(value[rows].sum()), share, np.setdiff1d(rows, share)))
    return found


def _rest_of_county(world: World) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the named enterprises whose county has a row for its other workers, and that row of each."""
    tables = shared(world.tables)
    firms = tables["enterprises"]
    county = firms["node_id"].map(tables["nodes"].set_index("node_id")["county"]).fillna("").to_numpy(dtype=object)
    named = firms["named"].fillna(value=True).to_numpy(dtype=bool)
    rest = {c: i for i, c in enumerate(county) if c and not named[i]}
    rows = np.array([i for i, c in enumerate(county) if named[i] and c in rest], dtype=np.int64)
    return rows, np.array([rest[county[i]] for i in rows], dtype=np.int64)


def _within_one(settings: Mapping[str, float], shares: Mapping[str, float]) -> dict[str, float]:
    """Return all shares of mills in proportion, if those drawn and the others add up to more than 1."""
    parts = {(key := f"allocation.shares.{mill}"): settings.get(key, share) for mill, share in shares.items()}
    total = sum(parts.values())
    return {key: share / total for key, share in parts.items()} if total > 1 else {}


def _columns_of(part: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame, NDArray[np.int64]]]:
    """Return table and column, rows, and positions in the input, for each column that an input reaches."""
    order = np.arange(len(part))
    return [((str(t), str(c)), rows, order[part.index.get_indexer(rows.index)])
            for (t, c), rows in part.groupby(["table", "column"])]  # fmt: skip


def _positions(world: World, table: str, rows: pd.Series[str]) -> NDArray[np.int64]:
    """Return the positions of identified rows of a table."""
    return np.asarray(pd.Index(world.tables[table][schema()[table].key]).get_indexer(rows), dtype=np.int64)
