"""A chart is saved in every format, without a network and with the same bytes, and shows itself in a notebook."""

from __future__ import annotations

import re

import pytest

from scrapflow.errors import InputError
from scrapflow.views import charts

MAKERS = [charts.monthly, charts.sankey, charts.yard_composition, charts.burden]


@pytest.mark.parametrize("maker", MAKERS)
def test_every_chart_is_saved_in_every_format(maker, toy_run, tmp_path):
    """SVG, PNG and HTML are written whole; the page loads nothing from anywhere."""
    chart = maker(toy_run)
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG"), ("html", b"<!DOCTYPE html>")):
        chart.save(tmp_path / f"x.{kind}")
        assert (tmp_path / f"x.{kind}").read_bytes().lstrip().startswith(start)
    page = (tmp_path / "x.html").read_text()
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=[\"']?(https?:)?//", page)
    assert len(page) > 100_000
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.html", "x.png", "x.svg"]


def test_a_chart_is_the_same_bytes_twice(toy_run, tmp_path):
    """The same run gives the same picture, byte for byte."""
    for name in ("a", "b"):
        charts.sankey(toy_run).save(tmp_path / f"{name}.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_another_ending_is_refused(toy_run, tmp_path):
    """A format that is not known is refused, with those that are."""
    with pytest.raises(InputError, match="svg, png, html"):
        charts.monthly(toy_run).save(tmp_path / "x.docx")
    assert not list(tmp_path.iterdir())


def test_a_chart_shows_itself_in_a_notebook(toy_run):
    """A notebook gets a picture that needs no script, and words for those who do not see it."""
    shown = charts.monthly(toy_run)._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
    assert "tonnes a month" in shown["text/plain"]


def test_korean_letters_have_a_font_without_serifs(toy_run):
    """A chart with Korean words names the fonts that have them; one without keeps the renderer's own."""
    assert "Noto Sans CJK KR" in charts.monthly(toy_run, lang="ko").drawing.to_dict()["config"]["font"]
    assert "font" not in charts.monthly(toy_run).drawing.to_dict()["config"]
