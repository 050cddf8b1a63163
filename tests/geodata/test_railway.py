"""The railway: what is routed is what is published, what is one station is one node, and nothing teleports."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import AmbiguousNameError
from scrapflow.world.geodesy import geodesic_km

ROOT = Path(__file__).parents[2]
FACTS = ROOT / "geodata" / "build" / "facts"
ROUNDED = {"sohae_kammun", "changyon", "paengma", "kumgol", "ongjin"}
"""Lines for which rail_lines.csv rounds a length measured on a map and a station table says it better."""


@pytest.fixture(scope="module")
def net(dprk):
    """The network of the real world."""
    return sf.build_network(dprk)


@pytest.fixture(scope="module")
def graph(dprk):
    """The rails and transshipments alone, built here from the tables: a second opinion on the network."""
    g = nx.MultiGraph()
    links = dprk.links[dprk.links["mode"].isin(["rail", "transshipment"])]
    for row in links.itertuples():
        g.add_edge(
            row.from_node_id, row.to_node_id, key=row.link_id, km=row.length_km, gauge=row.gauge_mm, mode=row.mode
        )
    return g


def fact_rows(name):
    """Rows of a fact file."""
    with (FACTS / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def published():
    """Lines with a length and two named ends, as rail_lines.csv prints them."""
    out = []
    for row in fact_rows("rail_lines.csv"):
        number = re.fullmatch(r"[\d.]+", row["length_km"])
        if number and row["from"] and row["to"] and row["line_id"] != "samjiyon":
            out.append((row["line_id"], row["from"], row["to"], float(row["length_km"])))
    return out


@pytest.mark.parametrize(("line", "start", "end", "km"), [p for p in published() if p[0] not in ROUNDED])
def test_published_length_of_a_line_is_routed(net, line, start, end, km):
    """A line is as long as published, within 1 %, between its ends as they are printed and without their brackets."""
    short = [re.sub(r"\s*\(.*?\)", "", x).removesuffix(" area") for x in (start, end)]
    for a, b in ((start, end), short):
        assert net.path(a, b, line=line).length_km == pytest.approx(km, rel=0.01)


@pytest.mark.parametrize(
    ("line", "start", "end", "km"),
    [
        ("kumgol", "Ryŏhaejin", "Muhak", 83.4),
        ("ongjin", "Haeju", "Ongjin", 40.4),
        ("paengma", "Yŏmju", "Namsinŭiju", 39.6),
        ("sohae_kammun", "Ch'ŏlgwang", "Sillyŏngri", 26.7),
        ("changyon", "Sugyo", "Changyŏn", 17.7),
        ("kanggye", "Kanggye", "Rangrim", 56.8),
        ("paechon", "Changbang", "Ŭnbit", 56.6),
    ],
)
def test_corrected_lengths_are_routed(net, line, start, end, km):
    """Where rail_lines_more.csv corrects a length, the correction is routed."""
    assert net.path(start, end, line=line).length_km == pytest.approx(km, rel=0.001)


def test_trunk_to_sinuiju_within_half_a_percent(net):
    """P'yŏngyang–Sinŭiju is 224.4 to 225.1 km as published."""
    assert net.path("Pyongyang", "Sinuiju").length_km == pytest.approx(225.1, rel=0.005)


def test_every_published_chainage_is_a_length(net):
    """Between any two neighbours of a station table the routed length is the difference of their chainages."""
    tables = {}
    for row in fact_rows("rail_stations.csv"):
        if row["km_from_start"]:
            tables.setdefault(row["line_id"], []).append((float(row["km_from_start"]), row["name"]))
    worst = {}
    for line, table in tables.items():
        for (a_km, a), (b_km, b) in pairwise(sorted(table)):
            worst[line, a, b] = abs(net.path(a, b, line=line).length_km - (b_km - a_km))
    assert len(worst) > 600
    # Kalli is at 19.1 km by one table and 19.2 by the other, over the same track.
    assert max(worst.values()) < 0.11, max(worst, key=worst.get)


@pytest.mark.parametrize(
    ("start", "end", "via", "km"),
    [
        ("P'yŏngyang", "Rajin", ["Kalli"], 19.2 + 782.8),
        ("P'yŏngyang", "Manp'o Ch'ŏngnyŏn", ["Sunch'ŏn"], 19.2 + 47.3 + 299.8),
        ("P'yŏngyang", "Hyesan", ["Kalli", "Kilju"], 19.2 + 567.8 + 141.7),
        ("P'yŏngyang", "Haeju", [], 60.5 + 91.4),
        ("Sunchon", "Kangson", [], 47.3 + 19.2 + 23.1),
        ("Musan", "Ch'ŏngjin", [], 57.9 + 38.9 + 3.1),
        ("Anbyŏn", "Hamhŭng", [], 57.7 + 294.5 - 212.6),
        ("Sariwŏn", "Sep'o", [], 126.7 - 60.5 + 142.0),
    ],
)
def test_journeys_add_up_over_junctions(net, start, end, via, km):
    """A journey over several lines is the sum of their chainages; no junction adds or loses a kilometre."""
    assert net.path(start, end, via=via).length_km == pytest.approx(km, abs=0.3)


def test_standard_gauge_is_one_component(graph):
    """Every stretch of standard gauge can be reached from every other."""
    standard = nx.Graph([(a, b) for a, b, d in graph.edges(data=True) if d["gauge"] == 1435])
    assert nx.number_connected_components(standard) == 1
    assert len(standard) > 600


def test_gauges_meet_only_by_transshipment(graph):
    """No node has rails of two gauges; the narrow lines hang on the rest by transshipments alone."""
    gauges = {n: {d["gauge"] for _, _, d in graph.edges(n, data=True) if d["mode"] == "rail"} for n in graph}
    assert all(len(g) == 1 for g in gauges.values())
    changes = [(a, b) for a, b, d in graph.edges(data=True) if d["mode"] == "transshipment"]
    assert {frozenset(gauges[a] | gauges[b]) for a, b in changes} == {frozenset({762, 1435})}
    assert nx.number_connected_components(graph) == 1


def test_no_track_is_laid_twice(graph):
    """Lines that share a track share one link, so that its capacity is not counted twice."""
    pairs = [frozenset((a, b)) for a, b in graph.edges()]
    assert len(pairs) == len(set(pairs))


def test_shared_track_serves_both_lines(net):
    """The track that the P'yŏngra and Hambuk lines share east of Ch'ŏngjin is part of both."""
    for line in ("pyongra", "hambuk"):
        assert net.path("Ch'ŏngjin", "Ch'ŏng'am", line=line).length_km == pytest.approx(3.1)


def test_nothing_teleports(dprk, graph):
    """By rail it is nowhere much shorter than straight, beyond what the stated accuracy of coordinates allows."""
    nodes = dprk.nodes[(dprk.nodes["kind"] == "station") & dprk.nodes["x_coord"].notna()].set_index("node_id")
    ids = [n for n in nodes.index if n in graph]
    xy = nodes.loc[ids, ["x_coord", "y_coord"]].to_numpy(dtype=float)
    accuracy = nodes.loc[ids, "coordinate_accuracy_km"].to_numpy(dtype=float)
    starts = ids[::17]
    for start in starts:
        km = nx.single_source_dijkstra_path_length(graph, start, weight="km")
        i = ids.index(start)
        straight = geodesic_km(np.full(len(ids), xy[i, 0]), np.full(len(ids), xy[i, 1]), xy[:, 0], xy[:, 1])
        rail = np.array([km[n] for n in ids])
        short = straight - rail - accuracy - accuracy[i]
        assert short.max() < 3.0, (start, ids[int(short.argmax())], short.max())


def test_stations_of_one_name_far_apart_are_two(dprk):
    """Changhŭng on the Hambuk Line and on the Sinhŭng Line are almost 300 km apart, and two nodes."""
    for name in ("Changhŭng", "Sinyang"):
        found = dprk.find(name, kind="station")
        found = found[found["name"] == name]
        assert len(found) == 2
        a, b = found[["x_coord", "y_coord"]].to_numpy(dtype=float)
        assert geodesic_km(*a, *b)[0] > 100
        with pytest.raises(AmbiguousNameError):
            dprk.resolve(name, kinds=("station",))


def test_one_station_is_one_node(dprk):
    """A station where lines meet is one node, whatever number of lines it stands on."""
    for name in ("P'yŏngyang", "Kalli", "Sunch'ŏn", "Kujang", "Haeju", "Kowŏn", "Tanch'ŏn", "Sinsŏngch'ŏn"):
        assert len(dprk.find(name, kind="station")) == 1, name


@pytest.mark.parametrize("spelling", ["Kangson", "Gangsun", "Kangsŏn", "KANGSŎN", "강선", "Gangseon", "Chollima"])
def test_spellings_of_the_first_mill(dprk, spelling):
    """Every spelling of Kangsŏn finds the mill where a mill is meant and the station where a path begins."""
    assert dprk.resolve(spelling, kinds=("mill",)) == dprk.resolve("Gangsun Steel Mill", kinds=("mill",))
    assert dprk.resolve(spelling, kinds=("station",)) == dprk.resolve("Kangsŏn", kinds=("station",))


@pytest.mark.parametrize(
    "spelling", ["Songjin", "Sungjin", "Sŏngjin", "Seongjin", "Sungjin Steel Complex", "성진제강소"]
)
def test_spellings_of_the_second_mill(dprk, spelling):
    """Every spelling of Sŏngjin finds one mill."""
    mill = dprk.find(spelling, kind="mill")
    assert mill["node_id"].tolist() == ["mill_songjin"]


def test_what_has_no_place_has_no_coordinate(dprk):
    """A coordinate that is interpolated says so and how far off it may be; what cannot be placed has none."""
    stations = dprk.nodes[dprk.nodes["kind"] == "station"]
    between = stations["coordinate_method"].str.startswith("interpolated")
    assert (stations.loc[between, "basis"] == "derived").all()
    assert stations.loc[stations["x_coord"].notna(), "coordinate_accuracy_km"].between(0.1, 12).all()
    unplaced = stations[stations["x_coord"].isna()]
    assert len(unplaced) <= 19
    assert unplaced["note"].str.contains("not placed").all()


def test_length_warnings_are_true(dprk):
    """Each link that check() warns about has a straight line longer than its chainage, and none is forgotten."""
    found = dprk.check()
    warned = set(found[(found["column"] == "length_km") & (found["severity"] == "warning")]["row"])
    at = dprk.nodes.set_index("node_id")[["x_coord", "y_coord"]].astype(float)
    rail = dprk.links[dprk.links["mode"] == "rail"]
    a, b = at.loc[rail["from_node_id"]].to_numpy(), at.loc[rail["to_node_id"]].to_numpy()
    excess = pd.Series(
        geodesic_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1]) - rail["length_km"].to_numpy(), index=rail["link_id"]
    )
    assert set(excess[excess > 0.1].index) <= warned
    assert (excess[sorted(warned)] > 0).all()
