"""How far a number of the trains is settled by cost: its least and its most over all plans that cost as little."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.ledger.engine import Engine
from scrapflow.ledger.reroute import haul_problem, haul_setting
from scrapflow.network.tracks import BACK, passed, place_of, plain_arcs, track_numbers
from scrapflow.queries.clauses import GRADES, joins, moved, used_tables
from scrapflow.routing.together import solve_together
from scrapflow.vocabulary import moved_by

if TYPE_CHECKING:
    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.query import Query
    from scrapflow.routing import FlowResult

_MIX = ["material", "via"]
_SETTLED = 1e-6
"""Part of the selection's tonnes by which its least and most may differ and be called settled."""


class Variability(NamedTuple):
    """The range of a selection's tonnes over all plans of least cost.

    Attributes
    ----------
    least_t, most_t
        Least and most, in t.
    total_t
        What the run has, by the rule for plans of the same cost, in t.
    """

    least_t: float
    total_t: float
    most_t: float

    @property
    def settled(self) -> bool:
        """Whether cost alone settles the number."""
        return self.most_t - self.least_t <= _SETTLED * max(self.most_t, _SETTLED)


def variability(flows: Query) -> Variability:
    """Return the least and the most tonnes of a selection over all plans of least cost.

    What people moved is held fixed, and so is the mix of each yard: of a material or a grade the range is that of the
    trains that carry it. A selection of what people moved has no range. No plan has less or more than the range says; see
    :meth:`scrapflow.routing.FlowResult.range_of` for when it is wider than what plans reach.

    Parameters
    ----------
    flows
        A query of one kind.

    Raises
    ------
    MixedKindsError
        If it holds several kinds.
    InputError
        If it has a condition on the tonnes of movements, or the plans of least cost cannot be told.

    Examples
    --------
    Each mill of the toy world takes what it takes in every plan of least cost:

    >>> import scrapflow as sf
    >>> flows = sf.run(sf.read_world("toy")).flows
    >>> v = flows.to("Near Mill").variability()
    >>> round(v.least_t, 6), round(v.total_t, 6), round(v.most_t, 6), v.settled
    (30.0, 30.0, 30.0, True)
    """
    total = flows.total_t
    trains = moved_by("train")
    if not set(flows.allowed) & set(trains) or (flows.kinds and not set(flows.kinds) & set(trains)):
        return Variability(total, total, total)
    if any("tonnage_t" in clause.sql for clause in flows.clauses):
        message = "a condition on the tonnes of a movement has no meaning over other plans; leave it out"
        raise InputError([problem("flows", "", "tonnage_t", message)], what="the query")
    run = flows.context.run
    result = _solved(run)
    options = _plain(result.options(), run)
    if options.empty:
        message = "the plans of least cost are too many to be told, or links have lower bounds"
        raise InputError([problem("flows", "", "", message)], what="the question")
    least, most = result.range_of(_weights(flows, run, options))
    return Variability(min(least, total), total, max(most, total))


def _solved(run: RunTables) -> FlowResult:
    """Return the haul of a run, solved again once."""
    if "haul" not in run.memo:
        tracks = track_numbers(run.tables["arcs"])
        run.memo["haul"] = solve_together([haul_problem(run)], tracks, foresight=haul_setting(run, "foresight"))[0]
    result: FlowResult = run.memo["haul"]
    return result


def _plain(options: pd.DataFrame, run: RunTables) -> pd.DataFrame:
    """Tell options by plain arcs and places, where the haul keeps operators apart."""
    plain = plain_arcs(run.tables["arcs"])
    if options.empty or plain is None:
        return options
    links = pd.Series([passed(steps, plain) for steps in options["links"]], index=options.index, dtype=object)
    return options.assign(destination=options["destination"].map(place_of), links=links)


def _weights(flows: Query, run: RunTables, options: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the part of a tonne on each option that the selection keeps, by asking the query of such tonnes."""
    names = pd.Series([f"option {i}" for i in range(len(options))], dtype="str")
    tonne = options[["period", "origin", "destination"]].assign(path_id=names, kind=moved_by("train")[0])
    legs = tonne.merge(_mix(run, options), on=["period", "origin"])
    legs = legs.assign(basis="modelled", grade="").astype(dict.fromkeys(["kind", "basis", "grade"], "str"))
    links = options["links"].explode().reset_index(drop=True)
    count = [len(steps) for steps in options["links"]]
    link = links.astype("str").str.removesuffix(BACK)
    paths = pd.DataFrame(
        {"path_id": names.repeat(count).to_numpy(), "link_id": link, "forward": link == links, "seq": 0}
    )
    where, parameters, tables = flows.condition()
    mix = {GRADES: flows.context.grades} if GRADES in tables else {}
    engine = Engine({**run.tables, **mix, "movements": legs, "paths": paths.astype({"path_id": "str"})})
    sql = f"SELECT m.path_id, sum(m.tonnage_t) AS part FROM {moved(tables)}{joins(tables)}{where} GROUP BY m.path_id"  # noqa: S608 - values are parameters
    kept = engine.frame(sql, parameters, uses=used_tables(tables)).set_index("path_id")["part"]
    return kept.reindex(names).fillna(0.0).to_numpy(dtype=np.float64)


def _mix(run: RunTables, options: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each material and way in what each yard sends, of all yards where it sends nothing."""
    sent = run.legs_by("period", "origin", *_MIX, kinds=moved_by("train"))
    keys = ["period", "origin"]
    shares = pd.DataFrame(sent.groupby([*keys, *_MIX], as_index=False)["tonnage_t"].sum())
    shares["tonnage_t"] /= shares.groupby(keys)["tonnage_t"].transform("sum")
    every = pd.DataFrame(sent.groupby(_MIX, as_index=False)["tonnage_t"].sum())
    every["tonnage_t"] /= every["tonnage_t"].sum()
    asked = options[keys].drop_duplicates()
    idle = asked.merge(shares[keys].drop_duplicates(), on=keys, how="left", indicator=True)
    idle = idle.loc[idle["_merge"] == "left_only", keys]
    return pd.concat([pd.DataFrame(shares), idle.merge(every, how="cross")], ignore_index=True)
