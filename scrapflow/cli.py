"""The command line: thin commands over the library. Results go to stdout, progress and faults to stderr.

Exit codes: 0, with a line that names what was not served; 1 if something was not served and ``--fail-unserved``
asks for that; 2 for input that cannot be used, or for what cannot be written. Ctrl-C ends a command as it does any other (130).
"""

from __future__ import annotations

import gc
import io
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from scrapflow.commands import (
    check_and_new,
    explore_map,
    export_run,
    flows_and_trace,
    map_and_run,
    set_beside,
    verify_run,
    weigh_evidence,
)
from scrapflow.commands.options import BAD_INPUT, example
from scrapflow.errors import MORE, MixedKindsError, ScrapflowError, near
from scrapflow.terminal import say, unforeseen


class _Commands(TyperGroup):
    """The group of commands: a fault on purpose is a readable message and exit code 2, never a traceback."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401, RUF100
        """Say what there is where a command that is asked for is near none."""
        if self.get_command(ctx, args[0]) is None and not near(args[0], self.commands):
            ctx.fail(f"No such command {args[0]!r}; there are {', '.join(self.list_commands(ctx))}.")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401, RUF100
        try:
            return super().invoke(ctx)
        except (ScrapflowError, OSError) as fault:
            here = " (here: --kind carted, or --by kind,...)" if isinstance(fault, MixedKindsError) else ""
            say(f"scrapflow: {str(fault).replace(MORE, 'more')}{here}", err=True)
            raise typer.Exit(BAD_INPUT) from None


app = typer.Typer(
    cls=_Commands,
    # Plain help: rich alone would double the time of --help, and would draw boxes into pipes.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:  # noqa: FBT001  # typer passes the option so
    if asked:
        from importlib.metadata import version

        say(f"scrapflow {version('scrapflow')}")
        raise typer.Exit


@app.callback(epilog=example("scrapflow map toy --campaign 2015 -o toy.html"))
def common(
    *,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell on stderr what is being done.")] = False,
) -> None:
    """Where scrap is asked for, handed over, carried back, stolen, railed and melted: run it, ask it, draw it."""
    # A command lives for seconds: looking for cycles less often saves a tenth of them.
    gc.set_threshold(100_000, 50, 50)
    if not sys.warnoptions:
        import warnings

        warnings.simplefilter("ignore")  # what libraries say among themselves is no word to whoever runs a command
    if verbose:
        import logging

        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        own = logging.getLogger("scrapflow")
        own.addHandler(handler)
        own.setLevel(logging.INFO)


for part in (
    map_and_run,
    explore_map,
    check_and_new,
    flows_and_trace,
    set_beside,
    weigh_evidence,
    export_run,
    verify_run,
):
    app.add_typer(part.app)


def main() -> None:
    """Run the command line; a fault that nobody foresaw is told with the file that its report needs, not as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # there may be none, if whoever began this closed it
            # A terminal or a file of another encoding, or a name that is no text, is no reason to stop.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except Exception as fault:  # noqa: BLE001
        say(f"scrapflow: {unforeseen(fault)}", err=True)
        sys.exit(BAD_INPUT)
