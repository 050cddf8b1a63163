"""Words of a query: which column of which table each means, and what is offered for one that is not known."""

from __future__ import annotations

import pandas as pd
import pytest

from scrapflow.errors import UnknownNameError
from scrapflow.queries.groupers import LINK_COLUMNS, MOVEMENT_COLUMNS, Columns, Grouper

NODES = pd.DataFrame(
    {
        "node_id": ["a"],
        "region": ["north"],
        "workers": [5.0],
        "named": [True],
        "period": ["x"],
        "geometry": [None],
        "aliases": [""],
    }
)
LINKS = pd.DataFrame({"link_id": ["l"], "line": ["L"], "mode": ["rail"], "gauge_mm": [1435.0], "length_km": [2.0]})


@pytest.fixture
def columns():
    """The words of a run with one node and one link, whose links know no ``line_id``."""
    return Columns(NODES, LINKS)


def test_a_word_means_the_movement_then_time_then_links_then_the_origin(columns):
    """A column of nodes is the origin's unless the movement has a word of that name; either end has its own word too."""
    assert columns.find("material") == Grouper("material", "m", "material", True)
    assert columns.find("tonnage_t").text is False
    assert columns.find("season") == Grouper("season", "p", "season", True)
    assert columns.find("line") == Grouper("line", "l", "line", True)
    assert columns.find("gauge_mm") == Grouper("gauge_mm", "l", "gauge_mm", False)
    assert columns.find("region") == Grouper("region", "o", "region", True)
    assert columns.find("destination_region") == Grouper("destination_region", "d", "region", True)
    assert columns.find("origin_workers") == Grouper("origin_workers", "o", "workers", False)
    assert columns.find("named").text is False
    assert columns.find("period").table == "m"
    assert columns.find("origin_period").table == "o"


def test_every_word_is_listed_once_and_shapes_and_what_links_lack_are_none(columns):
    """Geometry and aliases are no words; a link column that the run lacks is none either, nor is one nobody asked for."""
    words = columns.words
    assert words == sorted(set(words))
    assert set(MOVEMENT_COLUMNS) | (set(LINK_COLUMNS) - {"line_id"}) <= set(words)
    assert not {"geometry", "aliases", "origin_geometry", "destination_aliases", "line_id", "length_km"} & set(words)


def test_an_unknown_text_is_empty_and_an_unknown_number_is_null(columns):
    """Columns of small tables may lack a row; a movement's own never do, so they stay as they are."""
    assert columns.find("region").sql == "coalesce(o.\"region\", '')"
    assert columns.find("workers").sql == 'o."workers"'
    assert columns.find("material").sql == 'm."material"'


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("via", "via"),
        ("region", "origin"),
        ("destination_region", "destination"),
        ("line", "path_id"),
        ("year", "period"),
    ],
)
def test_a_key_of_movements_decides_each_word(columns, word, key):
    """Tonnes are added up by the key first, and the small table is joined to what is left."""
    assert columns.find(word).key == key


def test_words_asked_twice_count_once_in_the_order_asked(columns):
    """The columns of a result follow the question."""
    assert [c.name for c in columns.find_all(("via", "line", "via", "kind"))] == ["via", "line", "kind"]


def test_tonnes_are_no_group_but_a_column_of_another_table_may_be_called_so():
    """What is added up cannot be what it is added up by; ``origin_tonnage_t`` of a table of one's own can."""
    columns = Columns(NODES.assign(tonnage_t=[1.0]), LINKS)
    assert columns.find_all(("origin_tonnage_t",))[0].source == "tonnage_t"
    with pytest.raises(UnknownNameError, match="added up and cannot be a group") as fault:
        columns.find_all(("kind", "tonnage_t"))
    assert list(fault.value.candidates) == ["period", "kind", "material"]


def test_an_unknown_word_offers_near_ones_and_else_all(columns):
    """A slip of the pen is answered with the word, nonsense with the list."""
    with pytest.raises(UnknownNameError, match=r"'materal'.*material") as fault:
        columns.find("materal")
    assert "material" in fault.value.candidates
    with pytest.raises(UnknownNameError, match=r"known are .*basis, destination"):
        columns.find("qqqqqq")


def test_words_that_nothing_is_near_are_told_once_for_both_ends(columns):
    """Forty columns of two ends each are a page of text: those of the ends are named once, with how to ask for either."""
    with pytest.raises(UnknownNameError) as refused:
        columns.find("xqzzy")
    told = str(refused.value)
    assert told.endswith(
        "season, tonnage_t, via, year, and of the origin (of either end with origin_ or destination_ before it) named, "
        "node_id, period, region, workers"
    )
    assert "origin_region" not in told
