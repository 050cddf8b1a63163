"""What the map tells: swapped places, lengths that cannot be, gauges that meet, loose parts, doubles."""

from __future__ import annotations

from tests.findings import said


def test_two_gauges_need_a_transshipment(folder):
    """Rails of two gauges in one node would let trains run through."""
    folder.set("links", "rail_far", gauge_mm="762")
    found = folder.problems()
    assert "762 and 1435 mm meet in one node" in said(found, "nodes", "station", "")


def test_swapped_places_are_found_among_many(folder):
    """Of a cluster in the far east two swapped places lie in the far south, and both are named."""
    folder.put("links", [folder.rows("links")[0]])
    folder.put("lines", [folder.rows("lines")[0]])
    for row, (x, y) in zip(
        ("works", "town", "yard", "station", "near", "far"),
        ((75.1, 39.2), (75.6, 38.8), (39.4, 75.4), (74.9, 39.9), (39.5, 75.3), (75.3, 39.1)),
        strict=True,
    ):
        folder.set("nodes", row, x_coord=str(x), y_coord=str(y), region_id="land")
    found = folder.problems()
    assert found["row"].tolist() == ["yard", "near"]


def test_a_straight_line_longer_than_the_chainage_is_a_warning(folder):
    """Chainage beats geometry, so the world is usable; the pair is named and the accuracies weighed."""
    folder.set("links", "rail_near", length_km="10")
    message = said(folder.check(), "links", "rail_near", "length_km")
    assert message.startswith("straight line longer than its chainage: Vale to Near Mill is 15.7 km straight, 10.0 km")
    assert "0.1 and 0.1 km cannot" in message
    folder.set("nodes", "near", coordinate_accuracy_km="6")
    assert "can explain it" in said(folder.check(), "links", "rail_near", "length_km")
    folder.set("nodes", "near", coordinate_accuracy_km="")
    assert "not known" in said(folder.check(), "links", "rail_near", "length_km")


def test_what_is_not_connected_is_named(folder):
    """A station without links and a pair apart from the rest are two warnings with their members."""
    for i in "abc":
        folder.add(
            "nodes",
            node_id=i,
            name=i.upper(),
            kind="station",
            basis="assumed",
            x_coord="0.7",
            y_coord=f"0.{ord(i) - 90}",
        )
    folder.add("links", link_id="ab", from_node_id="a", to_node_id="b", mode="rail")
    found = folder.check().query("severity == 'warning'")
    assert "2 places, A (a), B (b)" in said(found, "nodes", "a", "")
    assert "1 place, C (c)" in said(found, "nodes", "c", "")


def test_one_place_entered_twice_is_a_warning_and_a_shared_name_a_note(folder):
    """The same kind, name and coordinate twice is suspicious; two places of one name are worth knowing."""
    folder.add("nodes", node_id="s2", name="Vale", kind="station", basis="assumed", x_coord="0.5", y_coord="0.5")
    folder.add("nodes", node_id="s3", name="Vale", kind="station", basis="assumed", x_coord="0.9", y_coord="0.5")
    found = folder.check()
    assert "entered twice" in said(found[found["message"].str.contains("twice")], "nodes", "s2", "")
    assert "can be meant by 'vale': station, s2, s3" in said(found, "nodes", "station", "name")


def test_a_link_of_unplaced_ends_needs_a_length(folder):
    """What cannot be measured must be given."""
    folder.set("nodes", "far", x_coord="", y_coord="")
    folder.set("links", "rail_far", length_km="")
    assert "cannot be measured" in said(folder.problems(), "links", "rail_far", "length_km")


def test_one_track_given_twice_is_doubtful(folder):
    """A copy of a row doubles a capacity; two one-way links in opposite directions do not."""
    row = next(r for r in folder.rows("links") if r[0] == "rail_near")
    header = folder.rows("links")[0]
    cells = dict(zip(header, row, strict=True))
    folder.add("links", **(cells | {"link_id": "copy"}))
    assert folder.check()["message"].str.contains("joined by several links").any()
    turned = {"link_id": "copy", "from_node_id": cells["to_node_id"], "to_node_id": cells["from_node_id"]}
    folder.put("links", [r for r in folder.rows("links") if r[0] != "copy"])
    folder.set("links", "rail_near", directed="true")
    folder.add("links", **(cells | turned | {"directed": "true"}))
    assert not folder.check()["message"].str.contains("joined by several links").any()


def test_a_place_at_zero_zero_is_doubtful(folder):
    """In a world elsewhere it is what a failed search leaves."""
    for row in folder.rows("nodes")[1:]:
        folder.set("nodes", row[0], x_coord="125.0", y_coord="38.0")
    folder.set("nodes", "far", x_coord="0", y_coord="0")
    assert folder.check()["message"].str.contains("Gulf of Guinea").any()


def test_two_ways_between_two_places_are_no_twins(folder):
    """A line and its detour, whose lengths nobody wrote down, differ in their courses; the same course twice is one track."""
    for row, course in [("rail_near", ""), ("detour", "LINESTRING (0.5 0.5, 0.9 0.5, 0.6 0.6)")]:
        ends = {"from_node_id": "station", "to_node_id": "near"}
        cells = {"link_id": row, **ends, "mode": "rail", "length_km": "", "geometry": course}
        folder.add("links", **cells) if row == "detour" else folder.set("links", row, **cells, gauge_mm="", line_id="")
    assert not folder.check()["message"].str.contains("joined by several links").any()
    folder.set("links", "detour", geometry="")
    assert folder.check()["message"].str.contains("joined by several links").any()


def test_a_gauge_that_is_not_that_of_its_line_is_doubtful(folder):
    """The link says 1000 mm, its line 1435."""
    folder.set("lines", "trunk", gauge_mm="1435")
    folder.set("links", "rail_far", gauge_mm="1000")
    folder.set("links", "rail_near", gauge_mm="1000", line_id="")
    assert said(folder.check(), "links", "rail_far", "gauge_mm") == "1000 mm, but its line is of 1435 mm"


def test_a_link_ten_times_its_straight_line_may_be_in_metres(folder):
    """To the far mill are 100 km: 1,100 may be a slip, 900 is a detour; what coordinates may err counts."""
    folder.set("links", "rail_far", length_km="1100")
    assert "1,100.0 km by the link, but Vale to Far Mill is 100.2 km straight" in said(
        folder.check(), "links", "rail_far", "length_km"
    )
    folder.set("links", "rail_far", length_km="900")
    assert not folder.check()["message"].str.contains("metres").any()
    folder.set("links", "rail_far", length_km="1100")
    folder.set("nodes", "far", coordinate_accuracy_km="50")
    assert not folder.check()["message"].str.contains("metres").any()


def test_what_has_no_place_is_told_unless_it_is_the_outside(folder):
    """A note for a yard without a coordinate; a world without any gets one warning."""
    folder.set("nodes", "yard", x_coord="", y_coord="")
    found = folder.check()
    assert found.loc[found["message"].str.startswith("not placed"), "row"].tolist() == ["yard"]
    for node in ("far", "near", "station", "town", "works"):
        folder.set("nodes", node, x_coord="", y_coord="")
    assert "nothing is measured or drawn" in folder.check()["message"].str.cat(sep=" ")


def test_a_swapped_place_is_known_by_the_outline_of_its_region(folder):
    """Two boxes: the mill lies outside its own and inside if the two numbers are exchanged."""
    folder.set("regions", "hill", geometry="POLYGON ((1 0, 2 0, 2 1, 1 1, 1 0))")
    folder.set("nodes", "far", x_coord="0.5", y_coord="1.4")
    assert "are the two swapped?" in said(folder.problems(), "nodes", "far", "x_coord, y_coord")
