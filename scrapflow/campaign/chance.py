"""Chance: what is drawn in the sampled mode, from one stream a region, so that one region never disturbs another."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from scrapflow.campaign.population import Floats, Texts

Mode = Literal["expected", "sampled"]


class Draws(NamedTuple):
    """Uniform numbers on [0, 1) by period and enterprise, shape (P, n): for being caught and for the labour camp."""

    caught: Floats
    camp: Floats


def draw(seed: int, regions: Texts, periods: int) -> Draws:
    """Draw for every enterprise and period.

    A region's stream is seeded by the seed and the CRC-32 of its identifier; in a region, numbers are drawn enterprise
    by enterprise in the order of their identifiers (the order of ``regions``) and, for each, period by period.

    Parameters
    ----------
    seed
        Seed of the run, at least 0.
    regions
        Region of each enterprise, shape (n,).
    periods
        Number of periods.

    Examples
    --------
    >>> alone = draw(1, np.array(["a"], dtype=object), 2).caught
    >>> beside = draw(1, np.array(["b", "a"], dtype=object), 2).caught
    >>> bool((alone[:, 0] == beside[:, 1]).all())
    True
    """
    out = np.empty((len(regions), periods, 2))
    for region in sorted(set(regions)):
        at = np.flatnonzero(regions == region)
        stream = np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(str(region).encode())]))
        out[at] = stream.random((len(at), periods, 2))
    return Draws(np.ascontiguousarray(out[:, :, 0].T), np.ascontiguousarray(out[:, :, 1].T))


def happens(probability: Floats, uniform: Floats | None) -> Floats:
    """Return a probability as it is (expected mode: ``uniform`` is None), or 1 where it happens and 0 where not."""
    return probability if uniform is None else (uniform < probability).astype(np.float64)
