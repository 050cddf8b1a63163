"""The lists of CONTRIBUTING.md, followed in the files named, and no others.

Here a table of a world, an export format, a quota kind, a solver and a kind of movement that people make. A kind and a material that
a run is handed are added in ``tests/vocabulary/test_new_words.py``, and on the page of the map, beside a panel, in
``tests/views/test_new_words_on_a_page.py``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = """column,type,unit,required,default,allowed,minimum,maximum,references,meaning
visit_id,string,,key,,,,,,identifier
node_id,string,,yes,,,,,nodes.node_id,place visited
days,number,d,no,1,,0,,,how long
"""
FORMAT = '''"""One line."""


def write(run, place):
    """Write the name of a run."""
    place.write_text(run.name, encoding="utf-8")
'''
COUNTER = """def _enterprises(rule, workers, pools, places, residents):
    return Heads((workers > 0).astype(np.float64), np.zeros_like(pools))


COUNTERS"""
SOLD_BY_NIGHT = '    yield _Piece(LEAKED, LOOTED, step, held, c, places.outside, places.no_link, told("sold_looted")'
RESOLD = f"""{SOLD_BY_NIGHT} / 2)
{SOLD_BY_NIGHT.replace("LEAKED", 'KINDS.index("resold")')} / 2"""
SOLVER = '''"""One line."""

from scrapflow.routing.linear import solve_linear


def solve_twin(net, *, penalty=None):
    """Solve a network as the linear solver does."""
    return solve_linear(net, penalty=penalty)
'''
CODE = """
import json
from pathlib import Path

import pandas as pd

import scrapflow as sf
from scrapflow.errors import InputError

folder = sf.read_world("toy").write(Path("own"))
visits = folder / "visits.csv"
visits.write_text("visit_id,node_id,days\\nv1,works,2\\n", encoding="utf-8")
world = sf.read_world(folder)
answer = {"days": world.tables["visits"]["days"].tolist()}
world.write(Path("own.gpkg"))
answer["gpkg"] = sf.read_world("own.gpkg").tables["visits"]["node_id"].tolist()
visits.write_text("visit_id,node_id,days\\nv1,wroks,-2\\n", encoding="utf-8")
answer["faults"] = sf.read_world(folder, strict=False).check().query("table == 'visits'")["message"].tolist()

campaign = sf.read_campaign(sf.read_world("toy"), "2015").update({"quota.headcount.kind": "per_enterprise"})
run = sf.run(sf.read_world("toy"), campaign)
answer["quota"] = run.quotas.query("rule_id == 'headcount' and node_id == 'works'")["quota_t"].tolist()
sf.export(run, "one_line", Path("line.txt"))
answer["format"] = Path("line.txt").read_text(encoding="utf-8") == run.name
try:
    sf.export(run, "one_lime", Path("line.txt"))
except (InputError, KeyError, ValueError) as fault:
    answer["hint"] = str(fault)

campaign = sf.read_campaign(sf.read_world("toy")).update({"leakage.share": 0.5})
run = sf.run(sf.read_world("toy"), campaign)
ens = sf.ensemble(sf.read_world("toy"), campaign, n=1, processes=1)
answer["resold"] = [run.totals()["resold_t"], ens.central.totals()["resold_t"], run.flows.to("outside").kind("resold").total_t]
answer["in_members"] = ens.totals["resold_t"].tolist()
nodes = pd.DataFrame({"node_id": ["yard", "mill"], "supply_t": [5.5, 0], "demand_t": [0, 4]})
links = {"link_id": ["rail"], "from_node_id": ["yard"], "to_node_id": ["mill"], "capacity_t": [9.0], "cost_per_t": [2.0]}
answer["cost"] = sf.solve(sf.FlowProblem(nodes, pd.DataFrame(links)), solver="twin").cost
print(json.dumps(answer))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A copy of the package in which each list was followed."""
    folder = tmp_path_factory.mktemp("added")
    shutil.copytree(ROOT / "scrapflow", folder / "scrapflow", ignore=shutil.ignore_patterns("__pycache__", "assets"))
    (folder / "scrapflow" / "views" / "assets").symlink_to(ROOT / "scrapflow" / "views" / "assets")
    (folder / "geodata").symlink_to(ROOT / "geodata")
    schema = folder / "scrapflow" / "world" / "schema"
    (schema / "visits.csv").write_text(TABLE, encoding="utf-8")
    _put(schema / "tables.csv", "", "visits,no,,who was where\n")
    (folder / "scrapflow" / "exchange" / "one_line.py").write_text(FORMAT, encoding="utf-8")
    formats = folder / "scrapflow" / "exchange" / "formats.py"
    _put(formats, "FORMATS = {\n", '    "one_line": Format("scrapflow.exchange.one_line", "its name"),\n')
    quota = folder / "scrapflow" / "campaign" / "quota.py"
    quota.write_text(quota.read_text("utf-8").replace("COUNTERS: dict", f"{COUNTER}: dict", 1), encoding="utf-8")
    _put(quota, "COUNTERS: dict[str, Counter] = {\n", '    "per_enterprise": _enterprises,\n')
    vocabulary = folder / "scrapflow" / "vocabulary"
    _put(
        vocabulary / "kinds.csv",
        "",
        "resold,people,community,outside,yes,deliver,origin,destination,no,#117733,5 5,sold on,되팔기,sold on\n",
    )
    _put(vocabulary / "totals.csv", "", "resold_t,kind,resold,sold on,sold on,sold on by residents\n")
    legs = folder / "scrapflow" / "campaign" / "people_legs.py"
    legs.write_text(legs.read_text("utf-8").replace(SOLD_BY_NIGHT, RESOLD, 1), encoding="utf-8")
    (folder / "scrapflow" / "routing" / "twin.py").write_text(SOLVER, encoding="utf-8")
    solvers = folder / "scrapflow" / "routing" / "solve.py"
    _put(
        solvers,
        "from scrapflow.routing.time_expansion import Net, expand\n",
        "from scrapflow.routing.twin import solve_twin\n",
    )
    _put(solvers, "SOLVERS: dict[str, NetSolver] = {", '"twin": solve_twin, ')
    return folder


def _put(file: Path, after: str, line: str) -> None:
    text = file.read_text("utf-8")
    file.write_text(text.replace(after, after + line, 1) if after else f"{text.rstrip()}\n{line}", encoding="utf-8")


def _told(package, *command):
    done = subprocess.run(
        [sys.executable, *command],
        env=os.environ | {"PYTHONPATH": str(package)},
        cwd=package,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_the_lists_name_is_enough(package):
    """Each is used at once.

    The table is read, checked, referred from and written; the quota is owed by each enterprise; the format is written and offered.
    Half of what residents take at night and sell abroad is sold on: in a run, its queries and the members of an ensemble. 4 t at 2.
    """
    answer = json.loads(_told(package, "-c", CODE).splitlines()[-1])
    assert answer["days"] == [2.0]
    assert answer["gpkg"] == ["works"]
    assert any("works" in fault for fault in answer["faults"])
    assert any("-2" in fault for fault in answer["faults"])
    assert answer["quota"] == [0.02, 0.02]
    assert answer["format"]
    assert "one_line" in answer["hint"]
    assert answer["resold"] == [pytest.approx(0.984375)] * 3
    assert answer["in_members"][0] > 0
    assert answer["cost"] == 8.0


def test_the_command_offers_what_was_added(package):
    """The help of ``export`` lists its formats from the table."""
    assert "one_line" in _told(package, "-m", "scrapflow", "export", "--help")
