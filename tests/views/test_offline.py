"""A page that asks no one: its policy, its hosts, what is put into it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from pathlib import Path

import folium
import pytest

import scrapflow as sf
from scrapflow import files
from scrapflow.errors import InputError
from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.offline import OfflineFigure, OfflineMap


def test_the_policy_names_every_script_and_style_by_hash_and_forbids_all_else(map_file):
    """Each inline script and style has its hash in the policy, which allows no eval, no request and no host."""
    page = map_file.read_text(encoding="utf-8")
    policy = html.unescape(re.search(r'Security-Policy" content="([^"]+)"', page)[1])
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    for tag in ("script", "style"):
        for attrs, body in re.findall(rf"<{tag}([^>]*)>(.*?)</{tag}>", page, re.DOTALL):
            if "json" not in attrs:
                assert base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() in policy


def test_users_layers_can_be_added_and_strangers_scripts_cannot(tmp_path):
    """A circle of the user's own is drawn; a layer that loads a script from the network is refused by address."""
    m = OfflineMap(title="x")
    folium.CircleMarker([1, 1]).add_to(m)
    assert "circleMarker" in m.get_root().render()
    from folium.plugins import HeatMap

    HeatMap([[1, 1]]).add_to(m)
    with pytest.raises(InputError, match="https://"):
        m.get_root().render()
    assert isinstance(m.get_root(), OfflineFigure)


def test_tiles_are_said_and_only_their_host_is_allowed(run):
    """Where the user asks for tiles, the policy allows pictures of that host alone, and the map says whom it asks."""
    page = map_flows(run, tiles="https://tiles.example.org/{z}/{x}/{y}.png", attr="Example").get_root().render()
    policy = html.unescape(re.search(r'Security-Policy" content="([^"]+)"', page)[1])
    assert "img-src data: https://tiles.example.org;" in policy
    assert policy.count("http") == 1
    data = json.loads(re.search(r'application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data["options"]["network"] == ["https://tiles.example.org"]


def test_a_file_is_written_whole_or_not_at_all(run, tmp_path, monkeypatch):
    """A failing rename leaves the old file and no remains."""
    target = save_map(OfflineMap(title="old"), tmp_path / "map.html")
    before = target.read_text()

    def full(*_: object) -> None:
        raise OSError(28, "full")

    # neither in one step, which Linux can, nor by a rename
    monkeypatch.setattr(files, "_exchange", lambda *_: False)
    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(sf.ScrapflowError):
        save_map(OfflineMap(title="x"), target)
    assert [p.name for p in tmp_path.iterdir()] == ["map.html"]
    assert target.read_text() == before


def test_tiles_added_after_the_map_was_made_are_said_too(run):
    """A tile layer of folium's is allowed by its host, and the page says whom it asks."""
    m = map_flows(run)
    folium.TileLayer("https://later.example.org/{z}/{x}/{y}.png", attr="Example").add_to(m)
    page = m.get_root().render()
    assert "img-src data: https://later.example.org;" in html.unescape(page)
    data = json.loads(re.search(r'application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data["options"]["network"] == ["https://later.example.org"]
