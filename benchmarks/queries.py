"""Queries on saved runs of 10⁵, 10⁶ and 10⁷ movements.

The same question asked of the same Parquet files by scrapflow, by hand in DuckDB and polars, and in pandas, loading
included, because a query on disk includes it. Milliseconds, least of seven turns (pandas at 10⁷: of one); `scrapflow/hand` is
scrapflow against the same query by hand in its own engine, wanted ≤ 1.3 where a filter leaves little. `peak_mb` is the
most memory a fresh process took for scrapflow's answer, and for that of pandas.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

SIZES = (10**5, 10**6, 10**7)
ROUNDS = 7
KINDS = np.array(["carted", "leaked", "looted", "returned", "shipped"])
MATERIALS = np.array(["appliance", "idle_machinery", "obsolete_machinery", "scrap", "working_machinery"])
WORKS = np.array([f"works-{i:05d}" for i in range(2000)])
YARDS = np.array([f"yard-{i:04d}" for i in range(300)])
MILLS = np.array([f"mill-{i}" for i in range(8)])
MONTHS = [f"2015-{m:02d}" for m in range(1, 13)]


class Folder(dict):
    """Tables of a run whose movements lie on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(_places())
        self.folder = folder

    def files(self, name: str) -> list[Path]:
        """Return the files of the movements; other tables are in memory."""
        return sorted(self.folder.glob("*.parquet")) if name == "movements" else []


def _places() -> dict[str, pd.DataFrame]:
    nodes = pd.DataFrame({"node_id": [*WORKS, *YARDS, *MILLS]})
    nodes["name"] = nodes["node_id"].str.replace("-", " ")
    nodes["kind"] = ["enterprise"] * len(WORKS) + ["yard"] * len(YARDS) + ["mill"] * len(MILLS)
    nodes["region"] = [f"Region {i % 12}" for i in range(len(nodes))]
    nodes["region_id"] = nodes["region"]
    regions = sorted(set(nodes["region"]))
    return {
        "nodes": nodes,
        "links": pd.DataFrame({"link_id": ["l"], "from_node_id": [YARDS[0]], "to_node_id": [MILLS[0]]}),
        "regions": pd.DataFrame({"region_id": regions, "name": regions, "parent_id": ""}),
        "periods": pd.DataFrame(
            {"period": MONTHS, "start": [f"{m}-01" for m in MONTHS], "end": [f"{m}-28" for m in MONTHS]}
        ),
        "paths": pd.DataFrame({"path_id": ["p"], "seq": [0], "link_id": ["l"], "forward": [True]}),
    }


def write(folder: Path, n: int) -> None:
    """Write n random movements as scrapflow would, one file a month."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(n)
    for month in MONTHS:
        k = np.sort(rng.choice(5, n // 12, p=[0.45, 0.01, 0.04, 0.1, 0.4]))
        size = len(k)
        works, yards, mills = (a[rng.integers(0, len(a), size)] for a in (WORKS, YARDS, MILLS))
        origin = np.where(np.isin(k, [0, 2]), works, yards)
        destination = np.select([k == 4, k == 0], [mills, yards], works)
        frame = pd.DataFrame({"period": month, "kind": KINDS[k], "material": MATERIALS[rng.integers(0, 5, size)]})
        frame["via"] = np.where(rng.random(size) < 0.1, "looted", "own")
        frame["origin"], frame["destination"] = origin, destination
        frame["tonnage_t"] = rng.uniform(0.1, 9.0, size)
        frame["path_id"] = frame["origin"] + ">" + frame["destination"]
        frame["basis"], frame["grade"] = "assumed", "B3"
        frame = frame.astype({c: "str" for c in frame.columns if c != "tonnage_t"})
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pq.write_table(table, folder / f"{month}.parquet", compression="zstd", row_group_size=250_000)


def _arrow(con, sql: str) -> pd.DataFrame:
    return con.sql(sql).to_arrow_table().to_pandas()


def questions(folder: Path) -> dict[str, dict]:
    """Return each question as one callable per tool."""
    import duckdb

    from scrapflow.runs import Run

    places = _places()["nodes"]
    flows = Run(Folder(folder), {"world": "bench", "campaign": "2015"}).flows
    con = duckdb.connect()
    con.register("nodes", places)
    con.execute(f"CREATE VIEW m AS SELECT * FROM '{folder}/*.parquet'")

    def hand(sql: str):
        return partial(_arrow, con, sql)

    def load() -> pd.DataFrame:
        return pd.read_parquet(folder)

    def everything(*columns: str) -> pd.Series:
        return load().groupby(list(columns))["tonnage_t"].sum()

    def one_mill() -> pd.DataFrame:
        m = load()
        m = m[(m["destination"] == "mill-3") & (m["period"] == "2015-03")]
        return m.merge(places, left_on="origin", right_on="node_id").groupby("region")["tonnage_t"].sum()

    def machines() -> pd.DataFrame:
        m = load()
        m = m[m["material"].str.endswith("machinery") & (m["kind"] == "returned")]
        return m.groupby(["period", "destination"])["tonnage_t"].sum()

    asked = {
        "one mill, one month, by region": {
            "scrapflow": lambda: flows.to("mill-3").during("2015-03").by("region"),
            "duckdb": hand(
                "SELECT n.region, sum(tonnage_t) t FROM m JOIN nodes n ON n.node_id = m.origin"
                " WHERE destination = 'mill-3' AND period = '2015-03' GROUP BY 1 ORDER BY 2 DESC, 1"
            ),
            "pandas": one_mill,
        },
        "machines carried back, by period and owner": {
            "scrapflow": lambda: flows.kind("returned").of("machinery").by("period", "destination"),
            "duckdb": hand(
                "SELECT period, destination, sum(tonnage_t) t FROM m WHERE kind = 'returned' AND material IN"
                " ('obsolete_machinery', 'idle_machinery', 'working_machinery') GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
            ),
            "pandas": machines,
        },
        "everything, by period, kind and material": {
            "scrapflow": lambda: flows.by("period", "kind", "material"),
            "duckdb": hand(
                "SELECT period, kind, material, sum(tonnage_t) t FROM m GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
            ),
            "pandas": partial(everything, "period", "kind", "material"),
        },
        "everything, by kind, origin and destination": {
            "scrapflow": lambda: flows.by("kind", "origin", "destination"),
            "duckdb": hand(
                "SELECT kind, origin, destination, sum(tonnage_t) t FROM m GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
            ),
            "pandas": partial(everything, "kind", "origin", "destination"),
        },
    }
    if importlib.util.find_spec("polars"):
        for question, ask in _polars(folder, places).items():
            asked[question]["polars"] = ask
    return asked


def _polars(folder: Path, places: pd.DataFrame) -> dict:
    import polars as pl

    scan = pl.scan_parquet(folder / "*.parquet")
    nodes = pl.from_pandas(places).lazy()
    tonnes = pl.col("tonnage_t").sum()

    def groups(frame: pl.LazyFrame, *by: str):
        return lambda: frame.group_by(*by).agg(tonnes).sort("tonnage_t", descending=True).collect()

    one = scan.filter((pl.col("destination") == "mill-3") & (pl.col("period") == "2015-03"))
    back = scan.filter((pl.col("kind") == "returned") & pl.col("material").str.ends_with("machinery"))
    return {
        "one mill, one month, by region": groups(one.join(nodes, left_on="origin", right_on="node_id"), "region"),
        "machines carried back, by period and owner": groups(back, "period", "destination"),
        "everything, by period, kind and material": groups(scan, "period", "kind", "material"),
        "everything, by kind, origin and destination": groups(scan, "kind", "origin", "destination"),
    }


def _least_ms(asks: dict, slow: set[str]) -> dict[str, float]:
    """Return the least time of each tool; they take turns, so that a busy machine is busy for all of them."""
    least = dict.fromkeys(asks, float("inf"))
    for turn in range(ROUNDS):
        for tool, ask in asks.items():
            if turn == 0 or tool not in slow:
                start = time.perf_counter()
                ask()
                least[tool] = min(least[tool], time.perf_counter() - start)
    return {tool: round(t * 1000, 1) for tool, t in least.items()}


def _peak_mb(folder: Path, tool: str, question: str) -> float:
    """Return the most memory a fresh process takes to answer, in MB."""
    out = subprocess.run(
        [sys.executable, __file__, str(folder), tool, question], capture_output=True, text=True, check=True
    )
    return float(out.stdout)


def rows() -> list[dict]:
    """Measure every question at every size."""
    out = []
    for n in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, n)
            for question, asks in questions(folder).items():
                row = {"movements": f"{n:,}", "question": question}
                least = _least_ms(asks, {"pandas"} if n == max(SIZES) else set())
                row |= {f"{t}_ms": least[t] for t in ("scrapflow", "duckdb", "polars", "pandas") if t in least}
                row["scrapflow/hand"] = round(row["scrapflow_ms"] / row["duckdb_ms"], 2)
                row["pandas/scrapflow"] = round(row["pandas_ms"] / row["scrapflow_ms"], 1)
                for tool in ("scrapflow", "pandas"):
                    row[f"{tool}_peak_mb"] = round(_peak_mb(folder, tool, question)) if n == max(SIZES) else None
                out.append(row)
    return out


if __name__ == "__main__":
    questions(Path(sys.argv[1]))[sys.argv[3]][sys.argv[2]]()
    # The kernel counts from the start of this program; getrusage would count the memory of the one that started it.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
