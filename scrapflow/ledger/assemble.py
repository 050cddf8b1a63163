"""Writing the run down: what people did and what the trains did, as one set of tables that agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.campaign.population import materials_of
from scrapflow.ledger.amounts import RunArrays
from scrapflow.ledger.backlog import COLUMNS as BACKLOG
from scrapflow.ledger.backlog import additions_to, levels_of
from scrapflow.ledger.coded_legs import Labels, Legs, PathBook, coded_moves, load_table
from scrapflow.ledger.run_places import run_links, run_nodes
from scrapflow.ledger.table_rows import materials_table
from scrapflow.ledger.tables import RunTables, WhenAsked, tidy
from scrapflow.ledger.train_tables import Axes, Haul, end_stocks, left_in_yards, link_prices, shipments, yard_stocks
from scrapflow.vocabulary import KINDS, VIAS
from scrapflow.world.numbering import positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scrapflow.campaign import Campaign, Collected
    from scrapflow.ledger.yard_mixing import YardBooks
    from scrapflow.network import Network


def write_down(
    network: Network, campaign: Campaign, collected: Collected, haul: Haul, books: YardBooks, meta: Mapping[str, Any]
) -> RunTables:
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
    RunTables
        Not yet checked for balance. What depends on where tonnes went is made a table when it is asked for.
    """
    world, axes = network.world, axes_of(collected)
    nodes, links = run_nodes(world), run_links(network)
    labels, paths = labels_of(axes, nodes), PathBook()
    legs = people_legs(collected, network, labels, paths).with_more(shipments(haul.trips, books, axes, labels, paths))
    moves = coded_moves(legs, labels, paths, nodes)
    given = {
        "periods": collected.periods,
        "nodes": nodes,
        "links": links,
        "materials": materials_table(materials_of(world)),
    }
    to_make = {
        "regions": lambda: world.regions,
        "sources": lambda: world.sources,
        "claim_rows": lambda: world.claims,
        "calendar": lambda: campaign.calendar,
        "accounts": lambda: collected.accounts,
        "assumed": lambda: pd.concat([world.assumptions(), campaign.assumptions()], ignore_index=True),
        "arcs": lambda: haul.arcs,
        "supplies": lambda: haul.supplies,
        "movements": moves.table,
        "paths": paths.table,
        "stocks": lambda: stocks_table(collected.stocks, tables["movements"], nodes, books, axes),
        "unserved": lambda: unserved_table(collected.unserved, haul, books, axes),
        "quotas": lambda: collected.quotas,
        "link_loads": lambda: link_loads(legs, paths, links, axes.periods, haul),
    }
    made = {n: tidy(n, frame) for n, frame in given.items()}
    tables: WhenAsked = WhenAsked(made, to_make, RunArrays.of(moves, books, axes))
    return RunTables(tables, meta, world.basemap)


def axes_of(collected: Collected) -> Axes:
    """Return the labels of the arrays of what people did."""
    periods = collected.labels
    return Axes(periods, list(collected.yard_ids), list(collected.materials), list(collected.vias))


def labels_of(axes: Axes, nodes: pd.DataFrame) -> Labels:
    """Return the sorted labels of a run; ``nodes`` are sorted by ``node_id``."""
    return Labels(axes.periods, sorted(KINDS), sorted(axes.materials), sorted(axes.vias), nodes["node_id"].tolist())


def stocks_table(
    people: pd.DataFrame, movements: pd.DataFrame, nodes: pd.DataFrame, books: YardBooks, axes: Axes
) -> pd.DataFrame:
    """Return ``run.stocks``: the rows of enterprises and communities, of yards, and of what reached a mill or left the world."""
    ends = nodes.loc[nodes["kind"].isin(["mill", "outside"]), "node_id"].tolist()
    stocks = [people, yard_stocks(books, axes), end_stocks(movements, ends, axes)]
    return pd.concat([s for s in stocks if len(s)] or stocks[:1], ignore_index=True)[people.columns]


def unserved_table(people: pd.DataFrame, haul: Haul, books: YardBooks, axes: Axes) -> pd.DataFrame:
    """Return ``run.unserved``: the rows of enterprises and communities, and of what never left a yard."""
    unserved = [
        people if "new_t" in people else additions_to(people, axes.periods),
        levels_of(left_in_yards(books, haul, axes), axes.periods),
    ]
    return pd.concat([u for u in unserved if len(u)] or unserved[:1], ignore_index=True)[BACKLOG]


def people_legs(collected: Collected, network: Network, labels: Labels, book: PathBook) -> Legs:
    """Return what people moved, with the arc they used; a one-way link has no arc for what is carried back over it."""
    legs = collected.legs
    place = positions(legs.places, labels.nodes)
    origin, destination = place[legs.origin], place[legs.destination]
    # column by column, as they are sorted later
    codes = np.array(
        [
            legs.period,
            labels.of_kind(KINDS)[legs.kind],
            labels.of_material(legs.materials)[legs.material],
            labels.of_via(VIAS)[legs.via],
            origin,
            destination,
        ],
    ).T
    roads = (network.arcs["mode"] != "rail").to_numpy()
    link, start, arc_id = (
        network.arcs[c].to_numpy(dtype=object)[roads].tolist() for c in ("link_id", "from_node_id", "arc_id")
    )
    arc = dict(zip(zip(link, start, strict=True), arc_id, strict=True))
    used = np.asarray(legs.links != "")[legs.link]
    # Between two places people use one link in each direction, or none at all (by night, abroad).
    trip = (origin * len(labels.nodes) + destination) * 2 + used
    _, first, of_trip = np.unique(trip, return_index=True, return_inverse=True)
    names = np.array(labels.nodes, dtype=object)
    trips = zip(names[origin[first]], names[destination[first]], legs.links[legs.link[first]], strict=True)
    path = []
    for start_id, end_id, way in trips:
        by = arc.get((way, start_id))
        path.append(book.enter(start_id, end_id, (by,) if by else ()))
    return Legs(codes, legs.tonnage_t, np.array(path, dtype=np.int64)[of_trip])


def link_loads(
    legs: Legs, book: PathBook, links: pd.DataFrame, periods: Sequence[str], haul: Haul | None = None
) -> pd.DataFrame:
    """Tabulate, for every link and period, what passed in either direction, beside capacity and shadow price."""
    count, link_ids = len(periods), links["link_id"].tolist()
    forward, backward = load_table(legs, book, link_ids, count)
    period, link = np.divmod(np.arange(forward.size), max(1, len(link_ids)))
    price = np.zeros(forward.size)
    if haul is not None:
        prices = link_prices(haul).reset_index()
        at = positions(prices["period"], periods) * len(link_ids) + positions(prices["link_id"], link_ids)
        price[at] = prices["shadow_price"].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "period": pd.array(list(periods), dtype="str").take(period),
            "link_id": pd.array(link_ids, dtype="str").take(link),
            "tonnage_t": (forward + backward).ravel(),
            "forward_t": forward.ravel(),
            "backward_t": backward.ravel(),
            "capacity_t": links["capacity_t"].to_numpy(dtype=np.float64)[link],
            "shadow_price": price,
        }
    )
