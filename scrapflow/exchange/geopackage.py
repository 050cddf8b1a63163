"""A GeoPackage that QGIS opens coloured: layers, and their styles inside it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from scrapflow.exchange.looks import KIND_COLOURS, NODE_COLOURS, RAIL_COLOUR
from scrapflow.exchange.plain_tables import loaded_links, od_lines, placed_nodes
from scrapflow.world.whole_geopackage import require_whole

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from scrapflow.ledger.tables import RunTables

_MOMENT = "1970-01-01T00:00:00Z"
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""
_REGISTER = "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES ('layer_styles', 'attributes', 'layer_styles', ?)"
_INSERT = """
INSERT INTO layer_styles
  (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time)
VALUES ('', '', ?, 'geom', ?, ?, '', 1, 'colours of scrapflow', '', ?)
"""


def write(run: RunTables, target: Path) -> None:
    """Write nodes, links, flows and regions of a run to a GeoPackage with styles, and its sources as a table.

    Layers are in EPSG:4326. The time stamps that the format wants are fixed, so that one run gives one file.
    """
    import pyogrio

    # The writer warns of any other ending; the user's stays.
    file = target.with_name(f"{target.name}.gpkg")
    layers = _layers(run)
    for name, frame in layers.items():
        frame.to_file(file, layer=name, driver="GPKG", engine="pyogrio", mode="a" if file.exists() else "w")
    pyogrio.write_dataframe(run.sources, file, layer="sources", driver="GPKG", append=True)
    widest = float(run.link_loads["tonnage_t"].max()) if len(run.link_loads) else 1.0
    styles = {
        "links": width_style("tonnage_t", RAIL_COLOUR, widest * max(1, len(run.periods))),
        "flows": categories_style("kind", KIND_COLOURS, "line"),
        "nodes": categories_style("kind", NODE_COLOURS, "marker"),
        "regions": region_style(),
    }
    connection = sqlite3.connect(file)
    try:
        connection.executescript(_STYLES)
        connection.execute(_REGISTER, (_MOMENT,))
        for name, qml in styles.items():
            connection.execute(_INSERT, (name, name, qml, _MOMENT))
        connection.execute("UPDATE gpkg_contents SET last_change = ?", (_MOMENT,))
        connection.commit()
    finally:
        connection.close()
    require_whole(file, {name: len(frame) for name, frame in layers.items()} | {"layer_styles": len(styles)})
    file.replace(target)


def is_ours(file: Path) -> bool:
    """Tell whether a file is a GeoPackage that :func:`write` made."""
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        rows = connection.execute("SELECT count(*) FROM layer_styles WHERE description = 'colours of scrapflow'")
        return bool(rows.fetchone()[0])
    except sqlite3.Error:
        return False
    finally:
        connection.close()


def _layers(run: RunTables) -> dict[str, gpd.GeoDataFrame]:
    regions = run.regions[~run.regions.geometry.isna()].reset_index(drop=True)
    return {"regions": regions, "links": loaded_links(run), "flows": od_lines(run), "nodes": placed_nodes(run)}


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


def _document(geometry: str, renderer: str) -> str:
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version=\"3.28\" styleCategories=\"Symbology\">\n{renderer}\n<layerGeometryType>{geometry}</layerGeometryType>\n</qgis>\n"


def _option(name: str, value: str) -> str:
    return f'<Option type="QString" name={quoteattr(name)} value={quoteattr(value)}/>'


def _symbol(name: str, kind: str, colour: str, extra: str = "") -> str:
    layer, options = {
        "line": (
            "SimpleLine",
            {"line_color": _rgb(colour), "line_width": "0.6", "line_width_unit": "MM", "capstyle": "round"},
        ),
        "marker": (
            "SimpleMarker",
            {
                "color": _rgb(colour),
                "name": "circle",
                "size": "2",
                "size_unit": "MM",
                "outline_color": "255,255,255,255",
            },
        ),
        "fill": ("SimpleFill", {"color": _rgb(colour), "outline_color": "201,195,181,255", "outline_width": "0.2"}),
    }[kind]
    inner = "".join(_option(k, v) for k, v in options.items())
    return f'<symbol type="{kind}" name={quoteattr(name)} alpha="1" clip_to_extent="1"><layer class="{layer}" enabled="1" pass="0" locked="0"><Option type="Map">{inner}</Option>{extra}</layer></symbol>'


def categories_style(column: str, colours: dict[str, str], kind: str) -> str:
    """Return a QML style with a colour for each value of a column."""
    categories = "".join(
        f'<category value={quoteattr(v)} label={quoteattr(v)} symbol={quoteattr(str(i))} render="true"/>'
        for i, v in enumerate(colours)
    )
    symbols = "".join(_symbol(str(i), kind, c) for i, c in enumerate(colours.values()))
    geometry = "1" if kind == "line" else "0"
    return _document(
        geometry,
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(column)} enableorderby="0"><categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>',
    )


def width_style(column: str, colour: str, most: float) -> str:
    """Return a QML style with lines as wide as a column says: 4 mm at ``most``."""
    expression = f'max(0.1, 4 * "{column}" / {max(most, 1e-9):.6g})'
    width = (
        '<data_defined_properties><Option type="Map"><Option type="Map" name="properties"><Option type="Map" name="outlineWidth">'
        f'<Option type="bool" name="active" value="true"/><Option type="QString" name="expression" value={quoteattr(expression)}/>'
        '<Option type="int" name="type" value="3"/></Option></Option></Option></data_defined_properties>'
    )
    return _document(
        "1",
        f'<renderer-v2 type="singleSymbol" enableorderby="0"><symbols>{_symbol("0", "line", colour, width)}</symbols></renderer-v2>',
    )


def region_style() -> str:
    """Return a QML style of quiet fills."""
    return _document(
        "2",
        f'<renderer-v2 type="singleSymbol" enableorderby="0"><symbols>{_symbol("0", "fill", "#f7f5f0")}</symbols></renderer-v2>',
    )
