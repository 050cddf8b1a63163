"""The command line, against the libraries it stands on.

Each command runs in a fresh process, once to warm the caches and then several times; the median counts. The ratio is to
the import of the libraries that no such tool can do without, measured in the same run.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRAPFLOW = [sys.executable, "-m", "scrapflow"]


def _seconds(command: list[str], repeat: int) -> float:
    times = []
    for _ in range(repeat + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def rows() -> list[dict]:
    """Measure help, checks, runs and maps against bare imports."""
    python = [sys.executable, "-c"]
    out = []
    with tempfile.TemporaryDirectory() as folder:
        html = str(Path(folder) / "map.html")
        groups = [
            ("import typer", [*python, "import typer"], 9, [("scrapflow --help", [*SCRAPFLOW, "--help"], 2.0)]),
            (
                "import geopandas, folium",
                [*python, "import geopandas, folium"],
                5,
                [
                    ("scrapflow map dprk", [*SCRAPFLOW, "map", "dprk", "-c", "2015", "-o", html], 3.0),
                    ("scrapflow run dprk", [*SCRAPFLOW, "run", "dprk", "-c", "2015", "-o", f"{folder}/run"], None),
                    ("scrapflow check dprk", [*SCRAPFLOW, "check", "dprk"], None),
                    ("scrapflow map toy", [*SCRAPFLOW, "map", "toy", "-o", html], None),
                ],
            ),
        ]
        for name, base, repeat, commands in groups:
            unit = _seconds(base, repeat)
            out.append({"command": f"python -c '{name}'", "seconds": unit, "ratio": 1.0, "wanted": ""})
            for label, command, most in commands:
                took = _seconds(command, repeat)
                wanted = f"at most {most:g}" if most else ""
                out.append({"command": label, "seconds": took, "ratio": took / unit, "wanted": wanted})
    return out
