"""How words of a query are taken and said."""

from __future__ import annotations

import pytest

from scrapflow.queries.wording import flat, listed, said, unknown
from scrapflow.vocabulary import KINDS
from scrapflow.world.names import Match


@pytest.mark.parametrize("words", [("a", ["b", "c"], ("d",), []), ["a", "b", "c", "d"], [("a", "b"), ["c", "d"]]])
def test_words_come_one_by_one_or_in_lists(words):
    """A list of words is the same question as the words, and is said the same."""
    assert flat(words) == ["a", "b", "c", "d"]
    assert listed(words) == "a, b, c, d"


def test_a_spelling_is_followed_by_what_it_was_taken_to_mean():
    """An identifier stands alone; another spelling is told with the kind and the identifier of the node."""
    near = Match("mill", "near")
    assert said([("near", near), ("NEAR mill", near)]) == "near, NEAR mill (mill near)"


def test_an_unknown_word_offers_near_ones_and_else_all():
    """The message lists what there is; the candidates are those that look alike, or all."""
    fault = unknown("scarp", "material", ("scrap", "appliance"))
    assert str(fault) == "no material is called 'scarp' (did you mean scrap?); known are scrap, appliance"
    assert list(fault.candidates) == ["scrap"]
    assert list(unknown("qqq", "via", ("own", "looted")).candidates) == ["own", "looted"]
    assert "did you mean" not in str(unknown("Schrott", "kind", KINDS))
