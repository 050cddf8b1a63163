"""Movements as numbers: every leg by the positions of its labels, until the tables are written.

A campaign of a country has tens of thousands of legs a year; as strings they would be compared and hashed over and
over again, as positions in sorted lists of labels they are added up and sorted as integers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.ledger.run_places import place_grades
from scrapflow.network.tracks import BACK
from scrapflow.vocabulary import traced_as
from scrapflow.world.numbering import joined, numbered, positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

COLUMNS = ("period", "kind", "material", "via", "origin", "destination")
NO_PATH = -1


@dataclass
class PathBook:
    """Every path that is used, once: the arcs between two places."""

    ends: list[tuple[str, str]] = field(default_factory=list)
    arcs: list[tuple[str, ...]] = field(default_factory=list)
    _seen: dict[tuple[str, str, tuple[str, ...]], int] = field(default_factory=dict)

    def enter(self, origin: str, destination: str, arcs: tuple[str, ...]) -> int:
        """Return the position of a path, entered if it is new; ``NO_PATH`` for one without arcs."""
        if not arcs:
            return NO_PATH
        at = self._seen.setdefault((origin, destination, arcs), len(self.arcs))
        if at == len(self.arcs):
            self.ends.append((origin, destination))
            self.arcs.append(arcs)
        return at

    def ids(self) -> list[str]:
        """Name each path after its ends: ``yard>mill``, and ``yard>mill#2`` for a second way, in the order of the arcs."""
        named = [""] * len(self.arcs)
        count: dict[tuple[str, str], int] = {}
        for at in sorted(range(len(self.arcs)), key=lambda i: (self.ends[i], self.arcs[i])):
            rank = count[self.ends[at]] = count.get(self.ends[at], 0) + 1
            named[at] = ">".join(self.ends[at]) + (f"#{rank}" if rank > 1 else "")
        return named

    def table(self) -> pd.DataFrame:
        """Return ``path_id, seq, link_id, forward``: the links of every path in order."""
        length = np.array([len(a) for a in self.arcs], dtype=np.int64)
        arc = pd.Series([a for arcs in self.arcs for a in arcs], dtype="str")
        link = arc.str.removesuffix(BACK)
        start = np.repeat(np.cumsum(length) - length, length)
        return pd.DataFrame(
            {
                "path_id": pd.Series(self.ids(), dtype="str").repeat(length).array,  # type: ignore[arg-type]
                "seq": np.arange(len(arc)) - start,
                "link_id": link,
                "forward": link == arc,
            }
        )


@dataclass(frozen=True)
class Labels:
    """What the positions stand for: sorted labels of the columns of :data:`COLUMNS`."""

    periods: Sequence[str]
    kinds: Sequence[str]
    materials: Sequence[str]
    vias: Sequence[str]
    nodes: Sequence[str]

    def lists(self) -> tuple[Sequence[str], ...]:
        """Return the labels column by column, in the order of :data:`COLUMNS`."""
        return (self.periods, self.kinds, self.materials, self.vias, self.nodes, self.nodes)

    def of_kind(self, kinds: Sequence[str]) -> NDArray[np.int64]:
        """Return the positions of kinds, to translate codes made with another order of them."""
        return positions(kinds, self.kinds)

    def of_material(self, materials: Sequence[str]) -> NDArray[np.int64]:
        """Return the positions of materials."""
        return positions(materials, self.materials)

    def of_via(self, vias: Sequence[str]) -> NDArray[np.int64]:
        """Return the positions of vias."""
        return positions(vias, self.vias)

    def codes(self, frame: pd.DataFrame) -> NDArray[np.int64]:
        """Return the positions of a frame's labels, shape (n, 6)."""
        return np.stack([positions(frame[c], n) for c, n in zip(COLUMNS, self.lists(), strict=True)], axis=1)


@dataclass(frozen=True, eq=False)
class Legs:
    """Movements by position: ``codes`` (n, 6) as in :data:`COLUMNS`, ``tonnage_t`` (n), ``path`` (n) into a path book."""

    codes: NDArray[np.int64]
    tonnage_t: NDArray[np.float64]
    path: NDArray[np.int64]

    def with_more(self, other: Legs) -> Legs:
        """Return these legs and others."""
        return Legs(
            np.concatenate([self.codes, other.codes]),
            np.concatenate([self.tonnage_t, other.tonnage_t]),
            np.concatenate([self.path, other.path]),
        )


@dataclass(frozen=True, eq=False)
class CodedMoves:
    """Movements as numbers, in the order of ``run.movements``.

    Attributes
    ----------
    number, words
        By column: which of the sorted words stands in each row, shape (n,), and the words; some may stand nowhere.
    tonnage_t
        t, shape (n,).
    """

    number: Mapping[str, NDArray[np.int64]]
    words: Mapping[str, Sequence[str]]
    tonnage_t: NDArray[np.float64]

    @staticmethod
    def of(movements: pd.DataFrame) -> CodedMoves:
        """Return movements that are written down already as numbers.

        Examples
        --------
        >>> moves = CodedMoves.of(pd.DataFrame({"kind": ["shipped", "carted"], "tonnage_t": [1.0, 2.0]}))
        >>> moves.number["kind"].tolist(), moves.words["kind"]
        ([1, 0], ['carted', 'shipped'])
        """
        coded = {c: numbered(movements[c]) for c in movements.columns if c != "tonnage_t"}
        return CodedMoves(
            {c: number for c, (number, _) in coded.items()},
            {c: words.tolist() for c, (_, words) in coded.items()},
            movements["tonnage_t"].to_numpy(dtype=np.float64),
        )

    def present(self, column: str) -> list[str]:
        """Return the words that stand somewhere in a column, sorted."""
        words, number = self.words[column], self.number[column]
        return [words[i] for i in np.flatnonzero(np.bincount(number, minlength=len(words))).tolist()]

    def table(self) -> pd.DataFrame:
        """Write them down: ``period, kind, material, via, origin, destination, tonnage_t, path_id, basis, grade``."""
        written = {c: pd.array(list(words), dtype="str").take(self.number[c]) for c, words in self.words.items()}
        ends = {c: written[c] for c in COLUMNS}
        return pd.DataFrame({**ends, "tonnage_t": self.tonnage_t, **written})


def coded_moves(legs: Legs, labels: Labels, book: PathBook, nodes: pd.DataFrame) -> CodedMoves:
    """Put legs in the order of ``run.movements`` and say of each what it rests on; no zero movement.

    Parameters
    ----------
    legs, labels, book
        The legs, what their positions stand for, and their paths.
    nodes
        Nodes of the run, sorted, for basis and grade.
    """
    ids = np.array([*book.ids(), ""], dtype=object)
    rank = np.argsort(np.argsort(ids))[legs.path]
    columns = np.ascontiguousarray(legs.codes.T)
    order = np.argsort(joined([*columns, rank]), kind="stable")
    order = order[legs.tonnage_t[order] > 0]
    number: dict[str, NDArray[np.int64]] = dict(zip(COLUMNS, columns[:, order], strict=True))
    words = dict(zip(COLUMNS, labels.lists(), strict=True))
    number["path_id"], words["path_id"] = rank[order], np.sort(ids).tolist()
    bringing = np.isin(number["kind"], labels.of_kind(traced_as("bring")))
    rests = place_grades(nodes, number["origin"][bringing], number["destination"][bringing])
    for column, of_place in rests.items():
        place, known = numbered(np.array(of_place, dtype=object))
        number[column], words[column] = place[number["origin"]], known.tolist()
    return CodedMoves(number, words, legs.tonnage_t[order])


def movements_table(legs: Legs, labels: Labels, book: PathBook, nodes: pd.DataFrame) -> pd.DataFrame:
    """Write legs down as ``run.movements``, sorted by its keys; see :func:`coded_moves`."""
    return coded_moves(legs, labels, book, nodes).table()


def load_table(
    legs: Legs, book: PathBook, link_ids: Sequence[str], periods: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add up what passed each link in each period: forward and backward tonnes, two arrays (P, L)."""
    link = {name: 2 * i for i, name in enumerate(link_ids)}
    link |= {name + BACK: at + 1 for name, at in link.items()}
    used = legs.path != NO_PATH
    by_path = np.zeros((len(book.arcs), periods))
    np.add.at(by_path, (legs.path[used], legs.codes[used, 0]), legs.tonnage_t[used])
    of_path = np.repeat(np.arange(len(book.arcs)), [len(arcs) for arcs in book.arcs])
    passed = np.array([link[arc] for arcs in book.arcs for arc in arcs], dtype=np.int64)
    out = np.zeros((2 * len(link_ids), periods))
    np.add.at(out, passed, by_path[of_path])
    return out[::2].T, out[1::2].T
