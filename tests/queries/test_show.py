"""How a query looks: one text, and the same as HTML in which no name of a world becomes markup."""

from __future__ import annotations

import pandas as pd

from scrapflow.queries.show import flows_html, flows_text, lines_html
from scrapflow.runs import Run


def test_a_query_shows_its_words_its_tonnes_by_kind_and_its_first_rows(toy_run):
    """One line a kind in two figures with its span and the share that rests on assumptions, then the five largest rows."""
    flows = toy_run.flows.to("near")
    lines = flows_text(flows).splitlines()
    count = int(flows.summary()["movements"].sum())
    assert lines[0] == f"<Flows of {toy_run.name}: to near; {count} movements>"
    assert lines[1].startswith("  shipped: ")
    assert " t from 1 origin to 1 destination, 2015-0" in lines[1]
    assert lines[1].endswith("% rests on assumptions")
    assert len(lines) == 3 + len(flows.top(5))


def test_nothing_moved_is_told_as_nothing(toy_run):
    """A query without rows has its words and a count of nothing, and no table."""
    empty = toy_run.flows.to("near").from_("far")
    assert flows_text(empty).splitlines()[0].endswith("; 0 movements>")
    assert len(flows_text(empty).splitlines()) == 1


def test_one_movement_is_one(toy_run):
    """The noun follows its number."""
    one = toy_run.flows.to("near").during("2015-01").of("scrap").via("own")
    assert int(one.summary()["movements"].sum()) == 1
    assert "; 1 movement>" in flows_text(one)


def test_no_name_of_a_world_becomes_markup(toy_run):
    """A run whose name and places look like tags shows them as text, in the head and in the table."""
    movements = toy_run.movements.replace({"destination": {"near": "<b>near</b>"}})
    nodes = toy_run.nodes.assign(node_id=toy_run.nodes["node_id"].replace("near", "<b>near</b>"))
    run = Run(
        toy_run.tables | {"movements": movements, "nodes": nodes}, toy_run.meta | {"world": "<script>"}, toy_run.basemap
    )
    html = flows_html(run.flows.kind("shipped"))
    assert "<script>" not in html
    assert "<b>near" not in html
    assert "&lt;b&gt;near&lt;/b&gt;" in html
    assert html.startswith("<p><b>Flows of ")


def test_lines_and_a_table_are_escaped_and_rounded():
    """Each line is an item of the list; numbers have two significant figures and commas."""
    html = lines_html("a < b\nc", pd.DataFrame({"x": [1234.56], "y": ["<i>"]}))
    assert html.startswith("<ul style='list-style:none'><li>a &lt; b</li><li>c</li></ul><table")
    assert "1,200" in html
    assert "1,234" not in html
    assert "&lt;i&gt;" in html
