"""Draw every map that the documentation shows, and a page that links them, into maps/."""

from __future__ import annotations

import subprocess
import sys
from html import escape
from pathlib import Path

MAPS = Path(__file__).parents[1] / "maps"
DRAWN = {
    "dprk-2015.html": ("North Korea, campaign of 2015", ["map", "dprk", "--campaign", "2015", "--members", "200"]),
    "dprk-2012.html": ("North Korea, campaign of 2012", ["map", "dprk", "--campaign", "2012"]),
    "dprk-2023.html": ("North Korea, campaign of 2023", ["map", "dprk", "--campaign", "2023"]),
    "dprk-2012-and-2015.html": ("North Korea, 2012 beside 2015", ["compare", "2012", "2015", "--world", "dprk"]),
    "toy.html": ("Six nodes that can be checked on paper", ["map", "toy"]),
}
"""Each page: its title, and the command that draws it."""


def main() -> None:
    """Draw them one after the other; stop at the first that fails."""
    for name, (title, command) in DRAWN.items():
        print(f"{name}: {title}", flush=True)
        subprocess.run([sys.executable, "-m", "scrapflow", *command, "-o", str(MAPS / name)], check=True)
    items = "\n".join(f'<li><a href="{name}">{escape(title)}</a></li>' for name, (title, _) in DRAWN.items())
    head = '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>scrapflow: maps</title>'
    page = f"{head}\n<h1>scrapflow: maps</h1>\n<ul>\n{items}\n</ul>\n</html>\n"
    (MAPS / "index.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
