"""What stands at one place: the nodes that share a spelling and lie near one another.

Two stations of one name far apart are two places; a mill called after its town is at the town's place if it lies there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scrapflow.world.geodesy import geodesic_km

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

_NEAR_KM = 10.0
"""A works and its station of one name may lie so far apart, besides what is not known of where they are."""
_LEAST_KNOWN_KM = 10.0
"""However vague a coordinate is, it joins nothing further away than this."""
_SAME_POINT_KM = 0.1


class Places:
    """Finds what stands at the place of a node.

    Parameters
    ----------
    nodes
        ``node_id, kind`` and, where they are known, ``x_coord, y_coord`` (degrees, EPSG:4326),
        ``coordinate_accuracy_km, region_id``.
    spellings
        Folded spellings of each node, in the order of the rows.
    owners
        Positions of the nodes that carry a folded spelling.
    """

    def __init__(self, nodes: pd.DataFrame, spellings: Sequence[set[str]], owners: Mapping[str, list[int]]) -> None:
        self._spellings, self._owners = spellings, owners
        number = {
            c: nodes[c].to_numpy(dtype=np.float64) if c in nodes else np.full(len(nodes), np.nan)
            for c in ("x_coord", "y_coord", "coordinate_accuracy_km")
        }
        self._x, self._y = number["x_coord"], number["y_coord"]
        self._slack = np.minimum(np.nan_to_num(number["coordinate_accuracy_km"]), _LEAST_KNOWN_KM)
        self._region = nodes["region_id"].to_numpy(dtype=object) if "region_id" in nodes else None
        self._is_station = nodes["kind"].isin(["station", "junction"]).to_numpy()

    def around(self, carriers: Iterable[int]) -> list[int]:
        """Return the positions of all nodes at the places of some, these included, in the order of the rows.

        What lies at the very point of a station is at its place under any name.
        """
        to_do = list(carriers)
        place = set(to_do)
        while to_do:
            node = to_do.pop()
            named = {i for key in self._spellings[node] for i in self._owners[key] if i < len(self._x)}
            new = [i for i in sorted(named - place) if self._together(node, i)]
            place.update(new)
            to_do += new
        for station in [i for i in place if self._is_station[i]]:
            place.update(self._at_point(station))
        return sorted(place)

    def _together(self, a: int, b: int) -> bool:
        if np.isnan(self._x[[a, b]]).any():
            return self._region is not None and bool(self._region[a]) and self._region[a] == self._region[b]
        apart = geodesic_km(self._x[a], self._y[a], self._x[b], self._y[b])[0]
        return bool(apart <= _NEAR_KM + self._slack[a] + self._slack[b])

    def _at_point(self, station: int) -> list[int]:
        # A degree of latitude is 111 km and one of longitude less, so that a box of degrees holds all that is near.
        box = _SAME_POINT_KM / 100.0
        with np.errstate(invalid="ignore"):
            close: NDArray[np.int64] = np.flatnonzero(
                (np.abs(self._x - self._x[station]) <= box) & (np.abs(self._y - self._y[station]) <= box)
            )
        return [int(i) for i in close]
