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
    """Processes with other hash seeds and time zones write equal Parquet files and equal HTML.

    The toy's map is made from the world, the real one's from the run that was saved, so that both ways are tried.
    """
    found = []
    for i, setting in enumerate(SETTINGS):
        folder = tmp_path / str(i)
        folder.mkdir()
        command = [sys.executable, "-m", "scrapflow"]
        rest = [world, "--campaign", "2015", "--mode", mode, "--seed", "7", "-o"]
        drawn = rest[:-1] if world == "toy" else []
        for words in (["run", *rest, folder / "run"], ["map", *(drawn or [folder / "run"]), "-o", folder / "map.html"]):
            subprocess.run(
                [*command, *map(str, words)],
                check=True,
                env=os.environ | setting,
                stdout=subprocess.DEVNULL,
            )
        found.append(digests(folder))
    assert found[0] == found[1]
    assert len(found[0]) > 10
