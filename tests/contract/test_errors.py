"""DESIGN section 7, Errors: the family and what each carries."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow import errors as e


@pytest.mark.parametrize(
    ("error", "bases"),
    [
        ("InputError", (ValueError,)),
        ("UnknownNameError", (LookupError,)),
        ("AmbiguousNameError", (LookupError, e.UnknownNameError)),
        ("NoPathError", (ValueError,)),
        ("ProblemError", (ValueError, e.InputError)),
        ("MixedKindsError", (ValueError,)),
        ("BalanceError", ()),
    ],
)
def test_the_family(error, bases):
    """Each error is a ScrapflowError and the built-in that a caller would catch."""
    kind = getattr(e, error)
    assert issubclass(kind, (e.ScrapflowError,))
    assert all(issubclass(kind, b) for b in bases)


def test_no_path_is_said(make):
    """Two stations that nothing connects: NoPathError, a ValueError."""
    import worlds

    links = "\n".join(row for row in worlds.LINKS.splitlines() if not row.startswith("l1")) + "\n"
    net = sf.build_network(make(links=links))
    with pytest.raises(e.NoPathError):
        net.path("Alphaton", "Gamma Mill")


def test_a_problem_lists_everything_at_once():
    """A problem with five faults names all five, in the columns of check()."""
    nodes = pd.DataFrame({"node_id": ["a", "a", "b"], "supply_t": [1.0, 1, -1], "demand_t": [0.0, 0, float("nan")]})
    links = pd.DataFrame(
        {
            "link_id": ["x", "x", "y"],
            "from_node_id": ["a", "a", "nowhere"],
            "to_node_id": ["b", "b", "b"],
            "capacity_t": [1.0, float("nan"), -2],
            "cost_per_t": [1.0, 1, float("nan")],
        }
    )
    with pytest.raises(e.ProblemError) as raised:
        sf.FlowProblem(nodes, links)
    found = raised.value.problems
    assert list(found.columns) == ["table", "row", "column", "severity", "message"]
    assert {"nodes", "links"} <= set(found["table"])
    text = found.to_string()
    assert "nowhere" in text
    assert {"supply_t", "demand_t", "capacity_t", "cost_per_t"} <= set(found["column"])
    assert len(found) >= 6


def test_a_problem_without_its_columns():
    """Missing columns are named, not a KeyError."""
    with pytest.raises(e.ProblemError) as raised:
        sf.FlowProblem(pd.DataFrame({"node_id": ["a"]}), pd.DataFrame({"link_id": ["x"]}))
    assert {"supply_t", "from_node_id"} <= set(raised.value.problems["column"])


def test_mixed_kinds_are_named(toy_run):
    """A total over more than one kind is refused and the kinds are named."""
    with pytest.raises(e.MixedKindsError, match=r"carted.*returned|returned.*carted"):
        _ = toy_run.flows.kind("carted", "returned").total_t


def test_an_unknown_campaign_is_an_unknown_name(toy):
    """There is no campaign of that name: LookupError, with those there are."""
    with pytest.raises(e.UnknownNameError) as raised:
        sf.run(toy, "2016")
    assert "2015" in list(raised.value.candidates)


def test_an_unknown_world_is_an_unknown_name():
    """There is no such world: LookupError, with near matches."""
    with pytest.raises(e.UnknownNameError) as raised:
        sf.read_world("toi")
    assert "toy" in list(raised.value.candidates)


def test_an_unknown_solver_is_refused(plain):
    """A solver that does not exist is a ValueError that names those there are."""
    nodes = pd.DataFrame({"node_id": ["a"], "supply_t": [0.0], "demand_t": [0.0]})
    links = pd.DataFrame(columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"])
    with pytest.raises(ValueError, match="simplex"):
        sf.solve(sf.FlowProblem(nodes, links), solver="magic")


@pytest.mark.parametrize("call", [sf.run, sf.build_network, sf.read_campaign])
def test_the_name_of_a_world_is_no_world(call):
    """The way out is in the message."""
    with pytest.raises(sf.errors.InputError, match=r"sf.read_world\('toy'\)"):
        call("toy")


def test_a_misspelt_line_names_the_near_one(dprk):
    """As places do."""
    with pytest.raises(sf.errors.UnknownNameError, match="Hambuk Line") as caught:
        sf.build_network(dprk).path("Sunchon", "Kangson", line="Hambk Line")
    assert "Hambuk Line" in caught.value.candidates


def test_errors_can_be_caught_without_another_import():
    """``except sf.InputError`` and ``except sf.errors.InputError`` in a fresh interpreter, and nothing heavy is loaded."""
    code = (
        "import sys, scrapflow as sf; assert sf.errors.InputError is sf.InputError; "
        "assert issubclass(sf.AmbiguousNameError, sf.UnknownNameError); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_ensemble_without_members_is_refused(toy):
    """None is no number of runs."""
    with pytest.raises(sf.errors.InputError, match="at least one"):
        sf.ensemble(toy, n=0)


def test_each_wrong_setting_is_in_the_message(toy):
    """However many there are: a setting has no column by which it could be one of many."""
    wrong = {
        "quota.headcount.kg": -1,
        "show.share": 2,
        "looting.by": "kids",
        "inspection.chance": 3,
        "inspection.teems": 1,
    }
    with pytest.raises(sf.errors.InputError) as caught:
        sf.read_campaign(toy).update(wrong)
    assert all(key in str(caught.value) for key in wrong)
