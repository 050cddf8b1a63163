"""Which range of an assumption makes a claim of the sources true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.campaign import Campaign, read_campaign
from scrapflow.errors import UnknownNameError
from scrapflow.given import checked
from scrapflow.studies.member import Study
from scrapflow.studies.parallel import spread
from scrapflow.studies.uncertain import Inputs, uncertain

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from scrapflow.world import World

_HALVINGS = 6
"""A switch is found to one part in 64 of the way from the value to its low or high."""


class _Case(NamedTuple):
    """A run with one assumption moved a part of the way from its value to one end."""

    name: str
    end: str
    part: float


@checked
def claim_ranges(
    world: World,
    campaign: str | Campaign | None = None,
    *,
    claims: list[str] | None = None,
    assumptions: list[str] | None = None,
    detail: bool = False,
    processes: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Say for each claim and assumption in which part of the assumption's range the claim holds, all else as it is.

    Each assumption goes to its low and to its high, alone. Where the claim is true at one and false at the other place,
    the switch between is found by halving, which takes it for a single one.

    Parameters
    ----------
    world, campaign
        What to run (expected mode); the world's default campaign if none is named.
    claims
        Only these (``claim_id``); every claim that the run can be compared with if not given.
    assumptions
        Only these (an ``input`` of :func:`scrapflow.studies.uncertain.uncertain`); every one with a range if not given.
    detail, processes, progress
        As for :func:`scrapflow.sensitivity`.

    Returns
    -------
    DataFrame
        ``claim_id, input, unit, low, value, high, agrees_at_low, agrees, agrees_at_high, true_from, true_to``: the
        claim holds for values from ``true_from`` to ``true_to`` (NaN: nowhere in the range). Where several rows of a
        table move together the numbers are their means. Sorted by claim; assumptions that decide it come first.

    Raises
    ------
    UnknownNameError
        If there is no such claim or assumption.

    Examples
    --------
    >>> import scrapflow as sf
    >>> t = claim_ranges(sf.read_world("toy"), assumptions=["quota.headcount.kg"], processes=1)
    >>> t[["claim_id", "low", "high", "true_from", "true_to"]].round(1).values.tolist()
    [['yard_functional', 10.0, 30.0, 17.7, 30.0]]
    """
    camp = campaign if isinstance(campaign, Campaign) else read_campaign(world, campaign or world.default_campaign)
    inputs = uncertain(world, camp, detail=detail)
    _refuse_unknown("claim", claims, world.claims["claim_id"].tolist())
    _refuse_unknown("assumption with a range", assumptions, inputs.groups["input"].tolist())
    groups = inputs.groups if assumptions is None else inputs.groups[inputs.groups["input"].isin(assumptions)]
    names = groups["input"].tolist()
    study = Study(world, camp, inputs)
    now = _verdicts(study, _Case("", "low", 0.0))
    chosen = [c for c in now if claims is None or c in claims]
    ends = [(name, end) for name in names for end in ("low", "high")]
    found = spread(_verdicts, study, [_Case(n, e, 1.0) for n, e in ends], processes=processes, progress=progress)
    at_ends = dict(zip(ends, found, strict=True))
    switching = [(c, *end) for end in ends for c in chosen if at_ends[end].get(c) is (not now[c])]
    searches = [(name, end, c, now[c]) for c, name, end in switching]
    switch = dict(zip(switching, spread(_switch, study, searches, processes=processes), strict=True))
    rows = [_row(g, c, now[c], at_ends, switch) for c in chosen for g in groups.to_dict("records")]
    table = pd.DataFrame(rows).astype(dict.fromkeys(("agrees_at_low", "agrees", "agrees_at_high"), "boolean"))
    same = (table["agrees_at_low"] == table["agrees"]) & (table["agrees_at_high"] == table["agrees"])
    decides = ~same.to_numpy(dtype=bool, na_value=False)
    order = np.lexsort((table["input"].to_numpy(dtype=str), ~decides, table["claim_id"].to_numpy(dtype=str)))
    return table.iloc[order].reset_index(drop=True)


def _refuse_unknown(what: str, asked: list[str] | None, known: list[str]) -> None:
    for name in asked or ():
        if name not in known:
            msg = f"no {what} {name!r}"
            raise UnknownNameError(msg, known)


def _verdicts(study: Study, case: _Case) -> dict[str, bool]:
    """Run a case; return for each comparable claim whether it holds."""
    member = study.run({case.name: _moved(study.inputs, case)} if case.name else {})
    return {c["claim_id"]: bool(c["agrees"]) for c in study.claims(member) if c["agrees"] is not None}


def _moved(inputs: Inputs, case: _Case) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    members = inputs.members[inputs.members["input"] == case.name]
    value, end = (members[c].to_numpy(dtype=np.float64) for c in ("value", case.end))
    return np.asarray(value + case.part * (end - value))


def _switch(study: Study, case: tuple[str, str, str, bool]) -> float:
    """Find, by halving, how far towards the end the claim keeps the verdict it has at the value."""
    name, end, claim, verdict = case
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        here = _verdicts(study, _Case(name, end, middle)).get(claim)
        low, high = (middle, high) if here is verdict else (low, middle)
    return (low + high) / 2


def _row(
    group: dict[Hashable, Any],
    claim: str,
    verdict: bool,  # noqa: FBT001
    at_ends: dict[tuple[str, str], dict[str, bool]],
    switch: dict[tuple[str, str, str], float],
) -> dict[str, Any]:
    """Return one claim and assumption: verdicts at low, value and high, and the range in which the claim holds."""
    name, value = str(group["input"]), float(group["value"])
    limits, verdicts = {}, {}
    for end in ("low", "high"):
        verdicts[end] = at_ends[name, end].get(claim)
        part = switch.get((claim, name, end))
        reach = value + (1.0 if part is None else part) * (float(group[end]) - value)
        # Where the claim holds at the value its range ends at the switch; where it does not, it begins there.
        limits[end] = reach if verdict else (np.nan if part is None else reach)
    if verdict:
        span = (limits["low"], limits["high"])
    elif switch.get((claim, name, "low")) is not None:
        span = (float(group["low"]), limits["low"])
    elif switch.get((claim, name, "high")) is not None:
        span = (limits["high"], float(group["high"]))
    else:
        span = (np.nan, np.nan)
    return {
        "claim_id": claim,
        "input": name,
        **{k: group[k] for k in ("unit", "low", "value", "high")},
        "agrees_at_low": verdicts["low"],
        "agrees": verdict,
        "agrees_at_high": verdicts["high"],
        "true_from": span[0],
        "true_to": span[1],
    }
