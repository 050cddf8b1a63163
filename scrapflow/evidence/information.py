"""Where to look next: by how much each thing that one could look at would narrow a result."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.evidence.candidates import KINDS, Candidate, candidates_of
from scrapflow.evidence.condition import Posterior
from scrapflow.evidence.observation import table_of
from scrapflow.evidence.predictions import Predictor
from scrapflow.evidence.prepared import OFF, off_faults
from scrapflow.evidence.worth import explained
from scrapflow.given import checked, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from scrapflow.evidence.observation import Observation
    from scrapflow.studies.ensemble import Ensemble

    Floats = NDArray[np.float64]

_PAIRS = 2
"""So many pairs of draws of the errors of an observation, each the other turned round, are averaged."""
LEAST_MEMBERS = 3
"""With two points every straight line fits."""
FEW_MEMBERS = 30
"""Below this the order says little: ``attrs["note"]`` tells."""


@checked
def value_of_information(
    ens: Ensemble | Posterior,
    target: str | Mapping[str, Any] = "delivered_t",
    candidates: Iterable[Any] | Observation | Mapping[str, Any] | str | None = None,
    *,
    cost: Mapping[str, float] | None = None,
    discrepancy: float = OFF,
) -> pd.DataFrame:
    """Rank what one could look at next by how much of a result's variance it would take away.

    For each candidate the target is regressed, over the members, on what would be seen if that member were the truth: with the
    error such an observation has and the discrepancy of the model, so that no run is needed (Strong, Oakley and Brennan 2014,
    2015). A place is looked at in the period in which it tells most.

    Parameters
    ----------
    ens
        An ensemble, with ``keep="flows"`` for more than assumptions; or what :func:`scrapflow.condition` gave, to look for what
        is worth most after the observations.
    target
        A total, or an observation without a value (``{"metric": "shipped_t", "place": "Kangson"}``).
    candidates
        Kinds (``assumption``: if it were known exactly; ``pile``: each yard's, seen once; ``wagons``: counted for 7 days on each
        link and at each mill; ``quota``: the figure of each enterprise and community; ``headcount``: of each named enterprise),
        assumptions by name, and observations
        (``error`` and ``sd``; the value does not matter). All kinds if not given.
    cost
        By candidate or by kind; then the rows come by what a unit of it buys.
    discrepancy
        As for :func:`scrapflow.condition`.

    Returns
    -------
    DataFrame
        ``candidate, kind, metric, node_id, link_id, period, sd_before, sd_after, reduction``: the largest share of the variance
        first; with ``cost`` also ``cost, reduction_per_cost``. Where fewer than 30 members count, ``attrs["note"]`` says that
        the order says little.

    Raises
    ------
    InputError
        If the target or a candidate is unknown, or there are too few members to tell anything.

    Examples
    --------
    >>> import scrapflow as sf
    >>> ens = sf.ensemble(sf.read_world("toy"), n=64, processes=1)
    >>> sf.value_of_information(ens, "quota_t").candidate[0]
    'quota.headcount.kg'
    """
    post = ens if isinstance(ens, Posterior) else None
    members = ens.ensemble if isinstance(ens, Posterior) else ens
    predictor = Predictor(members)
    aim = table_of({"metric": target} if isinstance(target, str) else target).head(1)
    predicted, faults = predictor.table(aim)
    faults = [{**f, "table": "target"} for f in faults] + off_faults(discrepancy, predictor.reader)
    chosen = np.arange(predictor.members) if post is None else resampled(post.weights)
    few = len(np.unique(chosen))
    if few < LEAST_MEMBERS:
        message = f"{few} members tell nothing of what is worth looking at: draw at least {FEW_MEMBERS}"
        faults.append(problem("ensemble", "", "n", message))
    if faults:
        raise InputError(faults, what="the value of information")
    y = predicted.iloc[:, 0].to_numpy(dtype=np.float64)
    listed = candidates_of(predictor, members.central, y, candidates)
    if faults := _cost_faults(cost or {}, [*KINDS, "observation", *(c.name for c in listed)]):
        raise InputError(faults, what="the value of information")
    table = ranked(listed, y, chosen, discrepancy, cost or {})
    if few < FEW_MEMBERS:
        table.attrs["note"] = (
            f"{few} members say little of what is worth most: draw at least {FEW_MEMBERS}, better 200."
        )
    return table


def _cost_faults(cost: Mapping[str, float], known: list[str]) -> list[dict[str, str]]:
    """Return what is wrong with costs: names that are no kind and no candidate, numbers that buy everything or nothing."""
    faults = []
    for name, value in cost.items():
        if name not in known:
            hint = did_you_mean(name, known, f"there are {', '.join(KINDS)}, and the candidates by name", n=3)
            faults.append(problem("cost", name, "", f"is no kind and no candidate that was asked for; {hint}"))
        if not (is_number(value) and 0 < value < np.inf):
            faults.append(problem("cost", name, "", f"{value!r} is no cost: a number above 0"))
    return faults


def ranked(
    listed: list[Candidate], y: Floats, chosen: NDArray[np.int64], off: float, cost: Mapping[str, float]
) -> pd.DataFrame:
    """Return candidates with the share of the variance of y each would take away, the largest first.

    Parameters
    ----------
    listed
        Candidates.
    y
        The target, shape (members,).
    chosen
        Positions of the members that count.
    off
        Discrepancy.
    cost
        By candidate or kind.
    """
    before = float(np.std(y[chosen], ddof=1))
    shares = _shares(listed, y, chosen, off)
    table = pd.DataFrame([(c.name, c.kind, c.metric, c.node_id, c.link_id, c.period) for c in listed],
                         columns=["candidate", "kind", "metric", "node_id", "link_id", "period"]).astype("str")  # fmt: skip
    table["sd_before"], table["sd_after"], table["reduction"] = before, before * np.sqrt(1.0 - shares), shares
    by = "reduction"
    if cost:
        table["cost"] = table["candidate"].map(cost).fillna(table["kind"].map(cost)).astype("float64")
        table["reduction_per_cost"] = table["reduction"] / table["cost"]
        by = "reduction_per_cost"
    return table.sort_values([by, "candidate"], ascending=[False, True], ignore_index=True, na_position="last")


def _shares(listed: list[Candidate], y: Floats, chosen: NDArray[np.int64], off: float) -> Floats:
    """Return the share of each candidate; those that would see the same, such as links in a row, are worked out once."""
    known: dict[tuple[Any, ...], float] = {}
    shares = np.zeros(len(listed))
    if not np.std(y[chosen]) > 0:
        return shares
    for i, candidate in enumerate(listed):
        key = (
            candidate.signal.round(6).tobytes(),
            candidate.error,
            candidate.sd,
            candidate.exposure,
            candidate.kind == "assumption",
        )
        if key not in known:
            rng = np.random.default_rng(zlib.crc32(candidate.name.encode()))
            draws = [seen for _ in range(_PAIRS if candidate.error else 1) for seen in candidate.seen(rng, off)]
            known[key] = float(np.mean([explained(seen[chosen][:, None], y[chosen]) for seen in draws]))
        shares[i] = known[key]
    return shares


def resampled(weights: Floats) -> NDArray[np.int64]:
    """Return members drawn evenly by weight (systematic), as many as the weights are worth.

    Examples
    --------
    >>> resampled(np.array([0.5, 0.5, 0.0, 0.0])).tolist()
    [0, 1]
    """
    count = max(1, round(1.0 / float(np.sum(weights**2))))
    places = (np.arange(count) + 0.5) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)
