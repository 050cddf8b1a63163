"""Writing a run down: people's legs and the trains' in one set of tables that agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scrapflow.campaign import collect, read_campaign
from scrapflow.ledger.assemble import axes_of, labels_of, link_loads, people_legs
from scrapflow.ledger.backlog import COLUMNS as BACKLOG
from scrapflow.ledger.coded_legs import BACK, NO_PATH, Legs, PathBook
from scrapflow.ledger.run_places import run_nodes
from scrapflow.network import build_network
from scrapflow.vocabulary import KINDS, VIAS, moved_by, run_tables


@pytest.fixture(scope="module")
def parts(toy):
    """What people did in the toy, its network, the labels and the book of their paths."""
    campaign = read_campaign(toy, "2015")
    network = build_network(toy, transport=campaign.transport)
    collected = collect(toy, network, campaign)
    labels, book = labels_of(axes_of(collected), run_nodes(toy)), PathBook()
    return collected, network, labels, book, people_legs(collected, network, labels, book)


def test_labels_are_sorted_and_the_axes_are_those_of_the_arrays(parts):
    """Positions in sorted labels sort as the words do; the arrays keep the order of their maker."""
    collected, _, labels, _, _ = parts
    for words in (labels.kinds, labels.materials, labels.vias, labels.nodes):
        assert list(words) == sorted(words)
    assert set(labels.kinds) == set(KINDS)
    assert set(labels.vias) == set(VIAS)
    axes = axes_of(collected)
    assert axes.periods == collected.periods["period"].tolist()
    assert axes.materials == list(collected.materials)


def test_a_cart_has_the_link_it_used_and_a_load_carried_back_the_same_link_backwards(parts):
    """Carts go over the link of their owner to the yard; by night and abroad nobody uses one."""
    _, _, labels, book, legs = parts
    kinds = np.array(labels.kinds)[legs.codes[:, 1]]
    origin = np.array(labels.nodes)[legs.codes[:, 4]]
    arcs = [book.arcs[p] if p != NO_PATH else () for p in legs.path]
    by_kind = {kind: {(o, a) for o, a, k in zip(origin, arcs, kinds, strict=True) if k == kind} for kind in set(kinds)}
    assert by_kind["carted"] == {("works", ("cart_works",)), ("town", ("cart_town",))}
    assert by_kind["returned"] == {("yard", (f"cart_works{BACK}",))}
    assert by_kind["looted"] == {("works", ())}
    assert set(kinds) <= set(moved_by("people"))


def test_a_run_written_down_has_every_table_with_its_columns(toy_run):
    """Each declared table is there, in the declared columns and sorted by its keys."""
    for name, table in run_tables().items():
        frame = toy_run.tables[name]
        assert list(frame.columns)[: len(table.columns)] == list(table.columns), name
    assert list(toy_run.unserved.columns) == list(BACKLOG)


def test_what_is_in_the_tables_agrees(toy_run):
    """Loads of links add up to the tonnes of the paths over them, and stocks of the mills to what arrived there."""
    moves, paths, loads = toy_run.movements, toy_run.paths, toy_run.link_loads
    on_links = moves.merge(paths, on="path_id")
    want = on_links.groupby(["period", "link_id"])["tonnage_t"].sum()
    have = loads.set_index(["period", "link_id"])["tonnage_t"]
    assert have[have > 0].to_dict() == pytest.approx(want.to_dict())
    assert (loads["tonnage_t"] == loads["forward_t"] + loads["backward_t"]).all()
    arrived = moves[moves["destination"].isin(["near", "far"])].groupby("destination")["tonnage_t"].sum()
    stocks = toy_run.stocks[toy_run.stocks["node_id"].isin(["near", "far"])].groupby("node_id")["in_t"].sum()
    assert stocks.to_dict() == pytest.approx(arrived.to_dict())


def test_loads_without_trains_have_capacity_and_no_price():
    """One row a period and link, in that order; backward tonnes are counted apart and added."""
    book = PathBook()
    there, back = book.enter("a", "b", ("l",)), book.enter("b", "a", (f"l{BACK}",))
    codes = np.array([[0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 1, 0]])
    links = pd.DataFrame({"link_id": ["k", "l"], "capacity_t": [np.inf, 4.0]})
    loads = link_loads(Legs(codes, np.array([3.0, 2.0]), np.array([there, back])), book, links, ["1", "2"])
    assert loads.columns.tolist() == [
        "period",
        "link_id",
        "tonnage_t",
        "forward_t",
        "backward_t",
        "capacity_t",
        "shadow_price",
    ]
    assert loads.to_numpy().tolist() == [
        ["1", "k", 0.0, 0.0, 0.0, np.inf, 0.0],
        ["1", "l", 3.0, 3.0, 0.0, 4.0, 0.0],
        ["2", "k", 0.0, 0.0, 0.0, np.inf, 0.0],
        ["2", "l", 2.0, 0.0, 2.0, 4.0, 0.0],
    ]
