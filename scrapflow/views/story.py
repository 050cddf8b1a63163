"""A run told in captioned views, from its own numbers: what the map's story shows, step by step.

Each step holds what its sentence states, so that the sentence can be tested against the run; a step about something
that a run does not have is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.queries.organisations import organisations
from scrapflow.views.words import materials_of
from scrapflow.vocabulary import kinds, kinds_to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.ledger.tables import RunTables
    from scrapflow.views.plain_columns import Json

LEAST_T = 0.005
"""Tonnes below this are not told."""
LEAST_PEOPLE = 0.5
"""Fewer people than this, expected, are not told."""
LEAST_TANKS = 1.0
"""Steel for less than a tank is not told."""
MOST_MILLS = 3
RECEIVES_ALL = 0.995
"""From this share of their intake on, mills received as much as they would take."""


def story(run: RunTables, index: Mapping[str, int]) -> list[Json]:
    """Return the steps of a run's story; one without tonnes is left out.

    Parameters
    ----------
    run
        A run.
    index
        Position of every node in the map's data.

    Returns
    -------
    list of dict
        ``key`` of the step; ``says``, its sentences: each the key of its words and the values to fill them with
        (``t`` tonnes, shares, ``region``, nodes by position); and what the map shows: ``kinds``, ``measure``, ``look``
        (nodes).

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> [step["key"] for step in story(run, {n: i for i, n in enumerate(run.nodes.node_id)})]
    ['asked', 'comes', 'back', 'hit', 'mills']
    """
    teller = _Teller(run, index)
    steps = (teller.asked, teller.comes, teller.yard, teller.back, teller.hit, teller.mills)
    return [step for tell in steps if (step := tell()) is not None]


def mills_are_full(run: RunTables) -> bool:
    """Tell whether what the mills received is as much as they were assumed to take, over the whole run.

    Examples
    --------
    >>> import scrapflow as sf
    >>> mills_are_full(sf.run(sf.read_world("toy")))
    False
    """
    supplies = run.tables.get("supplies")
    if supplies is None or "demand_t" not in supplies:
        return False
    wanted = supplies.groupby("node_id")["demand_t"].sum()
    wanted = wanted[wanted > 0]
    rows = run.assumed
    guessed = rows.loc[
        (rows["table"] == "mills") & (rows["column"] == "intake_t") & (rows["basis"] == "assumed"), "row"
    ]
    got = run.legs_by("destination", kinds=kinds_to("mill")).groupby("destination")["tonnage_t"].sum()
    return bool(len(wanted) and set(wanted.index) <= set(guessed) and got.sum() >= RECEIVES_ALL * float(wanted.sum()))


class _Teller:
    """Sums of a run that several steps need."""

    def __init__(self, run: RunTables, index: Mapping[str, int]) -> None:
        self.run = run
        self.index = index
        nodes = run.nodes.set_index("node_id")
        self.region = nodes["region"] if "region" in nodes else pd.Series("", index=nodes.index)
        self.node_kind = nodes["kind"]
        moved = set(run.legs_by("kind")["kind"].unique())
        self.moved = [k for k in kinds().values() if k.kind in moved]

    def of(self, tracing: str, *, ends: str = "") -> list[str]:
        """Return the kinds of the run that do something to a tonne."""
        return [k.kind for k in self.moved if k.tracing == tracing and (not ends or k.ends_at == ends)]

    def sums(self, names: list[str], end: str) -> pd.Series[float]:
        """Return tonnes of some kinds by origin or destination."""
        return self.run.legs_by(end, kinds=names).groupby(end)["tonnage_t"].sum()

    def account(self, column: str) -> pd.Series[float]:
        """Return a column of the accounts, summed by node."""
        frame = self.run.accounts
        if column not in frame:
            return pd.Series(dtype=float)
        return frame.groupby("node_id")[column].sum()

    def top(self, sums: pd.Series[float]) -> dict[str, Json] | None:
        """Return the region with the largest part and its share; None where there is only one."""
        regions = sums.groupby(self.region.reindex(sums.index).fillna("").to_numpy()).sum()
        regions = regions[regions.index != ""].sort_values(ascending=False, kind="stable")
        if len(regions) < 2:
            return None
        return {"region": str(regions.index[0]), "share": float(regions.iloc[0] / sums.sum())}

    def asked(self) -> dict[str, Json] | None:
        """Tell what is asked, and of whom most."""
        quota = self.account("quota_t")
        if not quota.sum() > LEAST_T:
            return None
        return _step("asked", _says("total", t=quota.sum()), _part(self.top(quota), "part"), measure="burden")

    def comes(self) -> dict[str, Json] | None:
        """Tell where it comes from, and where most arrives."""
        names = self.of("bring")
        brought = self.sums(names, "origin")
        total = float(brought.sum())
        if not total > LEAST_T:
            return None
        works = float(brought[self.node_kind.reindex(brought.index) == "enterprise"].sum()) / total
        who = _says("who", share=works) if 0 < works < 1 else None
        arrives = _part(self.top(self.sums(names, "destination")), "part")
        return _step("comes", _says("total", t=total), who, arrives, kinds=names)

    def yard(self) -> dict[str, Json] | None:
        """Tell which yard held most on average, and of what."""
        yards = self.node_kind.index[self.node_kind == "yard"]
        stocks = self.run.stocks[self.run.stocks["node_id"].isin(yards)]
        held = stocks.groupby(["node_id", "material"])["closing_t"].sum() / max(1, len(self.run.periods))
        by_yard = held.groupby(level=0).sum().sort_values(ascending=False, kind="stable")
        if not len(by_yard) or not by_yard.iloc[0] > LEAST_T:
            return None
        name = str(by_yard.index[0])
        parts = held[name] / by_yard.iloc[0]
        table = materials_of(self.run)
        says = [_says("most" if len(by_yard) > 1 else "one", name=self.index[name], t=by_yard.iloc[0])]
        for word, chosen in (
            ("functional", [m.material for m in table if "functional" in m.groups]),
            ("scrap", [m.material for m in table if m.role == "scrap"]),
        ):
            if chosen and len(table) > 1:
                says.append(_says(word, share=float(parts.reindex(chosen).sum())))
        return _step("yard", *says, look=[self.index[name]])

    def back(self) -> dict[str, Json] | None:
        """Tell what goes back, and what is taken."""
        back, taken = self.of("take_back"), self.of("store")
        returned, looted = (float(self.sums(names, "origin").sum()) for names in (back, taken))
        if not returned + looted > LEAST_T:
            return None
        carted = float(self.sums(self.of("bring"), "origin").sum())
        says = [
            _says("returned", t=returned, share=returned / carted) if returned > LEAST_T and carted else None,
            _says("looted", t=looted) if looted > LEAST_T else None,
        ]
        return _step("back", *says, kinds=back + taken, measure="returned" if returned > LEAST_T else "")

    def hit(self) -> dict[str, Json] | None:
        """Tell who is hit: what is still owed, lost output, and people punished."""
        lacking = self.account("shortfall_t")
        people = {name: float(self.account(name).sum()) for name in ("expelled", "detained", "camp")}
        lost = self._lost_output()
        says = [
            _says("owed", t=lacking.sum()) if lacking.sum() > LEAST_T else None,
            _part(self.top(lacking), "part") if lacking.sum() > LEAST_T else None,
            _says("output", share=lost) if lost > 0 else None,
            *(_says(name, n=n) for name, n in people.items() if n >= LEAST_PEOPLE),
        ]
        if not any(says):
            return None
        return _step(
            "hit", *says, measure="lost_output" if lost > 0 else "shortfall" if lacking.sum() > LEAST_T else ""
        )

    def _lost_output(self) -> float:
        """Return the share of output that is lost, by workers, over the whole run."""
        frame = self.run.accounts
        if "output_index" not in frame:
            return 0.0
        workers = self.run.nodes.set_index("node_id")["workers"].reindex(frame["node_id"]).fillna(0.0).to_numpy()
        all_of_it = float(workers.sum())
        return float((workers * (1.0 - frame["output_index"])).sum()) / all_of_it if all_of_it > 0 else 0.0

    def mills(self) -> dict[str, Json] | None:
        """Tell what reaches the mills, and whether more could have."""
        names = self.of("deliver", ends="mill")
        received = self.sums(names, "destination").sort_values(ascending=False, kind="stable")
        if not received.sum() > LEAST_T:
            return None
        largest = [[self.index[str(node)], float(t)] for node, t in received.head(MOST_MILLS).items()]
        says = [
            _says("total", t=received.sum()),
            _says("full") if mills_are_full(self.run) else None,
            _says("list" if len(received) <= MOST_MILLS else "first", list=largest),
            self._tanks(),
        ]
        return _step("mills", *says, kinds=names)

    def _tanks(self) -> dict[str, Json] | None:
        """Tell what of it came from drives of organisations, and for how many tanks that is steel, if a claim says so."""
        run = self.run
        if "claim_rows" not in run.tables or not run.quotas["organisation"].ne("").any():
            return None
        drives = organisations(run)[["delivered_t", "tanks"]].sum(min_count=1)
        return _says("tanks", t=drives["delivered_t"], n=drives["tanks"]) if drives["tanks"] >= LEAST_TANKS else None


def _says(key: str, **values: object) -> dict[str, Json]:
    return {"key": key, **{k: v if isinstance(v, list | int) else float(v) for k, v in values.items()}}  # type: ignore[arg-type]


def _part(top: dict[str, Json] | None, key: str) -> dict[str, Json] | None:
    return None if top is None else {"key": key, **top}


def _step(
    key: str,
    *says: dict[str, Json] | None,
    kinds: list[str] | None = None,
    measure: str = "",
    look: list[int] | None = None,
) -> dict[str, Json]:
    told = [sentence for sentence in says if sentence]
    return {"key": key, "says": told, "kinds": kinds or [], "measure": measure, "look": look}
