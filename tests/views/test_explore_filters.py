"""Filters are set in the words of people and held in those of the map."""

from __future__ import annotations

import pytest

from scrapflow.errors import InputError, UnknownNameError
from scrapflow.views.explore_filters import filters_of, listed


def test_names_become_those_that_the_map_has(toy_run):
    """A group of materials is taken apart, a mill and a region are found by their spelling, nothing chosen is no filter."""
    given = {"material": ["machinery", "scrap"], "mill": "Far Mill", "region": "Hill", "kind": None, "top": 0}
    assert filters_of(toy_run, given) == {
        "material": ["obsolete_machinery", "idle_machinery", "working_machinery", "scrap"],
        "mill": ["far"],
        "region": ["Hill"],
    }


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ("shipped", InputError, "names by filter"),
        ({"top": -1}, InputError, "a number of pairs"),
        ({"kind": 3}, InputError, "a name or several"),
        ({"knd": "shipped"}, UnknownNameError, "filters are kind"),
        ({"kind": "shiped"}, UnknownNameError, "there are"),
    ],
)
def test_what_is_no_filter_is_refused(toy_run, given, error, told):
    """With what is wanted, or with what there is."""
    with pytest.raises(error, match=told):
        filters_of(toy_run, given)


def test_one_name_is_a_list_of_it():
    """And None is none."""
    assert (listed("a", "x"), listed(("a", "b"), "x"), listed(None, "x")) == (["a"], ["a", "b"], [])
