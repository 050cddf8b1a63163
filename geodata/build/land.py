"""Land and borders for worlds without a basemap: Natural Earth 1:110m, from the npm package ``world-atlas``.

``python -m geodata.build.land`` fetches the package with ``npm pack`` into a temporary folder and writes
``scrapflow/views/land.json``: rows ``[name, [ring, …]]``, a ring being x and y in hundredths of a degree, in turn.
Natural Earth is in the public domain.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from geodata.build.basemap import features, fetch

TARGET = Path(__file__).parents[2] / "scrapflow" / "views" / "land.json"
PER_DEGREE = 100


def rows(package: Path) -> list[list]:
    """Return the countries with their rings, sorted by name."""
    topology = json.loads((package / "countries-110m.json").read_text(encoding="utf-8"))
    out = []
    for feature in features(topology, "countries"):
        rings = [ring for polygon in feature["geometry"]["coordinates"] for ring in polygon]
        steps = [[round(v * PER_DEGREE) for point in ring for v in point] for ring in rings]
        out.append([str(feature["properties"].get("name", "")), steps])
    return sorted(out, key=lambda row: row[0])


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        text = json.dumps(rows(fetch(Path(folder), "world-atlas")), ensure_ascii=True, separators=(",", ":"))
    TARGET.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
