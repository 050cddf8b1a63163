"""Same input, same seed: the same bytes, whatever the hash seed and the time zone."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

SETTINGS = ({"PYTHONHASHSEED": "1", "TZ": "Asia/Pyongyang"}, {"PYTHONHASHSEED": "4242", "TZ": "America/Caracas"})


def digests(folder):
    """Return the SHA-256 of every file below a folder, by relative path."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.mark.parametrize(("world", "mode"), [("toy", "sampled"), ("dprk", "expected")])
def test_maps_and_tables_are_the_same_to_the_byte(tmp_path, world, mode):
    """Two processes with other hash seeds and time zones write equal HTML and equal Parquet files."""
    found = []
    for i, setting in enumerate(SETTINGS):
        folder = tmp_path / str(i)
        folder.mkdir()
        command = [sys.executable, "-m", "scrapflow"]
        rest = [world, "--campaign", "2015", "--mode", mode, "--seed", "7", "-o"]
        for verb, target in (("map", "map.html"), ("run", "run")):
            subprocess.run(
                [*command, verb, *rest, str(folder / target)],
                check=True,
                env=os.environ | setting,
                stdout=subprocess.DEVNULL,
            )
        found.append(digests(folder))
    assert found[0] == found[1]
    assert len(found[0]) > 10
