"""Figures for print, drawn without a browser."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from fake import changed, fake_run
from hypothesis import strategies as st

from scrapflow.errors import InputError
from scrapflow.views.maps import map_flows
from scrapflow.views.pictures import _figure, _fonts, nice, save_picture
from scrapflow.views.words import run_words

MAGIC = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize("suffix", MAGIC)
def test_a_map_becomes_a_figure_the_same_every_time(run, tmp_path, suffix):
    """Each format is written, is what its ending says, and has the same bytes twice."""
    m = map_flows(run)
    first = save_picture(m, tmp_path / f"a{suffix}", dpi=60).read_bytes()
    assert first.startswith(MAGIC[suffix])
    assert save_picture(run, tmp_path / f"b{suffix}", dpi=60).read_bytes() == first
    assert {p.name for p in tmp_path.iterdir()} == {f"a{suffix}", f"b{suffix}"}


def test_names_with_dollars_and_markup_are_drawn_as_they_are(tmp_path):
    """Names are never taken for mathematics or markup."""
    run = fake_run(places=4, periods=1, hostile=("$x_1$", "<b>&", "\\frac{", "{n}", "$"))
    run.meta["title"] = "$\\alpha$ <x>"
    assert save_picture(run, tmp_path / "x.svg").stat().st_size > 10_000


def test_korean_labels_are_drawn(run, tmp_path):
    """The Korean figure differs from the English one."""
    english, korean = (
        save_picture(run, tmp_path / f"{lang}.png", lang=lang, dpi=50).read_bytes() for lang in ("en", "ko")
    )
    assert english != korean


@pytest.mark.parametrize("places", [1, 2])
def test_hardly_anything_is_drawn_too(tmp_path, places):
    """One or two places, and a run without movements, give a figure."""
    run = fake_run(places=places, periods=1)
    assert save_picture(run, tmp_path / "a.png", dpi=40).exists()
    run = changed(run, movements=run.movements.iloc[:0], link_loads=run.link_loads.iloc[:0])
    assert save_picture(run, tmp_path / "b.png", dpi=40).exists()


def test_what_cannot_be_a_picture_is_refused_at_once(run, tmp_path):
    """An unknown ending and a map without a run are both named."""
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf") as caught:
        save_picture(object(), tmp_path / "x.gif")
    assert len(caught.value.problems) == 2


places = st.lists(st.tuples(st.floats(0, 400), st.floats(0, 300)), min_size=1, max_size=25)


def test_legend_steps_are_round():
    """Legend values are 1, 2 or 5 times a power of ten and not larger than asked for."""
    assert [nice(v) for v in (0.07, 9.0, 1000.0, 234.0)] == [0.05, 5.0, 1000.0, 200.0]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_text_of_a_picture_is_cut(toy_run, lang):
    """Sentences, legend and the lines below the map end inside the figure, and none of them lies on the map."""
    with mpl.rc_context({"font.family": _fonts()}):
        figure = _figure(toy_run, run_words(toy_run, lang), 9.0, local=lang != "en")
        figure.canvas.draw()
    page = figure.bbox
    texts = [*figure.texts, *figure.axes[1].texts]
    assert len(texts) > 10
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= page.x0, text
        assert box.x1 <= page.x1, text
    chart = figure.axes[0].get_window_extent()
    assert figure.texts[-1].get_window_extent().y1 <= chart.y0
