"""The same function on many cases: in processes, on a Dask cluster, or one after the other, with the same result."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Case = TypeVar("_Case")
_Result = TypeVar("_Result")


def spread(
    function: Callable[[_Case], _Result],
    cases: Sequence[_Case],
    *,
    processes: int | None = None,
    client: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[_Result]:
    """Apply a function to every case and return the results in the order of the cases.

    Parameters
    ----------
    function
        A module-level function of one case.
    cases
        What to apply it to; they travel by pickle.
    processes
        How many processes; the number of cores if not given. With 1, or a single case, everything stays in this one.
    client
        A ``distributed.Client`` to use instead.
    progress
        Called with the number of cases done and to do.

    Examples
    --------
    >>> spread(abs, [-1, 2, -3], processes=1)
    [1, 2, 3]
    """
    say = progress or (lambda done, of: None)  # noqa: ARG005
    count = processes or os.cpu_count() or 1
    if client is not None:
        return list(client.gather(client.map(function, list(cases), pure=False)))
    results: list[_Result] = []
    if count == 1 or len(cases) < 2:
        for case in cases:
            results.append(function(case))
            say(len(results), len(cases))
        return results
    # Threads of numerical libraries do not survive a fork; a fresh interpreter is slower to start and always right.
    with ProcessPoolExecutor(min(count, len(cases)), mp_context=get_context("spawn")) as pool:
        for result in pool.map(function, cases, chunksize=max(1, len(cases) // (4 * count))):
            results.append(result)
            say(len(results), len(cases))
    return results
