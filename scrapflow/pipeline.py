"""The whole way on one page: read, build, collect, route, write down."""

from __future__ import annotations

import logging
import os
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal, cast

from scrapflow.campaign import Campaign, read_campaign
from scrapflow.campaign.collect import Collector
from scrapflow.given import checked
from scrapflow.ledger.assemble import write_down
from scrapflow.ledger.given_flows import run_given
from scrapflow.ledger.known_tonnes import WAITING_COST, period_table, run_known
from scrapflow.ledger.people_and_trains import Trains, settle
from scrapflow.ledger.run_periods import mean_months
from scrapflow.network import Network, build_network
from scrapflow.notices import warn
from scrapflow.runs import Run
from scrapflow.world import read_world, require_world

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from scrapflow.campaign import FillingRule, PatrolRule
    from scrapflow.network import Transport
    from scrapflow.world import World

_log = logging.getLogger(__name__)
Mode = Literal["expected", "sampled"]
_HEARD = ("not_placed", "no_path", "period_assumed")
"""What is said of known flows as a warning too: somebody misspelt a place, or had other dates in mind."""


@checked
def run(
    world: World,
    campaign: str | Campaign | None = None,
    *,
    mode: Mode = "expected",
    seed: int = 0,
    filling: FillingRule | None = None,
    patrol: PatrolRule | None = None,
    progress: Callable[[str], None] | None = None,
) -> Run:
    """Run a campaign in a world: who hands over what, what goes back, which train takes the rest to which mill.

    Parameters
    ----------
    world
        A world as :func:`scrapflow.read_world` gives it.
    campaign
        A campaign, or the name of one of the world's; the world's default if not given. A world without campaigns but
        with ``supply`` needs none: its known tonnes are routed to its ``demand``.
    mode
        ``"expected"``: probabilities as fractions, no chance involved. ``"sampled"``: one random outcome.
    seed
        Seed of the sampled mode; recorded in both.
    filling, patrol
        Plain functions on arrays by which enterprises fill their quotas and teams choose whom to visit, instead of the
        campaign's (:class:`~scrapflow.campaign.FillingRule`, :class:`~scrapflow.campaign.PatrolRule`); their names are
        recorded.
    progress
        Called with the name of each step as it begins.

    Returns
    -------
    Run
        Checked: every tonne is accounted for.

    Raises
    ------
    InputError
        If the campaign is wrong.
    BalanceError
        If tonnes appeared or vanished: a rule of your own that does so is named.

    Examples
    --------
    >>> import scrapflow as sf
    >>> result = sf.run(sf.read_world("toy"), "2015")
    >>> result.periods.period.tolist()
    ['2015-01', '2015-02']
    """
    say = _said(progress)
    require_world(world)
    if routes_known_tonnes(world, campaign):
        return _known(world, say, "supply")
    camp = campaign if isinstance(campaign, Campaign) else read_campaign(world, campaign or world.default_campaign)
    ledger = unchecked(world, camp, mode=mode, seed=seed, filling=filling, patrol=patrol, say=say)
    ledger.check()
    _log.info("%r", ledger)
    return ledger


def unchecked(
    world: World,
    camp: Campaign,
    *,
    mode: Mode = "expected",
    seed: int = 0,
    filling: FillingRule | None = None,
    patrol: PatrolRule | None = None,
    say: Callable[[str], None] = _log.info,
) -> Run:
    """Run a campaign as :func:`run` does, for who has the run checked before it is handed on: that makes all of its tables.

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> unchecked(world, sf.read_campaign(world, "2015")) == sf.run(world, "2015")
    True
    """
    say("build the network")
    network = network_of(world, camp.transport)
    people = Collector(world, network, camp, mode=mode, seed=seed, filling=filling, patrol=patrol)
    collected, haul, books = settle(camp, people, Trains(network.in_periods(camp.months), camp), say)
    say("write down")
    own = {k: getattr(r, "__name__", type(r).__name__) for k, r in (("filling", filling), ("patrol", patrol)) if r}
    meta = _identity(world, camp, mode, seed) | ({"own_rules": own} if own else {})
    return Run.of(write_down(network.in_periods(camp.months), camp, collected, haul, books, meta))


def network_of(world: World, transport: Transport) -> Network:
    """Return the network of a world, the one of its last run if that had it too; it is not handed out, so that none changes it."""
    network = world.memo.get("network")
    if network is None or network.transport != transport:
        network = world.memo["network"] = build_network(world, transport=transport)
    return cast("Network", network)


def routes_known_tonnes(world: World, campaign: object) -> bool:
    """Tell whether a run without a campaign routes what the world says is supplied."""
    return campaign is None and not world.default_campaign and len(world.supply) > 0


def network_alone(world: World) -> Run:
    """Return a run in which nothing moves, of a world of which no tonnes are known: its network can be drawn.

    Examples
    --------
    >>> import pandas as pd, scrapflow as sf
    >>> links = pd.DataFrame({"from": ["a"], "to": ["b"], "km": [5.0]})
    >>> run = network_alone(sf.world_from(links))
    >>> len(run.links), len(run.movements)
    (1, 0)
    """
    return _known(world, _said(None), "network", alone=True)


def _said(progress: Callable[[str], None] | None) -> Callable[[str], None]:
    """Return what is told of each step as it begins: the log hears of it too."""

    def say(step: str) -> None:
        _log.info("%s", step)
        if progress is not None:
            progress(step)

    return say


def _known(world: World, say: Callable[[str], None], campaign: str, *, alone: bool = False) -> Run:
    """Route the known tonnes of a world: nobody collects, hides or inspects anything."""
    say("build the network")
    periods = period_table([*world.supply["period"], *world.demand["period"]])
    network = build_network(world).in_periods(mean_months(periods))
    say("route")
    meta = _about(world) | {"campaign": campaign, "campaign_title": world.title} | ({"alone": True} if alone else {})
    ledger = Run.of(run_known(network, meta))
    ledger.check()
    return ledger


@checked
def run_from(
    flows: object,
    places: object = None,
    network: object = None,
    *,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    name: str = "",
    crs: object = None,
) -> Run:
    """Make a run of flows that are known: its movements are given, not modelled.

    What a place sends beyond what it has and gets arises there, and what it keeps is its stock, so that the books balance.
    Repeated rows add up.

    Parameters
    ----------
    flows
        One row a flow: ``origin``, ``destination`` (identifiers or names of places), ``tonnage_t`` (t), and, where they are
        known, ``period, material, kind`` (``shipped`` if not given), ``via, source, grade`` and ``basis`` (``reported`` if
        not given); usual other names (from, to, dest, tonnes, count, month, commodity …) are taken. A DataFrame, a
        GeoDataFrame of lines (each from its origin to its destination; a line of more than two points is the course of its
        flow, and is drawn and measured), the path of a CSV, Excel, Parquet, GeoParquet, GeoPackage or GeoJSON file, or of a
        folder or workbook with FlowmapBlue's sheets.
    places
        Places of the flows: a table or points with an identifier or a name, ``x_coord`` and ``y_coord`` (lon, lat),
        and ``kind`` and ``region`` if they are known. Not needed where the flows bring coordinates.
    network
        A network, a world, or the name or path of a world: each flow is then put on its least-cost path, all or nothing,
        whatever course it was drawn with.
    columns
        What columns of the inputs are called here: ``{"Gewicht": "tonnage_t"}``; the unit in a header counts (``"Gewicht (kg)"``).
    source
        Who published the flows, where their rows do not say; without, the name of the file.
    name
        Name of the run; without, that of the file.
    crs
        Reference system of coordinates that name none.

    Returns
    -------
    Run
        Checked: every tonne is accounted for. ``run.meta["report"]`` lists what is worth knowing: places without a
        coordinate, flows that no path joins, flows from a place to itself, units and dates and how they were read. The
        first two, and dates that can be read otherwise, are warnings of the log ``scrapflow`` too.

    Raises
    ------
    InputError
        If a column is missing or a cell cannot be used; if ``columns`` names a column that no table has. The message names
        each and what is near it.

    Examples
    --------
    >>> import pandas as pd, scrapflow as sf
    >>> rows = pd.DataFrame({"from": ["a", "a", "b"], "to": ["b", "b", "c"], "tonnes": [2, 1, 1]})
    >>> given = sf.run_from(rows)
    >>> given.flows.to("b").total_t, given.stocks.set_index("node_id").closing_t["b"]
    (3.0, np.float64(2.0))
    """
    from scrapflow.world.importers import flow_places, flow_tables
    from scrapflow.world.importers.listed_places import places_of
    from scrapflow.world.importers.named_columns import Named
    from scrapflow.world.importers.table_files import said_of

    names = Named(columns or {})
    given = flow_tables.read_flows(flows, names, crs)
    wanted = given.places if places is None else places
    sites = places_of(wanted, names, crs, kind="")
    names.require_all()
    title = source or given.title
    if network is None:
        placed = flow_places.world_of_flows(given.table, sites, title, name or given.title or "flows", given.lines)
        net = build_network(placed.world)
    else:
        base = network if isinstance(network, Network) else build_network(_a_world(network))
        placed = flow_places.in_world(base.world, given.table, sites, title)
        net = base if placed.world is base.world else build_network(placed.world, transport=base.transport)
    about = {"campaign": "given", "campaign_title": name or title or "Flows", "given": True}
    about["inputs"] = dict(sorted({**placed.world.hashes, **given.hashes}.items()))
    meta = _about(placed.world) | about
    ledger = Run.of(run_given(net, placed.table, meta, on_paths=network is not None))
    told = [{"kind": k, "ids": "", "note": n} for k, n in said_of(sites)]
    ledger.meta["report"] = [
        *given.said,
        *told,
        *placed.said,
        *_worth_knowing(ledger, placed.table, on_paths=network is not None),
    ]
    for row in ledger.meta["report"]:
        if row["kind"] in _HEARD:
            warn(_log, "%s", row["note"])
    ledger.check()
    return ledger


def _a_world(given: object) -> World:
    """Return the world that was given, by its name or path too."""
    world = read_world(given) if isinstance(given, (str, os.PathLike)) else given
    require_world(world)
    return cast("World", world)


def _worth_knowing(ledger: Run, table: pd.DataFrame, *, on_paths: bool) -> list[dict[str, str]]:
    """Say which flows have no path, and which lead nowhere."""
    said = []
    inner = sorted(set(table.loc[table["origin"] == table["destination"], "origin"]))
    if inner:
        note = "flows from a place to itself: they arise there and stay, and are no movement"
        said.append({"kind": "within_a_place", "ids": "|".join(inner), "note": note})
    lost = ledger.movements[ledger.movements["path_id"] == ""] if on_paths else ledger.movements.iloc[:0]
    if len(lost):
        pairs = sorted({f"{a}>{b}" for a, b in zip(lost["origin"], lost["destination"], strict=True)})
        note = f"{lost['tonnage_t'].sum():,.0f} t that no path of the network joins: they are drawn straight"
        said.append({"kind": "no_path", "ids": "|".join(pairs), "note": note})
    return said


def _identity(world: World, camp: Campaign, mode: Mode, seed: int) -> dict[str, Any]:
    """Say what made the run, so that the same again gives the same bytes."""
    return _about(world) | {
        "campaign": camp.name,
        "campaign_title": camp.title,
        "campaign_toml": camp.to_toml(),
        "mode": mode,
        "seed": int(seed),
        "return_after": camp.return_after,
        "foresight": camp.foresight,
        "members": camp.members().to_dict("records"),
        "waiting_cost_per_t": camp.waiting_cost_per_t,
        "allocation": dict(sorted((camp.allocation or {}).items())),
    }


def _about(world: World) -> dict[str, Any]:
    """Say of which world a run is, and with which settings, where no campaign says otherwise."""
    return {
        "world": world.name,
        "title": world.title,
        "campaign_toml": "",
        "mode": "expected",
        "seed": 0,
        "return_after": 0,
        "foresight": "full",
        "members": [],
        "waiting_cost_per_t": WAITING_COST,
        "allocation": {},
        "version": version("scrapflow"),
        "inputs": dict(sorted(world.hashes.items())),
        **({"changes": world.changes.to_dict("records")} if len(world.changes) else {}),
        **({"words": dict(world.settings["words"])} if world.settings.get("words") else {}),
        "attribution": world.basemap_attribution,
    }
