"""Places and lines as claims name them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scrapflow.queries.sites import Sites, of_line

LINKS = pd.DataFrame({"line": ["Trunk", "", "Branch"], "line_id": ["t", "", "b"]})


def test_a_line_is_known_by_name_and_identifier_and_need_not_be_there():
    """Exactly as written; a run without lines has none of them."""
    assert of_line(LINKS, "Trunk").tolist() == of_line(LINKS, "t").tolist() == [True, False, False]
    assert not of_line(LINKS, "trunk").any()
    assert of_line(LINKS[["line_id"]], "t").tolist() == [False] * 3


def test_a_scope_is_everywhere_or_a_region_in_any_spelling(toy_run):
    """One entry more than nodes, which is none of them; a place that is no region is not known."""
    sites = Sites(toy_run.nodes, toy_run.names)
    everywhere, vale = sites.scope(""), sites.scope("VALE")
    assert everywhere.tolist() == [True] * len(toy_run.nodes) + [False]
    assert vale[:-1].tolist() == (toy_run.nodes["region"] == "Vale").tolist()
    assert not vale[-1]
    assert sites.scope("Atlantis") is None
    assert sites.scope("VALE") is vale


def test_places_are_found_among_the_nodes(toy_run):
    """Each by its position, -1 for what is none of them."""
    ids = toy_run.nodes["node_id"].tolist()
    found = Sites(toy_run.nodes, toy_run.names).positions(np.array(["works", "nowhere", "far"], dtype=object))
    assert found.tolist() == [ids.index("works"), -1, ids.index("far")]


def test_single_enterprises_are_those_that_stand_for_themselves(toy_run):
    """By identifier, without the row of all others and without what is no enterprise."""
    more = pd.DataFrame(
        {"node_id": ["z", "a", "rest"], "kind": "enterprise", "named": [True, True, False], "region_id": ""}
    )
    nodes = pd.concat([more, toy_run.nodes.assign(named=True)], ignore_index=True)
    single = Sites(nodes, toy_run.names).single
    assert nodes["node_id"].to_numpy()[single].tolist() == ["a", "works", "z"]
