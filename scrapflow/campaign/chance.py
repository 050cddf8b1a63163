"""Chance: what is drawn in the sampled mode, from one stream a region, so that one region never disturbs another."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from scrapflow.campaign.population import Floats, Texts

Mode = Literal["expected", "sampled"]


class Draws(NamedTuple):
    """Uniform numbers on [0, 1) by month and enterprise, shape (M, n).

    Attributes
    ----------
    caught, camp, punished
        For being caught, for the labour camp, for a shortfall being punished.
    record
        For the marks of before the campaign; shape (n,).
    """

    caught: Floats
    camp: Floats
    punished: Floats
    record: Floats


def draw(seed: int, regions: Texts, months: int) -> Draws:
    """Draw for every enterprise and month.

    A region's stream is seeded by the seed and the CRC-32 of its identifier; in a region, numbers are drawn enterprise
    by enterprise in the order of their identifiers (the order of ``regions``) and, for each, month by month.

    Parameters
    ----------
    seed
        Seed of the run, at least 0.
    regions
        Region of each enterprise, shape (n,).
    months
        Number of months in which somebody is judged.

    Examples
    --------
    >>> alone = draw(1, np.array(["a"], dtype=object), 2).caught
    >>> beside = draw(1, np.array(["b", "a"], dtype=object), 2).caught
    >>> bool((alone[:, 0] == beside[:, 1]).all())
    True
    """
    caught_and_camp = np.empty((len(regions), months, 2))
    punished, record = np.empty((len(regions), months)), np.empty(len(regions))
    for region in sorted(set(regions)):
        here = np.flatnonzero(regions == region)
        stream = np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(str(region).encode())]))
        caught_and_camp[here] = stream.random((len(here), months, 2))
        punished[here] = stream.random((len(here), months))
        record[here] = stream.random(len(here))
    caught, camp = (np.ascontiguousarray(caught_and_camp[:, :, i].T) for i in range(2))
    return Draws(caught, camp, np.ascontiguousarray(punished.T), record)


def happens(probability: Floats, uniform: Floats | None, sites: Floats | None = None) -> Floats:
    """Return the share of the sites of each row to which something happens.

    Parameters
    ----------
    probability
        Of each site, shape (n,).
    uniform
        A uniform number a row, shape (n,); None in expected mode: the share is the probability itself.
    sites
        Sites of each row, shape (n,); None: one each. So many are drawn, each alone (a started one as a whole one).

    Returns
    -------
    ndarray of float64, shape (n,)
        For a row of one site 1 where it happens and 0 where not.

    Examples
    --------
    >>> happens(np.array([0.3, 0.3]), np.array([0.2, 0.4]))
    array([1., 0.])
    >>> happens(np.array([0.5]), np.array([0.5]), np.array([100.0]))
    array([0.5])
    """
    if uniform is None:
        return probability
    drawn = (uniform < probability).astype(np.float64)
    many = np.ones(len(probability)) if sites is None else np.maximum(np.ceil(sites), 1.0)
    lump = np.flatnonzero(many > 1)
    if len(lump):
        from scipy.stats import binom  # heavy, and only worlds with rows of many sites draw from it

        drawn[lump] = binom.isf(uniform[lump], many[lump], probability[lump]) / many[lump]
    return drawn
