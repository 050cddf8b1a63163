"""Pieces of SQL: which joins and tables a query needs, and how a list of values is asked for."""

from __future__ import annotations

import pandas as pd
import pytest

from scrapflow.queries import clauses
from scrapflow.queries.clauses import GRADES, MEMBERS, among, joins, line_links, link_join, moved, on_path, used_tables
from scrapflow.queries.groupers import Grouper


@pytest.mark.parametrize("count", [0, 1, 2, 50, 51, 200])
def test_a_list_of_values_of_any_length_keeps_the_rows_with_one_of_them(count, answer):
    """None keep nothing; a short list stands in the text, so that row groups can be skipped; a long one is one parameter."""
    values = [f"v{i}" for i in range(count)]
    sql, parameters = among("word", values)
    rows = pd.DataFrame({"word": [*values, "other"]})
    kept = answer(f"SELECT word FROM words WHERE {sql}", parameters, words=rows)
    assert sorted(w for (w,) in kept) == sorted(values)
    assert rows["word"].tolist()[-1] not in values
    assert len(parameters) == (count if count <= clauses._LISTED else 1)
    assert ("unnest" in sql) == (count > 50)


def test_links_of_a_path_are_asked_for_in_order():
    """The same links in another order are the same text and parameters, so that a statement is prepared once."""
    assert on_path(["b", "a"]) == on_path(["a", "b"])
    assert on_path(["b", "a"]) == ("m.path_id IN (SELECT path_id FROM paths WHERE link_id IN (?, ?))", ("a", "b"))


def test_a_query_joins_only_what_it_asks_of():
    """Ends and the period are joined where they are named, each to the movements by their own column."""
    assert joins([]) == joins(["paths", "l", GRADES]) == ""
    assert joins(["p", "o", "o"], "g") == (
        " LEFT JOIN nodes o ON o.node_id = g.origin LEFT JOIN periods p ON p.period = g.period"
    )
    assert joins(["d"]) == " LEFT JOIN nodes d ON d.node_id = m.destination"


def test_the_tables_of_a_query_are_those_behind_its_aliases():
    """Movements always, nodes for either end; grades stand on nodes too, the mark of members on nothing."""
    assert used_tables([]) == {"movements"}
    assert used_tables(["o", "d"]) == {"movements", "nodes"}
    assert used_tables(["p", "paths"]) == {"movements", "periods", "paths"}
    assert used_tables([GRADES]) == {"movements", "nodes", GRADES}
    assert used_tables([MEMBERS, "m"]) == {"movements"}


def test_a_link_word_counts_once_and_an_unknown_one_only_where_nothing_is_known(answer):
    """A path over two links of one line has the line once; its access link, which has none, adds no row."""
    paths = pd.DataFrame({"path_id": ["p", "p", "p", "q"], "link_id": ["x", "y", "z", "z"]})
    links = pd.DataFrame({"link_id": ["x", "y", "z"], "line": ["L", "L", ""], "gauge_mm": [1435.0, 1435.0, None]})
    g = pd.DataFrame({"path_id": ["p", "q"], "tonnage_t": [1.0, 2.0]})
    for name, text in (("line", True), ("gauge_mm", False)):
        column = Grouper(name, "l", name, text)
        sql = f"SELECT g.path_id, {column.sql} FROM g{link_join([column])} ORDER BY 1"
        rows = answer(sql, paths=paths, links=links, g=g)
        assert rows == [("p", "L" if text else 1435.0), ("q", "" if text else None)]


def _movements():
    rows = [
        ("carted", "works", "yard", 10.0, "B2", 0),
        ("shipped", "yard", "mill", 8.0, "", 0),
        ("returned", "yard", "works", 2.0, "", 0),
        ("shipped", "yard", "mill", 5.0, "", 1),
    ]
    columns = ["kind", "origin", "destination", "tonnage_t", "grade", "member"]
    return pd.DataFrame(rows, columns=columns).assign(period="2015-01", material="scrap", via="own")


def test_by_grade_what_left_a_yard_is_taken_apart_and_what_is_carried_back_is_its_owners(answer):
    """A yard of three quarters B2 and one quarter C3 ships 8 t as 6 and 2; the 2 t carried back have their owner's grade."""
    movements = _movements()[lambda m: m["member"] == 0]
    nodes = pd.DataFrame({"node_id": ["works", "yard", "mill"], "grade": ["A1", "", ""]})
    mix = pd.DataFrame(
        {
            "period": "2015-01",
            "node_id": "yard",
            "material": "scrap",
            "via": "own",
            "grade": ["B2", "C3"],
            "share": [0.75, 0.25],
        }
    )
    sql = f"SELECT kind, grade, tonnage_t FROM {moved([GRADES]).replace(GRADES, 'mix')} ORDER BY 1, 2"
    rows = answer(sql, movements=movements, nodes=nodes, mix=mix)
    assert rows == [("carted", "B2", 10.0), ("returned", "A1", 2.0), ("shipped", "B2", 6.0), ("shipped", "C3", 2.0)]
    assert moved([]) == "movements m"


def test_members_are_taken_apart_by_their_own_mix(answer):
    """With several runs in one table the mix of a yard is that of the same member."""
    movements = _movements()
    nodes = pd.DataFrame({"node_id": ["works", "yard", "mill"], "grade": ["A1", "", ""]})
    mix = pd.DataFrame(
        {
            "period": "2015-01",
            "node_id": "yard",
            "material": "scrap",
            "via": "own",
            "grade": ["B2", "C3"],
            "share": 1.0,
            "member": [0, 1],
        }
    )
    text = moved([GRADES, MEMBERS]).replace(GRADES, "mix")
    sql = f"SELECT member, grade, tonnage_t FROM {text} WHERE m.kind = 'shipped' ORDER BY 1"
    rows = answer(sql, movements=movements, nodes=nodes, mix=mix)
    assert rows == [(0, "B2", 8.0), (1, "C3", 5.0)]


def test_the_links_of_a_line_are_found_by_its_identifier_or_name_where_links_have_any():
    """A name is as good as an identifier; frames without either column have no lines."""
    links = pd.DataFrame({"link_id": ["a", "b", "c"], "line_id": ["m", "m", ""], "line": ["Main", "Main", ""]})
    assert line_links(links, "m") == line_links(links, "Main") == line_links(links, "MAÍN") == ["a", "b"]
    assert line_links(links.drop(columns="line"), "m") == ["a", "b"]
    assert line_links(links.drop(columns="line"), "Main") == []
    assert line_links(links.drop(columns="line_id"), "m") == []
