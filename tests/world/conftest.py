"""A copy of the toy world that a test may break, and how to break it."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

import scrapflow as sf
from scrapflow.world.read import DEFAULT_WORLD, embedded_worlds

TOY = Path(__file__).parents[2] / "geodata" / "toy"


class Folder:
    """A world folder on disk whose cells, rows and bytes can be changed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, table):
        """Return a table as lists of cells, header first."""
        return list(csv.reader(io.StringIO((self.path / f"{table}.csv").read_text("utf-8"))))

    def put(self, table, rows):
        """Write a table from lists of cells."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        (self.path / f"{table}.csv").write_text(out.getvalue(), "utf-8")

    def set(self, table, row, **cells):
        """Change cells of one row; columns that are not there are added."""
        rows = self.rows(table)
        for column, value in cells.items():
            if column not in rows[0]:
                for i, r in enumerate(rows):
                    r.append("" if i else column)
            at = next(r for r in rows[1:] if r[0] == row)
            at[rows[0].index(column)] = value
        self.put(table, rows)

    def add(self, table, **cells):
        """Add a row at the end."""
        rows = self.rows(table)
        rows.append([cells.get(c, "") for c in rows[0]])
        self.put(table, rows)

    def edit(self, file, change):
        """Change the bytes of a file."""
        path = self.path / file
        path.write_bytes(change(path.read_bytes()))

    def problems(self):
        """Read strictly and return the findings of the refusal."""
        with pytest.raises(sf.errors.InputError) as refused:
            sf.read_world(self.path)
        return refused.value.problems

    def check(self):
        """Read leniently and return all findings."""
        return sf.read_world(self.path, strict=False).check()


@pytest.fixture
def folder(tmp_path):
    """Give a fresh copy of the toy world."""
    shutil.copytree(TOY, tmp_path / "world")
    return Folder(tmp_path / "world")


@pytest.fixture
def real(tmp_path):
    """Give a copy of the default world, as it comes with the package."""
    shutil.copytree(embedded_worlds()[DEFAULT_WORLD], tmp_path / "real")
    return Folder(tmp_path / "real")


@pytest.fixture
def rich(folder):
    """A world with everything in it: basemap, labels, drawn courses, own columns, hostile text, an unplaced node."""
    square = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]}
    feature = {"type": "Feature", "properties": {"name": "Toyland"}, "geometry": square}
    (folder.path / "basemap").mkdir()
    for layer in ("countries", "regions"):
        text = json.dumps({"type": "FeatureCollection", "features": [feature]})
        (folder.path / "basemap" / f"{layer}.geojson").write_text(text)
    with (folder.path / "world.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[basemap]\ncountries = "basemap/countries.geojson"\nregions = "basemap/regions.geojson"\n'
            'attribution = "drawn \\"by hand\\" \\\\ 2026"\n[labels]\nyard = "Sammelhof"\n"two words" = "x"\n'
        )
    folder.set("links", "rail_far", geometry="LINESTRING (0.5 0.5, 0.9 0.30000000000000004, 1.4 0.5)")
    folder.set("regions", "land", geometry="MULTIPOLYGON (((0 0, 2 0, 2 1, 0 1, 0 0)), ((3 3, 4 3, 4 4, 3 3)))")
    folder.set("nodes", "near", name='Near "`</script>{{ }}${x}, Mill', x_coord="0.1234567890123456", mine="yes")
    folder.set("nodes", "town", note="two\nlines; and, commas")
    folder.add("nodes", node_id="lost", name="Lost Works", kind="enterprise", basis="assumed", region_id="vale")
    folder.add("enterprises", node_id="lost", sector_id="machinery")
    return sf.read_world(folder.path)
