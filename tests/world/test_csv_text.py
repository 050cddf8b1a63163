"""Files of a world that are no CSV, or have lines above their header: the cause comes first, in few lines."""

from __future__ import annotations

import gzip

import pytest

import scrapflow as sf
from scrapflow.world.finding_groups import report_lines


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (lambda data: data.decode().encode("utf-16-le"), "UTF-16"),
        (lambda data: data.decode().encode("utf-16"), "UTF-16"),
        (lambda data: data.replace(b"Vale", "Väle".encode("cp1252"), 1), "another encoding"),
        (lambda _: b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n", "git lfs pull"),
        (lambda _: b"<!DOCTYPE html><html></html>", "a web page"),
        (lambda _: b"PK\x03\x04" + bytes(200), "a workbook or archive"),
        (lambda data: data.replace(b",", b";"), "separated by semicolons"),
        (lambda data: data.replace(b"|", b"/").replace(b",", b"|"), "separated by vertical bars"),
        (gzip.compress, "unpack it"),
        (lambda data: data.replace(b"Vale", b"V\0le", 1), "a byte of zero"),
        (lambda _: b"", "the file is empty"),
    ],
)
def test_the_cause_comes_first(folder, spoil, cause):
    """The first line names what is wrong with the file; the whole report fits on a screen or two."""
    folder.edit("nodes.csv", spoil)
    lines = report_lines(folder.check())
    assert cause in lines[0]
    assert len(lines) <= 60


@pytest.mark.parametrize("preface", [b"sep=,\n", b"# made by a program\n# in 2019\n", b'"sep=,"\r\n'])
def test_lines_that_programs_write_above_the_header_are_left_out(folder, preface):
    """They are said, and nothing else changes."""
    before = sf.read_world(folder.path)
    folder.edit("nodes.csv", lambda data: preface + data)
    world = sf.read_world(folder.path)
    assert world.nodes["node_id"].tolist() == before.nodes["node_id"].tolist()
    assert world.check()["message"].str.contains("above the header left out").any()


def test_lines_keep_their_numbers_below_a_preface(folder):
    """A fault is told by the line at which an editor shows it."""
    folder.edit("nodes.csv", lambda data: b"sep=,\n" + data + b"a,b\n")
    count = len((folder.path / "nodes.csv").read_bytes().splitlines())
    assert folder.check()["message"].str.contains(f"line {count} has 2 cells").any()
