"""What one could look at next: each assumption, each yard's pile, wagons on each link and at each mill, figures of quotas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.evidence.asks import WORKERS, Ask
from scrapflow.evidence.observation import Observation, table_of
from scrapflow.evidence.prepared import completed
from scrapflow.evidence.sightings import pile, wagons
from scrapflow.vocabulary import moved_by

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from numpy.typing import NDArray

    from scrapflow.evidence.predictions import Predictor
    from scrapflow.ledger.tables import RunTables

    Floats = NDArray[np.float64]

KINDS = ("assumption", "pile", "wagons", "quota", "headcount")
"""Kinds of candidates that are made without being asked for one by one."""
WATCHED_DAYS = 7.0
QUOTA_SD = 0.2
"""Standard deviation of the logarithm of a quota figure that somebody tells. Assumed."""
HEADCOUNT_SD = 0.15
"""Standard deviation of the logarithm of a headcount that a report tells. Assumed."""
_MANY = 1e6
"""Counts expected above it are as good as normal."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """Something that could be looked at.

    Attributes
    ----------
    name, kind
        What people read, and one of :data:`KINDS` or ``observation``.
    signal
        What each member says of it, shape (members,); of several that make one candidate (members, several).
    error, sd, exposure
        How it would be wrong; an assumption that became known would not be.
    metric, node_id, link_id, period
        What it would be as an observation.
    """

    name: str
    kind: str
    signal: Floats
    error: str = ""
    sd: float = 0.0
    exposure: float = 1.0
    metric: str = ""
    node_id: str = ""
    link_id: str = ""
    period: str = ""

    def seen(self, rng: np.random.Generator, off: float) -> list[Floats]:
        """Return what would be seen if each member were the truth, on the scale on which it varies evenly.

        Twice, the second time with all errors turned round (antithetic draws; Hammersley and Morton 1956): by how much an error
        goes with the target by chance has the opposite sign there, so that it cancels in the mean of what both explain.

        Parameters
        ----------
        rng
            Draws the errors.
        off
            Standard deviation of the logarithm by which the model may miss; an assumption is no output of the model.
        """
        x, n = self.signal, len(self.signal)
        if self.kind == "assumption" or not self.error:
            return [x]
        if self.error == "normal":
            error = np.hypot(self.sd, off * np.median(np.abs(x))) * rng.standard_normal(n)
            return [x + error, x - error]
        miss, chance = np.hypot(self.sd, off) * rng.standard_normal(n), rng.random(n)
        if self.error == "poisson":
            expected = np.maximum(x, 0.0) * self.exposure
            return [
                np.sqrt(_counted(expected * np.exp(sign * miss), chance if sign > 0 else 1.0 - chance) + 0.375)
                for sign in (1.0, -1.0)
            ]
        smallest = max(float(np.min(x[x > 0], initial=np.inf)), 1e-12)
        floor = smallest if np.isfinite(smallest) else 1.0
        logs = np.log(np.maximum(x, floor))
        return [logs + miss, logs - miss]


def _counted(expected: Floats, chance: Floats) -> Floats:
    """Return the Poisson counts that stand at a chance in their distributions."""
    from scipy.special import ndtri, pdtrik

    few = np.clip(expected, 1e-12, _MANY)
    counts = np.ceil(np.maximum(pdtrik(chance, few), 0.0))
    many = np.maximum(expected + np.sqrt(expected) * ndtri(chance), 0.0)
    return np.where(expected > _MANY, many, np.where(expected > 0, counts, 0.0))


def candidates_of(
    predictor: Predictor, run: RunTables, target: Floats, asked: Iterable[Any] | Observation | None
) -> list[Candidate]:
    """Return the candidates that are asked for: kinds, assumptions by name, observations; all kinds if nothing is.

    Raises
    ------
    InputError
        If a word is neither a kind nor an assumption, or an observation cannot be predicted.
    """
    if isinstance(asked, pd.DataFrame):
        asked = asked.to_dict("records")
    words = list(KINDS if asked is None else [asked] if isinstance(asked, str | Observation | Mapping) else asked)
    found: list[Candidate] = []
    rows, faults = [], []
    for word in words:
        if isinstance(word, str) and word in KINDS:
            found += of_kind(word, predictor, run, target)
        elif isinstance(word, str) and word in predictor.inputs.columns:
            found.append(_assumption(word, predictor))
        elif isinstance(word, str):
            known = [*KINDS, *predictor.inputs.columns]
            faults.append(problem("candidates", word, "", f"is no kind of candidate and no assumption; {did_you_mean(word, known, ', '.join(KINDS), n=3)}"))  # fmt: skip
        else:
            rows.append(word)
    table = completed(table_of(rows))
    predictions, unread = predictor.table(table)
    for row in table.to_dict("records"):
        if row["error"] not in ("normal", "lognormal", "poisson") or not (row["sd"] > 0 or row["error"] == "poisson"):
            message = "an observation that is to be made needs an error and its sd: lognormal, normal or poisson"
            unread.append(problem("candidates", str(row["observation_id"]), "error", message))
    if faults or unread:
        raise InputError(faults + unread, what="the candidates")
    return found + [
        _observation(row, predictions[row["observation_id"]].to_numpy()) for row in table.to_dict("records")
    ]


def of_kind(kind: str, predictor: Predictor, run: RunTables, target: Floats) -> list[Candidate]:
    """Return all candidates of a kind; none where the members did not keep what they are read from."""
    periods = tuple(run.periods["period"])
    if kind == "assumption":
        return [_assumption(str(name), predictor) for name in predictor.inputs.columns]
    names = run.nodes.set_index("node_id")["name"].to_dict()
    if kind == "pile":
        made = pile(area_m2=1, height_m=1)
        ask = Ask("stocks", ("opening_t", "in_t"), "node_id")
        places = set(run.nodes.loc[run.nodes["kind"] == "yard", "node_id"])
        return _at_places("pile at", made, ask, places, names, periods, predictor, target)
    if kind == "quota":
        told = Observation("quota_t", 1.0, sd=QUOTA_SD)
        owners = set(run.nodes.loc[run.nodes["kind"].isin(["enterprise", "community"]), "node_id"])
        return _at_places(
            "quota of", told, Ask("accounts", ("quota_t",), "node_id"), owners, names, periods, predictor, target
        )
    if kind == "headcount":
        told = Observation(WORKERS, 1.0, sd=HEADCOUNT_SD)
        firms = run.nodes["named"].fillna(value=True).astype(bool) & (run.nodes["kind"] == "enterprise")
        owners = set(run.nodes.loc[firms, "node_id"])
        return _at_places(
            "headcount of", told, Ask(WORKERS, (WORKERS,), "node_id"), owners, names, ("",), predictor, target
        )
    mills = set(run.nodes.loc[run.nodes["kind"] == "mill", "node_id"])
    trains = set(run.links.loc[run.links["mode"] == "rail", "link_id"])
    found = []
    gate, track = (
        Ask("movements", ("tonnage_t",), "destination", kinds=moved_by("train")),
        Ask("link_loads", ("tonnage_t",), "link_id"),
    )
    for words, ask, places in (("wagons at", gate, mills), ("wagons on", track, trains)):
        one = {"link": "x"} if ask is track else {"place": "x"}
        counted = wagons(count=1, days=WATCHED_DAYS, **one)  # type: ignore[arg-type]
        found += _at_places(words, counted, ask, places, names, periods, predictor, target)
    return found


def _at_places(
    words: str,
    made: Observation,
    ask: Ask,
    places: set[str],
    names: Mapping[str, str],
    periods: tuple[str, ...],
    predictor: Predictor,
    target: Floats,
) -> list[Candidate]:
    """Return one candidate a place, in the period in which it goes with the target most closely."""
    if not predictor.keeps(ask.table):
        return []
    aim = (target - target.mean()) / (target.std() or 1.0)
    best: dict[str, tuple[float, str, Floats]] = {}
    for period in periods:
        frame = predictor.by_place(ask._replace(periods=(period,)))
        x = frame.to_numpy(dtype=np.float64)
        spread = x.std(axis=0)
        told = np.abs(((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0) * aim[:, None]).mean(axis=0))
        for i in map(int, np.flatnonzero(spread > 1e-9 * np.maximum(np.abs(x).max(axis=0), 1e-9))):
            place = str(frame.columns[i])
            if place in places and (place not in best or told[i] > best[place][0]):
                best[place] = float(told[i]), period, x[:, i]
    on_link = ask.key == "link_id"
    return [
        Candidate(
            f"{words} {names.get(place, place) or place}{period and f', {period}'}", words.split(maxsplit=1)[0], signal, made.error,
            float(np.nan_to_num(made.sd)), float(np.nan_to_num(made.exposure, nan=1.0)), made.metric,
            "" if on_link else place, place if on_link else "", period,
        )
        for place, (_, period, signal) in sorted(best.items())
    ]  # fmt: skip


def _assumption(name: str, predictor: Predictor) -> Candidate:
    return Candidate(name, "assumption", predictor.inputs[name].to_numpy(dtype=np.float64), metric=name)


def _observation(row: Mapping[Hashable, Any], signal: Floats) -> Candidate:
    exposure = 1.0 if np.isnan(row["exposure"]) else float(row["exposure"])
    return Candidate(
        str(row["observation_id"]), "observation", signal, row["error"], float(np.nan_to_num(row["sd"])), exposure,
        row["metric"], row["node_id"], row["link_id"], row["first"],
    )  # fmt: skip
