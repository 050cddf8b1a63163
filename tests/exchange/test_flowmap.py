"""FlowmapBlue's sheets."""

from __future__ import annotations

import pandas as pd

from scrapflow.exchange.export import export


def test_flowmap_sheets_have_the_columns_and_the_tonnes(toy_run, tmp_path, by_kind):
    """FlowmapBlue's three sheets: every flow between two locations that exist, kinds apart, tonnes kept."""
    folder = export(toy_run, "flowmap", tmp_path / "sheets")
    flows, places = pd.read_csv(folder / "flows.csv"), pd.read_csv(folder / "locations.csv")
    settings = pd.read_csv(folder / "properties.csv").set_index("property")["value"]
    assert list(flows.columns)[:4] == ["origin", "dest", "count", "time"]
    assert list(places.columns) == ["id", "name", "lat", "lon"]
    assert set(flows["origin"]) | set(flows["dest"]) <= set(places["id"])
    pd.testing.assert_series_equal(flows.groupby("kind")["count"].sum(), by_kind, check_names=False)
    assert "title" in settings.index
