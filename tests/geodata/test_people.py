"""Who lives and works there: sums that must be exact, ranges that must be honest, sources that must be named."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import shapely

ROOT = Path(__file__).parents[2]
CENSUS = {
    "Pyongyang": 3255288,
    "South Pyongan": 4051696,
    "North Pyongan": 2728662,
    "Chagang": 1299830,
    "South Hwanghae": 2310485,
    "North Hwanghae": 2113672,
    "Kangwon": 1477582,
    "South Hamgyong": 3066013,
    "North Hamgyong": 2327362,
    "Ryanggang": 719269,
}
"""Provinces of 2008 as printed; South Pyongan with Namp'o, North Hamgyong with Rasŏn, North Hwanghae with Kaesŏng."""


@pytest.fixture(scope="module")
def people(dprk):
    """Communities with the region and the census province of their node."""
    nodes = dprk.nodes.set_index("node_id")["region_id"]
    census = dprk.regions.set_index("region_id")["census_region"]
    frame = dprk.communities.assign(region_id=dprk.communities["node_id"].map(nodes))
    return frame.assign(census=frame["region_id"].map(census))


def test_communities_add_up_to_the_census(people):
    """Populations are whole numbers and add up to each province of 2008 exactly, and to 23,349,859."""
    assert people.groupby("census")["population"].sum().astype(int).to_dict() == CENSUS
    assert people["population"].sum() == 23_349_859
    assert (people["population"] % 1 == 0).all()


def test_cities_with_a_status_of_their_own(people):
    """Namp'o and Rasŏn add up to what is printed for them; Kaesŏng keeps its own figure."""
    sums = people.groupby("region_id")["population"].sum()
    assert sums[["nampo", "rason", "kaesong"]].tolist() == [983_660, 196_954, 308_440]


def test_published_figures_stay(people):
    """A published figure is reported with its source; a derived one says how it was made and has a range."""
    by_name = people.set_index("node_id")
    assert by_name.loc["town_tokchon", "population"] == 237_133
    assert by_name.loc["town_hamhung", "population"] == 768_551
    assert by_name.loc["town_hochon", "population_basis"] == "derived"
    derived = people[people["population_basis"] == "derived"]
    assert derived["note"].ne("").all()
    assert (derived["population_low"] < derived["population_high"]).all()
    assert (people["population_basis"] == "reported").sum() >= 69


def test_all_named_enterprises_are_there(dprk):
    """The 120 named enterprises are all kept, the unlocated ones without a coordinate."""
    named = dprk.enterprises[dprk.enterprises["named"]]
    assert len(named) == 120
    at = dprk.nodes.set_index("node_id").loc[named["node_id"]]
    assert at["x_coord"].isna().sum() >= 12
    assert at["kind"].eq("enterprise").all()


def test_rest_of_the_workforce_fits_the_census(dprk):
    """Named and other workers are about 22 % of the residents, as the census leaves for enterprises."""
    workers = dprk.enterprises.groupby("named")["workers"].sum()
    works = 8_000 + 25_000 + 25_000 + 10_000 + 8_000
    assert (workers.sum() + works) / 23_349_859 == pytest.approx(5.33 / 24.05, rel=0.01)
    assert workers[True] / workers.sum() < 0.1
    assert len(dprk.enterprises[~dprk.enterprises["named"]]) == len(dprk.communities)


def test_conflicting_headcounts_span_a_range(dprk):
    """Where two sources give different headcounts, both bound the range."""
    row = dprk.enterprises.set_index("node_id").loc["ent_058"]
    assert (row["workers_low"], row["workers"], row["workers_high"]) == (6500, 8500, 8500)


def test_intake_is_not_nominal_capacity(dprk):
    """Mills take in an assumed tonnage with a range, and the two destinations less than the country's steel of 2015."""
    mills = dprk.mills.set_index("node_id")
    assert len(mills) == 8
    assert mills["intake_t_basis"].eq("assumed").all()
    assert (mills["intake_t_low"] < mills["intake_t_high"]).all()
    destinations = mills[mills["destination"]]
    assert sorted(destinations.index) == ["mill_kangson", "mill_songjin"]
    assert 12 * destinations["intake_t_high"].sum() < 1_079_000
    assert (12 * mills["intake_t"] < mills["capacity_t_per_year"].fillna(1e9)).all()


def test_yards_stand_at_stations_in_use(dprk):
    """Each yard has one short access link to a station; none stands at a closed halt or at a border bridge."""
    yards = dprk.nodes[dprk.nodes["kind"] == "yard"]
    gates = dprk.links[dprk.links["from_node_id"].isin(yards["node_id"])]
    assert gates["from_node_id"].tolist() == sorted(yards["node_id"])
    stations = dprk.nodes.set_index("node_id").loc[gates["to_node_id"]]
    assert stations["kind"].eq("station").all()
    assert not stations["name"].str.contains("closed|China|border|siding").any()
    assert yards["x_coord"].notna().all()


def test_every_source_is_named(dprk):
    """All source_id cells of all tables lead to a row of sources, and every source is used."""
    tables = {
        t: getattr(dprk, t)
        for t in ("regions", "nodes", "links", "lines", "enterprises", "sectors", "communities", "mills", "claims")
    }
    used = set()
    for frame in tables.values():
        for column in frame.columns[frame.columns.str.endswith("source_id")]:
            used |= set(frame[column].dropna()) - {""}
    known = set(dprk.sources["source_id"])
    assert used <= known
    assert dprk.sources["reliability"].isin(list("ABCDEF")).all()
    assert dprk.sources["title"].ne("").all()


def test_claims_that_disagree_point_at_each_other(dprk):
    """A contradiction stands on both sides: neither claim is thrown away."""
    pairs = {r.claim_id: set(str(r.contradicts).split("|")) - {"", "nan"} for r in dprk.claims.itertuples()}
    assert all(a in pairs[b] for a, others in pairs.items() for b in others)
    assert sum(map(len, pairs.values())) > 60
    assert dprk.claims["credibility"].isin(list("123456")).all()


def test_check_finds_no_error(dprk):
    """The real world is usable: no finding is an error."""
    assert not (dprk.check()["severity"] == "error").any()


def test_all_campaigns_are_read(dprk):
    """The three campaigns are accepted, and what is assumed in them says why."""
    import scrapflow as sf

    for name, months in (("2012", 4), ("2015", 12), ("2023", 12)):
        camp = sf.read_campaign(dprk, name)
        assert len(camp.periods) == months
        frame = camp.assumptions()
        given = frame[frame["note"].fillna("").ne("")]
        assert len(given) > 5
    rates = sf.read_campaign(dprk, "2015").rules[0].kg
    assert (rates.low, rates.value, rates.high) == (2.8, 11, 33)


def test_basemap_is_small_and_right():
    """Each basemap file is at most 200 kB; the provinces carry Hangul, and Rasŏn its own."""
    folder = ROOT / "geodata" / "dprk" / "basemap"
    for name in ("countries", "regions", "counties"):
        assert (folder / f"{name}.geojson").stat().st_size <= 200_000
    features = json.loads((folder / "regions.geojson").read_text(encoding="utf-8"))["features"]
    local = {f["id"]: f["properties"]["name_local"] for f in features}
    assert local["KP.NJ"] == "라선시"
    assert len({v for v in local.values() if v}) == 13
    assert all(shapely.geometry.shape(f["geometry"]).is_valid for f in features)


def test_regions_have_polygons(dprk):
    """Each region below the country names a polygon of the basemap of its own."""
    ids = {f["id"] for layer in ("regions", "counties") for f in dprk.basemap[layer]["features"]}
    below = dprk.regions[dprk.regions["region_id"] != "dprk"]
    assert set(below["basemap_id"]) <= ids
    assert below["basemap_id"].is_unique


def test_points_lie_in_their_region(dprk):
    """Nearly every placed node lies in its region's polygon, give or take its accuracy.

    The outlines of Namp'o and Kaesŏng are made from seats: they are judged together with the province around them.
    """
    polygon = dprk.regions[dprk.regions["level"] == "province"].set_index("region_id").geometry
    for city, around in (("nampo", "south_pyongan"), ("kaesong", "north_hwanghae")):
        polygon[city] = polygon[around] = polygon[city].union(polygon[around])
    placed = dprk.nodes[dprk.nodes["x_coord"].notna() & dprk.nodes["region_id"].isin(polygon.index)]
    away = pd.Series(
        [
            polygon[r.region_id].distance(shapely.Point(r.x_coord, r.y_coord)) * 111
            - max(3.0, r.coordinate_accuracy_km)
            for r in placed.itertuples()
        ],
        index=placed["node_id"],
    )
    assert (away > 0).sum() <= 10
    assert away.max() < 20


def test_written_pages_are_current(tmp_path, monkeypatch):
    """The pages that scripts write about the world say what the world says now."""
    monkeypatch.syspath_prepend(str(ROOT))
    from geodata.build import contradictions, validate_lengths

    for module, name in ((contradictions, "contradictions.md"), (validate_lengths, "validation.md")):
        monkeypatch.setattr(module, "OUT", tmp_path / name)
        module.main()
        assert (tmp_path / name).read_text(encoding="utf-8") == (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_shares_of_a_known_total_name_it(people):
    """Each community names the census total that it is a share of, and the rows of a total add up to it."""
    sums = people.groupby("population_total")["population"].sum()
    assert "" not in sums.index
    assert sums["Namp'o, census of 2008"] == 983_660
    assert sums["Kangwon, census of 2008"] == CENSUS["Kangwon"]


def test_lumps_stand_for_many_sites_and_works_for_one(dprk):
    """Only rows of other enterprises say how many workforces they stand for: workers over a mean size, with a range."""
    firms = dprk.enterprises
    assert firms.loc[firms["named"], "sites"].isna().all()
    lumps = firms[~firms["named"]]
    assert (lumps["sites"] - (lumps["workers"] / 200).clip(lower=1)).abs().max() < 0.06
    assert (lumps["sites_low"] < lumps["sites"]).all()
    assert (lumps["sites"] < lumps["sites_high"]).all()
    assert (lumps["sites_basis"] == "derived").all()


def test_every_assumed_value_has_a_range(dprk):
    """No assumed value is without a low and a high; only the unit of output, which is a definition, has none."""
    assumed = dprk.assumptions()
    bare = assumed[assumed["low"].isna() | assumed["high"].isna()]
    assert set(bare["column"]) == {"output_per_worker"}
    assert (bare["basis"] == "derived").all()


def test_claims_with_a_metric_have_a_role(dprk):
    """What a claim is to the model is said wherever the model has a number for it; both destinations' sentences too."""
    claims = dprk.claims
    assert (claims.loc[claims["metric"] != "", "role"] != "").all()
    roles = claims.set_index("claim_id")["role"]
    assert roles["yard_functional"] == roles["steel_2015"] == "tuned"
    assert roles["residents_20kg"] == roles["marks"] == "input"
    assert roles["carried_back"] == "definition"
    assert (roles[["steel_2015_carted", "steel_world_association", "rajin_khasan_2015"]] == "test").all()


def test_sources_have_titles_that_can_be_read(dprk):
    """No title is a scrap of an address, and the two reports that the model is about come first."""
    titles = dprk.sources["title"]
    assert not titles.str.contains(r"idxno|ncd=|\.html|^\d+ ").any()
    assert dprk.sources["source_id"].tolist()[:2] == ["dailynk_13046", "dailynk_105759"]
    copies = dprk.sources[dprk.sources["publisher"] == "copy of Wikipedia"]
    assert (copies["reliability"] == "D").all()
