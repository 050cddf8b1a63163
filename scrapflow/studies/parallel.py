"""The same function on many cases: in processes, on a Dask cluster, or one after the other, with the same result."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from scrapflow.errors import InputError, problem
from scrapflow.notices import Notice, gathered, told_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_log = logging.getLogger(__name__)
_Shared = TypeVar("_Shared")
_Case = TypeVar("_Case")
_Result = TypeVar("_Result")
_held: list[Any] = []
"""In a process of the pool: what all its cases share."""
_PIECES = 64
"""Pieces of work a process: so many that none waits long for the last, so few that sending them costs nothing."""


def spread(
    function: Callable[[_Shared, _Case], _Result],
    shared: _Shared,
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
        A module-level function of what is shared and of one case.
    shared
        What all cases need; it travels by pickle once to each process, not with each case.
    cases
        What to apply it to.
    processes
        How many processes; the number of cores if not given. With 1, or a single case, everything stays in this one; fewer
        than 1 are refused.
    client
        A ``distributed.Client`` to use instead.
    progress
        Called with the number of cases done and to do.

    Warnings are gathered wherever a case runs, and said once with the number of cases that gave them.

    Raises
    ------
    InputError
        If a process died; the message says what to do. If fewer than one process is asked for.

    Examples
    --------
    >>> spread(pow, 2, [1, 2, 3], processes=1)
    [2, 4, 8]
    """
    say = progress or (lambda done, of: None)  # noqa: ARG005
    count = (os.cpu_count() or 1) if processes is None else processes
    if count < 1:
        message = f"{processes} is no number of processes: 1 stays in this one, None takes as many as there are cores"
        raise InputError([problem("spread", "", "processes", message)], what="the runs")
    if client is not None:
        there = client.scatter(shared, broadcast=True, hash=False)
        asked = [client.submit(_heard, function, there, case, pure=False) for case in cases]
        return _said_once(client.gather(asked))
    results: list[_Heard[_Result]] = []
    _log.info("%s runs in %s", len(cases), f"{min(count, len(cases))} processes" if count > 1 else "this process")
    if count == 1 or len(cases) < 2:
        for case in cases:
            results.append(_heard(function, shared, case))
            say(len(results), len(cases))
        return _said_once(results)
    # Threads of numerical libraries do not survive a fork; a fresh interpreter is slower to start and always right.
    # What is shared goes by file: a process that dies at its start would leave a large argument stuck in the pipe.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shared"
        packed = pickle.dumps(shared)
        path.write_bytes(packed)
        with ProcessPoolExecutor(
            min(count, len(cases)), mp_context=get_context("spawn"), initializer=_hold, initargs=(str(path),)
        ) as pool:
            work = partial(_with_held, function)
            with _without_the_script(packed, function), _deaf_to_ctrl_c():
                pending = pool.map(work, cases, chunksize=max(1, len(cases) // (_PIECES * count)))
            try:
                for result in pending:
                    results.append(result)
                    say(len(results), len(cases))
            except BrokenProcessPool as fault:
                message = (
                    "a process died: there was too little memory, or it could not read the script that started it (put what "
                    "it does under \"if __name__ == '__main__':\"); processes=1 stays in one process"
                )
                raise InputError([problem("spread", "", "processes", message)], what="the runs") from fault
            except BaseException:  # Ctrl-C too: what has not begun is not begun
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return _said_once(results)


class _Heard(NamedTuple, Generic[_Result]):
    """What came of a case, and the warnings on the way."""

    result: _Result
    said: list[Notice]


def _heard(function: Callable[[_Shared, _Case], _Result], shared: _Shared, case: _Case) -> _Heard[_Result]:
    with gathered() as said:
        return _Heard(function(shared, case), said)


def _said_once(heard: Sequence[_Heard[_Result]]) -> list[_Result]:
    """Say each kind of warning once, and return the results alone."""
    told_once(_log, [h.said for h in heard], "runs")
    return [h.result for h in heard]


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, where the system can: it is for the one that asked, which tells the others.

    A process inherits what its parent held back; the parent gets what was pressed meanwhile when the block ends.
    """
    hold_back = getattr(signal, "pthread_sigmask", None)
    if hold_back is None:
        yield
        return
    before = hold_back(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        hold_back(signal.SIG_SETMASK, before)


@contextmanager
def _without_the_script(packed: bytes, function: Callable[..., Any]) -> Iterator[None]:
    """Start processes without the script that asks for them, unless what they are sent comes from it.

    A fresh interpreter runs that script again as a module: one without a main guard would start processes anew, and one
    that came from a pipe is not there to be read. Nothing of ours is in it.
    """
    if b"__main__" in packed or function.__module__ == "__main__":
        yield
        return
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _hold(path: str) -> None:
    """Keep what all cases of this process share."""
    _held[:] = [pickle.loads(Path(path).read_bytes())]  # noqa: S301 - written by the process that started this one


def _with_held(function: Callable[[Any, _Case], _Result], case: _Case) -> _Heard[_Result]:
    return _heard(function, _held[0], case)
