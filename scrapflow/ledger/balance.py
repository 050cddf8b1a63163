"""The identity that always holds: opening + arising + converted + in - out - closing = 0, per place, period, material."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.errors import BalanceError, InputError, problem
from scrapflow.units import BALANCE_TOLERANCE
from scrapflow.world.numbering import positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIGNS = {"opening_t": 1, "arising_t": 1, "converted_t": 1, "in_t": 1, "out_t": -1, "closing_t": -1}
_PLACE = ["period", "node_id", "material"]
_SHOWN = 5


def residuals(stocks: pd.DataFrame) -> pd.DataFrame:
    """Return what each place's stock account leaves unexplained, in t.

    Parameters
    ----------
    stocks
        ``period, node_id, material, via`` and the six amounts in t.

    Returns
    -------
    DataFrame
        ``period, node_id, material, residual_t``, sorted by its keys.
    """
    residual = sum(sign * stocks[column] for column, sign in _SIGNS.items())
    out = stocks[_PLACE].assign(residual_t=residual)
    return out.groupby(_PLACE, as_index=False, sort=True)["residual_t"].sum()  # type: ignore[return-value]


def check(stocks: pd.DataFrame, movements: pd.DataFrame, periods: pd.DataFrame) -> None:
    """Refuse a ledger whose tonnes do not add up.

    Five things are checked: the identity of :func:`residuals`; conversions that sum to zero over the materials of a
    place; no negative amount; each period opening with what the last one closed with; and every tonne in and out being
    a movement. What may be left unexplained is a billionth of the largest amount, whatever the size of the run.

    Parameters
    ----------
    stocks, movements, periods
        Tables of a run; masses in t.

    Raises
    ------
    BalanceError
        Naming the first places, periods and tonnes that fail.
    """
    left, came = (movements.rename(columns={end: "node_id"}) for end in ("origin", "destination"))
    check_sums(stocks, left, came, periods)


def check_sums(stocks: pd.DataFrame, left: pd.DataFrame, came: pd.DataFrame, periods: pd.DataFrame) -> None:
    """Refuse a ledger as :func:`check` does, with the movements added up by ``period, node_id, material`` already.

    Parameters
    ----------
    stocks, periods
        Tables of a run; masses in t.
    left, came
        What left places and what came to them, ``tonnage_t``; several rows a place add up.

    Raises
    ------
    BalanceError
        Naming the first places, periods and tonnes that fail.
    """
    unknown = [
        problem(table, "", "period", f"{period!r} is no period of the run")
        for table, frame in (("stocks", stocks), ("movements", left), ("movements", came))
        for period in pd.Index(frame["period"].unique()).difference(pd.Index(periods["period"]))[:_SHOWN]
    ]
    if unknown:
        raise InputError(unknown, what="the ledger")
    grid = _Grid.of(stocks, left, came, periods)
    here = grid.at(stocks)
    amount = {c: grid.add(here, stocks[c]) for c in _SIGNS}
    moved_in, moved_out = (grid.add(grid.at(moved), moved["tonnage_t"]) for moved in (came, left))
    largest = max((float(np.abs(a).max(initial=0.0)) for a in (*amount.values(), moved_in)), default=0.0)
    limit = BALANCE_TOLERANCE * largest
    lowest = stocks[[c for c in _SIGNS if c != "converted_t"]].min(axis=1, skipna=False)
    gaps = {
        "tonnes appear or vanish": sum(sign * amount[c] for c, sign in _SIGNS.items()),
        "conversion makes or loses tonnes": amount["converted_t"].sum(axis=2, keepdims=True),
        "an amount is negative": grid.add(here, lowest.clip(upper=0.0)),
        "a period does not open with what the last one closed with": amount["opening_t"][1:] - amount["closing_t"][:-1],
        "stocks and movements disagree on what came in": amount["in_t"] - moved_in,
        "stocks and movements disagree on what went out": amount["out_t"] - moved_out,
    }
    faults = [line for what, gap in gaps.items() for line in grid.named(what, np.asarray(gap), limit)]
    if faults:
        msg = f"the ledger does not balance (tolerance {limit:g} t):\n  " + "\n  ".join(faults)
        raise BalanceError(msg)


class _Grid(NamedTuple):
    """All periods × places × materials of a ledger, so that tables are added up by position."""

    periods: pd.Index
    places: pd.Index
    materials: pd.Index

    @staticmethod
    def of(stocks: pd.DataFrame, left: pd.DataFrame, came: pd.DataFrame, periods: pd.DataFrame) -> _Grid:
        places, materials = (
            pd.unique(pd.concat([pd.Series(t[c].unique()) for t in (stocks, left, came)]))
            for c in ("node_id", "material")
        )
        return _Grid(pd.Index(periods["period"]), pd.Index(places), pd.Index(materials))

    def at(self, frame: pd.DataFrame) -> NDArray[np.int64]:
        """Return the position of each row in the flattened grid, shape (n,)."""
        columns = zip(self, _PLACE, strict=True)
        return np.asarray(
            np.ravel_multi_index([positions(frame[c], labels) for labels, c in columns], self._shape),
            dtype=np.int64,
        )

    @property
    def _shape(self) -> tuple[int, int, int]:
        return (len(self.periods), len(self.places), len(self.materials))

    def add(self, at: NDArray[np.int64], tonnes: pd.Series[float]) -> NDArray[np.float64]:
        """Add tonnes up by period, place and material, shape (P, N, M)."""
        summed = np.bincount(at, tonnes.to_numpy(dtype=np.float64), minlength=int(np.prod(self._shape)))
        return summed.reshape(self._shape)  # type: ignore[return-value]

    def named(self, what: str, gap: NDArray[np.float64], limit: float) -> list[str]:
        """Put the gaps beyond the limit into words, a few of them; a gap that is no number is beyond any limit."""
        bad = np.argwhere(~(np.abs(gap) <= limit))
        # Where periods are compared with the ones before, the first has nothing to be compared with.
        first = len(self.periods) - len(gap)
        whole = gap.shape[2] == 1 and len(self.materials) > 1
        lines = [
            f"{what}: {self.periods[p + first]}, {self.places[n]}, "
            f"{'all materials' if whole else self.materials[m]}: {gap[p, n, m]:.6g} t"
            for p, n, m in bad[:_SHOWN]
        ]
        return [*lines, f"{what}: … and {len(bad) - _SHOWN} more"] if len(bad) > _SHOWN else lines
