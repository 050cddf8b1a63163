"""What can be asked of a world."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.errors import UnknownNameError


def test_a_world_says_what_it_is(toy):
    """Text and HTML show the name, the counts and what is assumed."""
    assert repr(toy).startswith("<World toy: Toy: six nodes, drawn by hand; 1 sources, 3 regions, 7 nodes")
    html = toy._repr_html_()
    assert "<b>Toy: six nodes, drawn by hand</b>" in html
    assert "values assumed" in html


def test_hostile_names_do_not_get_into_the_html(folder):
    """A title is text, whatever it contains."""
    (folder.path / "world.toml").write_text('title = "<script>alert(1)</script>"')
    assert "<script>" not in sf.read_world(folder.path)._repr_html_()


def test_region_of_a_place(toy):
    """A place's region is found by any spelling of the place."""
    assert toy.region_of("Neer") == "vale"
    assert toy.region_of("outside") == ""


def test_a_name_that_means_nothing_is_told_with_near_ones(toy, caplog):
    """`find` gives no rows, as it says, and a warning; `resolve` says which kinds of place there are."""
    assert toy.find("Far Mil").empty
    assert "did you mean Far Mill" in caplog.text
    with pytest.raises(UnknownNameError, match="no kind of place is called 'fabrik'; kinds are station, mill"):
        toy.resolve("Far Mill", "fabrik")
