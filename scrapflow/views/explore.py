"""`explore`: the map as a widget of a notebook, where what one clicks reaches Python and what Python says reaches the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from scrapflow.errors import InputError, UnknownNameError, near, problem
from scrapflow.queries.selectors import THROUGH_ORDER
from scrapflow.queries.shown import SETS, flows_shown
from scrapflow.views.explore_page import inputs_hash, run_message, widget_script
from scrapflow.views.map_address import Address
from scrapflow.views.maps import SCALES
from scrapflow.views.still import still_html
from scrapflow.views.words import labels

if TYPE_CHECKING:
    from scrapflow.queries.flows import Flows
    from scrapflow.runs import Run

ORDER = (*THROUGH_ORDER, "region")


class Explorer(anywidget.AnyWidget):
    """A run on the map of :func:`scrapflow.map_flows`, in a notebook; made by :func:`scrapflow.explore`.

    Three traits say what the map shows, and follow it: ``selection``, ``filters`` and ``periods``. Each can be set, and
    observed: ``w.observe(print, "selection")``. ``address`` says the same (and the view) as the HTML map has it after ``#``;
    linking the addresses of two widgets makes their maps move together: ``traitlets.link((a, "address"), (b, "address"))``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> w = sf.explore(sf.run(sf.read_world("toy")))
    >>> w.selection = "Far Mill"
    >>> w.selection, w.flows.kinds
    (('far',), ['shipped'])
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode(".scrapflow-frame { display: block; width: 100%; border: 0; }").tag(sync=True)
    _data = traitlets.Bytes().tag(sync=True)
    _still = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode("Map of flows").tag(sync=True)
    height = traitlets.Int(640).tag(sync=True)
    address = traitlets.Unicode("").tag(sync=True)
    selection = traitlets.TraitType[Any, Any](
        (), help="Node ids, or one link id, that are chosen; any spelling of a place may be set."
    )
    filters = traitlets.TraitType[Any, Any](
        {}, help="Names by filter, and `top`; what is not there lets everything pass."
    )
    periods = traitlets.TraitType[Any, Any](
        (), help="First and last period; all that `Flows.during` understands may be set."
    )

    def __init__(self, run: Run, *, lang: str = "en", scale: str = "fixed", height: int = 640) -> None:
        self._following = False
        self._shown_run = run
        self._lang, self._scale = lang, scale
        data = run_message(run, lang=lang, scale=scale)
        super().__init__(_esm=widget_script(), _data=data, height=height, label=f"Map of {run.name}")
        self._still = self.model_id or ""
        self._follow()

    @property
    def run(self) -> Run:
        """The run that is shown."""
        return self._shown_run

    @property
    def flows(self) -> Flows:
        """The movements that the map shows, as a query; see :func:`scrapflow.queries.shown.flows_shown`.

        A choice is asked for one kind of movement, so that ``flows.total_t`` is a number: what trains carry from, to or
        (at a station) through it, else what people bring; ``w.filters = {"kind": ["returned"]}`` chooses another.
        """
        return flows_shown(self.run.flows, self._seen.shown)

    @property
    def inputs(self) -> str:
        """A short hash of all that the run was made from; every number of the map carries it."""
        return inputs_hash(self.run.meta)

    @property
    def _seen(self) -> Address:
        """What the address says of this run; places that it does not have are passed over, as on the map."""
        seen = Address.read(self.address, self._labels)
        known = self.run.links["link_id"] if seen.shown.link else self.run.nodes["node_id"]
        there = known[known.isin(seen.shown.selection)]
        return seen.changed(selection=tuple(i for i in seen.shown.selection if (there == i).any()))

    @property
    def _labels(self) -> list[str]:
        return list(self.run.periods["period"])

    @traitlets.observe("address")
    def _follow(self, _change: object = None) -> None:
        """Say in the three traits what the address says."""
        shown = self._seen.shown
        self._following = True
        try:
            self.selection, self.filters = shown.selection, dict(shown.filters)
            self.periods = shown.periods or self._all
        finally:
            self._following = False

    @traitlets.observe("selection", "filters", "periods")
    def _say(self, change: Any) -> None:
        """Say in the address what a trait says."""
        if self._following:
            return
        more = {"link": self._is_link(change.new)} if change.name == "selection" else {}
        self.address = self._seen.changed(**{change.name: change.new}, **more).text(self._labels)

    @property
    def _all(self) -> tuple[str, ...]:
        labels_ = self._labels
        return (labels_[0], labels_[-1]) if labels_ else ()

    def _is_link(self, ids: tuple[str, ...]) -> bool:
        nodes, links = self.run.nodes["node_id"], self.run.links["link_id"]
        return len(ids) == 1 and not (nodes == ids[0]).any() and bool((links == ids[0]).any())

    @traitlets.validate("selection")
    def _known_places(self, proposal: Any) -> tuple[str, ...]:
        if self._following:
            return tuple(proposal.value)
        ids = [i for name in _listed(proposal.value, "selection") for i in self._meant(name)]
        return tuple(dict.fromkeys(ids))

    def _meant(self, name: object) -> list[str]:
        if not isinstance(name, str):
            message = f"{name!r} is no name of a place or link"
            raise InputError([problem("explore", "", "selection", message)], what="the selection")
        if self._is_link((name,)):
            return [name]
        match = self.run.names.meant(name, ORDER)
        return self.run.flows.context.region_nodes(match.id) if match.kind == "region" else [match.id]

    @traitlets.validate("periods")
    def _known_periods(self, proposal: Any) -> tuple[str, ...]:
        when = proposal.value
        if when is None or (isinstance(when, tuple | list) and not when):
            return self._all
        found = self.run.flows.find_periods(when)
        return found[0], found[-1]

    @traitlets.validate("filters")
    def _known_filters(self, proposal: Any) -> dict[str, Any]:
        return (
            dict(proposal.value)
            if self._following
            else filters_of(self.run, {} if proposal.value is None else proposal.value)
        )

    def _ipython_display_(self, **kwargs: Any) -> None:
        """Show the widget, and below it what the saved notebook shows without a kernel; the living map hides that."""
        from IPython.display import display

        data, about = super()._repr_mimebundle_(**kwargs) or ({"text/plain": repr(self)}, {})
        display(data, metadata=about, raw=True)  # type: ignore[no-untyped-call]
        still = still_html(self.run, lang=self._lang, scale=self._scale, height=self.height, name=self.model_id)
        display({"text/html": still, "text/plain": repr(self.run)}, raw=True)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        return f"<Explorer: {self.run.name}, {' … '.join(dict.fromkeys(self.periods))}, {self.flows.words}>"


def explore(run: Run, *, lang: str = "en", scale: str = "fixed", height: int = 640) -> Explorer:
    """Open a run on a map that talks back: a widget for JupyterLab, marimo and other notebooks.

    Needs the extra ``notebook``: ``pip install 'scrapflow[notebook]'``. The map asks no one but the notebook's own kernel.

    Parameters
    ----------
    run
        What to show.
    lang
        ``en`` or ``ko`` at first sight.
    scale
        ``fixed`` or ``adaptive`` widths.
    height
        Height of the map in pixels.

    Returns
    -------
    Explorer
        With ``selection``, ``filters``, ``periods`` (both ways), ``flows`` (the query that the map shows) and ``run``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> w = explore(sf.run(sf.read_world("toy")))
    >>> w.filters = {"material": ["scrap"], "kind": "shipped"}
    >>> w.flows.by("destination").columns.tolist()
    ['destination', 'tonnage_t']
    """
    labels(lang)
    if scale not in SCALES:
        msg = f"no scale {scale!r}; there are {', '.join(SCALES)}"
        raise InputError([problem("explore", "", "scale", msg)], what="the map")
    return Explorer(run, lang=lang, scale=scale, height=height)


def _listed(value: Any, what: str) -> list[Any]:
    """Return one or several names as a list, None as none.

    Raises
    ------
    InputError
        If it is neither.
    """
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable | None):
        if isinstance(value, str):
            return [value]
        message = f"a name or several are wanted, not {value!r}"
        raise InputError([problem("explore", "", what, message)], what="what the map should show")
    return list(value or ())


def filters_of(run: Run, given: object) -> dict[str, Any]:
    """Return filters as the map has them: lists of names that occur, groups of materials taken apart.

    Raises
    ------
    UnknownNameError
        If there is no such filter, or nothing of the run has the name.
    """
    if not isinstance(given, Mapping):
        message = f"names by filter are wanted, such as {{'kind': 'shipped'}}, not {given!r}"
        raise InputError([problem("explore", "", "filters", message)], what="what the map should show")
    out: dict[str, Any] = {}
    for name, values in given.items():
        if name == "top":
            if values and not (isinstance(values, int) and values > 0):
                message = f"a number of pairs is wanted, not {values!r}"
                raise InputError([problem("explore", "", "top", message)], what="what the map should show")
            out |= {"top": int(values)} if values else {}
            continue
        if name not in SETS:
            msg = f"no filter is called {name!r}; filters are {', '.join(SETS)} and top"
            raise UnknownNameError(msg, near(name, [*SETS, "top"], cutoff=0.4))
        names = list(dict.fromkeys(v for value in _listed(values, name) for v in _value(run, name, str(value))))
        out |= {name: names} if names else {}
    return out


def _value(run: Run, name: str, value: str) -> Iterable[str]:
    """Return what a word of a filter means."""
    if name == "mill":
        return [run.names.meant(value, ("mill",)).id]
    if name == "material" and value in run.material_groups:
        return run.material_groups[value]
    column = run.nodes[name].fillna("") if name in ("region", "sector") else run.movements[name]
    known = sorted(set(column))
    if value in known:
        return [value]
    if name == "region":
        match = run.names.meant(value, ("region",))
        named = run.nodes.loc[run.nodes["region_id"] == match.id, "region"].unique().tolist()
        if named:
            return [str(n) for n in named]
    msg = f"no {name} of the run is called {value!r}; there are {', '.join(k for k in known if k) or 'none'}"
    raise UnknownNameError(msg, near(value, known, cutoff=0.4))
