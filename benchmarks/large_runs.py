"""Saved runs of 10⁷ movements, asked in fresh processes: how much memory and time each question takes.

*Split* is the run of `dprk` with every movement written down as two hundred equal ones: as many rows as a large country
has, of the kinds and places of a real campaign. *Different* are random flows over twelve months between 6,000 works, 300
yards and 8 mills, given to `sf.run_from`: hardly two rows agree in place, month and material, so that a table of them
all has ten million rows too. Each question is asked in a process of its own that reads the run first; `peak_mb` is the
most memory it took (wanted: below 1,000), `read` being what importing and reading alone take, `read, checked` with
every file hashed and the ledger checked. A map of ten million different rows, and tracing them, take more than this
machine's patience: a map of 164 MB is nobody's.
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
PARTS = 200
LEFT_OUT = {"split": {"read, checked"}, "different": {"map", "picture", "trace"}}
"""Questions that are not asked: a run that was taken apart is not as its manifest says."""
MONTHS = [f"2015-{m:02d}" for m in range(1, 13)]


def _trace(run, folder: Path) -> None:
    import scrapflow as sf

    sf.trace(run, to=_mill(run))


def _mill(run) -> str:
    return str(run.nodes.loc[run.nodes["node_id"].isin(["mill-3", "mill_kangson"]), "node_id"].iloc[0])


def _map(run, folder: Path) -> None:
    import scrapflow as sf

    sf.save_map(sf.map_flows(run), folder / "map.html")


def _picture(run, folder: Path) -> None:
    import scrapflow as sf

    sf.save_picture(run, folder / "map.png")


def _export(run, form: str, target: Path) -> None:
    import scrapflow as sf

    sf.export(run, form, target)


QUESTIONS = {
    "read": lambda run, folder: run.meta,
    "read, checked": lambda run, folder: run.meta,
    "totals": lambda run, folder: run.totals(),
    "repr": lambda run, folder: repr(run),
    "summary": lambda run, folder: run.summary(),
    "flows.by": lambda run, folder: run.flows.to(_mill(run)).by("region"),
    "trace": _trace,
    "map": _map,
    "picture": _picture,
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


def write_split(folder: Path) -> None:
    """Save the run of dprk with every movement in two hundred equal parts."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    import scrapflow as sf

    sf.run(sf.read_world("dprk")).save(folder)
    for file in (folder / "movements").glob("*.parquet"):
        table = pq.read_table(file)
        part = pc.divide(table["tonnage_t"], float(PARTS))
        table = table.set_column(table.schema.get_field_index("tonnage_t"), "tonnage_t", part)
        pq.write_table(pa.concat_tables([table] * PARTS), file, compression="zstd", row_group_size=250_000)


def rows() -> list[dict]:
    """Ask each question of both runs."""
    out = []
    with tempfile.TemporaryDirectory() as home:
        for name, make in (("split", write_split), ("different", write)):
            run = Path(home) / name
            make(run)
            for question in QUESTIONS:
                if question not in LEFT_OUT[name]:
                    command = [sys.executable, __file__, str(run), question]
                    done = subprocess.run(command, capture_output=True, text=True, check=True)
                    peak, seconds = map(float, done.stdout.split())
                    out.append({"movements": name, "question": question, "peak_mb": peak, "seconds": seconds})
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
