"""What if a link were closed, or a mill took less: the same hand-over, other rails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from scrapflow.errors import InputError, UnknownNameError, did_you_mean, problem
from scrapflow.ledger.reroute import reroute
from scrapflow.queries.compare import compare
from scrapflow.routing.frames import number
from scrapflow.runs import Run
from scrapflow.world.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from scrapflow.queries.compare import Comparison

_CASE_KEYS = ("close", "capacity", "mill")


@overload
def what_if(
    run: Run,
    *,
    close: str | Iterable[str | tuple[str, str]] | None = ...,
    capacity: Mapping[str, float] | None = ...,
    mill: Mapping[str, float] | None = ...,
    cases: None = ...,
) -> Comparison: ...
@overload
def what_if(run: Run, *, cases: Sequence[Mapping[str, Any]]) -> list[Comparison]: ...
def what_if(
    run: Run,
    *,
    close: str | Iterable[str | tuple[str, str]] | None = (),
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
        What no train may use, one or several: a ``link_id``, a line (its ``line_id`` or name; the track it shares is
        closed too), or a pair of places, ``("Sunchon", "Kangson")``, whose links are closed both ways.
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
        If a link is unknown or carries no train, a mill takes no part, or a number is negative; all of them at once,
        also over several cases.
    UnknownNameError
        If no mill, or no place of a pair, has the name.

    Examples
    --------
    With the trunk line closed, the far mill of the toy world gets nothing:

    >>> import scrapflow as sf
    >>> shut = sf.what_if(sf.run(sf.read_world("toy")), close=["rail_far"])
    >>> shut.b.flows.to("Far Mill").total_t
    0.0
    """
    whole = {"close": close, "capacity": capacity, "mill": mill}
    if cases is None:
        return _compared(run, [whole])[0]
    if any(value is not None and len(value) for value in (_listed(close), capacity, mill)):
        raise InputError(
            [problem("cases", "", "", "give cases, or close, capacity and mill, not both")], what="the call"
        )
    return _compared(run, [cases] if isinstance(cases, Mapping) else cases)


def _compared(run: Run, cases: Iterable[object]) -> list[Comparison]:
    """Return the run against itself under each case, after all of them were read."""
    read = [_Case(run, case, str(row)) for row, case in enumerate(cases)]
    if faults := [fault for case in read for fault in case.faults]:
        raise InputError(faults, what="the case" if len(read) == 1 else "the list of cases")
    return [compare(run, Run.of(reroute(run, arcs=c.arcs, supplies=c.supplies, case=c.words))) for c in read]


class _Case:
    """Arcs and supplies of a run as a case wants them, the case in words, and what is wrong with it."""

    def __init__(self, run: Run, case: object, row: str) -> None:
        self.run, self.row = run, row
        self.arcs, self.supplies = run.tables["arcs"].copy(), run.tables["supplies"].copy()
        self.faults: list[dict[str, str]] = []
        self._said: list[str] = []
        if not isinstance(case, Mapping):
            self._fault("", f"a case is a mapping with {', '.join(_CASE_KEYS)}, not {case!r}")
            return
        for key in (k for k in case if k not in _CASE_KEYS):
            self._fault(key, f"no such key; a case has {', '.join(_CASE_KEYS)}")
        for link, limit in _items(case.get("capacity")):
            self._narrow(link, limit)
        for item in dict.fromkeys(_listed(case.get("close"))):
            self._close(item)
        for name, intake in _items(case.get("mill")):
            self._feed(name, intake)

    @property
    def words(self) -> str:
        return ", ".join(self._said) or "nothing changed"

    def _fault(self, column: object, message: str) -> None:
        self.faults.append(problem("case", self.row, str(column), message))

    def _narrow(self, link: object, given: object) -> None:
        here, limit = self.arcs["link_id"].eq(str(link)), number(given)
        if not here.any():
            self._fault(link, _no_link(self.run, link))
        elif not limit >= 0:
            self._fault(link, f"{given!r} is no capacity: t per period, ≥ 0")
        self.arcs.loc[here, "capacity_t"] = limit
        self._said.append(f"{link} at {limit:g} t")

    def _close(self, item: object) -> None:
        here, word = _meant(self.run, self.arcs, item), _word(item)
        if not here.any():
            self._fault(word, _no_link(self.run, item))
        self.arcs.loc[here, "capacity_t"] = 0.0
        self._said.append(f"{word} closed")

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


def _listed(close: object) -> tuple[Any, ...]:
    """Return what is to be closed as hashable items, be it one or several."""
    some = () if close is None else (close,) if isinstance(close, str) or not np.iterable(close) else close
    return tuple(tuple(item) if isinstance(item, list) else item for item in some)


def _items(given: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    return [] if given is None else list(given.items())


def _word(item: object) -> str:
    return " – ".join(map(str, item)) if isinstance(item, tuple) else str(item)


def _meant(run: Run, arcs: pd.DataFrame, item: object) -> pd.Series[bool]:
    """Tell the arcs that are closed with an item: a link's, a line's with the track it shares, or those of a pair."""
    if isinstance(item, tuple):
        ends = [run.names.resolve(str(name)) for name in item]
        if len(ends) != 2:
            return arcs["link_id"].isna()
        there = arcs["from_node_id"].eq(ends[0]) & arcs["to_node_id"].eq(ends[1])
        return there | (arcs["from_node_id"].eq(ends[1]) & arcs["to_node_id"].eq(ends[0]))
    here = arcs["link_id"].eq(str(item))
    return here if here.any() else _on_line(run, arcs, str(item))


def _on_line(run: Run, arcs: pd.DataFrame, line: str) -> pd.Series[bool]:
    """Tell the arcs of a line, by its identifier or any spelling of its name."""
    lines = run.links.loc[run.links["line_id"] != "", ["line_id", "line"]].drop_duplicates()
    ids = set(lines.loc[lines["line_id"].eq(line) | lines["line"].map(fold).eq(fold(line)), "line_id"])
    return arcs["line_id"].isin(ids) | arcs["also_line_ids"].map(lambda also: not ids.isdisjoint(also.split("|")))


def _no_link(run: Run, item: object) -> str:
    """Say why nothing can be closed or narrowed by this name, and what could be meant."""
    if isinstance(item, tuple):
        return "no train runs straight from one to the other; a pair is two neighbouring places"
    links = run.links
    if (links["link_id"] == str(item)).any():
        return "no train runs on this link: it is road access"
    try:
        place = run.names.resolve(str(item))
    except UnknownNameError:
        hint = did_you_mean(str(item), [*links["link_id"], *links["line_id"].unique()], "run.links lists them", n=3)
        return f"no such link; {hint}"
    at = links.loc[(links["from_node_id"].eq(place) | links["to_node_id"].eq(place)) & links["mode"].ne("road")]
    return f"this is a place, no link; its links are {', '.join(at['link_id']) or 'roads only'}"
