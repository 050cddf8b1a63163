"""Places of a run: what a node and a link carry, and what movements rest on."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.grading import BASES
from scrapflow.ledger.run_places import origin_grades, run_links, run_nodes
from scrapflow.network import build_network


@pytest.fixture
def nodes(toy):
    """The nodes of the toy's run by identifier."""
    return run_nodes(toy).set_index("node_id")


def test_a_node_carries_what_the_tables_of_its_kind_say(toy, nodes):
    """Headcount and sector for an enterprise, people for a community, intake for a mill; unknown stays unknown."""
    works, mill = nodes.loc["works"], nodes.loc["near"]
    assert works["workers"] == toy.enterprises.set_index("node_id").loc["works", "workers"] == 1000
    assert works["sector"] == toy.sectors["name"].item()
    assert mill["intake_t"] == toy.mills.set_index("node_id").loc["near", "intake_t"]
    assert nodes["workers"].notna().tolist() == (nodes["kind"] == "enterprise").tolist()
    assert nodes["population"].notna().tolist() == (nodes["kind"] == "community").tolist()
    assert nodes["intake_t"].notna().tolist() == (nodes["kind"] == "mill").tolist()
    assert nodes.loc[nodes["kind"] != "enterprise", "sector"].unique().tolist() == [""]
    assert (
        nodes["region"].tolist()
        == toy.nodes.set_index("node_id")["region_id"]
        .map(toy.regions.set_index("region_id")["name"])
        .fillna("")
        .loc[nodes.index]
        .tolist()
    )
    assert nodes.index.is_monotonic_increasing


def test_a_place_rests_on_the_weakest_of_its_inputs(toy, nodes):
    """The toy's works has a reported place and stocks by assumed rates: what it moves is assumed."""
    assert nodes.loc["works", "input_basis"] == "assumed"
    rank = {b: i for i, b in enumerate(BASES)}
    assert (nodes["input_basis"].map(rank) >= nodes["basis"].map(rank).fillna(0)).all()
    mills = nodes[nodes["kind"] == "mill"]
    assert mills["input_basis"].tolist() == mills["basis"].tolist()


def test_a_grade_needs_a_judged_source_and_a_judged_claim(toy, nodes):
    """Reliability of the source, then credibility of the claim; where either was not judged there is none."""
    letters = toy.sources.set_index("source_id")["reliability"]
    given = toy.nodes.set_index("node_id").loc[nodes.index]
    for node_id, grade in nodes["grade"].items():
        letter, digit = letters.get(given.loc[node_id, "source_id"], ""), given.loc[node_id, "credibility"]
        assert grade == (f"{letter}{digit}" if letter and digit else "")


def _graded(**grades):
    rows = [(n, "reported", g) for n, g in grades.items()]
    return pd.DataFrame(rows, columns=["node_id", "input_basis", "grade"])


def _moves(*rows):
    return pd.DataFrame(rows, columns=["kind", "origin", "destination"])


def test_a_yard_is_as_weak_as_the_weakest_that_brought_anything():
    """Letter and digit are weighed apart: B1 and A3 make a yard B3; what an enterprise brings keeps its own grade."""
    nodes = _graded(a="B1", b="A3", yard="A1", mill="A1")
    nodes.loc[nodes["node_id"] == "b", "input_basis"] = "assumed"
    moves = _moves(
        ("carted", "a", "yard"), ("carted", "b", "yard"), ("shipped", "yard", "mill"), ("returned", "yard", "a")
    )
    rests = origin_grades(moves, nodes)
    assert rests["grade"].tolist() == ["B1", "A3", "B3", "B3"]
    assert rests["basis"].tolist() == ["reported", "assumed", "assumed", "assumed"]


def test_a_yard_never_rests_on_less_than_its_own_inputs_and_what_it_sends_back_weakens_nobody():
    """A yard with a poor record of its own keeps it; a load carried home is not something brought to the works."""
    nodes = _graded(a="A1", yard="C4", mill="A1")
    rests = origin_grades(
        _moves(("carted", "a", "yard"), ("returned", "yard", "a"), ("shipped", "yard", "mill")), nodes
    )
    assert rests["grade"].tolist() == ["A1", "C4", "C4"]


def test_one_unjudged_load_leaves_the_whole_yard_unjudged():
    """An unknown grade is unknown, never the worst: the sum of a known and an unknown part is not known."""
    nodes = _graded(a="F6", b="", yard="A1", other="B2", mill="A1")
    moves = _moves(
        ("carted", "a", "yard"), ("carted", "b", "yard"), ("shipped", "yard", "mill"), ("carted", "other", "mill")
    )
    assert origin_grades(moves, nodes)["grade"].tolist() == ["F6", "", "", "B2"]


def test_links_carry_their_line_and_the_capacity_that_the_routing_used(toy):
    """One row a link, sorted; a link without a line has an empty name; the basis is that of its length."""
    network = build_network(toy)
    links = run_links(network).set_index("link_id")
    assert links.index.is_monotonic_increasing
    assert set(links.index) == set(network.links["link_id"])
    forward = network.arcs[network.arcs["forward"]].set_index("link_id")["capacity_t"]
    pd.testing.assert_series_equal(links["capacity_t"], forward.loc[links.index], check_names=False)
    named = toy.lines.set_index("line_id")["name"]
    assert links["line"].tolist() == [named.get(i, "") for i in links["line_id"]]
    assert (links["basis"] == links["length_basis"]).all()
    assert links["line_id"].notna().all()


def test_run_and_world_agree(toy_run):
    """The nodes of a finished run are those made of its world."""
    pd.testing.assert_frame_equal(
        pd.DataFrame(toy_run.nodes.drop(columns="geometry")),
        pd.DataFrame(run_nodes(sf.read_world("toy")).drop(columns="geometry")),
    )
