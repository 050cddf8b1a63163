"""Children of a process that has imported everything: a try costs no imports, and may be killed or hang."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
import traceback
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SLICE_S = 0.002


class Ended(NamedTuple):
    """How a child ended: its exit code (negative: the signal), what it printed, and whether it took too long."""

    code: int
    text: str
    late: bool


def start(deed: Callable[[], int | None], log: Path, *, cpu_s: int = 0) -> int:
    """Run a deed in a child whose output goes to a file; its process number is returned."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        if cpu_s:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        code = deed() or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1 if end.code else 0
    except BaseException:  # noqa: BLE001  the parent is told, whatever it is
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(child: int, log: Path, *, wall_s: float = 600.0, kill_after_s: float | None = None) -> Ended:
    """Wait for a child; kill it after a moment if that is wanted, or when it does not end."""
    begun = time.monotonic()
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return Ended(code, log.read_text(errors="replace") if log.exists() else "", code == -signal.SIGXCPU)
        gone = time.monotonic() - begun
        if (kill_after_s is not None and gone >= kill_after_s) or gone > wall_s:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            return Ended(
                os.waitstatus_to_exitcode(status),
                log.read_text(errors="replace") if log.exists() else "",
                gone > wall_s,
            )
        time.sleep(_SLICE_S)


def run(deed: Callable[[], int | None], log: Path, *, cpu_s: int = 0, wall_s: float = 600.0) -> Ended:
    """Run a deed in a child and wait for it."""
    return wait(start(deed, log, cpu_s=cpu_s), log, wall_s=wall_s)
