"""Other people's formats: `export` writes a run for FlowmapBlue, kepler.gl, GMNS tools, GeoJSON readers and QGIS."""

from __future__ import annotations

from scrapflow.exchange.export import FORMATS, export

__all__ = ["FORMATS", "export"]
