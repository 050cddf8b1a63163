"""Make a run: draw it, or save its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrapflow.commands.options import (
    CampaignOpt,
    ColumnsOpt,
    DrawnArg,
    FailOpt,
    Mode,
    ModeOpt,
    NetworkOpt,
    PlacesOpt,
    SeedOpt,
    SetOpt,
    example,
)
from scrapflow.commands.reading import end, flows_or_run, plain_text, with_ranges
from scrapflow.terminal import progress_bar, say

app = typer.Typer()
PICTURES = (".png", ".svg", ".pdf")


@app.command(
    "map",
    epilog=example(
        "scrapflow map toy --campaign 2015 -o toy.html",
        "scrapflow map out/toy-2015 -o toy.svg",
        "scrapflow map flows.csv --places places.csv",
    ),
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
    places: PlacesOpt = None,
    network: NetworkOpt = None,
    map_: ColumnsOpt = None,
    fail_unserved: FailOpt = False,
) -> None:
    """Run a campaign, or take a saved run or known flows, and draw it: one HTML file that asks the network for nothing."""
    from scrapflow.views.maps import map_flows, save_map

    with plain_text(), progress_bar(7) as bar:
        if members is None:
            run = flows_or_run(
                world, campaign, places=places, network=network, columns=map_, mode=mode, seed=seed, given=set_, step=bar.step,
                alone=True,
            )  # fmt: skip
        else:
            run = with_ranges(world, campaign, members, mode=mode, seed=seed, given=set_, count=bar.count)
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
        say(f"{path}  ({path.stat().st_size / 1e6:.2f} MB)")
    end(run, fail_unserved=fail_unserved)


@app.command(epilog=example("scrapflow run toy --campaign 2015 --set inspection.teams=4 -o out/four-teams"))
def run(
    world: DrawnArg = None,
    *,
    campaign: CampaignOpt = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The folder to write.")] = None,
    mode: ModeOpt = Mode.expected,
    seed: SeedOpt = 0,
    set_: SetOpt = None,
    places: PlacesOpt = None,
    network: NetworkOpt = None,
    map_: ColumnsOpt = None,
    fail_unserved: FailOpt = False,
) -> None:
    """Run a campaign, or take known flows, and save every table of it as Parquet, with a manifest of its inputs."""
    with progress_bar(6) as bar:
        done = flows_or_run(
            world, campaign, places=places, network=network, columns=map_, mode=mode, seed=seed, given=set_, step=bar.step,
            saved=False,
        )  # fmt: skip
        bar.step("write the tables")
        path = output or Path("out") / done.name
        done.save(path)
    say(f"{path}")
    end(done, fail_unserved=fail_unserved)
