"""Observations: what somebody saw, counted or measured, as rows that the rest of this folder takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.given import iterates
from scrapflow.given_frames import numbers_of, plain_frames, shown
from scrapflow.units import two_figures
from scrapflow.world.schema import schema

TEXT = ("observation_id", "metric", "node_id", "link_id", "region_id", "material", "first", "last", "unit", "error",
        "source_id", "credibility", "reliability", "note")  # fmt: skip
NUMBERS = ("value", "low", "high", "sd", "exposure")
_SAID = {"place": "node_id", "link": "link_id", "region": "region_id", "period": "first"}
"""What people call a column, and which one it is."""


@dataclass(frozen=True, repr=False)
class Observation:
    """One thing seen, with how far it can be wrong: a row of the table ``observations``.

    Made by :func:`scrapflow.pile` and :func:`scrapflow.wagons`; ``pandas.DataFrame([one, another])`` is a table of them.

    Attributes
    ----------
    metric
        What was seen: a metric name of ``docs/how-to/weigh-evidence.md``.
    value
        The value seen, in ``unit``.
    error, sd, exposure
        How it can be wrong; ``sd`` is that of the logarithm for lognormal, and that of what one thing stands for (of its
        logarithm) for poisson.
    low, high
        Between them lies the true value with a chance of 80 %; bounds where ``error`` is ``bounds``.
    node_id, link_id, region_id, material
        Where and of what; nodes, links and regions by any spelling.
    first, last
        Periods, as ISO labels; both empty: all.
    source_id, reliability, credibility
        Who says so and the report's grade: the reliability is that of the source where it is empty.
    tonnes
        Low, median and high in t a month, where the value is a count.
    """

    metric: str
    value: float
    unit: str = "t"
    error: str = "lognormal"
    sd: float = np.nan
    exposure: float = np.nan
    low: float = np.nan
    high: float = np.nan
    node_id: str = ""
    link_id: str = ""
    region_id: str = ""
    material: str = ""
    first: str = ""
    last: str = ""
    source_id: str = ""
    reliability: str = ""
    credibility: str = ""
    note: str = ""
    observation_id: str = ""

    @property
    def tonnes(self) -> tuple[float, float, float]:
        """Low, median and high in tonnes: a count divided by what one tonne lets expect of it."""
        a = self.exposure if self.error == "poisson" else 1.0
        return self.low / a, self.value / a, self.high / a

    def to_frame(self) -> pd.DataFrame:
        """Return the observation as a table of one row."""
        return table_of([self])

    def of(self, **changed: Any) -> Observation:
        """Return the observation with other cells, such as ``source_id`` or ``credibility``."""
        return replace(self, **changed)

    def __repr__(self) -> str:
        where = self.node_id or self.link_id or self.region_id or "somewhere"
        low, middle, high = (two_figures(t) for t in self.tonnes)
        count = f"{self.value:.0f} {self.unit}, " if self.error == "poisson" else ""
        return f"<Observation of {self.metric} at {where}: {count}{middle} t ({low} to {high})>"


def table_of(
    observations: pd.DataFrame | Observation | Mapping[str, Any] | Iterable[Observation | Mapping[str, Any]] | None,
) -> pd.DataFrame:
    """Return observations as one table with all columns, whatever they came as; each gets an identifier.

    Parameters
    ----------
    observations
        A table, an :class:`Observation`, a mapping of cells, or several of the last two. ``place``, ``link``, ``region``
        and ``period`` may stand for ``node_id``, ``link_id``, ``region_id`` and ``first`` with ``last``.

    Raises
    ------
    InputError
        If a column is unknown or a number is none.

    Examples
    --------
    >>> table_of({"metric": "delivered_t", "value": 3e5, "error": "lognormal", "sd": 0.3})["observation_id"].tolist()
    ['delivered_t']
    """
    if observations is None:
        given = pd.DataFrame()
    elif isinstance(observations, pd.DataFrame):
        (plain,) = plain_frames({"observations": observations}, what="the observations")
        given = _renamed(plain.reset_index(drop=True))
    else:
        rows: list[Any] = [observations]
        if iterates(observations) and not isinstance(observations, Observation | Mapping | str):
            rows = list(observations)
        odd = [r for r in rows if not isinstance(r, Observation | Mapping)]
        if odd:
            fault = f"is {type(odd[0]).__name__}: a table, sf.pile(…), sf.wagons(…), a mapping of cells, or a list of these is wanted"
            raise InputError([problem("observations", "", "", fault)], what="the observations")
        cells = [asdict(r) if isinstance(r, Observation) else r for r in rows]
        given = pd.concat([_renamed(pd.DataFrame([r])) for r in cells], ignore_index=True) if cells else pd.DataFrame()
    known = (*TEXT, *NUMBERS, *schema()["observations"].columns)
    words = (*known, *_SAID)
    faults = [
        problem(
            "observations", "", str(c), f"is no column of observations; {did_you_mean(str(c), words, 'leave it out')}"
        )
        for c in given
        if c not in known
    ]
    table = pd.DataFrame(index=given.index)
    for c in TEXT:
        table[c] = _words(given[c]) if c in given else pd.Series("", index=given.index, dtype="str")
    table["error"] = table["error"].str.strip().str.lower()
    for c in NUMBERS:
        raw = given[c] if c in given else pd.Series(np.nan, index=given.index)
        table[c], wrong = numbers_of(raw)
        faults += [
            problem(
                "observations", table["observation_id"].iloc[i] or str(i + 1), c, f"{shown(raw.iloc[i])} is no number"
            )
            for i in np.flatnonzero(wrong)
        ]
    if faults:
        raise InputError(faults, what="the observations")
    table["observation_id"] = _identified(table)
    return table


def _words(column: pd.Series) -> pd.Series[str]:
    return column.astype(object).where(column.notna(), "").astype("str")


def _renamed(given: pd.DataFrame) -> pd.DataFrame:
    """Return observations with the names of the columns; a single period is the first and the last."""
    if "period" in given and "last" not in given:
        given = given.assign(last=given["period"])
    return given.rename(columns={said: c for said, c in _SAID.items() if said in given and c not in given})


def _identified(table: pd.DataFrame) -> pd.Series[str]:
    """Return the identifiers, made of metric and place where there are none, each once."""
    place = table["node_id"] + table["link_id"] + table["region_id"]
    made = (
        table["metric"] + (" " + place).where(place != "", "") + (" " + table["first"]).where(table["first"] != "", "")
    )
    own = table["observation_id"].where(table["observation_id"] != "", made)
    again = own.groupby(own).cumcount()
    return (own + (" " + (again + 1).astype("str")).where(again > 0, "")).astype("str")
