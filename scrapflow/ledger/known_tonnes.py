"""A run without people: tonnes that are known are routed from where they arise to where they are wanted.

Each material, and within it each origin that a demand asks for by name, is a commodity of its own; all share the
capacities of the links (:mod:`scrapflow.routing.together`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.campaign.population import materials_of
from scrapflow.errors import InputError, problem
from scrapflow.ledger.assemble import link_loads
from scrapflow.ledger.backlog import additions_to
from scrapflow.ledger.coded_legs import Labels, Legs, PathBook, movements_table
from scrapflow.ledger.run_periods import undated
from scrapflow.ledger.run_places import run_links, run_nodes
from scrapflow.ledger.table_rows import materials_table
from scrapflow.ledger.tables import RunTables, tidy
from scrapflow.ledger.train_tables import AMOUNTS, SHIPPED, full_links, trips_of
from scrapflow.network.pairs import route_pairs
from scrapflow.network.tracks import BACK, at_ends, track_numbers
from scrapflow.routing.problem import FlowProblem
from scrapflow.routing.together import solve_together
from scrapflow.units import dust
from scrapflow.vocabulary import KINDS, VIAS, accounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scrapflow.network import Network
    from scrapflow.routing.result import FlowResult
    from scrapflow.world import World

_HAIR = 1e-6
"""By so much of its supply an origin may be asked for more than it has: rounding of whoever wrote the table."""
WAITING_COST = 1.0
"""Cost of keeping a tonne for a period, in kilometre-equivalents: sooner rather than later where all else is equal."""


class Commodity(NamedTuple):
    """Tonnes that may stand for one another: a material, of one origin or of any.

    Attributes
    ----------
    material
        What it is.
    table
        ``period, node_id, supply_t, demand_t``.
    origin
        Whose tonnes they must be; "" where anyone's will do.
    """

    material: str
    table: pd.DataFrame
    origin: str = ""


class Plan(NamedTuple):
    """Where tonnes go.

    Attributes
    ----------
    trips
        ``period, material, origin, destination, tonnage_t, arcs`` (a tuple of arc ids each).
    why
        Of each place that keeps something, the reason and the links that were full, with ``|`` between them.
    """

    trips: pd.DataFrame
    why: dict[str, tuple[str, str]]


def run_known(network: Network, meta: Mapping[str, Any]) -> RunTables:
    """Route the supply of a world to its demand.

    Parameters
    ----------
    network
        The network of a world with a table ``supply``. A world without ``demand`` sends to its mills, up to their intake.
    meta
        What identifies the run.

    Returns
    -------
    RunTables
        Not yet checked for balance. What stays behind is in ``unserved``: ``no_path`` or ``mill_full`` and so on.

    Raises
    ------
    InputError
        If a period is none.
    """
    world = network.world
    periods = period_table([*world.supply["period"], *world.demand["period"]])
    labels = periods["period"].tolist()
    commodities = commodities_of(world, periods)
    arcs = network.tracks.reset_index(drop=True)
    plan = (
        routed_pairs(network, commodities)
        if all(_is_of_pairs(c) for c in commodities)
        else _plan(commodities, route(commodities, arcs, labels), labels, arcs)
    )
    nodes, links = run_nodes(world), run_links(network)
    materials = sorted({c.material for c in commodities})
    names = Labels(labels, sorted(KINDS), materials, sorted(VIAS), nodes["node_id"].tolist())
    book = PathBook()
    legs = _legs(plan.trips, names, book)
    movements = movements_table(legs, names, book, nodes)
    stocks = _stocks(world, movements, labels)
    columns = {
        "accounts": ["period", "node_id", *accounts()],
        "quotas": ["period", "node_id", "rule_id", "organisation"],
    }
    tables = {
        "periods": periods,
        "accounts": _empty(columns["accounts"], 2),
        "quotas": _empty([*columns["quotas"], "quota_t", "credited_t"], 4),
        "nodes": nodes,
        "links": links,
        "regions": world.regions,
        "sources": world.sources,
        "assumed": world.assumptions(),
        "claim_rows": world.claims,
        "arcs": arcs,
        "supplies": _offered(commodities),
        "calendar": pd.DataFrame({"period": [], "link_id": [], "factor": []}),
        "materials": materials_table(materials_of(world)),
        "movements": movements,
        "paths": book.table(),
        "stocks": stocks,
        "link_loads": link_loads(legs, book, links, labels),
        "unserved": _unserved(stocks, plan.why, world, labels),
    }
    return RunTables({name: tidy(name, frame) for name, frame in tables.items()}, meta, world.basemap)


def _offered(commodities: Sequence[Commodity]) -> pd.DataFrame:
    """Return what each place offered and wanted of all materials, a row a place and period."""
    rows = pd.concat([c.table for c in commodities], ignore_index=True)
    return rows.groupby(["period", "node_id"], as_index=False, sort=False)[["supply_t", "demand_t"]].sum()


def period_table(labels: Sequence[str]) -> pd.DataFrame:
    """Return ``period, start, end`` of the labels that are there, in order; one without a span where there is none.

    Examples
    --------
    >>> period_table(["2019-02", "", "2019-01"]).values.tolist()
    [['2019-01', '2019-01-01', '2019-01-31'], ['2019-02', '2019-02-01', '2019-02-28']]
    """
    known = sorted({label for label in labels if label})
    if not known:
        return undated()
    rows, problems = [], []
    for label in known:
        try:
            span = pd.Period(label.replace("-Q", "Q"))
            rows.append((label, f"{span.start_time:%Y-%m-%d}", f"{span.end_time:%Y-%m-%d}"))
        except ValueError:
            message = f"{label!r} is no period: write an ISO label, such as 2019, 2019-Q1, 2019-03 or 2019-03-25"
            problems.append(problem("supply", "", "period", message))
    if problems:
        raise InputError(problems, what="the supply")
    return pd.DataFrame(rows, columns=["period", "start", "end"])


def commodities_of(world: World, periods: pd.DataFrame) -> list[Commodity]:
    """Divide supply and demand into tonnes that may stand for one another."""
    labels = periods["period"].tolist()
    supply, demand = (_each_period(frame, labels) for frame in (world.supply, world.demand))
    supply = supply.groupby(["material", "node_id", "period"])["tonnage_t"].sum().reset_index()
    if demand.empty:
        demand = _mills_want(world, supply["material"].unique().tolist(), periods)
    out = []
    for material, offered in supply.groupby("material"):
        wanted = demand[demand["material"] == material]
        named = wanted[wanted["origin"] != ""]
        for origin, rows in named.groupby("origin"):
            own = offered[offered["node_id"] == origin]
            out.append(Commodity(str(material), _table(own, rows), str(origin)))
        rest = offered[~offered["node_id"].isin(named["origin"])]
        anyone = wanted[wanted["origin"] == ""]
        if len(rest) or len(anyone):
            out.append(Commodity(str(material), _table(rest, anyone)))
    # Where nothing is known of any tonnes there is the network alone, on which nothing moves.
    return out or [Commodity(str(world.materials["material"].iloc[0]), _table(supply, demand))]


def _each_period(frame: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Write a row without a period down for each of them."""
    silent = frame[frame["period"] == ""].drop(columns="period").merge(pd.DataFrame({"period": labels}), how="cross")
    return pd.concat([frame[frame["period"] != ""], silent], ignore_index=True)


def _mills_want(world: World, materials: Sequence[str], periods: pd.DataFrame) -> pd.DataFrame:
    mills = world.mills.loc[world.mills["destination"], "node_id"].tolist()
    rows = [(m, node, p, "", np.nan) for m in materials for node in mills for p in periods["period"]]
    wanted = pd.DataFrame(rows, columns=["material", "node_id", "period", "origin", "tonnage_t"])
    return wanted.astype({"tonnage_t": "float64"})  # of text, where no mill is there to want anything


def _table(offered: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    """Join both sides to ``period, node_id, supply_t, demand_t``; a demand of unknown size takes whatever comes."""
    sides = {
        "supply_t": offered.groupby(["period", "node_id"])["tonnage_t"].sum(),
        "demand_t": wanted.assign(tonnage_t=wanted["tonnage_t"].fillna(np.inf))
        .groupby(["period", "node_id"])["tonnage_t"]
        .sum(),
    }
    return pd.DataFrame(sides).fillna(0.0).rename_axis(["period", "node_id"]).reset_index()


def route(commodities: Sequence[Commodity], arcs: pd.DataFrame, labels: Sequence[str]) -> list[FlowResult]:
    """Route each commodity at least cost, the links shared by all.

    Parameters
    ----------
    commodities
        What is to move.
    arcs
        ``arc_id, from_node_id, to_node_id, capacity_t`` (t per period), ``cost_per_t``.
    labels
        All periods, in order.
    """
    return solve_together([_problem(c.table, arcs, labels) for c in commodities], track_numbers(arcs))


def _problem(table: pd.DataFrame, arcs: pd.DataFrame, labels: Sequence[str]) -> FlowProblem:
    ends = pd.concat([arcs["from_node_id"], arcs["to_node_id"]]).drop_duplicates()
    table = at_ends(table, arcs)
    way = ends[~ends.isin(table["node_id"])]
    transit = pd.DataFrame({"period": labels[0], "node_id": way, "supply_t": 0.0, "demand_t": 0.0})
    links = arcs[["arc_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"]].rename(
        columns={"arc_id": "link_id"}
    )
    offering = sorted(table.loc[table["supply_t"] > 0, "node_id"].unique())
    storage = pd.DataFrame({"node_id": offering, "capacity_t": np.inf, "cost_per_t": WAITING_COST})
    nodes = pd.concat([table, transit], ignore_index=True)
    return FlowProblem(nodes, links, periods=list(labels), storage=storage)


def _is_of_pairs(commodity: Commodity) -> bool:
    """Tell whether an origin has in each period what is wanted of it: then every pair goes its own way at once."""
    if not commodity.origin or not np.isfinite(commodity.table["demand_t"]).all():
        return False
    sums = commodity.table.groupby("period")[["supply_t", "demand_t"]].sum()
    return bool((sums["demand_t"] <= sums["supply_t"] * (1 + _HAIR)).all())


def routed_pairs(network: Network, commodities: Sequence[Commodity]) -> Plan:
    """Route tonnes of which it is known who gets whose, the links shared by all; period by period, for none need wait.

    Materials that go from one place to another in one period share their paths in proportion.
    """
    tables = [c.table.assign(material=c.material, origin=c.origin) for c in commodities]
    rows = pd.concat(tables, ignore_index=True).rename(columns={"node_id": "destination", "demand_t": "wanted_t"})
    why = {c.origin: ("demand_met", "") for c in commodities}
    rows = rows[(rows["wanted_t"] > 0) & (rows["origin"] != rows["destination"])]
    arcs = network.arcs
    ids, capacity = arcs["arc_id"].to_numpy(dtype=object), arcs["capacity_t"].to_numpy(dtype=np.float64)
    ways = [pd.DataFrame(columns=["period", "origin", "destination", "taken_t", "arcs"])]
    for period, wanted in rows.groupby("period"):
        sums = wanted.groupby(["origin", "destination"])["wanted_t"].sum()
        pairs: list[tuple[str, str]] = [(str(a), str(b)) for a, b in sums.index.tolist()]
        routes = route_pairs(network.passage, pairs, sums.to_numpy(), capacity)
        ends = [pairs[k] for k in routes.pair.tolist()]
        ways.append(
            pd.DataFrame({"origin": [a for a, _ in ends], "destination": [b for _, b in ends]}, dtype="str").assign(
                period=period,
                taken_t=routes.tonnage_t,
                arcs=pd.Series([tuple(ids[path].tolist()) for path in routes.arcs], dtype=object),
            )
        )
        for k in np.flatnonzero(routes.unserved_t > 0).tolist():
            full = dict.fromkeys(str(a).removesuffix(BACK) for a in ids[routes.full.get(k, [])])
            why[pairs[k][0]] = ("capacity", "|".join(full)) if routes.joined[k] else ("no_path", "")
    keys = ["period", "origin", "destination"]
    rows = rows.assign(share=rows["wanted_t"] / rows.groupby(keys)["wanted_t"].transform("sum"))
    trips = rows.merge(pd.concat(ways, ignore_index=True), on=keys)
    trips["tonnage_t"] = (trips["share"] * trips["taken_t"]).astype("float64")
    return Plan(trips[["period", "material", "origin", "destination", "tonnage_t", "arcs"]], why)


def _plan(
    commodities: Sequence[Commodity], results: Sequence[FlowResult], labels: Sequence[str], arcs: pd.DataFrame
) -> Plan:
    """Return what the solver found for each commodity as one plan."""
    parts = [trips_of(r, labels, arcs).assign(material=c.material) for c, r in zip(commodities, results, strict=True)]
    why: dict[str, tuple[str, str]] = {}
    for result in results:
        said = result.unserved[result.unserved["side"] == "supply"]
        links = full_links(said["links"], arcs)
        for node, reason, full in zip(said["node_id"], said["reason"], links, strict=True):
            why.setdefault(str(node), (str(reason), full))
    return Plan(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), why)


def _legs(trips: pd.DataFrame, names: Labels, book: PathBook) -> Legs:
    """Write trains down as shipments."""
    trips = trips[trips["tonnage_t"] > 0]
    path = [book.enter(*trip) for trip in zip(trips["origin"], trips["destination"], trips["arcs"], strict=True)]
    codes = names.codes(trips.assign(kind=SHIPPED, via=VIAS[0]))
    return Legs(codes, trips["tonnage_t"].to_numpy(dtype=np.float64), np.array(path, dtype=np.int64))


def _stocks(world: World, movements: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Keep the books of every place: what arises and arrives less what leaves piles up."""
    arises = _each_period(world.supply, labels)
    keys = ["node_id", "material", "period"]
    sums = {
        "arising_t": arises.groupby(keys)["tonnage_t"].sum(),
        "in_t": movements.rename(columns={"destination": "node_id"}).groupby(keys)["tonnage_t"].sum(),
        "out_t": movements.rename(columns={"origin": "node_id"}).groupby(keys)["tonnage_t"].sum(),
    }
    books = pd.DataFrame(sums).fillna(0.0).rename_axis(keys)
    places = books.reset_index()[["node_id", "material"]].drop_duplicates().itertuples(index=False, name=None)
    whole = pd.MultiIndex.from_tuples([(*place, p) for place in places for p in labels], names=keys)
    books = books.reindex(whole, fill_value=0.0)
    change = books["arising_t"] + books["in_t"] - books["out_t"]
    books["closing_t"] = change.groupby(level=["node_id", "material"]).cumsum()
    least = dust(float(books[["arising_t", "in_t", "out_t"]].to_numpy().max(initial=0.0)))
    books.loc[books["closing_t"].abs() < least, "closing_t"] = 0.0
    books["opening_t"] = books.groupby(level=["node_id", "material"])["closing_t"].shift(fill_value=0.0)
    out = books.reset_index().assign(converted_t=0.0, via=VIAS[0])
    return out.loc[out[AMOUNTS].ne(0).any(axis=1), ["period", "node_id", "material", "via", *AMOUNTS]]


def _unserved(
    stocks: pd.DataFrame, why: Mapping[str, tuple[str, str]], world: World, labels: Sequence[str]
) -> pd.DataFrame:
    """Say of what stays where it arose how much it is at the end of each period, and why."""
    offering = set(world.supply["node_id"])
    # What a place received itself lies there too, and is not left over.
    own = stocks[stocks["node_id"].isin(offering)].sort_values("period", kind="stable")
    own = own.assign(left_t=own["arising_t"] - own["out_t"])
    own["left_t"] = own.groupby(["node_id", "material"])["left_t"].cumsum()
    least = dust(float(stocks[AMOUNTS].to_numpy().max(initial=0.0)))
    rows = own[own["left_t"] > least].groupby(["period", "node_id"])["left_t"].sum().rename("tonnage_t").reset_index()
    told = [why.get(node, ("capacity", "")) for node in rows["node_id"]]
    rows = rows.assign(reason=[reason for reason, _ in told], links=[full for _, full in told])
    return additions_to(rows, labels)


def _empty(columns: Sequence[str], texts: int) -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype="str" if i < texts else "float64") for i, c in enumerate(columns)})
