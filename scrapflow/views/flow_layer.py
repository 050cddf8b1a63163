"""A flow layer for any folium map: lines as wide as their tonnes, with direction, months and a legend.

Leaflet has no such layer; the script in ``assets/`` draws it on a canvas. Geometry is stored once, values are a matrix
of lines × periods × kinds in packed arrays.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, TypedDict

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from branca.element import Figure
from folium.map import Layer

from scrapflow.errors import InputError, problem
from scrapflow.given_frames import numbers_of, plain_frames
from scrapflow.units import CRS
from scrapflow.views.in_one_piece import in_one_piece
from scrapflow.views.map_payload import run_payload
from scrapflow.views.offline import Markup, OfflineFigure, asset, fitted, furnish, tile_hosts
from scrapflow.views.packing import pack, to_json
from scrapflow.views.places_payload import shapes
from scrapflow.views.plain_columns import Json, codes_and_words, text
from scrapflow.views.run_lines import run_lines, run_of
from scrapflow.views.style import kind_looks, palette
from scrapflow.views.words import LANGUAGES, labels, words_of
from scrapflow.vocabulary import kinds as known_kinds
from scrapflow.world.table_geometry import without_place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.flows import Flows
    from scrapflow.views.packing import Packed

LINE_TEXTS = ("lines.", "time.", "network.", "zoom.")
"""Beginnings of the keys of the texts that lines by themselves need."""
ENTRIES = {"run": "app.js", "lines": "lines.js", "compare": "compare.js", "explore": "explore_page.js"}
"""The module that draws each type of data; a page carries it and what it imports, and nothing else."""
GIVES = {"lines": "layer, mount"}
"""What a page can call of a script, where that is more than ``mount``."""
_IMPORT = re.compile(r'^import \{(?P<names>[^}]*)\} from "\./(?P<module>[\w.]+)";[ \t]*$', re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_TOP = re.compile(r"^(?:export )?(?:async )?(?:function|const|let) (\w+)", re.MULTILINE)
_COMMENT = re.compile(
    r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/[ \t]*\n|//[^\n]*\n)|/\*\* @type \{[^\n]*?\} \*/ ", re.MULTILINE | re.DOTALL
)

_NOW = "//# allFunctionsCalledOnLoad\n"
"""Chromium's hint that a script is used as it is loaded: its functions are read once, not skipped first."""


@cache
def script(kind: str) -> str:
    """Return the script of a page: the modules of ``assets/`` one after the other, in one scope with one global name.

    Comments and empty lines stay in the package; nothing else is taken out. Letters beyond ASCII are written as escapes.

    Raises
    ------
    ValueError
        If two modules give one name to two things.
    """
    names: dict[str, str] = {}
    parts = []
    for module in modules(ENTRIES[kind]):
        source = asset(module)
        for name in _TOP.findall(source):
            if names.setdefault(name, module) != module:
                msg = f"{name} is in {names[name]} and in {module}"
                raise ValueError(msg)
        parts.append(_COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", source))).strip())
    body = re.sub(r"\n\n+", "\n", "\n".join(parts)).encode("ascii", "backslashreplace").decode("ascii")
    gives = GIVES.get(kind, "mount")
    return f'{_NOW}"use strict";\nconst scrapflow_{kind} = (() => {{\n{body}\nreturn {{ {gives} }};\n}})();\n'


def modules(entry: str) -> list[str]:
    """Return a module and all it imports, each after what it imports itself."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name not in order:
            for match in _IMPORT.finditer(asset(name)):
                visit(match["module"])
            order.append(name)

    visit(entry)
    return order


class FlowLayer(Layer):
    """Flows as a layer of folium's: on a map, in a ``FeatureGroup``, listed by a ``LayerControl``.

    Parameters
    ----------
    flows
        A :class:`~scrapflow.ledger.tables.Run` or a query of its ``flows`` (summed onto the links), or a GeoDataFrame of lines in
        EPSG:4326 with ``tonnage_t`` and, if wanted, ``kind``, ``period`` and ``name``. A line of two points is drawn
        as an arc that bends to the right of its direction, so that opposite flows never hide each other.
    lang
        Language of the labels, ``en`` or ``ko``.
    interface
        ``slider`` adds a month slider and a legend to the map; ``full`` the whole page (what ``map_flows`` uses);
        ``none`` only draws.
    options
        Further data for the script, by name.
    name
        What a ``LayerControl`` calls the layer.
    overlay, control, show
        As of any layer of folium's: a box to tick rather than one of several backgrounds, whether it is listed, and
        whether it is there at first sight. The whole page (``full``) is not listed, because nothing is left without it.

    Raises
    ------
    InputError
        If the flows cannot be drawn: no lines, no ``tonnage_t``, another CRS, a negative or unknown tonnage.

    Examples
    --------
    >>> import folium, geopandas as gpd
    >>> from shapely import LineString
    >>> lines = gpd.GeoDataFrame({"tonnage_t": [5.0]}, geometry=[LineString([(0, 0), (1, 1)])], crs="EPSG:4326")
    >>> m = folium.Map([0.5, 0.5], tiles=None)
    >>> FlowLayer(lines).add_to(m).lines
    1
    """

    def __init__(
        self,
        flows: RunTables | Flows | gpd.GeoDataFrame,
        *,
        lang: str = "en",
        interface: str = "slider",
        options: Mapping[str, Json] | None = None,
        name: str | None = None,
        overlay: bool = True,
        control: bool = True,
        show: bool = True,
    ) -> None:
        texts = labels(lang)
        listed = control and interface != "full"
        super().__init__(name=name or texts["title.flows"], overlay=overlay, control=listed, show=show)
        self._name = "FlowLayer"
        self.lang = lang
        self.interface = interface
        drawn = run_of(flows)
        lines: gpd.GeoDataFrame = flows
        given: RunTables | None = None
        if drawn is not None and interface != "full":
            lines, given, drawn = run_lines(in_one_piece(drawn.part)), drawn.part, None
        self.run = drawn.part if drawn else None
        self.data: dict[str, Json]
        if drawn:
            whole = in_one_piece(drawn.part)
            self.data, self.lines = run_payload(whole, whole=drawn.whole), len(whole.links)
            self._bounds = _bounds(whole.nodes)
        else:
            told = lines_payload(lines)
            self.data, self.lines = {**told}, told["shape"]["n"].count
            if given is not None:
                self.data["moved"] = _moved(given, told["kinds"], told["periods"])
            self._bounds = _bounds(lines)
        self.kind = "run" if drawn else "lines"
        self.options = dict(options or {})

    def words(self) -> dict[str, dict[str, str]]:
        """Return the texts that the script shows, by language: those of the run's world, or of a frame of lines.

        Examples
        --------
        >>> import scrapflow as sf
        >>> FlowLayer(sf.run(sf.read_world("toy"))).words()["en"]["kind.shipped"]
        'by rail to the mills'
        """
        if self.run is not None:
            return words_of(self.run, self.lang)
        told = {f"kind.{k.kind}": k.label for k in known_kinds().values()}
        return {
            lang: {key: text for key, text in labels(lang).items() if key.startswith(LINE_TEXTS)}
            | {key: label.get(lang, label["en"]) for key, label in told.items()}
            for lang in LANGUAGES
        }

    def payload(self) -> dict[str, Json]:
        """Return the data the script reads, as one JSON-ready mapping.

        Examples
        --------
        >>> import scrapflow as sf
        >>> data = FlowLayer(sf.run(sf.read_world("toy"))).payload()
        >>> data["type"], data["lang"]
        ('lines', 'en')
        """
        words = self.words()
        return {
            "type": self.kind,
            "lang": self.lang,
            "interface": self.interface,
            "style": palette(),
            "labels": words,
            "options": self.options,
            "noted": _noted(self.run.nodes, words["en"]) if self.run else [],
            **self.data,
        }

    def render(self, **kwargs: object) -> None:  # type: ignore[override]  # noqa: ARG002  branca's signature
        """Put style, data and script into the figure that the map belongs to."""
        m = self._map()
        figure = self.get_root()
        if m is None or not isinstance(figure, Figure):
            message = "a flow layer is drawn on a map: FlowLayer(flows).add_to(m)"
            raise TypeError(message)
        whole = self.interface == "full"
        if whole and m is not self._parent:
            message = "a whole page is made of a map, not of a group of layers: FlowLayer(flows).add_to(group)"
            raise TypeError(message)
        # tiles may have been added since the map was made
        self.options["network"] = tile_hosts(m)
        style = asset("flow_layer.css")
        if not isinstance(figure, OfflineFigure):
            style = fitted(style, figure)
            furnish(figure, page=whole)
        name = self.get_name()
        figure.header.add_child(Markup(f"<style>{style}</style>", fixed=True), name="scrapflow_css")
        figure.header.add_child(
            Markup(f"<script>{script(self.kind)}</script>", fixed=True), name=f"scrapflow_{self.kind}"
        )
        figure.html.add_child(Markup(f'<script type="application/json" id="{name}_data">'), name=name + "_open")
        figure.html.add_child(Markup(to_json(self.payload()), fixed=True), name=name + "_data")
        figure.html.add_child(Markup("</script>", fixed=True), name=name + "_close")
        figure.script.add_child(Markup(self._call(m, name)), name=name)

    def _map(self) -> folium.Map | None:
        """Return the map that the layer is on, itself or in a group of layers."""
        above = self._parent
        while above is not None and not isinstance(above, folium.Map):
            above = above._parent  # noqa: SLF001
        return above

    def _call(self, m: folium.Map, name: str) -> str:
        """Return the script that makes the layer, under the name by which folium's other elements know it."""
        data = f'JSON.parse(document.getElementById("{name}_data").textContent)'
        if self.kind != "lines":
            return f"scrapflow_{self.kind}.mount({m.get_name()}, {data});"
        parent = self._parent.get_name() if self._parent is not None else m.get_name()
        shown = f"\n{name}.addTo({parent});" if self.show else ""
        return f"var {name} = scrapflow_lines.layer({data});{shown}"

    def _get_self_bounds(self) -> list[list[float | None]]:
        """Return the south-western and the north-eastern corner of what is drawn, as ``Map.fit_bounds`` takes them."""
        return self._bounds


def _noted(nodes: pd.DataFrame, words: Mapping[str, str]) -> Json:
    """Return the number of each place that the world says something of, with the key of those words."""
    placed = (nodes["x_coord"].notna() & nodes["y_coord"].notna()).to_numpy()
    keys = [f"note.{node}" for node in nodes["node_id"]]
    return [[i, key] for i, key in enumerate(keys) if key in words and placed[i]]


def _moved(run: RunTables, kinds: list[str], periods: list[str]) -> Json:
    """Return the tonnes of each kind by period: those of a train once, however many links it passes."""
    sums = run.legs_by("kind", "period").pivot_table("tonnage_t", "kind", "period", aggfunc="sum")
    table: Json = sums.reindex(index=kinds, columns=periods).fillna(0.0).to_numpy(dtype=float).round(3).tolist()
    return table


class LinesData(TypedDict):
    """A frame of lines as the script reads it: geometry once, tonnes as lines × periods × kinds."""

    shape: dict[str, Packed]
    names: list[str]
    periods: list[str]
    kinds: list[str]
    looks: dict[str, dict[str, Json]]
    values: Packed


def lines_payload(lines: gpd.GeoDataFrame) -> LinesData:
    """Return the data of a frame of lines: geometry once, tonnes as lines × periods × kinds."""
    if isinstance(lines, pd.DataFrame):
        (lines,) = plain_frames({"flows": lines}, what="the frame of flows")
    if isinstance(lines, gpd.GeoDataFrame):
        _check_coordinates(lines)
        # what QGIS writes are multi-lines of one part
        parts = shapely.get_type_id(lines.geometry.to_numpy()) == 5
        lines = lines.set_geometry(lines.geometry.where(~parts, shapely.line_merge(lines.geometry)))
    _check_lines(lines)
    frame = lines.reset_index(drop=True)
    wkb = frame.geometry.to_wkb()
    name = pd.Series(text(frame, "name"))
    key = pd.MultiIndex.from_arrays([wkb, name])
    line, first = pd.factorize(key)
    firsts = np.unique(line, return_index=True)[1]
    labelled, order = _periods(frame)
    period, periods = codes_and_words(labelled, order)
    kind, kinds = codes_and_words([k or "shipped" for k in text(frame, "kind")], [])
    values = np.zeros((len(kinds), max(len(periods), 1), len(first)))
    np.add.at(values, (kind, period, line), numbers_of(frame["tonnage_t"])[0].to_numpy())
    return {
        "shape": shapes(frame.geometry.iloc[firsts]),
        "names": [name[i] for i in firsts] if name.any() else [],
        "periods": periods or [""],
        "kinds": kinds,
        "looks": {name: {"colour": look.colour, "dash": list(look.dash)} for name, look in kind_looks().items()},
        "values": pack(values, "f4"),
    }


def _bounds(frame: pd.DataFrame) -> list[list[float | None]]:
    """Return south-west and north-east, in degrees of latitude and longitude, or None where nothing has a place."""
    if isinstance(frame, gpd.GeoDataFrame):
        west, south, east, north = frame.total_bounds if len(frame) else [np.nan] * 4
    else:
        x, y = (frame[c].dropna().astype(float) for c in ("x_coord", "y_coord"))
        west, south, east, north = x.min(), y.min(), x.max(), y.max()
    corners = [[south, west], [north, east]]
    return [[float(v) if np.isfinite(v) else None for v in corner] for corner in corners]


def _periods(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the period of each line and the periods in order: as categories say, else as numbers and words run.

    Raises
    ------
    InputError
        If some lines have a period and others none.
    """
    if "period" not in frame:
        return [""] * len(frame), []
    given = frame["period"]
    missing = given.isna() | (given.astype(str) == "")
    if missing.all():
        return [""] * len(frame), []
    if missing.any():
        rows = [
            problem("flows", str(i), "period", "is missing: name it, or leave the column out")
            for i in frame.index[missing]
        ]
        raise InputError(rows, what="the frame of flows")
    if isinstance(given.dtype, pd.CategoricalDtype) and given.dtype.ordered:
        present = set(given.astype(str))
        return given.astype(str).tolist(), [str(c) for c in given.dtype.categories if str(c) in present]
    if pd.api.types.is_datetime64_any_dtype(given):
        given = given.dt.strftime("%Y-%m-%d")
    labelled = given.astype(str).tolist()
    return labelled, sorted(set(labelled), key=_natural)


def _natural(label: str) -> list[tuple[int, float, str]]:
    """Return by what a label is sorted so that 2 comes before 10."""
    return [(0, float(part), "") if part.isdecimal() else (1, 0.0, part) for part in re.findall(r"\d+|\D+", label)]


def _check_coordinates(lines: gpd.GeoDataFrame) -> None:
    message = "has a coordinate that is no number: draw the line anew, or leave the row out"
    wrong = without_place(lines.geometry.to_numpy())
    if len(wrong):
        faults = [problem("flows", str(lines.index[i]), "geometry", message) for i in wrong]
        raise InputError(faults, what="the frame of flows")


def _check_lines(lines: gpd.GeoDataFrame) -> None:
    problems = []
    if not hasattr(lines, "geometry"):
        from scrapflow.queries.compare import Comparison

        hint = "; two runs are drawn by sf.compare_map" if isinstance(lines, Comparison) else ""
        if isinstance(lines, str):
            hint = f", not text: sf.map_flows(sf.run(sf.read_world({lines!r:.80})))"
        problems.append(problem("flows", "", "geometry", f"a GeoDataFrame of lines or a run is wanted{hint}"))
    elif lines.crs is None or not lines.crs.equals(CRS, ignore_axis_order=True):
        remedy = "set_crs(4326) if they are degrees" if lines.crs is None else "to_crs(4326)"
        message = f"the CRS must be EPSG:4326, not {lines.crs}: lines.{remedy}"
        problems.append(problem("flows", "", "geometry", message))
    else:
        shape = shapely.get_type_id(lines.geometry.to_numpy())
        for kind, message in (
            (5, "is several lines that do not join; lines.explode() makes them rows"),
            (None, "is no line"),
        ):
            bad = shape == kind if kind else ~np.isin(shape, (1, 5)) | shapely.is_empty(lines.geometry.to_numpy())
            problems += [problem("flows", str(i), "geometry", message) for i in lines.index[bad]]
    if "tonnage_t" not in getattr(lines, "columns", ["tonnage_t"]):
        problems.append(problem("flows", "", "tonnage_t", "is missing: a column of tonnes is wanted"))
    elif hasattr(lines, "columns"):
        tonnes = numbers_of(lines["tonnage_t"])[0].to_numpy()
        wrong = np.flatnonzero(~(np.isfinite(tonnes) & (tonnes >= 0)))
        problems += [
            problem("flows", str(lines.index[i]), "tonnage_t", "is not a finite tonnage of 0 or more") for i in wrong
        ]
    if problems:
        raise InputError(problems, what="the frame of flows")
