"""The transportation problem by sifting costs what the whole problem costs."""

from __future__ import annotations

import numpy as np
import pytest

from scrapflow.routing import transport as module


@pytest.mark.parametrize("seed", range(12))
def test_sifting_finds_the_optimum(seed, monkeypatch):
    """On random problems, balanced or not, clustered or not, with gaps, the sifted plan is as good as the full one."""
    rng = np.random.default_rng(seed)
    count, takers = 400, int(rng.integers(1, 6))
    distance = rng.integers(0, [5, 1000][seed % 2], (count, takers)).astype(float)
    if seed % 3 == 0:
        distance = np.sort(distance, axis=0)
    distance[rng.random((count, takers)) < 0.1] = np.inf
    offered = rng.integers(0, 50, count)
    wanted = rng.integers(0, offered.sum() // takers * 2, takers)
    penalty = int(distance[np.isfinite(distance)].max()) + 1 if seed % 4 else 300
    full, _ = module._solve(distance, offered, wanted, penalty)
    monkeypatch.setattr(module, "_SAMPLE", 20)
    sifted = module.transport(distance, offered, wanted, penalty)

    def cost(plan):
        assert not plan[np.isinf(distance)].any()
        paid = plan * np.where(np.isfinite(distance), distance, 0.0)
        return paid.sum() + penalty * (offered.sum() - plan.sum())

    assert (sifted >= 0).all()
    assert (sifted.sum(axis=1) <= offered).all()
    assert (sifted.sum(axis=0) <= wanted).all()
    assert cost(sifted) == cost(full)
