"""Adding tonnes up: which words become which groups, and when kinds are kept apart."""

from __future__ import annotations

import numpy as np
import pytest

from scrapflow.errors import InputError, MixedKindsError
from scrapflow.queries.grouping import mixed, require_count


@pytest.mark.parametrize("n", [0, 1, np.int64(3)])
def test_a_number_of_rows_may_be_zero_and_of_numpy(n, toy_run):
    """The first rows are those of the whole list."""
    require_count(n)
    carted = toy_run.flows.kind("carted")
    assert carted.top(n, "material").equals(carted.by("material").head(n))


@pytest.mark.parametrize("n", [-1, True, 1.0, "1", None])
def test_what_is_no_number_of_rows_is_refused(n):
    """A negative number, a fraction, a word and a yes are refused with the way to ask."""
    with pytest.raises(InputError, match=r"top\(10, 'origin'\)"):
        require_count(n)


def test_tonnes_of_several_kinds_are_refused_with_their_names():
    """The message counts the kinds, names them and offers both ways out."""
    fault = mixed(["carted", "shipped"], what="total_t")
    assert isinstance(fault, MixedKindsError)
    assert str(fault).startswith("total_t would add up 2 kinds of movement: carted, shipped; ")
    assert ".kind('carted')" in str(fault)
    assert ".by('kind', …)" in str(fault)


def test_every_way_to_add_up_keeps_the_tonnes(toy_run):
    """By a word of the movement, of either end, of time or of both, a kind has the tonnes that its movements have."""
    carted = toy_run.flows.kind("carted")
    whole = toy_run.movements.loc[lambda m: m["kind"] == "carted", "tonnage_t"].sum()
    for words in (("material",), ("region",), ("year", "material"), ("destination_region", "season"), ()):
        assert carted.by(*words)["tonnage_t"].sum() == pytest.approx(whole)


def test_kinds_are_kept_apart_where_a_row_might_mix_them(toy_run):
    """What was diverted is of several kinds: a row each; asked for the kind oneself it stands once."""
    diverted = toy_run.flows.diverted()
    rows = diverted.by("material")
    assert list(rows.columns) == ["material", "kind", "tonnage_t"]
    assert not rows.duplicated(["material", "kind"]).any()
    assert list(diverted.by("kind").columns) == ["kind", "tonnage_t"]
    with pytest.raises(MixedKindsError):
        toy_run.flows.by("material")
    assert toy_run.flows.by("kind")["kind"].is_unique
