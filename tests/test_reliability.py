"""Short forms of the campaigns of scripts/reliability.py, whose figures stand in docs/reliability.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def attack(tmp_path, campaign, *options, count):
    """Run a campaign briefly; return its lines."""
    command = [sys.executable, "-W", "ignore", str(ROOT / "scripts" / "reliability.py"), campaign]
    done = subprocess.run(
        [*command, "--count", str(count), "--log", str(tmp_path), *options], check=False, capture_output=True, text=True
    )
    lines = [json.loads(line) for line in (tmp_path / f"{campaign}-1.jsonl").read_text().splitlines()]
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert [line for line in lines if line["wrong"]] == []
    return lines


@pytest.mark.skipif(sys.platform != "linux", reason="calls are made to fail through Linux's libc")
def test_a_kill_at_every_flush_and_rename_leaves_a_whole_export(tmp_path):
    """A folder of ours that is written over another is one or the other, whenever the process dies, and nothing is left."""
    lines = attack(tmp_path, "kill", "--only", "export gmns", count=4)
    assert len(lines) > 20


@pytest.mark.skipif(sys.platform != "linux", reason="calls are made to fail through Linux's libc")
def test_a_disk_that_refuses_any_call_loses_nothing(tmp_path):
    """Full, over quota, read-only, broken: the old file stays, the message says why, nothing is left beside it."""
    lines = attack(tmp_path, "disk", "--only", "map", count=70)
    assert {line["sort"] for line in lines} >= {"map: a call refused"}


def test_random_changes_end_with_a_result_or_a_message(tmp_path):
    """Worlds, campaigns, runs, GeoPackages, Parquet files, files of lines, arguments, verbs: no traceback, no hang, no number that is none."""
    lines = attack(tmp_path, "mutated", count=34)
    assert len({line["sort"] for line in lines}) == 10


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked")
def test_who_reads_while_others_save_gets_one_run_or_is_told(tmp_path):
    """Two savers, ten readers: never a mixture, never an error of a library."""
    lines = attack(tmp_path, "readers", "--seconds", "1", count=10)
    assert len(lines) >= 10


def test_no_text_of_a_world_becomes_a_script_a_request_or_a_formula(tmp_path):
    """Hostile texts in every cell of one world, through everything that people open, in Chromium with a listener."""
    assert len(attack(tmp_path, "hostile", count=1)) > 20


def test_every_writer_makes_the_same_bytes_elsewhere(tmp_path):
    """Another hash seed, time zone and locale, no home, without assertions: the same bytes of every kind of file."""
    assert len(attack(tmp_path, "machines", "--only", "all at once", count=1)) > 15
