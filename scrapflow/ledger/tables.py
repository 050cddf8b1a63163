"""A run: the tables that say what was asked, handed over, carried back, looted, railed, kept and left.

A run carries everything a query or a map needs, places and sources included, so that a saved one is complete without
the world it came from.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from scrapflow.ledger import balance as _balance
from scrapflow.vocabulary import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from scrapflow.world.names import NameIndex

KEYS: dict[str, tuple[str, ...]] = {
    "periods": ("period",),
    "movements": ("period", "kind", "material", "via", "origin", "destination", "path_id"),
    "accounts": ("period", "node_id"),
    "quotas": ("period", "node_id", "rule_id"),
    "stocks": ("period", "node_id", "material", "via"),
    "link_loads": ("period", "link_id"),
    "paths": ("path_id", "seq"),
    "unserved": ("period", "node_id", "reason"),
    "nodes": ("node_id",),
    "links": ("link_id",),
    "regions": ("region_id",),
    "sources": ("source_id",),
    "assumed": ("table", "row", "column"),
    "claim_rows": ("claim_id",),
    "arcs": ("arc_id",),
    "supplies": ("period", "node_id"),
    "calendar": ("period", "link_id"),
}
"""Every table of a run and the columns it is sorted by."""


class RunTables:
    """What a campaign did to a world, period by period.

    Made by :func:`scrapflow.run` and :func:`scrapflow.read_run`; the tables are not to be changed.

    Parameters
    ----------
    tables
        The tables named in :data:`KEYS`; a lazy mapping may load them on first use.
    meta
        What identifies the run: ``world, title, campaign, campaign_title, campaign_toml, mode, seed,
        version, inputs`` (hashes), ``attribution``, ``case`` (what a what-if changed), and the settings of the haul: ``return_after, foresight,
        waiting_cost_per_t, allocation``.
    basemap
        GeoJSON by name (``countries, regions``) for drawing, EPSG:4326; may be empty.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        meta: Mapping[str, Any],
        basemap: Mapping[str, Any] | None = None,
    ) -> None:
        self.tables = tables
        self.meta = dict(meta)
        self.basemap = dict(basemap or {})
        self.memo: dict[str, Any] = {}
        """What the questions keep beside the tables, so that it is made once."""

    @property
    def name(self) -> str:
        """World and campaign in one word, such as ``toy-2015``, and what was changed afterwards in brackets."""
        case = f" ({self.meta['case']})" if self.meta.get("case") else ""
        return f"{self.meta['world']}-{self.meta['campaign']}{case}"

    @property
    def periods(self) -> pd.DataFrame:
        """``period`` (ISO label), ``start``, ``end`` (ISO dates, inclusive), in order."""
        return self.tables["periods"]

    @property
    def movements(self) -> pd.DataFrame:
        """Single legs: ``period, kind, material, via, origin, destination, tonnage_t, path_id, basis, grade``; t > 0."""
        return self.tables["movements"]

    @property
    def accounts(self) -> pd.DataFrame:
        """What each enterprise and community owed, gave, took back and suffered, per period; masses in t."""
        return self.tables["accounts"]

    @property
    def quotas(self) -> pd.DataFrame:
        """``period, node_id, rule_id, quota_t, credited_t``: the quota by rule, in t."""
        return self.tables["quotas"]

    @property
    def stocks(self) -> pd.DataFrame:
        """``period, node_id, material, via, opening_t, arising_t, converted_t, in_t, out_t, closing_t``, in t."""
        return self.tables["stocks"]

    @property
    def link_loads(self) -> pd.DataFrame:
        """``period, link_id, tonnage_t`` (both directions), ``forward_t, backward_t, capacity_t, shadow_price``."""
        return self.tables["link_loads"]

    @property
    def paths(self) -> pd.DataFrame:
        """``path_id, seq, link_id, forward``: the links of each path in order."""
        return self.tables["paths"]

    @property
    def unserved(self) -> pd.DataFrame:
        """``period, node_id, tonnage_t, reason, links``: what could not be moved, and why."""
        return self.tables["unserved"]

    @property
    def nodes(self) -> gpd.GeoDataFrame:
        """Places as points (EPSG:4326), with names, region, sector, accuracy, basis and grade."""
        return cast("gpd.GeoDataFrame", self.tables["nodes"])

    @property
    def links(self) -> gpd.GeoDataFrame:
        """Links as lines (EPSG:4326), with mode, length (km), capacity (t a period) and line."""
        return cast("gpd.GeoDataFrame", self.tables["links"])

    @property
    def regions(self) -> gpd.GeoDataFrame:
        """Regions with names; outlines (EPSG:4326) where the world gives them, else in ``basemap``."""
        return cast("gpd.GeoDataFrame", self.tables["regions"])

    @property
    def sources(self) -> pd.DataFrame:
        """The sources of the world, with reliability and address."""
        return self.tables["sources"]

    @property
    def assumed(self) -> pd.DataFrame:
        """The rows behind :meth:`assumptions`."""
        return self.tables["assumed"]

    @cached_property
    def names(self) -> NameIndex:
        """The places and regions of the run by any of their spellings."""
        from scrapflow.world.names import NameIndex

        return NameIndex(self.nodes, self.regions)

    def balance(self) -> pd.DataFrame:
        """Return what the ledger leaves unexplained: ``period, node_id, material, residual_t`` (t), zero everywhere.

        Examples
        --------
        >>> import scrapflow as sf
        >>> bool(sf.run(sf.read_world("toy")).balance().residual_t.abs().max() < 1e-6)
        True
        """
        return _balance.residuals(self.stocks)

    def check(self) -> None:
        """Refuse tonnes that appeared or vanished.

        Raises
        ------
        BalanceError
            If a residual exceeds the tolerance, a stock is negative, periods do not join, or movements and stocks
            disagree; the message names place, period and tonnes.
        """
        _balance.check(self.stocks, self.movements, self.periods)

    def totals(self) -> pd.Series[float]:
        """Return the totals of the run in t, each under its own name, because apparent is not real.

        Returns
        -------
        Series
            ``quota_t, credited_t, books_only_t, carted_t`` (gross), ``for_show_t, returned_t, intercepted_t, looted_t,
            shortfall_t, received_t`` (by yards, gross), ``shipped_t, delivered_t`` (to mills), ``held_t`` (in yards at
            the end), ``leaked_t, unserved_t``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> t = sf.run(sf.read_world("toy")).totals()
        >>> bool(t.credited_t == t.carted_t + t.books_only_t)
        True
        """
        a = self.accounts
        kinds = self.movements.groupby("kind")["tonnage_t"].sum().reindex(list(KINDS), fill_value=0.0)
        last = self.periods["period"].iloc[-1] if len(self.periods) else ""
        yards = self.nodes.loc[self.nodes["kind"] == "yard", "node_id"]
        end = self.stocks[(self.stocks["period"] == last) & self.stocks["node_id"].isin(yards)]
        values = {c: a[c].sum() for c in ("quota_t", "credited_t", "books_only_t")}
        values |= {"carted_t": kinds["carted"], "for_show_t": a["for_show_t"].sum(), "returned_t": kinds["returned"]}
        values |= {"intercepted_t": a["intercepted_t"].sum(), "looted_t": kinds["looted"]}
        values |= {"shortfall_t": a["shortfall_t"].sum(), "received_t": kinds["carted"]}
        values |= {"shipped_t": kinds["shipped"], "delivered_t": kinds["shipped"], "held_t": end["closing_t"].sum()}
        values |= {"leaked_t": kinds["leaked"], "unserved_t": self.unserved["tonnage_t"].sum()}
        return pd.Series(values, dtype=np.float64, name="tonnage_t")

    def assumptions(self) -> pd.DataFrame:
        """Return every input that nobody reported: ``table, row, column, value, low, high, unit, basis, note``."""
        return self.assumed

    def __eq__(self, other: object) -> bool:
        """Tell whether both are the same run: what identifies them, and every table."""
        if not isinstance(other, RunTables):
            return NotImplemented
        return self.meta == other.meta and all(self.tables[t].equals(other.tables[t]) for t in KEYS)

    def __hash__(self) -> int:
        return hash((self.name, self.meta["mode"], self.meta["seed"]))

    def __repr__(self) -> str:
        span = (
            f"{self.periods['period'].iloc[0]} … {self.periods['period'].iloc[-1]}"
            if len(self.periods)
            else "no period"
        )
        t = self.totals()
        return (
            f"<Run {self.name} ({self.meta['mode']}): {span}; asked {t.quota_t:,.0f} t, handed over {t.carted_t:,.0f} t, "
            f"carried back {t.returned_t:,.0f} t, received by mills {t.delivered_t:,.0f} t; "
            f"{len(self.movements):,} movements, {len(self.assumed):,} assumptions>"
        )

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(str(k))}</th><td style='text-align:right'>{v:,.0f}</td></tr>"
            for k, v in self.totals().items()
        )
        return f"<p>{escape(repr(self))}</p><table>{rows}</table>"


MADE_SORTED = ("movements", "link_loads")
"""Large tables that are written in the order of their keys."""


def tidy(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Sort a table of a run by its keys, unless it is made sorted; give it a RangeIndex and text the type ``str``."""
    if name in MADE_SORTED:
        return frame
    text = [c for c in frame.columns if frame[c].dtype == object]
    frame = frame.astype(dict.fromkeys(text, "str")) if text else frame
    return frame.sort_values(list(KEYS[name]), kind="stable", ignore_index=True)
