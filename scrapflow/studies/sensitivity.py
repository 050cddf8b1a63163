"""Which assumption matters: each from low to high, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd  # noqa: TC002

from scrapflow.errors import InputError, problem
from scrapflow.given import checked
from scrapflow.pipeline import run
from scrapflow.queries.wording import unknown
from scrapflow.studies.kept import Kept
from scrapflow.studies.known_study import refuse_kept, study_of, totals_with
from scrapflow.studies.member import Study
from scrapflow.studies.parallel import spread
from scrapflow.units import dust

DELIVERED = "delivered_t"

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign
    from scrapflow.queries.flows import Flows
    from scrapflow.runs import Run
    from scrapflow.studies.keeping import Keeper
    from scrapflow.studies.uncertain import Inputs
    from scrapflow.world import World


@checked
def sensitivity(
    world: World,
    campaign: str | Campaign | None = None,
    *,
    total: str | None = None,
    target: Callable[[Flows], float] | None = None,
    detail: bool = False,
    processes: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Move each assumption from its low to its high, alone, and rank them by what that does to a total.

    Parameters
    ----------
    world, campaign
        What to run (expected mode); the world's default campaign if none is named.
    total
        A name of ``run.totals()``. If not given, ``delivered_t``; where what the mills take is settled by what they were
        assumed to take, so that others move with at least twice as many assumptions, the one that moves with most.
    target
        Instead of a total: any question with a number for its answer, such as ``lambda flows: flows.to("Kangson").total_t``.
        The three numbers and the effect are then in its unit.
    detail
        True: every single value. False: values of one column of a table move together (see
        :func:`scrapflow.studies.uncertain.uncertain`).
    processes
        How many processes; as many as there are cores if not given, 1 for none.
    progress
        Called with the number of runs done and to do.

    Returns
    -------
    DataFrame
        ``input, table, row, column, unit, low, value, high, total_at_low_t, total_t, total_at_high_t, effect_t``,
        largest effect (highest minus lowest total) first. ``attrs["total"]`` names the total.

    Raises
    ------
    UnknownNameError
        If there is no such total.
    InputError
        If both a total and a target are given, or the target's answer is no number.

    Examples
    --------
    >>> import scrapflow as sf
    >>> table = sf.sensitivity(sf.read_world("toy"), processes=1)
    >>> bool(table.effect_t.is_monotonic_decreasing)
    True
    """
    study = study_of(world, campaign, detail=detail)
    inputs = study.inputs
    cases = [
        {str(name): part[end].to_numpy(dtype=np.float64)}
        for name, part in inputs.members.groupby("input", sort=True)
        for end in ("low", "high")
    ]
    if target is not None:
        if total is not None:
            raise InputError(
                [problem("sensitivity", "", "target", "give a total or a target, not both")], what="the call"
            )
        refuse_kept(study, "target")
        assert isinstance(study, Study)
        name, now, ends = getattr(target, "__name__", "target"), *_answers(study, target, cases, processes, progress)
    else:
        base = totals_with(study, {})
        if total is not None and total not in base:
            raise unknown(str(total), "total", list(base))
        reached_by = spread(totals_with, study, cases, processes=processes, progress=progress)
        name = total or _moving(base, reached_by)
        now, ends = base[name], [case[name] for case in reached_by]
    return _tornado(inputs, name, now, ends)


def _tornado(inputs: Inputs, name: str, now: float, ends: list[float]) -> pd.DataFrame:
    """Return the assumptions with the number at their low, as they are, and at their high, largest effect first."""
    table = inputs.groups.copy()
    table["total_at_low_t"], table["total_t"], table["total_at_high_t"] = ends[0::2], now, ends[1::2]
    reached = table[["total_at_low_t", "total_t", "total_at_high_t"]]
    effect = reached.max(axis=1) - reached.min(axis=1)
    table["effect_t"] = effect.where(effect > dust(float(reached.abs().to_numpy().max(initial=0.0))), 0.0)
    table = table.sort_values(["effect_t", "input"], ascending=[False, True], ignore_index=True)
    columns = ["input", "table", "row", "column", "unit", "low", "value", "high", *reached.columns, "effect_t"]
    table = table[columns]
    table.attrs["total"] = name
    return table


def _answers(
    study: Study,
    target: Callable[[Flows], float],
    cases: list[dict[str, NDArray[np.float64]]],
    processes: int | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[float, list[float]]:
    """Ask the central run and every case; the cases are kept on disk meanwhile, so that the question need not travel."""
    central = run(study.world, study.campaign)
    kept = Kept(central)
    work = study, kept.keeper
    spread(_keep_case, work, list(enumerate(cases)), processes=processes, progress=progress)
    now, *ends = spread(_ask, (target, central, kept), range(-1, len(cases)), processes=1)
    return now, ends


def _ask(asked: tuple[Callable[[Flows], float], Run, Kept], number: int) -> float:
    """Ask a case by its number, or the central run."""
    target, central, kept = asked
    return _number(target, central if number < 0 else kept.member(number))


def _keep_case(work: tuple[Study, Keeper], case: tuple[int, dict[str, NDArray[np.float64]]]) -> None:
    (study, keeper), (number, values) = work, case
    member = study.run(values)
    keeper.keep(number, member, study.loads(member))


def _number(target: Callable[[Flows], float], made: Run) -> float:
    answer = target(made.flows)
    try:
        return float(answer)
    except (TypeError, ValueError) as error:
        fault = (
            f"the target's answer is no number but a {type(answer).__name__}: end the query in total_t, or in one cell"
        )
        raise InputError([problem("sensitivity", "", "target", fault)], what="the call") from error


def _moving(base: dict[str, float], cases: list[dict[str, float]]) -> str:
    """Return the total to rank by: what mills receive, unless others move with at least twice as many assumptions."""
    pairs = list(zip(cases[0::2], cases[1::2], strict=True))
    least = dust(max(map(abs, base.values())))
    count = {
        name: sum(max(abs(low[name] - now), abs(high[name] - now)) > least for low, high in pairs)
        for name, now in base.items()
    }
    most = max(count, key=lambda name: count[name])
    return most if count[most] >= 2 * count[DELIVERED] and count[most] else DELIVERED
