"""What single columns cannot tell: origins of values, ranges in order, references, and tables that belong together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import did_you_mean, problem
from scrapflow.world.names import COUNTY, REGION
from scrapflow.world.schema import OUTSIDE, Table, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from scrapflow.world.world_data import WorldData

_PERIODS = {
    "month": re.compile(r"\d{4}-\d{2}"),
    "quarter": re.compile(r"\d{4}-Q[1-4]"),
    "week": re.compile(r"\d{4}-W\d{2}"),
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "year": re.compile(r"\d{4}"),
}
"""Labels of periods, as campaigns write them, by unit."""
KIND_OF_TABLE = {"enterprises": "enterprise", "communities": "community", "mills": "mill"}
_NEAR_AT_MOST = 50
"""Near identifiers are looked up for so many unknown ones a column; beyond that the column as a whole is wrong."""


def rule_problems(tables: Mapping[str, pd.DataFrame], unusable: set[str]) -> Iterator[dict[str, str]]:
    """Yield the errors between columns and tables.

    Parameters
    ----------
    tables
        Tables by name, with the types of the schema.
    unusable
        Tables that are missing or have no identifiers: what refers to them is not judged.
    """
    ids = {name: set(tables[name][table.key].tolist()) for name, table in schema().items()}
    for name, table in schema().items():
        frame = tables[name]
        if len(frame):
            for column in table.families:
                yield from _family(table, frame, column)
            yield from _references(table, frame, ids, unusable)
    yield from _unsourced(tables["nodes"], schema()["nodes"], "basis", tables["nodes"]["basis"] == "reported")
    links = tables["links"]
    with_length = (links["length_basis"] == "reported") & links["length_km"].notna()
    yield from _unsourced(links, schema()["links"], "length_basis", with_length)
    yield from _kinds(tables, unusable)
    yield from _periods(tables["supply"], tables["demand"])
    yield from _materials(tables)
    for name, rule in _RULES.items():
        if len(tables[name]):
            yield from rule(tables[name])


def ids_where(table: Table, frame: pd.DataFrame, mask: pd.Series[bool] | NDArray[np.bool_]) -> list[str]:
    """Return what to call the rows that a mask selects."""
    at = np.flatnonzero(np.asarray(mask))
    keys = frame[table.key].to_numpy(dtype=object)
    return [keys[i] or f"row {i + 1}" for i in at]


def _family(table: Table, frame: pd.DataFrame, column: str) -> Iterator[dict[str, str]]:
    value, low, high = (frame[c].to_numpy(dtype=np.float64) for c in (column, f"{column}_low", f"{column}_high"))
    for wrong, at, text in (
        (value < low, f"{column}_low", "the value {0:g} is less than its lowest plausible value {1:g}"),
        (value > high, f"{column}_high", "the value {0:g} is more than its highest plausible value {2:g}"),
        (np.isnan(value) & (low > high), f"{column}_low", "the range is upside down: {1:g} is more than {2:g}"),
    ):
        for i, row in zip(np.flatnonzero(wrong), ids_where(table, frame, wrong), strict=True):
            yield problem(table.name, row, at, text.format(value[i], low[i], high[i]) + ": correct one of them")
    reported = (frame[f"{column}_basis"] == "reported") & np.isfinite(value)
    yield from _unsourced(frame, table, column, reported, source=f"{column}_source_id")


def _unsourced(
    frame: pd.DataFrame, table: Table, column: str, reported: pd.Series[bool], source: str = "source_id"
) -> Iterator[dict[str, str]]:
    missing = reported & (frame[source] == "")
    for row in ids_where(table, frame, missing) if missing.any() else ():
        message = f"{column} is reported, but by whom? Name a source, or call it derived or assumed"
        yield problem(table.name, row, source, message)


def _references(
    table: Table, frame: pd.DataFrame, ids: Mapping[str, set[str]], unusable: set[str]
) -> Iterator[dict[str, str]]:
    for column in table.columns.values():
        if column.references is None or column.references[0] in unusable:
            continue
        target = column.references[0]
        values = frame[column.name].tolist()
        strangers = set(values) - ids[target] - {""}
        if not strangers:
            continue
        unknown = np.array([v in strangers for v in values])
        pool = sorted(ids[target] - {""})
        hints = {v: did_you_mean(v, pool) for v in sorted(strangers)[:_NEAR_AT_MOST]}
        for row, value in zip(ids_where(table, frame, unknown), filter(strangers.__contains__, values), strict=True):
            hint = f"; {hints[value]}" if hints.get(value) else ""
            what = target[:-1] if target != "communities" else "community"
            message = f"there is no {what} {value!r} in the table {target}{hint or ': add it, or correct the cell'}"
            yield problem(table.name, row, column.name, message)


def _taken_ids(links: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Yield link ids by which a network calls something of its own: a way back, an access link of another place."""
    two_way = set(links.loc[~links["directed"], "link_id"])
    ends = zip(links["link_id"], links["from_node_id"], links["to_node_id"], strict=True)
    for row, a, b in ends:
        if row.endswith(" (back)") and row.removesuffix(" (back)") in two_way:
            yield problem(
                "links",
                row,
                "link_id",
                f"the way back over {row.removesuffix(' (back)')} is called so: choose another id",
            )
        elif ">" in row and row.count(">") == 1 and row not in (f"{a}>{b}", f"{b}>{a}"):
            yield problem(
                "links",
                row,
                "link_id",
                "the access link between the places of these names is called so: choose another id",
            )


def _kinds(tables: Mapping[str, pd.DataFrame], unusable: set[str]) -> Iterator[dict[str, str]]:
    nodes = tables["nodes"]
    if "nodes" not in unusable:
        first = nodes.drop_duplicates("node_id").set_index("node_id")["kind"]
        for name, kind in KIND_OF_TABLE.items():
            if not len(tables[name]):
                continue
            is_kind = tables[name]["node_id"].map(first)
            wrong = is_kind.notna() & (is_kind != kind)
            for row, other in zip(ids_where(schema()[name], tables[name], wrong), is_kind[wrong], strict=True):
                yield problem(name, row, "node_id", f"the node is of kind {other!r}, not {kind!r}: correct one")
    for row in ids_where(schema()["nodes"], nodes, (nodes["node_id"] == OUTSIDE) != (nodes["kind"] == OUTSIDE)):
        yield problem("nodes", row, "kind", f"only the node {OUTSIDE!r} is of kind {OUTSIDE!r}: give it another kind")


def _unnamed(nodes: pd.DataFrame) -> Iterator[dict[str, str]]:
    silent = (nodes["name"] == "") & ~nodes["kind"].isin(["junction", ""])
    for row in ids_where(schema()["nodes"], nodes, silent):
        yield problem(
            "nodes", row, "name", "must not be empty; it holds: name in Latin letters (only a junction needs none)"
        )


def _periods(*known: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Yield periods of known tonnes that are no label, or of another unit than the first."""
    unit = ""
    for name, frame in zip(("supply", "demand"), known, strict=True):
        ids = frame[schema()[name].key].tolist()
        for row, label in zip(ids, frame["period"].tolist(), strict=True):
            own = next((u for u, form in _PERIODS.items() if form.fullmatch(label)), "")
            unit = unit or own
            if label and not own:
                message = f"{label!r} is no period: write 2019-03 (month), 2019-Q1, 2019-W05, 2019-03-25 (day) or 2019"
                yield problem(name, row, "period", message)
            elif own and own != unit:
                yield problem(name, row, "period", f"{label!r} is a {own}, an earlier row has a {unit}: use one unit")


def _materials(tables: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, str]]:
    for name in ("supply", "demand"):
        frame = tables[name]
        for row in ids_where(schema()[name], frame, frame["material"] == ""):
            words = ", ".join(tables["materials"]["material"])
            yield problem(name, row, "material", f"must not be empty where there are several: {words}")
    odd = ~tables["materials"]["colour"].str.fullmatch(r"(#[0-9a-fA-F]{6})?")
    for row in ids_where(schema()["materials"], tables["materials"], odd):
        yield problem("materials", row, "colour", "write a colour as #rrggbb, or leave the cell empty")


def _shares(sectors: pd.DataFrame) -> Iterator[dict[str, str]]:
    total = sectors["obsolete_share"].fillna(0.0) + sectors["idle_share"].fillna(0.0)
    wrong = total > 1.0 + 1e-9
    for row, value in zip(ids_where(schema()["sectors"], sectors, wrong), total[wrong], strict=True):
        yield problem("sectors", row, "idle_share", f"obsolete_share and idle_share add up to {value:g}, more than 1")


def _region_cycles(regions: pd.DataFrame) -> Iterator[dict[str, str]]:
    ids = pd.Index(regions["region_id"])
    if ids.has_duplicates or not len(ids):
        return
    parent = ids.get_indexer(regions["parent_id"])
    # After n steps upwards only the members of a cycle are still on their way, and they are on it.
    at = np.arange(len(ids))
    for _ in range(len(ids)):
        at = np.where(at >= 0, parent[at], -1)
        if (at < 0).all():
            return
    for i in sorted(set(at[at >= 0].tolist())):
        message = f"the region contains itself by way of {regions['parent_id'].iloc[i]!r}: one parent_id must be empty"
        yield problem("regions", ids[i], "parent_id", message)


def _contradictions(claims: pd.DataFrame) -> Iterator[dict[str, str]]:
    known = set(claims["claim_id"])
    for row, text in zip(claims["claim_id"], claims["contradicts"], strict=True):
        for other in filter(None, (part.strip() for part in text.split("|"))):
            if other not in known:
                yield problem("claims", row, "contradicts", f"there is no claim {other!r}; separate several with |")


def _observations(observations: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Yield observations that say nothing, say it of two places, or say not how they can be wrong."""
    table = schema()["observations"]
    value, low, high, sd = (observations[c].to_numpy(dtype=np.float64) for c in ("value", "low", "high", "sd"))
    ranged = np.isfinite(low) | np.isfinite(high)
    places = (observations[["node_id", "link_id", "region_id"]] != "").sum(axis=1).to_numpy()
    counted = observations["error"].isin(["poisson", "binomial"]).to_numpy()
    for column, wrong, message in (
        ("value", np.isnan(value) & ~ranged, "nothing was observed: give a value, or a low or a high"),
        ("low", low > high, "low is above high: exchange them"),
        ("node_id", places > 1, "an observation is about one node, link or region: leave the others empty"),
        (
            "sd",
            np.isfinite(value) & ~(sd > 0) & ~ranged & ~counted,
            "a value without an error: give sd, or a low and a high between which it lies with a chance of 80 %",
        ),
    ):
        for row in ids_where(table, observations, wrong):
            yield problem("observations", row, column, message)


_RULES: dict[str, Callable[[pd.DataFrame], Iterator[dict[str, str]]]] = {
    "links": _taken_ids,
    "nodes": _unnamed,
    "sectors": _shares,
    "regions": _region_cycles,
    "claims": _contradictions,
    "observations": _observations,
}
"""Rules of one table, asked where it has rows."""


def rule_warnings(world: WorldData) -> Iterator[dict[str, str]]:
    """Yield what is doubtful, or counts as something that nobody stated."""
    tables = world.tables
    for name, table in schema().items():
        for column in table.families:
            yield from _no_range(table, tables[name], column)
    yield from _counts_as_zero(tables)
    yield from _no_material(tables)
    yield from _dates_and_claims(tables)
    nodes = tables["nodes"]
    for name, kind in KIND_OF_TABLE.items():
        lacks = (nodes["kind"] == kind) & ~nodes["node_id"].isin(tables[name]["node_id"])
        for row in ids_where(schema()["nodes"], nodes, lacks):
            message = f"a node of kind {kind!r} without a row in the table {name}: it takes no part"
            yield problem("nodes", row, "kind", message, "warning")
    for row in ids_where(schema()["nodes"], nodes, (nodes["region_id"] == "") & (nodes["kind"] != OUTSIDE)):
        yield problem("nodes", row, "region_id", "belongs to no region", "note")
    for kind, spelling, ids in world.names.shared():
        message = f"{len(ids)} places of kind {kind} can be meant by {spelling!r}: {', '.join(ids)}"
        yield problem("regions" if kind in (REGION, COUNTY) else "nodes", ids[0], "name", message, "note")
    known = pd.concat([tables["supply"]["period"], tables["demand"]["period"]])
    if len(known) and (known == "").all():
        message = (
            "no row names a period: they are one period of unknown length, which no capacity (t a month) can limit"
        )
        yield problem("supply", "", "period", message, "warning")
    if not len(tables["links"]):
        yield problem("links", "", "", "there are no links: nothing can be carted or shipped", "warning")
    if not len(tables["mills"]):
        yield problem("mills", "", "", "there are no mills: nothing can be shipped", "warning")
    for row in ids_where(schema()["mills"], tables["mills"], tables["mills"]["intake_t"].isna()):
        yield problem("mills", row, "intake_t", "unknown: treated as no limit", "warning")


def _dates_and_claims(tables: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, str]]:
    sources, claims = tables["sources"], tables["claims"]
    for column in ("published", "accessed"):
        odd = (sources[column] != "") & ~sources[column].str.match(r"\d{4}(-\d{2}(-\d{2})?)?$")
        for row, text in zip(ids_where(schema()["sources"], sources, odd), sources.loc[odd, column], strict=True):
            yield problem("sources", row, column, f"{text!r} is no ISO date such as 2015-03-25 or 2015", "warning")
    between = claims["relation"] == "between"
    open_ended = between & (claims["low"].isna() | claims["high"].isna())
    bare = ~between & (claims["relation"] != "") & claims["value"].isna() & (claims["other_metric"] == "")
    for mask, message in (
        (open_ended, "'between' needs a low and a high"),
        (bare, "a relation needs a value or an other_metric to compare with"),
    ):
        for row in ids_where(schema()["claims"], claims, mask):
            yield problem("claims", row, "relation", message, "warning")


def _no_range(table: Table, frame: pd.DataFrame, column: str) -> Iterator[dict[str, str]]:
    bounds = frame[[f"{column}_low", f"{column}_high"]].isna().any(axis=1)
    lacks = frame[column].notna() & (frame[f"{column}_basis"] == "assumed") & bounds
    for row in ids_where(table, frame, lacks):
        message = "assumed without a low and a high: sensitivity cannot vary it"
        yield problem(table.name, row, column, message, "warning")


_ROLE_OF_STOCK = {
    ("enterprises", "scrap_t"): "scrap",
    ("enterprises", "obsolete_machinery_t"): "obsolete",
    ("enterprises", "idle_machinery_t"): "idle",
    ("enterprises", "working_machinery_t"): "working",
    ("communities", "household_scrap_kg"): "scrap",
    ("communities", "appliance_kg"): "appliance",
}
"""The role of the material of which a column of the tables gives stocks."""


def _no_material(tables: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, str]]:
    """Warn of stocks of what no material of the world stands for: nobody can give them."""
    roles = set(tables["materials"]["role"])
    for (name, column), role in _ROLE_OF_STOCK.items():
        if len(tables["materials"]) and role not in roles and (tables[name][column] > 0).any():
            message = f"no material has the role {role!r}: these stocks count as 0; name one in the table materials"
            yield problem(name, "", column, message, "warning")


def _counts_as_zero(tables: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, str]]:
    """Warn of unknown values that have no default and are needed."""
    enterprises, sectors, communities = (tables[t] for t in ("enterprises", "sectors", "communities"))
    needed = {
        "workers": enterprises["workers"].isna(),
        "scrap_kg_per_worker": enterprises["scrap_t"].isna(),
        "machinery_kg_per_worker": enterprises[["obsolete_machinery_t", "idle_machinery_t", "working_machinery_t"]]
        .isna()
        .any(axis=1),
    }
    for column, unknown in needed.items():
        users = enterprises.loc[unknown, "sector_id"].value_counts()
        lacks = sectors[column].isna() & sectors["sector_id"].isin(users.index)
        for row in ids_where(schema()["sectors"], sectors, lacks):
            n = int(users[row])
            message = f"unknown, but {n} enterprise{'s' if n > 1 else ''} of the sector need it: counts as 0 there"
            yield problem("sectors", row, column, message, "warning")
    for column in ("population", "unaffiliated_share"):
        for row in ids_where(schema()["communities"], communities, communities[column].isna()):
            yield problem("communities", row, column, "unknown: counts as 0", "warning")
