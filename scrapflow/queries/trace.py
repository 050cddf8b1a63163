"""Where the steel arose and where it ended up: legs joined through yards that mix and keep stock.

A leg says from which yard a mill was served, not whose machines the yard had. Tracing follows the origins through the
stock of every yard, period by period, with *proportional sharing*: what leaves a store has the mix of what is in it
(Bialek 1996, *Tracing the flow of electricity*, IEE Proceedings 143; in material-flow analysis the perfectly mixed
stock, Brunner and Rechberger 2016). Material and ``via`` are labels that a tonne keeps, so each yard is one store per
material and via. Within a period the order is: looting, hand-over, carry-back, trains.

Three rules fill what mixing leaves open. A looted tonne arose at the enterprise it was looted from. A load that is
carried back is its owner's own and was never on a train: it is taken off what the owner brought in the same period, or
in the period before where loads go home one period later. Tonnes that were in a yard before the first period arose
there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.errors import UnknownNameError
from scrapflow.given import checked
from scrapflow.queries.flows import Flows
from scrapflow.queries.groupers import Columns, Grouper
from scrapflow.queries.selectors import FROM_ORDER, TO_ORDER, order_in
from scrapflow.queries.stores import ends_of
from scrapflow.queries.wording import flat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.query_context import QueryContext
    from scrapflow.queries.times import When
    from scrapflow.world.names import Match

_WORDS = ("period", "kind", "material", "via", "origin", "destination", "yard")


@checked
def trace(
    run: RunTables,
    *,
    to: str | Sequence[str] | None = None,
    from_: str | Sequence[str] | None = None,
    by: Sequence[str] | str = ("region",),
    during: When | None = None,
) -> pd.DataFrame:
    """Trace tonnes from where they arose to where they ended, through the mixing stocks of the yards.

    Parameters
    ----------
    run
        A run.
    to
        Where the tonnes arrived: a mill; a region, meaning its mills; a yard or a community, meaning what it took in
        for good; ``"outside"``; or several of these. None: every end, namely mills, ``outside`` and what yards and communities still hold.
    from_
        Where the tonnes arose: an enterprise, a community, a region; or a yard, meaning what passed through it; or several.
    by
        Words to group by: ``origin`` (where it arose), ``region, sector, name`` … of the origin, ``destination`` and
        ``destination_region`` … of the end, ``yard`` and ``yard_region`` … of the yard it passed, ``material, via,
        period`` (of arrival) and ``kind`` (``shipped, leaked, kept``; ``carted`` or ``looted`` into a place asked for).
    during
        Periods of arrival, as for ``Flows.during``; stock from earlier periods counts where it arrives.

    Returns
    -------
    DataFrame
        The columns asked for, ``tonnage_t`` and ``share`` of the traced total (sums to 1), largest first, ties by name.

    Raises
    ------
    UnknownNameError, AmbiguousNameError
        If a place or a word means nothing, or two places of one kind.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> mix = sf.trace(run, to="Near Mill", by=["material", "region"])
    >>> bool(abs(mix.tonnage_t.sum() - run.flows.to("Near Mill").total_t) < 1e-9)
    True
    """
    flows = Flows.of_run(run)
    context = flows.context
    words = list(dict.fromkeys(flat([by])))
    columns = [_word(w, context.columns) for w in words]
    targets = [run.names.meant(name, order_in(run, TO_ORDER)) for name in _listed(to)]
    origins = [run.names.meant(name, order_in(run, FROM_ORDER)) for name in _listed(from_)]
    periods = None if during is None else set(flows.find_periods(during))
    ends = ends_of(run, _wanted(context, targets) if targets else None)
    if origins:
        yards = [o.id for o in origins if o.kind == "yard"]
        places = [place for o in origins if o.kind != "yard" for place in _places(context, o)]
        ends = ends[ends["yard"].isin(yards) | ends["origin"].isin(places)]
    if periods is not None:
        ends = ends[ends["period"].isin(periods)]
    return _grouped(ends, columns, run.nodes)


def _listed(names: str | Sequence[str] | None) -> list[str]:
    return [] if names is None else flat([names])


def _wanted(context: QueryContext, targets: Sequence[Match]) -> set[str]:
    """Return the places whose arrivals are asked for; of a region, its mills."""
    nodes = context.run.nodes
    mills = set(nodes.loc[nodes["kind"].eq("mill"), "node_id"])
    return {p for t in targets for p in ((mills & set(_places(context, t))) if t.kind == "region" else {t.id})}


def _places(context: QueryContext, match: Match) -> list[str]:
    return context.region_nodes(match.id) if match.kind == "region" else [match.id]


def _word(word: str, columns: Columns) -> Grouper:
    if word in _WORDS:
        return Grouper(word, "m", word, text=True)
    if word.startswith("yard_"):
        return columns.find(f"origin_{word.removeprefix('yard_')}")._replace(name=word, table="y")
    found = columns.find(word)
    if found.table not in "od":
        msg = f"a trace cannot be grouped by {word!r}; use {', '.join(_WORDS)} or a column of a place"
        raise UnknownNameError(msg, list(_WORDS))
    return found


def _grouped(ends: pd.DataFrame, columns: list[Grouper], nodes: pd.DataFrame) -> pd.DataFrame:
    places = nodes.set_index("node_id")
    key_of = {"o": "origin", "d": "destination", "y": "yard"}
    out = pd.DataFrame(index=ends.index)
    for c in columns:
        values = ends[c.source] if c.table == "m" else ends[key_of[c.table]].map(places[c.source])
        out[c.name] = values.fillna("") if c.text else values
    names = [c.name for c in columns]
    out = out.assign(tonnage_t=ends["tonnage_t"])
    if names:
        out = pd.DataFrame(out.groupby(names, as_index=False, sort=True, dropna=False)["tonnage_t"].sum())
    else:
        out = pd.DataFrame({"tonnage_t": [out["tonnage_t"].sum()]})
    out = out.sort_values(["tonnage_t", *names], ascending=[False, *[True] * len(names)], ignore_index=True)
    total = out["tonnage_t"].sum()
    return out.assign(share=out["tonnage_t"] / total if total > 0 else out["tonnage_t"])
