"""A world written by a stranger from DESIGN section 4 alone is read, checked, written and run."""

from __future__ import annotations

import shutil

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import worlds

import scrapflow as sf

CHECK = ["table", "row", "column", "severity", "message"]


def test_key_columns_are_enough(plain):
    """A folder with the key columns of section 4 and no world.toml has no error."""
    assert not (plain.check()["severity"] == "error").any()


def test_check_has_the_columns_of_the_design(plain):
    """The findings are table, row, column, severity, message."""
    assert list(plain.check().columns) == CHECK


def test_outside_exists_in_every_world(plain):
    """The node outside is there though nobody wrote it."""
    row = plain.nodes.set_index("node_id").loc["outside"]
    assert row["kind"] == "outside"


def test_unknown_is_not_zero(plain):
    """A node without coordinates has none, and an empty geometry."""
    lost = plain.nodes.set_index("node_id").loc["e3"]
    assert pd.isna(lost["x_coord"])
    assert lost.geometry is None or lost.geometry.is_empty


def test_tables_are_frames_in_wgs84(plain):
    """Nodes, links and regions are GeoDataFrames in EPSG:4326."""
    for frame in (plain.nodes, plain.links):
        assert isinstance(frame, gpd.GeoDataFrame)
        assert frame.crs.to_epsg() == 4326
    assert isinstance(plain.sources, pd.DataFrame)


def test_a_single_campaign_is_the_default(plain):
    """A world with one campaign needs no default_campaign."""
    pd.testing.assert_series_equal(sf.run(plain).totals(), sf.run(plain, "2015").totals())


def test_a_line_id_needs_no_table_of_lines(make):
    """Section 4 has line_id on links and no table of lines: a line is what its links say."""
    world = make(links=worlds.LINKS.replace("1435,,", "1435,main,"))
    path = sf.build_network(world).path("Alphaton", "Gamma Mill", line="main")
    assert path.length_km == pytest.approx(150)
    assert not (world.check()["severity"] == "error").any()


WHOM = {"claims": "nobody", "mills": "nobody", "communities": "unaffiliated", "enterprises": "per_worker"}


@pytest.mark.parametrize("absent", WHOM)
def test_tables_of_people_may_be_absent(make, absent):
    """Without one of the tables the world is still read and run, and balances."""
    rules = "".join(f"\n[[quota]]{part}" for part in worlds.CAMPAIGN.split("[[quota]]")[1:] if WHOM[absent] not in part)
    campaign = worlds.CAMPAIGN.split("[[quota]]")[0] + rules
    run = sf.run(make(leave_out=(absent,), campaign=campaign), "2015")
    assert run.balance()["residual_t"].abs().max() < 1e-6


def test_without_campaign_a_path_to_one_is_taken(make, tmp_path):
    """A world without campaigns runs a TOML file given by its path."""
    world = make(campaign=None)
    file = tmp_path / "mine.toml"
    file.write_text('[periods]\nstart = "2020-03"\ncount = 2\n[[quota]]\nkind = "per_worker"\nkg = 20\n', "utf-8")
    run = sf.run(world, sf.read_campaign(world, file))
    assert run.periods["period"].tolist() == ["2020-03", "2020-04"]
    assert run.accounts["quota_t"].sum() == pytest.approx(2 * 34)


def test_an_almost_empty_campaign_is_a_campaign(make):
    """Every section of a campaign is optional: with periods alone nobody is asked for anything."""
    run = sf.run(make(campaign='[periods]\nstart = "2015-01"\ncount = 1\n'), "2015")
    assert run.accounts["quota_t"].sum() == 0
    assert len(run.movements) == 0


@pytest.mark.parametrize("as_", ["folder", "gpkg", "parquet"])
def test_round_trip_is_identity(plain, tmp_path, as_):
    """A world written as CSV, GeoPackage or GeoParquet and read again is the same world."""
    to = tmp_path / ("w.gpkg" if as_ == "gpkg" else "w")
    if as_ == "parquet":
        plain.write(to, format="parquet")
    else:
        plain.write(to)
    again = sf.read_world(to)
    for table in ("sources", "nodes", "links", "enterprises", "sectors", "communities", "mills"):
        a, b = getattr(plain, table), getattr(again, table)
        pd.testing.assert_frame_equal(pd.DataFrame(a), pd.DataFrame(b))
    assert dict(again.campaigns) == dict(plain.campaigns)


FAULTS = {
    "unknown node": ("links", worlds.LINKS.replace("l2,t2", "l2,t9"), "l2"),
    "negative workers": ("enterprises", worlds.ENTERPRISES.replace(",500,5", ",-500,5"), "e2"),
    "duplicate id": ("nodes", worlds.NODES + worlds.NODES.splitlines()[1] + "\n", "e1"),
    "missing source": ("nodes", worlds.NODES.replace("reported,s1,6", "reported,,6"), "e2"),
    "no such kind": ("nodes", worlds.NODES.replace("mill,r1", "smelter,r1"), "m1"),
    "bad share": ("communities", worlds.COMMUNITIES.replace("c2,5000,0.2", "c2,5000,1.2"), "c2"),
    "not a number": ("mills", worlds.MILLS.replace("40", "forty"), "m1"),
    "bad grade": ("sources", worlds.SOURCES.replace(",F", ",G"), "s2"),
    "bad relation": (
        "claims",
        f"{worlds.CLAIM_COLUMNS}\nk1,More,delivered_t,~,,3,,,t,,,s1,2\n",
        "k1",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_row(tmp_path, fault):
    """Each fault is refused as InputError with table and row."""
    table, text, row = FAULTS[fault]
    with pytest.raises(sf.errors.InputError) as refused:
        sf.read_world(worlds.write_world(tmp_path / "w", **{table: text}))
    found = refused.value.problems
    assert list(found.columns) == CHECK
    assert ((found["table"] == table) & found["row"].str.contains(row)).any()


def test_all_faults_at_once(tmp_path):
    """Read after everything: faults in five tables are five tables in one report, and strict=False still reads."""
    texts = {table: text for table, text, _ in FAULTS.values()}
    folder = worlds.write_world(tmp_path / "w", **texts)
    with pytest.raises(sf.errors.InputError) as refused:
        sf.read_world(folder)
    assert set(texts) <= set(refused.value.problems["table"])
    lax = sf.read_world(folder, strict=False)
    assert set(texts) <= set(lax.check().query("severity == 'error'")["table"])


def test_swapped_coordinates_are_seen(tmp_path):
    """Latitude and longitude swapped where one cannot be a latitude is an error of that row."""
    text = worlds.NODES.replace("12.00,50.00", "39.00,125.70")
    with pytest.raises(sf.errors.InputError) as refused:
        sf.read_world(worlds.write_world(tmp_path / "w", nodes=text))
    assert (refused.value.problems["row"] == "m1").any()


def test_unknown_cells_become_the_sectors_defaults(make):
    """An enterprise of which nothing is known has its sector's headcount, 500 × 20 kg."""
    text = "node_id,sector_id,named,workers,scrap_t\ne1,mach,true,,\n"
    run = sf.run(make(enterprises=text, nodes=worlds.NODES), "2015")
    first = run.accounts.query("node_id == 'e1' and period == '2015-01'").iloc[0]
    assert first["quota_t"] == pytest.approx(10)
    opening = run.stocks.query("node_id == 'e1' and period == '2015-01' and material == 'scrap'")["opening_t"].sum()
    assert opening == pytest.approx(5)


def test_claims_with_the_columns_of_the_design(make):
    """Claims with =, <, > and between are judged: one row a claim."""
    text = (
        f"{worlds.CLAIM_COLUMNS}\n"
        "a,Less than,delivered_t,<,,100000,,,t,,,s1,2\n"
        "b,Between,delivered_t,between,,,0,1,t,,,s1,2\n"
        "c,More carted than shipped,carted_t,>,shipped_t,,,,t,,,s1,2\n"
    )
    claims = sf.run(make(claims=text), "2015").claims().set_index("claim_id")
    assert claims["agrees"].tolist() == [True, False, True]


def test_assumptions_list_what_the_run_rests_on(plain_run):
    """Every assumption is a row with value, low, high and basis; nothing reported is among them."""
    rows = plain_run.assumptions()
    assert {"table", "row", "column", "value", "low", "high", "basis"} <= set(rows.columns)
    assert not (rows["basis"] == "reported").any()
    assert (rows["table"] == "enterprises").any()


def test_a_length_in_metres_is_doubted(make):
    """100 km written as 100000 is said, with the straight line beside it."""
    links = worlds.LINKS.replace("rail,100,", "rail,100000,")
    found = make(links=links).check().query("row == 'l1' and column == 'length_km'")
    assert found["severity"].tolist() == ["warning"]
    assert "metres" in found["message"].iloc[0]


def test_a_geopackage_of_another_tool_finds_campaigns_beside_it(plain, plain_folder, tmp_path):
    """QGIS writes points and lines as layers and knows nothing of campaigns: they lie in a folder beside the file."""
    file = tmp_path / "made.gpkg"
    nodes = plain.nodes[(plain.nodes["node_id"] != "outside") & plain.nodes["x_coord"].notna()]
    nodes.drop(columns=["x_coord", "y_coord"]).to_file(file, layer="nodes", driver="GPKG")
    plain.links.to_file(file, layer="links", driver="GPKG")
    plain.regions.to_file(file, layer="regions", driver="GPKG")
    placed = plain.enterprises[plain.enterprises["node_id"].isin(nodes["node_id"])]
    others = {t: getattr(plain, t) for t in ("sources", "sectors", "communities", "mills")} | {"enterprises": placed}
    for table, frame in others.items():
        pyogrio.write_dataframe(pd.DataFrame(frame), file, layer=table, driver="GPKG")
    alone = sf.read_world(file)
    with pytest.raises(sf.errors.UnknownNameError, match="it has none"):
        sf.read_campaign(alone, "2015")
    shutil.copytree(plain_folder / "campaigns", tmp_path / "campaigns")
    world = sf.read_world(file)
    assert list(world.campaigns) == ["2015"]
    assert world.nodes.set_index("node_id").loc["e1", "x_coord"] == 10.0
    shipped = sf.run(world).flows.kind("shipped").total_t
    assert shipped == pytest.approx(sf.run(plain).flows.kind("shipped").total_t)
