"""A run told in four to six captioned views, from its own numbers: what the map's story shows, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

FUNCTIONAL = ("idle_machinery", "working_machinery")


def story(run: Any, index: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the steps of a run's story; one without tonnes is left out.

    Parameters
    ----------
    run
        A run: its ``nodes``, ``movements`` and, if any, ``accounts`` and ``stocks`` are read.
    index
        Position of every node in the map's data.

    Returns
    -------
    list of dict
        ``key`` of the step's words, ``values`` to fill them with (tonnes, shares, a region, nodes by position), and
        what the map shows: ``kinds``, ``measure``, ``look`` (nodes).
    """
    moves = run.movements
    region = run.nodes.set_index("node_id")["region"] if "region" in run.nodes else pd.Series(dtype=str)
    kind = run.nodes.set_index("node_id")["kind"]

    def by(name: str, end: str) -> pd.Series[float]:
        sums: pd.Series[float] = moves[moves["kind"] == name].groupby(end)["tonnage_t"].sum()
        return sums

    def top(sums: pd.Series[float]) -> dict[str, Any]:
        regions = sums.groupby(region.reindex(sums.index).fillna("").to_numpy()).sum()
        return {"region": str(regions.idxmax()), "share": float(regions.max() / regions.sum())}

    asked, lacking = (_account(run, name) for name in ("quota_t", "shortfall_t"))
    carted, arrived = by("carted", "origin"), by("carted", "destination")
    back, looted, received = (float(by(name, "origin").sum()) for name in ("returned", "looted", "shipped"))
    out: list[dict[str, Any]] = []

    def step(key: str, values: dict[str, Any], *kinds: str, measure: str = "", look: list[int] | None = None) -> None:
        out.append({"key": key, "values": values, "kinds": list(kinds), "measure": measure, "look": look})

    if asked.sum() > 0:
        step("asked", {"t": float(asked.sum()), **top(asked)}, measure="burden")
    if carted.sum() > 0:
        works = float(carted[kind.reindex(carted.index) == "enterprise"].sum()) / float(carted.sum())
        step("comes", {"t": float(carted.sum()), **top(carted), "share": works}, "carted")
        yard = str(arrived.idxmax())
        held = _held(run, yard)
        parts = {"functional": held.reindex(FUNCTIONAL).sum(), "scrap": held.get("scrap", 0.0)}
        shares = {key: float(t / held.sum()) for key, t in parts.items()}
        step("yard", {"name": index[yard], **shares}, look=[index[yard]])
    if back + looted > 0:
        share = back / float(carted.sum() or 1)
        step("back", {"returned": back, "looted": looted, "share": share}, "returned", "looted", measure="returned")
    if lacking.sum() > 0:
        step("hit", {"t": float(lacking.sum()), "region": top(lacking)["region"]}, measure="lost_output")
    if received > 0:
        mills = by("shipped", "destination").sort_values(ascending=False, kind="stable").head(3)
        step("mills", {"t": received, "list": [[index[str(i)], float(t)] for i, t in mills.items()]}, "shipped")
    return out


def _account(run: Any, name: str) -> pd.Series[float]:
    accounts = getattr(run, "accounts", None)
    if accounts is None or name not in accounts:
        return pd.Series(dtype=float)
    return accounts.groupby("node_id")[name].sum()  # type: ignore[no-any-return]


def _held(run: Any, yard: str) -> pd.Series[float]:
    """What a yard held by material: opening stocks and all that came in."""  # noqa: D401
    moves = run.movements
    parts = [moves[(moves["kind"] == "carted") & (moves["destination"] == yard)].set_index("material")["tonnage_t"]]
    stocks = getattr(run, "stocks", None)
    if stocks is not None and len(stocks):
        parts.append(stocks[stocks["node_id"] == yard].set_index("material")["opening_t"])
    held: pd.Series[float] = pd.concat(parts).groupby(level=0).sum()
    return held
