"""A saved run of 10⁷ movements, asked in fresh processes: how much memory and time each question takes.

Random flows over twelve months between 6,000 works, 300 yards and 8 mills, given to `sf.run_from` and saved. Each question
is asked in a process of its own that reads the run first; `peak_mb` is the most memory it took (wanted: below 1,000),
`read` being what importing and reading alone take, `read, checked` with every file hashed and the ledger checked.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from memory import peak_mb

MOVEMENTS = 11_000_000
"""Some fall on the same places, month and material, and are added up: ten million are left."""
MONTHS = [f"2015-{m:02d}" for m in range(1, 13)]


def _trace(run) -> None:
    import scrapflow as sf

    sf.trace(run, to="mill-3")


def _map(run, folder: Path) -> None:
    import scrapflow as sf

    sf.save_map(sf.map_flows(run), folder / "map.html")


def _export(run, form: str, target: Path) -> None:
    import scrapflow as sf

    sf.export(run, form, target)


QUESTIONS = {
    "read": lambda run, folder: run.meta,
    "read, checked": lambda run, folder: run.meta,
    "totals": lambda run, folder: run.totals(),
    "repr": lambda run, folder: repr(run),
    "summary": lambda run, folder: run.summary(),
    "flows.by": lambda run, folder: run.flows.to("mill-3").by("region"),
    "trace": lambda run, folder: _trace(run),
    "map": _map,
    "kepler": lambda run, folder: _export(run, "kepler", folder / "kepler"),
}


def write(folder: Path, n: int = MOVEMENTS) -> None:
    """Save a run of n random flows, with as many months, kinds and places as a campaign has."""
    import scrapflow as sf

    rng = np.random.default_rng(n)
    works = np.array([f"works-{i:04d}" for i in range(6000)])
    yards = np.array([f"yard-{i:03d}" for i in range(300)])
    mills = np.array([f"mill-{i}" for i in range(8)])
    kind = rng.choice(["carted", "returned", "shipped"], n, p=[0.8, 0.15, 0.05])
    at_works, at_yards, at_mills = (names[rng.integers(0, len(names), n)] for names in (works, yards, mills))
    flows = pd.DataFrame(
        {
            "origin": np.where(kind == "carted", at_works, at_yards),
            "destination": np.select([kind == "carted", kind == "shipped"], [at_yards, at_mills], at_works),
            "tonnes": rng.uniform(0.1, 9.0, n),
            "period": np.array(MONTHS)[rng.integers(0, 12, n)],
            "kind": kind,
            "material": rng.choice(["scrap", "obsolete_machinery", "idle_machinery"], n),
            "source": np.array([f"register {i}" for i in range(9)])[rng.integers(0, 9, n)],
        }
    )
    everywhere = np.concatenate([works, yards, mills])
    places = pd.DataFrame(
        {
            "id": everywhere,
            "name": [name.replace("-", " ") for name in everywhere],
            "lon": rng.uniform(125, 130, len(everywhere)),
            "lat": rng.uniform(38, 42, len(everywhere)),
            "region": [f"Region {i % 12}" for i in range(len(everywhere))],
        }
    )
    sf.run_from(flows, places=places).save(folder)


def rows() -> list[dict]:
    """Ask each question of the same saved run."""
    out = []
    with tempfile.TemporaryDirectory() as home:
        run = Path(home) / "run"
        write(run)
        for question in QUESTIONS:
            done = subprocess.run(
                [sys.executable, __file__, str(run), question], capture_output=True, text=True, check=True
            )
            peak, seconds = map(float, done.stdout.split())
            out.append({"question": question, "peak_mb": peak, "seconds": seconds})
    return out


def main() -> None:
    """Answer one question and print the most memory it took and the seconds."""
    import scrapflow as sf

    folder, question = Path(sys.argv[1]), sys.argv[2]
    start = time.perf_counter()
    run = sf.read_run(folder, check=question == "read, checked")
    QUESTIONS[question](run, folder.parent)
    print(peak_mb(), time.perf_counter() - start)


if __name__ == "__main__":
    main()
