"""The verbs that narrow a query: each gives a new one and leaves the old as it was."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from scrapflow.errors import InputError, UnknownNameError, near, problem
from scrapflow.given import checked
from scrapflow.grading import BASES, CREDIBILITY, RELIABILITY, at_least, parse
from scrapflow.notices import warn
from scrapflow.queries.arguments import text
from scrapflow.queries.clauses import GRADES, Clause, among, joins, line_links, moved, on_path, used_tables
from scrapflow.queries.expressions import parse_condition
from scrapflow.queries.times import periods_of, times
from scrapflow.queries.wording import flat, listed, said, unknown
from scrapflow.vocabulary import DIVERTED, KINDS, VIAS, kinds, kinds_from, kinds_to
from scrapflow.vocabulary.other_tools import SaysWhatIsThere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.groupers import Grouper
    from scrapflow.queries.query_context import QueryContext
    from scrapflow.queries.times import When
    from scrapflow.world.names import Match

_log = logging.getLogger(__name__)
FROM_ORDER = ("region", "community", "enterprise", "yard", "mill")
TO_ORDER = ("mill", "region", "yard", "community", "enterprise", "outside")
THROUGH_ORDER = ("station", "mill", "yard", "community", "enterprise", "outside")
_ANYWHERE = ("mill", "yard", "station", "junction", "enterprise", "community", "outside")


def order_in(run: RunTables, order: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds of place that a verb means in a run: flows that were given may begin and end anywhere."""
    return tuple(dict.fromkeys((*order, *_ANYWHERE))) if run.meta.get("given") else tuple(order)


@dataclass(frozen=True)
class Selection(SaysWhatIsThere):
    """A choice among the movements of a run; see :class:`scrapflow.queries.flows.Flows` for its ends."""

    context: QueryContext
    clauses: tuple[Clause, ...] = ()
    allowed: tuple[str, ...] = KINDS
    apart: bool = False

    def from_(self, *names: str) -> Self:
        """Keep the legs that begin at a place or in a region; several names mean any of them.

        A name means a region first, then a community, an enterprise, a yard. What a region ships begins at its yards.

        Raises
        ------
        UnknownNameError, AmbiguousNameError
            If a name means nothing, or two places of one kind.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.from_("Vale Works").kinds
        ['carted', 'looted']
        """
        meant = self._meant(names, FROM_ORDER)
        kinds = self._moving(meant, kinds_from)
        return self._with(
            self._at("origin", [m for _, m in meant]), f"from {said(meant)}", kinds=kinds, told=("from", _ids(meant))
        )

    def to(self, *names: str) -> Self:
        """Keep the legs that end at a place or in a region; several names mean any of them.

        A name means a mill first, then a region, a yard, a community, an enterprise. What arrives at a mill is
        ``shipped``, at a yard ``carted``, at a community ``looted``, back at an enterprise ``returned``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.to("Near Mill").kinds
        ['shipped']
        """
        meant = self._meant(names, TO_ORDER)
        kinds = self._moving(meant, kinds_to)
        return self._with(
            self._at("destination", [m for _, m in meant]), f"to {said(meant)}", kinds=kinds, told=("to", _ids(meant))
        )

    @checked
    def between(self, origin: str, destination: str) -> Self:
        """Keep the legs from one place or region to another: ``from_(origin).to(destination)``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.between("Vale", "Far Mill").total_t == flows.from_("Vale").to("Far Mill").total_t
        True
        """
        return self.from_(origin).to(destination)

    def through(self, name: str) -> Self:
        """Keep the legs whose path touches a node or uses a link (select-link analysis).

        A ``link_id`` means the link; else a station first, then a mill, a yard, a community, an enterprise, and at last
        a line. A leg touches the places where it begins and ends. Reference: the select-link analysis of transport
        planning, exact here because flows are kept by path (Sheffi 1985, *Urban Transportation Networks*).

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.through("rail_far").by("destination").destination.tolist()
        ['far']
        """
        text(name, "the name of a place, link or line")
        links = self.context.run.links
        if (links["link_id"] == name).any() and not (self.context.run.nodes["node_id"] == name).any():
            return self._with(on_path([name]), f"through {name}", "paths", told=("through", [name]))
        try:
            match = self._lookup(name, self._order(THROUGH_ORDER))
        except UnknownNameError:
            line = line_links(links, name)
            if not line:
                raise
            return self._with(on_path(line), f"through {name}", "paths", told=("through", [name]))
        node, words = match.id, f"through {said([(name, match)])}"
        incident = links.loc[(links["from_node_id"] == node) | (links["to_node_id"] == node), "link_id"].tolist()
        sql, parameters = on_path(incident)
        condition = (f"({sql} OR m.origin = ? OR m.destination = ?)", (*parameters, node, node))
        return self._with(condition, words, "paths", told=("through", [node]))

    @checked
    def in_region(self, name: str, *, end: str = "origin") -> Self:
        """Keep the legs of a region, regions within it included.

        Parameters
        ----------
        name
            The region, by any spelling.
        end
            Which end must lie there: ``origin`` (as the grouper ``region``), ``destination``, ``either`` or ``both``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.kind("shipped").in_region("Hill", end="destination").by("destination").destination.tolist()
        ['far']
        """
        wanted = {"origin": ("origin",), "destination": ("destination",)}.get(end, ("origin", "destination"))
        if end not in ("origin", "destination", "either", "both"):
            raise unknown(end, "end", ("origin", "destination", "either", "both"))
        found = [self._lookup(name, ("region",))]
        parts = [self._at(w, found) for w in wanted]
        sql = f"({(' OR ' if end == 'either' else ' AND ').join(p[0] for p in parts)})"
        told = f"in_{end}", [match.id for match in found]
        return self._with((sql, tuple(v for p in parts for v in p[1])), f"in {name} ({end})", told=told)

    def of(self, *materials: str) -> Self:
        """Keep materials of the run: their names, or a group of them.

        The packaged groups are ``machinery`` (obsolete, idle, working), ``functional`` (idle, working) and ``waste``
        (scrap, obsolete machinery).

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows.kind("carted")
        >>> flows.of("machinery").total_t + flows.of("scrap", "appliance").total_t == flows.total_t
        True
        """
        groups = self.context.run.material_groups
        known = [m.material for m in self.context.run.material_rows]
        wanted: set[str] = set()
        for word in flat(materials):
            if word not in groups and word not in known:
                raise unknown(word, "material", (*known, *groups))
            wanted |= set(groups.get(word, (word,)))
        return self._with(among("m.material", sorted(wanted)), f"of {listed(materials)}", told=("of", flat(materials)))

    def via(self, *vias: str) -> Self:
        """Keep what came in one way: ``own`` or ``looted``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows.kind("shipped")
        >>> abs(flows.via("own").total_t + flows.via("looted").total_t - flows.total_t) < 1e-9
        True
        """
        for word in flat(vias):
            if word not in VIAS:
                raise unknown(word, "via", VIAS)
        return self._with(among("m.via", sorted(flat(vias))), f"{listed(vias)} steel", told=("via", flat(vias)))

    def kind(self, *kinds: str) -> Self:
        """Keep kinds of movement: ``carted, returned, looted, shipped, leaked``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.kind("carted", "shipped").kinds
        ['carted', 'shipped']
        """
        for word in flat(kinds):
            if word not in KINDS:
                raise unknown(word, "kind", KINDS)
        return self._with(
            among("m.kind", sorted(flat(kinds))), listed(kinds), kinds=flat(kinds), told=("kind", flat(kinds))
        )

    def diverted(self) -> Self:
        """Keep what left the official chain: returned, looted, leaked; results keep them apart in a column ``kind``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> list(sf.run(sf.read_world("toy")).flows.diverted().top(10, "origin").columns)
        ['origin', 'kind', 'tonnage_t']
        """
        chosen = self._with(among("m.kind", sorted(DIVERTED)), "diverted", kinds=DIVERTED, told=("kind", DIVERTED))
        return replace(chosen, apart=True)

    def factories(self) -> Self:
        """Keep what single enterprises gave, lost or got back: no communities, and no rows that stand for many works.

        A row of "other enterprises" stands for dozens of works; beside factories it would lead every list.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows.kind("carted")
        >>> flows.factories().top(10, "origin").origin.tolist()
        ['works']
        """
        nodes = self.context.run.nodes
        many = nodes["sites"] > 1 if "sites" in nodes.columns else False
        single = sorted(
            nodes.loc[nodes["kind"].eq("enterprise") & nodes["named"] & ~(nodes["named"] & many), "node_id"]
        )
        origin, destination = among("m.origin", single), among("m.destination", single)
        condition = (f"({origin[0]} OR {destination[0]})", (*origin[1], *destination[1]))
        return self._with(condition, "single enterprises", told=("factories", ()))

    def graded(self, grade: str) -> Self:
        """Keep the tonnes that rest on a place graded as well as this or better; what is not judged is left out.

        Grades go through yards: what a train takes has the mix of grades of what the yard held, so a part of a movement
        may be kept.

        Parameters
        ----------
        grade
            An Admiralty grade such as ``"B3"``: reliability of the source and credibility of the claim, at least so.

        Raises
        ------
        InputError
            If it is no grade, or the kinds of the selection carry none: that is unknown, and not 0 t.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> shipped = flows.kind("shipped")
        >>> shipped.graded("B3").total_t <= shipped.graded("E5").total_t <= shipped.total_t
        True
        """
        text(grade, "a grade")
        try:
            parse(grade)
        except ValueError as error:
            raise InputError([problem("flows", "", "grade", str(error))], what="the query") from error
        every = [letter + digit for letter in RELIABILITY for digit in ("", *CREDIBILITY)]
        good = [g for g in every if at_least(g, grade)]
        chosen = self._with(
            among("m.grade", good), f"graded {grade.upper()} or better", GRADES, told=("graded", [grade.upper()])
        )
        self._refuse_ungraded()
        return chosen

    def basis(self, *bases: str) -> Self:
        """Keep the movements whose weakest input is ``reported``, ``derived`` or ``assumed``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> len(flows.basis("reported", "derived", "assumed")) == len(flows)
        True
        """
        for word in flat(bases):
            if word not in BASES:
                raise unknown(word, "basis", BASES)
        return self._with(
            among("m.basis", sorted(flat(bases))), f"on {listed(bases)} inputs", told=("basis", flat(bases))
        )

    def during(self, *when: When) -> Self:
        """Keep periods: one, a range, a year or a season.

        Parameters
        ----------
        when
            ``"2015-03"``; ``"2015"``; ``"March"``, ``"2015-Q1"``; a range with both ends included, ``("2015-01", "2015-03")`` or as two words; a
            season ``"spring"`` (all years) or ``"2015-spring"`` (by the year its months lie in); a day, as text or as
            a date, means the period it lies in. A year may be a number, a range a slice.

        Raises
        ------
        UnknownNameError
            If the run has no such period; ``candidates`` holds near ones.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows.kind("carted")
        >>> first = flows.periods[0]
        >>> flows.during(first).total_t == flows.during(first, first).total_t
        True
        """
        spoken = " … ".join(times(when, self.periods))
        found = self.find_periods(*when)
        if not found:
            warn(_log, "0 t, for %s ends before it begins", spoken)
        return self._with(among("m.period", found), f"during {spoken}", told=("during", [spoken]))

    def where(self, condition: str) -> Self:
        """Keep the movements that meet a condition on any column a query can group by.

        Parameters
        ----------
        condition
            Comparisons in the manner of SQL or of pandas' ``query``: ``=``, ``!=``, ``<``, ``in``, ``between``,
            ``like``, ``is null``, ``and``, ``or``, ``not``, arithmetic; text in quotes. No functions.

        Raises
        ------
        InputError
            If it cannot be read.
        UnknownNameError
            If it names an unknown column.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.where("tonnage_t > 1 and material in ('scrap', 'appliance')").kinds[0]
        'carted'
        """
        tables: set[str] = set()
        read: dict[str, Grouper] = {}

        def sql_of(name: str) -> str:
            column = self.context.columns.find(name)
            if column.table == "l":
                msg = f"{name!r} belongs to a link and a path has several; use through()"
                raise UnknownNameError(msg, ["origin", "destination"])
            tables.add(column.table)
            read[column.sql] = column
            return column.sql

        parsed = parse_condition(text(condition, "a condition"), sql_of)
        for sql, value in parsed.equal:
            if sql in read:
                self._require_value(read[sql], value)
        return self._with((parsed.sql, parsed.parameters), f"where {condition}", *tables, told=("where", [condition]))

    @property
    def periods(self) -> list[str]:
        """The periods of the run, in order.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.periods
        ['2015-01', '2015-02']
        """
        return list(self.context.run.periods["period"])

    def find_periods(self, *when: When) -> list[str]:
        """Return the periods that words mean, as for :meth:`during`.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.find_periods("February")
        ['2015-02']
        """
        words, periods = times(when, self.periods), self.context.run.periods
        if len(words) == 1:
            return periods_of(words[0], periods)
        if len(words) != 2:
            msg = f"a period or the two ends of a range are wanted, not {len(words)} words"
            raise InputError([problem("flows", "", "period", msg)], what="the query")
        order = self.periods
        low, high = (sorted(order.index(p) for p in periods_of(w, periods)) for w in words)
        return order[low[0] : high[-1] + 1]

    def narrowed(self, condition: tuple[str, tuple[Any, ...]], words: str, *tables: str) -> Self:
        """Keep what meets a condition in SQL over movements ``m``, with its parameters, said in words.

        For what no verb says; ``tables`` are the aliases that the condition uses besides (``o, d, p, paths``).
        """
        return self._with(condition, words, *tables)

    def _with(
        self,
        condition: tuple[str, tuple[Any, ...]],
        words: str,
        *tables: str,
        kinds: Iterable[str] = KINDS,
        told: tuple[str, Iterable[str]] = ("", ()),
    ) -> Self:
        """Add a condition; ``kinds`` are those that can meet it, ``told`` its verb and names."""
        clause = Clause(condition[0], condition[1], words, frozenset(tables), told[0], tuple(told[1]))
        possible = set(kinds)
        allowed = tuple(k for k in self.allowed if k in possible)
        if self.allowed and not allowed and possible:
            both = f"{self._words} and {words}"
            warn(_log, "0 t, for nothing can be %s: %s", both, _ends([*self.allowed, *possible]))
        return replace(self, clauses=(*self.clauses, clause), allowed=allowed)

    def _require_value(self, column: Grouper, value: object) -> None:
        """Refuse a value that a column has nowhere in the run: a condition that can meet nothing is no 0 t."""
        run = self.context.run
        if not column.text or not isinstance(value, str) or value == "":
            return
        if column.table in ("o", "d"):
            known = set(run.nodes[column.source].dropna().astype(str))
        elif column.source in ("origin", "destination"):
            known = set(run.nodes["node_id"])
        else:
            fixed = {
                "kind": KINDS,
                "via": VIAS,
                "material": [m.material for m in run.material_rows],
                "period": self.periods,
            }
            known = set(fixed.get(column.source, ()))
        if known and value not in known:
            guesses = near(value, known, n=3, cutoff=0.5)
            hint = f"; did you mean {', '.join(guesses)}?" if guesses else ""
            msg = f"nothing in the run has {column.name} = {value!r}{hint}"
            raise UnknownNameError(msg, guesses)

    def _refuse_ungraded(self) -> None:
        """Refuse a grade of kinds of movement that carry none anywhere in the run: unknown is not 0 t."""
        where, parameters, tables = self.condition()
        frame = self.context.engine.frame
        sql = f"SELECT DISTINCT m.kind FROM movements m{joins(tables)}{where}"  # noqa: S608 - values are parameters
        kinds = frame(sql, parameters, uses=used_tables(tables))["kind"].tolist()
        listed, values = among("m.kind", sorted(kinds))
        judged = f"SELECT count(*) AS n FROM {moved([GRADES, *tables])} WHERE {listed} AND m.grade <> ''"  # noqa: S608 - values are parameters
        if kinds and not frame(judged, values, uses=used_tables([GRADES]))["n"].item():
            message = f"{', '.join(sorted(kinds))} carry no grade: no place that they rest on was judged"
            raise InputError([problem("flows", "", "grade", message)], what="the query")

    def _order(self, order: Sequence[str]) -> tuple[str, ...]:
        return order_in(self.context.run, order)

    def _lookup(self, name: str, order: Sequence[str]) -> Match:
        text(name, "the name of a place")
        return self.context.run.names.meant(name, order)

    def _meant(self, names: Iterable[str], order: Sequence[str]) -> list[tuple[str, Match]]:
        """Return what several names mean to a verb, each with its spelling."""
        return [(n, self._lookup(n, self._order(order))) for n in flat(names)]

    def _moving(
        self, meant: Iterable[tuple[str, Match]], kinds_at: Callable[[str], tuple[str, ...]]
    ) -> tuple[str, ...]:
        """Return the kinds of movement that can begin (or end) at places: all where one is a region or flows were given."""
        # Flows that were given may begin and end anywhere: what moves is not known from what stands there.
        moving = [() if self.context.run.meta.get("given") else kinds_at(m.kind) for _, m in meant]
        return tuple(k for k in KINDS if any(k in some for some in moving)) if all(moving) else KINDS

    def _at(self, end: str, found: Sequence[Match]) -> tuple[str, tuple[Any, ...]]:
        ids: set[str] = set()
        for match in found:
            ids |= set(self.context.region_nodes(match.id)) if match.kind == "region" else {match.id}
        return among(f"m.{end}", sorted(ids))

    @property
    def _words(self) -> str:
        return " · ".join(c.words for c in self.clauses) or "all movements"

    def condition(self) -> tuple[str, list[Any], set[str]]:
        """Return the WHERE text, its parameters and the aliases it joins (``o, d, p``)."""
        sql = " AND ".join(c.sql for c in self.clauses)
        parameters = [v for c in self.clauses for v in c.parameters]
        return (f" WHERE {sql}" if sql else ""), parameters, {t for c in self.clauses for t in c.tables}


def _ends(which: Iterable[str]) -> str:
    """Say where kinds of movement begin and end."""
    wanted = set(which)
    rows = [k for k in kinds().values() if k.kind in wanted]
    return "; ".join(f"{k.kind} goes from {' or '.join(k.starts_at)} to {k.ends_at}" for k in rows)


def _ids(meant: Iterable[tuple[str, Match]]) -> list[str]:
    return [match.id for _, match in meant]
