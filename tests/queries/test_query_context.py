"""What all queries of a run share is made once, and grades of yards only when they are asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from scrapflow.queries.clauses import GRADES
from scrapflow.queries.query_context import QueryContext, _WithGrades

MIX = pd.DataFrame({"grade": ["B2"], "share": [1.0]})


class Tables(dict):
    """Tables of a saved run, which know their files and whether they are still the same."""

    files = ("movements.parquet",)

    def require_same(self):
        """Say so."""
        return "same"


def run(regions=(), nodes=(), tables=None):
    """A run of regions (id, parent) and nodes (id, region)."""
    return SimpleNamespace(
        tables=Tables(movements=pd.DataFrame({"tonnage_t": [1.0]})) if tables is None else tables,
        memo={},
        regions=pd.DataFrame(list(regions), columns=["region_id", "parent_id"], dtype="str"),
        nodes=pd.DataFrame(list(nodes), columns=["node_id", "region_id"], dtype="str"),
        links=pd.DataFrame({"link_id": []}),
    )


def test_grades_are_worked_out_once_a_run_and_only_when_asked_for():
    """Two contexts of one run share them; looking at other tables asks for none."""
    asked = []
    one = run()
    mix = lambda of: asked.append(of) or MIX  # noqa: E731
    tables = _WithGrades(one, mix)
    assert tables["movements"] is one.tables["movements"]
    assert asked == []
    assert tables[GRADES] is MIX
    assert QueryContext(one, mix).grades is MIX
    assert QueryContext(one, mix).grades is MIX
    assert asked == [one]


def test_grades_stand_beside_the_tables_and_what_tables_can_do_stays():
    """The engine sees one table more, and the files and the check of a saved run; a run in memory has neither."""
    tables = _WithGrades(run(), lambda _: MIX)
    assert list(tables) == ["movements", GRADES]
    assert len(tables) == 2
    assert tables.files == ("movements.parquet",)
    assert tables.require_same() == "same"
    plain = _WithGrades(run(tables={}), lambda _: MIX)
    assert list(plain) == [GRADES]
    assert not hasattr(plain, "files")
    assert not hasattr(plain, "require_same")


def test_the_engine_and_the_words_are_found_once_a_context():
    """They are the same objects each time, and another context's are others."""
    one = run(nodes=[("a", "x")])
    context, other = QueryContext(one), QueryContext(one)
    assert context.engine is context.engine
    assert context.columns is context.columns
    assert context.region_children is context.region_children
    assert context.engine is not other.engine
    assert "region_id" in context.columns.words


def test_a_region_has_the_nodes_of_all_regions_within_it_sorted():
    """Land holds vale and hill, vale holds dell; a region without a parent is under none, and circles end."""
    regions = [("land", None), ("hill", "land"), ("vale", "land"), ("dell", "vale"), ("p", "q"), ("q", "p")]
    nodes = [("z", "dell"), ("y", "hill"), ("x", "land"), ("w", "sea"), ("v", "vale"), ("u", "q")]
    context = QueryContext(run(regions, nodes))
    assert context.region_children == {"": ["land"], "land": ["hill", "vale"], "vale": ["dell"], "q": ["p"], "p": ["q"]}
    assert context.region_nodes("land") == ["v", "x", "y", "z"]
    assert context.region_nodes("vale") == ["v", "z"]
    assert context.region_nodes("p") == ["u"]
    assert context.region_nodes("nowhere") == []
