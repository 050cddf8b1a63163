"""Open the map that talks back for people who do not write notebooks: one page, on this machine alone."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrapflow.commands.options import (
    CampaignOpt,
    ColumnsOpt,
    DrawnArg,
    Mode,
    NetworkOpt,
    PlacesOpt,
    SetOpt,
    example,
)
from scrapflow.commands.reading import flows_or_run, holds_flows, is_saved, read, run_of
from scrapflow.errors import extra
from scrapflow.terminal import progress_bar, say, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapflow.views.explorer import Explorer

app = typer.Typer()
HOST = "127.0.0.1"
"""Loopback: nobody but this machine reaches the page."""
LEAVE_S = 2
"""Seconds that open pages have to go when the command is stopped."""
PAGE = str(Path(__file__).with_name("explore_app.py"))
_MADE: list[Callable[[], Explorer]] = []


def widget() -> Explorer:
    """Return a widget of what the command was asked for; each page that is opened gets its own."""
    return _MADE[-1]()


@app.command(
    epilog=example(
        "scrapflow explore toy",
        "scrapflow explore dprk --campaign 2012",
        "scrapflow explore out/toy-2015",
        "scrapflow explore flows.csv --places places.csv",
    )
)
def explore(
    world: DrawnArg = None,
    *,
    campaign: CampaignOpt = None,
    set_: SetOpt = None,
    places: PlacesOpt = None,
    network: NetworkOpt = None,
    map_: ColumnsOpt = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes one that is free.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page at once.")] = True,
) -> None:
    """Open a campaign with sliders, a saved run or known flows on a map in the browser; Ctrl-C ends it."""
    serve = _server()
    with progress_bar(7) as bar:
        _MADE.append(
            _prepared(
                world, campaign, given=set_, places=places, network=network, columns=map_, step=bar.step,
            )
        )  # fmt: skip
    try:
        listening = socket.create_server((HOST, port))
    except OSError as fault:
        msg = f"port {port} cannot be had ({fault.strerror}): name another, or none"
        raise typer.BadParameter(msg, param_hint="--port") from None
    with listening:
        token = secrets.token_urlsafe(24)
        address = f"http://{HOST}:{listening.getsockname()[1]}/?access_token={token}"
        say(f"{address}\nOnly this machine reaches it, and only with this address. Ctrl-C ends it.")
        if browser:
            typer.launch(address)
        serve(listening, token)
    say("ended", err=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # the kernels of pages that were open are threads that nobody ends, and would be waited for


def _prepared(
    world: str | None,
    campaign: str | None,
    *,
    given: list[str] | None,
    places: Path | None,
    network: str | None,
    columns: list[str] | None,
    step: Callable[[str], None],
) -> Callable[[], Explorer]:
    """Read and run what is asked for, so that faults are told before a page is opened; return what makes its widgets."""
    from scrapflow.campaign import read_campaign
    from scrapflow.views.explore import explore as opened
    from scrapflow.views.steering import Steering

    asked = places is not None or network is not None or bool(columns)
    if asked or (world is not None and (is_saved(world) or holds_flows(Path(world)))):
        run = flows_or_run(
            world, campaign, places=places, network=network, columns=columns, mode=Mode.expected, seed=0, given=given, step=step
        )  # fmt: skip
        return partial(opened, run, height=0)
    step("read the world")
    place, changes = read(world), settings_of(given)
    steered = None
    if campaign or changes or place.default_campaign:
        settings = read_campaign(place, campaign or place.default_campaign)
        steered = settings.update(changes) if changes else settings
    elif not len(place.supply):
        return partial(opened, run_of(place, campaign, step=step, alone=True), height=0)
    step("choose the sliders")
    sliders = [slider.name for slider in Steering(place, steered).sliders]
    return partial(opened, place, steered, settings=sliders, height=0)


def _server() -> Callable[[socket.socket, str], None]:
    """Return what serves the page; its libraries are loaded here, and nowhere else.

    Raises
    ------
    MissingExtraError
        If the extra is not installed.
    """
    with extra("explore", "scrapflow explore"):
        import anywidget  # noqa: F401  # the page could not be shown without it
        import marimo
        import uvicorn

    import asyncio

    def serve(listening: socket.socket, token: str) -> None:
        built = marimo.create_asgi_app(quiet=True, token=token).with_app(path="", root=PAGE).build()
        config = uvicorn.Config(built, log_level="critical", lifespan="off", timeout_graceful_shutdown=LEAVE_S)
        server = uvicorn.Server(config)
        tick = server.on_tick

        async def keep_ctrl_c(counter: int) -> bool:
            """Take back the signal, ten times a second, which marimo takes for a shutdown that waits for ever."""
            with contextlib.suppress(NotImplementedError):  # on Windows the loop has no signals
                asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
            signal.signal(signal.SIGINT, server.handle_exit)
            return bool(await tick(counter))

        server.on_tick = keep_ctrl_c
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])

    return serve
