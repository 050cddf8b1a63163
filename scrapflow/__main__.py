"""Make ``python -m scrapflow`` the same as the command ``scrapflow``."""

from __future__ import annotations

import gc
import sys

STOPPED = 130
"""Exit code of what Ctrl-C stopped, as shells know it."""


def main() -> None:
    """Run the command line; whoever stops it while it is still being loaded sees no traceback either."""
    gc.disable()  # what is loaded stays for good: there is nothing for the collector in it
    try:
        from scrapflow.cli import main as commands

        gc.freeze()
        gc.enable()
        commands()
    except KeyboardInterrupt:
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
