"""A disk that fails, and a process that is killed, at the n-th call that changes a file: see failing.c."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COUNT, KILL_BEFORE, KILL_AFTER, FAIL_ONCE, FAIL_ON = 1, 2, 3, 4, 5
WRITES, FLUSHES, NAMES, OPENS = 1, 2, 4, 8
ALL = WRITES | FLUSHES | NAMES | OPENS
_SOURCE = Path(__file__).with_name("failing.c")
_LOADED = "SCRAPFLOW_FAILING"


def is_possible() -> bool:
    """Tell whether calls can be made to fail here: on Linux, with a C compiler."""
    return sys.platform == "linux" and shutil.which("cc") is not None


def load() -> None:
    """Start this program again with the library loaded before libc, unless it is."""
    if os.environ.get(_LOADED) or not is_possible():
        return
    library = Path(tempfile.mkdtemp(prefix="failing-")) / "failing.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)
    env = os.environ | {"LD_PRELOAD": str(library), _LOADED: str(library)}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], env)


def is_loaded() -> bool:
    """Tell whether the library is loaded."""
    return _LOADED in os.environ


def arm(folder: Path, mode: int, at: int = 0, *, code: int = 0, calls: int = ALL, room: int = -1) -> None:
    """Let the ``at``-th of some calls below a folder fail, or kill this process; ``room`` bytes may be written."""
    ctypes.CDLL(None).failing_arm(
        mode, ctypes.c_long(at), code, calls, ctypes.c_long(room), os.fsencode(os.path.realpath(folder))
    )


def seen() -> int:
    """Return how many of the calls were made since."""
    count = ctypes.CDLL(None).failing_seen
    count.restype = ctypes.c_long
    return int(count())
