"""What the scripts of geodata/build share: reading facts, naming nodes, registering sources, writing tables."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from scrapflow.world.folding import fold
from scrapflow.world.geodesy import geodesic_km

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapflow.world import World

BUILD = Path(__file__).resolve().parent
FACTS = BUILD / "facts"
WORLD = BUILD.parent / "dprk"
SCHEMA = BUILD.parents[1] / "scrapflow" / "world" / "schema"
ACCESSED = "2026-11-24"

REGIONS = {
    "Pyongyang": "pyongyang",
    "South Pyongan": "south_pyongan",
    "North Pyongan": "north_pyongan",
    "Chagang": "chagang",
    "South Hwanghae": "south_hwanghae",
    "North Hwanghae": "north_hwanghae",
    "Kangwon": "kangwon",
    "South Hamgyong": "south_hamgyong",
    "North Hamgyong": "north_hamgyong",
    "Ryanggang": "ryanggang",
    "Nampo": "nampo",
    "Rason": "rason",
    "Kaesong": "kaesong",
}


def slug(text: str) -> str:
    """Turn a name into an identifier of ASCII letters, digits and underscores."""
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"['’`ʼ]", "", text.casefold())
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")


def facts(name: str) -> list[dict[str, str]]:
    """Read a fact file as rows of text."""
    with (FACTS / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def columns(table: str) -> list[str]:
    """List the columns of a world table, as the schema orders them."""
    with (SCHEMA / f"{table}.csv").open(encoding="utf-8", newline="") as f:
        return [row["column"] for row in csv.DictReader(f)]


def write(table: str, rows: list[dict], key: str, folder: Path | None = None) -> None:
    """Write a world table in schema order, sorted by its key ("" keeps the order); unknown columns are a mistake."""
    names = columns(table)
    for row in rows:
        unknown = set(row) - set(names)
        if unknown:
            msg = f"{table}: no column {sorted(unknown)}"
            raise KeyError(msg)
    used = [n for n in names if any(text(r.get(n)) for r in rows) or n in ("name_local", "aliases", "note")]
    path = (folder or WORLD) / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(used)
        for row in sorted(rows, key=lambda r: str(r[key])) if key else rows:
            out.writerow([text(row.get(n)) for n in used])


def write_geojson(name: str, features: list[dict], folder: Path | None = None) -> None:
    """Write a FeatureCollection without spare white space, into the basemap unless another folder is given."""
    path = (folder or WORLD / "basemap") / f"{name}.geojson"
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def text(value: object) -> str:
    """Write a value as a cell: nothing for None, whole numbers without a point, floats rounded to six places."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{round(value, 6):.6f}".rstrip("0").rstrip(".")
    return str(value)


def join(spellings: list[str], *, but: tuple[str, ...] = ()) -> str:
    """Join spellings that the package tells apart, leaving out those already given."""
    seen = {fold(b) for b in but if b}
    out = []
    for s in spellings:
        if (key := fold(s)) and key not in seen:
            seen.add(key)
            out.append(s.strip())
    return "|".join(out)


def family(
    column: str, x: float | None, low: float | None, high: float | None, basis: str = "assumed", source: str = ""
) -> dict:
    """Write a value with its range, its basis and its source under the names of the schema."""
    return {
        column: x,
        f"{column}_low": low,
        f"{column}_high": high,
        f"{column}_basis": basis,
        f"{column}_source_id": source,
    }


def nearest(place: dict, others: list[dict]) -> tuple[dict, float]:
    """Find the nearest of several placed rows, and how far it is in km."""
    n = len(others)
    km = geodesic_km(
        [place["x_coord"]] * n, [place["y_coord"]] * n, [o["x_coord"] for o in others], [o["y_coord"] for o in others]
    )
    return others[int(km.argmin())], float(km.min())


def write_tables(world: World, folder: Path, tables: Sequence[str]) -> None:
    """Write tables of a world that was made: the columns of the schema that say something, without the outside."""
    for table in tables:
        frame = world.tables[table]
        key = frame.columns[0]
        rows = frame[frame[key] != "outside"].astype(object).where(frame.notna(), None)
        made = key if table in ("supply", "demand") else ""  # an identifier that the reader made
        rows = rows[[c for c in columns(table) if c in rows and c not in (made, "geometry")]]
        write(table, rows.to_dict("records"), "" if made else key, folder)
