"""Writing the run down: what people did and what the trains did, as one set of tables that agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.ledger.hauled import (
    BACK,
    PATH_SEPARATOR,
    Axes,
    Haul,
    end_stocks,
    left_in_yards,
    shadow_prices,
    shipments,
    yard_stocks,
)
from scrapflow.ledger.places import origin_grades, run_links, run_nodes
from scrapflow.ledger.tables import Run, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.campaign import Campaign, Collected
    from scrapflow.ledger.yards import YardBooks
    from scrapflow.network import Network

_MOVEMENT_COLUMNS = [
    "period",
    "kind",
    "material",
    "via",
    "origin",
    "destination",
    "tonnage_t",
    "path_id",
    "basis",
    "grade",
]


def write_down(
    network: Network, campaign: Campaign, collected: Collected, haul: Haul, books: YardBooks, meta: Mapping[str, Any]
) -> Run:
    """Join the parts of a campaign into a run.

    Parameters
    ----------
    network
        Where it happened.
    campaign
        What was asked.
    collected
        What people did.
    haul
        What the trains did.
    books
        What the yards held.
    meta
        What identifies the run.

    Returns
    -------
    Run
        Not yet checked for balance.
    """
    world, axes = network.world, axes_of(collected)
    nodes, links = run_nodes(world), run_links(network)
    legs = pd.concat([_people_legs(collected, network), shipments(haul.trips, books, axes)], ignore_index=True)
    tables = {
        "periods": collected.periods,
        "accounts": collected.accounts,
        "quotas": collected.quotas,
        "nodes": nodes,
        "links": links,
        "regions": world.regions,
        "sources": world.sources,
        "assumed": pd.concat([world.assumptions(), campaign.assumptions()], ignore_index=True),
        "claim_rows": world.claims,
        "arcs": haul.arcs,
        "supplies": haul.supplies,
        "calendar": _calendar(campaign),
    }
    tables |= moved_tables(legs, haul, books, axes, nodes, links, collected.stocks, collected.unserved)
    return Run({name: tidy(name, frame) for name, frame in tables.items()}, meta, world.basemap)


def axes_of(collected: Collected) -> Axes:
    """Return the labels of the arrays of what people did."""
    periods = collected.periods["period"].tolist()
    return Axes(periods, list(collected.yard_ids), list(collected.materials), list(collected.vias))


def moved_tables(
    legs: pd.DataFrame,
    haul: Haul,
    books: YardBooks,
    axes: Axes,
    nodes: pd.DataFrame,
    links: pd.DataFrame,
    people_stocks: pd.DataFrame,
    people_unserved: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """Make the tables that depend on where tonnes went.

    Parameters
    ----------
    legs
        Every movement, with its path as arc ids in one string, "" where it has none.
    haul, books, axes
        What the trains did, what the yards held, and the labels of the latter's arrays.
    nodes, links
        Tables of the run.
    people_stocks, people_unserved
        The rows of enterprises and communities.

    Returns
    -------
    dict
        ``movements, paths, stocks, link_loads, unserved``.
    """
    legs, paths = _with_path_ids(legs)
    movements = _movements(legs, nodes)
    ends = nodes.loc[nodes["kind"].isin(["mill", "outside"]), "node_id"].tolist()
    stocks = [people_stocks, yard_stocks(books, axes), end_stocks(movements, ends, axes)]
    unserved = [people_unserved, left_in_yards(books, haul, axes)]
    return {
        "movements": movements,
        "paths": paths,
        "stocks": pd.concat([s for s in stocks if len(s)] or stocks[:1], ignore_index=True)[people_stocks.columns],
        "link_loads": _link_loads(legs, links, axes, haul),
        "unserved": pd.concat([u for u in unserved if len(u)] or unserved[:1], ignore_index=True)[
            ["period", "node_id", "tonnage_t", "reason", "links"]
        ],
    }


def _people_legs(collected: Collected, network: Network) -> pd.DataFrame:
    """Return what people moved, with the arc they used; a one-way link has no arc for what is carried back over it."""
    people = collected.movements.drop(columns="basis", errors="ignore")
    arcs = network.arcs[["link_id", "from_node_id", "arc_id"]].drop_duplicates(["link_id", "from_node_id"])
    found = people[["link_id", "origin"]].merge(
        arcs, how="left", left_on=["link_id", "origin"], right_on=["link_id", "from_node_id"]
    )
    return people.drop(columns="link_id").assign(path=found["arc_id"].fillna("").to_numpy())


def _with_path_ids(legs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Name each distinct path after its ends, and list its links."""
    ends = ["origin", "destination", "path"]
    known = legs.loc[legs["path"] != "", ends].drop_duplicates().sort_values(ends, ignore_index=True)
    rank = known.groupby(["origin", "destination"]).cumcount()
    pair = known["origin"] + ">" + known["destination"]
    known["path_id"] = pair.where(rank == 0, pair + "#" + (rank + 1).astype("str"))
    named = legs.merge(known, how="left", on=ends)
    named["path_id"] = named["path_id"].fillna("")
    steps = known[["path_id"]].assign(arc_id=known["path"].str.split(PATH_SEPARATOR)).explode("arc_id")
    steps["seq"] = steps.groupby("path_id").cumcount()
    steps["link_id"] = steps["arc_id"].str.removesuffix(BACK)
    steps["forward"] = steps["link_id"] == steps["arc_id"]
    return named, steps[["path_id", "seq", "link_id", "forward"]]


def _movements(legs: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    keys = ["period", "kind", "material", "via", "origin", "destination", "path_id"]
    out = legs.groupby(keys, as_index=False, sort=True)["tonnage_t"].sum()
    out = out[out["tonnage_t"] > 0]
    return out.assign(**origin_grades(out, nodes))[_MOVEMENT_COLUMNS]


def _link_loads(legs: pd.DataFrame, links: pd.DataFrame, axes: Axes, haul: Haul) -> pd.DataFrame:
    """Add up, for every link and period, what passed in either direction, beside capacity and shadow price."""
    used = legs.loc[legs["path"] != "", ["period", "path", "tonnage_t"]]
    used = used.groupby(["period", "path"], as_index=False)["tonnage_t"].sum()
    steps = used.assign(arc_id=used["path"].str.split(PATH_SEPARATOR)).explode("arc_id")
    steps["link_id"] = steps["arc_id"].str.removesuffix(BACK)
    way = np.where(steps["link_id"] == steps["arc_id"], "forward_t", "backward_t")
    load = steps.groupby(["period", "link_id", way])["tonnage_t"].sum().unstack(fill_value=0.0)
    index = pd.MultiIndex.from_product([axes.periods, links["link_id"]], names=["period", "link_id"])
    out = load.reindex(index=index, columns=["forward_t", "backward_t"]).fillna(0.0)
    out.insert(0, "tonnage_t", out["forward_t"] + out["backward_t"])
    out["capacity_t"] = np.tile(links["capacity_t"].to_numpy(dtype=np.float64), len(axes.periods))
    out["shadow_price"] = shadow_prices(haul).reindex(index).fillna(0.0)
    return out.reset_index()


def _calendar(campaign: Campaign) -> pd.DataFrame:
    if campaign.calendar is None:
        return pd.DataFrame({"period": [], "link_id": [], "factor": []}).astype({"period": "str", "link_id": "str"})
    return campaign.calendar
