"""What a world has besides its network, places and tonnes: regions, lines, materials, sources, and the text of ``world.toml``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.files import path_of
from scrapflow.world.folding import fold
from scrapflow.world.found import Found, basemap_paths, is_inside
from scrapflow.world.importers.drawn_files import in_degrees, read_any
from scrapflow.world.importers.listed_places import named, slugs
from scrapflow.world.importers.named_columns import renamed
from scrapflow.world.importers.table_files import refuse, said_of
from scrapflow.world.schema import schema
from scrapflow.world.toml_text import write_toml

if TYPE_CHECKING:
    from scrapflow.world.importers.attach import Draft
    from scrapflow.world.importers.named_columns import Named

_CALLED = {"regions": "name", "lines": "name", "materials": "material", "sources": "title"}
"""What a row of each table is called, of which its identifier is made where none is given."""
_SPELLINGS = ("name", "name_local", "aliases")


def own_tables(draft: Draft, given: Mapping[str, object], columns: Named, crs: object) -> None:
    """Take tables of a world as they are into the draft, each row with an identifier.

    Parameters
    ----------
    draft
        The world in the making.
    given
        By table (``regions, lines, materials, sources``) a frame or the path of one; None: there is none.
    columns, crs
        As for :func:`scrapflow.world_from`.

    Raises
    ------
    InputError
        If a table has neither identifiers nor names.
    """
    for table, what in given.items():
        if what is None:
            continue
        frame = read_any(what, table)
        for kind, note in said_of(frame):
            draft.say(kind, [table], note=note)
        if hasattr(frame, "to_crs"):
            shapes = in_degrees(frame, crs, table).geometry.to_numpy()
            frame = pd.DataFrame(frame.drop(columns=frame.geometry.name)).assign(geometry=shapes)
        ours = renamed(pd.DataFrame(frame), columns, schema()[table].columns)
        draft.own[table] = _identified(named(ours, table).reset_index(drop=True), table)


def _identified(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return a table with its key, made of what its rows are called where it has none."""
    key, called = schema()[table].key, _CALLED[table]
    if key not in frame and called not in frame:
        refuse(f"neither {key} nor {called} is a column; there are {', '.join(map(str, frame.columns))}: name one with "
               f"columns={{…: {called!r}}} (--map COLUMN={called})", table)  # fmt: skip
    if key not in frame:
        frame = frame.assign(**{key: slugs(frame[called])})
    return frame if called in frame else frame.assign(**{called: frame[key]})


def refer(draft: Draft) -> None:
    """Write the regions of places and the lines of links as identifiers; a place of no region is put into the outline around it.

    Raises
    ------
    InputError
        If a place names a region, or a link a line, that the table does not have.
    """
    regions, lines = draft.own.get("regions"), draft.own.get("lines")
    if lines is not None and "line_id" in draft.links:
        draft.links["line_id"] = _as_ids(draft.links["line_id"], lines, "lines", "links")
    if regions is None:
        return
    upper = regions[regions["level"].fillna("") != "county"] if "level" in regions else regions
    for i, nodes in enumerate(draft.nodes):
        words = nodes["region_id"] if "region_id" in nodes else pd.Series("", nodes.index)
        draft.nodes[i] = nodes.assign(region_id=_as_ids(words, upper, "regions", "places"))
    if "geometry" in upper:
        _into_outlines(draft, upper)


def _as_ids(words: pd.Series[Any], known: pd.DataFrame, table: str, of: str) -> pd.Series[str]:
    """Return identifiers for words that are identifiers or any spelling."""
    key = schema()[table].key
    ids = known[key].astype("str")
    meant: dict[str, set[str]] = {}
    for column in [c for c in _SPELLINGS if c in known]:
        for id_, cell in zip(ids, known[column].fillna("").astype("str"), strict=True):
            for spelling in filter(None, map(fold, cell.split("|"))):
                meant.setdefault(spelling, set()).add(id_)
    exact = set(ids)
    text = words.astype("str").where(words.notna(), "").str.strip()
    read: dict[str, str] = {"": ""}
    faults = []
    for word in [w for w in text.unique() if w]:
        found = {word} if word in exact else meant.get(fold(word), set())
        if len(found) == 1:
            (read[word],) = found
            continue
        message = f"can be {' or '.join(sorted(found))}: write the identifier" if found else f"is not in {table}"
        faults.append(problem(of, "", key, f"{word!r} ({(text == word).sum()} rows) {message}"))
    if faults:
        raise InputError(faults, what="making a world")
    return text.map(read)


def _into_outlines(draft: Draft, regions: pd.DataFrame) -> None:
    """Give places without a region the first whose outline holds them."""
    import shapely

    shapes = np.array([s if hasattr(s, "geom_type") else shapely.from_wkt(s or None) for s in regions["geometry"]])
    tree, ids = shapely.STRtree(shapes), regions["region_id"].astype("str").to_numpy()
    put: list[str] = []
    for i, nodes in enumerate(draft.nodes):
        if not {"x_coord", "y_coord"} <= set(nodes):
            continue
        spots = shapely.points(nodes[["x_coord", "y_coord"]].to_numpy(dtype=np.float64))
        point, outline = tree.query(spots, predicate="intersects")
        inside = pd.Series(ids[outline], nodes.index[point]).groupby(level=0).first().reindex(nodes.index)
        new = (nodes["region_id"] == "") & inside.notna()
        draft.nodes[i] = nodes.assign(region_id=nodes["region_id"].where(~new, inside))
        put += nodes.loc[new, "node_id"].tolist()
    if put:
        draft.say("in_region", put, note="places that name no region: it is the outline around them")


def take_settings(given: object, found: Found) -> None:
    """Put what goes into ``world.toml``, and the files of its basemap, into what was found.

    Parameters
    ----------
    given
        A mapping, or the path of a ``.toml`` file such as another world's ``world.toml``, beside which its basemap lies.
    found
        The world in the making.

    Raises
    ------
    InputError
        If there is no such file.
    """
    folder = Path()
    if isinstance(given, Mapping):
        found.texts["world.toml"] = write_toml(given)
    elif isinstance(given, (str, os.PathLike)):
        path = path_of(given, "the settings")
        if not path.is_file():
            refuse(f"there is no file {given}", "settings")
        folder, found.texts["world.toml"] = path.parent, path.read_text("utf-8")
    elif given is not None:
        refuse(f"a mapping or the path of a .toml file is wanted, not a {type(given).__name__}", "settings")
    for label in basemap_paths(found):
        if is_inside(label) and (folder / label).is_file():
            found.basemap[label] = found.take(label, (folder / label).read_bytes())
