"""A campaign or known tonnes that are steered: sliders over assumptions, links closed by a click, and the run that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, UnknownNameError, near, problem
from scrapflow.given import is_number
from scrapflow.pipeline import network_of, unchecked
from scrapflow.pipeline import run as run_of_known
from scrapflow.studies.closing import arcs_closed, closures_of, nothing_closed
from scrapflow.studies.known_study import study_of
from scrapflow.studies.sensitivity import sensitivity
from scrapflow.studies.uncertain import Inputs, Setter
from scrapflow.world.schema import schema
from scrapflow.world.shared_frames import numbers_in, numbers_set, shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign
    from scrapflow.runs import Run
    from scrapflow.world import World

MOST = 6
"""Sliders, where nobody names them."""
_Case: TypeAlias = tuple[tuple[tuple[str, float], ...], tuple[str, ...]]
"""Values by setting, sorted, and links that are closed."""
_PLACES = ("nodes", "links", "lines", "regions", "sources", "claims")
"""Tables that hold places and words; runs of the same ones look alike but for their numbers."""
_KEPT = 16
"""Runs that are kept, so that going back costs nothing."""


@dataclass(frozen=True)
class Slider:
    """One setting that is steered: its name, unit, central value and the ends of its range."""

    name: str
    unit: str
    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, str | float]:
        """Return the slider as the page reads it."""
        return {"name": self.name, "unit": self.unit, "value": self.value, "low": self.low, "high": self.high}


class Steering:
    """A world and campaign, or a world of known tonnes, with other values of some assumptions, and some links closed.

    Parameters
    ----------
    world
        Where it happens.
    campaign
        A campaign or its name; the world's default if none is given, and where it has none, its known tonnes.
    settings
        Names of inputs, as ``sf.sensitivity`` lists them; by default those that ``world.toml`` names under ``[explore]``, else
        the six with the largest effect.

    Raises
    ------
    UnknownNameError
        If an input is unknown or has no range, or the world has neither a campaign nor known tonnes.

    Examples
    --------
    >>> import scrapflow as sf
    >>> steering = Steering(sf.read_world("toy"), "2015", ["quota.headcount.kg"])
    >>> steering.sliders[0].low, steering.sliders[0].high
    (10.0, 30.0)
    >>> steering.run({"quota.headcount.kg": 30.0}, ()).meta["campaign"]
    '2015'
    """

    def __init__(self, world: World, campaign: str | Campaign | None, settings: Iterable[str] | None = None) -> None:
        self.world = world
        study = study_of(world, campaign, detail=False)
        self.base, inputs = study.campaign, study.inputs
        known = inputs.groups.set_index("input")
        names = list(settings) if settings is not None else _chosen(world, self.base, known.index.tolist())
        for name in names:
            if name not in known.index:
                names_near = near(str(name), known.index.tolist(), cutoff=0.4)
                hint = f"did you mean {', '.join(names_near)}? " if names_near else ""
                msg = f"no assumption with a range is called {name!r}; {hint}sf.sensitivity(world) lists them"
                raise UnknownNameError(msg, names_near)
        rows = known.loc[names]
        self.sliders = [
            Slider(str(n), str(r["unit"]), float(r["value"]), float(r["low"]), float(r["high"]))
            for n, r in rows.iterrows()
        ]
        chosen = inputs.members[inputs.members["input"].isin(names)].reset_index(drop=True)
        self._members = {str(n): part for n, part in chosen.groupby("input")}
        self._of_world = {n for n, part in self._members.items() if not part["table"].iloc[0].startswith("campaign:")}
        self._last: tuple[tuple[tuple[str, float], ...], World] | None = None
        self._set = Setter(world, self.base, Inputs(inputs.groups[inputs.groups["input"].isin(names)], chosen))
        self._runs: dict[_Case, Run] = {}

    def values_of(self, given: Mapping[str, object]) -> dict[str, float]:
        """Return the values that differ from the central ones, each within its range.

        Raises
        ------
        UnknownNameError
            If there is no such slider.
        InputError
            If a value is no number or outside its range.
        """
        by_name = {s.name: s for s in self.sliders}
        out = {}
        for name, value in given.items():
            if name not in by_name:
                msg = f"no slider is called {name!r}; there are {', '.join(by_name)}"
                raise UnknownNameError(msg, near(str(name), list(by_name), cutoff=0.4))
            slider = by_name[name]
            number = float(cast("float", value)) if is_number(value) else float("nan")
            if not slider.low <= number <= slider.high:
                wrong = "is not" if is_number(value) else "is no number: one is wanted"
                message = f"{value!r} {wrong} between {slider.low:g} and {slider.high:g} {slider.unit}"
                raise InputError([problem("explore", "", name, message)], what="the value of a slider")
            if number != slider.value:
                out[name] = number
        return out

    def links_of(self, closed: object) -> tuple[str, ...]:
        """Return the links to be closed, sorted: what ``sf.what_if(run, close=…)`` takes without times, or any other link.

        Raises
        ------
        UnknownNameError
            If something to be closed is unknown; the message has near names.
        InputError
            If times are given, or what names nothing.
        """
        if isinstance(closed, Mapping):
            message = "what is closed here is closed all the time: name it alone; sf.what_if(w.run, close={…}) closes for a span"
            raise InputError([problem("explore", "", "closed", message)], what="what is to be closed")
        links, run = self.world.links["link_id"], self.run({}, ())
        arcs = run.tables["arcs"]
        found: set[str] = set()
        for closure in closures_of(run, closed):
            here = arcs.loc[arcs_closed(run, arcs, closure.item), "link_id"]
            if here.empty and not (links == closure.item).any():
                msg = f"{closure.word!r} closes nothing: {nothing_closed(run, closure.item)}"
                raise UnknownNameError(msg, near(closure.word, links.tolist(), cutoff=0.4))
            found.update(here.tolist() or [closure.item])
        return tuple(sorted(found - {""}))

    def words(self, values: Mapping[str, float], closed: Sequence[str]) -> str:
        """Return the sliders as they stand, with their ranges, and what is closed, in words that follow others."""
        now = [(s, values.get(s.name, s.value)) for s in self.sliders]
        said = [f"{s.name} = {value:g} ({s.low:g} to {s.high:g} {s.unit})" for s, value in now]
        return "".join(
            f"; {what}: {', '.join(names)}" for what, names in (("sliders", said), ("closed", closed)) if names
        )

    def case(self, values: Mapping[str, float], closed: Sequence[str]) -> tuple[World, Campaign | None]:
        """Return world and campaign with values and closures; the world lists what was changed."""
        if not values and not closed:
            return self.world, self.base
        drawn = {name: _members_at(self._members[name], value) for name, value in values.items()}
        if self.base is None:
            return self._known(self._set.world(drawn), closed), None
        world, campaign = self._set(drawn)
        if world is not self.world:
            key = tuple(sorted((name, value) for name, value in values.items() if name in self._of_world))
            # moves of one slider after another mostly leave the world as it is
            if self._last is None or self._last[0] != key:
                changed = pd.concat(_differing(self.world, world), ignore_index=True)
                self._last = key, self.world.with_values(changed)
            world = self._last[1]
            campaign = replace(campaign, world=world)
        if closed:
            own = list(campaign.raw.get("calendar", []))
            shut = [{"link_id": link, "factor": 0.0, "note": "closed by hand"} for link in closed]
            campaign = campaign.update({"calendar": own + shut})
        return world, campaign

    def _known(self, world: World, closed: Sequence[str]) -> World:
        """Return the world of known tonnes with closures, listing what was changed: a closed link lets nothing pass."""
        shut = pd.DataFrame({"table": "links", "row": list(closed), "column": "capacity_t", "value": 0.0})
        both = pd.concat([*_differing(self.world, world), shut], ignore_index=True)
        return self.world.with_values(both.drop_duplicates(["table", "row", "column"], keep="last", ignore_index=True))

    def run(self, values: Mapping[str, float], closed: Sequence[str]) -> Run:
        """Return the run of a case, not yet checked; the same case again costs nothing."""
        key = (tuple(sorted(values.items())), tuple(closed))
        if key not in self._runs:
            if len(self._runs) >= _KEPT:
                self._runs.pop(next(k for k in self._runs if k != ((), ())))
            world, campaign = self.case(values, closed)
            if campaign is None:
                self._runs[key] = run_of_known(world)
                return self._runs[key]
            network = network_of(self.world, campaign.transport)
            same = all(shared(world.tables)[t] is shared(self.world.tables)[t] for t in _PLACES)
            if same and world is not self.world:
                world.memo["network"] = network.in_world(world)
                world.memo["basemap"] = self.world.basemap
            run = self._runs[key] = unchecked(world, campaign)
            if same:
                run.memo["places"] = network.drawn.memo.setdefault("shown", {})
        return self._runs[key]


def _chosen(world: World, campaign: Campaign | None, known: Sequence[str]) -> list[str]:
    """Return the settings that a world names, or those with the largest effect."""
    named = [str(n) for n in world.settings.get("explore", {}).get("sliders", ()) if n in known]
    if named:
        return named
    ranked = sensitivity(world, campaign, processes=1)
    return [str(n) for n in ranked.loc[ranked["effect_t"] > 0, "input"].head(MOST)]


def _members_at(part: pd.DataFrame, value: float) -> NDArray[np.float64]:
    """Return the values of an input's rows where their mean is as far along its range as a value, shape (rows,)."""
    low, middle, high = (part[c].to_numpy(dtype=np.float64) for c in ("low", "value", "high"))
    ends = [float(x.mean()) for x in (low, middle, high)]
    if value <= ends[1]:
        share = (value - ends[0]) / (ends[1] - ends[0]) if ends[1] > ends[0] else 1.0
        return np.asarray(low + share * (middle - low))
    return np.asarray(middle + (value - ends[1]) / (ends[2] - ends[1]) * (high - middle))


def _differing(before: World, after: World) -> list[pd.DataFrame]:
    """Return the numbers set in a world that are others than before, by column, as :meth:`World.with_values` takes them."""
    rows = []
    for (table, column), two in numbers_set(after.tables).items():
        one = numbers_in(before.tables, table, column)
        other = (one != two) & ~(np.isnan(one) & np.isnan(two))
        key = shared(before.tables)[table][schema()[table].key].to_numpy(dtype=object)
        rows.append(pd.DataFrame({"table": table, "row": key[other], "column": column, "value": two[other]}))
    return rows
