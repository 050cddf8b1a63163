"""A kind of movement and a material that are declared in the tables and made by one function are known everywhere."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scrapflow.vocabulary import KINDS

ROOT = Path(__file__).parents[2]
KIND = "resold,people,enterprise,outside,yes,deliver,origin_region,destination,no,#123456,1 2,sold on,되팔기,sold on by its owner"
MATERIAL = "tin,metals,,tin,주석,#654321"
MOST_MODULES = 14

SOLD_ON = """
import json, tempfile
from pathlib import Path

import pandas as pd

import scrapflow as sf
from scrapflow.exchange.looks import KIND_COLOURS
from scrapflow.queries.report import report
from scrapflow.runs import Run
from scrapflow.views.sankey import lay_out


def sell_on(run):
    "Two tonnes of tin arise in the works and are sold on: the one function that makes the new kind."
    period = run.periods.period.iloc[-1]
    leg = {"period": period, "kind": "resold", "material": "tin", "via": "own", "origin": "works", "destination": "outside"}
    leg |= {"tonnage_t": 2.0, "path_id": "", "basis": "modelled", "grade": ""}
    zero = dict.fromkeys(["opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t"], 0.0)
    here = {"period": period, "material": "tin", "via": "own", **zero}
    stocks = [here | {"node_id": "works", "arising_t": 2.0, "out_t": 2.0}, here | {"node_id": "outside", "in_t": 2.0, "closing_t": 2.0}]
    more = {"movements": pd.concat([run.movements, pd.DataFrame([leg])]), "stocks": pd.concat([run.stocks, pd.DataFrame(stocks)])}
    keys = {"movements": list(run.movements.columns), "stocks": ["period", "node_id", "material", "via"]}
    return Run(run.tables | {n: f.sort_values(keys[n], ignore_index=True) for n, f in more.items()}, run.meta, run.basemap)


run = sell_on(sf.run(sf.read_world("toy")))
run.check()
"""

ANSWERS = """
answer = {
    "total": float(run.totals()["resold_t"]),
    "report": report(run),
    "diverted": run.flows.diverted().by("destination").to_dict("records"),
    "group": run.flows.kind("resold").of("metals").total_t,
    "to": run.flows.to("outside").total_t,
    "trace": sf.trace(run, to="outside", by=["kind", "material", "origin"]).to_dict("records"),
    "sankey": sorted(set(lay_out(run.flows).ribbons.kind)),
    "yards": sf.yards(run, by="name").columns.tolist(),
    "colour": KIND_COLOURS["resold"],
    "what_if": float(sf.what_if(run, close=["rail_far"]).b.totals()["resold_t"]),
}
with tempfile.TemporaryDirectory() as folder:
    run.save(Path(folder) / "run")
    answer["read"] = float(sf.read_run(Path(folder) / "run").totals()["resold_t"])
    sf.export(run, "gpkg", Path(folder) / "out.gpkg")
    answer["export"] = any(b"resold" in p.read_bytes() for p in Path(folder).glob("out*"))
print(json.dumps(answer))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    """A copy of the package with one more kind and one more material in its tables."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "scrapflow", folder / "scrapflow", ignore=shutil.ignore_patterns("__pycache__", "assets"))
    (folder / "scrapflow" / "views" / "assets").symlink_to(ROOT / "scrapflow" / "views" / "assets")
    (folder / "geodata").symlink_to(ROOT / "geodata")
    _add(folder, "kinds", KIND)
    _add(folder, "materials", MATERIAL)
    return folder


def _add(folder: Path, table: str, row: str) -> None:
    file = folder / "scrapflow" / "vocabulary" / f"{table}.csv"
    file.write_text(f"{file.read_text('utf-8').rstrip()}\n{row}\n", "utf-8")


def in_package(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code against a copy of the package."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_declared_kind_and_material_are_known_everywhere(package):
    """Totals, report, diverted, groups, traces, diagram, yards, exports, a saved run and a what-if all have them."""
    done = in_package(package, SOLD_ON + ANSWERS)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["total"] == told["group"] == told["to"] == told["what_if"] == told["read"] == 2.0
    assert "sold on" in told["report"]
    assert {"destination": "outside", "kind": "resold", "tonnage_t": 2.0} in told["diverted"]
    assert told["trace"] == [{"kind": "resold", "material": "tin", "origin": "works", "tonnage_t": 2.0, "share": 1.0}]
    assert "resold" in told["sankey"]
    assert "tin_t" in told["yards"]
    assert told["colour"] == "#123456"
    assert told["export"]


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("kinds", KIND.replace("resold", "lent").replace(",deliver,", ",,"), "row lent, column tracing: '' is none of"),
        (
            "kinds",
            KIND.replace("resold", "lent").replace("people", "ghost"),
            "row lent, column mover: 'ghost' is none of",
        ),
        ("materials", "brass,,alloy,brass,,#000000", "row brass, column role: 'alloy' is none of"),
        ("totals", "odd_t,account,odd_t,odd,,odd", "row odd_t: there is no account 'odd_t'"),
    ],
)
def test_a_word_without_its_rule_fails_loudly(package, tmp_path, table, row, said):
    """A row that lacks a rule is refused when the package is used, with the table's row and column."""
    copy = tmp_path / "copy"
    shutil.copytree(package, copy, symlinks=True)
    _add(copy, table, row)
    done = in_package(copy, "from scrapflow.vocabulary.totals import totals; totals()")
    assert done.returncode != 0
    assert said in done.stderr


def test_few_modules_name_a_kind_of_movement():
    """Outside the vocabulary only modules that make or draw a kind name one; all others ask the table what it does."""
    named = []
    for path in sorted((ROOT / "scrapflow").rglob("*.py")):
        words = {n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)}
        if words & set(KINDS) and path.parent.name != "vocabulary":
            named.append(str(path.relative_to(ROOT)))
    assert len(named) <= MOST_MODULES, named
    makers = (
        "scrapflow/campaign/",
        "scrapflow/views/",
        "scrapflow/exchange/",
        "scrapflow/network/",
        "scrapflow/pipeline",
    )
    assert [path for path in named if not path.startswith(makers)] == []
