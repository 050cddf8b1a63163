"""Paths and prices for column generation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PathSet:
    """Paths as columns: the supply (commodity × node) each starts from, the node it ends at, and its arcs (CSR).

    A path that ends at node −1 is none: its tonnes stay.
    """

    origin: Ints
    end: Ints
    start: Ints
    arcs: Ints

    @cached_property
    def column_of_entry(self) -> Ints:
        """Return the path of each entry of ``arcs``."""
        return np.repeat(np.arange(len(self.origin)), np.diff(self.start))

    def take(self, at: Ints) -> PathSet:
        """Return some of the paths."""
        count = np.diff(self.start)[at]
        start = np.concatenate([[0], np.cumsum(count)])
        entry = np.repeat(self.start[at] - start[:-1], count) + np.arange(start[-1])
        return PathSet(self.origin[at], self.end[at], start, self.arcs[entry])


def joined(parts: list[PathSet]) -> PathSet:
    """Return several sets as one."""
    starts, shift = [np.zeros(1, dtype=np.int64)], 0
    for part in parts:
        starts.append(part.start[1:] + shift)
        shift += len(part.arcs)
    return PathSet(
        np.concatenate([p.origin for p in parts]),
        np.concatenate([p.end for p in parts]),
        np.concatenate(starts),
        np.concatenate([p.arcs for p in parts]),
    )


@dataclass(frozen=True, eq=False)
class Tolls:
    """Prices in the master problem: of links and demands, and what moving a unit is worth."""

    link: Floats
    demand: Floats
    prize: float

    def towards(self, other: Tolls, part: float) -> Tolls:
        """Return prices that are ``part`` of the way to others."""
        return Tolls(
            self.link + part * (other.link - self.link),
            self.demand + part * (other.demand - self.demand),
            self.prize + part * (other.prize - self.prize),
        )
