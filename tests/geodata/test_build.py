from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_build_can_be_run_again(tmp_path, monkeypatch):
    """Built from the fact files alone, tables and outlines come out byte for byte as they stand in the repository."""
    monkeypatch.syspath_prepend(str(ROOT))
    from geodata.build import build, common

    monkeypatch.setattr(common, "WORLD", tmp_path)
    build.main()
    written = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert len(written) == 12
    assert {"nodes.csv", "regions.csv", "basemap/regions.geojson", "basemap/counties.geojson"} <= set(written)
    for name in written:
        assert (tmp_path / name).read_bytes() == (ROOT / "geodata" / "dprk" / name).read_bytes(), name
