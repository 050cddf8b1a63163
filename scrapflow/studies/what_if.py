"""What if a link were closed, or a mill took less: the same hand-over, other rails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from scrapflow.errors import InputError, problem
from scrapflow.ledger.compare import compare
from scrapflow.ledger.rehaul import rehaul

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from scrapflow.ledger.compare import Comparison
    from scrapflow.ledger.tables import Run

_CASE_KEYS = ("close", "capacity", "mill")


@overload
def what_if(
    run: Run,
    *,
    close: Iterable[str] = ...,
    capacity: Mapping[str, float] | None = ...,
    mill: Mapping[str, float] | None = ...,
    cases: None = ...,
) -> Comparison: ...
@overload
def what_if(run: Run, *, cases: Sequence[Mapping[str, Any]]) -> list[Comparison]: ...
def what_if(
    run: Run,
    *,
    close: Iterable[str] = (),
    capacity: Mapping[str, float] | None = None,
    mill: Mapping[str, float] | None = None,
    cases: Sequence[Mapping[str, Any]] | None = None,
) -> Comparison | list[Comparison]:
    """Route a run anew with links closed or capacities changed; what people handed over is held fixed.

    Parameters
    ----------
    run
        A run, fresh or read from disk.
    close
        Link or links no train may use (``link_id``).
    capacity
        Capacity by ``link_id``, in t per period and direction; inf is no limit.
    mill
        Intake by mill (any spelling), in t per period; inf is no limit.
    cases
        Several cases at once, each a mapping with the keys ``close, capacity, mill``.

    Returns
    -------
    Comparison or list of Comparison
        The run against itself under the changed conditions (``b``); one for each case if ``cases`` is given.

    Raises
    ------
    InputError
        If a link is unknown or carries no train, a mill takes no part, or a number is negative; all of them at once.

    Examples
    --------
    With the trunk line closed, the far mill of the toy world gets nothing:

    >>> import scrapflow as sf
    >>> shut = sf.what_if(sf.run(sf.read_world("toy")), close=["rail_far"])
    >>> shut.b.flows.to("Far Mill").total_t
    0.0
    """
    shut = (close,) if isinstance(close, str) else tuple(close)
    listed = [{"close": shut, "capacity": capacity, "mill": mill}] if cases is None else list(cases)
    changed = [_changed(run, case, i) for i, case in enumerate(listed)]
    results = [
        compare(run, rehaul(run, arcs=arcs, supplies=supplies, case=_words(case)))
        for case, (arcs, supplies) in zip(listed, changed, strict=True)
    ]
    return results[0] if cases is None else results


def _changed(run: Run, case: Mapping[str, Any], number: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return arcs and supplies as a case wants them."""
    arcs, supplies = run.tables["arcs"].copy(), run.tables["supplies"].copy()
    faults = [
        problem("case", str(number), key, f"no such key; a case has {', '.join(_CASE_KEYS)}")
        for key in case
        if key not in _CASE_KEYS
    ]
    limits = dict(case.get("capacity") or {}) | dict.fromkeys(case.get("close") or (), 0.0)
    for link, limit in limits.items():
        here = arcs["link_id"] == link
        if not here.any():
            faults.append(problem("case", str(number), str(link), _no_link(run, link)))
        elif not limit >= 0:
            faults.append(problem("case", str(number), str(link), f"{limit!r} is no capacity: t per period, ≥ 0"))
        arcs.loc[here, "capacity_t"] = limit
    for name, intake in (case.get("mill") or {}).items():
        node = run.names.resolve(name, kinds=("mill",))
        here = (supplies["node_id"] == node) & (supplies["supply_t"] == 0)
        if not here.any():
            faults.append(problem("case", str(number), name, "this mill takes no part in the campaign"))
        elif not intake >= 0:
            faults.append(problem("case", str(number), name, f"{intake!r} is no intake: t per period, ≥ 0"))
        supplies.loc[here, "demand_t"] = float(intake) if np.isfinite(intake) else np.inf
    if faults:
        raise InputError(faults, what="the case")
    return arcs, supplies


def _words(case: Mapping[str, Any]) -> str:
    """Say in words what a case changes."""
    closed = [f"{link} closed" for link in case.get("close") or ()]
    limits = [f"{link} at {limit:g} t" for link, limit in (case.get("capacity") or {}).items()]
    intakes = [f"{name} takes {intake:g} t" for name, intake in (case.get("mill") or {}).items()]
    return ", ".join([*closed, *limits, *intakes]) or "nothing changed"


def _no_link(run: Run, link: str) -> str:
    known = (run.links["link_id"] == link).any()
    return "no train runs on this link: it is road access" if known else "no such link; run.links lists them"
