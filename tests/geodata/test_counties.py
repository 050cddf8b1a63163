from __future__ import annotations

import numpy as np
import pytest
import shapely


@pytest.fixture(scope="module")
def regions(dprk):
    """Regions by identifier."""
    return dprk.regions.set_index("region_id")


def test_every_county_lies_below_a_province(dprk, regions):
    """A county for every city or county of the census; its parent is the province in which its seat counts."""
    counties = regions[regions["level"] == "county"]
    towns = dprk.communities["node_id"]
    assert set(counties.index) == {f"county_{t.removeprefix('town_')}" for t in towns}
    seat_in = dprk.nodes.set_index("node_id").loc[towns, "region_id"]
    for town, province in seat_in.items():
        assert counties.loc[f"county_{town.removeprefix('town_')}", "parent_id"] == province
    assert set(regions.loc[counties["parent_id"], "level"]) == {"province"}


def test_region_of_a_node_is_a_province(dprk, regions):
    """The region of a node is never a county, and its county is one of that very province."""
    nodes = dprk.nodes[dprk.nodes["region_id"] != ""]
    assert (regions.loc[nodes["region_id"], "level"] == "province").all()
    known = nodes[nodes["county"] != ""]
    assert (regions.loc[known["county"], "parent_id"].to_numpy() == known["region_id"].to_numpy()).all()
    placed = nodes["x_coord"].notna()
    assert (nodes.loc[placed, "county"] != "").all()


def test_outlines_are_real(regions):
    """Every province and county has a sound polygon; only the country, which contains them, has none of its own."""
    empty = regions[regions.geometry.is_empty]
    assert empty["level"].tolist() == ["country"]
    assert regions.geometry.is_valid.all()


def test_counties_fill_their_province(regions):
    """The counties of a province are its outline, cut up: together they cover it and do not overlap."""
    for province, row in regions[regions["level"] == "province"].iterrows():
        cells = regions.loc[(regions["level"] == "county") & (regions["parent_id"] == province)].geometry.to_numpy()
        whole = shapely.union_all(cells)
        assert shapely.area(cells).sum() == pytest.approx(whole.area, rel=1e-3), province
        assert shapely.symmetric_difference(whole, row.geometry).area < 0.01 * row.geometry.area, province


def test_a_cell_is_nearest_to_its_own_seat(dprk, regions):
    """A point inside a county is nearer to its seat than to another of the province, but for the rounding of borders."""
    seats = dprk.nodes[dprk.nodes["kind"] == "community"].set_index("county")
    narrow = np.cos(np.radians(40.0))
    xy = seats[["x_coord", "y_coord"]].to_numpy() * (narrow, 1.0)
    drawn_with = {"nampo": "south_pyongan", "kaesong": "north_hwanghae"}
    province = seats["region_id"].replace(drawn_with).to_numpy()
    for county in seats.index[::7]:
        inside = shapely.get_coordinates(regions.loc[county].geometry.representative_point())[0] * (narrow, 1.0)
        own = province == province[seats.index.get_loc(county)]
        away = np.hypot(*(xy - inside).T)
        assert seats.index[own][away[own].argmin()] == county


def test_counties_are_asked_for_by_their_seat(dprk):
    """A name means the province or the town, never the county drawn around it: old questions keep their answers."""
    assert dprk.resolve("Hamhung", kinds=("region", "community")) == "town_hamhung"
    assert dprk.resolve("Kaesong", kinds=("region", "community")) == "kaesong"
    assert dprk.find("Kaesong", kind="region").empty


def test_kaesong_is_in_its_place(dprk, regions):
    """Town, station, yard and works of Kaesŏng are in Kaesŏng, inside its outline."""
    nodes = dprk.nodes.set_index("node_id")
    for node in ("town_kaesong", "st_kaesong", "yard_kaesong", "other_kaesong", "st_panmun"):
        assert nodes.loc[node, "region_id"] == "kaesong"
        assert shapely.distance(regions.loc["kaesong"].geometry, nodes.loc[node].geometry) < 0.05, node


def test_all_counties_are_placed(dprk):
    """No community is without a place; each has a radius, and a point inside an outline is said to be derived."""
    towns = dprk.nodes[dprk.nodes["kind"] == "community"]
    assert towns["x_coord"].notna().all()
    assert towns["coordinate_accuracy_km"].gt(0).all()
    inside = towns["coordinate_method"].str.startswith("point inside")
    assert inside.sum() == 9
    assert (towns.loc[inside, "basis"] == "derived").all()
