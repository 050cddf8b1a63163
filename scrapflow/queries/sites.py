"""The places and lines of a run as claims name them: looked up once, for all runs with the same places and names."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.world.names import NameIndex

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]


def of_line(links: pd.DataFrame, line: str) -> Bools:
    """Tell the links of a line, by its name or identifier, shape (links,); none in a run that names no lines."""
    if "line" not in links.columns:
        return np.zeros(len(links), dtype=bool)
    return (links["line"].eq(line) | links["line_id"].eq(line)).to_numpy(dtype=bool)


class Sites:
    """Nodes by what claims say of them; masks over N nodes have one more entry, False, for a place that is no node.

    Parameters
    ----------
    nodes
        ``node_id, kind, region_id, named`` of the run.
    names
        Places and regions by any spelling.
    """

    def __init__(self, nodes: pd.DataFrame, names: NameIndex) -> None:
        self._nodes, self._names = nodes, names
        self._scopes: dict[str, Bools | None] = {}

    def scope(self, scope: str) -> Bools | None:
        """Tell the nodes a claim is about, shape (N + 1,); None where the run does not know the place."""
        if scope not in self._scopes:
            self._scopes[scope] = self._of(scope)
        return self._scopes[scope]

    def positions(self, places: NDArray[np.object_]) -> Ints:
        """Return the positions of places among the nodes; -1 for one that is none."""
        return np.array([self._at.get(place, -1) for place in places.tolist()], dtype=np.int64)

    @cached_property
    def single(self) -> Ints:
        """Positions of the single enterprises, sorted by identifier."""
        nodes = self._nodes
        at = np.flatnonzero(((nodes["kind"] == "enterprise") & nodes["named"]).to_numpy(dtype=bool))
        return at[np.argsort(nodes["node_id"].to_numpy(dtype=object)[at], kind="stable")]

    @cached_property
    def _at(self) -> dict[str, int]:
        return {node: i for i, node in enumerate(self._nodes["node_id"].tolist())}

    def _of(self, scope: str) -> Bools | None:
        if not scope:
            return np.append(np.ones(len(self._nodes), dtype=bool), False)
        region = self._names.find(scope, ("region",))
        return (
            None if region is None else np.append(self._nodes["region_id"].to_numpy(dtype=object) == region.id, False)
        )
