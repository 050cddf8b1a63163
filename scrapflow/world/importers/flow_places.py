"""The places of known flows: a world of their own, or found in a world that has a network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, UnknownNameError, near, problem
from scrapflow.units import counted
from scrapflow.vocabulary import kinds
from scrapflow.world import table_geometry
from scrapflow.world.csv_text import Raw
from scrapflow.world.importers.attach import Draft
from scrapflow.world.importers.flow_courses import links_of_courses
from scrapflow.world.importers.flow_tables import source_rows
from scrapflow.world.importers.world_from import assembled
from scrapflow.world.names import NameIndex
from scrapflow.world.typed_cells import conform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from scrapflow.world.world import World

OUTSIDE = "outside"
_HINTS = 5
_ALL = ("enterprise", "community", "yard", "station", "mill", "junction", OUTSIDE)


class Placed(NamedTuple):
    """Flows between places of a world.

    Attributes
    ----------
    world
        The world, with the places and sources of the flows.
    table
        The flows, ``origin, destination`` by ``node_id`` and ``source`` by ``source_id``; of drawn flows also ``link_id``, the
        link that is their course, "" without.
    said
        What was done and is worth knowing: ``kind, ids, note``.
    """

    world: World
    table: pd.DataFrame
    said: list[dict[str, str]]


def kinds_of_places(table: pd.DataFrame) -> dict[str, str]:
    """Return what stands at each end of flows: where tonnes arrive decides, else where they leave.

    Examples
    --------
    >>> rows = [("a", "b", "shipped"), ("b", "c", "shipped"), ("d", "a", "carted")]
    >>> kinds_of_places(pd.DataFrame(rows, columns=["origin", "destination", "kind"]))
    {'b': 'mill', 'c': 'mill', 'a': 'yard', 'd': 'enterprise'}
    """
    known = kinds()
    found: dict[str, str] = {}
    for column in ("destination", "origin"):
        for place, kind in table[[column, "kind"]].drop_duplicates().itertuples(index=False, name=None):
            here = known[kind].ends_at if column == "destination" else known[kind].starts_at[0]
            found.setdefault(place, here)
    return {place: "station" if kind == OUTSIDE and place != OUTSIDE else kind for place, kind in found.items()}


def world_of_flows(
    table: pd.DataFrame, places: pd.DataFrame, title: str, name: str, lines: NDArray[Any] | None = None
) -> Placed:
    """Make a world of nothing but the places of some flows, and of the courses that they were drawn with.

    Parameters
    ----------
    table
        Flows, as :func:`~scrapflow.world.importers.flow_tables.read_flows` gives them.
    places
        ``node_id, name, kind, x_coord, y_coord`` and ``region``; may be empty.
    title, name
        What the world is called.
    lines
        What the flows were drawn as.

    Raises
    ------
    InputError
        If a name means two places, or a place is wrong; if a line leads elsewhere than its flow.
    """
    words = _words(table)
    table, ids, unknown = _resolved(table, _index(places), words)
    stand = kinds_of_places(table)
    used = places[places["node_id"].isin(ids)].drop_duplicates("node_id")
    new = pd.DataFrame({"node_id": unknown, "name": unknown}, dtype="str")
    nodes = pd.concat([used, new[new["node_id"] != OUTSIDE]], ignore_index=True)
    own = nodes["kind"] if "kind" in nodes else pd.Series("", nodes.index)
    nodes["kind"] = own.where(own.isin(_ALL), nodes["node_id"].map(stand))
    nodes["name"] = nodes["name"].where(nodes["name"].fillna("") != "", nodes["node_id"])
    named = list(source_rows(table, title))
    draft = Draft(named[0][1] if named else title, "rail")
    draft.links = pd.DataFrame(
        {c: pd.Series([], dtype="str") for c in ("link_id", "from_node_id", "to_node_id", "mode")}
    )
    draft.add_places(nodes.drop(columns=["region"], errors="ignore").assign(region_id=_region_ids(nodes)))
    said = []
    if lines is not None:
        draft.links, link_ids, findings = links_of_courses(table, lines, nodes)
        table = table.assign(link_id=link_ids)
        said = [{"kind": "course", "ids": f["row"], "note": f["message"]} for f in findings]
    world = assembled(draft, name, {"regions": _regions(nodes), "sources": _sources(named)})
    if len(places) and unknown:
        note = counted(
            len(unknown),
            "place of the flows is not among the places given: it is not on the map",
            "places of the flows are not among the places given: they are not on the map",
        )
        said.append({"kind": "not_placed", "ids": "|".join(unknown), "note": note + _near(unknown, places)})
    bare = used.loc[used[["x_coord", "y_coord"]].isna().any(axis=1), "node_id"].tolist()
    if bare:
        note = counted(
            len(bare),
            "place has no coordinate: it is not on the map",
            "places have no coordinate: they are not on the map",
        )
        said.append(
            {
                "kind": "not_placed",
                "ids": "|".join(bare),
                "note": f"{note} ({', '.join(bare[:_HINTS])}{' …' if len(bare) > _HINTS else ''})",
            }
        )
    ids_of = {name: source for source, name in named}
    return Placed(replace(world, title=title or name), _with_sources(table, title, ids_of), said)


def in_world(world: World, table: pd.DataFrame, places: pd.DataFrame, title: str) -> Placed:
    """Find the places of flows in a world; those it does not have are added where their coordinates are given.

    Raises
    ------
    InputError
        If a name means nothing or two places; all of them at once, with those that are near.
    """
    index = world.names
    known = kinds()
    made: dict[tuple[str, str], str] = {}
    faults, new = [], []
    of_place = places.drop_duplicates("node_id").set_index("node_id") if len(places) else places
    spelled = _index(places)
    for column in ("destination", "origin"):
        for word, kind in table[[column, "kind"]].drop_duplicates().itertuples(index=False):
            if (column, word) in made:
                continue
            wanted = known[kind].starts_at if column == "origin" else (known[kind].ends_at,)
            order = tuple(dict.fromkeys((*wanted, "station", *_ALL)))
            try:
                made[column, word] = index.meant(word, order).id
                continue
            except UnknownNameError as e:
                error = e
            try:
                place = spelled.meant(word, _ALL).id
            except UnknownNameError:
                place = ""
            if place and np.isfinite(float(of_place["x_coord"][place])) and type(error) is UnknownNameError:
                made[column, word] = place
                new.append(place)
            else:
                faults.append(problem("flows", word, column, str(error)))
    if faults:
        raise InputError(faults, what="the table of flows")
    table = table.assign(
        **{c: table[c].map({w: i for (k, w), i in made.items() if k == c}) for c in ("origin", "destination")}
    )
    named = list(source_rows(table, title))
    said = []
    if new:
        stand = kinds_of_places(table)
        added = of_place.loc[sorted(set(new))].reset_index()
        added["kind"] = ["mill" if stand[i] == "mill" else "yard" for i in added["node_id"]]
        world = _with_nodes(world, added)
        said.append(
            {"kind": "added", "ids": "|".join(added["node_id"]), "note": "places that the network did not have"}
        )
    fresh = [(s, n) for s, n in named if not ((world.sources["source_id"] == n) | (world.sources["title"] == n)).any()]
    if fresh:
        rows = conform(Raw("sources", _sources(fresh).astype(object), [s for s, _ in fresh]))
        world = replace(world, tables={**world.tables, "sources": pd.concat([world.sources, rows], ignore_index=True)})
    of_title = dict(zip(world.sources["title"], world.sources["source_id"], strict=True))
    ids = {n: n if (world.sources["source_id"] == n).any() else of_title[n] for _, n in named}
    return Placed(world, _with_sources(table, title, ids), said)


def _near(unknown: list[str], places: pd.DataFrame) -> str:
    """Return the first unknown words, each with what it may have been meant to be, by the names and identifiers of places."""
    pool = [*dict.fromkeys([*places["name"], *places["node_id"]])]
    hints = {w: near(w, pool, n=1) for w in unknown[:_HINTS]}
    shown = [f"{w} ({found[0]}?)" if found else w for w, found in hints.items()]
    return f"; {'perhaps ' if any(hints.values()) else ''}{', '.join(shown)}{' …' if len(unknown) > _HINTS else ''}"


def _index(places: pd.DataFrame) -> NameIndex:
    return NameIndex(places.assign(kind=places["kind"].replace("", "station")))


def _words(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*table["origin"], *table["destination"]]))


def _resolved(table: pd.DataFrame, index: NameIndex, words: Iterable[str]) -> tuple[pd.DataFrame, set[str], list[str]]:
    """Return the flows by ``node_id``, the places used, and the words that mean none: they are identifiers of their own."""
    made: dict[str, str] = {}
    faults, unknown = [], []
    for word in words:
        try:
            made[word] = index.meant(word, _ALL).id
        except UnknownNameError as e:
            if type(e) is not UnknownNameError:
                faults.append(problem("flows", word, "origin", str(e)))
            made[word] = word
            unknown.append(word)
    if faults:
        raise InputError(faults, what="the table of flows")
    return table.assign(**{c: table[c].map(made) for c in ("origin", "destination")}), set(made.values()), unknown


def _with_sources(table: pd.DataFrame, title: str, ids: dict[str, str]) -> pd.DataFrame:
    return table.assign(source=table["source"].replace("", title or "flows").map(ids))


def _sources(named: list[tuple[str, str]]) -> pd.DataFrame:
    urls = [name if name.startswith("http") else "" for _, name in named]
    return pd.DataFrame({"source_id": [s for s, _ in named], "title": [n for _, n in named], "url": urls})


def _region_ids(nodes: pd.DataFrame) -> pd.Series[str]:
    named = next((c for c in ("region", "region_id") if c in nodes), "")
    region = nodes[named] if named else pd.Series("", nodes.index)
    return region.fillna("").astype("str").str.strip()


def _regions(nodes: pd.DataFrame) -> pd.DataFrame:
    names = sorted(set(_region_ids(nodes)) - {""})
    return pd.DataFrame({"region_id": names, "name": names}, dtype="str")


def _with_nodes(world: World, rows: pd.DataFrame) -> World:
    own = [c for c in ("node_id", "name", "kind", "x_coord", "y_coord") if c in rows]
    cells = rows[own].assign(basis="assumed", source_id="").astype(object)
    frame = conform(Raw("nodes", cells, list(rows["node_id"])))
    placed = table_geometry.geo(frame, table_geometry.points(frame))
    nodes = pd.concat([world.nodes, placed], ignore_index=True)
    return replace(world, tables={**world.tables, "nodes": nodes})
