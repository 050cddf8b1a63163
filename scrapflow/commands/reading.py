"""What a command works on: a world, a run that was saved, or one that is made now; and what it tells at the end."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scrapflow.commands.options import UNSERVED, Mode
from scrapflow.errors import UnknownNameError
from scrapflow.terminal import say, settings_of
from scrapflow.units import dust

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scrapflow.runs import Run
    from scrapflow.world import World

_FLOWS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".geojson", ".json", ".shp", ".fgb")


@contextmanager
def plain_text() -> Iterator[None]:
    """Keep text as Python's own strings while the block runs.

    A map asks hundreds of small tables for a few rows or words each, where Arrow's text takes several times as long.
    """
    import pandas as pd

    with pd.option_context("mode.string_storage", "python"):
        yield


def read(world: str | None, *, strict: bool = True) -> World:
    """Read a world by its name or place; left out, the first embedded one."""
    from scrapflow.world import read_world

    return read_world(strict=strict) if world is None else read_world(world, strict=strict)


def run_of(
    world: World,
    campaign: str | None,
    *,
    mode: Mode = Mode.expected,
    seed: int = 0,
    given: list[str] | None = None,
    step: Callable[[str], None] | None = None,
    alone: bool = False,
) -> Run:
    """Run the campaign of a world with its settings changed as given; known tonnes are routed as they stand.

    A world of which no tonnes are known is drawn with its network ``alone``.
    """
    from scrapflow.campaign import read_campaign
    from scrapflow.pipeline import network_alone
    from scrapflow.pipeline import run as run_campaign

    changes = settings_of(given)
    if not (campaign or changes or world.default_campaign):
        return network_alone(world) if alone and not len(world.supply) else run_campaign(world, progress=step)
    settings = read_campaign(world, campaign or world.default_campaign)
    return run_campaign(
        world, settings.update(changes) if changes else settings, mode=mode.value, seed=seed, progress=step
    )


def saved_or_new(
    world: str | None,
    campaign: str | None,
    *,
    mode: Mode,
    seed: int,
    given: list[str] | None,
    step: Callable[[str], None],
    saved: bool = True,
    alone: bool = False,
) -> Run:
    """Read a saved run if a folder of one is named and ``saved`` ones are wanted, else run the campaign of a world."""
    from scrapflow.runs import read_run

    if not saved or world is None or not is_saved(world):
        step("read the world")
        return run_of(read(world), campaign, mode=mode, seed=seed, given=given, step=step, alone=alone)
    if campaign or given or seed or mode is not Mode.expected:
        msg = "a saved run is drawn as it is: --campaign, --set, --mode and --seed are for a new one"
        raise typer.BadParameter(msg)
    step("read the run")
    return read_run(world)


def flows_or_run(
    world: str | None,
    campaign: str | None,
    *,
    places: Path | None,
    network: str | None,
    columns: list[str] | None,
    mode: Mode,
    seed: int,
    given: list[str] | None,
    step: Callable[[str], None],
    saved: bool = True,
    alone: bool = False,
) -> Run:
    """Make a run of known flows if a table of them is named, else run the campaign of a world; ``saved`` runs are read too."""
    asked = places is not None or network is not None or bool(columns)
    if world is not None and Path(world).suffix.lower() in _FLOWS and not Path(world).exists():
        kinds = ", ".join(_FLOWS)
        msg = f"there is no file {world}: a world, a saved run or a file of flows ({kinds}) is wanted"
        raise UnknownNameError(msg, [])
    if world is None or not (asked or holds_flows(Path(world))):
        if asked:
            msg = "--places, --network and --map belong to known flows: name the file of flows first"
            raise typer.BadParameter(msg)
        return saved_or_new(world, campaign, mode=mode, seed=seed, given=given, step=step, saved=saved, alone=alone)
    if campaign or given or seed or mode is not Mode.expected:
        msg = "known flows are drawn as they are: --campaign, --set, --mode and --seed are for a campaign"
        raise typer.BadParameter(msg)
    from scrapflow.pipeline import run_from

    step("read the flows")
    return run_from(world, places, network, columns=mapping_of(columns))


def mapping_of(columns: list[str] | None) -> dict[str, str]:
    """Return what columns are called here, from ``COLUMN=OURS``."""
    pairs = [pair.partition("=") for pair in columns or []]
    for theirs, _, ours in pairs:
        if not theirs or not ours:
            msg = f"{theirs or '='!r} is no COLUMN=OURS, such as count=tonnage_t"
            raise typer.BadParameter(msg, param_hint="--map")
    return {theirs: ours for theirs, _, ours in pairs}


def is_saved(name: str) -> bool:
    """Tell whether a name is the folder of a saved run, and no embedded world."""
    from scrapflow.world import embedded_worlds

    return name not in embedded_worlds() and (Path(name) / "manifest.json").is_file()


def holds_flows(path: Path) -> bool:
    """Tell whether a path is a table of flows, or FlowmapBlue's sheets, and no world or saved run."""
    if path.is_dir():
        return (path / "flows.csv").is_file() and (path / "locations.csv").is_file()
    if path.suffix.lower() == ".gpkg" and path.is_file():
        import pyogrio

        try:
            return not {"nodes", "links"} & {str(name).lower() for name in pyogrio.list_layers(path)[:, 0]}
        except pyogrio.errors.DataSourceError:
            return False
    return path.is_file() and path.suffix.lower() in _FLOWS


def with_ranges(
    world: str | None,
    campaign: str | None,
    members: int,
    *,
    mode: Mode,
    seed: int,
    given: list[str] | None,
    count: Callable[[int, int], None],
) -> Run:
    """Run a campaign at its central values and beside it many times with all assumptions drawn, for the ranges."""
    from scrapflow.campaign import read_campaign
    from scrapflow.pipeline import routes_known_tonnes
    from scrapflow.studies.ensemble import ensemble

    if mode is not Mode.expected:
        msg = "the members of an ensemble are run in the expected mode: leave --mode out"
        raise typer.BadParameter(msg)
    place = read(world)
    if routes_known_tonnes(place, campaign) and not given:
        return ensemble(place, n=members, seed=seed, progress=count).central
    settings, changes = read_campaign(place, campaign or place.default_campaign), settings_of(given)
    camp = settings.update(changes) if changes else settings
    return ensemble(place, camp, n=members, seed=seed, progress=count).central


def end(run: Run, *, fail_unserved: bool) -> None:
    """Tell what came of a run, and choose the exit code."""
    from scrapflow.queries.report import report

    say(report(run))
    totals = run.totals()
    if fail_unserved and totals[["unserved_t", "unplaced_t"]].sum() > dust(float(totals.max())):
        raise typer.Exit(UNSERVED)
