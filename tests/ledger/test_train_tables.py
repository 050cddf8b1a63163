"""What the trains did, as tables."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from scrapflow.ledger.train_tables import Axes, end_stocks, full_links, link_prices, trains, trips_of


def test_a_link_has_the_higher_of_its_two_shadow_prices():
    """Where both directions bind, a tonne more is worth what it is worth in the dearer one, whichever that is."""
    duals = pd.DataFrame(
        [
            ("1", "a", "link", 3.0),
            ("1", "a (back)", "link", 5.0),
            ("1", "b", "link", 7.0),
            ("1", "b (back)", "link", 2.0),
            ("1", "c", "link", 0.0),
            ("2", "a (back)", "link", 1.0),
            ("1", "yard", "supply", 9.0),
        ],
        columns=["period", "item", "kind", "shadow_price"],
    )
    ids = ["a", "a (back)", "b", "b (back)", "c"]
    arcs = pd.DataFrame({"arc_id": ids, "link_id": list("aabbc"), "forward": [True, False, True, False, True]})
    prices = link_prices(SimpleNamespace(result=SimpleNamespace(duals=duals), supplies=pd.DataFrame(), arcs=arcs))
    assert prices.to_dict() == {("1", "a"): 5.0, ("1", "b"): 7.0, ("2", "a"): 1.0}


def plain(*ids):
    """Return arcs that are passed by their own names."""
    links = [i.removesuffix(" (back)") for i in ids]
    return pd.DataFrame({"arc_id": ids, "link_id": links, "forward": [a == b for a, b in zip(ids, links, strict=True)]})


def test_full_links_are_named_once_for_each_place():
    """Both directions of a link are one link, in the order found; a place that nothing held back has none."""
    arcs = plain("a", "a (back)", "b")
    assert full_links([("b", "a (back)", "a"), (), ("a",)], arcs) == ["b|a", "", "a"]


def result(paths, links):
    """Return what a solver tells of paths and their links."""
    named = pd.DataFrame(links, columns=["path_id", "seq", "link_id"])
    return SimpleNamespace(paths=pd.DataFrame(paths), path_links=named)


def test_trips_are_paths_with_their_links_in_order_one_row_a_period():
    """Two parts of one plan on the same path are one trip; links stand by their place on the path, not by their names."""
    ends = {"origin": "y", "destination": "m"}
    paths = [
        {"period": "2", "path_id": "p"} | ends | {"tonnage_t": 4.0},
        {"period": "1", "path_id": "p"} | ends | {"tonnage_t": 1.0},
        {"period": "1", "path_id": "p"} | ends | {"tonnage_t": 2.0},
    ]
    trips = trips_of(result(paths, [("p", 1, "a"), ("p", 0, "z")]), ["1", "2"], plain("a", "z"))
    assert trips.values.tolist() == [["1", "y", "m", 3.0, ("z", "a")], ["2", "y", "m", 4.0, ("z", "a")]]
    assert list(trips.columns) == ["period", "origin", "destination", "tonnage_t", "arcs"]


def test_a_plan_of_one_period_is_of_that_period():
    """Where the solver names no period, it is the campaign's only one."""
    paths = [{"path_id": "p", "origin": "y", "destination": "m", "tonnage_t": 4.0}]
    trips = trips_of(result(paths, [("p", 0, "l")]), ["2015"], plain("l"))
    assert trips["period"].tolist() == ["2015"]
    taken = trains(trips, Axes(["2015"], ["x", "y"], [], []))
    assert taken.tolist() == [[0.0, 4.0]]


def test_what_reaches_a_mill_piles_up_there():
    """3 t in January and 2 t in March: it opens with what it closed with, and nothing is converted, arises or leaves."""
    rows = [("1", "y", "m", 3.0), ("3", "y", "m", 2.0), ("1", "y", "elsewhere", 9.0)]
    moves = pd.DataFrame(rows, columns=["period", "origin", "destination", "tonnage_t"]).assign(
        material="scrap", via="own"
    )
    piles = end_stocks(moves, ["m"], Axes(["1", "2", "3"], [], [], []))
    amounts = ["opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t"]
    assert piles["node_id"].tolist() == ["m"] * 3
    assert piles[amounts].values.tolist() == [[0, 0, 0, 3, 0, 3], [3, 0, 0, 0, 0, 3], [3, 0, 0, 2, 0, 5]]
