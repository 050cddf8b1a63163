"""A run of flows that are known: read from what people have, and asked, traced, saved and drawn like any other."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.views.sentences import headline, rests_on
from scrapflow.views.words import run_words

CHAIN = pd.DataFrame({"origin": ["a", "a", "b"], "destination": ["b", "b", "c"], "tonnes": [2.0, 1.0, 1.0]})
PLACES = pd.DataFrame(
    {"id": ["a", "b", "c"], "name": ["Alpha", "Bravo", "Çöl"], "lat": [50, 51, 52], "lon": [8, 9, 10]}
)


def pairs(run):
    """Tonnes by origin and destination."""
    rows = run.movements.groupby(["origin", "destination"])["tonnage_t"].sum()
    return {key: pytest.approx(tonnes) for key, tonnes in rows.items()}


def test_repeated_rows_add_up_and_the_books_follow():
    """A sends 3 t that arise there; B got 3, sent 1 on and keeps 2; C keeps 1."""
    run = sf.run_from(CHAIN)
    assert pairs(run) == {("a", "b"): 3.0, ("b", "c"): 1.0}
    assert set(run.movements["kind"]) == {"shipped"}
    books = run.stocks.set_index("node_id")
    assert books["arising_t"].to_dict() == {"a": 3.0, "b": 0.0, "c": 0.0}
    assert books["closing_t"].to_dict() == {"a": 0.0, "b": 2.0, "c": 1.0}
    assert run.balance()["residual_t"].abs().max() == 0


def test_what_a_place_kept_is_sent_later_before_anything_arises():
    """B kept 5 t in the first month and sends 7 in the second: 2 arise there."""
    rows = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "t": [5, 7], "month": ["2019-01", "2019-02"]})
    run = sf.run_from(rows)
    b = run.stocks[run.stocks["node_id"] == "b"].set_index("period")
    assert b.loc["2019-02", ["opening_t", "arising_t", "out_t", "closing_t"]].tolist() == [5, 2, 7, 0]
    traced = sf.trace(run, to="c", by="origin").set_index("origin")["tonnage_t"]
    assert traced.to_dict() == {"a": pytest.approx(5), "b": pytest.approx(2)}


@pytest.mark.parametrize("kind", ["csv", "parquet", "geoparquet", "gpkg", "folder", "book", "semicolons"])
def test_every_kind_of_file_gives_the_same_run(tmp_path, kind):
    """A frame, text with either separator, Parquet, lines and FlowmapBlue's sheets say the same flows."""
    flows = CHAIN.rename(columns={"tonnes": "count", "destination": "dest"})
    if kind in ("geoparquet", "gpkg"):
        at = PLACES.set_index("id")[["lon", "lat"]].apply(tuple, axis=1)
        wkt = [
            f"LINESTRING ({at[a][0]} {at[a][1]}, {at[b][0]} {at[b][1]})"
            for a, b in zip(flows.origin, flows.dest, strict=True)
        ]
        lines = gpd.GeoDataFrame(flows, geometry=gpd.GeoSeries.from_wkt(wkt), crs=4326)
        path = tmp_path / ("f.parquet" if kind == "geoparquet" else "f.gpkg")
        (lines.to_parquet if kind == "geoparquet" else lines.to_file)(path)
        run = sf.run_from(path)
        assert run.nodes.set_index("node_id").loc["b", ["x_coord", "y_coord"]].tolist() == [9, 51]
    elif kind == "folder":
        flows.to_csv(tmp_path / "flows.csv", index=False)
        PLACES.to_csv(tmp_path / "locations.csv", index=False)
        run = sf.run_from(tmp_path)
        assert run.nodes.set_index("node_id").loc["c", "name"] == "Çöl"
    elif kind == "book":
        with pd.ExcelWriter(tmp_path / "f.xlsx") as book:
            flows.to_excel(book, sheet_name="flows", index=False)
            PLACES.to_excel(book, sheet_name="locations", index=False)
        run = sf.run_from(tmp_path / "f.xlsx")
    else:
        path = tmp_path / f"f.{'parquet' if kind == 'parquet' else 'csv'}"
        if kind == "parquet":
            flows.to_parquet(path)
        else:
            flows.to_csv(
                path, index=False, sep=";" if kind == "semicolons" else ",", decimal="," if kind != "csv" else "."
            )
        run = sf.run_from(path, PLACES)
    assert pairs(run) == {("a", "b"): 3.0, ("b", "c"): 1.0}
    assert run.flows.to("b").total_t == pytest.approx(3)
    assert set(run.movements["basis"]) == {"reported"}


def test_columns_are_told_by_usual_names_or_by_a_mapping():
    """Commodity and source are read; a column of one's own is named."""
    rows = pd.DataFrame({"von": ["a"], "nach": ["b"], "tonnes": [4], "commodity": ["ore"], "source": ["ANTT"]})
    run = sf.run_from(rows, columns={"von": "origin", "nach": "destination"})
    assert run.flows.of("ore").total_t == 4
    assert run.sources["title"].tolist() == ["ANTT"]


@pytest.mark.parametrize("column", ["place_id", "node", "station_id", "site_id", "location_id"])
def test_places_are_known_by_the_usual_words_for_an_identifier(column):
    """A table of places has its identifiers in a column of one of many names."""
    places = pd.DataFrame({column: ["a", "b", "c"], "lon": [1.0, 2.0, 3.0], "lat": [1.0, 2.0, 3.0]})
    nodes = sf.run_from(CHAIN, places=places).nodes.set_index("node_id")
    assert nodes.loc[["a", "b", "c"], "x_coord"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"from": ["a"], "too": ["b"], "tonnes": [1]}, ["destination", "missing", "did you mean too?"]),
        ({"from": ["a"], "to": ["b"], "tonnage": ["many"]}, ["tonnage_t", "'many'", "row 1"]),
        ({"from": ["a"], "to": ["b"], "tonnes": [-1.0]}, ["tonnage_t", "row 1"]),
        ({"from": ["a"], "to": ["b"], "tonnes": [np.nan]}, ["tonnage_t", "row 1"]),
        ({"from": ["a"], "to": [""], "tonnes": [1]}, ["destination", "names no place"]),
        ({"from": ["a"], "to": ["b"], "tonnes": [1], "kind": ["shiped"]}, ["kind", "did you mean 'shipped'?"]),
        ({"from": ["a"], "to": ["b"], "tonnes": [1], "period": ["2019-13"]}, ["period", "2019-13"]),
        ({"from": ["a"], "to": ["b"], "tonnes": [1], "grade": ["G9"]}, ["grade", "G9"]),
        ({"from": ["a"], "to": ["b"], "tonnes": [1], "basis": ["rumour"]}, ["basis", "rumour"]),
    ],
)
def test_what_cannot_be_read_is_refused_by_row_and_column(rows, told):
    """A missing column is named with those near it, a bad cell with its row."""
    with pytest.raises(sf.InputError) as refused:
        sf.run_from(pd.DataFrame(rows))
    assert all(word in str(refused.value) for word in told), str(refused.value)


def test_periods_as_people_write_them():
    """Timestamps of months, 03/2019 and years are ISO labels; flows without a date have one period without a span."""
    base = {"from": ["a", "b"], "to": ["b", "c"], "t": [1, 1]}
    for written, labels in (
        (["03/2019", "04/2019"], ["2019-03", "2019-04"]),
        (pd.to_datetime(["2019-03-01", "2019-04-01"]), ["2019-03", "2019-04"]),
        ([2019, 2020], ["2019", "2020"]),
        (["2019-Q1", "2019-Q2"], ["2019-Q1", "2019-Q2"]),
    ):
        run = sf.run_from(pd.DataFrame({**base, "period": written}))
        assert run.periods["period"].tolist() == labels
        assert len(run.flows.by("season")) >= 1
    undated = sf.run_from(pd.DataFrame(base))
    assert undated.periods.to_numpy().tolist() == [["all", "", ""]]
    assert undated.flows.by("year")["tonnage_t"].sum() == 2


def test_a_network_gives_paths_loads_and_select_link(toy):
    """Vale sends 5 t to the far mill: over the gate and the long track, and no capacity is asked."""
    net = sf.build_network(toy)
    run = sf.run_from(pd.DataFrame({"origin": ["Vale"], "destination": ["Far Mill"], "t": [5e6]}), network=net)
    assert run.flows.through("rail_far").total_t == run.flows.through("Vale").total_t == 5e6
    loads = run.link_loads.set_index("link_id")["tonnage_t"]
    assert loads[loads > 0].to_dict() == {"gate": 5e6, "rail_far": 5e6}
    assert run.flows.to("Far Mill").total_t == 5e6
    path = net.path("yard", "far")
    assert run.paths["link_id"].tolist() == path.links


def test_a_flow_that_no_path_joins_is_said(toy):
    """Outside has no railway: the flow stays, without a path, and stands in the report."""
    run = sf.run_from(pd.DataFrame({"origin": ["yard"], "destination": ["outside"], "t": [1.0]}), network=toy)
    assert run.movements["path_id"].tolist() == [""]
    assert [row["kind"] for row in run.meta["report"]] == ["no_path"]


def test_a_flow_from_a_place_to_itself_stays_there():
    """Three tonnes arise and stay, and nothing moves."""
    run = sf.run_from(pd.DataFrame({"origin": ["a", "a"], "destination": ["a", "b"], "t": [3, 1]}))
    assert pairs(run) == {("a", "b"): 1.0}
    assert run.stocks.set_index("node_id").loc["a", ["arising_t", "closing_t"]].tolist() == [4, 3]
    assert run.meta["report"][0]["kind"] == "within_a_place"


def test_grades_and_bases_are_those_of_the_rows():
    """Of repeated rows the weakest counts."""
    rows = pd.DataFrame(
        {"from": ["a", "a"], "to": ["b", "b"], "t": [1, 1], "grade": ["B2", "C1"], "basis": ["reported", "assumed"]}
    )
    run = sf.run_from(rows)
    assert run.movements[["grade", "basis"]].to_numpy().tolist() == [["C2", "assumed"]]
    assert run.flows.graded("C2").total_t == 2
    assert run.flows.graded("B6").total_t == 0


def test_a_saved_run_is_the_same(tmp_path):
    """Queries, traces and totals of a run that was saved are those of the run."""
    run = sf.run_from(CHAIN, PLACES)
    run.save(tmp_path / "out")
    again = sf.read_run(tmp_path / "out")
    pd.testing.assert_frame_equal(again.movements, run.movements)
    pd.testing.assert_frame_equal(sf.trace(again), sf.trace(run))
    assert again.flows.to("Bravo").total_t == 3


@pytest.mark.parametrize("form", ["flowmap", "kepler", "gmns", "geojson", "gpkg"])
def test_every_export_is_written_and_two_are_read_again(tmp_path, form):
    """What sf.export writes as FlowmapBlue's sheets or kepler's table comes back as the same flows."""
    run = sf.run_from(CHAIN.assign(period="2019"), PLACES)
    path = tmp_path / {"kepler": "x.csv", "geojson": "x.geojson", "gpkg": "x.gpkg"}.get(form, "x")
    sf.export(run, form, path)
    assert path.exists()
    if form in ("flowmap", "kepler"):
        assert sf.run_from(path).flows.between("Alpha", "Bravo").total_t == 3


def test_its_map_tells_nothing_that_is_not_there(tmp_path):
    """No quota, no looting, no mill, no railway and no inspection is spoken of."""
    run = sf.run_from(CHAIN, PLACES)
    page = sf.save_map(sf.map_flows(run), tmp_path / "x.html")
    assert page.stat().st_size > 0
    words = run_words(run, "en")
    told = " ".join([headline(run, words), rests_on(run, words), run.summary(), repr(run)])
    assert "4" in headline(run, words)
    for absent in ("quota", "looted", "night", "mill", "rail", "expected", "modelled from", "yard"):
        assert absent not in told, told


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.sampled_from("abcd"),
            st.integers(0, 50),
            st.sampled_from(["2019-01", "2019-02"]),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_any_flows_balance_and_their_traces_are_complete(rows):
    """Whatever is given adds up: by pair, in the books, and traced to each place that received."""
    frame = pd.DataFrame(rows, columns=["origin", "destination", "tonnes", "period"])
    run = sf.run_from(frame)
    moved = frame[frame["origin"] != frame["destination"]]
    assert run.movements["tonnage_t"].sum() == pytest.approx(moved["tonnes"].sum())
    assert run.balance()["residual_t"].abs().max() < 1e-6 if len(run.stocks) else True
    if len(run.movements):
        came = run.movements.groupby("destination")["tonnage_t"].sum()
        traced = sf.trace(run, to=came.index.tolist(), by="destination").set_index("destination")["tonnage_t"]
        assert traced.to_dict() == {place: pytest.approx(t) for place, t in came.items()}
