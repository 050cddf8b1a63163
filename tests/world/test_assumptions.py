"""Every input that is not reported is a row, with its range, its basis and how it was found."""

from __future__ import annotations

import scrapflow as sf
from scrapflow.world.assumptions import assumptions


def test_assumptions_list_what_is_not_reported(toy):
    """Assumed intakes with their ranges; nothing that is reported."""
    a = toy.assumptions()
    assert list(a.columns) == ["table", "row", "column", "value", "low", "high", "unit", "basis", "source_id", "note"]
    near = a[(a["row"] == "near") & (a["column"] == "intake_t")].iloc[0]
    assert [near.value, near.low, near.high, near.unit, near.basis] == [15, 10, 20, "t per month", "assumed"]
    assert "population" not in set(a["column"])
    assert set(a["basis"]) == {"assumed"}
    default = a[a["column"] == "scrap_arising_kg_per_worker"].iloc[0]
    assert default.value == 0.0
    assert "default of the schema" in default.note


def test_derived_places_and_lengths_are_listed(folder):
    """A place that was interpolated and a length that was worked out are assumptions too."""
    folder.set("nodes", "near", basis="derived", coordinate_method="interpolated", coordinate_accuracy_km="5")
    folder.set("links", "rail_far", length_basis="derived", source_id="")
    a = sf.read_world(folder.path).assumptions()
    place = a[(a["table"] == "nodes") & (a["row"] == "near")].iloc[0]
    assert place["note"] == "interpolated, within 5 km"
    link = a[(a["table"] == "links") & (a["row"] == "rail_far")].iloc[0]
    assert [link.value, link.unit, link.basis] == [110, "km", "derived"]


def test_a_world_without_assumptions_has_an_empty_list(tmp_path):
    """No values, no assumptions, but the columns are there."""
    for name, text in (
        ("sources", "source_id,title"),
        ("regions", "region_id,name"),
        ("nodes", "node_id,name,kind"),
        ("links", "link_id,from_node_id,to_node_id"),
    ):
        (tmp_path / f"{name}.csv").write_text(text + "\n")
    a = sf.read_world(tmp_path).assumptions()
    assert a.empty
    assert "basis" in a


def test_a_value_without_a_basis_is_assumed_and_the_default_stands_for_what_is_not_known(toy):
    """An empty basis is told as assumed, a derived one as derived, a reported one not at all; half a coordinate is no place."""
    mills = toy.mills.assign(intake_t_basis=["", "derived"])
    nodes = toy.nodes.assign(basis="derived", y_coord=toy.nodes["y_coord"].mask(toy.nodes["node_id"] == "near"))
    told = assumptions({**toy.tables, "mills": mills, "nodes": nodes})
    intake = told[told["column"] == "intake_t"].set_index("row")["basis"]
    assert intake.to_dict() == dict(zip(mills["node_id"], ["assumed", "derived"], strict=True))
    places = told[told["column"] == "x_coord, y_coord"]
    assert set(places["row"]) == set(nodes["node_id"]) - {"near", "outside"}
    assert places["low"].tolist() == [0.0] * len(places)
    assert places["value"].isna().all()
    assert set(places["unit"]) == {"km from the place"}


def test_of_a_changed_world_only_what_was_changed_is_listed_anew(toy):
    """A world with another intake shares the list of all other tables, and says what a world without such a list says."""
    before = toy.assumptions()
    changed = toy.with_values({("mills", "near", "intake_t"): 12.0})
    told = changed.assumptions()
    assert told.equals(assumptions(changed.tables))
    assert toy.assumptions().equals(before)
    listed = [world.memo["listed"] for world in (toy, changed)]
    assert {name for name in listed[0] if listed[0][name] is not listed[1][name]} == {"mills"}
