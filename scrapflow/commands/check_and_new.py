"""Worlds: check one, make a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrapflow.commands.options import BAD_INPUT, ColumnsOpt, FormatOpt, WorldArg, example
from scrapflow.commands.reading import mapping_of, read
from scrapflow.terminal import Format, print_rows, say

if TYPE_CHECKING:
    import pandas as pd

    from scrapflow.world import World

app = typer.Typer()
_NAMED = 3
"""So many of the things that a step was done to are named."""


@app.command(epilog=example("scrapflow check my-world/ --format csv > findings.csv"))
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
    known = read(world, strict=False)
    findings = known.check()
    if not (findings["severity"] == "error").any():
        findings = pd.concat([_campaign_faults(known), findings], ignore_index=True)
    if form is Format.table:
        for line in report_lines(findings, severity=severity):
            say(line)
    else:
        worst = SEVERITIES[: SEVERITIES.index(severity) + 1]
        print_rows(findings[findings["severity"].isin(worst)].reset_index(drop=True), form)
    counts = {s: int((findings["severity"] == s).sum()) for s in ("error", "warning", "note")}
    say(f"{known.name}: " + ", ".join(f"{n} {s}{'' if n == 1 else 's'}" for s, n in counts.items()), err=True)
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
    epilog=example(
        "scrapflow new rail-world --links rails.geojson --places stations.csv --supply tonnes.csv --source 'Rail agency 2019'",
        "scrapflow new road-world --links gmns/ --crs EPSG:26986",
    )
)
def new(
    folder: Annotated[Path, typer.Argument(help="Where the world is written: a folder, or a .gpkg file.")],
    *,
    links: Annotated[Path, typer.Option(help="Lines, a GMNS, TNTP or GTFS folder or file, or a table of sections.")],
    places: Annotated[Path | None, typer.Option(help="Stations, mills, yards: a table or points.")] = None,
    supply: Annotated[Path | None, typer.Option(help="Tonnes that places offer.")] = None,
    demand: Annotated[Path | None, typer.Option(help="Tonnes that places want.")] = None,
    regions: Annotated[Path | None, typer.Option(help="Provinces: a table or outlines.")] = None,
    lines: Annotated[Path | None, typer.Option(help="Named lines, to which links refer in line_id.")] = None,
    materials: Annotated[Path | None, typer.Option(help="What is moved: names and colours.")] = None,
    sources: Annotated[Path | None, typer.Option(help="Who published what.")] = None,
    settings: Annotated[Path | None, typer.Option(help="What goes into world.toml: words, operators, basemap.")] = None,
    map_: ColumnsOpt = None,
    source: Annotated[str, typer.Option(help="Who published it; without, all counts as assumed.")] = "",
    crs: Annotated[str | None, typer.Option(help="Reference system of coordinates that name none.")] = None,
    tolerance_m: Annotated[float, typer.Option(min=0, help="Loose ends are joined within so many metres.")] = 10.0,
    reach_km: Annotated[float, typer.Option(min=0, help="Stations are put on lines within so many kilometres.")] = 1.0,
    crossings: Annotated[bool, typer.Option("--crossings", help="Lines meet where they cross.")] = False,
    length_unit: Annotated[str, typer.Option(help="Unit of lengths whose column names none: km, m, mi, ft.")] = "",
    layer: Annotated[str, typer.Option(help="Which layer of a file of several.")] = "",
    places_layer: Annotated[str, typer.Option(help="Which layer of a file of places.")] = "",
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
    columns = mapping_of(map_)
    made = world_from(
        links, places=places, supply=supply, demand=demand, regions=regions, lines=lines, materials=materials,
        sources=sources, settings=settings, columns=columns, source=source, name=folder.stem, crs=crs,
        tolerance_m=tolerance_m, reach_km=reach_km, crossings=crossings, length_unit=length_unit, layer=layer,
        places_layer=places_layer,
    )  # fmt: skip
    made.write(folder)
    done = made.report.round({"metres": 1})
    print_rows(done if form in (Format.csv, Format.json) else _by_step(done), form)
    say(f"{folder}: {len(made.nodes)} nodes, {len(made.links)} links; next: scrapflow check {folder}", err=True)


def _by_step(done: pd.DataFrame) -> pd.DataFrame:
    """Return what was done as people read it: equal steps together, how often, up to how many metres, to what at first."""
    import pandas as pd

    rows = []
    for (kind, note), steps in done.groupby(["kind", "note"], sort=False):
        ids = [i for cell in steps["ids"] for i in cell.split("|") if i]
        furthest = steps["metres"].max()
        rows.append(
            {
                "step": kind,
                "times": str(len(steps)),
                "up to m": "" if pd.isna(furthest) else f"{furthest:,.1f}",
                "ids": ", ".join(ids[:_NAMED]) + (f" … ({len(ids):,})" if len(ids) > _NAMED else ""),
                "what was done": note,
            }
        )
    return pd.DataFrame(rows)
