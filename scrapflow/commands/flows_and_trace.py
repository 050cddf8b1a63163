"""Ask a saved run: what moved, and where it came from or went to."""

from __future__ import annotations

from typing import Annotated

import typer

from scrapflow.commands.options import FormatOpt, RunArg, example
from scrapflow.terminal import Format, columns_of, print_rows

app = typer.Typer()


@app.command(
    epilog=example(
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
    rows = chosen.by(*columns) if top is None else chosen.top(top, *columns)
    print_rows(rows, form, none="no tonne moved that all of these let pass")


@app.command(epilog=example("scrapflow trace out/toy-2015 --to near --by material,region"))
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
