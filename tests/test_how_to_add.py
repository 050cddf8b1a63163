"""The lists of CONTRIBUTING.md: a table of a world, an export format and a quota kind added in the files named, and no others.

A kind of movement and a material are added in ``tests/vocabulary/test_new_words.py``, and on the page of the map in
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
CODE = """
import json
from pathlib import Path

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
    """The table is read, checked, referred from and written; the quota is owed by each enterprise; the format is written and offered."""
    answer = json.loads(_told(package, "-c", CODE).splitlines()[-1])
    assert answer["days"] == [2.0]
    assert answer["gpkg"] == ["works"]
    assert any("works" in fault for fault in answer["faults"])
    assert any("-2" in fault for fault in answer["faults"])
    assert answer["quota"] == [0.02, 0.02]
    assert answer["format"]
    assert "one_line" in answer["hint"]


def test_the_command_offers_what_was_added(package):
    """The help of ``export`` lists its formats from the table."""
    assert "one_line" in _told(package, "-m", "scrapflow", "export", "--help")
