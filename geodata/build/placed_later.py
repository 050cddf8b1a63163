"""Coordinates found later: county seats and stations of facts/coordinates_more.csv, less those that a look rejected."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.build.common import facts


@dataclass(frozen=True)
class Found:
    """A place of GeoNames or a county's outline, for a node that had none."""

    xy: tuple[float, float]
    accuracy: float
    how: str
    basis: str


def counties() -> dict[str, Found]:
    """Return the places of the counties by node: a seat is reported, a point within an outline derived."""
    out = {}
    for row in _rows("community"):
        seat = row["method"].startswith("seat")
        how = "GeoNames, county seat" if seat else "point inside the county's outline (Mesoshapes)"
        out[row["node_id"]] = _found(
            row, f"{how}, via Who's On First id {row['wof_id']}", "reported" if seat else "derived"
        )
    return out


def stations() -> dict[str, Found]:
    """Return the places of the stations by node; each is a place of that name that fits the published chainage."""
    rejected = {row["node_id"] for row in facts("coordinates_rejected.csv")}
    out = {}
    for row in _rows("station"):
        if row["node_id"] not in rejected:
            how = f"the one GeoNames place of this name that fits the chainage ({row['anchors']}), via Who's On First"
            out[row["node_id"]] = _found(row, f"{how} id {row['wof_id']}", "derived")
    return out


def _rows(what: str) -> list[dict[str, str]]:
    return [row for row in facts("coordinates_more.csv") if row["what"] == what and row["lat"]]


def _found(row: dict[str, str], how: str, basis: str) -> Found:
    return Found((float(row["lon"]), float(row["lat"])), float(row["accuracy_km"]), how, basis)
