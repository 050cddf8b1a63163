"""`export`: one run, five formats."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.exchange.plain_tables import loaded_links, pairs, placed_nodes
from scrapflow.units import CRS

if TYPE_CHECKING:
    import os

    from scrapflow.runs import Run


def export(run: Run, format: str, path: str | os.PathLike[str]) -> Path:  # noqa: A002  the word users expect
    """Write a run in another tool's format.

    Parameters
    ----------
    run
        The run.
    format
        ``flowmap``: a folder with FlowmapBlue's three sheets (``properties, locations, flows``); a kind of movement is
        a colour of its own there, so kinds are kept apart by the ``kind`` column.
        ``kepler``: one CSV, a row a pair of origin and destination, material, period, basis and grade, for kepler.gl's
        arc layer.
        ``gmns``: a folder with GMNS 0.96 ``node.csv``, ``link.csv`` and ``config.csv``.
        ``geojson``: one file of nodes and links with their tonnes (RFC 7946).
        ``gpkg``: a GeoPackage of nodes, links, flows and regions, and the table of sources; QGIS opens it with our colours and widths, and
        ``.qml`` files with the same styles lie beside it.
    path
        Where to: a file, or a folder for ``flowmap`` and ``gmns``. What stood there is replaced when all is written.

    Returns
    -------
    pathlib.Path
        What was written.

    Raises
    ------
    InputError
        If the format is unknown, or what is to be written is no run.

    Examples
    --------
    >>> import tempfile, scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(p.name for p in export(run, "flowmap", folder + "/sheets").iterdir())
    ['flows.csv', 'locations.csv', 'properties.csv']
    """
    faults = []
    if not hasattr(run, "link_loads"):
        faults.append(problem("export", "", "run", f"a Run is wanted, not a {type(run).__name__}"))
    if format not in FORMATS:
        faults.append(problem("export", "", "format", f"is one of {', '.join(FORMATS)}, not {format!r}"))
    if faults:
        raise InputError(faults, what="the export")
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        written = FORMATS[format](run, Path(folder) / target.name)
        for part in sorted(written.parent.iterdir()):
            place = target.parent / part.name
            if place.is_dir() and part.is_dir():
                shutil.rmtree(place)
            part.replace(place)
    return target


def _flowmap(run: Run, folder: Path) -> Path:
    folder.mkdir()
    nodes = placed_nodes(run)
    flows = pairs(run, "period")
    used = set(flows["origin"]) | set(flows["destination"])
    nodes = nodes[nodes["node_id"].isin(used)]
    locations = pd.DataFrame(
        {"id": nodes["node_id"], "name": nodes["name"], "lat": nodes["y_coord"], "lon": nodes["x_coord"]}
    )
    sheet = pd.DataFrame(
        {
            "origin": flows["origin"],
            "dest": flows["destination"],
            "count": flows["tonnage_t"],
            "time": flows["period"],
            "kind": flows["kind"],
        }
    )
    settings = [
        ("title", str(run.meta.get("campaign_title") or run.name)),
        ("description", f"{run.meta.get('title', '')}: modelled tonnes of steel scrap by origin and destination"),
        ("source.name", f"scrapflow {run.meta.get('version', '')}".strip()),
        ("unit", "t"),
        ("map.bbox", ",".join(f"{v:.4f}" for v in nodes.total_bounds) if len(nodes) else ""),
    ]
    pd.DataFrame(settings, columns=["property", "value"]).to_csv(folder / "properties.csv", index=False)
    locations.to_csv(folder / "locations.csv", index=False)
    sheet.to_csv(folder / "flows.csv", index=False)
    return folder


def _kepler(run: Run, file: Path) -> Path:
    frame = pairs(run, "period", "material", "via", "basis", "grade")
    starts = dict(zip(run.periods["period"], run.periods["start"].astype(str), strict=True))
    names = run.nodes.set_index("node_id")["name"]
    pd.DataFrame(
        {
            "origin": frame["origin"].map(names),
            "origin_lat": frame["origin_y"],
            "origin_lng": frame["origin_x"],
            "destination": frame["destination"].map(names),
            "destination_lat": frame["destination_y"],
            "destination_lng": frame["destination_x"],
            "time": frame["period"].map(starts).str[:10],
            "kind": frame["kind"],
            "material": frame["material"],
            "via": frame["via"],
            "basis": frame["basis"],
            "grade": frame["grade"],
            "tonnage_t": frame["tonnage_t"],
        }
    ).to_csv(file, index=False)
    return file


def _gmns(run: Run, folder: Path) -> Path:
    folder.mkdir()
    nodes, links = placed_nodes(run), loaded_links(run)
    placed = set(nodes["node_id"])
    node = pd.DataFrame(
        {
            "node_id": nodes["node_id"],
            "name": nodes["name"],
            "x_coord": nodes["x_coord"],
            "y_coord": nodes["y_coord"],
            "node_type": nodes["kind"],
            "zone_id": nodes["region_id"],
        }
    )
    links = links[links["from_node_id"].isin(placed) & links["to_node_id"].isin(placed)]
    one_way = (
        run.links["directed"].astype(bool)
        if "directed" in run.links.columns
        else pd.Series(data=False, index=run.links.index)
    )
    directed = set(run.links.loc[one_way, "link_id"])
    link = pd.DataFrame(
        {
            "link_id": links["link_id"],
            "name": links["line"],
            "from_node_id": links["from_node_id"],
            "to_node_id": links["to_node_id"],
            "directed": links["link_id"].isin(directed),
            "geometry": links.geometry.to_wkt(rounding_precision=6),
            "length": links["length_km"],
            "facility_type": links["mode"],
            "capacity": links["capacity_t"],
            "gauge_mm": links["gauge_mm"],
            "volume_forward_t": links["forward_t"],
            "volume_backward_t": links["backward_t"],
        }
    )
    node.to_csv(folder / "node.csv", index=False)
    link.to_csv(folder / "link.csv", index=False)
    config = {
        "dataset_name": run.name,
        "long_length": "km",
        "crs": CRS,
        "geometry_field_format": "wkt",
        "version_number": 0.96,
        "id_type": "string",
    }
    pd.DataFrame([config]).to_csv(folder / "config.csv", index=False)
    return folder


def _geojson(run: Run, file: Path) -> Path:
    features = []
    for layer, frame in (("links", loaded_links(run)), ("nodes", placed_nodes(run))):
        shown = frame[~frame.geometry.isna() & ~frame.geometry.is_empty].assign(layer=layer)
        features += json.loads(shown.to_json(drop_id=True, na="drop"))["features"]
    text = json.dumps(
        {"type": "FeatureCollection", "name": run.name, "features": features},
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    file.write_text(text, encoding="utf-8")
    return file


def _gpkg(run: Run, file: Path) -> Path:
    from scrapflow.exchange.geopackage import write_geopackage

    # The writer warns of any other ending; the user's stays.
    made = write_geopackage(run, file if file.suffix == ".gpkg" else file.with_name(f"{file.name}.gpkg"))
    return made.replace(file)


FORMATS = {"flowmap": _flowmap, "kepler": _kepler, "gmns": _gmns, "geojson": _geojson, "gpkg": _gpkg}
"""Formats by name."""
