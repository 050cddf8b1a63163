"""Levels and what is added to them: a backlog has a level at the end of each period, and only additions sum up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ["period", "node_id", "tonnage_t", "new_t", "reason", "links"]
_WHO = ["node_id", "reason"]


def levels_of(added: pd.DataFrame, periods: Sequence[str]) -> pd.DataFrame:
    """Turn what was added to a backlog that never shrinks into its level, with a row in every later period.

    Parameters
    ----------
    added
        ``period, node_id, tonnage_t, reason, links``: what was added in the period, in t.
    periods
        Labels of all periods, in order.

    Returns
    -------
    DataFrame
        ``period, node_id, tonnage_t`` (level at the end of the period), ``new_t, reason, links``, in t.

    Examples
    --------
    >>> added = pd.DataFrame(
    ...     [("1", "y", 10.0, "mill_full", ""), ("2", "y", 5.0, "mill_full", "l")],
    ...     columns=["period", "node_id", "tonnage_t", "reason", "links"],
    ... )
    >>> levels_of(added, ["1", "2", "3"])[["period", "tonnage_t", "new_t"]].values.tolist()
    [['1', 10.0, 10.0], ['2', 15.0, 5.0], ['3', 15.0, 0.0]]
    """
    rows = []
    order = {label: i for i, label in enumerate(periods)}
    groups: dict[tuple[str, str], list[tuple[str, float, str]]] = {}
    columns = (added[name].tolist() for name in (*_WHO, "period", "tonnage_t", "links"))
    for node, reason, *what in zip(*columns, strict=True):
        groups.setdefault((str(node), str(reason)), []).append(tuple(what))
    for (node, reason), group in sorted(groups.items()):
        level, links, new = 0.0, dict[str, None](), np.zeros(len(periods))
        named: dict[int, list[str]] = {}
        for label, tonnes, said in group:
            new[order[label]] += tonnes
            named.setdefault(order[label], []).extend(word for word in said.split("|") if word)
        for at, label in enumerate(periods):
            level += new[at]
            links |= dict.fromkeys(named.get(at, ()))
            if level > 0:
                rows.append((label, node, level, float(new[at]), reason, "|".join(links)))
    return _table(rows)


def additions_to(levels: pd.DataFrame, periods: Sequence[str]) -> pd.DataFrame:
    """Say beside each level of a backlog what was added since the period before; a row of 0 t where one is gone.

    Parameters
    ----------
    levels
        ``period, node_id, tonnage_t, reason, links``: the level at the end of the period, in t.
    periods
        Labels of all periods, in order.

    Returns
    -------
    DataFrame
        As :func:`levels_of`; ``new_t`` is negative where a level shrank, so that ``new_t`` sums to the last level.

    Examples
    --------
    >>> levels = pd.DataFrame(
    ...     [("1", "e", 10.0, "no_yard", "")], columns=["period", "node_id", "tonnage_t", "reason", "links"]
    ... )
    >>> additions_to(levels, ["1", "2"])[["period", "tonnage_t", "new_t"]].values.tolist()
    [['1', 10.0, 10.0], ['2', 0.0, -10.0]]
    """
    if levels.empty:
        return _table([])
    wide = levels.pivot_table(index=_WHO, columns="period", values="tonnage_t", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=list(periods), fill_value=0.0)
    level = wide.to_numpy(dtype=np.float64)
    new = np.diff(level, axis=1, prepend=0.0)
    who, when = np.nonzero((level > 0) | (new != 0))
    keys = wide.index.to_frame(index=False)
    rows = pd.DataFrame(
        {
            "period": pd.array(list(periods), dtype="str").take(when),
            "node_id": keys["node_id"].to_numpy()[who],
            "tonnage_t": level[who, when],
            "new_t": new[who, when],
            "reason": keys["reason"].to_numpy()[who],
        }
    )
    links = levels.drop_duplicates(["period", *_WHO]).set_index(["period", *_WHO])["links"]
    rows["links"] = links.reindex(pd.MultiIndex.from_frame(rows[["period", *_WHO]])).fillna("").to_numpy()
    return rows[COLUMNS].astype(dict.fromkeys(("period", "node_id", "reason", "links"), "str"))


def _table(rows: list[tuple[str, str, float, float, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({c: "float64" if c.endswith("_t") else "str" for c in COLUMNS})
