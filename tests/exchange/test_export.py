"""What other people's tools read: the same tonnes, in their own columns."""

from __future__ import annotations

import time

import pytest

from scrapflow.errors import InputError
from scrapflow.exchange.export import export
from scrapflow.exchange.formats import DATABASE, FORMATS
from scrapflow.exchange.looks import KIND_COLOURS
from scrapflow.views.style import kind_looks


@pytest.mark.parametrize(
    ("form", "name"), [("xlsx", "r.docx"), ("gpkg", "r.shp"), ("geojson", "r.kml"), ("kepler", "r.html")]
)
def test_a_file_under_the_ending_of_another_kind_is_refused(toy_run, tmp_path, form, name):
    """What a program would take for something else is not written; without an ending, or in capitals, it is."""
    with pytest.raises(InputError, match=f"{form} is a file that ends in {FORMATS[form].endings[0]}"):
        export(toy_run, form, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    assert export(toy_run, form, tmp_path / f"r{FORMATS[form].endings[0].upper()}").exists()


def test_the_same_run_gives_the_same_files_at_any_time(toy_run, tmp_path):
    """Exporting twice, also over what is there, gives identical bytes, two seconds later (archives count in twos) too."""

    def written():
        places = [export(toy_run, name, tmp_path / name) for name in FORMATS if name != DATABASE]
        files = [f for p in places for f in (sorted(p.iterdir()) if p.is_dir() else [p])]
        return {f.relative_to(tmp_path).as_posix(): f.read_bytes() for f in files}

    first = written()
    time.sleep(2)
    again = written()
    assert [name for name in first if first[name] != again[name]] == []
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(set(FORMATS) - {DATABASE})


def test_an_unknown_format_is_refused_with_the_choices(toy_run, tmp_path):
    """A typing error in the format names the formats there are, and writes nothing."""
    with pytest.raises(InputError, match=", ".join(FORMATS)):
        export(toy_run, "shp", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_exported_colours_are_those_of_the_map():
    """Exports stand below the views and keep their own list of colours; it must be the same."""
    assert {k: v.colour for k, v in kind_looks().items()} == KIND_COLOURS
