"""What trains carried between two places on no path, such as flows that are given: drawn straight, in pictures as on maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scrapflow.vocabulary import moved_by

if TYPE_CHECKING:
    import pandas as pd

    from scrapflow.ledger.tables import RunTables


def direct_legs(run: RunTables) -> pd.DataFrame:
    """Return ``period, origin, destination, tonnage_t`` and ``course``, two points in degrees; what has no length is not drawn."""
    legs = run.legs_by("period", "origin", "destination", "path_id", kinds=moved_by("train"))
    sums = legs[legs["path_id"] == ""].groupby(["period", "origin", "destination"])[["tonnage_t"]].sum().reset_index()
    where = run.nodes.set_index("node_id")[["x_coord", "y_coord"]]
    ends = [where.reindex(sums[end]).to_numpy(dtype=float) for end in ("origin", "destination")]
    drawn = np.isfinite(np.hstack(ends)).all(axis=1) & (ends[0] != ends[1]).any(axis=1)
    shown: pd.DataFrame = sums[drawn].assign(course=list(np.stack(ends, axis=1)[drawn]))
    return shown
