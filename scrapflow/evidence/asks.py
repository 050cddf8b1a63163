"""What an observation is about, in the tables that members of an ensemble keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from scrapflow.errors import UnknownNameError, did_you_mean
from scrapflow.evidence.sightings import span_of, yearless
from scrapflow.ledger.amounts import UNPLACED
from scrapflow.queries.times import periods_of
from scrapflow.vocabulary import accounts, kinds, kinds_to, traced_as
from scrapflow.vocabulary.totals import totals

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from scrapflow.ledger.tables import RunTables

LINK_LOAD = "link_load_t"
WORKERS = "workers"
"""The headcount of enterprises: no table of members, but drawn with the assumptions."""
_UNITS = {
    "t": "t",
    "tonnes": "t",
    "tonne": "t",
    "count": "count",
    "share": "share",
    "wagons": "wagons",
    **dict.fromkeys(("persons", "people", "workers", "heads"), "persons"),
}
_TO_TONNES = {"kt": 1e3, "mt": 1e6, "kg": 1e-3, "g": 1e-6}


class Ask(NamedTuple):
    """A sum over rows of one table that every member keeps.

    Attributes
    ----------
    table
        ``totals``, ``inputs``, or a table of ``ens.kept``.
    values
        Columns that are added.
    key
        The column that names the place; "" where all rows count.
    keys
        The places; None for all.
    kinds, materials
        Kinds of movement and materials; empty for all.
    periods
        Labels of the periods.
    over
        ``sum`` or ``mean`` over the periods.
    """

    table: str
    values: tuple[str, ...]
    key: str = ""
    keys: frozenset[str] | None = None
    kinds: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    over: str = "sum"


@dataclass(frozen=True)
class Wanted:
    """What to predict: the sum of ``plus`` less the sum of ``minus``; its share of ``plus`` and ``beside`` if there are any.

    A comparison of two metrics (one above another) is that the share of the one in both is above a half.
    """

    plus: tuple[Ask, ...]
    minus: tuple[Ask, ...] = ()
    beside: tuple[Ask, ...] = ()


class Reader:
    """Understands observations of a run: metrics, places, periods; what is wrong with them is told, not raised.

    Parameters
    ----------
    run
        The central run of an ensemble.
    inputs
        Names of the assumptions that were drawn.
    """

    def __init__(self, run: RunTables, inputs: Iterable[str]) -> None:
        self._run, self._inputs = run, tuple(inputs)
        self._nodes = run.nodes.set_index("node_id")
        self._materials = run.materials["material"].tolist()

    def read(self, row: Mapping[Hashable, Any]) -> tuple[Wanted | None, list[tuple[str, str]]]:
        """Return what an observation asks for, and what is wrong with it as column and message."""
        faults: list[tuple[str, str]] = []
        periods = self._periods(str(row["first"]), str(row["last"]), faults)
        place = self._place(row, faults)
        metric, _, other = str(row["metric"]).partition(" > ")
        wanted = self._wanted(metric, row, place, periods, faults)
        if other and wanted is not None:
            second = self._wanted(other, row, place, periods, faults)
            wanted = None if second is None else replace(wanted, beside=second.plus)
        if not faults:
            self._unit(row, metric, other, faults)
        return (None if faults else wanted), faults

    @cached_property
    def metrics(self) -> list[str]:
        """Return every metric that can be observed, without those of single materials and assumptions."""
        columns = [a.column for a in accounts().values()]
        return sorted({*totals(), *columns, "yard_t", LINK_LOAD, WORKERS})

    def unknown(self, metric: object) -> str:
        """Say why a metric has no discrepancy of the model; nothing where it has one."""
        if metric in self._inputs:
            return "is an assumption, which the model takes and does not tell: the error of its observation is all"
        for word in str(metric).split(" > "):
            stem = word.removesuffix("_t").removeprefix("yard_")
            if word not in self.metrics and not (word.endswith("_t") and self._of(stem, [])):
                hint = did_you_mean(word, self.metrics, f"there are {', '.join(self.metrics)}", n=3)
                return f"is no metric that can be observed; {hint}"
        return ""

    def _wanted(
        self, metric: str, row: Mapping[Hashable, Any], place: _Place, periods: tuple[str, ...], faults: list[Any]
    ) -> Wanted | None:
        if metric in self._inputs:
            return Wanted((Ask("inputs", (metric,)),))
        materials = self._of(str(row["material"]), faults)
        whole = not place.given and not materials and len(periods) == len(self._run.periods)
        if metric in totals() and whole:
            return Wanted((Ask("totals", (metric,)),))
        if metric == LINK_LOAD or row["link_id"]:
            return self._load(metric, row, place, materials, periods, faults)
        if metric == WORKERS:
            return self._people(row, place, materials, faults)
        if metric == "held_t":
            when, over = (periods, "mean") if row["first"] or row["last"] else (periods[-1:], "sum")
            keys = self._yards(place, faults)
            return Wanted((Ask("stocks", ("closing_t",), "node_id", keys, (), materials, when, over),))
        if metric in ("unserved_t", f"{UNPLACED}_t"):
            faults.append(("metric", f"{metric} is kept as a total alone: leave out place, material and period"))
            return None
        wanted = (
            self._total(metric, place, materials, periods, faults)
            or self._account(metric, place, materials, periods, faults)
            or self._of_material(metric, place, materials, periods, faults)
        )
        if wanted is None:
            hint = did_you_mean(metric, [*self.metrics, *self._inputs], f"there are {', '.join(self.metrics)}", n=3)
            faults.append(("metric", f"{metric!r} is nothing that members are asked for; {hint}"))
        return wanted

    def _load(
        self,
        metric: str,
        row: Mapping[Hashable, Any],
        place: _Place,
        materials: tuple[str, ...],
        periods: tuple[str, ...],
        faults: list[Any],
    ) -> Wanted:
        if metric != LINK_LOAD:
            faults.append(("link_id", f"{metric} is not of a link; on a link there is {LINK_LOAD}"))
        elif not row["link_id"]:
            faults.append(("link_id", "is missing: a load is that of a link"))
        elif materials:
            faults.append(("material", "loads of links are not kept by material: leave it out"))
        return Wanted((Ask("link_loads", ("tonnage_t",), "link_id", place.keys, periods=periods),))

    def _people(
        self, row: Mapping[Hashable, Any], place: _Place, materials: tuple[str, ...], faults: list[Any]
    ) -> Wanted:
        """Return the headcount of an enterprise, or of all of a region; it is the same all the time."""
        if materials:
            faults.append(("material", "a headcount is of no material: leave it out"))
        if row["first"] or row["last"]:
            faults.append(("first", "a headcount is the same in all periods of a campaign: leave the period out"))
        firms = frozenset(self._nodes.index[self._nodes["kind"] == "enterprise"])
        chosen = firms if place.keys is None else place.keys & firms
        if place.given and not chosen:
            faults.append(
                (
                    "node_id",
                    f"{place.node or 'the region'} has no workers of its own: name an enterprise or a region with some",
                )
            )
        return Wanted((Ask(WORKERS, (WORKERS,), "node_id", chosen),))

    def _total(
        self, metric: str, place: _Place, materials: tuple[str, ...], periods: tuple[str, ...], faults: list[Any]
    ) -> Wanted | None:
        total = totals().get(metric)
        if total is None or total.of not in ("kind", "arrived", "net"):
            return None
        if total.of == "net":
            carted = self._moved(kinds_to(total.what), place, materials, periods, faults)
            back = self._moved(traced_as("take_back"), place, materials, periods, faults)
            return Wanted((carted,), (back,))
        moved = (total.what,) if total.of == "kind" else kinds_to(total.what)
        return Wanted((self._moved(moved, place, materials, periods, faults, arrived=total.of == "arrived"),))

    def _of_material(
        self, metric: str, place: _Place, materials: tuple[str, ...], periods: tuple[str, ...], faults: list[Any]
    ) -> Wanted | None:
        """Return what yards held (``yard_t``, ``yard_scrap_t``) or what was carted of a material (``scrap_t``)."""
        if not metric.endswith("_t"):
            return None
        stem = metric.removesuffix("_t")
        if stem == "yard" or (stem.startswith("yard_") and self._of(stem.removeprefix("yard_"), [])):
            of = materials if stem == "yard" else self._of(stem.removeprefix("yard_"), [])
            keys = self._yards(place, faults)
            return Wanted((Ask("stocks", ("opening_t", "in_t"), "node_id", keys, (), of, periods, "mean"),))
        of = self._of(stem, [])
        return Wanted((self._moved(traced_as("bring"), place, of, periods, faults),)) if of else None

    def _account(
        self, metric: str, place: _Place, materials: tuple[str, ...], periods: tuple[str, ...], faults: list[Any]
    ) -> Wanted | None:
        if metric not in accounts():
            return None
        over = accounts()[metric].over_time
        if materials:
            faults.append(("material", f"{metric} is not kept by material: leave it out"))
        if over == "mean" and (place.keys is None or len(place.keys) != 1):
            faults.append(("node_id", f"{metric} is a share of one place: name it"))
        when = periods[-1:] if over == "last" else periods
        return Wanted((Ask("accounts", (metric,), "node_id", place.keys, periods=when, over="mean" if over == "mean" else "sum"),))  # fmt: skip

    def _moved(
        self,
        moved: tuple[str, ...],
        place: _Place,
        materials: tuple[str, ...],
        periods: tuple[str, ...],
        faults: list[Any],
        *,
        arrived: bool = False,
    ) -> Ask:
        """Return movements that leave a place or come to it, whichever end of the kind it can be."""
        key = "destination" if arrived else "origin"
        if place.node:
            starts = {s for k in moved for s in kinds()[k].starts_at}
            ends = {kinds()[k].ends_at for k in moved}
            if place.kind in ends:
                key = "destination"
            elif place.kind in starts and not arrived:
                key = "origin"
            else:
                at = sorted(ends if arrived else starts | ends)
                faults.append(("node_id", f"{place.node} is of kind {place.kind}; what was {' or '.join(moved)} is seen at: {', '.join(at)}"))  # fmt: skip
        return Ask("movements", ("tonnage_t",), key, place.keys, tuple(moved), materials, periods)

    def _yards(self, place: _Place, faults: list[Any]) -> frozenset[str]:
        yards = frozenset(self._nodes.index[self._nodes["kind"] == "yard"])
        chosen = yards if place.keys is None else place.keys & yards
        if place.given and not chosen:
            near = self._nodes.index.isin(yards) & (self._nodes["region_id"] == self._region(place))
            there = ", ".join(self._nodes.index[near][:6]) or "none in its region"
            faults.append(
                ("node_id", f"{place.node or 'the region'} is no yard, where tonnes are held; yards there: {there}")
            )
        return chosen

    def _region(self, place: _Place) -> str:
        return str(self._nodes.loc[place.node, "region_id"]) if place.node else ""

    def _of(self, word: str, faults: list[Any]) -> tuple[str, ...]:
        """Return the materials that a word stands for; none for all."""
        if not word or word in self._materials:
            return (word,) if word else ()
        groups = self._run.material_groups
        if word not in groups:
            hint = did_you_mean(word, [*self._materials, *groups], f"there are {', '.join(self._materials)}")
            faults.append(("material", f"there is no material {word!r}; {hint}"))
        return tuple(groups.get(word, ()))

    def _place(self, row: Mapping[Hashable, Any], faults: list[Any]) -> _Place:
        given = [c for c in ("node_id", "link_id", "region_id") if row[c]]
        if len(given) > 1:
            faults.append((given[1], f"both {given[0]} and {given[1]} are given: an observation is about one of them"))
        if not given:
            return _Place()
        column, word = given[0], str(row[given[0]])
        if column == "link_id":
            links = self._run.links["link_id"]
            if not (links == word).any():
                faults.append((column, f"there is no link {word!r}; {did_you_mean(word, links, 'run.links lists them', n=3)}"))  # fmt: skip
            return _Place(keys=frozenset({word}), given=True)
        kind = ("region",) if column == "region_id" else preferred_kinds(str(row["metric"]))
        try:
            name = self._run.names.resolve(word, kind)
        except UnknownNameError as fault:
            faults.append((column, str(fault)))
            return _Place()
        if column == "node_id" and name in self._nodes.index:
            return _Place(frozenset({name}), name, str(self._nodes.loc[name, "kind"]), given=True)
        of_region = frozenset(self._nodes.index[self._nodes["region_id"] == name])
        return _Place(of_region, given=True)

    def _periods(self, first: str, last: str, faults: list[Any]) -> tuple[str, ...]:
        """Return the labels of the periods between two, each a period of the run, a coarser one, or a date."""
        labels = self._run.periods["period"].tolist()
        begin, end = 0, len(labels) - 1
        if first:
            rows = self._within(first, "first", faults)
            begin, end = (rows[0], rows[-1] if first == last else end) if rows else (begin, end)
        if last and last != first:
            rows = self._within(last, "last", faults)
            end = rows[-1] if rows else end
        if begin > end and not faults:
            faults.append(("last", f"{last} is before {first}: exchange them"))
        return tuple(labels[begin : end + 1])

    def _within(self, word: str, column: str, faults: list[Any]) -> list[int]:
        """Return the positions of the periods that a label or date touches."""
        table = self._run.periods
        labels = table["period"].tolist()
        if word in labels:
            return [labels.index(word)]
        if yearless(word):
            return self._by_name(word, column, faults)
        start, after = span_of(word)
        if start is None or after is None:
            faults.append((column, f"{word!r} is no period: write 2015-03, 2015-Q1, 2015 or a date"))
            return []
        touched = (pd.to_datetime(table["start"]) < after) & (pd.to_datetime(table["end"]) >= start)
        if not touched.any():
            message = f"{word} is outside what was run, {labels[0]} to {labels[-1]}: choose a period of it, or run another campaign"
            faults.append((column, message))
        return [i for i, inside in enumerate(touched) if inside]

    def _by_name(self, word: str, column: str, faults: list[Any]) -> list[int]:
        """Return the positions of the periods that a month, a quarter or a season means, if it means those of one year."""
        labels = self._run.periods["period"].tolist()
        try:
            rows = sorted(labels.index(p) for p in periods_of(word, self._run.periods))
        except UnknownNameError as fault:
            faults.append((column, str(fault)))
            return []
        if len({labels[i][:4] for i in rows}) > 1:
            faults.append((column, f"{word!r} is of several years of the run: write the year too, {labels[rows[0]]!r}"))
            return []
        return rows

    def _unit(self, row: Mapping[Hashable, Any], metric: str, other: str, faults: list[Any]) -> None:
        unit = str(row["unit"]).strip()
        own = "share" if other else self.unit(metric)
        if row["error"] == "binomial" and own not in ("share", ""):
            faults.append(
                ("error", f"binomial is how often something was so in a number of trials; {metric} is in {own}")
            )
        if not unit or own in (unit, "") or _UNITS.get(unit.lower()) == own:
            return
        counted = row["error"] in ("poisson", "binomial")
        if counted and unit in ("wagons", "count", "lorries", "trains", own):
            return
        factor = _TO_TONNES.get(unit.lower())
        fix = f"multiply by {factor:g} and write {own}" if factor and own == "t" else f"write it in {own}"
        faults.append(("unit", f"{unit!r} is not the unit of {metric}, which is {own}: {fix}"))

    def unit(self, metric: str) -> str:
        """Return the unit of a metric; "" for an assumption, whose unit is its own."""
        if metric in self._inputs:
            return ""
        if metric == WORKERS:
            return "persons"
        return accounts()[metric].unit if metric in accounts() else "t"


class _Place(NamedTuple):
    """Where: nodes or links, the one node and its kind if it is one, whether any was named."""

    keys: frozenset[str] | None = None
    node: str = ""
    kind: str = ""
    given: bool = False


def preferred_kinds(metric: str) -> tuple[str, ...]:
    """Return which kind of place a name means, by what was seen there."""
    if metric.startswith("yard") or metric in ("held_t", "received_t"):
        return ("yard", "mill", "enterprise", "community", "station")
    if metric in ("shipped_t", "delivered_t"):
        return ("mill", "yard", "enterprise", "community", "station")
    return ("enterprise", "community", "yard", "mill", "station")
