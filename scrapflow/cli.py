"""The command line: thin commands over the library. Results go to stdout, progress and faults to stderr.

Exit codes: 0, with a line that names what was not served; 1 if something was not served and ``--fail-unserved``
asks for that; 2 for input that cannot be used.
"""

from __future__ import annotations

import enum
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from scrapflow.errors import ScrapflowError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from scrapflow.ledger import Run
    from scrapflow.world import World

UNSERVED = 1
BAD_INPUT = 2


class _Commands(TyperGroup):
    """The group of commands: a fault on purpose is a readable message and exit code 2, never a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer keeps the type of its context private
        try:
            return super().invoke(ctx)
        except (ScrapflowError, FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError) as fault:
            typer.echo(f"scrapflow: {fault}", err=True)
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


class Format(enum.StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


WorldArg = Annotated[
    str | None,
    typer.Argument(
        metavar="WORLD", help="An embedded world, a folder, or a .gpkg file; left out: the first embedded one."
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


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """Give a function that announces the next of about ``total`` steps: a bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        done = 0

        def step(text: str) -> None:
            nonlocal done
            bar.update(task, description=text, completed=min(done, total - 1))
            done += 1

        yield step


def _print_rows(frame: pd.DataFrame, form: Format) -> None:
    """Print all rows and all columns, without colours or cuts, so that other programs can read them."""
    if form is Format.csv:
        typer.echo(frame.to_csv(index=False), nl=False)
    elif form is Format.json:
        typer.echo(frame.to_json(orient="records", force_ascii=False, indent=1))
    elif not frame.empty:
        typer.echo(frame.to_string(index=False, float_format="{:,.3f}".format, max_colwidth=None))


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
    if verbose:
        import logging

        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)


def _read(world: str | None, *, strict: bool = True) -> World:
    from scrapflow.world import read_world

    return read_world(strict=strict) if world is None else read_world(world, strict=strict)


def _settings(given: list[str] | None) -> dict[str, Any]:
    """Read ``key=value`` texts; values are TOML, and a bare word is a string."""
    import tomllib

    changes: dict[str, Any] = {}
    for text in given or []:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            msg = f"{text!r} is not KEY=VALUE, such as inspection.teams=4"
            raise typer.BadParameter(msg, param_hint="--set")
        try:
            changes[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            changes[key.strip()] = value.strip()
    return changes


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

    changes = _settings(given)
    settings = read_campaign(world, campaign or world.default_campaign)
    return run_campaign(
        world, settings.update(changes) if changes else settings, mode=mode.value, seed=seed, progress=step
    )


def _report(run: Run) -> None:
    """Print what came of a run: each total under its own name, what was not served, what is assumed and unnamed."""
    nodes = run.nodes.set_index("node_id")
    moved = run.movements
    totals = run.totals()
    lines = [
        ("quota", totals["quota_t"]),
        ("credited", totals["credited_t"]),
        ("  on the books only", totals["books_only_t"]),
        ("carted to yards", totals["carted_t"]),
        ("carried back", totals["returned_t"]),
        ("shipped by rail", totals["shipped_t"]),
    ]
    shipped = moved[moved["kind"] == "shipped"].groupby("destination")["tonnage_t"].sum()
    lines += [(f"  received by {nodes.at[mill, 'name']}", t) for mill, t in shipped.sort_index().items()]
    lines += [("held in yards", totals["held_t"]), ("not served", totals["unserved_t"])]
    lines += [(f"  {reason}", t) for reason, t in run.unserved.groupby("reason")["tonnage_t"].sum().items()]
    first, last = run.periods["period"].iloc[[0, -1]]
    typer.echo(f"{run.name} ({run.meta['mode']}), {first} to {last}, tonnes:")
    width = max(len(name) for name, _ in lines) + 2
    for name, tonnes in lines:
        typer.echo(f"  {name:<{width}}{tonnes:>14,.0f}")
    firms = nodes[nodes["kind"] == "enterprise"]
    named = firms.index[firms["named"].astype("boolean").fillna(value=False)]
    carted = moved[(moved["kind"] == "carted") & moved["origin"].isin(firms.index)]
    workers = firms["workers"].loc[named].sum() / max(firms["workers"].sum(), 1.0)
    tonnes = carted.loc[carted["origin"].isin(named), "tonnage_t"].sum() / max(carted["tonnage_t"].sum(), 1e-9)
    typer.echo(f"  enterprises known by name: {workers:.0%} of the workers, {tonnes:.0%} of what enterprises carted")
    typer.echo(f"  inputs that are assumed or derived, not reported: {len(run.assumptions()):,}")


def _end(run: Run, *, fail_unserved: bool) -> None:
    if fail_unserved and run.totals()["unserved_t"] > 0:
        raise typer.Exit(UNSERVED)


@app.command("map", epilog=_example("scrapflow map toy --campaign 2015 -o toy.html"))
def map_command(
    world: WorldArg = None,
    *,
    campaign: CampaignOpt = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The HTML file to write.")] = None,
    mode: ModeOpt = Mode.expected,
    seed: SeedOpt = 0,
    set_: SetOpt = None,
    fail_unserved: FailOpt = False,
) -> None:
    """Run a campaign and draw it: one HTML file that asks the network for nothing."""
    from scrapflow.views import map_flows, save_map

    with _progress(7) as step:
        step("read the world")
        known = _read(world)
        run = _run(known, campaign, mode=mode, seed=seed, given=set_, step=step)
        step("draw the map")
        drawn = map_flows(run)
        step("write the file")
        path = output or Path(f"{run.name}.html")
        path.parent.mkdir(parents=True, exist_ok=True)
        save_map(drawn, path)
    typer.echo(f"{path}  ({path.stat().st_size / 1e6:.2f} MB)")
    _report(run)
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
    with _progress(6) as step:
        step("read the world")
        known = _read(world)
        done = _run(known, campaign, mode=mode, seed=seed, given=set_, step=step)
        step("write the tables")
        path = output or Path("out") / done.name
        done.save(path)
    typer.echo(f"{path}")
    _report(done)
    _end(done, fail_unserved=fail_unserved)


@app.command(epilog=_example("scrapflow check my-world/ --format csv > findings.csv"))
def check(world: WorldArg = None, *, form: FormatOpt = Format.table) -> None:
    """Check every table of a world and list what is wrong, doubtful or worth knowing.

    Exit code 2 if any row is an error, else 0.
    """
    known = _read(world, strict=False)
    findings = known.check()
    _print_rows(findings, form)
    counts = {s: int((findings["severity"] == s).sum()) for s in ("error", "warning", "note")}
    typer.echo(f"{known.name}: " + ", ".join(f"{n} {s}{'' if n == 1 else 's'}" for s, n in counts.items()), err=True)
    if counts["error"]:
        raise typer.Exit(BAD_INPUT)


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
    kind: Annotated[str | None, typer.Option(help="carted, returned, looted, shipped or leaked.")] = None,
    during: Annotated[str | None, typer.Option(metavar="PERIOD", help="Only this period.")] = None,
    diverted: Annotated[bool, typer.Option("--diverted", help="Only what was carried back, looted or leaked.")] = False,
    by: Annotated[str, typer.Option(help="Columns to add up by, with commas between.")] = "kind",
    top: Annotated[int | None, typer.Option(help="Only so many rows, the largest.")] = None,
    form: FormatOpt = Format.table,
) -> None:
    """Ask a saved run what moved: choose movements, then add them up by columns."""
    from scrapflow.ledger import read_run

    chosen = read_run(run_dir).flows
    chosen = chosen.diverted() if diverted else chosen
    for select, value in (
        ("kind", kind),
        ("to", to),
        ("from_", from_),
        ("through", through),
        ("of", of),
        ("during", during),
    ):
        if value is not None:
            chosen = getattr(chosen, select)(value)
    columns = _columns(by)
    _print_rows(chosen.by(*columns) if top is None else chosen.top(top, *columns), form)


@app.command(epilog=_example("scrapflow trace out/toy-2015 --to near --by material,region"))
def trace(
    run_dir: RunArg,
    *,
    to: Annotated[str, typer.Option(help="The place whose tonnes are followed back, usually a mill.")],
    by: Annotated[str, typer.Option(help="Columns to tell the origin by, with commas between.")] = "material,region",
    form: FormatOpt = Format.table,
) -> None:
    """Follow what a place received back to where it arose."""
    from scrapflow.ledger import read_run
    from scrapflow.ledger import trace as trace_back

    _print_rows(trace_back(read_run(run_dir), to=to, by=_columns(by)), form)


@app.command(
    epilog=_example("scrapflow compare out/toy-2015 out/four-teams", "scrapflow compare 2012 2015 --world toy -f csv")
)
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A run folder, or a campaign of the world.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The same, for the other side.")],
    *,
    world: Annotated[str | None, typer.Option(help="The world whose campaigns are meant.")] = None,
    form: FormatOpt = Format.table,
) -> None:
    """Set two runs beside each other: every total of both, and the difference B - A."""
    from scrapflow.ledger import compare as set_beside
    from scrapflow.ledger import read_run

    with _progress(10) as step:
        sides = []
        for side in (first, second):
            step(f"read {side}")
            sides.append(read_run(side) if Path(side).is_dir() else _run(_read(world), side, step=step))
    _print_rows(set_beside(*sides).totals.reset_index(), form)


def _columns(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def main() -> None:
    """Run the command line."""
    app()
