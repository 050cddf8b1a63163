"""What people moved, as codes: every leg by the positions of its labels, as the ledger and the studies take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.campaign.by_code import codes, ratio
from scrapflow.campaign.population import HELD, LOOTED, OWN, SCRAP
from scrapflow.vocabulary import KINDS, VIAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scrapflow.campaign.history import History, Period
    from scrapflow.campaign.population import Floats, Ints, Texts

OUTSIDE = "outside"
"""The node to which goes what leaves the country."""
CARTED, LEAKED, RETURNED, TAKEN_AT_NIGHT = (KINDS.index(kind) for kind in ("carted", "leaked", "returned", "looted"))
"""The kinds of movement that people make, by position in the vocabulary."""


@dataclass(frozen=True, eq=False)
class PeopleLegs:
    """Movements of people by position; shape (r,) each, period by period, sorted by the names behind the positions.

    Attributes
    ----------
    period
        Position of the period.
    kind, material, via
        Positions in the vocabulary's kinds, in ``materials`` and in the vocabulary's vias.
    origin, destination
        Positions in ``places``.
    link
        Position in ``links``; the empty link where none is used (by night, abroad).
    tonnage_t
        t, above zero.
    materials, places, links
        What the positions stand for; places and links are sorted.
    """

    period: Ints
    kind: Ints
    material: Ints
    via: Ints
    origin: Ints
    destination: Ints
    link: Ints
    tonnage_t: Floats
    materials: Sequence[str]
    places: Texts
    links: Texts

    def table(self, periods: Sequence[str]) -> pd.DataFrame:
        """Write the legs out: ``period, kind, material, via, origin, destination, tonnage_t, link_id, basis``."""

        def named(labels: Iterable[str], code: Ints) -> pd.api.extensions.ExtensionArray:
            return pd.array(list(labels), dtype="str").take(code)

        return pd.DataFrame(
            {
                "period": named(periods, self.period),
                "kind": named(KINDS, self.kind),
                "material": named(self.materials, self.material),
                "via": named(VIAS, self.via),
                "origin": named(self.places, self.origin),
                "destination": named(self.places, self.destination),
                "tonnage_t": self.tonnage_t,
                "link_id": named(self.links, self.link),
                "basis": pd.array(["modelled"], dtype="str").take(np.zeros(len(self.tonnage_t), dtype=np.int64)),
            },
            copy=False,
        )


class _Piece(NamedTuple):
    """Legs of one kind, material and via."""

    kind: int
    material: int
    via: int
    origin: Ints
    destination: Ints
    tonnage: Floats
    link: Ints


class _Places(NamedTuple):
    """Positions of the places and links of a campaign in the sorted lists of them."""

    names: Texts
    enterprise: Ints
    community: Ints
    yard: Ints
    outside: Ints
    links: Texts
    access: Ints
    no_link: Ints

    @staticmethod
    def of(history: History) -> _Places:
        owners, yards = history.owners, history.access.yard_ids
        n = len(history.population.enterprise_id)
        names = np.array(sorted({*owners, *yards, OUTSIDE}), dtype=object)
        index = pd.Index(names)
        owner, yard, outside = (
            np.asarray(index.get_indexer(ids), dtype=np.int64)
            for ids in (owners, yards, np.array([OUTSIDE], dtype=object))
        )
        access = history.access.link_id
        links, link = codes(np.append(access.ravel(), ""))
        return _Places(
            names,
            owner[:n],
            owner[n:],
            yard if len(yard) else np.array([-1]),
            outside,
            links,
            link[:-1].reshape(access.shape),
            link[-1:],
        )


def people_legs(history: History) -> PeopleLegs:
    """List what enterprises and communities moved: carted, carried back, looted, sold abroad.

    Parameters
    ----------
    history
        What they did.

    Returns
    -------
    PeopleLegs
        Sorted by period, kind, material, via, origin and destination, each by its name.
    """
    places = _Places.of(history)
    materials = history.population.materials
    rank = [_by_name(words) for words in (KINDS, materials, VIAS)]
    rows: list[Ints] = [np.zeros((0, 7), dtype=np.int64)]
    tonnes: list[Floats] = [np.zeros(0)]
    for period, months in enumerate(history.periods):
        runs: dict[tuple[int, ...], list[_Piece]] = {}
        for month, record in enumerate(months):
            for piece in _pieces(history, places, period * history.parts + month, record):
                if piece.material >= 0 and (piece.tonnage > 0).any():
                    what = (piece.kind, piece.material, piece.via)
                    runs.setdefault(tuple(int(r[w]) for r, w in zip(rank, what, strict=True)), []).append(piece)
        for _, pieces in sorted(runs.items()):
            ends, tonnage = _in_order(pieces, len(places.names), together=history.parts > 1)
            what = pieces[0].kind, pieces[0].material, pieces[0].via
            rows.append(np.column_stack([np.tile((period, *what), (len(tonnage), 1)), ends]))
            tonnes.append(tonnage)
    period_, kind, material, via, origin, destination, link = np.concatenate(rows).T
    return PeopleLegs(
        period=period_,
        kind=kind,
        material=material,
        via=via,
        origin=origin,
        destination=destination,
        link=link,
        tonnage_t=np.concatenate(tonnes),
        materials=materials,
        places=places.names,
        links=places.links,
    )


def _by_name(words: Sequence[str]) -> Ints:
    """Return the place of each word in the order of the words."""
    return np.argsort(np.argsort(np.array(words, dtype=object)))


def _in_order(pieces: Sequence[_Piece], places: int, *, together: bool) -> tuple[Ints, Floats]:
    """Join legs above zero of one kind, material and via: ``origin, destination, link`` (r, 3), sorted, and their t.

    With ``together``, legs of the months of a period between the same places become one.
    """
    ends, tonnes = [], []
    for piece in pieces:
        there = np.flatnonzero(piece.tonnage > 0)
        shape = piece.tonnage.shape
        columns = (np.broadcast_to(x, shape)[there] for x in (piece.origin, piece.destination, piece.link))
        ends.append(np.column_stack(list(columns)))
        tonnes.append(piece.tonnage[there])
    rows, tonnage = np.concatenate(ends), np.concatenate(tonnes)
    key = rows[:, 0] * places + rows[:, 1]
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key, kind="stable")
        key, rows, tonnage = key[order], rows[order], tonnage[order]
    if together:
        first = np.flatnonzero(np.diff(key, prepend=-1))
        return rows[first], np.add.reduceat(tonnage, first)
    return rows, tonnage


def _pieces(history: History, places: _Places, step: int, period: Period) -> Iterator[_Piece]:
    """Yield the legs of a period, kind by kind and material by material, zero ones included."""
    population, access = history.population, history.access
    e, c, n = places.enterprise, places.community, len(places.enterprise)
    for rank, part in enumerate(period.carted_shares):
        yard, link = places.yard[np.maximum(access.yard[rank], 0)], places.access[rank]
        for role, m in enumerate(population.held):
            yield _Piece(CARTED, m, OWN, e, yard[:n], period.carted[role] * part[:n], link[:n])
            yield _Piece(CARTED, m, LOOTED, c, yard[n:], period.carted_looted[role] * part[n:], link[n:])
        for role, m in enumerate(population.gathered):
            yield _Piece(CARTED, m, OWN, c, yard[n:], period.carted_own[role] * part[n:], link[n:])
    shown = history.shown_in(step)
    for rank, part in enumerate(period.back):
        yard = places.yard[np.maximum(access.yard[rank, :n], 0)]
        for role in range(SCRAP + 1, HELD):
            tonnage = shown.uncaught[role] * part
            yield _Piece(RETURNED, population.held[role], OWN, yard, e, tonnage, places.access[rank, :n])
    for role, m in enumerate(population.gathered):
        yield _Piece(LEAKED, m, OWN, c, places.outside, period.sold_own[role], places.no_link)
    yield from _by_night(history, places, period)
    for role, m in enumerate(population.held):
        yield _Piece(LEAKED, m, LOOTED, c, places.outside, period.sold_looted[role], places.no_link)


def _by_night(history: History, places: _Places, period: Period) -> Iterator[_Piece]:
    """Yield what was looted, from each enterprise to each community, by material."""
    community, rank = np.nonzero(period.takings)
    if not len(community):
        return
    enterprise = history.reach.enterprise[community, rank]
    lost = period.lost.sum(axis=0)
    for role, m in enumerate(history.population.held):
        tonnage = period.takings[community, rank] * ratio(period.lost[role], lost)[enterprise]
        ends = places.enterprise[enterprise], places.community[community]
        yield _Piece(TAKEN_AT_NIGHT, m, LOOTED, *ends, tonnage, places.no_link)
