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


@pytest.mark.parametrize(
    ("cells", "column", "part"),
    [
        ({"value": "", "low": "", "high": ""}, "value", "nothing was observed"),
        ({"value": "", "low": "5", "high": "4"}, "low", "low is above high"),
        ({"value": "5", "sd": "1", "node_id": "far", "region_id": "hill"}, "node_id", "one node, link or region"),
        ({"value": "5", "sd": "0"}, "sd", "a value without an error"),
        ({"value": "5", "sd": ""}, "sd", "a value without an error"),
        ({"value": "5", "error": "poisson"}, "", ""),
        ({"value": "5", "low": "4"}, "", ""),
        ({"value": "", "low": "4"}, "", ""),
        ({"value": "5", "sd": "1"}, "", ""),
    ],
)
def test_an_observation_says_something_of_one_place_and_how_it_may_be_wrong(folder, cells, column, part):
    """A value with its error or range, a bound alone, a count; what is neither is named by its column."""
    row = {"observation_id": "o", "metric": "carted_t", "source_id": "drawn"} | cells
    (folder.path / "observations.csv").write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    found = folder.check()
    found = found[(found["table"] == "observations") & (found["severity"] == "error")]
    assert found["column"].tolist() == ([column] if column else [])
    assert not column or part in found["message"].iloc[0]


def test_regions_may_lie_in_one_another_but_not_in_a_ring(folder):
    """Three in a ring are all named; what hangs on the ring is not; a chain is none."""
    table = [["region_id", "parent_id", "level", "name"]]
    folder.put("regions", [*table, ["land", "", "", "L"], ["vale", "land", "", "V"], ["hill", "vale", "", "H"]])
    assert not folder.check()["message"].str.contains("contains itself").any()
    folder.put(
        "regions",
        [
            *table,
            ["land", "hill", "", "L"],
            ["vale", "land", "", "V"],
            ["hill", "vale", "", "H"],
            ["on", "hill", "", "O"],
        ],
    )
    found = folder.check()
    assert sorted(found.loc[found["message"].str.contains("contains itself"), "row"]) == ["hill", "land", "vale"]


def test_periods_of_known_tonnes_are_labels_of_one_unit(folder):
    """A month after a quarter, and what is no label; the first row says the unit, also for demand."""
    rows = [["node_id", "period", "tonnage_t", "tonnage_t_basis", "material"]]
    for table, labels in (("supply", ["2019-Q1", "2019-03", "spring"]), ("demand", ["2019-Q4", "2019"])):
        folder.put(
            table, rows + [["yard" if table == "supply" else "far", label, "5", "assumed", "scrap"] for label in labels]
        )
    found = folder.check()
    told = found[(found["column"] == "period") & (found["severity"] == "error")]
    assert told["message"].tolist() == [
        "'2019-03' is a month, an earlier row has a quarter: use one unit",
        "'spring' is no period: write 2019-03 (month), 2019-Q1, 2019-W05, 2019-03-25 (day) or 2019",
        "'2019' is a year, an earlier row has a quarter: use one unit",
    ]


def test_a_world_without_mills_or_links_says_what_cannot_be(folder):
    """And a node without a region is only a note."""
    for name in ("mills", "links", "lines"):
        folder.put(name, [folder.rows(name)[0]])
    found = folder.check()
    told = found[found["severity"] == "warning"]["message"].tolist()
    assert "there are no mills: nothing can be shipped" in told
    assert "there are no links: nothing can be carted or shipped" in told
    folder.set("nodes", "yard", region_id="")
    assert said(folder.check(), "nodes", "yard", "region_id") == "belongs to no region"
