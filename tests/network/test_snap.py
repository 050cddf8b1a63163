"""Nearest targets, against all pairs and geopandas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.network import snap
from scrapflow.network.snap import nearest

_grid = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)


@given(_grid, _grid, st.integers(1, 4), st.sampled_from([0.5, 1.0, 2.0, np.inf]), st.sampled_from([0, 500_000]))
def test_nearest_targets_are_those_of_all_pairs_ties_by_position(points, targets, k, reach, few):
    """On a small grid, where many distances are equal, targets are ranked by distance, then by position, by a tree or not."""
    a, b = np.array(points, dtype=float), np.array(targets, dtype=float)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snap, "_FEW", few)
        found = nearest(a, b, k=k, reach=reach)
    for i, point in enumerate(a):
        away = np.sqrt(((b - point) ** 2).sum(axis=1))
        order = [j for j in np.lexsort((np.arange(len(b)), away)) if away[j] <= reach][:k]
        assert found.target[i].tolist() == order + [-1] * (k - len(order))
        assert found.distance[i, : len(order)] == pytest.approx(away[order])
        assert np.isinf(found.distance[i, len(order) :]).all()


def test_snapping_agrees_with_geopandas():
    """A thousand points in projected metres have the stations that sjoin_nearest gives them."""
    import geopandas as gpd

    rng = np.random.default_rng(3)
    a, b = rng.random((1000, 2)) * 1e5, rng.random((50, 2)) * 1e5
    frames = [gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32652) for xy in (a, b)]
    joined = gpd.sjoin_nearest(*frames, distance_col="metres")
    found = nearest(a, b)
    assert found.target[:, 0].tolist() == joined.index_right.tolist()
    assert found.distance[:, 0] == pytest.approx(joined.metres.to_numpy())
