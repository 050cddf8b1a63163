"""Movements as numbers: every leg by the positions of its labels, until the tables are written.

A campaign of a country has tens of thousands of legs a year; as strings they would be compared and hashed over and
over again, as positions in sorted lists of labels they are added up and sorted as integers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.ledger.run_places import origin_grades
from scrapflow.network.tracks import BACK
from scrapflow.world.numbering import positions

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def movements_table(legs: Legs, labels: Labels, book: PathBook, nodes: pd.DataFrame) -> pd.DataFrame:
    """Write legs down as ``run.movements``, sorted by its keys.

    Parameters
    ----------
    legs, labels, book
        The legs, what their positions stand for, and their paths.
    nodes
        Nodes of the run, for basis and grade.

    Returns
    -------
    DataFrame
        ``period, kind, material, via, origin, destination, tonnage_t, path_id, basis, grade``; no zero movement.
    """
    ids = book.ids()
    order_of_path = np.argsort(np.argsort(np.array(ids, dtype=object))) if ids else np.zeros(0, dtype=np.int64)
    rank = np.where(legs.path == NO_PATH, -1, np.append(order_of_path, -1)[legs.path])
    order = np.lexsort((rank, *legs.codes.T[::-1]))
    order = order[legs.tonnage_t[order] > 0]
    codes = legs.codes[order]
    columns: dict[str, object] = {
        name: pd.array(list(names), dtype="str").take(codes[:, i])
        for i, (name, names) in enumerate(zip(COLUMNS, labels.lists(), strict=True))
    }
    columns["tonnage_t"] = legs.tonnage_t[order]
    columns["path_id"] = pd.array([*ids, ""], dtype="str").take(legs.path[order])
    out = pd.DataFrame(columns)
    return out.assign(**origin_grades(out, nodes))


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
