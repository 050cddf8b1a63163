"""Write a saved run in another tool's format."""

from __future__ import annotations

from typing import Annotated

import typer

from scrapflow.commands.options import RunArg, example
from scrapflow.exchange.formats import FORMATS
from scrapflow.terminal import say

app = typer.Typer()


@app.command(epilog=example("scrapflow export out/toy-2015 flowmap -o out/sheets"))
def export(
    run_dir: RunArg,
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")],
    *,
    output: Annotated[
        str, typer.Option("--output", "-o", help="The file or folder to write; for postgis an address, postgresql://….")
    ],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an older run in a database.")] = False,
) -> None:
    """Write a saved run in another tool's format: a table for it, a network, a layered file, or a database."""
    from scrapflow.exchange.export import export as write
    from scrapflow.runs import read_run

    say(f"{write(read_run(run_dir), format_, output, overwrite=overwrite)}")
