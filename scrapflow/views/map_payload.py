"""What a map needs of a run, as plain data: names as JSON, numbers as packed arrays, each fact once.

Nothing is calculated here that the run does not already hold; rows are only renumbered and summed over what a map does
not tell apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.grading import BASES
from scrapflow.views.gathered_places import basemap, gathered
from scrapflow.views.packing import pack, pack_degrees, pack_json
from scrapflow.views.story import story
from scrapflow.views.style import KINDS, MATERIALS, VIAS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

NODE_KINDS = ("enterprise", "community", "yard", "station", "mill", "outside")
MODES = ("rail", "road", "access", "transshipment")
RUN_BASES = ("modelled", *BASES)
ACCOUNT_COLUMNS = (
    "quota_t",
    "credited_t",
    "for_show_t",
    "intercepted_t",
    "books_only_t",
    "shortfall_t",
    "detection",
    "mark_probability",
    "marks",
    "expelled",
    "detained",
    "output_index",
)
"""Columns of ``run.accounts`` that a map shows and that movements do not already tell."""
SERIES = ("kind", "material", "via", "origin", "destination", "path_id", "basis", "grade")


def column(frame: pd.DataFrame, name: str, default: object = "") -> pd.Series[Any]:
    """Return a column of a frame, or a constant one where the frame has none; unknown text is empty."""
    if name not in frame.columns:
        return pd.Series([default] * len(frame), index=frame.index)
    values = frame[name]
    return values if default is None else values.fillna(default)  # type: ignore[arg-type]


def text(frame: pd.DataFrame, name: str) -> list[str]:
    """Return a column as plain strings, unknown ones empty."""
    values = column(frame, name)
    return values.tolist() if isinstance(values.dtype, pd.StringDtype) else [str(v) for v in values]


def numbers(frame: pd.DataFrame, name: str) -> list[float | None]:
    """Return a column as numbers with ``None`` for unknown, short enough for JSON."""
    values = pd.to_numeric(column(frame, name, None), errors="coerce")
    return [
        None if pd.isna(v) or not np.isfinite(v) else (int(v) if float(v).is_integer() else round(float(v), 4))
        for v in values
    ]


def codes(values: Sequence[str], known: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Number strings by their place in a list, which grows by what it does not hold, in order of appearance."""  # noqa: D401
    table = {name: i for i, name in enumerate(known)}
    return np.array([table.setdefault(str(v), len(table)) for v in values], dtype=np.int64), list(table)


def run_payload(run: Any) -> dict[str, Any]:
    """Return everything a map shows of a run.

    Parameters
    ----------
    run
        A run, or anything with the frames of one (``nodes links movements accounts stocks periods …``).

    Raises
    ------
    InputError
        If a table that cannot be done without is missing.
    """
    lacks = [name for name in ("nodes", "links", "movements", "periods") if getattr(run, name, None) is None]
    if lacks:
        raise InputError([problem(name, "", "", "is missing") for name in lacks], what="the run to be drawn")
    periods = text(run.periods, "period")
    nodes = run.nodes.reset_index(drop=True)
    index = {str(n): i for i, n in enumerate(nodes["node_id"])}
    links = run.links.reset_index(drop=True)
    payload = {
        "periods": periods,
        "nodes": _nodes(nodes),
        "links": _links(links, index),
        "regions": _regions(getattr(run, "regions", None)),
        "sources": pack_json(_sources(getattr(run, "sources", None))),
        "accounts": _accounts(getattr(run, "accounts", None), index, periods),
        "stocks": _stocks(getattr(run, "stocks", None), nodes, index, periods),
        "unserved": pack_json(_unserved(getattr(run, "unserved", None))),
        "loads": _loads(getattr(run, "link_loads", None), links, periods),
        "claims": pack_json(_claims(run)),
        "assumed": _assumed(run),
        "places": _places(nodes),
        "story": story(run, index),
        "largestLoad": _largest_load(getattr(run, "link_loads", None), links),
        "basemap": basemap(getattr(run, "basemap", None) or {}),
        "about": {**_about(run), "unserved": _unserved_by_reason(run)},
    }
    payload.update(_moves(run, links, index, periods))
    return payload


def _nodes(nodes: pd.DataFrame) -> dict[str, Any]:
    x = pd.to_numeric(column(nodes, "x_coord", None), errors="coerce")
    y = pd.to_numeric(column(nodes, "y_coord", None), errors="coerce")
    placed = (np.isfinite(x) & np.isfinite(y)).to_numpy()
    kind, kinds = codes(text(nodes, "kind"), NODE_KINDS)
    tables = {}
    for name in ("region", "region_id", "sector", "subregion", "basis", "grade"):
        numbered, names = codes(text(nodes, name), [""])
        tables[name] = {"names": names, "of": pack(numbered, "int")}
    for name in ("coordinate_method", "source_id"):
        numbered, names = codes(text(nodes, name), [""])
        tables[name] = pack_json({"names": names, "of": numbered.tolist()})
    return {
        "id": pack_json(text(nodes, "node_id")),
        "name": text(nodes, "name"),
        "local": pack_json(text(nodes, "name_local")),
        "aliases": pack_json(text(nodes, "aliases")),
        "kind": pack(kind, "int", ready=True),
        "kinds": kinds,
        "placed": pack(placed.astype(int), "int", ready=True),
        "x": pack_degrees(np.where(placed, x, 0.0), ready=True),
        "y": pack_degrees(np.where(placed, y, 0.0), ready=True),
        "accuracy_km": pack_json(numbers(nodes, "coordinate_accuracy_km")),
        "workers": pack_json(numbers(nodes, "workers")),
        "population": pack_json(numbers(nodes, "population")),
        "named": pack(column(nodes, "named", True).astype(bool), "u1", ready=True),  # noqa: FBT003
        **tables,
    }


def _places(nodes: pd.DataFrame) -> list[list[Any]]:
    x, y = (
        pd.to_numeric(column(nodes, name, None), errors="coerce").to_numpy(dtype=float)
        for name in ("x_coord", "y_coord")
    )
    region = codes(text(nodes, "region"), [""])[0]
    return gathered(x, y, text(nodes, "kind"), [int(r) for r in region], text(nodes, "subregion"))


def _links(links: pd.DataFrame, index: Mapping[str, int]) -> dict[str, Any]:
    mode, modes = codes(text(links, "mode"), MODES)
    line, names = codes([a or b for a, b in zip(text(links, "line"), text(links, "line_id"), strict=True)], [""])
    basis, bases = codes(text(links, "length_basis"), [""])
    return {
        "id": pack_json(text(links, "link_id")),
        "from": pack([index.get(n, -1) for n in text(links, "from_node_id")], "i4"),
        "to": pack([index.get(n, -1) for n in text(links, "to_node_id")], "i4"),
        "mode": pack(mode, "int", ready=True),
        "modes": modes,
        "length_km": pack_json(numbers(links, "length_km")),
        "length_basis": {"names": bases, "of": pack(basis, "int")},
        "capacity_t": pack_json(numbers(links, "capacity_t")),
        "gauge_mm": pack([g or 0 for g in numbers(links, "gauge_mm")], "int", ready=True),
        "line": {"names": names, "of": pack(line, "int")},
        "shape": shapes(column(links, "geometry", None), ready=True),
    }


def shapes(geometries: pd.Series[Any], *, ready: bool = False) -> dict[str, Any]:
    """Pack lines, one a row, as vertex counts and coordinates; a missing line has none."""
    import shapely

    lines = np.asarray(geometries.to_numpy() if hasattr(geometries, "to_numpy") else geometries, dtype=object)
    lines = np.array([None if g is None or (isinstance(g, float) and np.isnan(g)) else g for g in lines], dtype=object)
    counts = shapely.get_num_coordinates(lines)
    points = shapely.get_coordinates(lines)
    return {
        "n": pack(counts, "int", ready=ready),
        "x": pack_degrees(points[:, 0], ready=ready),
        "y": pack_degrees(points[:, 1], ready=ready),
    }


def _moves(run: Any, links: pd.DataFrame, index: Mapping[str, int], periods: Sequence[str]) -> dict[str, Any]:
    moves = run.movements
    # Grouped as sorted numbers: the same order as the words, at a tenth of the time.
    numbers_of = {name: pd.factorize(np.array(text(moves, name), dtype=object), sort=True) for name in SERIES}
    frame = pd.DataFrame({name: found[0] for name, found in numbers_of.items()})
    frame["period"] = pd.Index(periods).get_indexer(moves["period"])
    frame["tonnage_t"] = moves["tonnage_t"].to_numpy(dtype=np.float64)
    grouped = frame.groupby([*SERIES, "period"], sort=True, as_index=False)["tonnage_t"].sum()
    starts = ~grouped.duplicated(list(SERIES))  # type: ignore[arg-type]
    series = pd.DataFrame({name: words[grouped.loc[starts, name]] for name, (_, words) in numbers_of.items()})
    sums = grouped.groupby(starts.cumsum().to_numpy(), sort=True)["tonnage_t"].sum()
    out: dict[str, Any] = {
        "rows": {
            "series": pack(starts.to_numpy().astype(int), "u1"),
            "period": pack(grouped["period"], "int"),
            "t": pack(grouped["tonnage_t"], "f4"),
            # what the first sight needs of the rows, so that they are unpacked only for a part of the months
            "sums": pack(sums, "f4", ready=True),
        }
    }
    packed: dict[str, Any] = {}
    for name, known in (
        ("kind", tuple(KINDS)),
        ("material", tuple(MATERIALS)),
        ("via", VIAS),
        ("basis", RUN_BASES),
        ("grade", ("",)),
    ):
        numbered, names = codes(list(series[name]), known)
        packed[name] = {"names": names, "of": pack(numbered, "int", ready=True)}
    for name in ("origin", "destination"):
        packed[name] = pack([index.get(n, -1) for n in series[name]], "int", ready=True)
    path_ids = sorted(set(series["path_id"]) - {""})
    numbered = {p: i for i, p in enumerate(path_ids)}  # type: ignore[assignment]
    packed["path"] = pack([numbered.get(p, -1) for p in series["path_id"]], "int", ready=True)  # type: ignore[attr-defined]
    monthly = np.zeros((len(packed["kind"]["names"]), len(periods)))
    kind_of = {name: i for i, name in enumerate(packed["kind"]["names"])}
    by_kind = np.array([kind_of[k] for k in numbers_of["kind"][1]], dtype=np.int64)
    np.add.at(monthly, (by_kind[grouped["kind"]], grouped["period"]), grouped["tonnage_t"])
    out["rows"]["months"] = pack(monthly, "f8", ready=True)
    out["series"] = packed
    out["paths"] = _paths(getattr(run, "paths", None), links, numbered)  # type: ignore[arg-type]
    return out


def _paths(paths: pd.DataFrame | None, links: pd.DataFrame, numbered: Mapping[str, int]) -> dict[str, Any]:
    """Links of every path in order, each with its direction: ``link * 2 + (0 forward, 1 backward)``."""
    counts = np.zeros(len(numbered), dtype=np.int64)
    steps: list[int] = []
    if paths is not None and len(paths):
        position = {lid: i for i, lid in enumerate(text(links, "link_id"))}
        order = paths[paths["path_id"].isin(set(numbered))].sort_values(["path_id", "seq"], kind="stable")
        forward = column(order, "forward", True).astype(bool).to_numpy()  # noqa: FBT003
        for path_id, link_id, ahead in zip(order["path_id"], order["link_id"], forward, strict=True):
            if str(link_id) in position:
                counts[numbered[str(path_id)]] += 1
                steps.append(position[str(link_id)] * 2 + (not ahead))
    return {"n": pack(counts, "int", ready=True), "link": pack(steps, "int", ready=True)}


def _accounts(accounts: pd.DataFrame | None, index: Mapping[str, int], periods: Sequence[str]) -> dict[str, Any]:
    if accounts is None or not len(accounts):
        return {"node": pack([], "i4"), "period": pack([], "u1"), "columns": {}}
    order = accounts.sort_values(["node_id", "period"], kind="stable")
    order = order[order["node_id"].astype(str).isin(set(index))]
    known = [c for c in ACCOUNT_COLUMNS if c in order.columns]
    return {
        "node": pack([index[n] for n in text(order, "node_id")], "int", ready=True),
        "period": pack(codes(text(order, "period"), periods)[0], "int", ready=True),
        "columns": {
            c: pack(pd.to_numeric(order[c]).fillna(0.0).astype(float), "f4", ready=c == "quota_t") for c in known
        },
    }


def _stocks(
    stocks: pd.DataFrame | None, nodes: pd.DataFrame, index: Mapping[str, int], periods: Sequence[str]
) -> dict[str, Any]:
    """Opening stocks of the yards and closing stocks of the mills: the rest follows from the movements."""  # noqa: D401
    empty = {"node": pack([], "i4"), "period": pack([], "u1"), "material": pack([], "u1"), "opening_t": pack([], "f4")}
    if stocks is None or not len(stocks):
        return empty
    yards = set(nodes.loc[nodes["kind"] == "yard", "node_id"].astype(str))
    held = stocks[stocks["node_id"].astype(str).isin(yards)]
    held = held.groupby(["node_id", "period", "material"], as_index=False, sort=True)["opening_t"].sum()  # type: ignore[assignment]
    held = held[held["opening_t"] > 0]
    if not len(held):
        return empty
    return {
        "node": pack([index[n] for n in text(held, "node_id")], "int", ready=True),
        "period": pack(codes(text(held, "period"), periods)[0], "int", ready=True),
        "material": pack(codes(text(held, "material"), tuple(MATERIALS))[0], "int", ready=True),
        "opening_t": pack(held["opening_t"], "f4", ready=True),
    }


def _loads(loads: pd.DataFrame | None, links: pd.DataFrame, periods: Sequence[str]) -> dict[str, Any]:
    """Shadow prices and capacities of the links where a capacity bound."""
    if loads is None or not len(loads) or "shadow_price" not in loads.columns:
        return {"link": pack([], "i4"), "period": pack([], "u1"), "shadow_price": pack([], "f4")}
    bound = loads[loads["shadow_price"].fillna(0.0) > 0]
    position = {lid: i for i, lid in enumerate(text(links, "link_id"))}
    bound = bound[bound["link_id"].astype(str).isin(set(position))]
    return {
        "link": pack([position[n] for n in text(bound, "link_id")], "i4"),
        "period": pack(codes(text(bound, "period"), periods)[0], "int"),
        "shadow_price": pack(bound["shadow_price"], "f4"),
    }


def _largest_load(loads: pd.DataFrame | None, links: pd.DataFrame) -> float:
    """Largest tonnage of a railway link in one direction and period: what a map's fixed scale starts from."""
    if loads is None or not len(loads):
        return 0.0
    rail = links.loc[column(links, "mode").isin(["rail", "transshipment"]), "link_id"]
    rows = loads[loads["link_id"].isin(rail)]
    known = [c for c in ("forward_t", "backward_t") if c in rows.columns] or ["tonnage_t"]
    return float(rows[known].max().max()) if len(rows) else 0.0


def _regions(regions: pd.DataFrame | None) -> list[dict[str, str]]:
    if regions is None or not len(regions):
        return []
    names = ("region_id", "parent_id", "name", "name_local", "basemap_id")
    regions = regions[[level != "county" for level in text(regions, "level")]]
    return [dict(zip(names, row, strict=True)) for row in zip(*(text(regions, n) for n in names), strict=True)]


def _sources(sources: pd.DataFrame | None) -> list[dict[str, str]]:
    if sources is None or not len(sources):
        return []
    names = ("source_id", "title", "publisher", "url", "published", "accessed", "reliability")
    return [dict(zip(names, row, strict=True)) for row in zip(*(text(sources, n) for n in names), strict=True)]


def _unserved(unserved: pd.DataFrame | None) -> list[list[Any]]:
    """Rows ``[node_id, reason, tonnes, periods]``, summed over the periods, largest first."""
    if unserved is None or not len(unserved):
        return []
    rows = unserved.groupby(["node_id", "reason"], as_index=False).agg(
        t=(_added(unserved), "sum"), periods=("period", "nunique")
    )
    rows = rows.sort_values(["t", "node_id", "reason"], ascending=[False, True, True])
    return [[str(r.node_id), str(r.reason), round(float(r.t), 3), int(r.periods)] for r in rows.itertuples(index=False)]  # type: ignore[arg-type]


def _added(unserved: pd.DataFrame) -> str:
    """Return the column that may be summed over periods: what was added to the level, not the level."""
    return "new_t" if "new_t" in unserved.columns else "tonnage_t"


def _unserved_by_reason(run: Any) -> list[list[Any]]:
    """Tonnes not served by reason, largest first."""
    rows = getattr(run, "unserved", None)
    if rows is None or not len(rows):
        return []
    sums = rows.groupby("reason")[_added(rows)].sum().sort_values(ascending=False, kind="stable")
    return [[str(reason), round(float(t), 3)] for reason, t in sums.items()]


def _records(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return a small frame as JSON records: numbers stay numbers, unknown is left out."""
    if frame is None or not len(frame):
        return []
    out = []
    for row in frame.to_dict("records"):
        record: dict[str, Any] = {}
        for key, value in row.items():
            if value is None or (isinstance(value, float) and not np.isfinite(value)) or value is pd.NA:
                continue
            if isinstance(value, bool | np.bool_):
                record[str(key)] = bool(value)
            elif isinstance(value, int | float | np.integer | np.floating):
                record[str(key)] = round(float(value), 6)
            else:
                record[str(key)] = str(value)
        out.append(record)
    return out


def _claims(run: Any) -> list[dict[str, Any]]:
    claims = getattr(run, "claims", None)
    return _records(claims() if callable(claims) else claims)


def _assumed(run: Any) -> dict[str, Any]:
    """How many inputs are assumed and derived, and of which tables."""
    frame = getattr(run, "assumed", None)
    if frame is None or not len(frame):
        return {"count": 0, "tables": []}
    basis = column(frame, "basis").astype(str)
    counted = column(frame, "table").astype(str)[basis == "assumed"].value_counts()
    tables = sorted(((str(k), int(v)) for k, v in counted.items()), key=lambda item: (-item[1], item[0]))
    return {
        "count": int((basis == "assumed").sum()),
        "derived": int((basis == "derived").sum()),
        "tables": [list(t) for t in tables],
    }


def _last_read(sources: pd.DataFrame | None) -> str:
    """Return the last day on which a source was read: how old a map's knowledge is, the same for the same inputs."""
    return max(text(sources, "accessed"), default="") if sources is not None and len(sources) else ""


def _about(run: Any) -> dict[str, Any]:
    meta = dict(getattr(run, "meta", None) or {})
    hashes = meta.get("inputs") or {}
    return {
        "title": str(meta.get("title", "")),
        "world": str(meta.get("world", "")),
        "name": str(getattr(run, "name", "")),
        "campaign": str(meta.get("campaign") or getattr(run, "campaign_name", "")),
        "campaign_title": str(meta.get("campaign_title", "")),
        "mode": str(meta.get("mode", "")),
        "seed": meta.get("seed", 0),
        "version": str(meta.get("version", "")),
        "read": _last_read(getattr(run, "sources", None)),
        "attribution": str(meta.get("attribution", "")),
        "hashes": [[str(k), str(v)] for k, v in sorted(hashes.items())] if hasattr(hashes, "items") else [],
    }
