"""What a page shows, in its address."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scrapflow.queries.shown import SETS, Shown
from scrapflow.views.map_address import Address

PERIODS = ["2015-01", "2015-02", "2015-03"]
NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), min_size=1, max_size=3, unique=True)


@given(
    st.dictionaries(st.sampled_from(SETS), NAMES),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=3, unique=True),
    st.sampled_from([(), ("2015-01", "2015-02"), ("2015-03", "2015-03")]),
)
def test_what_is_written_is_read_again(filters, ids, periods):
    """Any names, with any letters, come back from the address as they went in."""
    shown = Shown(periods, filters, tuple(ids))
    rest = {"v": "40,127,7.25", "lang": "ko"}
    again = Address.read(Address(shown, rest).text(PERIODS), PERIODS)
    assert again.shown == shown
    assert again.rest == rest


def test_damage_is_passed_over():
    """Months that are not there and numbers that are none leave everything shown, as on the page."""
    for text in ("m=2-9", "m=1", "top=-3", "top=x", "m=-", "place=", "=&&"):
        assert Address.read(text, PERIODS).shown == Shown()
