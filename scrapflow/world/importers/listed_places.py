"""Stations, mills, yards and other places, as people list them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.units import counted
from scrapflow.world.folding import fold
from scrapflow.world.importers.drawn_files import in_degrees, read_any
from scrapflow.world.importers.named_columns import renamed
from scrapflow.world.importers.number_cells import as_floats, whole_names
from scrapflow.world.importers.table_files import SAID, refuse, said_of
from scrapflow.world.other_names import meant, plain
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from scrapflow.world.importers.named_columns import Named

_KINDS = {
    "mill": "steelworks|steel mill|steel works|steel plant|smelter|foundry|works|plant|port|harbour|stahlwerk|werk|hafen|acieria|siderurgica|usina|puerto|porto|제철소|제강소|항구|钢厂|港",
    "station": "railway station|halt|stop|bahnhof|estacion|estacao|gare|stazione|역|车站|駅|станция",
    "enterprise": "factory|company|firm|fabrik|fabrica|usine|공장|기업|工厂|завод",
    "yard": "scrapyard|scrap yard|depot|schrottplatz|수매소",
    "community": "town|city|village|stadt|dorf|도시|시|城市|город",
}
_KIND_OF = {plain(word): kind for kind, words in _KINDS.items() for word in words.split("|")}
_BOTH = re.compile(
    r"coord|coordinates|coordinate|latlon|lat_lon|latlng|lat_lng|lonlat|lon_lat|location|position|gps|좌표|坐标"
)
_PAIR = re.compile(r"\(?\s*([+-]?\d+(?:\.\d+)?)\s*[,;/ ]\s*([+-]?\d+(?:\.\d+)?)\s*\)?")
_SEXAGESIMAL = re.compile(
    r"([+-]?)\s*([NSEWO]?)\s*(\d{1,3})(?:[°º:d]|\s)\s*(\d{1,2}(?:\.\d+)?)\s*['’′:m]?\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"”″s]|'')?)?\s*([NSEWO]?)",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"([NSEWO]?)\s*(\d{1,3}(?:\.\d+)?)\s*°?\s*([NSEWO]?)", re.IGNORECASE)


def places_of(given: object, columns: Named, crs: object, *, kind: str = "station", layer: str = "") -> pd.DataFrame:
    """Return the places with ``node_id, name, kind, x_coord, y_coord`` and whatever else is said of them.

    Parameters
    ----------
    given
        A table, points, or the path of either; None: no place.
    columns, crs
        As for :func:`scrapflow.world_from`; the names remember which columns there are.
    kind
        Kind of a place of which none is said.
    layer
        Which layer of a file of several.

    Raises
    ------
    InputError
        If places have no name, or a coordinate cannot be read: every such cell.
    """
    import geopandas as gpd

    if given is None:
        return pd.DataFrame({c: [] for c in ("node_id", "name", "kind", "x_coord", "y_coord")})
    frame = read_any(given, "places", layer=layer)
    said = said_of(frame)
    if isinstance(frame, gpd.GeoDataFrame):
        placed = in_degrees(frame, crs, "places")
        points = placed.geometry.representative_point()
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name)).assign(x_coord=points.x, y_coord=points.y)
        frame = named(renamed(frame, columns), "nodes")
    else:
        frame = located(named(renamed(frame, columns), "nodes"), crs)
    if "node_id" not in frame and "name" not in frame:
        refuse(f"places need an identifier or a name; there are {', '.join(map(str, frame.columns))}: name the column with "
               "columns={…: 'name'} (--map COLUMN=name on the command line)", "places")  # fmt: skip
    frame = frame.reset_index(drop=True)
    label = frame["name"] if "name" in frame else frame["node_id"]
    frame["name"] = label.astype("str").where(label.notna(), "")
    if "node_id" not in frame:
        frame["node_id"] = slugs(frame["name"])
    frame["node_id"] = whole_names(frame["node_id"].astype("str").str.normalize("NFC").str.strip())
    unnamed = (frame["name"] == "").to_numpy()
    stated = (
        frame["kind"].notna() & (frame["kind"].astype("str").str.strip() != "") if "kind" in frame else unnamed & False
    )
    frame["kind"] = _kinds(frame, kind, said)
    if unnamed.any():
        # Whoever lists what has no name lists the nodes of a network; only what is called a station needs a name.
        frame.loc[unnamed & ~stated, "kind"] = "junction"
        frame.loc[unnamed & stated, "name"] = frame["node_id"]
        said.append(
            (
                "unnamed",
                f"{counted(int(unnamed.sum()), 'place has no name', 'places have no name')}: junctions, or, of a stated kind, called by their identifiers",
            )
        )
    for axis in ("x_coord", "y_coord"):
        frame[axis] = frame[axis].astype("float64") if axis in frame else np.nan
    _apart(frame)
    done = pd.DataFrame(frame)
    done.attrs[SAID] = said
    return done


def slugs(names: pd.Series[Any]) -> list[str]:
    """Return identifiers made of names, a second of one name numbered.

    Examples
    --------
    >>> slugs(pd.Series(["São Paulo", "Sao Paulo", ""]))
    ['saopaulo', 'saopaulo_2', 'place']
    """
    bare = pd.Series([re.sub(r"\W+", "_", fold(str(n))) or "place" for n in names], dtype="str")
    return [s if n == 0 else f"{s}_{n + 1}" for s, n in zip(bare, bare.groupby(bare).cumcount(), strict=True)]


def _kinds(frame: pd.DataFrame, kind: str, said: list[tuple[str, str]]) -> pd.Series[str]:
    """Return the kinds of places; words of other languages are taken, what is no kind is said."""
    if "kind" not in frame:
        return pd.Series(kind, frame.index)
    known = schema()["nodes"].columns["kind"].allowed
    words = frame["kind"].astype("str").where(frame["kind"].notna(), "").str.strip()
    read = words.str.lower().map(lambda w: w if w in known else _KIND_OF.get(plain(w), ""))
    strange = sorted(set(words[(read == "") & (words != "")]))
    if strange and kind:
        shown = ", ".join(map(repr, strange[:5])) + (" …" if len(strange) > 5 else "")
        said.append(("kind_unknown", f"{shown}: no kind of place; taken as {kind} (there are {', '.join(known)})"))
    return read.where(read != "", kind)


def _apart(frame: pd.DataFrame) -> None:
    """Refuse places of one identifier that stand in different places."""
    spots = frame[["node_id", "x_coord", "y_coord"]].drop_duplicates()
    twice = spots.loc[spots["node_id"].duplicated(), "node_id"].unique().tolist()
    if twice:
        message = f"{counted(len(twice), 'identifier stands', 'identifiers stand')} for several places, such as {twice[0]!r}: each place needs its own"
        raise InputError([problem("places", twice[0], "node_id", message)], what="the table of places")


def named(frame: pd.DataFrame, table: str) -> Any:
    """Return a table with its columns under the names of the schema."""
    missing = [c for c in schema()[table].columns if c not in frame]
    names: dict[str, str] = {}
    for column in map(str, frame.columns):
        own = plain(column) if plain(column) in missing else meant(table, column, missing)
        ours = "" if column in schema()[table].columns else own
        if ours and ours not in names.values():
            names[column] = ours
    return frame.rename(columns=names)


def located(nodes: pd.DataFrame, crs: object) -> pd.DataFrame:
    """Return nodes with ``x_coord, y_coord`` as float64 in degrees, out of decimal degrees, degrees and minutes, or pairs.

    Raises
    ------
    InputError
        If a cell cannot be read; all of them at once.
    """
    import geopandas as gpd

    nodes = _pairs_apart(nodes)
    if "x_coord" not in nodes or "y_coord" not in nodes:
        lone = [c for c in ("x_coord", "y_coord") if c in nodes]
        if lone:
            other = "latitude (y_coord)" if lone == ["x_coord"] else "longitude (x_coord)"
            refuse(f"there is a {lone[0]} and no {other}; there are {', '.join(map(str, nodes.columns))}", "places")
        return nodes
    faults: list[dict[str, str]] = []
    values = {}
    for axis in ("x_coord", "y_coord"):
        numbers, wrong = as_floats(nodes[axis])
        for i in np.flatnonzero(wrong):
            text = str(nodes[axis].iloc[i])
            numbers[i] = _sexagesimal(text, axis)
            if np.isnan(numbers[i]):
                message = f"{text!r} is no coordinate: write decimal degrees such as 37.558, south and west negative"
                faults.append(problem("places", str(i + 1), axis, message))
        values[axis] = numbers
    if faults:
        raise InputError(faults, what="the table of places")
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(values["x_coord"], values["y_coord"]))
    points = in_degrees(points, crs, "places")
    return nodes.assign(x_coord=points.geometry.x.to_numpy(), y_coord=points.geometry.y.to_numpy())


def _pairs_apart(nodes: pd.DataFrame) -> pd.DataFrame:
    """Split a column of latitude and longitude, in the order that its name or its numbers say."""
    column = next((c for c in map(str, nodes.columns) if _BOTH.fullmatch(plain(c))), "")
    if not column or {"x_coord", "y_coord"} & set(nodes.columns):
        return nodes
    cells = nodes[column].astype("str").where(nodes[column].notna(), "").str.strip()
    read = [_PAIR.fullmatch(c) for c in cells]
    bad = [i for i, (c, m) in enumerate(zip(cells, read, strict=True)) if c and not m]
    if bad:
        message = f"{cells.iloc[bad[0]]!r} is no pair such as '50.85, 4.35': write latitude and longitude in two columns, lat and lon"
        raise InputError([problem("places", str(bad[0] + 1), column, message)], what="the table of places")
    first, second = (np.array([float(m[k]) if m else np.nan for m in read]) for k in (1, 2))
    name = plain(column)
    lon_first = name.startswith("lon")
    if not lon_first and not name.startswith("lat"):
        if np.nanmax(np.abs(first), initial=0) > 90:
            lon_first = True
        elif np.nanmax(np.abs(second), initial=0) <= 90:
            refuse(
                f"the column {column!r} holds two numbers, and neither says which is latitude: call it latlon or lonlat",
                "places",
            )
    lat, lon = (second, first) if lon_first else (first, second)
    return nodes.drop(columns=column).assign(y_coord=lat, x_coord=lon)


def _sexagesimal(text: str, axis: str) -> float:
    r"""Return degrees out of degrees, minutes and seconds, or with a letter of the compass; NaN if it is neither.

    Examples
    --------
    >>> _sexagesimal("37°30'00\"N", "y_coord"), _sexagesimal("W 5.5", "x_coord"), _sexagesimal("N 5.5", "x_coord")
    (37.5, -5.5, nan)
    """
    text = text.strip().replace("\u2212", "-").replace("–", "-")
    if match := _SEXAGESIMAL.fullmatch(text):
        sign, before, deg, minutes, seconds, after = match.groups()
        value = float(deg) + float(minutes) / 60 + float(seconds or 0) / 3600
        wrong = float(minutes) >= 60 or float(seconds or 0) >= 60
    elif match := _LETTERED.fullmatch(text):
        (before, deg, after), sign, wrong = match.groups(), "", False
        value = float(deg)
    else:
        return np.nan
    letter = (before or after).upper()
    fits = letter in (("", "N", "S") if axis == "y_coord" else ("", "E", "W", "O"))
    # O is east in German and west in French and Spanish: nobody can know.
    if wrong or not fits or letter == "O" or (before and after):
        return np.nan
    return -value if sign == "-" or letter in ("S", "W") else value
