"""The widget of :func:`scrapflow.explore`: what one clicks reaches Python, and what Python says reaches the map."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import anywidget
import traitlets

from scrapflow.errors import InputError, ScrapflowError, problem
from scrapflow.queries.selectors import THROUGH_ORDER
from scrapflow.queries.shown import flows_shown
from scrapflow.views.explore_filters import Filters, filters_of, listed
from scrapflow.views.explore_page import data_message, difference, inputs_hash, run_data, sight_data, widget_script
from scrapflow.views.map_address import Address
from scrapflow.views.offline import asset
from scrapflow.views.still import still_html
from scrapflow.views.words import LANGUAGES, labels

if TYPE_CHECKING:
    from scrapflow.campaign import Campaign
    from scrapflow.queries.flows import Flows
    from scrapflow.runs import Run
    from scrapflow.views.steering import Steering
    from scrapflow.world import World

ORDER = ("mill", *(kind for kind in THROUGH_ORDER if kind != "mill"), "region")
"""What a name chooses: the mill first, as in ``flows.to`` and the search of the map, then the station and what stands there."""
_NOTHING = object()


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
    _css = traitlets.Unicode(asset("explore.css")).tag(sync=True)
    _lang = traitlets.Unicode("en").tag(sync=True)
    _base = traitlets.Bytes().tag(sync=True)
    _data = traitlets.Bytes().tag(sync=True)
    _steered = traitlets.Bool().tag(sync=True)
    _sliders = traitlets.List[dict[str, str | float]]().tag(sync=True)
    _words = traitlets.Dict().tag(sync=True)
    _wish = traitlets.Dict().tag(sync=True)
    _fault = traitlets.Unicode().tag(sync=True)
    _still = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode("Map of flows").tag(sync=True)
    height = traitlets.Int(640).tag(sync=True)
    address = traitlets.Unicode("").tag(sync=True)
    selection = traitlets.TraitType[tuple[str, ...], object](
        (), help="Node ids, or one link id, that are chosen; any spelling of a place may be set."
    )
    filters = traitlets.TraitType[Filters, object](
        {}, help="Names by filter, and `top`; what is not there lets everything pass."
    )
    values = traitlets.TraitType[dict[str, float], object](
        {}, help="Values of sliders that are not central, by setting."
    )
    closed = traitlets.TraitType[tuple[str, ...], object](
        (), help="Links that no train may use; lines, stations and stretches may be set."
    )
    periods = traitlets.TraitType[tuple[str, ...], object](
        (), help="First and last period; all that `Flows.during` understands may be set."
    )

    def __init__(
        self,
        run: Run,
        steering: Steering | None = None,
        *,
        lang: str = "en",
        scale: str = "fixed",
        height: int = 640,
    ) -> None:
        self._following = False
        self._asked: dict[str, object] = {}
        self._overruled: dict[str, object] = {}
        # what the page says is taken as it stands: a filter may let nothing of this run pass
        self._heard: Any = _NOTHING
        self._shown_run = run
        self._steering = steering
        self._scale = scale
        self._first = run_data(run, lang=lang, scale=scale)
        if steering:
            run.memo["told"] = {}  # nothing of it differs from the first
        super().__init__(
            _esm=widget_script(),
            _base=data_message(self._first),
            _steered=steering is not None,
            _sliders=[s.as_dict() for s in steering.sliders] if steering else [],
            _words={of: {k: t for k, t in labels(of).items() if k.startswith("steer.")} for of in LANGUAGES},
            _lang=lang,
            height=height,
            label=f"Map of {run.name}",
        )
        self._still = self.model_id or ""
        self._follow()

    @property
    def run(self) -> Run:
        """The run that is shown, checked; with sliders, that of the values and closures that stand now."""
        run = self._shown_run
        if "checked" not in run.memo:
            run.check()
            run.memo["checked"] = True
        return run

    @property
    def campaign(self) -> Campaign:
        """The campaign of the run that is shown, with the values of its sliders and its closures: ``.to_toml()`` saves it.

        Values of the world that sliders changed are in :attr:`world`.

        Raises
        ------
        InputError
            If the world has known tonnes and no campaign: :attr:`world` then holds all that was changed.
        """
        campaign = self._case[1]
        if campaign is None:
            message = "known tonnes are routed without a campaign; w.world holds what was changed, and w.world.write(…) saves it"
            raise InputError([problem("explore", "", "campaign", message)], what="the map")
        return campaign

    @property
    def world(self) -> World:
        """The world of the run that is shown; ``.changes`` lists what sliders changed in it."""
        return self._case[0]

    @property
    def _case(self) -> tuple[World, Campaign | None]:
        return self._require_steering("campaign").case(self.values, self.closed)

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
        return inputs_hash(self._shown_run.meta)

    @property
    def _seen(self) -> Address:
        """What the address says of this run; places that it does not have are passed over, as on the map."""
        seen = Address.read(self.address, self._labels)
        run = self._shown_run
        known = run.links["link_id"] if seen.shown.link else run.nodes["node_id"]
        there = known[known.isin(seen.shown.selection)]
        return seen.changed(selection=tuple(i for i in seen.shown.selection if (there == i).any()))

    @property
    def _labels(self) -> list[str]:
        return list(self._shown_run.periods["period"])

    @traitlets.observe("address")
    def _follow(self, _change: object = None) -> None:
        """Say in the three traits what the address says; who observes one may change another, so each is read anew."""
        self._heard = self._seen.shown.selection
        self.selection = self._heard
        self._heard = dict(self._seen.shown.filters)
        self.filters = self._heard
        self._heard = _NOTHING
        self.periods = self._seen.shown.periods or self._all

    @traitlets.observe("selection", "filters", "periods")
    def _say(self, change: traitlets.Bunch) -> None:
        """Say in the address what a trait says, unless it says so already."""
        seen = self._seen
        more = {"link": self._is_link(change.new)} if change.name == "selection" else {}
        said = seen.changed(**{change.name: change.new}, **more).text(self._labels)
        if said != seen.text(self._labels):
            self.address = said

    @property
    def _all(self) -> tuple[str, ...]:
        labels_ = self._labels
        return (labels_[0], labels_[-1]) if labels_ else ()

    @traitlets.observe("_wish")
    def _obey(self, change: traitlets.Bunch) -> None:
        """Take over what was moved on the page; an answer is sent even where nothing changed."""
        wish = change.new
        if self._following or not wish:
            return
        if wish.get("tell"):
            self._tell(int(wish.get("n", 0)))
            return
        steering = self._require_steering("values")
        values, closed = steering.values_of(wish.get("values", {})), steering.links_of(wish.get("closed", ()))
        self._asked, self._overruled = {"values": values, "closed": closed}, {}
        self._following, self._fault = True, ""
        try:
            self.values, self.closed = values, closed
            for name, value in list(self._overruled.items()):
                setattr(self, name, value)
        finally:
            self._following = False
        if self._overruled:
            self._ask()
        else:
            self._answer(int(wish.get("n", 0)))

    @traitlets.observe("values", "closed")
    def _steer(self, change: traitlets.Bunch) -> None:
        """Run what Python asks for and tell the page; what an observer answers a wish with comes after the wish."""
        if self._following:
            if change.new != self._asked[change.name]:
                self._overruled[change.name] = change.new
            return
        self._ask()

    def _ask(self) -> None:
        """Wish in Python's name for what `values` and `closed` say, and answer that."""
        n = int(self._wish.get("n", 0)) + 1
        self._following = True
        try:
            self._wish = {"n": n, "values": dict(self.values), "closed": list(self.closed)}
        finally:
            self._following = False
        self._answer(n)

    def _answer(self, n: int) -> None:
        """Make the run that is asked for and send what differs from the first."""
        if self._steering is None:
            return
        with _nothing_collected():
            try:
                run = self._steering.run(self.values, self.closed)
            except ScrapflowError as fault:
                self._fault = f"{n}|{fault}"
                return
            self._shown_run = run
            if "told" in run.memo:  # going back costs nothing
                self._tell(n)
                return
            if "sight" not in run.memo:
                run.memo["sight"] = difference(sight_data(run, self._first), self._first)
            self._data = data_message(run.memo["sight"], answers=n, told=False)

    def _tell(self, n: int) -> None:
        """Send all of the run that is shown, its story and its claims too: the page asks for them once it stands still."""
        run = self.run
        if "told" not in run.memo:
            data = run_data(run, lang=self._lang, scale=self._scale)
            run.memo["told"] = difference(data, self._first)
        self._data = data_message(run.memo["told"], answers=n)

    @traitlets.validate("values")
    def _known_values(self, proposal: traitlets.Bunch) -> dict[str, float]:
        steering = self._require_steering("values")
        given = {} if proposal.value is None else proposal.value
        if not isinstance(given, Mapping):
            message = f"values by setting are wanted, not {given!r}"
            raise InputError([problem("explore", "", "values", message)], what="the values of sliders")
        return steering.values_of(given)

    @traitlets.validate("closed")
    def _known_links(self, proposal: traitlets.Bunch) -> tuple[str, ...]:
        return self._require_steering("closed").links_of(proposal.value)

    def _require_steering(self, what: str) -> Steering:
        if self._steering is None:
            message = "this map shows a run that was made elsewhere: sf.explore(world, campaign) has sliders"
            raise InputError([problem("explore", "", what, message)], what="the map")
        return self._steering

    def _is_link(self, ids: tuple[str, ...]) -> bool:
        nodes, links = self._shown_run.nodes["node_id"], self._shown_run.links["link_id"]
        return len(ids) == 1 and not (nodes == ids[0]).any() and bool((links == ids[0]).any())

    @traitlets.validate("selection")
    def _known_places(self, proposal: traitlets.Bunch) -> tuple[str, ...]:
        if proposal.value is self._heard:
            return cast("tuple[str, ...]", proposal.value)
        ids = [i for name in listed(proposal.value, "selection") for i in self._meant(name)]
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
    def _known_periods(self, proposal: traitlets.Bunch) -> tuple[str, ...]:
        when = proposal.value
        if when is None or (isinstance(when, tuple | list) and not when):
            return self._all
        found = self.run.flows.find_periods(when)
        if not found:
            message = f"{when!r} holds no period: the first one is the earlier, of {' … '.join(self._all)}"
            raise InputError([problem("explore", "", "periods", message)], what="the periods")
        return found[0], found[-1]

    @traitlets.validate("filters")
    def _known_filters(self, proposal: traitlets.Bunch) -> Filters:
        if proposal.value is self._heard:
            return cast("Filters", proposal.value)
        return filters_of(self.run, {} if proposal.value is None else proposal.value)

    def _ipython_display_(self, **kwargs: Any) -> None:
        """Show the widget, and below it what the saved notebook shows without a kernel; the living map hides that."""
        from IPython.display import display

        data, about = super()._repr_mimebundle_(**kwargs) or ({"text/plain": repr(self)}, {})
        display(data, metadata=about, raw=True)  # type: ignore[no-untyped-call]
        still = still_html(self.run, lang=self._lang, scale=self._scale, height=self.height, name=self.model_id)
        display({"text/html": still, "text/plain": repr(self.run)}, raw=True)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        steered = self._steering.words(self.values, self.closed) if self._steering else ""
        return f"<Explorer: {self.run.name}, {' … '.join(dict.fromkeys(self.periods))}, {self.flows.words}{steered}>"


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Put the search for garbage off until a picture is sent: one through all that a notebook holds takes as long as a run."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
