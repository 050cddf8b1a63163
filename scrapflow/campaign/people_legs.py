"""What people moved, as codes: every leg by the positions of its labels, as the ledger takes it, and their sums, as studies do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.campaign.by_code import ratio, sum_by
from scrapflow.campaign.population import HELD, LOOTED, OWN, SCRAP
from scrapflow.vocabulary import KINDS, VIAS
from scrapflow.vocabulary.read import kinds
from scrapflow.world.numbering import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scrapflow.campaign.history import History
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


class PeopleSums(NamedTuple):
    """Movements of people added up, in t, by kind.

    Attributes
    ----------
    by_origin
        Shape (P, M, N): periods, materials, ``places``.
    by_link
        Shape (P, L): periods, ``link``.
    places
        Owners, yards and the outside, in this order.
    link
        Which link of the network each is, by position, -1 for none; one may stand there more than once.
    """

    by_origin: dict[str, Floats]
    by_link: dict[str, Floats]
    places: Texts
    link: Ints


class _Piece(NamedTuple):
    """Legs of one kind and via: codes of step, material (-1: no such thing), origin, destination and link, and t; one shape."""

    kind: int
    via: int
    step: Ints
    material: Ints
    origin: Ints
    destination: Ints
    link: Ints
    tonnage: Floats


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
    def as_they_come(history: History) -> _Places:
        """Give places and links a number each, without looking any up; links have no names then."""
        names, links = _place_names(history), np.arange(history.access.link.size + 1)
        return _Places._numbered(history, (np.arange(len(names)), names), (links, np.zeros(0, dtype=object)))

    @staticmethod
    def of(history: History) -> _Places:
        links = np.append(history.access.link_id.ravel(), np.array([""], dtype=object))
        return _Places._numbered(history, numbered(_place_names(history)), numbered(links))

    @staticmethod
    def _numbered(history: History, places: tuple[Ints, Texts], links: tuple[Ints, Texts]) -> _Places:
        """Take the numbers and names of all places, and of the access links and none, apart."""
        (place, names), (link, link_ids) = places, links
        n, first, size = len(history.population.enterprise_id), len(history.owners), len(place) - 1
        return _Places(
            names,
            enterprise=place[:n],
            community=place[n:first],
            yard=place[first:size] if first < size else np.array([-1]),
            outside=place[size:],
            links=link_ids,
            access=link[:-1].reshape(history.access.link.shape),
            no_link=link[-1:],
        )


def _place_names(history: History) -> Texts:
    """List the owners, the yards and the outside."""
    return np.concatenate([history.owners, history.access.yard_ids, np.array([OUTSIDE], dtype=object)])


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
    order = _Order([_by_name(words) for words in (KINDS, materials, VIAS)], len(places.names))
    rows: list[Ints] = [np.zeros((7, 0), dtype=np.int64)]
    tonnes: list[Floats] = [np.zeros(0)]
    for period, first in enumerate(range(0, len(history.steps), history.parts)):
        pieces = _pieces(history, places, slice(first, first + history.parts))
        codes_, tonnage = order.legs(pieces, together=history.parts > 1)
        rows.append(np.concatenate([np.full((1, len(tonnage)), period), codes_]))
        tonnes.append(tonnage)
    period_, kind, material, via, origin, destination, link = np.concatenate(rows, axis=1)
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


def people_sums(history: History) -> PeopleSums:
    """Add up what :func:`people_legs` would list."""
    places, materials = _Places.as_they_come(history), len(history.population.materials)
    size, links = len(places.names), history.access.link.size + 1
    made = [name for name, kind in kinds().items() if kind.mover == "people"]
    count = len(history.periods)
    came: dict[str, list[tuple[Ints, Ints, Floats]]] = {kind: [] for kind in made}
    for piece in _pieces(history, places, slice(None)):
        there = np.flatnonzero((piece.tonnage > 0) & (piece.material >= 0))
        if not len(there):
            continue
        period, shape = piece.step // history.parts, piece.tonnage.shape
        codes = (period * materials + piece.material) * size + piece.origin, period * links + piece.link
        at, on = (np.broadcast_to(code, shape).ravel()[there] for code in codes)
        came[KINDS[piece.kind]].append((at, on, piece.tonnage.ravel()[there]))
    by_origin: dict[str, Floats] = {}
    by_link: dict[str, Floats] = {}
    for kind, pieces in came.items():
        none = np.zeros(0, dtype=np.int64)
        at, on, tonnage = (np.concatenate(part) for part in zip((none, none, np.zeros(0)), *pieces, strict=True))
        by_origin[kind] = sum_by(at, tonnage, count * materials * size).reshape(count, materials, size)
        by_link[kind] = sum_by(on, tonnage, count * links).reshape(count, links)
    return PeopleSums(by_origin, by_link, places.names, np.append(history.access.link.ravel(), -1))


def _by_name(words: Sequence[str]) -> Ints:
    """Return the place of each word in the order of the words."""
    return np.argsort(np.argsort(np.array(words, dtype=object)))


class _Order:
    """Joins pieces into legs in the order of kind, material, via, origin and destination, each by its name.

    Parameters
    ----------
    ranks
        Place of each kind, material and via in the order of their names.
    places
        Number of places, which are sorted.
    """

    def __init__(self, ranks: Sequence[Ints], places: int) -> None:
        self._ranks, self._places = ranks, places

    def legs(self, pieces: Iterable[_Piece], *, together: bool) -> tuple[Ints, Floats]:
        """Return ``kind, material, via, origin, destination, link`` (6, r) of what is above zero, and its t (r,).

        With ``together``, legs of the months of a period between the same places become one.
        """
        columns: list[Ints] = [np.zeros((6, 0), dtype=np.int64)]
        tonnes: list[Floats] = [np.zeros(0)]
        for piece in pieces:
            there = np.nonzero((piece.tonnage > 0) & (piece.material >= 0))
            if not len(there[0]):
                continue
            ends = (
                np.broadcast_to(x, piece.tonnage.shape)[there] for x in (piece.origin, piece.destination, piece.link)
            )
            material = np.broadcast_to(piece.material, piece.tonnage.shape)[there]
            count = len(material)
            columns.append(np.stack([np.full(count, piece.kind), material, np.full(count, piece.via), *ends]))
            tonnes.append(piece.tonnage[there])
        codes_, tonnage = np.concatenate(columns, axis=1), np.concatenate(tonnes)
        kind, material, via, origin, destination, _ = codes_
        kinds, materials, vias = self._ranks
        key = (kinds[kind] * len(materials) + materials[material]) * len(vias) + vias[via]
        key = (key * self._places + origin) * self._places + destination
        order = np.argsort(key, kind="stable")
        key, codes_, tonnage = key[order], codes_[:, order], tonnage[order]
        if together:
            first = np.flatnonzero(np.diff(key, prepend=-1))
            return codes_[:, first], np.add.reduceat(tonnage, first)
        return codes_, tonnage


def _pieces(history: History, places: _Places, steps: slice) -> Iterator[_Piece]:
    """Yield the legs of some steps, kind by kind, zero ones included; tonnes are by step, material and owner."""
    population, access = history.population, history.access
    e, c, n = places.enterprise, places.community, len(places.enterprise)
    held, gathered = (np.array(x, dtype=np.int64)[:, None] for x in (population.held, population.gathered))
    step = np.arange(len(history.steps))[steps, None, None]
    if not step.size:
        return

    def told(name: str) -> Floats:
        return history.over_steps(name, steps)

    carted, carted_looted, carted_own = told("carted"), told("carted_looted"), told("carted_own")
    for rank, part in enumerate(np.moveaxis(history.carted_shares(steps), 1, 0)[:, :, None]):
        yard, link = places.yard[np.maximum(access.yard[rank], 0)], places.access[rank]
        yield _Piece(CARTED, OWN, step, held, e, yard[:n], link[:n], carted * part[..., :n])
        yield _Piece(CARTED, LOOTED, step, held, c, yard[n:], link[n:], carted_looted * part[..., n:])
        yield _Piece(CARTED, OWN, step, gathered, c, yard[n:], link[n:], carted_own * part[..., n:])
    shown = np.array([history.shown_in(s).uncaught[SCRAP + 1 : HELD] for s in step.ravel().tolist()])
    for rank, part in enumerate(np.moveaxis(told("back"), 1, 0)[:, :, None]):
        yard = places.yard[np.maximum(access.yard[rank, :n], 0)]
        yield _Piece(RETURNED, OWN, step, held[SCRAP + 1 :], yard, e, places.access[rank, :n], shown * part)
    yield _Piece(LEAKED, OWN, step, gathered, c, places.outside, places.no_link, told("sold_own"))
    yield from _by_night(history, places, step, told)
    yield _Piece(LEAKED, LOOTED, step, held, c, places.outside, places.no_link, told("sold_looted"))


def _by_night(history: History, places: _Places, steps: Ints, told: Callable[[str], Floats]) -> Iterator[_Piece]:
    """Yield what was looted, from each enterprise to each community, by material."""
    takings, lost = told("takings"), told("lost")
    at, community, rank = np.nonzero(takings)
    if not len(community):
        return
    enterprise = history.reach.enterprise[community, rank]
    part = ratio(lost, lost.sum(axis=1, keepdims=True))[at, :, enterprise].T
    ends = places.enterprise[enterprise], places.community[community]
    held = np.array(history.population.held, dtype=np.int64)[:, None]
    tonnage = takings[at, community, rank] * part
    yield _Piece(TAKEN_AT_NIGHT, LOOTED, steps.ravel()[None, at], held, *ends, places.no_link, tonnage)
