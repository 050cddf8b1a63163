"""What if a link were closed, or a mill took less: the same hand-over, other rails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, overload

import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.given import checked
from scrapflow.ledger.reroute import reroute
from scrapflow.queries.compare import compare
from scrapflow.routing.frames import number
from scrapflow.runs import Run
from scrapflow.studies.closing import Closure, arcs_closed, closures_of, nothing_closed, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scrapflow.queries.compare import Comparison
    from scrapflow.queries.times import When

    Close = str | Iterable[str | tuple[str, str]] | Mapping[str, When | None] | Mapping[tuple[str, str], When | None]

_CASE_KEYS = ("close", "capacity", "mill")


@overload
def what_if(
    run: Run,
    *,
    close: Close | None = ...,
    capacity: Mapping[str, float] | None = ...,
    mill: Mapping[str, float] | None = ...,
    cases: None = ...,
) -> Comparison: ...
@overload
def what_if(run: Run, *, cases: Sequence[Mapping[str, Any]]) -> list[Comparison]: ...
@checked
def what_if(
    run: Run,
    *,
    close: Close | None = (),
    capacity: Mapping[str, float] | None = None,
    mill: Mapping[str, float] | None = None,
    cases: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None,
) -> Comparison | list[Comparison]:
    """Route a run anew with links closed or capacities changed; what people handed over is held fixed.

    Parameters
    ----------
    run
        A run, fresh or read from disk.
    close
        What no train may use, one or several: a ``link_id``; a line (its ``line_id`` or name; the track it shares is
        closed too); a station, with all its links; the stretch between two places, ``("Kowon", "Tanchon")`` or
        ``"Kowon – Tanchon"``, both ways. A mapping tells when: ``{"P'yongra Line": "March"}``, as
        :meth:`scrapflow.Flows.during` takes times.
    capacity
        Capacity by ``link_id``, in t per period and direction; inf is no limit.
    mill
        Intake by mill (any spelling), in t per period; inf is no limit.
    cases
        Several cases at once, each a mapping with the keys ``close, capacity, mill``; instead of these three.

    Returns
    -------
    Comparison or list of Comparison
        The run against itself under the changed conditions (``b``); one for each case if ``cases`` is given.

    Raises
    ------
    InputError
        If what is to be closed is unknown or carries no train, a mill takes no part, or a number is negative; all of
        them at once, also over several cases.
    UnknownNameError
        If no mill, or no period, has the name.

    Examples
    --------
    With the trunk line closed, the far mill of the toy world gets nothing:

    >>> import scrapflow as sf
    >>> shut = sf.what_if(sf.run(sf.read_world("toy")), close=["rail_far"])
    >>> shut.b.flows.to("Far Mill").total_t
    0.0

    Closed for a month only, the trains come later:

    >>> late = sf.what_if(shut.a, close={("Vale", "Far Mill"): "January"})
    >>> late.b.flows.to("Far Mill").by("period").period.tolist()
    ['2015-02']
    """
    whole = {"close": close, "capacity": capacity, "mill": mill}
    if cases is None:
        return _compared(run, [whole])[0]
    if any(value is not None and len(value) for value in (closures_of(run, close), capacity, mill)):
        raise InputError(
            [problem("cases", "", "", "give cases, or close, capacity and mill, not both")], what="the call"
        )
    return _compared(run, [cases] if isinstance(cases, Mapping) else cases)


def _compared(run: Run, cases: Iterable[object]) -> list[Comparison]:
    """Return the run against itself under each case, after all of them were read."""
    read = [_Case(run, case, row) for row, case in enumerate(cases, 1)]
    if faults := [fault for case in read for fault in case.faults]:
        raise InputError(faults, what="the case" if len(read) == 1 else "the list of cases")
    return [
        compare(run, Run.of(reroute(run, arcs=c.arcs, supplies=c.supplies, calendar=c.calendar, case=c.words)))
        for c in read
    ]


class _Case:
    """Arcs and supplies of a run as a case wants them, the case in words, and what is wrong with it."""

    def __init__(self, run: Run, case: object, row: int) -> None:
        self.run, self.row = run, str(row)
        self.arcs, self.supplies = run.tables["arcs"].copy(), run.tables["supplies"].copy()
        self.calendar = run.tables["calendar"]
        self.faults: list[dict[str, str]] = []
        self._said: list[str] = []
        if not isinstance(case, Mapping):
            self._fault("", f"a case is a mapping with {', '.join(_CASE_KEYS)}, not {case!r}")
            return
        for key in (k for k in case if k not in _CASE_KEYS):
            self._fault(key, f"no such key; a case has {', '.join(_CASE_KEYS)}")
        for link, limit in self._items(case, "capacity"):
            self._narrow(link, limit)
        closures = closures_of(run, case.get("close"))
        for closure in closures:
            self._close(closure)
        if closures:
            self._said.append(words_of(closures))
        for name, intake in self._items(case, "mill"):
            self._feed(name, intake)

    @property
    def words(self) -> str:
        return ", ".join(self._said) or "nothing changed"

    def _fault(self, column: object, message: str) -> None:
        self.faults.append(problem("case", self.row, str(column), message))

    def _items(self, case: Mapping[Any, Any], key: str) -> list[tuple[str, Any]]:
        given = case.get(key)
        if given is None or hasattr(given, "items"):
            return [] if given is None else [(str(name), tonnes) for name, tonnes in given.items()]
        self._fault(key, f"a mapping of names to tonnes is wanted, not {type(given).__name__}")
        return []

    def _narrow(self, link: object, given: object) -> None:
        here, limit = self.arcs["link_id"].eq(str(link)), number(given)
        if not here.any():
            self._fault(link, nothing_closed(self.run, link))
        elif not limit >= 0:
            self._fault(link, f"{given!r} is no capacity: t per period, ≥ 0")
        self.arcs.loc[here, "capacity_t"] = limit
        self._said.append(f"{link} at {limit:g} t")

    def _close(self, closure: Closure) -> None:
        here = arcs_closed(self.run, self.arcs, closure.item)
        if not here.any():
            self._fault(closure.word, nothing_closed(self.run, closure.item))
        elif closure.when is None:
            self.arcs.loc[here, "capacity_t"] = 0.0
        else:
            links = self.arcs.loc[here, "link_id"].unique()
            shut = pd.MultiIndex.from_product([closure.when, links], names=["period", "link_id"]).to_frame(index=False)
            rows = pd.concat([self.calendar, shut.assign(factor=0.0)], ignore_index=True)
            self.calendar = rows.groupby(["period", "link_id"], sort=True)["factor"].prod().reset_index()

    def _feed(self, name: str, given: object) -> None:
        kind, node = self.run.names.meant(name, ("mill",))
        here, intake = self.supplies["node_id"] == node, number(given)
        if kind != "mill":
            self._fault(name, f"this is a {kind}, no mill")
            return
        if not here.any():
            self._fault(name, "this mill takes no part in the campaign")
        elif not intake >= 0:
            self._fault(name, f"{given!r} is no intake: t per period, ≥ 0")
        self.supplies.loc[here, "demand_t"] = intake
        self._said.append(f"{name} takes {intake:g} t")
