"""A GeoPackage that does not hold what was written is refused."""

from __future__ import annotations

import pyogrio
import pytest
from same_worlds import same

import scrapflow as sf


def test_a_geopackage_that_lacks_what_was_written_is_not_put_in_place(toy, rich, tmp_path, monkeypatch):
    """What GDAL keeps silent about is found before the old file gives way: rows that did not reach the disk."""
    path = toy.write(tmp_path / "w.gpkg")
    real = pyogrio.write_dataframe
    monkeypatch.setattr(pyogrio, "write_dataframe", lambda frame, *a, **k: real(frame.iloc[:-1], *a, **k))
    with pytest.raises(OSError, match="not written whole"):
        rich.write(path)
    same(toy, sf.read_world(path))
