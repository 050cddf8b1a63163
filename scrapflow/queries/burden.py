"""Who bears the burden, what it gains and what it costs: heads, machines, output, the bodies behind a drive."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.campaign import MATERIALS, Setting, setting_rules
from scrapflow.campaign.sections import read_settings
from scrapflow.campaign.settings import CampaignFindings
from scrapflow.queries.concentration import gini
from scrapflow.queries.yards_and_penalties import words_of
from scrapflow.units import KG_PER_T
from scrapflow.vocabulary import traced_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.ledger.tables import RunTables

    Floats = NDArray[np.float64]

ALTERNATIVES = ("campaign", "wait", "sell")
"""What happened; handing over scrap alone and waiting for rice; selling everything off."""
_AMOUNTS = (
    "quota_t",
    "credited_t",
    "carted_t",
    "books_only_t",
    "returned_t",
    "looted_from_t",
    "looted_by_t",
    "shortfall_t",
)
_FUNCTIONAL = ("idle_machinery", "working_machinery")
_HALVINGS = 60


def burden(run: RunTables, *, by: Sequence[str] | str = ("region", "actor")) -> pd.DataFrame:
    """Return what was asked and given per head and period, and how unequally.

    Parameters
    ----------
    run
        A run.
    by
        Columns to group by: ``actor`` (``enterprise`` or ``community``) and columns of ``run.nodes`` such as ``region``,
        ``sector``, ``name``.

    Returns
    -------
    DataFrame
        ``by``, then ``heads`` (workers of enterprises, residents of communities), ``quota_kg, credited_kg, carted_kg,
        books_only_kg, returned_kg, looted_from_kg, looted_by_kg, shortfall_kg`` (kg a head and period) and ``gini`` of
        the kg carted per head among the heads of the group's places: 0 where all give alike, NaN where nobody gives. Sorted by ``by``.

    Raises
    ------
    UnknownNameError
        If there is no such column.

    Examples
    --------
    >>> import scrapflow as sf
    >>> burden(sf.run(sf.read_world("toy")))[["region", "actor", "heads", "quota_kg", "gini"]].values.tolist()
    [['Vale', 'community', 5000.0, 4.0, 0.0], ['Vale', 'enterprise', 1000.0, 20.0, 0.0]]
    """
    words = words_of(run, by, "actor")
    nodes = run.nodes[run.nodes["kind"].isin(["enterprise", "community"])]
    heads = nodes["workers"].where(nodes["kind"] == "enterprise", nodes["population"]).fillna(0.0)
    places = pd.DataFrame(nodes.drop(columns="geometry")).assign(actor=nodes["kind"], heads=heads)
    given = run.accounts.groupby("node_id")[list(_AMOUNTS)].sum()
    table = places.join(given, on="node_id").fillna(dict.fromkeys(_AMOUNTS, 0.0))
    table = table[table["heads"] > 0]
    grouped = table.groupby(words, sort=True)
    out = grouped[["heads", *_AMOUNTS]].sum()
    per_head = KG_PER_T / (out["heads"] * max(len(run.periods), 1))
    for column in _AMOUNTS:
        out[column] *= per_head
    unequal = [gini(g["carted_t"] / g["heads"], g["heads"]) for _, g in grouped]
    return (
        out.rename(columns=lambda c: c.removesuffix("_t") + "_kg" if c in _AMOUNTS else c)
        .assign(gini=unequal)
        .reset_index()
    )


def rice_cooker(run: RunTables) -> pd.DataFrame:
    """Set what the campaign gains from each enterprise against what the enterprise loses, and against two alternatives.

    Three rows an enterprise. ``campaign``: what happened. ``wait``: it hands over the same scrap and keeps every
    machine ("you'd just wait until you found a way to get rice"). ``sell``: all its steel at once ("better if they just
    sold the whole building off"), after which nothing is made.

    Parameters
    ----------
    run
        A run.

    Returns
    -------
    DataFrame
        ``node_id, name, region, sector, workers, alternative``;
        ``gained_t``: own steel gone to yards for good (carted less carried back); ``functional_t``: idle and working
        machinery in it;
        ``lost_worker_months``: output lost during the campaign;
        ``foregone_worker_months``: output a month that its idle machines, now gone, could have given when work comes
        (idle tonnes gone, looted and condemned ones included, × workers per tonne of working machinery at the start;
        assumed; NaN where there was none);
        ``kg_per_lost_worker_month``: gain over loss (inf where nothing is lost);
        ``break_even_kg``: the quota per worker and period at which an enterprise begins to eat functional machines: the
        largest that scrap and obsolete machinery alone can fill in every period of the campaign (NaN without workers;
        the same in all three rows). Sorted by ``node_id``, alternatives in the order above.

    Examples
    --------
    >>> import scrapflow as sf
    >>> t = rice_cooker(sf.run(sf.read_world("toy")))
    >>> t[["alternative", "gained_t", "functional_t", "break_even_kg"]].round(2).values.tolist()
    [['campaign', 33.62, 13.78, 10.0], ['wait', 10.0, 0.0, 10.0], ['sell', 100.0, 80.0, 10.0]]
    """
    firms = run.nodes[run.nodes["kind"] == "enterprise"].sort_values("node_id", ignore_index=True)
    ids = firms["node_id"].tolist()
    start, end, gone = _stocks(run, ids)
    account = run.accounts.groupby("node_id")[["lost_worker_months"]].sum().reindex(ids).fillna(0.0)
    workers = firms["workers"].fillna(0.0).to_numpy(dtype=np.float64)
    months = _months(run)
    idle, working = MATERIALS.index("idle_machinery"), MATERIALS.index("working_machinery")
    functional = [MATERIALS.index(m) for m in _FUNCTIONAL]
    per_tonne = np.divide(workers, start[:, working], out=np.full(len(ids), np.nan), where=start[:, working] > 0)
    nothing = np.zeros(len(ids))
    rows = {
        "campaign": (
            gone.sum(axis=1),
            gone[:, functional].sum(axis=1),
            account["lost_worker_months"].to_numpy(dtype=np.float64),
            np.maximum(start[:, idle] - end[:, idle], 0.0) * per_tonne,
        ),
        "wait": (gone[:, 0], nothing, nothing, nothing * per_tonne),
        "sell": (start.sum(axis=1), start[:, functional].sum(axis=1), workers * months, start[:, idle] * per_tonne),
    }
    known = firms[["node_id", "name", "region", "sector"]].assign(
        workers=workers, break_even_kg=_break_even(run, ids, workers)
    )
    columns = ["gained_t", "functional_t", "lost_worker_months", "foregone_worker_months"]
    tables = [
        pd.DataFrame(known).assign(alternative=name, step=i, **dict(zip(columns, values, strict=True)))
        for i, (name, values) in enumerate(rows.items())
    ]
    table = pd.concat(tables).sort_values(["node_id", "step"], ignore_index=True).astype({"alternative": "str"})
    lost = table["lost_worker_months"].to_numpy(dtype=np.float64)
    gain = table["gained_t"].to_numpy(dtype=np.float64) * KG_PER_T
    none = np.where(gain > 0, np.inf, 0.0)
    table["kg_per_lost_worker_month"] = np.divide(gain, lost, out=none, where=lost > 0)
    order = ["node_id", "name", "region", "sector", "workers", "alternative", *columns, "kg_per_lost_worker_month"]
    return table[[*order, "break_even_kg"]]


def organisations(run: RunTables) -> pd.DataFrame:
    """Return what each organisation's drive brought, and how many tanks that is.

    The mass of a tank is the world's own claim of metric ``tank_mass_t``; a tonne of scrap is counted as a tonne of
    steel, so the number is an upper bound. Without such a claim it is NaN.

    Parameters
    ----------
    run
        A run; its rules of kind ``organisation`` count, together where they name one body.

    Returns
    -------
    DataFrame
        ``organisation, quota_t, credited_t, tanks, tank_source_id``, sorted by ``organisation``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> organisations(sf.run(sf.read_world("toy"))).columns.tolist()
    ['organisation', 'quota_t', 'credited_t', 'tanks', 'tank_source_id']
    """
    quotas = run.quotas[run.quotas["organisation"] != ""]
    out = quotas.groupby("organisation", as_index=False, sort=True)[["quota_t", "credited_t"]].sum()
    claims = run.tables["claim_rows"]
    tank = claims[(claims["metric"] == "tank_mass_t") & (claims["value"] > 0)]
    mass, source = (float(tank["value"].iloc[0]), str(tank["source_id"].iloc[0])) if len(tank) else (np.nan, "")
    return out.assign(tanks=out["credited_t"] / mass, tank_source_id=pd.Series(source, index=out.index, dtype="str"))


def _stocks(run: RunTables, ids: list[str]) -> tuple[Floats, Floats, Floats]:
    """Return stocks at the start and the end and what went for good, t, shape (n, materials)."""
    s = run.stocks[run.stocks["node_id"].isin(ids) & (run.stocks["via"] == "own")]
    first, last = run.periods["period"].iloc[[0, -1]]
    shape = {"index": pd.Index(ids), "columns": list(MATERIALS)}

    def wide(frame: pd.DataFrame, column: str) -> Floats:
        table = frame.pivot_table(index="node_id", columns="material", values=column, aggfunc="sum")
        return np.array(table.reindex(**shape).fillna(0.0), dtype=np.float64)  # type: ignore[arg-type]

    m = run.movements
    carted = m[m["kind"].isin(traced_as("bring")) & m["origin"].isin(ids)].rename(columns={"origin": "node_id"})
    back = m[m["kind"].isin(traced_as("take_back")) & m["destination"].isin(ids)].rename(
        columns={"destination": "node_id"}
    )
    gone = wide(carted, "tonnage_t") - wide(back, "tonnage_t")
    return wide(s[s["period"] == first], "opening_t"), wide(s[s["period"] == last], "closing_t"), np.maximum(gone, 0.0)


def _months(run: RunTables) -> float:
    days = (pd.to_datetime(run.periods["end"]) - pd.to_datetime(run.periods["start"])).dt.days.sum() + len(run.periods)
    return float(days) * 12 / 365.25


def _break_even(run: RunTables, ids: list[str], workers: Floats) -> Floats:
    """Find, by halving, the largest quota per worker that scrap and obsolete machinery fill in every period, in kg."""
    raw = tomllib.loads(str(run.meta.get("campaign_toml", "")))
    settings = read_settings(raw, CampaignFindings("campaign", ())) if raw else {}
    start, _, _ = _stocks(run, ids)
    scrap_share, obsolete_share, stripped = (
        float(settings.get(k, Setting(setting_rules()[k].default)).value)
        for k in ("filling.willingness.scrap", "filling.willingness.obsolete_machinery", "filling.stripped_share")
    )
    scrap = run.stocks[(run.stocks["material"] == "scrap") & run.stocks["node_id"].isin(ids)]
    arising = scrap.pivot_table(index="node_id", columns="period", values="arising_t", aggfunc="sum")
    new = arising.reindex(index=ids, columns=run.periods["period"].tolist()).fillna(0.0).to_numpy(dtype=np.float64)
    low, high = np.zeros(len(ids)), start[:, :2].sum(axis=1) + new.sum(axis=1)
    for _ in range(_HALVINGS):
        need = (low + high) / 2
        s, o = start[:, 0].copy(), start[:, 1].copy()
        fits = np.ones(len(ids), dtype=bool)
        for t in range(new.shape[1]):
            s += new[:, t]
            from_scrap = np.minimum(need, scrap_share * s)
            from_obsolete = np.minimum(need - from_scrap, obsolete_share * o * stripped)
            fits &= from_scrap + from_obsolete >= need * (1 - 1e-12)
            s += from_obsolete * (1 / stripped - 1) - from_scrap
            o -= from_obsolete / stripped
        low, high = np.where(fits, need, low), np.where(fits, high, need)
    return np.asarray(np.divide(low * KG_PER_T, workers, out=np.full(len(ids), np.nan), where=workers > 0))
