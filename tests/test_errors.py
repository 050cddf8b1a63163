"""The one "did you mean", and what errors of input show."""

from __future__ import annotations

import inspect
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.errors import MORE, did_you_mean, near, problem
from scrapflow.routing import FlowProblem


def test_the_nearest_word_comes_first_and_case_and_joiners_do_not_count() -> None:
    """Length KM is length_km, and an exact word goes before one that merely looks like it."""
    known = ["length_basis", "length_km", "lengths"]
    assert near("Length KM", known)[0] == "length_km"
    assert near("lengths", known)[0] == "lengths"


def test_what_is_like_nothing_has_no_suggestion() -> None:
    """A bad guess is worse than none: the list of what there is stands in its place."""
    assert near("xyz", ["mill", "yard"]) == []
    assert did_you_mean("xyz", ["mill", "yard"], "there are mill, yard") == "there are mill, yard"
    assert did_you_mean("xyz", []) == ""


@pytest.mark.parametrize(("n", "said"), [(1, "did you mean 'mill_a'?"), (2, "did you mean mill_a, mill_b?")])
def test_one_guess_is_quoted_and_several_are_listed(n: int, said: str) -> None:
    """The wording is the same wherever a word is not known."""
    assert did_you_mean("mill_", ["yard", "mill_a", "mill_b"], n=n) == said


@given(st.lists(st.text(max_size=8), max_size=20), st.text(max_size=8), st.integers(1, 5))
def test_suggestions_are_known_words_without_repetition(known: list[str], word: str, n: int) -> None:
    """Whatever is asked: at most n, each of them known, none twice."""
    words = near(word, known, n=n)
    assert len(words) <= n
    assert len(set(words)) == len(words)
    assert set(words) <= set(known)


def _one_link() -> FlowProblem:
    nodes = pd.DataFrame({"node_id": ["y", "m"], "supply_t": [5.0, 0.0], "demand_t": [0.0, 5.0]})
    return FlowProblem(
        nodes,
        pd.DataFrame(
            {"link_id": ["l"], "from_node_id": ["y"], "to_node_id": ["m"], "cost_per_t": [1.0], "capacity_t": [9.0]}
        ),
    )


@pytest.mark.parametrize(
    ("library", "name", "ask"),
    [
        ("ortools", "ortools", lambda: sf.solve(_one_link(), solver="ortools")),
        ("adbc_driver_postgresql", "postgis", lambda: sf.read_world("postgresql://127.0.0.1:1/nothing?schema=toy")),
        ("anywidget", "notebook", lambda: sf.explore(sf.run(sf.read_world("toy")))),
    ],
)
def test_a_library_of_an_extra_that_is_missing_is_told_with_the_line_that_installs_it(library, name, ask, monkeypatch):
    """As pandas and xarray do it: an ImportError, which is an error of ours too, and says what to install."""
    for module in [m for m in sys.modules if m.split(".")[0] == library or m == "scrapflow.views.explorer"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        ImportError, match=rf"needs {library}\S*, which is not installed: pip install 'scrapflow\[{name}\]'"
    ) as told:
        ask()
    assert isinstance(told.value, sf.MissingExtraError)
    assert isinstance(told.value, sf.ScrapflowError)


def test_a_fault_of_rows_one_after_the_other_is_one_line():
    """Six rows without a number are told as rows 1–6 and leave room for others; rows with names stand alone, three of a column."""
    numbered = [problem("seen", str(i), "value", "is no number") for i in range(1, 7)]
    named = [problem("seen", name, "sd", "is missing") for name in "abcde"]
    lines = str(sf.InputError([*numbered, *named], what="the observations")).splitlines()
    assert lines[0] == "the observations were refused: 11 problems"
    assert lines[1] == "  seen, rows 1–6, column value: is no number"
    assert [line.split(",")[1] for line in lines[2:5]] == [" row a", " row b", " row c"]
    assert lines[5] == f"  … and 2 {MORE}"


@pytest.mark.parametrize("what", ["the map", "the analysis", "the table of flows", "world 'brussels'", "the class"])
def test_one_thing_was_refused(what):
    """Only several were; what merely ends in s is one."""
    assert str(sf.InputError([], what=what)).startswith(f"{what} was refused")


def test_every_public_function_tells_what_it_takes():
    """A name too much is an error of ours, which is the TypeError that Python would raise, and lists the arguments."""
    functions = [f for name in sf.__all__ if inspect.isfunction(f := getattr(sf, name)) and name != "reconcile"]
    assert len(functions) > 30
    for function in functions:
        with pytest.raises(sf.CallError, match=rf"^{function.__name__}\(\) .*; it takes ") as told:
            function(no_such_argument=1)
        assert isinstance(told.value, TypeError)
