"""Make ``python -m scrapflow`` the same as the command ``scrapflow``."""

from __future__ import annotations

import sys

STOPPED = 130
"""Exit code of what Ctrl-C stopped, as shells know it."""


def main() -> None:
    """Run the command line; whoever stops it while it is still being loaded sees no traceback either."""
    try:
        from scrapflow.cli import main as commands

        commands()
    except KeyboardInterrupt:
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
