"""Set runs beside each other: two of them, one with links closed, one for each assumption moved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrapflow.commands.options import Align, CampaignOpt, FormatOpt, RunArg, WorldArg, example
from scrapflow.commands.reading import read, run_of
from scrapflow.terminal import Format, print_comparison, print_rows, progress_bar, tonnes_of

app = typer.Typer()


@app.command(
    epilog=example("scrapflow compare out/toy-2015 out/four-teams", "scrapflow compare 2012 2015 --world toy -f csv")
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
            sides.append(read_run(side) if Path(side).is_dir() else run_of(read(world), side, step=bar.step))
        found = set_beside(*sides, align=align.value)
        if output is not None:
            from scrapflow.views.compare_map import compare_map
            from scrapflow.views.maps import save_map

            bar.step("draw the maps")
            save_map(compare_map(found), output)
    print_comparison(found, form)


@app.command(
    epilog=example(
        "scrapflow whatif out/toy-2015 --close rail_far",
        "scrapflow whatif out/toy-2015 --close 'Vale – Far Mill' --during January",
        "scrapflow whatif out/toy-2015 --capacity rail_near=5 --mill near=10 -o out/narrow",
    )
)
def whatif(
    run_dir: RunArg,
    *,
    close: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A link, line, station or stretch ('A – B') no train may use."),
    ] = None,
    during: Annotated[str | None, typer.Option(metavar="TIME", help="Close it then only: March, 2015-Q1.")] = None,
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
    found = what_if(read_run(run_dir), close=dict.fromkeys(close or (), during), capacity=limits[0], mill=limits[1])
    if output is not None:
        save_run(found.b, output)
    print_comparison(found, form)


@app.command(epilog=example("scrapflow sensitivity toy --total delivered_t --top 10 -o tornado.svg"))
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
        ranked = rank(read(world), campaign, total=total, progress=bar.count)
    print_rows(ranked if top is None else ranked.head(top), form)
    if output is not None:
        from scrapflow.views.tornado import tornado

        tornado(ranked, top=top or 15).save(output)
