"""Where a map's numbers come from: sources, claims, assumptions, what was left, and what made the run."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import UnknownNameError
from scrapflow.evidence.asks import preferred_kinds
from scrapflow.queries.claims import evaluate_claims
from scrapflow.views.backdrop import attribution
from scrapflow.views.figures import figure_ranges
from scrapflow.views.packing import pack_json
from scrapflow.views.plain_columns import Json, column, floats, records, text
from scrapflow.views.words import second_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.ledger.tables import RunTables

UNPLACED = "unplaced"
"""The reason of what has no place on a map."""
_LEAST_SHIFT, _LEAST_NARROWING = 0.05, 0.005
"""An assumption that learned less, in standard deviations and as a share of its range, is told as having learned nothing."""
_SOURCE = ("source_id", "title", "publisher", "url", "published", "accessed", "reliability")
ROLES = ("test", "tuned", "input", "definition")
"""What a claim is to a run, in the order in which the panel tells them: what can fail comes first."""


def sources(run: RunTables) -> list[Json]:
    """Return the sources, the most used first, each with how many rows of the run's places and claims cite it."""
    frame = run.sources
    uses = Counter(
        source for rows in (run.nodes, run.links, run.tables["claim_rows"]) for source in text(rows, "source_id")
    )
    rows = [dict(zip(_SOURCE, row, strict=True)) for row in zip(*(text(frame, n) for n in _SOURCE), strict=True)]
    counted = [(uses[row["source_id"]], row) for row in rows]
    return [{**row, "uses": n} for n, row in sorted(counted, key=lambda pair: (-pair[0], pair[1]["source_id"]))]


def claims(run: RunTables) -> list[Json]:
    """Return the claims with what the model says, by role: those that could have failed first.

    ``local`` is what the world calls a claim and its note in its second language (``claim.ID`` and ``claim.ID.note``
    among its words), where it does.
    """
    frame = evaluate_claims(run)
    rows = run.tables["claim_rows"]
    given = dict(zip(text(rows, "claim_id"), text(rows, "role"), strict=True))
    role = frame["claim_id"].astype(str).map(given).fillna("")
    order = role.map({name: i for i, name in enumerate(ROLES)}).fillna(len(ROLES))
    told: list[Any] = records(frame.assign(role=role).iloc[np.argsort(order.to_numpy(), kind="stable")])
    own = (run.meta.get("words") or {}).get(second_language(run)) or {}
    for row in told:
        if name := own.get(f"claim.{row['claim_id']}"):
            row["local"] = [name, own.get(f"claim.{row['claim_id']}.note", "")]
    return told


def left_at_the_end(run: RunTables, *by: str) -> list[Json]:
    """Return rows of what could not be moved, ``[*by, tonnes]`` at the end of the run, largest first.

    A level is never summed over time: what could not be carted this month is offered again in the next.
    """
    sums = _left(run, *by)
    sums = sums.sort_values(["tonnage_t", *by], ascending=[False, *(True for _ in by)], kind="stable")
    return [[*(str(v) for v in row[:-1]), round(float(row[-1]), 3)] for row in sums.itertuples(index=False)]


def _left(run: RunTables, *by: str) -> pd.DataFrame:
    """Return ``by, tonnage_t`` of what could not be moved at the end of the run."""
    if "left" not in run.memo:
        last = run.periods["period"].iloc[-1] if len(run.periods) else ""
        rows = run.unserved
        run.memo["left"] = rows.loc[rows["period"] == last, ["node_id", "reason", "tonnage_t"]]
    return pd.DataFrame(run.memo["left"].groupby(list(by))["tonnage_t"].sum().reset_index())


def assumed(run: RunTables) -> dict[str, Json]:
    """Return how many inputs are assumed and derived, how many of the assumed have a range, and of which tables."""
    frame = run.assumed
    basis = column(frame, "basis").astype(str)
    rows = frame[basis == "assumed"]
    ranged = floats(rows, "low") < floats(rows, "high")
    counted = column(rows, "table").astype(str).value_counts()
    tables = sorted(((str(k), int(v)) for k, v in counted.items()), key=lambda item: (-item[1], item[0]))
    return {
        "count": len(rows),
        "ranged": int(ranged.sum()),
        "derived": int((basis == "derived").sum()),
        "tables": [list(t) for t in tables],
    }


_PLACE_INPUTS = {"workers": "enterprises", "population": "communities"}
"""What a place's panel tells of it, and the table that it is an input in."""


def guessed(run: RunTables, index: Mapping[str, int]) -> dict[str, Json]:
    """Return which places have workers and inhabitants that nobody reported: positions in the map's data, by basis.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> sorted(guessed(run, {node: i for i, node in enumerate(run.nodes["node_id"])}))
    ['population', 'workers']
    """
    told: dict[str, Json] = {}
    for name, table in _PLACE_INPUTS.items():
        own = inputs(run, table, name)
        told[name] = {
            basis: [index[row] for row, of in own if of == basis and row in index] for basis in ("derived", "assumed")
        }
    return told


def inputs(run: RunTables, table: str, column: str) -> list[tuple[str, str]]:
    """Return the row and the basis of each number in a column of a world's table that nobody reported."""
    words = [run.assumed[c].to_numpy(dtype=object) for c in ("table", "column", "row", "basis")]
    here = np.flatnonzero((words[0] == table) & (words[1] == column))
    return list(zip(words[2][here].tolist(), words[3][here].tolist(), strict=True))


def unplaced(run: RunTables) -> float:
    """Return what had no place on the map at the end, in t."""
    left = _left(run, "reason")
    return float(sum(round(float(t), 3) for t in left.loc[left["reason"] == UNPLACED, "tonnage_t"]))


def seen(run: RunTables, nodes: Mapping[str, int], links: Mapping[str, int]) -> dict[str, Json]:
    """Return what was observed and where to look next, under ``evidence``; nothing for a run without.

    An ensemble that was weighed by no observation is as it was before, and an assumption that moved by less than can be
    told is left out.

    Parameters
    ----------
    run
        The run of what :func:`scrapflow.condition` gave, or with :func:`scrapflow.evidence.where_next.with_next`.
    nodes, links
        Positions in the map's data by identifier.
    """
    told = run.meta.get("evidence")
    if not told or not (told.get("observations") or told.get("next")):
        return {}
    seen_rows, rows = (
        [{**row, "node": _node(run, row, nodes), "link": links.get(row["link_id"], -1)} for row in told.get(part, [])]
        for part in ("observations", "next")
    )
    before = figure_ranges(told.get("before") or {}) if told.get("observations") else {}
    learned = [
        i for i in told.get("inputs") or [] if abs(i["shift"]) >= _LEAST_SHIFT or i["narrowing"] >= _LEAST_NARROWING
    ]
    more = {"before": before, "observations": seen_rows, "inputs": learned, "next": rows, "members": members_of(run)}
    return {"evidence": pack_json({**told, **more})}


def _node(run: RunTables, row: Mapping[str, Json], nodes: Mapping[str, int]) -> int:
    """Return the position of the place of an observation, written by any spelling; -1 where it has none on the map."""
    word = str(row["node_id"])
    if word and word not in nodes:
        try:
            word = run.names.resolve(word, preferred_kinds(str(row["metric"])))
        except UnknownNameError:
            return -1
    return nodes.get(word, -1)


def members_of(run: RunTables) -> int:
    """Return how many members the ranges of a run are of; 0 without ranges, or where the number is none."""
    members = run.meta.get("members")
    counted = len(members) if isinstance(members, list) else members
    return int(counted) if isinstance(counted, int | float) and run.meta.get("ranges") else 0


def _digest(hashes: Mapping[str, str]) -> str:
    """Return one short hash of all input files, to be cited."""
    lines = "\n".join(f"{name} {digest}" for name, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def about(run: RunTables) -> dict[str, Json]:
    """Return what identifies the run, and what could not be moved, by reason."""
    meta = run.meta
    hashes = meta.get("inputs") or {}
    return {
        "title": str(meta.get("title", "")),
        "world": str(meta.get("world", "")),
        "name": run.name,
        "part": str(meta.get("part", "")),
        "campaign": str(meta.get("campaign") or ""),
        "campaign_title": str(meta.get("campaign_title", "")),
        # where tonnes are known or given, nothing is inspected
        "mode": str(meta.get("mode", "")) if meta.get("campaign_toml", True) else "",
        "seed": meta.get("seed", 0),
        "members": members_of(run),
        "version": str(meta.get("version", "")),
        "read": max(text(run.sources, "accessed"), default=""),
        "attribution": attribution(run),
        "digest": _digest(hashes),
        "unplaced": unplaced(run),
        "hashes": [[str(k), str(v)] for k, v in sorted(hashes.items())],
        "unserved": left_at_the_end(run, "reason"),
    }
