"""Everything that scrapflow writes: for each writer an old and a new content, and how to know one from the other."""

from __future__ import annotations

import functools
import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import scrapflow as sf
from scrapflow.exchange.formats import DATABASE, FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Writer(NamedTuple):
    """A writer: its name, what its target is called, and the deeds that write the old and the new content there."""

    name: str
    target: str
    old: Callable[[Path], object]
    new: Callable[[Path], object]


@functools.cache
def runs() -> tuple[sf.Run, sf.Run]:
    """Return the two runs that are written over one another."""
    toy = sf.read_world("toy")
    return sf.run(toy, "2015"), sf.run(toy, "2012")


def every(only: str = "") -> list[Writer]:
    """Return every writer there is, or those that have a word in their name; what they write is made before."""
    forms = {
        "run": ("run",), "map": ("map.html",),
        **{f"picture {form}": (f"x.{form}",) for form in ("png", "svg", "pdf")},
        **{f"world {form}": (name, form) for form, name in (("csv", "w"), ("gpkg", "w.gpkg"), ("parquet", "p"))},
        **{f"export {form}": (name, form) for form, name in (
            ("flowmap", "sheets"), ("gmns", "net"), ("kepler", "k.csv"), ("geojson", "g.json"), ("gpkg", "e.gpkg"),
            ("xlsx", "e.xlsx"), ("csv", "tables"))},
        **{f"chart {form}": (f"c.{form}",) for form in ("svg", "png", "html")},
        "ensemble": ("members",),
    }  # fmt: skip
    if missing := {f"export {form}" for form in FORMATS if form != DATABASE} - set(forms):
        msg = f"no target is named for {', '.join(sorted(missing))}"
        raise RuntimeError(msg)
    return [Writer(name, args[0], *_deeds(name, *args[1:])) for name, args in forms.items() if only in name]


def _deeds(name: str, form: str = "") -> tuple[Callable[[Path], object], Callable[[Path], object]]:
    """Return what writes the old and the new content."""
    from scrapflow.views.charts import monthly

    kind = name.split(" ", maxsplit=1)[0]
    if kind == "world":
        toy = sf.read_world("toy")
        return functools.partial(_world, toy, form), functools.partial(_world, toy.without("far"), form)
    made = {"map": sf.map_flows, "chart": monthly, "ensemble": _members}.get(kind, _as_it_is)
    old, new = (made(run) for run in runs())
    deed = {"map": sf.save_map, "picture": _picture, "export": functools.partial(_export, form)}.get(kind, _save)
    return functools.partial(deed, old), functools.partial(deed, new)


def _as_it_is(run: sf.Run) -> sf.Run:
    return run


def _members(run: sf.Run) -> sf.Ensemble:
    return sf.ensemble(sf.read_world("toy"), run.meta["campaign"], n=2, keep="flows", processes=1)


def _save(thing: Any, path: Path) -> object:
    return thing.save(path)


def _export(form: str, run: sf.Run, path: Path) -> object:
    return sf.export(run, form, path)


def _picture(run: sf.Run, path: Path) -> object:
    return sf.save_picture(run, path, width_in=4.0, dpi=40)


def _world(world: sf.World, form: str, path: Path) -> object:
    return world.write(path, format=form)


def print_of(target: Path) -> str:
    """Return a fingerprint of a file or of a folder and all in it; "" if nothing is there."""
    if not target.exists():
        return ""
    found = hashlib.sha256()
    for file in sorted(target.rglob("*")) if target.is_dir() else [target]:
        found.update(file.relative_to(target).as_posix().encode() + b"\0")
        found.update(_content(file) if file.is_file() else b"/")
    return found.hexdigest()


def _content(file: Path) -> bytes:
    """Return the bytes of a file; of a database what it holds, as its counters of changes tell of tries that failed."""
    data = file.read_bytes()
    if not data.startswith(b"SQLite format 3"):
        return data
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            return "\n".join(connection.iterdump()).encode()
        except sqlite3.Error:
            return b"torn"


def strays(folder: Path) -> list[str]:
    """Return what lies in a folder under a hidden name."""
    return sorted(p.name for p in folder.iterdir() if p.name.startswith("."))
