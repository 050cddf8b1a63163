"""Derive geodata/dprk from the fact files. Run from anywhere: ``python geodata/build/build.py``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import rail
from common import write
from sources import Register


def main() -> None:
    """Build every table of the world."""
    register = Register()
    nodes, links, lines, rejected = rail.build(register)
    for text in rejected:
        print(text)  # noqa: T201
    write("nodes", nodes, "node_id")
    write("links", links, "link_id")
    write("lines", lines, "line_id")
    register.write()


if __name__ == "__main__":
    main()
