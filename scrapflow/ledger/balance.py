"""The identity that always holds: opening + arising + converted + in - out - closing = 0, per place, period, material."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import BalanceError
from scrapflow.units import BALANCE_TOLERANCE_T

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
    return out.groupby(_PLACE, as_index=False, sort=True)["residual_t"].sum()


def check(stocks: pd.DataFrame, movements: pd.DataFrame, periods: pd.DataFrame) -> None:
    """Refuse a ledger whose tonnes do not add up.

    Five things are checked: the identity of :func:`residuals`; conversions that sum to zero over the materials of a
    place; no negative amount; each period opening with what the last one closed with; and every tonne in and out being
    a movement.

    Parameters
    ----------
    stocks, movements, periods
        Tables of a run; masses in t.

    Raises
    ------
    BalanceError
        Naming the first places, periods and tonnes that fail.
    """
    amounts = stocks[list(_SIGNS)].to_numpy(dtype=np.float64)
    scale = max(1.0, float(np.abs(amounts).sum()) / 1e6) if amounts.size else 1.0
    limit = BALANCE_TOLERANCE_T * scale
    faults = [
        *_named("tonnes appear or vanish", residuals(stocks), "residual_t", limit),
        *_named("conversion makes or loses tonnes", _conversions(stocks), "converted_t", limit),
        *_named("an amount is negative", _negative(stocks), "amount_t", limit),
        *_named("a period does not open with what the last one closed with", _joints(stocks, periods), "gap_t", limit),
        *_named("stocks and movements disagree", _movement_gaps(stocks, movements), "gap_t", limit),
    ]
    if faults:
        msg = f"the ledger does not balance (tolerance {limit:g} t):\n  " + "\n  ".join(faults)
        raise BalanceError(msg)


def _named(what: str, frame: pd.DataFrame, column: str, limit: float) -> list[str]:
    bad = frame[~(frame[column].abs() <= limit)]
    rows = [
        f"{what}: {', '.join(str(r[c]) for c in frame.columns if c != column)}: {r[column]:.6g} t"
        for _, r in bad.head(_SHOWN).iterrows()
    ]
    return [*rows, f"{what}: … and {len(bad) - _SHOWN} more"] if len(bad) > _SHOWN else rows


def _conversions(stocks: pd.DataFrame) -> pd.DataFrame:
    return stocks.groupby(["period", "node_id"], as_index=False)["converted_t"].sum()


def _negative(stocks: pd.DataFrame) -> pd.DataFrame:
    lowest: NDArray[np.float64] = stocks[["opening_t", "arising_t", "in_t", "out_t", "closing_t"]].min(axis=1).to_numpy()
    return stocks[[*_PLACE, "via"]].assign(amount_t=np.minimum(lowest, 0.0))


def _joints(stocks: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    keys = ["node_id", "material", "via"]
    order = {p: i for i, p in enumerate(periods["period"])}
    step = stocks["period"].map(order)
    opening = stocks[keys].assign(step=step, opening_t=stocks["opening_t"])
    closing = stocks[keys].assign(step=step + 1, closing_t=stocks["closing_t"])
    joint = opening.merge(closing, on=[*keys, "step"], how="outer").fillna({"opening_t": 0.0, "closing_t": 0.0})
    joint = joint[(joint["step"] > 0) & (joint["step"] < len(order))]
    return joint[[*keys, "step"]].assign(gap_t=joint["opening_t"] - joint["closing_t"])


def _movement_gaps(stocks: pd.DataFrame, movements: pd.DataFrame) -> pd.DataFrame:
    moved = pd.concat(
        [
            movements[["period", end, "material"]].set_axis(_PLACE, axis=1).assign(gap_t=sign * movements["tonnage_t"])
            for end, sign in (("destination", 1.0), ("origin", -1.0))
        ]
    )
    booked = stocks[_PLACE].assign(gap_t=stocks["out_t"] - stocks["in_t"])
    # In and out are compared as a net amount and then each by itself, so that two errors cannot hide each other.
    gross = pd.concat([moved.assign(gap_t=moved["gap_t"].abs()), stocks[_PLACE].assign(gap_t=-stocks["in_t"] - stocks["out_t"])])
    net = pd.concat([moved, booked]).groupby(_PLACE, as_index=False)["gap_t"].sum()
    return pd.concat([net, gross.groupby(_PLACE, as_index=False)["gap_t"].sum()], ignore_index=True)
