"""kepler.gl's arcs."""

from __future__ import annotations

import pandas as pd

from scrapflow.exchange.export import export


def test_kepler_rows_are_arcs_with_a_time(toy_run, tmp_path, by_kind):
    """kepler.gl finds origin and destination by its own column names, and time stamps, which it can play; no number has dust."""
    frame = pd.read_csv(export(toy_run, "kepler", tmp_path / "trips.csv"))
    assert {"origin_lat", "origin_lng", "destination_lat", "destination_lng"} <= set(frame.columns)
    assert frame["time"].str.fullmatch(r"\d{4}-\d\d-\d\d 00:00:00").all()
    assert pd.to_datetime(frame["time"]).notna().all()
    assert (frame["tonnage_t"].round(9) == frame["tonnage_t"]).all()
    pd.testing.assert_series_equal(frame.groupby("kind")["tonnage_t"].sum(), by_kind, check_names=False)
