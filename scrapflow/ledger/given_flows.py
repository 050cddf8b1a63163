"""A run whose movements were given, not modelled: the books that go with them.

What a place sends beyond what it has and gets arises there; what it gets and does not send is its stock. A place that
sends to itself moves nothing: those tonnes arise there and stay. With a network each flow takes its least-cost path; one
that was drawn with a course of its own takes that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.campaign.population import materials_of
from scrapflow.grading import BASES
from scrapflow.ledger.assemble import link_loads
from scrapflow.ledger.coded_legs import COLUMNS, NO_PATH, Labels, Legs, PathBook, movements_table
from scrapflow.ledger.known_tonnes import period_table
from scrapflow.ledger.run_periods import mean_months, undated
from scrapflow.ledger.run_places import run_links, run_nodes
from scrapflow.ledger.table_rows import empty_table, materials_table
from scrapflow.ledger.tables import RunTables, tidy
from scrapflow.ledger.train_tables import AMOUNTS
from scrapflow.network.many_paths import cheapest_arcs
from scrapflow.vocabulary import KINDS, UNDATED, VIAS
from scrapflow.world.default_materials import materials_of as default_materials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.network import Network
    from scrapflow.world import World

_UNJUDGED = "~~"
"""Sorts after every letter and digit of a grade."""


def run_given(network: Network, flows: pd.DataFrame, meta: Mapping[str, Any], *, on_paths: bool) -> RunTables:
    """Keep the books of flows.

    Parameters
    ----------
    network
        The network of the world whose places the flows join; without links if there is none.
    flows
        ``origin, destination`` (node ids), ``tonnage_t`` (t), ``period, material, kind, via, source, grade, basis``, and
        ``link_id``, "" where no link is the course of a flow; without the column none is.
    meta
        What identifies the run.
    on_paths
        Whether each flow is put on its least-cost path, all or nothing.

    Returns
    -------
    RunTables
        Not yet checked for balance.
    """
    periods = dated(flows["period"])
    world, labels = network.world, periods["period"].tolist()
    network = network.in_periods(mean_months(periods))
    nodes, links = run_nodes(world), run_links(network)
    rows = _summed(flows)
    inner = rows["origin"] == rows["destination"]
    moved = rows[~inner].reset_index(drop=True)
    materials = sorted(set(rows["material"]))
    names = Labels(labels, sorted(KINDS), materials, sorted(VIAS), nodes["node_id"].tolist())
    book = PathBook()
    pairs = list(zip(moved["origin"], moved["destination"], strict=True))
    if on_paths:
        routes = _entered(network, moved, book)
        at = [routes.get(pair, NO_PATH) for pair in pairs]
    else:
        at = [book.enter(*pair, (link,) if link else ()) for pair, link in zip(pairs, moved["link_id"], strict=True)]
    legs = Legs(names.codes(moved), moved["tonnage_t"].to_numpy(dtype=np.float64), np.array(at, dtype=np.int64))
    moved["path_id"] = pd.array([*book.ids(), ""], dtype="str").take(legs.path)
    movements = _with_origin(movements_table(legs, names, book, nodes), moved)
    tables = {
        "periods": periods,
        "accounts": empty_table("accounts"),
        "quotas": empty_table("quotas"),
        "nodes": nodes,
        "links": links,
        "regions": world.regions,
        "sources": world.sources,
        "assumed": world.assumptions(),
        "claim_rows": world.claims,
        "arcs": network.arcs.reset_index(drop=True),
        "supplies": empty_table("supplies"),
        "calendar": empty_table("calendar"),
        "materials": _materials(world, rows),
        "movements": movements,
        "paths": book.table(),
        "stocks": books_of(movements, rows[inner], labels),
        "link_loads": link_loads(legs, book, links, labels),
        "unserved": empty_table("unserved"),
    }
    return RunTables({name: tidy(name, frame) for name, frame in tables.items()}, meta, world.basemap)


def dated(labels: pd.Series[str]) -> pd.DataFrame:
    """Return ``period, start, end``; the one period of flows without a date has neither start nor end.

    Examples
    --------
    >>> dated(pd.Series(["all", "all"])).values.tolist()
    [['all', '', '']]
    """
    if set(labels) == {UNDATED}:
        return undated()
    return period_table(labels.unique().tolist())


def _materials(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the materials of the flows, as the world tells them where it knows them."""
    known = materials_table(materials_of(world)).set_index("material", drop=False)
    named = default_materials(rows, rows.iloc[:0]).set_index("material", drop=False)
    own = named.index.intersection(known.index)
    return pd.concat([known.loc[own], named.drop(index=own)], ignore_index=True)[list(known.columns)].astype("str")


def _summed(flows: pd.DataFrame) -> pd.DataFrame:
    """Add up repeated rows; their sum is as weak as the weakest of them."""
    rank = flows["basis"].map({b: i for i, b in enumerate(BASES)})
    grade = flows["grade"].where(flows["grade"] != "", _UNJUDGED)
    rows = flows[list(COLUMNS)].assign(
        tonnage_t=flows["tonnage_t"], rank=rank, letter=grade.str[0], digit=grade.str[1], source=flows["source"]
    )
    keys = [*COLUMNS, "link_id"]
    rows["link_id"] = flows.get("link_id", "")
    most = {c: (c, "max") for c in ("rank", "letter", "digit")}
    out = rows.groupby(keys, as_index=False, sort=True).agg(tonnage_t=("tonnage_t", "sum"), **most)
    judged = (out["letter"] != _UNJUDGED[0]) & (out["digit"] != _UNJUDGED[1])
    out["grade"] = (out["letter"] + out["digit"]).where(judged, "").astype("str")
    out["basis"] = out["rank"].map(dict(enumerate(BASES))).astype("str")
    return pd.DataFrame(out[out["tonnage_t"] > 0].drop(columns=["rank", "letter", "digit"]).reset_index(drop=True))


def _with_origin(movements: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Give the movements the basis and the grade of their own rows."""
    keys = [*COLUMNS, "path_id"]
    own = rows.set_index(keys)[["basis", "grade"]]
    said = own.reindex(pd.MultiIndex.from_frame(movements[keys]))
    texts = {c: pd.Series(said[c].to_numpy(dtype=object), dtype="str") for c in ("basis", "grade")}
    return movements.assign(**texts)


def _entered(network: Network, moved: pd.DataFrame, book: PathBook) -> dict[tuple[str, str], int]:
    """Enter the least-cost path of each pair that has one."""
    pairs = moved[["origin", "destination"]].drop_duplicates().itertuples(index=False, name=None)
    ids = network.arcs["arc_id"].to_numpy(dtype=object)
    routes = cheapest_arcs(network.passage, pairs)
    return {pair: book.enter(*pair, tuple(ids[arcs].tolist())) for pair, arcs in sorted(routes.items())}


def books_of(movements: pd.DataFrame, inner: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    """Return ``run.stocks`` of given movements.

    Parameters
    ----------
    movements
        Movements of the run.
    inner
        Flows from a place to itself.
    labels
        All periods, in order.

    Examples
    --------
    >>> rows = [("1", "a", "b", 5.0), ("2", "b", "c", 7.0)]
    >>> moved = pd.DataFrame(rows, columns=["period", "origin", "destination", "tonnage_t"]).assign(material="m")
    >>> books_of(moved, moved[:0], ["1", "2"]).query("node_id == 'b'")[
    ...     ["opening_t", "arising_t", "in_t", "out_t"]
    ... ].values.tolist()
    [[0.0, 0.0, 5.0, 0.0], [5.0, 2.0, 0.0, 7.0]]
    """
    keys = ["node_id", "material", "period"]
    sums = {
        "in_t": movements.rename(columns={"destination": "node_id"}).groupby(keys)["tonnage_t"].sum(),
        "out_t": movements.rename(columns={"origin": "node_id"}).groupby(keys)["tonnage_t"].sum(),
        "stays_t": inner.rename(columns={"origin": "node_id"}).groupby(keys)["tonnage_t"].sum(),
    }
    books = pd.DataFrame(sums).fillna(0.0).rename_axis(keys)
    places = pd.MultiIndex.from_frame(books.index.to_frame()[keys[:2]].drop_duplicates())
    shape = (len(places), len(labels))
    came, went, stays = (
        books[c].unstack("period").reindex(index=places, columns=labels).fillna(0.0).to_numpy() for c in sums
    )
    opening, arising, closing = (np.zeros(shape) for _ in range(3))
    held = np.zeros(shape[0])
    for p in range(shape[1]):
        opening[:, p] = held
        # Added in the order of the identity, so that rounding cannot leave a negative stock.
        has = held + came[:, p]
        arising[:, p] = np.maximum(0.0, went[:, p] - has) + stays[:, p]
        held = np.maximum(0.0, has - went[:, p]) + stays[:, p]
        closing[:, p] = held
    amounts = {"opening_t": opening, "arising_t": arising, "in_t": came, "out_t": went, "closing_t": closing}
    row, when = np.nonzero(np.stack(list(amounts.values())).any(axis=0))
    frame = pd.DataFrame({name: values[row, when] for name, values in amounts.items()})
    frame = frame.assign(converted_t=0.0, via=VIAS[0], period=np.asarray(labels, dtype=object)[when])
    for level in ("node_id", "material"):
        frame[level] = places.get_level_values(level).to_numpy(dtype=object)[row]
    return frame[["period", "node_id", "material", "via", *AMOUNTS]].astype(
        dict.fromkeys(("period", "node_id", "material", "via"), "str")
    )
