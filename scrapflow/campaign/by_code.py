"""Three small things that every step needs: sums by code, ratios that survive zero, strings by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Texts = NDArray[np.object_]


def sum_by(code: Ints, values: Floats, size: int) -> Floats:
    """Add up values by an integer code.

    Examples
    --------
    >>> sum_by(np.array([0, 2, 0]), np.array([1.0, 2.0, 3.0]), 3)
    array([4., 0., 2.])
    """
    return cast("NDArray[np.float64]", np.bincount(code, values, minlength=max(size, 1))[:size])


def ratio(part: Floats, whole: Floats, *, where: NDArray[np.bool_] | None = None, default: float = 0.0) -> Floats:
    """Divide where the whole is above zero (or where asked to), and give a default elsewhere.

    Examples
    --------
    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, 0. ])
    """
    shape = whole.shape if part.shape == whole.shape else np.broadcast_shapes(part.shape, whole.shape)
    out = np.full(shape, default) if default else np.zeros(shape)
    return cast("NDArray[np.float64]", np.divide(part, whole, out=out, where=whole > 0 if where is None else where))


def texts(values: Texts, code: Ints) -> pd.api.extensions.ExtensionArray:
    """Return strings by their position in a short list.

    Examples
    --------
    >>> list(texts(np.array(["a", "b"], dtype=object), np.array([1, 0, 1])))
    ['b', 'a', 'b']
    """
    return pd.array(values, dtype="str").take(code)
