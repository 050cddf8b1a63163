"""Check that a saved run is what it says it is."""

from __future__ import annotations

from typing import Annotated

import typer

from scrapflow.commands.options import FormatOpt, RunArg, example
from scrapflow.terminal import Format, print_rows

app = typer.Typer()


@app.command(epilog=example("scrapflow verify out/toy-2015"))
def verify(
    run_dir: RunArg,
    *,
    world: Annotated[str | None, typer.Option(help="The world it was made of; the embedded one of its name.")] = None,
    form: FormatOpt = Format.table,
) -> None:
    """Recompute the hashes of a saved run, compare its inputs with those at hand, and run it again.

    Exit code 0 if all that could be checked is the same, 1 if something differs, 2 if the run was damaged or changed.
    """
    from scrapflow.exchange.verify import DIFFERS
    from scrapflow.exchange.verify import verify as check

    rows = check(run_dir, world)
    print_rows(rows, form)
    if (rows["verdict"] == DIFFERS).any():
        raise typer.Exit(1)
