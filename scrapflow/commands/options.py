"""The arguments and options that several commands take, and the form of their help."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from scrapflow.terminal import Format

UNSERVED = 1
BAD_INPUT = 2
"""Exit codes: something was not served, if ``--fail-unserved`` asks for that; input that cannot be used."""


def example(*lines: str) -> str:
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
        help="An embedded world, a folder, a .gpkg file, a folder written by 'scrapflow run', or flows that are known: a "
        "table of origin, destination and tonnes, drawn lines or FlowmapBlue's sheets; left out: the first embedded one.",
    ),
]
PlacesOpt = Annotated[
    Path | None, typer.Option("--places", metavar="FILE", help="Places of known flows: a table or points.")
]
NetworkOpt = Annotated[
    str | None,
    typer.Option("--network", metavar="WORLD", help="Put known flows on their least-cost paths in this world."),
]
ColumnsOpt = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=OURS", help="What a column is called here, e.g. A=from_node_id."),
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
FormatOpt = Annotated[
    Format,
    typer.Option(
        "--format",
        "-f",
        help="How to print the rows: two figures for people (table, markdown), all for programs (csv, json).",
    ),
]
