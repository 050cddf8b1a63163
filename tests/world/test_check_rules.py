"""What columns and tables say together: origins, ranges, references, what counts as nothing."""

from __future__ import annotations

import pytest

import scrapflow as sf
from tests.findings import said


def test_what_counts_as_zero_is_a_warning(folder):
    """Unknown values that the model needs and nobody supplies are named before they count as zero."""
    folder.set("sectors", "machinery", scrap_kg_per_worker="")
    folder.set("enterprises", "works", scrap_t="")
    folder.set("communities", "town", population="")
    folder.set("mills", "far", intake_t="")
    found = folder.check()
    assert "1 enterprise of the sector need" in said(found, "sectors", "machinery", "scrap_kg_per_worker")
    assert "counts as 0" in said(found, "communities", "town", "population")
    assert "no limit" in said(found, "mills", "far", "intake_t")
    assert set(found["severity"]) == {"warning"}


def test_an_assumption_without_a_range_is_a_warning(folder):
    """What is assumed must say how low and how high it might be."""
    folder.set("mills", "far", intake_t_low="")
    assert "without a low and a high" in said(folder.check(), "mills", "far", "intake_t")


def test_a_node_without_its_row_is_a_warning(folder):
    """A mill that is a node only takes nothing in: said."""
    folder.add("nodes", node_id="m", name="M", kind="mill", basis="assumed", region_id="vale")
    found = folder.check()
    assert "without a row in the table mills" in said(found, "nodes", "m", "kind")
    assert "on no map" in said(found, "nodes", "m", "x_coord, y_coord")


def test_odd_dates_and_loose_claims_are_warnings(folder):
    """A date in another order and a comparison with nothing are doubtful, not fatal."""
    folder.set("sources", "drawn", published="3/25/2015")
    folder.set("claims", "yard_functional", other_metric="")
    found = folder.check()
    assert "no ISO date" in said(found, "sources", "drawn", "published")
    assert "to compare with" in said(found, "claims", "yard_functional", "relation")
    folder.set("claims", "yard_functional", relation="between")
    assert "needs a low and a high" in said(folder.check(), "claims", "yard_functional", "relation")


def test_ids_that_the_network_uses_are_refused(folder):
    """A link called as the way back of another would be taken for it."""
    folder.add(
        "links", link_id="rail_far (back)", from_node_id="station", to_node_id="near", mode="rail", length_km="30"
    )
    problems = folder.problems()
    assert problems["message"].str.contains("the way back over rail_far").any()


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"period": "March 2015"}, "period", "is no period: write 2019-03"),
        ({"period": "2015"}, "period", "is a year, an earlier row has a month"),
        ({"node_id": "yrd"}, "node_id", "did you mean 'yard'"),
        ({"tonnage_t": "-1"}, "tonnage_t", "is negative"),
        ({"tonnage_t_basis": "reported"}, "tonnage_t_source_id", "by whom?"),
    ],
)
def test_what_is_wrong_with_known_tonnes_is_named(folder, cells, column, message):
    """A row of supply is judged like any other: its place, period, amount and origin."""
    row = {"node_id": "yard", "period": "2015-01", "tonnage_t": "3", "tonnage_t_basis": "assumed"} | cells
    header = list(row)
    first = {"node_id": "station", "period": "2015-02", "tonnage_t": "1", "tonnage_t_basis": "assumed"}
    folder.put("supply", [header, [first.get(c, "") for c in header], list(row.values())])
    problems = folder.problems()
    said = problems.loc[(problems["table"] == "supply") & (problems["column"] == column), "message"]
    assert said.str.contains(message).any()


def test_several_materials_must_be_told_apart(folder):
    """With two materials in the world, a row without one could mean either."""
    folder.put("materials", [["material"], ["iron"], ["scrap"]])
    folder.put("supply", [["node_id", "material", "tonnage_t"], ["yard", "", "3"]])
    problems = folder.problems()
    assert problems.loc[problems["column"] == "material", "message"].str.contains("iron, scrap").any()


def test_a_material_that_the_table_lacks_is_named(folder):
    """A table of materials is complete: a word beside it is a mistake."""
    folder.put("materials", [["material", "colour"], ["iron", "red"], ["scrap", "#112233"]])
    folder.put("supply", [["node_id", "material", "tonnage_t"], ["yard", "irn", "3"]])
    problems = folder.problems()
    assert problems.loc[problems["table"] == "supply", "message"].str.contains("did you mean 'iron'").any()
    assert problems.loc[problems["column"] == "colour", "row"].tolist() == ["iron"]


def test_a_junction_needs_no_name_and_a_station_does(folder):
    """Where lines merely meet there is nothing to call."""
    folder.add("nodes", node_id="j", kind="junction", x_coord="0.6", y_coord="0.5", basis="assumed")
    assert "j" in sf.read_world(folder.path).nodes["node_id"].tolist()
    folder.set("nodes", "j", kind="station")
    problems = folder.problems()
    assert problems.loc[problems["row"] == "j", "column"].tolist() == ["name"]
