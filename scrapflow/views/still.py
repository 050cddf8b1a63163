"""What a saved notebook shows without a kernel: the whole map, and under it a picture for where no script may run."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING

from scrapflow.views.maps import map_flows
from scrapflow.views.pictures import png_of

if TYPE_CHECKING:
    from scrapflow.ledger.tables import RunTables


def still_html(run: RunTables, *, lang: str = "en", scale: str = "fixed", height: int = 640, name: str = "") -> str:
    """Return HTML that shows the map of a run in a frame; where frames are taken out, as from the notebook of a
    stranger, a picture of it remains.

    Parameters
    ----------
    run
        What is shown.
    lang, scale
        As for :func:`scrapflow.map_flows`.
    height
        Of the frame, in pixels.
    name
        Of the widget that it stands in for, which hides it while it lives.

    Examples
    --------
    >>> import scrapflow as sf
    >>> still_html(sf.run(sf.read_world("toy"))).count("<iframe")
    1
    """  # noqa: D205
    picture = base64.b64encode(png_of(run, lang=lang)).decode("ascii")
    page = html.escape(map_flows(run, lang=lang, scale=scale).get_root().render())
    return (
        f'<div class="scrapflow-still-{html.escape(name)}" style="position: relative; min-height: {height}px">'
        f'<img alt="Map of {html.escape(run.name)}" style="max-width: 100%" src="data:image/png;base64,{picture}">'
        f'<iframe title="Map of {html.escape(run.name)}" style="position: absolute; left: 0; top: 0; width: 100%; '
        f'height: 100%; border: 0; background: #fff" srcdoc="{page}"></iframe></div>'
    )
