"""Rule 5: a map is one file, asks the network for nothing, and no name of a place can break it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import worlds
from browser import watched

import scrapflow as sf

HOSTILE = [
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "back`tick ${window.hacked=1} {{ 7*7 }} {% raw %}",
    "quote \" ' \\ \\u0000 %s <!-- ]]>",
    "line\u2028separator \u202e right to left",
]


@pytest.fixture(scope="module")
def files(tmp_path_factory, plain_run):
    """Return the maps of the stranger's world and of one whose every name is hostile."""
    folder = tmp_path_factory.mktemp("maps")
    made = {"plain": sf.save_map(sf.map_flows(plain_run), folder / "plain.html")}
    rows = [line.split(",", 2) for line in worlds.NODES.splitlines()]
    bad = dict(zip(("e1", "e2", "m1", "c1", "t2"), HOSTILE, strict=True))
    for row in rows:
        row[1] = '"' + bad.get(row[0], row[1]).replace('"', '""') + '"' if row[0] != "node_id" else row[1]
    nodes = "\n".join(",".join(row) for row in rows) + "\n"
    world = sf.read_world(worlds.write_world(folder / "w", nodes=nodes))
    made["hostile"] = sf.save_map(sf.map_flows(sf.run(world, "2015")), folder / "hostile.html")
    return made


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_a_policy_forbids_the_network(files, name):
    """The file has a content security policy: default-src 'none', scripts by hash, no eval."""
    text = Path(files[name]).read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy"\s+content="([^"]+)"', text)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "'sha256-" in policy[1]
    assert "unsafe-eval" not in policy[1]
    assert "http:" not in policy[1]
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=[\"'](https?:)?//", text)


def test_the_same_run_is_the_same_file(plain_run, files, tmp_path):
    """Two maps of one run are equal in every byte."""
    again = sf.save_map(sf.map_flows(plain_run), tmp_path / "again.html")
    assert Path(again).read_bytes() == Path(files["plain"]).read_bytes()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_it_opens_without_network_or_complaint(files, name, browser):
    """In a browser without network: no request, no error, no violation, and no name ran as code."""
    with watched(browser) as watch:
        page = watch.open(Path(files[name]))
        assert page.evaluate("typeof window.hacked") == "undefined"
        assert page.evaluate("document.querySelectorAll('.leaflet-container').length") >= 1
        assert watch.clean()


def test_a_query_is_drawn_too(plain_run, tmp_path):
    """`map_flows` takes a query as well as a run, and a layer of it goes on any folium map."""
    import folium

    query = plain_run.flows.to("Gamma Mill").of("appliance")
    assert Path(sf.save_map(sf.map_flows(query), tmp_path / "q.html")).stat().st_size > 0
    m = folium.Map(location=[50, 11], zoom_start=7, tiles=None)
    sf.FlowLayer(query).add_to(m)
    assert "flow_layer" in m.get_root().render()


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_picture(plain_run, tmp_path, ending):
    """`save_picture` draws the map without a browser."""
    file = Path(sf.save_picture(sf.map_flows(plain_run), tmp_path / f"x.{ending}"))
    assert file.stat().st_size > 1000
