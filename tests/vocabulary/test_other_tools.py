"""Who writes what another tool calls it is told the line that does it here, and that line runs."""

from __future__ import annotations

import re

import pytest

import scrapflow as sf
from scrapflow.vocabulary import KINDS
from scrapflow.vocabulary.other_tools import SaysWhatIsThere, not_there
from scrapflow.vocabulary.read import rows_of

ROWS = rows_of("other_tools")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """What a line of the table may use: a world, its run, flows, members, something observed, and files in a folder of its own."""
    folder = tmp_path_factory.mktemp("other_tools")
    world = sf.read_world("toy")
    run = sf.run(world)
    run.save(folder / "run")
    (folder / "flows.csv").write_text("origin,destination,tonnage_t\nA,B,1\n", encoding="utf-8")
    ens = sf.ensemble(world, n=20, processes=1)
    low = float(ens.totals["delivered_t"].median())
    observations = [
        {"observation_id": "o", "metric": "delivered_t", "value": low, "error": "normal", "sd": 5.0, "credibility": "1"}
    ]
    return folder, {
        "sf": sf,
        "world": world,
        "run": run,
        "flows": run.flows,
        "ens": ens,
        "net": sf.build_network(world),
        "observations": observations,
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['of']} {row['words']}")
def test_the_line_that_is_offered_runs(row, here, monkeypatch):
    """Each line is typed as it stands, in an empty folder, with the toy world."""
    folder, names = here
    monkeypatch.chdir(folder)
    exec(row["line"], dict(names))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['of']} {row['words']}")
def test_nothing_that_is_there_is_said_to_be_called_otherwise(row, here):
    """A word of another tool is none of ours, and whoever writes it is told the line."""
    names = here[1]
    owner = {
        "Flows": names["flows"],
        "Run": names["run"],
        "World": names["world"],
        "scrapflow": sf,
        "Ensemble": names["ens"],
        "Network": names["net"],
    }[row["of"]]
    for word in row["words"].split():
        with pytest.raises(AttributeError, match=re.escape(f"{row['of']} has no {word!r}; here it is {row['line']}")):
            getattr(owner, word)


def test_a_kind_as_an_attribute_is_told_its_verb():
    """The kinds are those of the vocabulary."""
    for kind in KINDS:
        assert not_there("Flows", kind, []) == f"Flows has no {kind!r}; here it is flows.kind({kind!r})"


def test_a_slip_of_the_pen_is_told_what_is_near_and_nonsense_nothing():
    """``topp`` is nearly ``top``; what is near nothing gets no advice."""
    assert not_there("Flows", "topp", ["top", "_top"]) == "Flows has no 'topp'; did you mean 'top'?"
    assert not_there("Run", "xqz", ["top"]) == "Run has no 'xqz'"


def test_a_property_that_fails_says_itself_why():
    """What is there and fails is not said to be missing."""

    class Broken(SaysWhatIsThere):
        @property
        def tonnes(self) -> float:
            return self._scale.value  # type: ignore[no-any-return]

    with pytest.raises(AttributeError, match="no attribute '_scale'"):
        _ = Broken().tonnes
