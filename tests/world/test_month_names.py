"""Months by name."""

from __future__ import annotations

import pytest

from scrapflow.world.month_names import MONTHS, month_of


def test_every_month_is_known_by_its_whole_and_its_short_name_in_english():
    """Whatever language Python was set to."""
    assert [MONTHS[name] for name in ("january", "feb", "march", "may", "sep", "december")] == [1, 2, 3, 5, 9, 12]
    assert set(MONTHS.values()) == set(range(1, 13))


@pytest.mark.parametrize(
    "names",
    [
        "januar februar märz april mai juni juli august september oktober november dezember",
        "Jan. Feb. Mrz. Apr. Mai Jun. Jul. Aug. Sept. Okt. Nov. Dez.",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
        "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월",
    ],
)
def test_months_are_known_in_the_languages_of_headers(names):
    """German, French, Spanish and Korean, whole and short, in any case, with and without accents and points."""
    assert [month_of(n) for n in names.split()] == list(range(1, 13))
    assert [month_of(n.upper()) for n in names.split()] == list(range(1, 13))
    assert month_of("spring") == month_of("") == 0
