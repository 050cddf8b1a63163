"""The assumptions that have a range, and a world and campaign with other values for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.campaign import Campaign, read_campaign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

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


def with_inputs(
    world: World, campaign: Campaign, inputs: Inputs, values: Mapping[str, NDArray[np.float64]]
) -> tuple[World, Campaign]:
    """Return world and campaign with other values.

    Parameters
    ----------
    world, campaign, inputs
        As given to and made by :func:`uncertain`.
    values
        By ``input``, one value for each of its members, in their order.
    """
    changed = inputs.members[inputs.members["input"].isin(list(values))].copy()
    order = changed.groupby("input").cumcount()
    changed["value"] = [float(values[i][k]) for i, k in zip(changed["input"], order, strict=True)]
    in_campaign = changed["table"].str.startswith("campaign:")
    if (~in_campaign).any():
        world = world.with_values(changed.loc[~in_campaign, ["table", "row", "column", "value"]])
        campaign = read_campaign(world, campaign) if in_campaign.any() else campaign
    if in_campaign.any():
        rows = changed[in_campaign]
        campaign = campaign.update(dict(zip(rows["row"], rows["value"], strict=True)))
    return world, campaign
