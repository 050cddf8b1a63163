"""The short form of ``scripts/random_moves.py``: ten moves, each the picture of a fresh run."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

import scrapflow as sf

pytest.importorskip("anywidget")


def test_ten_random_moves_each_equal_a_fresh_run():
    """Sliders and closures of the toy world, in a world that is read anew for every comparison; and a picture that was kept is noticed."""
    path = Path(__file__).parents[2] / "scripts" / "random_moves.py"
    spec = importlib.util.spec_from_file_location("random_moves", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    widget = sf.explore(sf.read_world("toy"), "2015", settings=["quota.headcount.kg", "looting.share"])
    wishes = list(script.moves(widget, 10, 3))
    assert [script.differing(widget, "toy", wish) for wish in wishes] == [[]] * 10
    kept = widget._steering.run({"quota.headcount.kg": 10.0}, ())
    widget._steering.run = lambda *_: kept
    assert "hash" in script.differing(widget, "toy", {"n": 11, "values": {"quota.headcount.kg": 30.0}, "closed": []})
