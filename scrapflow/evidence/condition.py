"""What was seen changes what is believed: an ensemble weighed by observations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.evidence.claims_as_evidence import rows_of_claims
from scrapflow.evidence.observation import table_of
from scrapflow.evidence.predictions import Predictor, input_values
from scrapflow.evidence.prepared import OFF, Prepared, prepare
from scrapflow.evidence.weighing import Weighing, conflicts_of, weighed, weighted_quantiles
from scrapflow.evidence.weighted_flows import WeightedFlows
from scrapflow.given import called
from scrapflow.queries.arguments import words
from scrapflow.runs import Run
from scrapflow.studies.ensemble import Ensemble, ensemble
from scrapflow.studies.part_ranges import part_ranges
from scrapflow.studies.quantiles import QUANTILES, RANGE
from scrapflow.units import two_figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign
    from scrapflow.evidence.observation import Observation
    from scrapflow.world import World

    Floats = NDArray[np.float64]

IMPLAUSIBLE = 3.0
"""A member that misses a believed report by more standard deviations is implausible (Pukelsheim 1994: 95 % of any unimodal
distribution lie within three)."""
_HALVINGS = 12


@dataclass(frozen=True, repr=False, eq=False)
class Posterior:
    """An ensemble after observations. Made by :func:`scrapflow.condition`.

    Attributes
    ----------
    ensemble
        The members, as they were drawn.
    observations
        What was used, with ``trust``: the chance, by its grade, that a report means what it says.
    predictions
        What each member says of each: a row a member, a column an ``observation_id``.
    weighing
        The weights that the observations give in full, and how far they can be trusted.
    weights
        One a member, sum 1: those of ``weighing`` where they can be trusted; else the observations count only as far as the
        members bear (``power``), so that ranges are never narrow for want of members.
    power
        How much of the observations' evidence the weights hold: 1 is all of it.
    claims_used
        Claims that were used as observations, and are no longer tests of the model.
    prior
        The ensemble that ``before`` ranges are of: the first wave's.
    discrepancy
        As given.
    """

    ensemble: Ensemble
    prepared: Prepared
    weighing: Weighing
    weights: Floats
    power: float
    claims_used: tuple[str, ...]
    prior: Ensemble
    discrepancy: float | Mapping[str, float] = OFF

    @property
    def observations(self) -> pd.DataFrame:
        """What was used, with ``trust``."""
        return self.prepared.table

    @property
    def predictions(self) -> pd.DataFrame:
        """What each member says of each observation."""
        return self.prepared.predictions

    @property
    def ess(self) -> float:
        """Effective number of members under the full weights."""
        return self.weighing.ess

    @property
    def k_hat(self) -> float:
        """Shape of the tail of the full weights; not to be trusted above min(0.7, 1 - 1 / log10(members))."""
        return self.weighing.k_hat

    @property
    def reliable(self) -> bool:
        """Whether there are enough members near the observations to take them at full value."""
        return self.power == 1.0

    def ranges(self) -> pd.DataFrame:
        """Return each total before and after: ``total, central, low_before, median_before, high_before, low, median, high`` (t).

        From the 10 % to the 90 % quantile, around the median.
        """
        before = self.prior.totals.quantile(list(QUANTILES)).T
        names = self.ensemble.totals.columns
        after = weighted_quantiles(self.ensemble.totals.to_numpy(dtype=np.float64), self.weights, np.array(QUANTILES))
        table = pd.DataFrame({"total": pd.array(names.tolist(), dtype="str"), "central": self.ensemble.central.totals()[names].to_numpy()})  # fmt: skip
        for i, name in enumerate(RANGE):
            table[f"{name}_before"] = before.loc[names].iloc[:, i].to_numpy()
        for i, name in enumerate(RANGE):
            table[name] = after[i]
        return table

    def inputs(self) -> pd.DataFrame:
        """Return what each assumption learned, the one that learned most first.

        Where many rows of a table move together, as the machinery of all works does, its numbers are those of the mean row.

        Returns
        -------
        DataFrame
            ``input, low_before, median_before, high_before, low, median, high, shift, narrowing, learned``: ``shift`` of the
            mean in standard deviations of before; ``narrowing``, the part of its standard deviation that went; ``learned``,
            the largest difference between the distributions before and after (Kolmogorov and Smirnov), 0 to 1. Distances are
            those of the quantiles drawn, so that units do not matter.
        """
        values, u = input_values(self.ensemble), self.ensemble.draws.to_numpy(dtype=np.float64)
        before = np.quantile(values.to_numpy(dtype=np.float64), QUANTILES, axis=0)
        after = weighted_quantiles(values.to_numpy(dtype=np.float64), self.weights, np.array(QUANTILES))
        mean, sd = u.mean(axis=0), u.std(axis=0)
        now = self.weights @ u
        spread = np.sqrt(np.maximum(self.weights @ u**2 - now**2, 0.0))
        order = np.argsort(u, axis=0)
        gap = np.abs(np.cumsum(self.weights[order], axis=0) - (np.arange(1, len(u) + 1) / len(u))[:, None]).max(axis=0)
        safe = np.where(sd > 0, sd, 1.0)
        table = pd.DataFrame({"input": pd.array(values.columns.tolist(), dtype="str")})
        for when, quantiles in (("_before", before), ("", after)):
            for i, name in enumerate(RANGE):
                table[f"{name}{when}"] = quantiles[i]
        table["shift"], table["narrowing"], table["learned"] = (now - mean) / safe, 1.0 - spread / safe, gap
        return table.sort_values(["learned", "input"], ascending=[False, True], ignore_index=True)

    def conflicts(self) -> pd.DataFrame:
        """Return how each observation goes with all others: ``observation, metric, trust, p, conflict, excludes``.

        ``p`` is the chance, by what the others leave, of a report at least so far off (leave one out); ``conflict`` where
        that is below 1 %; ``excludes`` names the observations that cannot be true together with this one.
        """
        table = self.weighing.conflicts.copy()
        table["metric"] = self.observations["metric"].to_numpy()
        table.insert(2, "trust", self.observations["trust"].to_numpy(dtype=np.float64))
        return table

    def claims(self) -> pd.DataFrame:
        """Return the claims as ``ens.claims``, with ``role``: ``evidence`` for those that were used and test nothing any more."""
        table = self.ensemble.claims.copy()
        roles = self.ensemble.central.claims().set_index("claim_id")["role"]
        role = table["claim_id"].map(roles).fillna("").astype("str")
        table.insert(1, "role", role.mask(table["claim_id"].isin(self.claims_used), "evidence"))
        return table

    @property
    def flows(self) -> WeightedFlows:
        """Queries over what moved, with the ranges that the observations leave; see ``ens.flows``."""
        flows = self.ensemble.flows
        return WeightedFlows(flows.context, count=flows.count, weights=tuple(self.weights.tolist()))

    def plausible(self) -> pd.DataFrame:
        """Return the part of each assumption's range that is not implausible: ``input, low, high``, quantiles 0 to 1.

        A member is implausible if it misses a report that is rather believed than not by more than three standard
        deviations of error and discrepancy together. An assumption keeps the span of the plausible members with a margin.
        """
        believed = (self.observations["trust"] >= 0.5).to_numpy()
        missed = self.prepared.implausibility()[:, believed]
        kept = (missed <= IMPLAUSIBLE).all(axis=1)
        if kept.sum() < 2:  # none fits: those that miss least show where to look
            kept = np.argsort(missed.max(axis=1), kind="stable") < max(2, len(missed) // 20)
        u = self.ensemble.draws.to_numpy(dtype=np.float64)[kept]
        margin = np.ptp(u, axis=0) / max(1, kept.sum() - 1)
        low, high = np.maximum(u.min(axis=0) - margin, 0.0), np.minimum(u.max(axis=0) + margin, 1.0)
        return pd.DataFrame(
            {"input": pd.array(self.ensemble.draws.columns.tolist(), dtype="str"), "low": low, "high": high}
        )

    def wave(
        self, world: World, campaign: str | Campaign | None = None, *, n: int | None = None, seed: int = 1, **how: Any
    ) -> Posterior:
        """Draw again where the observations leave it plausible, and weigh the new members by the same observations.

        History matching (Craig and others 1997): each wave looks closer at the part of the assumptions that the last one could
        not rule out, so that more members are near the observations. The ranges before stay those of the first.

        Parameters
        ----------
        world, campaign
            As for the ensemble.
        n
            Number of new members; as many as before if not given.
        seed
            Another than that of the ensemble.
        **how
            Further options of :func:`scrapflow.ensemble`.
        """
        how.setdefault("keep", "totals" if self.ensemble.kept is None else "flows")
        members = ensemble(
            world, campaign, n=len(self.weights) if n is None else n, seed=seed, within=self.plausible(), **how
        )
        again = condition(members, self.observations.drop(columns="trust"), discrepancy=self.discrepancy)
        return replace(again, prior=self.prior, claims_used=self.claims_used)

    @cached_property
    def central(self) -> Run:
        """The central run with the ranges before and after in its ``meta``, so that maps and summaries show them."""
        run = self.ensemble.central
        table = self.ranges().set_index("total")
        after = table[RANGE].to_dict(orient="index")
        before = dict(run.meta.get("ranges") or {})
        if "diverted_t" in before:
            both = self.ensemble.totals[["returned_t", "looted_t"]].sum(axis=1).to_numpy(dtype=np.float64)[:, None]
            quantiles = weighted_quantiles(both, self.weights, np.array(QUANTILES))[:, 0]
            after["diverted_t"] = dict(zip(RANGE, quantiles.tolist(), strict=True))
        meta = dict(run.meta) | {"ranges": after, "evidence": self._told(before)}
        # those of the members before they were weighed would be told as what is known after
        meta.pop("part_ranges", None)
        if self.ensemble.parts is not None:
            meta["part_ranges"] = part_ranges(
                self.ensemble.parts, lambda values, q: weighted_quantiles(values, self.weights, q)
            )
        return Run(run.tables, meta, run.basemap)

    def _told(self, before: dict[str, Any]) -> dict[str, Any]:
        """Return what a reader of a saved run or a map is told of the evidence, as plain values."""
        conflicts = self.conflicts().set_index("observation")
        rows = [
            {
                **{c: str(r[c]) for c in ("observation_id", "metric", "node_id", "link_id", "region_id", "material", "first", "last", "unit", "error", "source_id", "note")},
                **{c: float(r[c]) for c in ("value", "low", "high", "trust")},
                "p": float(conflicts.loc[r["observation_id"], "p"]),
                "conflict": bool(conflicts.loc[r["observation_id"], "conflict"]),
                "excludes": str(conflicts.loc[r["observation_id"], "excludes"]),
            }
            for r in self.observations.to_dict("records")
        ]  # fmt: skip
        learned = self.inputs().head(8)[["input", "shift", "narrowing", "learned"]]
        return {
            "before": before,
            "observations": [{k: None if isinstance(v, float) and np.isnan(v) else v for k, v in r.items()} for r in rows],
            "inputs": learned.to_dict("records"), "claims": list(self.claims_used), "ess": float(self.ess),
            "k_hat": float(self.k_hat) if np.isfinite(self.k_hat) else None, "power": float(self.power),
        }  # fmt: skip

    def summary(self) -> str:
        """Say what the observations did to the totals, what fights with what, and how far that can be trusted."""
        n, used = len(self.weights), len(self.observations)
        if not used:
            return f"No observation: {n} members weigh the same. sf.pile, sf.wagons or a table of observations would move them."
        lines = [f"{used} observation{'s' * (used != 1)} weighed {n} members, which now count as {self.ess:.0f}."]
        if not self.reliable:
            lines.append(
                f"Too few members are near the observations (k-hat {self.k_hat:.2g}): only {self.power:.0%} of their evidence is "
                "used, so that no range is narrow by chance. Run more members, or draw again where it is plausible: post.wave(world)."
            )
        moved = [r for r in self.ranges().to_dict("records") if r["high_before"] > 0 and _moved(r)]
        if moved:
            lines.append("Medians of the members, with 10 to 90 % of them, before -> after:")
        for r in moved:
            told = [two_figures(r[c]) for c in ("median_before", "low_before", "high_before", "median", "low", "high")]
            name = str(r["total"]).removesuffix("_t").replace("_", " ")
            lines.append("{}: {} t ({} to {}) -> {} t ({} to {})".format(name, *told))
        named: set[str] = set()
        for r in self.conflicts().to_dict("records"):
            if r["excludes"]:
                named.add(r["observation"])
                others = [o for o in r["excludes"].split(", ") if o not in named]
                lines += [f"{r['observation']} and {', '.join(others)} exclude one another."] if others else []
            elif r["conflict"]:
                lines.append(f"{r['observation']} does not go with the rest (p = {r['p']:.1g}).")
        lines += [f"Claim {c} was used as evidence: it is no longer a test of the model." for c in self.claims_used]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Posterior: {self.summary()}>"

    def _repr_html_(self) -> str:
        from html import escape

        lines = "<br>".join(escape(line) for line in self.summary().splitlines())
        return f"<p>{lines}</p>{self.ranges().to_html(index=False, float_format='{:,.0f}'.format)}"


@called
def condition(
    ens: Ensemble,
    observations: pd.DataFrame
    | Observation
    | Mapping[str, Any]
    | Iterable[Observation | Mapping[str, Any]]
    | None = None,
    *,
    claims: str | Sequence[str] = (),
    discrepancy: float | Mapping[str, float] = OFF,
) -> Posterior:
    """Weigh the members of an ensemble by what was seen.

    Every member says what it expects of each observation; one that says what was seen gets weight, by the error of the
    observation and a discrepancy of the model, which is never as good as its best assumptions. The grade of a report is the
    chance that it means what it says: else it says nothing, so that a lie costs bounded evidence (see
    ``docs/how-to/weigh-evidence.md``). Weights are Pareto-smoothed (Vehtari and others 2024); where there are too few members
    near the observations that is said, and the evidence is used only as far as they bear.

    Parameters
    ----------
    ens
        Made by :func:`scrapflow.ensemble`; with ``keep="flows"`` for more than totals and assumptions.
    observations
        A table (columns of ``observations`` in ``docs/data-dictionary.md``), a row of :func:`scrapflow.pile` or
        :func:`scrapflow.wagons`, a mapping, or several; those of the world if not given. With none at all every member
        weighs the same, and the ranges after are those before.
    claims
        Claims of role ``test`` that are used as observations too: then they are evidence and no longer tests.
    discrepancy
        Standard deviation of the logarithm by which the model may miss what is true, 0.1 if not given; or one by metric, with
        ``""`` for all others.

    Returns
    -------
    Posterior

    Raises
    ------
    InputError
        With everything that is wrong with every observation: a value without an error, an unknown metric, place or material,
        a period outside, a unit that is not the metric's, something that the members did not keep.

    Examples
    --------
    >>> import scrapflow as sf
    >>> ens = sf.ensemble(sf.read_world("toy"), n=64, processes=1)
    >>> post = sf.condition(
    ...     ens, {"metric": "carted_t", "value": 90, "error": "lognormal", "sd": 0.3, "reliability": "B"}
    ... )
    >>> before, after = post.ranges().set_index("total").loc["carted_t", ["median_before", "median"]]
    >>> bool(after > before)
    True
    """
    _require_ensemble(ens)
    claims = words([claims], "a claim")
    given = ens.observations if observations is None else observations
    table = table_of(given)
    faults: list[dict[str, str]] = []
    if claims:
        rows, faults = rows_of_claims(ens.central, claims)
        table = table_of(pd.concat([table, table_of(rows)], ignore_index=True))
    if faults:
        raise InputError(faults, what="the claims")
    ready = prepare(Predictor(ens), ens.central, table, discrepancy)
    plain = ready.plain_logs()
    logs = ready.logs(plain)
    weighing = weighed(logs, conflicts_of(ready.predictions, ready.seen, logs, plain), ready.seen)
    weights, power = borne(logs, weighing, ready.seen)
    return Posterior(ens, ready, weighing, weights, power, tuple(claims), ens, discrepancy)


def borne(logs: Floats, full: Weighing, seen: pd.DataFrame) -> tuple[Floats, float]:
    """Return the weights of the largest power of the likelihood that the members bear, and that power: 1 where they bear all.

    Parameters
    ----------
    logs
        Log-likelihoods, shape (members, observations).
    full
        The weights of all of it.
    seen
        The observations.
    """
    if full.reliable:
        return full.weights, 1.0
    low, high, kept = 0.0, 1.0, np.full(len(logs), 1.0 / len(logs))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        tried = weighed(middle * logs, full.conflicts, seen)
        if tried.reliable:
            low, kept = middle, tried.weights
        else:
            high = middle
    return kept, low


def _moved(row: dict[Any, Any]) -> bool:
    width = max(row["high_before"] - row["low_before"], 1e-9)
    return any(abs(row[c] - row[f"{c}_before"]) > 0.02 * width for c in RANGE)


def _require_ensemble(given: object) -> None:
    """Refuse what is no ensemble; one that is weighed already has to be weighed by everything at once."""
    if isinstance(given, Posterior):
        fault = "is weighed already: give the ensemble and all observations, those before too, at once"
    elif isinstance(given, Ensemble):
        return
    else:
        fault = f"is {type(given).__name__}: make an ensemble first, sf.ensemble(world, n=200, keep='flows')"
    raise InputError([problem("condition", "", "ens", fault)], what="the ensemble")
