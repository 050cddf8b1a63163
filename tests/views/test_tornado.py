"""The tornado draws what the sensitivity table says, in its order, and needs no network."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.views.tornado import tornado


@pytest.fixture(scope="module")
def table(toy):
    """The toy's tonnes delivered, by assumption."""
    return sf.sensitivity(toy, processes=1)


def test_bars_reach_from_the_centre_to_the_totals(table):
    """Two bars an assumption, from the central total to those at low and high; the weightiest on top."""
    chart = tornado(table, top=3)
    bars = pd.DataFrame(chart.drawing.to_dict()["layer"][0]["data"]["values"])
    assert bars.assumption.drop_duplicates().str.split(" ").str[0].tolist() == table.input.head(3).tolist()
    assert (bars["from"] == 53.5).all()
    low = bars[bars.side == "at its low"].set_index("assumption").to
    assert low.tolist() == table.total_at_low_t.head(3).tolist()
    assert bars.assumption[0] == "quota.headcount.kg 20 (10 to 30) kg a head and month"


def test_what_has_no_effect_is_not_drawn(table):
    """Of the toy's 19 assumptions twelve move the tonnes delivered; the others would be bars of no length."""
    bars = pd.DataFrame(tornado(table, top=50).drawing.to_dict()["layer"][0]["data"]["values"])
    assert bars.assumption.nunique() == (table.effect_t > 0).sum() == 12


def test_in_korean_only_the_assumptions_keep_their_names(table):
    """Title, ends and units are told in the language asked for."""
    drawn = tornado(table, lang="ko").drawing.to_dict()
    bars = drawn["layer"][0]["data"]["values"]
    told = " ".join([drawn["title"]["text"], *drawn["title"]["subtitle"], *(bar["side"] for bar in bars)])
    assert "수령" in told
    assert not [word for word in told.split() if word.isascii() and word.isalpha() and word != "t"]
    assert bars[0]["assumption"] == "quota.headcount.kg 20(10~30) kg/인·월"


def test_it_is_written_as_a_picture(table, tmp_path):
    """The SVG names the assumptions and fetches nothing."""
    tornado(table).save(tmp_path / "t.svg")
    text = (tmp_path / "t.svg").read_text(encoding="utf-8")
    assert "show.share" in text
    assert "href" not in text.replace("xmlns:xlink", "")


def test_another_table_is_refused(table):
    """A frame without the columns of a sensitivity study is refused with the names of those it lacks."""
    with pytest.raises(InputError, match="effect_t"):
        tornado(table.drop(columns="effect_t"))
