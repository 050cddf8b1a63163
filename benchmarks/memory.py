"""The most memory this process has taken."""

from __future__ import annotations

import re
from pathlib import Path


def peak_mb() -> float:
    """Return the high-water mark of resident memory in MB, from Linux's own count.

    Not ``ru_maxrss``: a child inherits there what its parent had at the fork.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024
