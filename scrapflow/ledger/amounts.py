"""What a run adds up to, whatever it is kept as: one form of arrays for totals, claims and studies.

A run's tables and a study's arrays both give :class:`Amounts`; totals and claims are added up from it alone, so that
a new amount is written once. Every array may have leading axes, such as one of members: sums run over the last ones.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import pandas as pd

from scrapflow.ledger.coded_legs import CodedMoves
from scrapflow.vocabulary import KINDS, kinds_to, traced_as
from scrapflow.vocabulary.totals import totals
from scrapflow.world.numbering import numbered, positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from scrapflow.ledger.train_tables import Axes
    from scrapflow.ledger.yard_mixing import YardBooks
    from scrapflow.vocabulary.totals import Total

    Floats = NDArray[np.float64]

UNPLACED = "unplaced"
"""Reason why a load stays: its owner has no place on the map."""


class Placed(NamedTuple):
    """An amount by period, material and place.

    Attributes
    ----------
    places
        ``node_id`` of each place, shape (N,).
    amount
        Shape (..., P, M, N); M is 1 where the amount has no material. In t unless it is a count or a share.
    """

    places: NDArray[np.object_]
    amount: Floats


class RunArrays(NamedTuple):
    """What a run holds until its tables are made: movements as numbers, what yards held in each period and had at its end, t."""

    moves: CodedMoves
    held: Placed
    left: Placed

    @staticmethod
    def of(moves: CodedMoves, books: YardBooks, axes: Axes) -> RunArrays:
        """Add up the books of the yards over the ways in which tonnes came, as adding up ``run.stocks`` does."""
        amounts = (books.opening, books.arrived, books.returned, books.shipped, books.closing)
        told = np.logical_or.reduce([(amount != 0).any(axis=(0, 2, 3)) for amount in amounts])
        ids, yards = np.asarray(axes.yard_ids, dtype=object), np.flatnonzero(told)
        yards = yards[np.argsort(ids[yards])]

        def placed(amount: Floats) -> Placed:
            return Placed(ids[yards], np.ascontiguousarray(np.swapaxes(amount.sum(axis=3), 1, 2)[..., yards]))

        return RunArrays(moves, placed(books.opening + books.arrived), placed(books.closing))


class Amounts(Protocol):
    """P periods and M materials, and every amount of a run by place."""

    @property
    def periods(self) -> Sequence[str]:
        """Labels of the periods."""

    @property
    def materials(self) -> Sequence[str]:
        """Materials, in the order of the arrays."""

    def moved(self, kind: str) -> Placed:
        """Return the tonnes of a kind of movement by origin."""

    def account(self, column: str) -> Placed:
        """Return a column of the accounts by owner."""

    def held(self) -> Placed:
        """Return what yards held in each period (opening stock and all that came in), t."""

    def left(self) -> Placed:
        """Return what yards had when each period ended, t."""

    def unserved(self, *, placed: bool) -> Placed:
        """Return the level of what owners, with or without a place on the map, could not cart, t."""


def total_amounts(amounts: Amounts) -> dict[str, Floats]:
    """Return every total of ``vocabulary/totals.csv`` in t, with the leading axes of the arrays.

    Parameters
    ----------
    amounts
        A run as arrays.
    """
    moved = {kind: _sum(amounts.moved(kind)) for kind in KINDS}

    def total(row: Total) -> Floats:
        if row.of == "account":
            return _sum(amounts.account(row.what))
        if row.of == "kind":
            return moved[row.what]
        if row.of in ("arrived", "net"):
            back = traced_as("take_back") if row.of == "net" else ()
            return np.asarray(sum(moved[kind] for kind in kinds_to(row.what)) - sum(moved[kind] for kind in back))
        return _last(amounts.left() if row.of == "held" else amounts.unserved(placed=row.what != UNPLACED))

    return {name: total(row) for name, row in totals().items()}


def _sum(placed: Placed) -> Floats:
    return np.asarray(placed.amount.sum(axis=(-3, -2, -1)))


def _last(placed: Placed) -> Floats:
    """Add up a level at the end of the last period; nothing where there is no period."""
    return np.asarray(placed.amount[..., -1:, :, :].sum(axis=(-3, -2, -1)))


class TableAmounts:
    """The amounts of a run that is kept as tables.

    Parameters
    ----------
    tables
        Tables of a run. A mapping with a method ``files(name)`` is asked through the engine, so that a saved run larger
        than memory is not loaded.
    materials
        Materials of the run.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], materials: Sequence[str]) -> None:
        self._tables = tables
        self.materials: Sequence[str] = list(materials)
        self.periods: Sequence[str] = tables["periods"]["period"].tolist()
        self._moved: dict[str, Placed] = {}
        self._accounts: dict[str, Placed] = {}

    def moved(self, kind: str) -> Placed:
        """Return the tonnes of a kind of movement by origin."""
        if kind not in self._moved:
            moves, cells = self._legs, self._leg_cells
            kinds = moves.words["kind"]
            here = moves.number["kind"] == (kinds.index(kind) if kind in kinds else -1)
            own = _Cells(cells.places, cells.at[here], cells.shape)
            # of places, which are the last axis, only those that something of this kind left
            known = np.flatnonzero(np.bincount(moves.number["origin"][here], minlength=len(own.places)))
            amount = np.ascontiguousarray(own.add(moves.tonnage_t[here]).amount[..., known])
            self._moved[kind] = Placed(own.places[known], amount)
        return self._moved[kind]

    def account(self, column: str) -> Placed:
        """Return a column of the accounts by owner."""
        if column not in self._accounts:
            rows = self._tables["accounts"]
            known = self._owners.add(_floats(rows[column])) if column in rows.columns else self._nothing
            self._accounts[column] = known
        return self._accounts[column]

    def held(self) -> Placed:
        """Return what yards held in each period, t."""
        return self._held

    def left(self) -> Placed:
        """Return what yards had when each period ended, t."""
        if self._arrays is not None:
            return self._arrays.left
        rows = self._yard_stocks
        return self._placed(rows, "node_id", rows["closing_t"])

    def unserved(self, *, placed: bool) -> Placed:
        """Return the level of what owners could not cart, t."""
        rows = self._tables["unserved"]
        rows = rows[~rows["node_id"].isin(self._yards) & ((rows["reason"] != UNPLACED) == placed)]
        return self._placed(rows, "node_id", rows["tonnage_t"])

    @property
    def _arrays(self) -> RunArrays | None:
        """What the tables will say, where they are still to be made."""
        return getattr(self._tables, "arrays", None)

    @cached_property
    def _legs(self) -> CodedMoves:
        keys = ["period", "kind", "material", "origin"]
        if self._arrays is not None:
            return self._arrays.moves
        if getattr(self._tables, "files", None) is None:
            return CodedMoves.of(self._tables["movements"][[*keys, "tonnage_t"]])
        from scrapflow.ledger.engine import Engine

        return CodedMoves.of(Engine(self._tables).sums(*keys))

    @cached_property
    def _leg_cells(self) -> _Cells:
        moves = self._legs
        known = {"period": self.periods, "material": self.materials}
        period, material = (positions(moves.words[c], labels)[moves.number[c]] for c, labels in known.items())
        places = np.asarray(moves.words["origin"], dtype=object)
        return _cells((period, material, moves.number["origin"]), (len(self.periods), len(self.materials)), places)

    @cached_property
    def _owners(self) -> _Cells:
        """The rows of the accounts: each of their many columns is added up over the same ones."""
        return self._cells(self._tables["accounts"], "node_id")

    @cached_property
    def _held(self) -> Placed:
        if self._arrays is not None:
            return self._arrays.held
        rows = self._yard_stocks
        return self._placed(rows, "node_id", rows["opening_t"] + rows["in_t"])

    @cached_property
    def _yards(self) -> list[str]:
        nodes = self._tables["nodes"]
        return list(nodes.loc[nodes["kind"] == "yard", "node_id"])

    @cached_property
    def _yard_stocks(self) -> pd.DataFrame:
        stocks = self._tables["stocks"]
        return pd.DataFrame(stocks[stocks["node_id"].isin(self._yards)])

    @property
    def _nothing(self) -> Placed:
        return Placed(np.zeros(0, dtype=object), np.zeros((len(self.periods), 1, 0)))

    def _placed(self, rows: pd.DataFrame, place: str, values: pd.Series) -> Placed:
        """Add rows up by period, material (where they have one) and place."""
        return self._cells(rows, place).add(_floats(values))

    def _cells(self, rows: pd.DataFrame, place: str) -> _Cells:
        node, places = numbered(rows[place])
        period = positions(rows["period"], self.periods)
        has = "material" in rows.columns
        material = positions(rows["material"], self.materials) if has else np.zeros_like(node)
        return _cells((period, material, node), (len(self.periods), len(self.materials) if has else 1), places)


class _Cells(NamedTuple):
    """Where rows belong in an array of periods, materials and places."""

    places: NDArray[np.object_]
    at: NDArray[np.int64]
    shape: tuple[int, int, int]

    def add(self, values: Floats) -> Placed:
        summed = np.bincount(self.at, values, minlength=int(np.prod(self.shape)))
        return Placed(self.places, np.asarray(summed.reshape(self.shape), dtype=np.float64))


def _cells(
    where: tuple[NDArray[np.int64], ...], periods_and_materials: tuple[int, int], places: NDArray[np.object_]
) -> _Cells:
    """Return the cells of rows from the positions of their period, material and place."""
    shape = (*periods_and_materials, len(places))
    at = np.ravel_multi_index(where, shape) if len(where[0]) else np.zeros(0, dtype=np.int64)
    return _Cells(places, at, shape)


def _floats(values: pd.Series) -> Floats:
    return values.to_numpy(dtype=np.float64)
