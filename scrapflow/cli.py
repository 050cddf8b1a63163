"""The command line: thin commands over the library. Results go to stdout, progress and faults to stderr.

Exit codes: 0, with a line that names what was not served; 1 if something was not served and ``--fail-unserved``
asks for that; 2 for input that cannot be used.
"""

from __future__ import annotations

import enum
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from scrapflow.errors import MixedKindsError, ScrapflowError
from scrapflow.exchange.formats import FORMATS
from scrapflow.terminal import (
    Format,
    columns_of,
    print_comparison,
    print_rows,
    progress_bar,
    settings_of,
    tonnes_of,
    unforeseen,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from scrapflow.runs import Run
    from scrapflow.world import World

UNSERVED = 1
BAD_INPUT = 2
PICTURES = (".png", ".svg", ".pdf")


class _Commands(TyperGroup):
    """The group of commands: a fault on purpose is a readable message and exit code 2, never a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401, RUF100
        try:
            return super().invoke(ctx)
        except (ScrapflowError, OSError) as fault:
            here = " (here: --kind carted, or --by kind,...)" if isinstance(fault, MixedKindsError) else ""
            typer.echo(f"scrapflow: {fault}{here}", err=True)
            raise typer.Exit(BAD_INPUT) from None


app = typer.Typer(
    cls=_Commands,
    # Plain help: rich alone would double the time of --help, and would draw boxes into pipes.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _example(*lines: str) -> str:
    """Return the end of a help text: examples that are not wrapped (that is what the backspace tells typer)."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


class Mode(enum.StrEnum):
    """How inspection acts: probabilities as fractions, or drawn with a seed."""

    expected = "expected"
    sampled = "sampled"


class Align(enum.StrEnum):
    """How the periods of two runs are matched."""

    label = "label"
    order = "order"


WorldArg = Annotated[
    str | None,
    typer.Argument(
        metavar="WORLD", help="An embedded world, a folder, or a .gpkg file; left out: the first embedded one."
    ),
]
DrawnArg = Annotated[
    str | None,
    typer.Argument(
        metavar="WORLD",
        help="An embedded world, a folder, a .gpkg file, or a folder written by 'scrapflow run'; left out: the first "
        "embedded one.",
    ),
]
RunArg = Annotated[Path, typer.Argument(metavar="RUN_DIR", help="A folder written by 'scrapflow run'.")]
CampaignOpt = Annotated[
    str | None,
    typer.Option(
        "--campaign", "-c", metavar="NAME", help="A campaign of the world, or a .toml file.", show_default=False
    ),
]
ModeOpt = Annotated[Mode, typer.Option(help="Inspection as fractions, or drawn with the seed.")]
SeedOpt = Annotated[int, typer.Option(help="Seed of the sampled mode.")]
SetOpt = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a setting of the campaign; may be given again."),
]
FailOpt = Annotated[bool, typer.Option("--fail-unserved", help="Exit with 1 if any tonne was not served.")]
FormatOpt = Annotated[Format, typer.Option("--format", "-f", help="How to print the rows.")]


def _version(asked: bool) -> None:  # noqa: FBT001  # typer passes the option so
    if asked:
        from importlib.metadata import version

        typer.echo(f"scrapflow {version('scrapflow')}")
        raise typer.Exit


@app.callback(epilog=_example("scrapflow map toy --campaign 2015 -o toy.html"))
def common(
    *,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell on stderr what is being done.")] = False,
) -> None:
    """Where scrap is asked for, handed over, carried back, stolen, railed and melted: run it, ask it, draw it."""
    # A command lives for seconds: looking for cycles less often saves a tenth of them.
    gc.set_threshold(100_000, 50, 50)
    if verbose:
        import logging

        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)


def _read(world: str | None, *, strict: bool = True) -> World:
    from scrapflow.world import read_world

    return read_world(strict=strict) if world is None else read_world(world, strict=strict)


def _run(
    world: World,
    campaign: str | None,
    *,
    mode: Mode = Mode.expected,
    seed: int = 0,
    given: list[str] | None = None,
    step: Callable[[str], None] | None = None,
) -> Run:
    from scrapflow.campaign import read_campaign
    from scrapflow.pipeline import run as run_campaign

    changes = settings_of(given)
    if not (campaign or changes or world.default_campaign) and len(world.supply):
        return run_campaign(world, progress=step)
    settings = read_campaign(world, campaign or world.default_campaign)
    return run_campaign(
        world, settings.update(changes) if changes else settings, mode=mode.value, seed=seed, progress=step
    )


def _saved_or_new(
    world: str | None,
    campaign: str | None,
    *,
    mode: Mode,
    seed: int,
    given: list[str] | None,
    step: Callable[[str], None],
) -> Run:
    """Read a saved run if a folder of one is named, else run the campaign of a world."""
    from scrapflow.runs import read_run
    from scrapflow.world import embedded_worlds

    if world is None or world in embedded_worlds() or not (Path(world) / "manifest.json").is_file():
        step("read the world")
        return _run(_read(world), campaign, mode=mode, seed=seed, given=given, step=step)
    if campaign or given or seed or mode is not Mode.expected:
        msg = "a saved run is drawn as it is: --campaign, --set, --mode and --seed are for a new one"
        raise typer.BadParameter(msg)
    step("read the run")
    return read_run(world)


def _with_ranges(
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
    from scrapflow.studies.ensemble import ensemble

    if mode is not Mode.expected:
        msg = "the members of an ensemble are run in the expected mode: leave --mode out"
        raise typer.BadParameter(msg)
    place = _read(world)
    settings, changes = read_campaign(place, campaign or place.default_campaign), settings_of(given)
    camp = settings.update(changes) if changes else settings
    return ensemble(place, camp, n=members, seed=seed, progress=count).central


def _end(run: Run, *, fail_unserved: bool) -> None:
    """Tell what came of a run, and choose the exit code."""
    from scrapflow.queries.report import report

    typer.echo(report(run))
    if fail_unserved and run.totals()[["unserved_t", "unplaced_t"]].sum() > 0:
        raise typer.Exit(UNSERVED)


@app.command(
    "map",
    epilog=_example("scrapflow map toy --campaign 2015 -o toy.html", "scrapflow map out/toy-2015 -o toy.svg"),
)
def map_command(
    world: DrawnArg = None,
    *,
    campaign: CampaignOpt = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The HTML file to write; .png, .svg or .pdf give a picture.")
    ] = None,
    mode: ModeOpt = Mode.expected,
    seed: SeedOpt = 0,
    set_: SetOpt = None,
    members: Annotated[
        int | None, typer.Option(min=1, help="Run it so many times with all assumptions drawn, and show ranges.")
    ] = None,
    fail_unserved: FailOpt = False,
) -> None:
    """Run a campaign, or take a saved run, and draw it: one HTML file that asks the network for nothing."""
    from scrapflow.views.maps import map_flows, save_map

    with progress_bar(7) as bar:
        if members is None:
            run = _saved_or_new(world, campaign, mode=mode, seed=seed, given=set_, step=bar.step)
        else:
            run = _with_ranges(world, campaign, members, mode=mode, seed=seed, given=set_, count=bar.count)
        bar.step("draw the map")
        drawn = map_flows(run)
        bar.step("write the file")
        path = output or Path(f"{run.name}.html")
        path = path / f"{run.name}.html" if path.is_dir() else path
        if path.suffix in PICTURES:
            from scrapflow.views.pictures import save_picture

            save_picture(drawn, path)
        else:
            save_map(drawn, path)
    if path.is_file():
        typer.echo(f"{path}  ({path.stat().st_size / 1e6:.2f} MB)")
    _end(run, fail_unserved=fail_unserved)


@app.command(epilog=_example("scrapflow run toy --campaign 2015 --set inspection.teams=4 -o out/four-teams"))
def run(
    world: WorldArg = None,
    *,
    campaign: CampaignOpt = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The folder to write.")] = None,
    mode: ModeOpt = Mode.expected,
    seed: SeedOpt = 0,
    set_: SetOpt = None,
    fail_unserved: FailOpt = False,
) -> None:
    """Run a campaign and save every table of it as Parquet, with a manifest of its inputs."""
    with progress_bar(6) as bar:
        bar.step("read the world")
        known = _read(world)
        done = _run(known, campaign, mode=mode, seed=seed, given=set_, step=bar.step)
        bar.step("write the tables")
        path = output or Path("out") / done.name
        done.save(path)
    typer.echo(f"{path}")
    _end(done, fail_unserved=fail_unserved)


@app.command(epilog=_example("scrapflow check my-world/ --format csv > findings.csv"))
def check(
    world: WorldArg = None,
    *,
    severity: Annotated[str, typer.Option(help="The least severity to show: error, warning or note.")] = "note",
    form: FormatOpt = Format.table,
) -> None:
    """Check every table and campaign of a world and list what is wrong, doubtful or worth knowing.

    Equal findings stand together; --format csv or json lists each. Exit code 2 if any row is an error, else 0.
    """
    import pandas as pd

    from scrapflow.world.finding_groups import SEVERITIES, report_lines

    if severity not in SEVERITIES:
        message = f"{severity!r} is none of {', '.join(SEVERITIES)}"
        raise typer.BadParameter(message, param_hint="--severity")
    known = _read(world, strict=False)
    findings = known.check()
    if not (findings["severity"] == "error").any():
        findings = pd.concat([_campaign_faults(known), findings], ignore_index=True)
    if form is Format.table:
        for line in report_lines(findings, severity=severity):
            typer.echo(line)
    else:
        worst = SEVERITIES[: SEVERITIES.index(severity) + 1]
        print_rows(findings[findings["severity"].isin(worst)].reset_index(drop=True), form)
    counts = {s: int((findings["severity"] == s).sum()) for s in ("error", "warning", "note")}
    typer.echo(f"{known.name}: " + ", ".join(f"{n} {s}{'' if n == 1 else 's'}" for s, n in counts.items()), err=True)
    if counts["error"]:
        raise typer.Exit(BAD_INPUT)


def _campaign_faults(known: World) -> pd.DataFrame:
    """Return what is wrong with the campaigns of a world, as findings."""
    import pandas as pd

    from scrapflow.campaign import read_campaign
    from scrapflow.errors import PROBLEM_COLUMNS, InputError

    faults = [pd.DataFrame(columns=list(PROBLEM_COLUMNS))]
    for name in known.campaigns:
        try:
            read_campaign(known, name)
        except InputError as e:
            faults.append(e.problems)
    return pd.concat(faults, ignore_index=True)


@app.command(
    epilog=_example(
        "scrapflow new rail-world --links rails.geojson --places stations.csv --supply tonnes.csv --source 'Rail agency 2019'",
        "scrapflow new road-world --links gmns/ --crs EPSG:26986",
    )
)
def new(
    folder: Annotated[Path, typer.Argument(help="Where the world is written: a folder, or a .gpkg file.")],
    *,
    links: Annotated[Path, typer.Option(help="Lines, a GMNS or TNTP folder or file, or a table of sections.")],
    places: Annotated[Path | None, typer.Option(help="Stations, mills, yards: a table or points.")] = None,
    supply: Annotated[Path | None, typer.Option(help="Tonnes that places offer.")] = None,
    demand: Annotated[Path | None, typer.Option(help="Tonnes that places want.")] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=OURS", help="What a column is called here, e.g. A=from_node_id."),
    ] = None,
    source: Annotated[str, typer.Option(help="Who published it; without, all counts as assumed.")] = "",
    crs: Annotated[str | None, typer.Option(help="Reference system of coordinates that name none.")] = None,
    tolerance_m: Annotated[float, typer.Option(min=0, help="Loose ends are joined within so many metres.")] = 10.0,
    reach_km: Annotated[float, typer.Option(min=0, help="Stations are put on lines within so many kilometres.")] = 1.0,
    crossings: Annotated[bool, typer.Option("--crossings", help="Lines meet where they cross.")] = False,
    form: FormatOpt = Format.table,
) -> None:
    """Make a world of lines or sections, places and known tonnes, and say what was done.

    Exit code 2 if the input cannot become a world.
    """
    from scrapflow.errors import InputError, problem
    from scrapflow.world.importers import world_from

    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        message = "something lies there already: choose another name"
        raise InputError([problem(str(folder), "", "", message)], what="the new world")
    columns = dict(pair.partition("=")[::2] for pair in map_ or [])
    made = world_from(
        links, places=places, supply=supply, demand=demand, columns=columns, source=source, name=folder.stem, crs=crs,
        tolerance_m=tolerance_m, reach_km=reach_km, crossings=crossings,
    )  # fmt: skip
    made.write(folder)
    print_rows(made.report.round({"metres": 1}), form)
    typer.echo(f"{folder}: {len(made.nodes)} nodes, {len(made.links)} links; next: scrapflow check {folder}", err=True)


@app.command(
    epilog=_example(
        "scrapflow flows out/toy-2015 --to near --of machinery --by region --top 10",
        "scrapflow flows out/toy-2015 --diverted --by period,kind --format csv",
    )
)
def flows(
    run_dir: RunArg,
    *,
    to: Annotated[str | None, typer.Option(help="Only what goes to this place; to a mill: shipped.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="Only what comes from this place.")] = None,
    through: Annotated[str | None, typer.Option(help="Only what passes this place.")] = None,
    of: Annotated[str | None, typer.Option(help="A material, or 'machinery' or 'functional'.")] = None,
    via: Annotated[str | None, typer.Option(help="How it came: own or looted.")] = None,
    kind: Annotated[str | None, typer.Option(help="carted, returned, looted, shipped or leaked.")] = None,
    during: Annotated[str | None, typer.Option(metavar="PERIOD", help="Only this period.")] = None,
    diverted: Annotated[bool, typer.Option("--diverted", help="Only what was carried back, looted or leaked.")] = False,
    by: Annotated[str, typer.Option(help="Columns to add up by, with commas between.")] = "kind",
    top: Annotated[int | None, typer.Option(min=0, help="Only so many rows, the largest.")] = None,
    form: FormatOpt = Format.table,
) -> None:
    """Ask a saved run what moved: choose movements, then add them up by columns."""
    from scrapflow.runs import read_run

    chosen = read_run(run_dir).flows
    chosen = chosen.diverted() if diverted else chosen
    for select, value in (
        ("kind", kind),
        ("to", to),
        ("from_", from_),
        ("through", through),
        ("of", of),
        ("via", via),
        ("during", during),
    ):
        if value is not None:
            chosen = getattr(chosen, select)(value)
    columns = columns_of(by)
    print_rows(chosen.by(*columns) if top is None else chosen.top(top, *columns), form)


@app.command(epilog=_example("scrapflow trace out/toy-2015 --to near --by material,region"))
def trace(
    run_dir: RunArg,
    *,
    to: Annotated[str | None, typer.Option(help="The place whose tonnes are followed back, usually a mill.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="The place whose tonnes are followed on, instead.")
    ] = None,
    by: Annotated[str, typer.Option(help="Columns to tell the origin by, with commas between.")] = "material,region",
    form: FormatOpt = Format.table,
) -> None:
    """Follow what a place received back to where it arose, or what arose at a place to where it went."""
    from scrapflow.queries.trace import trace as follow
    from scrapflow.runs import read_run

    if (to is None) == (from_ is None):
        msg = "give either --to or --from"
        raise typer.BadParameter(msg)
    print_rows(follow(read_run(run_dir), to=to, from_=from_, by=columns_of(by)), form)


@app.command(
    epilog=_example("scrapflow compare out/toy-2015 out/four-teams", "scrapflow compare 2012 2015 --world toy -f csv")
)
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A run folder, or a campaign of the world.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The same, for the other side.")],
    *,
    world: Annotated[str | None, typer.Option(help="The world whose campaigns are meant.")] = None,
    align: Annotated[
        Align, typer.Option(help="Match the periods by label, or by position: for campaigns of different years.")
    ] = Align.label,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="An HTML file for two maps in step.")] = None,
    form: FormatOpt = Format.table,
) -> None:
    """Set two runs beside each other: every total of both, and the difference B - A; with -o as maps too."""
    from scrapflow.queries.compare import compare as set_beside
    from scrapflow.runs import read_run

    with progress_bar(10) as bar:
        sides = []
        for side in (first, second):
            bar.step(f"read {side}")
            sides.append(read_run(side) if Path(side).is_dir() else _run(_read(world), side, step=bar.step))
        found = set_beside(*sides, align=align.value)
        if output is not None:
            from scrapflow.views.compare_map import compare_map
            from scrapflow.views.maps import save_map

            bar.step("draw the maps")
            save_map(compare_map(found), output)
    print_comparison(found, form)


@app.command(
    epilog=_example(
        "scrapflow whatif out/toy-2015 --close rail_far",
        "scrapflow whatif out/toy-2015 --capacity rail_near=5 --mill near=10 -o out/narrow",
    )
)
def whatif(
    run_dir: RunArg,
    *,
    close: Annotated[list[str] | None, typer.Option(metavar="LINK", help="A link or line no train may use.")] = None,
    capacity: Annotated[list[str] | None, typer.Option(metavar="LINK=T", help="Capacity, t a period.")] = None,
    mill: Annotated[list[str] | None, typer.Option(metavar="MILL=T", help="Intake of a mill, t a period.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A folder for the new run.")] = None,
    form: FormatOpt = Format.table,
) -> None:
    """Route a saved run anew with links closed or capacities changed; what was handed over stays as it was."""
    from scrapflow.ledger.store import save_run
    from scrapflow.runs import read_run
    from scrapflow.studies.what_if import what_if

    limits = tonnes_of(capacity, "--capacity"), tonnes_of(mill, "--mill")
    found = what_if(read_run(run_dir), close=close or (), capacity=limits[0], mill=limits[1])
    if output is not None:
        save_run(found.b, output)
    print_comparison(found, form)


@app.command(epilog=_example("scrapflow sensitivity toy --total delivered_t --top 10 -o tornado.svg"))
def sensitivity(
    world: WorldArg = None,
    *,
    campaign: CampaignOpt = None,
    total: Annotated[
        str, typer.Option(help="The total to watch; its names are those of run.totals().")
    ] = "delivered_t",
    top: Annotated[int | None, typer.Option(min=0, help="Only so many assumptions, the weightiest.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Draw the tornado too: x.svg, x.png or x.html.")
    ] = None,
    form: FormatOpt = Format.table,
) -> None:
    """Move each assumption from its low to its high, alone, and rank them by what that does to a total."""
    from scrapflow.studies.sensitivity import sensitivity as rank

    with progress_bar(1) as bar:
        ranked = rank(_read(world), campaign, total=total, progress=bar.count)
    print_rows(ranked if top is None else ranked.head(top), form)
    if output is not None:
        from scrapflow.views.tornado import tornado

        tornado(ranked, top=top or 15).save(output)


@app.command(epilog=_example("scrapflow export out/toy-2015 flowmap -o out/sheets"))
def export(
    run_dir: RunArg,
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file or folder to write.")],
) -> None:
    """Write a saved run in another tool's format: a table for it, a network, or a layered file."""
    from scrapflow.exchange.export import export as write
    from scrapflow.runs import read_run

    typer.echo(f"{write(read_run(run_dir), format_, output)}")


def main() -> None:
    """Run the command line; a fault that nobody foresaw is told with the file that its report needs, not as a traceback."""
    try:
        app()
    except Exception as fault:  # noqa: BLE001
        typer.echo(f"scrapflow: {unforeseen(fault)}", err=True)
        sys.exit(BAD_INPUT)
