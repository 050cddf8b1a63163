"""What the filters of the widget may be set to: names as people write them, and those that the map has for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from scrapflow.errors import InputError, UnknownNameError, near, problem
from scrapflow.given import iterates
from scrapflow.queries.shown import SETS

if TYPE_CHECKING:
    from scrapflow.runs import Run

Filters: TypeAlias = dict[str, list[str] | int]
"""Names by filter, and the number of pairs under ``top``."""


def listed(value: object, what: str) -> list[object]:
    """Return one or several names as a list, None as none.

    Raises
    ------
    InputError
        If it is neither.
    """
    if isinstance(value, str | Mapping) or not (value is None or iterates(value)):
        if isinstance(value, str):
            return [value]
        message = f"a name or several are wanted, not {value!r}"
        raise InputError([problem("explore", "", what, message)], what="the choice")
    return list(value or ())


def filters_of(run: Run, given: object) -> Filters:
    """Return filters as the map has them: lists of names that occur, groups of materials taken apart.

    Raises
    ------
    UnknownNameError
        If there is no such filter, or nothing of the run has the name.
    InputError
        If what is given is neither names by filter nor, under ``top``, a number.

    Examples
    --------
    >>> import scrapflow as sf
    >>> filters_of(sf.run(sf.read_world("toy")), {"kind": "shipped", "top": 3})
    {'kind': ['shipped'], 'top': 3}
    """
    if not isinstance(given, Mapping):
        message = f"names by filter are wanted, such as {{'kind': 'shipped'}}, not {given!r}"
        raise InputError([problem("explore", "", "filters", message)], what="the choice")
    out: Filters = {}
    for name, values in given.items():
        if name == "top":
            if values and not (isinstance(values, int) and values > 0):
                message = f"a number of pairs is wanted, not {values!r}"
                raise InputError([problem("explore", "", "top", message)], what="the choice")
            out |= {"top": int(values)} if values else {}
            continue
        if name not in SETS:
            msg = f"no filter is called {name!r}; filters are {', '.join(SETS)} and top"
            raise UnknownNameError(msg, near(name, [*SETS, "top"], cutoff=0.4))
        names = list(dict.fromkeys(v for value in listed(values, name) for v in _value(run, name, str(value))))
        out |= {name: names} if names else {}
    return out


def _value(run: Run, name: str, value: str) -> Iterable[str]:
    """Return what a word of a filter means."""
    if name == "mill":
        return [run.names.meant(value, ("mill",)).id]
    if name == "material" and value in run.material_groups:
        return run.material_groups[value]
    column = run.nodes[name].fillna("") if name in ("region", "sector") else run.movements[name]
    known = sorted(set(column))
    if value in known:
        return [value]
    if name == "region":
        match = run.names.meant(value, ("region",))
        named = run.nodes.loc[run.nodes["region_id"] == match.id, "region"].unique().tolist()
        if named:
            return [str(n) for n in named]
    msg = f"no {name} of the run is called {value!r}; there are {', '.join(k for k in known if k) or 'none'}"
    raise UnknownNameError(msg, near(value, known, cutoff=0.4))
