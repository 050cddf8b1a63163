"""A world in the making: what was read, what was added to it, and a row for everything that was done."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import AmbiguousNameError, InputError, UnknownNameError, problem
from scrapflow.world.folding import fold
from scrapflow.world.geodesy import geodesic_km
from scrapflow.world.importers.number_cells import whole_names
from scrapflow.world.names import NameIndex
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

REPORT_COLUMNS = ("kind", "ids", "metres", "note")
"""Columns of the report of what was done to make a world."""
_OFF_THE_LINE = ("yard", "mill")
_ON_THE_LINE = ("station", "junction")
_CANDIDATES = 50
_BESIDE = {"mode": "access", "length_km": "0", "length_km_low": "0", "length_km_high": "2", "length_basis": "assumed",
           "note": "beside the station: its length is assumed"}  # fmt: skip
"""How a yard or mill that was made stands to its station: lengths are published between stations."""
_STATION_KM, _FURTHER = 5.0, 3.0
"""A station is preferred within so many kilometres, or so many times the distance of the nearest junction."""


@dataclass(eq=False)
class Draft:
    """Tables in the making.

    Attributes
    ----------
    source
        Who published it all; "" if nobody is named.
    mode
        Kind of the links.
    own
        Tables that were given as they are, by name.
    """

    source: str
    mode: str
    nodes: list[pd.DataFrame] = field(default_factory=list)
    links: pd.DataFrame = field(default_factory=pd.DataFrame)
    access: list[dict[str, str]] = field(default_factory=list)
    mills: list[str] = field(default_factory=list)
    supply: pd.DataFrame | None = None
    demand: pd.DataFrame | None = None
    said: list[tuple[str, str, float, str]] = field(default_factory=list)
    main: set[str] = field(default_factory=set)
    own: dict[str, pd.DataFrame] = field(default_factory=dict)

    def say(self, kind: str, ids: Sequence[str], metres: float = np.nan, note: str = "") -> None:
        """Note what was done, to what, and by how many metres it was moved."""
        self.said.append((kind, "|".join(map(str, ids)), metres, note))

    def add_places(self, places: pd.DataFrame) -> None:
        """Take places as they are."""
        if len(places):
            self.nodes.append(places)
            self.mills += places.loc[places["kind"] == "mill", "node_id"].tolist()

    @property
    def all_nodes(self) -> pd.DataFrame:
        """All nodes so far, in one frame."""
        return pd.concat(self.nodes, ignore_index=True) if self.nodes else pd.DataFrame({"node_id": [], "kind": []})

    @property
    def source_id(self) -> str:
        """The identifier of the source: of the table of sources, if it is one of these."""
        if "sources" in self.own:
            same = self.own["sources"][["source_id", "title"]].isin([self.source]).any(axis=1)
            if same.any():
                return str(self.own["sources"].loc[same, "source_id"].iloc[0])
        return re.sub(r"\W+", "_", fold(self.source))[:40].strip("_") or ("source" if self.source else "")

    def report(self) -> pd.DataFrame:
        """Return what was done."""
        return pd.DataFrame(self.said, columns=list(REPORT_COLUMNS))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables of the world, each value with its origin."""
        basis = "reported" if self.source else "assumed"
        nodes = self.all_nodes.drop(columns=["geometry"], errors="ignore")
        links = self.links.assign(source_id=_filled(self.links, "source_id", self.source_id))
        mode = links["mode"] if "mode" in links else pd.Series("", links.index)
        links["mode"] = mode.where(mode.isin(schema()["links"].columns["mode"].allowed), self.mode)
        if "length_km" in links:
            known = pd.to_numeric(links["length_km"], errors="coerce").notna()
            links["length_basis"] = _filled(links, "length_basis", basis).where(known, "")
        links = self._with_origins(links, "links", basis)
        if self.access:
            links = pd.concat([links, pd.DataFrame(self.access)], ignore_index=True)
        tables = {
            "regions": pd.DataFrame({"region_id": [], "name": []}),
            **self.own,
            "sources": self._sources(),
            "nodes": nodes.assign(
                basis=_filled(nodes, "basis", basis), source_id=_filled(nodes, "source_id", self.source_id)
            ),
            "links": links,
        }
        if "lines" in self.own:
            lines = self.own["lines"]
            tables["lines"] = lines.assign(source_id=_filled(lines, "source_id", self.source_id))
        if self.mills:
            tables["mills"] = pd.DataFrame({"node_id": list(dict.fromkeys(self.mills))})
        for name, frame in (("supply", self.supply), ("demand", self.demand)):
            if frame is not None and len(frame):
                tables[name] = self._with_origins(frame, name, basis)
        return tables

    def _with_origins(self, frame: pd.DataFrame, table: str, basis: str) -> pd.DataFrame:
        """Give the values of a table that can be assumed a basis and a source, where the table itself has none."""
        columns = schema()[table].columns
        for value in [c for c in frame.columns if f"{c}_basis" in columns]:
            known = frame[value].notna() & (frame[value].astype("str").str.strip() != "")
            origins = {f"{value}_basis": basis, f"{value}_source_id": self.source_id}
            frame = frame.assign(**{c: _filled(frame, c, v).where(known, "") for c, v in origins.items()})
        return frame

    def _sources(self) -> pd.DataFrame:
        given = self.own.get("sources", pd.DataFrame({"source_id": [], "title": []}))
        if not self.source or (given["source_id"] == self.source_id).any():
            return given
        url = self.source if self.source.startswith("http") else ""
        named = pd.DataFrame({"source_id": [self.source_id], "title": [self.source], "url": [url]})
        return pd.concat([given, named], ignore_index=True) if len(given) else named


def _filled(frame: pd.DataFrame, column: str, value: str) -> pd.Series[Any]:
    """Return a column, a value where it has none."""
    if column not in frame:
        return pd.Series(value, frame.index, dtype="str")
    cells = frame[column].astype("str").where(frame[column].notna(), "").str.strip()
    return cells.where(cells != "", value)


def name_islands(draft: Draft) -> None:
    """Tell the main network, the part with the most kilometres, from the parts that nothing joins to it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes = draft.all_nodes
    index = pd.Index(nodes["node_id"]).drop_duplicates()
    a, b = (index.get_indexer(draft.links[c]) for c in ("from_node_id", "to_node_id"))
    real = (a >= 0) & (b >= 0)
    graph = coo_array((np.ones(real.sum()), (a[real], b[real])), shape=(len(index), len(index)))
    _, part = connected_components(graph, directed=False)
    place = nodes.drop_duplicates("node_id")
    for column in ("x_coord", "y_coord"):
        place = place if column in place else place.assign(**{column: np.nan})
    xy = place[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
    straight = geodesic_km(*xy[a[real]].T, *xy[b[real]].T) if real.any() else np.zeros(0)
    # A part without coordinates counts by its links.
    km = np.bincount(part[a[real]], weights=np.nan_to_num(straight) + 1e-6, minlength=part.max(initial=-1) + 1)
    linked = np.zeros(len(index), dtype=bool)
    linked[a[real]] = linked[b[real]] = True
    main = int(km.argmax()) if len(km) else -1
    ids = index.to_numpy(dtype=object)
    draft.main = set(ids[linked & (part == main)].tolist())
    for island in np.flatnonzero((np.bincount(part[linked], minlength=len(km)) > 0) & (np.arange(len(km)) != main)):
        members = ids[linked & (part == island)]
        note = f"{len(members)} nodes that no link joins to the main network: nothing is attached to them"
        draft.say("island", members[:_CANDIDATES].tolist(), note=note)


def attach(draft: Draft, attach_km: float) -> None:
    """Join mills and yards that no link reaches to the nearest station of the main network, else to a junction."""
    nodes = draft.all_nodes
    if not len(nodes):
        return
    linked = {*draft.links["from_node_id"], *draft.links["to_node_id"]}
    off = nodes[nodes["kind"].isin(_OFF_THE_LINE)]
    # What stands beside a station, or beside a mill or yard that is to be attached, gets there by it.
    beside = {row["from_node_id"] for row in draft.access if row["to_node_id"] in linked.union(off["node_id"])}
    loose = off[~off["node_id"].isin(linked | beside)]
    main = nodes[nodes["node_id"].isin(draft.main)]
    for _, site in loose.iterrows():
        station, junction = (_nearest(site, main[main["kind"] == kind]) for kind in _ON_THE_LINE)
        # Trains stop at stations; but one far beyond the end of the line is not where a works has its siding.
        chosen, km = station if station[1] <= max(_STATION_KM, _FURTHER * junction[1]) else junction
        if km <= attach_km:
            join(draft, str(site["node_id"]), chosen)
            kind = _ON_THE_LINE[chosen == junction[0]]
            draft.say(
                "attached", [site["node_id"], chosen], km * 1000, f"a {site['kind']} joined to the nearest {kind}"
            )
        else:
            note = f"no station or junction of the main network within {attach_km:g} km"
            draft.say("not_attached", [site["node_id"]], note=note)


def _nearest(site: pd.Series[Any], there: pd.DataFrame) -> tuple[str, float]:
    """Return the nearest of some nodes and its distance in km; inf where there is none."""
    if not len(there) or pd.isna(site["x_coord"]) or pd.isna(site["y_coord"]):
        return "", np.inf
    n = len(there)
    away = geodesic_km(np.full(n, site["x_coord"]), np.full(n, site["y_coord"]), there["x_coord"], there["y_coord"])
    away = np.where(np.isnan(away), np.inf, away)
    best = int(away.argmin())
    return str(there["node_id"].iloc[best]), float(away[best])


def join(draft: Draft, node: str, station: str) -> None:
    """Draw the access link of a mill or yard."""
    draft.access.append({"link_id": f"{node}>{station}", "from_node_id": node, "to_node_id": station, "mode": "access"})


def known_tonnes(draft: Draft, supply: pd.DataFrame | None, demand: pd.DataFrame | None) -> None:
    """Take known tonnes: each place that offers has a yard, each that wants a mill, under the name of the place."""
    nodes = draft.all_nodes
    names = NameIndex(nodes.assign(name=nodes["name"].fillna(""), kind=nodes["kind"]))
    if supply is None and demand is not None and "origin" in demand:
        supply = demand.assign(node_id=demand["origin"]).drop(columns="origin")
        supply["tonnage_t_basis"] = "derived"
        draft.say("supply_from_demand", [], note="what is wanted of a place is what it offers")
    draft.supply = _at(draft, names, nodes, supply, "node_id", "yard", "supply")
    draft.demand = _at(draft, names, nodes, demand, "node_id", "mill", "demand")
    if draft.demand is not None and "origin" in draft.demand:
        draft.demand = _at(draft, names, nodes, draft.demand, "origin", "yard", "demand")


def _at(
    draft: Draft, names: NameIndex, nodes: pd.DataFrame, frame: pd.DataFrame | None, column: str, kind: str, table: str
) -> pd.DataFrame | None:
    """Return a table with the places of a column as nodes of a kind, which are made where they are not there."""
    if frame is None:
        return None
    given = whole_names(frame[column].astype("str").str.strip())
    first = nodes.drop_duplicates("node_id").set_index("node_id")
    kind_of = first["kind"].to_dict()
    kinds = tuple(dict.fromkeys((kind, "station", "junction", "yard", "mill", "enterprise", "community")))
    made: dict[str, str] = {"": "", "nan": ""}
    faults = []
    for word in given.unique().tolist():
        if word in made:
            continue
        try:
            place = names.meant(word, kinds).id
        except AmbiguousNameError as e:
            faults.append(problem(table, word, column, str(e)))
            continue
        except UnknownNameError as e:
            hint = f"did you mean {', '.join(e.candidates)}?" if e.candidates else "add it with --places"
            faults.append(problem(table, word, column, f"no place is called {word!r}; {hint}"))
            continue
        made[word] = place if kind_of[place] == kind else _beside(draft, first, place, kind)
    if faults:
        raise InputError(faults, what="making a world")
    return frame.assign(**{column: given.map(made)})


def _beside(draft: Draft, nodes: pd.DataFrame, place: str, kind: str) -> str:
    """Return the yard or mill that stands at a station, made if need be."""
    new = f"{kind}_{place}"
    if any((frame["node_id"] == new).any() for frame in draft.nodes):
        return new
    site = nodes.loc[[place]].reset_index(drop=True)
    note = f"stands for what is {'sent from' if kind == 'yard' else 'received at'} {place}"
    draft.add_places(site.assign(node_id=new, name=site["name"].replace("", place), kind=kind, note=note))
    draft.access.append({"link_id": f"{new}>{place}", "from_node_id": new, "to_node_id": place, **_BESIDE})
    return new
