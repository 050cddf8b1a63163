"""What a world holds: tables that nobody else can change, and little to send to another process."""

from __future__ import annotations

import pickle

import scrapflow as sf


def test_what_can_be_made_again_is_not_sent_along(toy):
    """A copy in another process has the tables and the names, and begins with an empty memory."""
    toy.memo["large"] = "x" * 1_000_000
    try:
        sent = pickle.dumps(toy)
    finally:
        del toy.memo["large"]
    again = pickle.loads(sent)
    assert len(sent) < 500_000
    assert again.memo == {}
    assert again.nodes.equals(toy.nodes)
    assert again.names.meant("Vale", ("yard",)).id == "yard"


def test_a_basemap_is_read_once_and_its_author_named(toy):
    """GeoJSON of the layers that are there; the toy, which is drawn, has none and thanks nobody."""
    world = sf.World(
        "x",
        toy.tables,
        basemap_files={"countries": b'{"features": []}'},
        settings={"basemap": {"attribution": "Somebody"}},
    )
    assert world.basemap == {"countries": {"features": []}}
    assert world.basemap is world.basemap
    assert world.basemap_attribution == "Somebody"
    assert (toy.basemap, toy.basemap_attribution) == ({}, "")


def test_labels_are_a_copy(toy):
    """Who changes them changes the display of nobody else."""
    world = sf.World("x", toy.tables, settings={"labels": {"mill": "works"}})
    world.labels["mill"] = "other"
    assert world.labels == {"mill": "works"}
