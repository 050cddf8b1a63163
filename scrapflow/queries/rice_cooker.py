"""What the campaign gains from each enterprise, what the enterprise loses, and what waiting or selling would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.campaign import MATERIALS
from scrapflow.campaign.break_even import break_even
from scrapflow.campaign.campaign import settings_alone
from scrapflow.campaign.population import HELD_ROLES, Population
from scrapflow.given import checked
from scrapflow.units import KG_PER_T
from scrapflow.vocabulary import MATERIAL_GROUPS, materials, traced_as
from scrapflow.world.numbering import numbered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign
    from scrapflow.ledger.tables import RunTables

    Floats = NDArray[np.float64]

_BY_ROLE = {material.role: MATERIALS.index(name) for name, material in materials().items()}
_HELD = [_BY_ROLE[role] for role in HELD_ROLES]
_CUT_OFF = ("unplaced", "no_yard")
"""Reasons of an enterprise that reaches no yard."""


@checked
def rice_cooker(run: RunTables) -> pd.DataFrame:
    """Set what the campaign gains from each enterprise against what the enterprise loses, and against two alternatives.

    Three rows an enterprise. ``campaign``: what happened. ``wait``: it hands over the same scrap and keeps every
    machine ("you'd just wait until you found a way to get rice"). ``sell``: all its steel at once, that of its buildings
    included ("better if they just sold the whole building off"), after which nothing is made.

    Parameters
    ----------
    run
        A run.

    Returns
    -------
    DataFrame
        ``node_id, name, named, region, sector, workers, alternative``; ``named`` is False for a row that stands for the
        rest of a place's workforce and is no factory;
        ``gained_t``: own steel gone to yards for good (carted less carried back); if sold, all machines and scrap, and the
        structural steel of the buildings at ``sale.structure_t_per_t`` of the campaign (assumed); ``functional_t``: idle
        and working machinery in it;
        ``lost_worker_months``: output lost during the campaign;
        ``foregone_worker_months``: output a month that its idle machines, now gone, could have given when work comes
        (idle tonnes gone, looted and condemned ones included, × workers per tonne of working machinery at the start;
        assumed; NaN where there was none);
        ``kg_per_lost_worker_month``: gain over loss (inf where nothing is lost);
        ``break_even_kg``: the quota per worker and month at which an enterprise begins to eat functional machines: the
        largest that scrap and obsolete machinery alone can fill in every period of the campaign, as the model itself
        answers when it is asked with the enterprise on its own: full yards and looting, which hang on others, are left
        out, and so are rules of one's own (NaN without workers or yard; the same in all three rows). Sorted by ``node_id``, alternatives in the order above.

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
    idle, working = _BY_ROLE["idle"], _BY_ROLE["working"]
    functional = [MATERIALS.index(m) for m in MATERIAL_GROUPS["functional"]]
    per_tonne = np.divide(workers, start[:, working], out=np.full(len(ids), np.nan), where=start[:, working] > 0)
    nothing = np.zeros(len(ids))
    campaign = settings_alone(str(run.meta.get("campaign_toml", "")))
    machinery = [MATERIALS.index(m) for m in MATERIAL_GROUPS["machinery"]]
    buildings = start[:, machinery].sum(axis=1) * float(campaign["sale.structure_t_per_t"])
    rows = {
        "campaign": (
            gone.sum(axis=1),
            gone[:, functional].sum(axis=1),
            account["lost_worker_months"].to_numpy(dtype=np.float64),
            np.maximum(start[:, idle] - end[:, idle], 0.0) * per_tonne,
        ),
        "wait": (gone[:, 0], nothing, nothing, nothing * per_tonne),
        "sell": (
            start.sum(axis=1) + buildings,
            start[:, functional].sum(axis=1),
            workers * months,
            start[:, idle] * per_tonne,
        ),
    }
    known = firms[["node_id", "name", "named", "region", "sector"]].assign(
        workers=workers, break_even_kg=_break_even(run, campaign, firms, start)
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
    order = [
        "node_id",
        "name",
        "named",
        "region",
        "sector",
        "workers",
        "alternative",
        *columns,
        "kg_per_lost_worker_month",
    ]
    return table[[*order, "break_even_kg"]]


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


def _break_even(run: RunTables, campaign: Campaign, firms: pd.DataFrame, start: Floats) -> Floats:
    """Ask the model for the largest quota that each enterprise fills without a functional machine, in kg a worker and month.

    The enterprises are set up as the run began; NaN where nobody works or no yard is in reach.
    """
    ids = firms["node_id"].tolist()
    n, workers = len(ids), firms["workers"].fillna(0.0).to_numpy(dtype=np.float64)
    first = run.stocks[run.stocks["period"].isin(run.periods["period"].iloc[:1])]
    arising = first.groupby("node_id")["arising_t"].sum().reindex(ids).fillna(0.0).to_numpy(dtype=np.float64)
    # At the start output is full, so this is the rate that the run began with.
    rate = float(campaign["arising.scale"]) * campaign.months
    nowhere, nobody = np.full((n, 2), np.nan), np.zeros(0)
    none = np.zeros(0, dtype=object)
    regions = firms["region_id"].to_numpy(dtype=object)
    population = Population(
        enterprise_id=np.array(ids, dtype=object),
        sector=firms["sector_id"].to_numpy(dtype=object),
        enterprise_region=regions,
        workers=workers,
        sites=firms["sites"].fillna(1.0).to_numpy(dtype=np.float64),
        stock=start[:, _HELD],
        arising=arising / rate if rate > 0 else np.zeros(n),
        enterprise_xy=nowhere,
        community_id=none,
        community_region=none,
        residents=nobody,
        pools=np.zeros((0, 4)),
        household=np.zeros((0, 2)),
        community_xy=np.zeros((0, 2)),
        region=numbered(regions)[0],
        materials=MATERIALS,
        held=tuple(_HELD),
        gathered=(-1, -1),
    )
    cut_off = run.unserved[run.unserved["reason"].isin(_CUT_OFF)]["node_id"]
    stranded = firms["node_id"].isin(cut_off).to_numpy()
    tonnes = break_even(campaign, population, stranded, len(run.periods))
    known = (workers > 0) & ~stranded
    return np.asarray(np.divide(tonnes * KG_PER_T, workers, out=np.full(n, np.nan), where=known))
