"""What a map needs of a run, as plain data: names as JSON, numbers as packed arrays, each fact once.

Nothing is calculated here that the run does not already hold; rows are only renumbered and summed over what a map does
not tell apart. Which kinds of movement, materials and columns of the accounts there are is said in the data, by the
vocabulary: the script names none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from scrapflow.errors import InputError, problem
from scrapflow.grading import BASES
from scrapflow.ledger.table_rows import empty_table
from scrapflow.views.backdrop import backdrop
from scrapflow.views.direct_legs import direct_legs
from scrapflow.views.evidence_payload import about, assumed, claims, guessed, inputs, left_at_the_end, seen, sources
from scrapflow.views.gathered_places import basemap
from scrapflow.views.packing import pack, pack_json
from scrapflow.views.places_payload import links_payload, nodes_numbers, nodes_payload, places, regions
from scrapflow.views.plain_columns import Json, codes_and_words, column, floats, text
from scrapflow.views.story import story
from scrapflow.views.style import kind_looks, material_looks
from scrapflow.views.words import materials_of, unit_of
from scrapflow.vocabulary import VIAS, accounts, kinds
from scrapflow.world.folding import letters
from scrapflow.world.numbering import joined, numbered, positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.ledger.coded_legs import CodedMoves
    from scrapflow.ledger.tables import RunTables
    from scrapflow.vocabulary import Account

RUN_BASES = ("modelled", *BASES)
SERIES = ("kind", "material", "via", "origin", "destination", "path_id", "basis", "grade")
MEASURES: dict[str, dict[str, str | bool]] = {
    "burden": {"of": "quota_t", "over": "heads"},
    "shortfall": {"of": "shortfall_t", "over": "quota_t"},
    "returned": {"of": "regained", "over": "brought"},
    "lost_output": {"of": "output_index", "over": "workers", "rate": True, "lost": True},
    "detection": {"of": "detection", "over": "workers", "rate": True},
}
"""Measures that regions are shaded by: what is divided by what; a rate is a mean over months and workers."""


class Ids(NamedTuple):
    """Positions in the map's data by identifier."""

    nodes: Mapping[str, int]
    links: Mapping[str, int]
    periods: Sequence[str]


def run_payload(run: RunTables, *, whole: RunTables | None = None, told: bool = True) -> dict[str, Json]:
    """Return everything a map shows of a run.

    Parameters
    ----------
    run
        What is drawn.
    whole
        The run that it is a part of, if it is: what the sources claim is about the whole.
    told
        Whether the story is told, the claims are judged, and links have their shadow prices and the scale of widths; that takes
        longer than all the rest.

    Raises
    ------
    InputError
        If a movement is of a kind that the vocabulary does not know.

    Examples
    --------
    >>> import scrapflow as sf
    >>> [kind["name"] for kind in run_payload(sf.run(sf.read_world("toy")))["kinds"]]
    ['carted', 'returned', 'looted', 'shipped']
    """
    _check(run)
    shown = _places(run)
    ids: Ids = shown["ids"]
    present, asked = kinds_of(run), _told(run)
    return {
        "periods": ids.periods,
        "unit": unit_of(run),
        "kinds": _kinds(present),
        "materials": _materials(run),
        "measures": _measures(asked, present),
        "fold": shown["fold"],
        "nodes": {**shown["nodes"], **nodes_numbers(run.nodes)},
        "links": shown["links"],
        "regions": shown["regions"],
        "sources": shown["sources"],
        "accounts": _accounts(run.accounts, asked, ids),
        "stocks": _stocks(run, ids),
        "intake": _intake(run, ids),
        "unserved": pack_json(left_at_the_end(run, "node_id", "reason")),
        "loads": _loads(run.link_loads if told else empty_table("link_loads"), ids),
        "claims": pack_json(claims(whole or run) if told else []),
        "assumed": assumed(run),
        "guessed": pack_json(guessed(run, ids.nodes)),
        "places": shown["places"],
        # steps speak of the whole of what was asked, carted and received
        "story": story(run, ids.nodes) if told and "part" not in run.meta else [],
        **({"largestLoad": _largest(run, run.links)} if told else {}),
        "basemap": shown["basemap"],
        "about": about(run),
        "parts": _part_ranges(run, ids.links),
        **seen(run, ids.nodes, ids.links),
        **_moves(run, present, ids),
    }


def _places(run: RunTables) -> dict[str, Any]:
    """Return what a map shows of the places alone: made once for all runs that share it in their memo."""
    shown: dict[str, Any] = run.memo.setdefault("places", {})
    if not shown:
        nodes, links = run.nodes, run.links
        places_at = {node: i for i, node in enumerate(text(nodes, "node_id"))}
        shown |= {
            "ids": Ids(
                places_at, {link: i for i, link in enumerate(text(links, "link_id"))}, text(run.periods, "period")
            ),
            "fold": [list(row) for row in letters()],
            "nodes": nodes_payload(nodes),
            "links": links_payload(links, places_at),
            "regions": regions(run.regions),
            "sources": pack_json(sources(run)),
            "places": places(nodes),
            "basemap": basemap(backdrop(run)),
        }
    return shown


def _part_ranges(run: RunTables, links: Mapping[str, int]) -> dict[str, Json]:
    """Return the ranges of parts that an ensemble left; of links those that are drawn with a load, by their number."""
    told = run.meta.get("part_ranges") or {}
    if "link" not in told:
        return dict(told)
    loaded = set(run.link_loads.loc[run.link_loads["tonnage_t"] > 0, "link_id"])
    kept = {str(links[name]): pair for name, pair in told["link"].items() if name in loaded and name in links}
    return {**told, "link": kept}


def kinds_of(run: RunTables) -> list[str]:
    """Return the kinds of movement that a run has, in the order in which they are told."""
    moved = set(run.coded_legs("kind").present("kind"))
    return [name for name in kinds() if name in moved]


def _check(run: RunTables) -> None:
    unknown = sorted(set(run.coded_legs("kind").present("kind")) - set(kinds()))
    if unknown:
        problems = [problem("movements", "", "kind", f"{k!r} is no kind of the vocabulary") for k in unknown]
        raise InputError(problems, what="the run to be drawn")


def _kinds(present: Sequence[str]) -> list[Json]:
    """Return what the script must know of the kinds: who moves them, where they end, what they do to a tonne."""
    looks = kind_looks()
    return [
        {
            "name": k.kind,
            "mover": k.mover,
            "tracing": k.tracing,
            "ends": k.ends_at,
            "diverted": k.diverted,
            "backward": k.backward,
            "colour": looks[k.kind].colour,
            "dash": list(looks[k.kind].dash),
        }
        for k in (kinds()[name] for name in present)
    ]


def _materials(run: RunTables) -> list[Json]:
    table = materials_of(run)
    looks = material_looks(table)
    return [
        {"name": m.material, "role": m.role, "groups": list(m.groups), "colour": looks[m.material].colour}
        for m in table
    ]


def _told(run: RunTables) -> list[Account]:
    """Return the columns of the accounts that say anything in a run and that its movements do not already tell."""
    moved = tuple(f"{kind}_" for kind in kinds())
    rows = run.accounts
    return [
        a
        for a in accounts().values()
        if a.column in rows and not a.column.startswith(moved) and (floats(rows, a.column) != a.absent).any()
    ]


def _measures(asked: Sequence[Account], present: Sequence[str]) -> dict[str, Json]:
    """Return the measures of which a run has what they are made of: columns of the accounts, kinds of movement."""
    known = {a.column for a in asked} | {"heads", "workers"}
    if any(kinds()[name].tracing == "take_back" for name in present):
        known |= {"regained", "brought"}
    return {name: about for name, about in MEASURES.items() if {about["of"], about["over"]} <= known}


def _moves(run: RunTables, present: Sequence[str], ids: Ids) -> dict[str, Json]:
    moves = run.coded_legs(*SERIES, "period")
    # Grouped as sorted numbers: the same order as the words, at a tenth of the time.
    series = joined([moves.number[name] for name in SERIES])
    period = positions(moves.words["period"], ids.periods)[moves.number["period"]]
    key = joined([series, period])
    order = np.argsort(key, kind="stable")
    begins = np.diff(key[order], prepend=-1) != 0
    row = order[begins]
    tonnes = np.bincount(np.cumsum(begins) - 1, moves.tonnage_t[order], minlength=len(row))
    starts = (np.diff(series[row], prepend=-1) != 0).astype(np.int64)
    start = np.flatnonzero(starts)
    sums = np.bincount(np.cumsum(starts) - 1, tonnes, minlength=len(start))
    first = {name: _words_at(moves, name, row[start]) for name in SERIES}
    packed: dict[str, Json] = {}
    known = {"kind": present, "material": [m.material for m in materials_of(run)], "via": VIAS, "basis": RUN_BASES}
    for name in ("kind", "material", "via", "basis", "grade"):
        of, names = codes_and_words(first[name], known.get(name, [""]))
        packed[name] = {"names": names, "of": pack(of, "int", ready=True)}
    path_ids = [path for path in moves.present("path_id") if path]
    for name, words in (("origin", list(ids.nodes)), ("destination", list(ids.nodes)), ("path_id", path_ids)):
        place = positions(moves.words[name], words)
        packed[name.removesuffix("_id")] = pack(place[moves.number[name][row[start]]], "int", ready=True)
    monthly = np.zeros((len(present), len(ids.periods)))
    by_kind = positions(moves.words["kind"], present)
    np.add.at(monthly, (by_kind[moves.number["kind"][row]], period[row]), tonnes)
    return {
        "rows": {
            "series": pack(starts, "u1"),
            "period": pack(period[row], "int"),
            "t": pack(tonnes, "f4"),
            # what the first sight needs of the rows, so that they are unpacked only for a part of the months
            "sums": pack(sums, "f4", ready=True),
            "months": pack(monthly, "f8", ready=True),
        },
        "series": packed,
        "paths": _paths(run.tables.get("paths"), path_ids, ids),
    }


def _words_at(moves: CodedMoves, name: str, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    return np.asarray(moves.words[name], dtype=object)[moves.number[name][rows]]


def _paths(paths: pd.DataFrame | None, path_ids: Sequence[str], ids: Ids) -> dict[str, Json]:
    """Links of every path in order, each with its direction: ``link * 2 + (0 forward, 1 backward)``."""
    counts, steps = np.zeros(len(path_ids), dtype=np.int64), np.zeros(0, dtype=np.int64)
    if paths is not None and len(paths):
        path, link = positions(paths["path_id"], path_ids), positions(paths["link_id"], list(ids.links))
        backward = ~column(paths, "forward", default=True).astype(bool).to_numpy()
        order = np.lexsort((paths["seq"].to_numpy(), path))
        order = order[(path[order] >= 0) & (link[order] >= 0)]
        counts = np.bincount(path[order], minlength=len(path_ids))
        steps = (link * 2 + backward)[order]
    return {"n": pack(counts, "int", ready=True), "link": pack(steps, "int", ready=True)}


def _accounts(frame: pd.DataFrame, told: Sequence[Account], ids: Ids) -> dict[str, Json]:
    """Return the accounts, the columns that say anything in them, and how each adds up over time."""
    node, period = positions(frame["node_id"], list(ids.nodes)), positions(frame["period"], ids.periods)
    order = np.lexsort((period, node))
    order = order[node[order] >= 0]
    rows = frame.iloc[order][[a.column for a in told]]
    return {
        "node": pack(node[order], "int", ready=True),
        "period": pack(period[order], "int", ready=True),
        "columns": {
            a.column: pack(np.nan_to_num(floats(rows, a.column), nan=a.absent), "f4", ready=a.column == "quota_t")
            for a in told
        },
        "about": [
            {"column": a.column, "unit": a.unit, "owner": a.owner, "over": a.over_time, "absent": a.absent}
            for a in told
        ],
        "role": {"asked": "quota_t", "owed": "shortfall_t", "credited": "credited_t"},
    }


def _stocks(run: RunTables, ids: Ids) -> dict[str, Json]:
    """Return what the yards held at the end of each period, by material; the rest follows from the movements."""
    left = run.amounts.left()
    # by yard first
    closing = np.ascontiguousarray(left.amount.transpose(2, 0, 1))
    node, period, material = np.nonzero(closing > 0)
    return {
        "node": pack(np.array([ids.nodes[y] for y in left.places], dtype=np.int64)[node], "int", ready=True),
        "period": pack(period, "int", ready=True),
        "material": pack(material, "int", ready=True),
        "closing_t": pack(closing[node, period, material], "f4", ready=True),
    }


def _intake(run: RunTables, ids: Ids) -> dict[str, Json]:
    """Return what each mill would take in each period, in t, and whether that is an assumption."""
    supplies = run.tables.get("supplies")
    if supplies is None or "demand_t" not in supplies:
        return {"node": [], "t": pack([]), "assumed": []}
    demand = floats(supplies, "demand_t")
    wanted = np.flatnonzero((demand > 0) & np.isfinite(demand))
    mill, mills = numbered(supplies["node_id"].iloc[wanted])
    period = positions(supplies["period"].iloc[wanted], ids.periods)
    table = np.zeros((len(mills), len(ids.periods)))
    np.add.at(table, (mill[period >= 0], period[period >= 0]), demand[wanted][period >= 0])
    guessed = {row for row, basis in inputs(run, "mills", "intake_t") if basis == "assumed"}
    return {
        "node": [ids.nodes[str(node)] for node in mills],
        "t": pack(table),
        "assumed": [str(node) in guessed for node in mills],
    }


def _loads(loads: pd.DataFrame, ids: Ids) -> dict[str, Json]:
    """Return shadow prices of the links where a capacity bound."""
    bound = loads[floats(loads, "shadow_price") > 0]
    link = np.array([ids.links.get(n, -1) for n in text(bound, "link_id")], dtype=np.int64)
    here = link >= 0
    return {
        "link": pack(link[here], "i4"),
        "period": pack(positions(bound["period"], ids.periods)[here], "int"),
        "shadow_price": pack(floats(bound, "shadow_price")[here], "f4"),
    }


def _largest(run: RunTables, links: pd.DataFrame) -> float:
    """Return what a fixed scale starts from: the largest load of a link, or of what goes by train on no path."""
    return float(max([_largest_load(run.link_loads, links), *direct_legs(run)["tonnage_t"].tolist()]))


def _largest_load(loads: pd.DataFrame, links: pd.DataFrame) -> float:
    """Return the largest tonnage of a railway link in one direction and period: what a fixed scale starts from."""
    rail = links.loc[column(links, "mode").isin(["rail", "transshipment"]), "link_id"]
    here = positions(loads["link_id"], rail.tolist()) >= 0
    known = [c for c in ("forward_t", "backward_t") if c in loads.columns] or ["tonnage_t"]
    most: NDArray[np.float64] = loads[known].to_numpy(dtype=np.float64)[here]
    return float(most.max()) if most.size else 0.0
