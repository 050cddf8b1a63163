"""The command line, against the libraries it stands on.

Each command runs in a fresh process, in turn with the import of the libraries that no such tool can do without; of each the
least counts. Seconds are those of the processor, so that what else the machine does counts little, and the package is
compiled before, as pip does for what it installs.
"""

from __future__ import annotations

import compileall
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import scrapflow

SCRAPFLOW = [sys.executable, "-m", "scrapflow"]


def seconds(command: list[str]) -> float:
    """Run a command and return the processor seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rows(repeat: int = 5) -> list[dict]:
    """Measure help, checks, runs and maps against bare imports."""
    compileall.compile_dir(Path(scrapflow.__file__).parent, quiet=1)
    python = [sys.executable, "-c"]
    out = []
    with tempfile.TemporaryDirectory() as folder:
        html = str(Path(folder) / "map.html")
        groups = [
            ("import typer", [*python, "import typer"], [("scrapflow --help", [*SCRAPFLOW, "--help"], 2.0)]),
            (
                "import geopandas, folium",
                [*python, "import geopandas, folium"],
                [
                    ("scrapflow map dprk", [*SCRAPFLOW, "map", "dprk", "-c", "2015", "-o", html], 3.0),
                    ("scrapflow run dprk", [*SCRAPFLOW, "run", "dprk", "-c", "2015", "-o", f"{folder}/run"], None),
                    ("scrapflow check dprk", [*SCRAPFLOW, "check", "dprk"], None),
                    ("scrapflow map toy", [*SCRAPFLOW, "map", "toy", "-o", html], None),
                ],
            ),
        ]
        for name, base, commands in groups:
            measured = [[seconds(words) for words in (base, *(c for _, c, _ in commands))] for _ in range(repeat)]
            unit, *least = map(min, zip(*measured, strict=True))
            out.append({"command": f"python -c '{name}'", "cpu_s": unit, "ratio": 1.0, "wanted": ""})
            for (label, _, most), took in zip(commands, least, strict=True):
                wanted = f"at most {most:g}" if most else ""
                out.append({"command": label, "cpu_s": took, "ratio": took / unit, "wanted": wanted})
    return out
