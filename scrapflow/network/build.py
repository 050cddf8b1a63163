"""From a world to a network: its own links, the access links it leaves out, and the directed arcs of both."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING

from scrapflow.given import checked
from scrapflow.network.access import Catchment, Way, catchment, straight_reach
from scrapflow.network.drawing import Drawing
from scrapflow.network.impedance import Transport
from scrapflow.network.passage import Passage
from scrapflow.network.paths import PLACE_ORDER, Path, PathFinder
from scrapflow.network.skim import skim
from scrapflow.network.trackage import rights_of
from scrapflow.network.tracks import track_table
from scrapflow.vocabulary.other_tools import SaysWhatIsThere
from scrapflow.world import require_world
from scrapflow.world.operators import operators_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import networkx as nx
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.network.drawing import Drawn
    from scrapflow.network.trackage import Rights
    from scrapflow.world import World


_log = logging.getLogger(__name__)


class Network(SaysWhatIsThere):
    """Nodes, links and arcs of a world, with the transport assumptions that gave the arcs their cost.

    Made by :func:`build_network`. Links are as drawn (an undirected link is one row); arcs are the directions in which
    they can be passed.

    Attributes
    ----------
    nodes : GeoDataFrame
        The world's nodes (points, EPSG:4326).
    links : GeoDataFrame
        The world's links and the access links drawn for it (lines, EPSG:4326); lengths in km, capacities in t a month.
    arcs : DataFrame
        ``arc_id, link_id, from_node_id, to_node_id, forward, mode, line_id, also_line_ids, track_id, length_km, cost_per_t, capacity_t``, in the
        order of the links, forward before backward; ``capacity_t`` (t a month) is inf where there is no limit.

    Examples
    --------
    >>> import scrapflow as sf
    >>> net = build_network(sf.read_world("toy"))
    >>> net
    <Network of toy: 7 nodes, 5 links (1 access, 2 rail, 2 road)>
    >>> net.arcs.loc[0, ["from_node_id", "to_node_id", "mode"]].tolist()
    ['works', 'yard', 'road']
    """

    def __init__(
        self, world: World, drawing: Drawing, transport: Transport, *, drawn: Drawn | None = None, months: float = 1.0
    ) -> None:
        self.world = world
        self.drawing = drawing
        self.transport = transport
        self.months = months
        self.drawn = drawn or drawing.under(transport)

    @cached_property
    def nodes(self) -> gpd.GeoDataFrame:
        """The world's nodes; see above."""
        return self.world.nodes

    @cached_property
    def links(self) -> gpd.GeoDataFrame:
        """The links; see above."""
        links = self.drawn.links
        return links if self.months == 1.0 else links.assign(capacity_t=links["capacity_t"] * self.months)

    @cached_property
    def arcs(self) -> pd.DataFrame:
        """The arcs; see above."""
        arcs = self.drawn.arcs
        return arcs if self.months == 1.0 else arcs.assign(capacity_t=self.capacity_t)

    @cached_property
    def capacity_t(self) -> NDArray[np.float64]:
        """Capacity of each arc in t a period, shape (a,)."""
        capacity = self.drawn.capacity_t
        return capacity if self.months == 1.0 else capacity * self.months

    @cached_property
    def catchment(self) -> Catchment:
        """The yards each enterprise and community can cart to, cheapest first."""
        drawn = self.drawn
        return catchment(
            drawn.carts, drawn.link_ids, Way(drawn.link, drawn.length_km, drawn.cost_per_t, self.capacity_t)
        )

    @checked
    def in_periods(self, months: float) -> Network:
        """Return the same network with capacities in t a period, for periods of a length in months.

        Examples
        --------
        >>> import scrapflow as sf
        >>> net = sf.build_network(sf.read_world("toy"))
        >>> bool((net.in_periods(3.0).arcs.capacity_t == 3 * net.arcs.capacity_t).all())
        True
        """
        if months == 1.0:
            return self
        return Network(self.world, self.drawing, self.transport, drawn=self.drawn, months=months)

    def in_world(self, world: World) -> Network:
        """Return the same network in a world of the same places, lines and links, whose other tables may differ.

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy")
        >>> other = world.with_values({("mills", "near", "intake_t"): 12.0})
        >>> sf.build_network(world).in_world(other).world is other
        True
        """
        return Network(world, self.drawing, self.transport, drawn=self.drawn)

    @cached_property
    def passage(self) -> Passage:
        """The arcs, ready for searches."""
        return Passage(self.nodes, self.arcs, self.rights)

    @cached_property
    def tracks(self) -> pd.DataFrame:
        """The arcs as a flow problem takes them: ``arcs``, or where changing operators costs something, those apart."""
        return self.arcs if self.rights is None else track_table(self.passage, self.arcs, self.rights)

    @cached_property
    def rights(self) -> Rights | None:
        """Who may run on each arc; None where the world asks nothing for changing operators."""
        operators = operators_of(self.world.settings)
        if operators is None:
            return None
        cells = self.links.set_index("link_id")["operator"].fillna("")
        return rights_of(self.arcs["link_id"].map(cells).to_numpy(dtype=object), operators)

    @cached_property
    def _finder(self) -> PathFinder:
        return PathFinder(self.passage, self.arcs, self.world.lines, self.world.resolve)

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """The network as a ``networkx.MultiDiGraph``: node ids, one edge an arc, keyed by ``link_id``."""
        from scrapflow.network.graph import to_networkx

        return to_networkx(self.nodes, self.arcs)

    @checked
    def path(
        self,
        origin: str,
        destination: str,
        *,
        via: Sequence[str] | str = (),
        line: str | None = None,
        avoid: Sequence[str] | str = (),
    ) -> Path:
        """Find the cheapest path between two places, by generalised cost.

        Parameters
        ----------
        origin, destination
            Any spelling of a place; a name that several kinds of place share means the station first, then mill, yard,
            community, enterprise.
        via
            A place to pass on the way, or several in order.
        line
            A line to stay on (its ``line_id`` or any spelling of its name).
        avoid
            What not to use: a ``link_id``, a place, a line, or several of these.

        Returns
        -------
        Path
            Node and link ids in order, ``length_km`` (km) and ``cost`` (kilometre-equivalents per tonne).

        Raises
        ------
        UnknownNameError, AmbiguousNameError
            If a name means no place, or several of one kind.
        NoPathError
            If the places are not connected (or not by that line, or not without what is to be avoided).

        Examples
        --------
        >>> import scrapflow as sf
        >>> net = sf.build_network(sf.read_world("toy"))
        >>> net.path("Vale", "Far Mill").length_km
        110.0
        """
        return self._finder.find(origin, destination, via=via, line=line, avoid=avoid)

    @checked
    def skim(self, origins: Sequence[str], destinations: Sequence[str]) -> pd.DataFrame:
        """Tabulate the generalised cost and the length of the cheapest paths between places.

        Parameters
        ----------
        origins, destinations
            Places by node id or any spelling of their names, n and m of them, as for :meth:`path`.

        Returns
        -------
        DataFrame
            ``origin, destination`` (node ids), ``cost, length_km``: n × m rows; inf where there is no path.

        Examples
        --------
        >>> import scrapflow as sf
        >>> net = sf.build_network(sf.read_world("toy"))
        >>> net.skim(["yard"], ["far", "near"]).length_km.tolist()
        [110.0, 20.0]
        """
        ends = ([self.world.resolve(name, PLACE_ORDER) for name in names] for names in (origins, destinations))
        return skim(self.passage, *ends)

    @checked
    def under(self, transport: Transport) -> Network:
        """Return the same network under other assumptions about transport; places are searched for anew only if they must be.

        Parameters
        ----------
        transport
            The other assumptions.

        Examples
        --------
        >>> import scrapflow as sf
        >>> from scrapflow.network import Transport
        >>> net = sf.build_network(sf.read_world("toy"))
        >>> net.under(Transport(rail_cost_per_tkm=2)).path("Vale", "Far Mill").cost
        220.0
        """
        if transport == self.transport:
            return self
        held = self.drawing.candidates
        if held.hold(transport):
            return Network(self.world, self.drawing, transport)
        reach, choices = max(held.reach_km, straight_reach(transport)), max(held.choices, transport.yard_choices)
        return Network(self.world, Drawing(self.world, reach, choices), transport)

    def __repr__(self) -> str:
        modes = self.links["mode"].value_counts().sort_index()
        parts = ", ".join(f"{n} {mode}" for mode, n in modes.items())
        return f"<Network of {self.world.name}: {len(self.nodes)} nodes, {len(self.links)} links ({parts})>"

    def _repr_html_(self) -> str:
        """Show lengths by mode and where they come from, and the first links, for notebooks."""
        from html import escape

        lengths = self.links.pivot_table(
            index="mode", columns="length_basis", values="length_km", aggfunc="sum", fill_value=0.0
        )
        first = self.links[["link_id", "from_node_id", "to_node_id", "mode", "length_km", "length_basis"]].head()
        return (
            f"<p>{escape(repr(self))}</p><p>Kilometres by mode and by where the length comes from:</p>"
            f"{lengths.to_html(float_format='{:,.0f}'.format)}{first.to_html(index=False)}"
        )


@checked
def build_network(world: World, *, transport: Transport | None = None) -> Network:
    """Turn a world into a network: every link, the access links left out, and their costs and capacities.

    Parameters
    ----------
    world
        A world as :func:`scrapflow.read_world` gives it.
    transport
        Assumptions about transport; the defaults of :class:`Transport` where none are given.

    Returns
    -------
    Network

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.build_network(sf.read_world("toy"))
    <Network of toy: 7 nodes, 5 links (1 access, 2 rail, 2 road)>
    """
    require_world(world)
    transport = transport or Transport()
    drawing = Drawing(world, straight_reach(transport), transport.yard_choices)
    _log.info("network of %s: %s places, %s links", world.name, len(world.nodes), len(world.links))
    return Network(world, drawing, transport)
