"""Writing the run down: what people did and what the trains did, as one set of tables that agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.ledger.places import run_links, run_nodes
from scrapflow.ledger.tables import Run, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.campaign import Campaign, Collected
    from scrapflow.ledger.yards import YardBooks
    from scrapflow.network import Network
    from scrapflow.routing import FlowResult

_PATH_SEPARATOR = "\x1f"
_AMOUNTS = ["opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t"]


class Haul(NamedTuple):
    """How the trains ran: the solved problem and what went into it.

    Attributes
    ----------
    arcs, supplies
        The frames the problem was posed with.
    result
        The solver's result.
    trips
        ``period, origin, destination, tonnage_t, arcs``: tonnes railed along one path; ``arcs`` is a tuple of arc ids.
    """

    arcs: pd.DataFrame
    supplies: pd.DataFrame
    result: FlowResult
    trips: pd.DataFrame


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
    nodes, links = run_nodes(network.world), run_links(network)
    legs = _legs(collected, haul, books, network)
    paths = _paths(legs)
    movements = _movements(legs, nodes)
    world = network.world
    tables = {
        "periods": collected.periods,
        "movements": movements,
        "accounts": collected.accounts,
        "quotas": collected.quotas,
        "stocks": pd.concat([collected.stocks, _yard_stocks(collected, books), _end_stocks(movements, nodes, collected)]),
        "link_loads": _link_loads(legs, links, collected.periods, haul),
        "paths": paths,
        "unserved": pd.concat([collected.unserved, _left_in_yards(collected, books, haul, network)]),
        "nodes": nodes,
        "links": links,
        "regions": world.regions,
        "sources": world.sources,
        "assumed": pd.concat([world.assumptions(), campaign.assumptions()]),
        "claim_rows": world.claims,
        "arcs": haul.arcs,
        "supplies": haul.supplies,
    }
    return Run({name: tidy(name, frame) for name, frame in tables.items()}, meta, world.basemap)


def _legs(collected: Collected, haul: Haul, books: YardBooks, network: Network) -> pd.DataFrame:
    """Return every movement with the arcs of its path as one string, "" where there is no path."""
    people = collected.movements.drop(columns="basis", errors="ignore")
    # A link for one direction only has no arc back: a load carried home against it has no path.
    one = network.arcs[["link_id", "from_node_id", "arc_id"]].drop_duplicates(["link_id", "from_node_id"])
    keyed = people.merge(one, how="left", left_on=["link_id", "origin"], right_on=["link_id", "from_node_id"])
    people = people.assign(path=keyed["arc_id"].fillna("").to_numpy()).drop(columns="link_id")
    return pd.concat([people, _shipments(collected, haul.trips, books)], ignore_index=True)


def _shipments(collected: Collected, trips: pd.DataFrame, books: YardBooks) -> pd.DataFrame:
    """Split each train's tonnes by material and via, as the yard mixed them."""
    yard = {y: i for i, y in enumerate(collected.yard_ids)}
    period = {p: i for i, p in enumerate(collected.periods["period"])}
    p, y = trips["period"].map(period).to_numpy(dtype=np.int64), trips["origin"].map(yard).to_numpy(dtype=np.int64)
    planned = np.zeros(books.held.shape)
    np.add.at(planned, (p, y), trips["tonnage_t"].to_numpy())
    real = books.shipped.sum(axis=(2, 3))
    # The solver's tonnes are rounded to its integers; what left the yard is what the books say.
    ratio = np.divide(real, planned, out=np.zeros_like(real), where=planned > 0)
    tonnes = (trips["tonnage_t"].to_numpy() * ratio[p, y])[:, None, None] * books.shares[p, y]
    row, m, v = np.nonzero(tonnes > 0)
    chosen = trips.iloc[row]
    return pd.DataFrame(
        {
            "period": chosen["period"].to_numpy(),
            "kind": "shipped",
            "material": np.asarray(collected.materials, dtype=object)[m],
            "via": np.asarray(collected.vias, dtype=object)[v],
            "origin": chosen["origin"].to_numpy(),
            "destination": chosen["destination"].to_numpy(),
            "tonnage_t": tonnes[row, m, v],
            "path": [_PATH_SEPARATOR.join(a) for a in chosen["arcs"]],
        }
    )


def _paths(legs: pd.DataFrame) -> pd.DataFrame:
    """Name each distinct path and list its links; adds ``path_id`` to ``legs`` in place."""
    known = legs.loc[legs["path"] != "", ["origin", "destination", "path"]].drop_duplicates()
    known = known.sort_values(["origin", "destination", "path"], ignore_index=True)
    rank = known.groupby(["origin", "destination"]).cumcount()
    pair = known["origin"] + ">" + known["destination"]
    known["path_id"] = pair.where(rank == 0, pair + "#" + (rank + 1).astype("str"))
    keyed = legs[["origin", "destination", "path"]].merge(known, how="left", on=["origin", "destination", "path"])
    legs["path_id"] = keyed["path_id"].fillna("").to_numpy()
    steps = known.assign(arc_id=known["path"].str.split(_PATH_SEPARATOR)).explode("arc_id")
    steps["seq"] = steps.groupby("path_id").cumcount()
    forward = ~steps["arc_id"].str.endswith(" (back)")
    link = steps["arc_id"].str.removesuffix(" (back)")
    return pd.DataFrame({"path_id": steps["path_id"], "seq": steps["seq"], "link_id": link, "forward": forward})


def _movements(legs: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    keys = ["period", "kind", "material", "via", "origin", "destination", "path_id"]
    out = legs.groupby(keys, as_index=False, sort=True)["tonnage_t"].sum()
    out = out[out["tonnage_t"] > 0]
    origin = nodes.set_index("node_id")
    out["basis"] = out["origin"].map(origin["input_basis"])
    out["grade"] = out["origin"].map(origin["grade"])
    return out[["period", "kind", "material", "via", "origin", "destination", "tonnage_t", "path_id", "basis", "grade"]]


def _yard_stocks(collected: Collected, books: YardBooks) -> pd.DataFrame:
    zero = np.zeros_like(books.opening)
    amounts = [books.opening, zero, zero, books.arrived, books.returned + books.shipped, books.closing]
    stacked = np.stack(amounts, axis=-1)
    p, y, m, v = np.nonzero((stacked != 0).any(axis=-1))
    frame = pd.DataFrame(stacked[p, y, m, v], columns=_AMOUNTS)
    labels = {
        "period": collected.periods["period"].to_numpy(dtype=object)[p],
        "node_id": np.asarray(collected.yard_ids, dtype=object)[y],
        "material": np.asarray(collected.materials, dtype=object)[m],
        "via": np.asarray(collected.vias, dtype=object)[v],
    }
    return pd.concat([pd.DataFrame(labels), frame], axis=1)


def _end_stocks(movements: pd.DataFrame, nodes: pd.DataFrame, collected: Collected) -> pd.DataFrame:
    """Let what reached a mill or left the world pile up there."""
    ends = nodes.loc[nodes["kind"].isin(["mill", "outside"]), "node_id"]
    arrived = movements[movements["destination"].isin(ends)]
    keys = ["destination", "material", "via"]
    came = arrived.pivot_table(index=keys, columns="period", values="tonnage_t", aggfunc="sum", fill_value=0.0)
    came = came.reindex(columns=collected.periods["period"], fill_value=0.0)
    pile = came.cumsum(axis=1)
    long = came.stack().rename("in_t").to_frame()
    long["closing_t"] = pile.stack()
    long["opening_t"] = pile.shift(axis=1, fill_value=0.0).stack()
    out = long.reset_index().rename(columns={"destination": "node_id"})
    out = out.assign(arising_t=0.0, converted_t=0.0, out_t=0.0)
    out = out[(out["in_t"] != 0) | (out["opening_t"] != 0)]
    return out[["period", "node_id", "material", "via", *_AMOUNTS]]


def _link_loads(legs: pd.DataFrame, links: pd.DataFrame, periods: pd.DataFrame, haul: Haul) -> pd.DataFrame:
    """Add up, for every link and period, what passed in either direction, beside capacity and shadow price."""
    used = legs[legs["path"] != ""]
    steps = pd.DataFrame(
        {
            "period": used["period"],
            "arc_id": used["path"].str.split(_PATH_SEPARATOR),
            "tonnage_t": used["tonnage_t"],
        }
    ).explode("arc_id")
    steps["link_id"] = steps["arc_id"].str.removesuffix(" (back)")
    steps["forward"] = steps["link_id"] == steps["arc_id"]
    load = steps.groupby(["period", "link_id", "forward"])["tonnage_t"].sum()
    index = pd.MultiIndex.from_product([periods["period"], links["link_id"]], names=["period", "link_id"])
    out = pd.DataFrame(index=index)
    for column, way in (("forward_t", True), ("backward_t", False)):
        part = load[load.index.get_level_values("forward") == way].droplevel("forward")
        out[column] = part.reindex(index, fill_value=0.0)
    out.insert(0, "tonnage_t", out["forward_t"] + out["backward_t"])
    out["capacity_t"] = np.tile(links["capacity_t"].to_numpy(dtype=np.float64), len(periods))
    out["shadow_price"] = _shadow_prices(haul).reindex(index, fill_value=0.0)
    return out.reset_index()


def _shadow_prices(haul: Haul) -> pd.Series[float]:
    """Return the higher of the shadow prices of a link's two directions, by period and link."""
    duals = haul.result.duals
    if "period" not in duals.columns:
        duals = duals.assign(period=haul.supplies["period"].iloc[0] if len(haul.supplies) else "")
    duals = duals[(duals["kind"] == "link") & (duals["shadow_price"] > 0)]
    link = duals["item"].str.removesuffix(" (back)")
    return duals.groupby([duals["period"], link.rename("link_id")])["shadow_price"].max()


def _left_in_yards(collected: Collected, books: YardBooks, haul: Haul, network: Network) -> pd.DataFrame:
    """Say of every tonne still in a yard at the end why it is there."""
    unserved = haul.result.unserved
    supply = unserved[unserved["side"] == "supply"]
    if "period" not in supply.columns:
        supply = supply.assign(period=haul.supplies["period"].iloc[0] if len(haul.supplies) else "")
    link_of = dict(zip(haul.arcs["arc_id"], haul.arcs["link_id"], strict=True))
    rows = supply[["period", "node_id", "tonnage_t", "reason"]].copy()
    rows["links"] = [tuple(sorted({link_of[a] for a in arcs})) for arcs in supply["links"]]
    rows["reason"] = rows["reason"].astype("str").replace({"demand_met": "mill_full"})
    rows["links"] = ["|".join(names) for names in rows["links"]]
    last = books.closing[-1].sum(axis=(1, 2)) if len(books.closing) else np.zeros(len(collected.yard_ids))
    explained = rows.groupby("node_id")["tonnage_t"].sum().reindex(collected.yard_ids, fill_value=0.0).to_numpy()
    rest = pd.DataFrame(
        {
            "period": collected.periods["period"].iloc[-1],
            "node_id": collected.yard_ids,
            "tonnage_t": last - explained,
            "reason": "kept",
            "links": "",
        }
    )
    # Loads that wait in the yard to be carried home are in no train's plan; rounding is not worth a row.
    return pd.concat([rows, rest[rest["tonnage_t"] > 1e-6]], ignore_index=True)
