"""The section ``[operators]`` of ``world.toml``: what is wrong with it is said, and its cost is an assumption."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.errors import InputError

GOOD = """
[operators]
change_cost_per_t = 100
change_cost_per_t_low = 50
change_cost_per_t_high = 200
"""


def said(folder, section):
    """Messages of the check about the section, by key."""
    with (folder.path / "world.toml").open("a", encoding="utf-8") as file:
        file.write(section)
    found = sf.read_world(folder.path, strict=False).check()
    rows = found[(found["table"] == "world.toml") & (found["severity"] == "error")]
    return dict(zip(rows["column"], rows["message"], strict=True))


def test_a_section_in_order_is_read_and_listed(folder):
    """Its cost stands among the assumptions, with its range."""
    folder.set("links", "rail_far", operator="north")
    assert said(folder, GOOD) == {}
    listed = sf.read_world(folder.path).assumptions()
    row = listed[listed["column"] == "change_cost_per_t"].iloc[0]
    told = row[["table", "row", "value", "low", "high", "basis"]].tolist()
    assert told == ["world.toml", "operators", 100, 50, 200, "assumed"]


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("change_cost = 3", "change_cost", "change_cost_per_t"),
        ("change_cost_per_t = -1", "change_cost_per_t", "from 0 on"),
        ('change_cost_per_t = "dear"', "change_cost_per_t", "a number"),
        ("change_cost_per_t = 100", "change_cost_per_t", "a low and a high"),
        ("together = [['north']]", "change_cost_per_t", "is missing"),
        ("change_cost_per_t = inf\ntogether = ['north']", "together", "a list of groups"),
        ("change_cost_per_t = inf\ntogether = [['nroth']]", "together", "did you mean"),
        ("change_cost_per_t = inf\ntogether = [['north'], ['north']]", "together", "twice"),
        ("change_cost_per_t = 1\nchange_cost_per_t_basis = 'reported'", "change_cost_per_t_source_id", "a source"),
        (
            "change_cost_per_t = 1\nchange_cost_per_t_basis = 'guess'",
            "change_cost_per_t_basis",
            "reported, derived, assumed",
        ),
        ("change_cost_per_t = inf\nchange_cost_per_t_source_id = 'nobody'", "change_cost_per_t_source_id", "no source"),
    ],
)
def test_what_is_wrong_is_named_with_the_fix(folder, line, column, words):
    """Each fault is an error of world.toml under its key."""
    folder.set("links", "rail_far", operator="north")
    assert words in said(folder, f"\n[operators]\n{line}\n")[column]


def test_a_world_that_is_wrong_there_is_refused(folder):
    """Reading names the key; nothing is run with half a setting."""
    with (folder.path / "world.toml").open("a", encoding="utf-8") as file:
        file.write("\n[operators]\nchange_cost_per_t = 5\n")
    with pytest.raises(InputError, match="change_cost_per_t"):
        sf.read_world(folder.path)


def test_a_value_outside_of_its_range_is_an_error(folder):
    """As in the tables."""
    assert "outside" in said(folder, GOOD.replace("= 100", "= 300"))["change_cost_per_t"]


def test_a_copy_keeps_the_section(folder, tmp_path):
    """A world that is written and read again asks the same."""
    said(folder, GOOD)
    world = sf.read_world(folder.path)
    world.write(tmp_path / "again")
    assert sf.read_world(tmp_path / "again").settings["operators"] == world.settings["operators"]
