"""A chart as it is shown in a notebook and saved as a file: a picture, or a page that holds its own scripts."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

from scrapflow.errors import InputError, problem
from scrapflow.files import path_of, write_bytes
from scrapflow.views import style
from scrapflow.views.words import HANGUL, HANGUL_FONTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    import altair as alt

FORMATS = ("svg", "png", "html")
_PNG_HEADER = 33
"""Bytes of a PNG before its second chunk: signature and header."""
_HEAD = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline' 'unsafe-eval'; img-src data: blob:\">\n"
    '<meta name="generator" content="scrapflow">'
)
"""A page with a chart asks the network for nothing, whatever its data say; Vega compiles its expressions."""


class Heading(NamedTuple):
    """What stands over a chart: a title, and lines of what is drawn and what it rests on."""

    title: str
    below: tuple[str, ...] = ()


class Chart:
    """A finished drawing that shows itself in a notebook and saves itself as a file.

    Parameters
    ----------
    drawing
        The Altair chart; take it to change what is drawn.
    what
        What it shows, in words, for readers who cannot see it.
    heading
        What stands over it.
    """

    def __init__(self, drawing: alt.LayerChart | alt.Chart | alt.FacetChart, what: str, heading: Heading) -> None:
        import altair as alt

        title = alt.TitleParams(heading.title, subtitle=[*heading.below], anchor="start", subtitleColor=style.MUTED)
        self.drawing = drawing.properties(description=what, title=title).configure_view(stroke=None)
        if HANGUL.search(what):
            # else each letter is looked for in what font there is, mostly one with serifs
            self.drawing = self.drawing.configure(font=", ".join(f'"{name}"' for name in HANGUL_FONTS) + ", sans-serif")
        self.what = what

    def save(self, path: str | PathLike[str]) -> None:
        """Write the chart to ``x.svg``, ``x.png`` or ``x.html``, without any network, all of it or nothing.

        Raises
        ------
        InputError
            If the name ends in something else.

        Examples
        --------
        >>> import pathlib, tempfile, scrapflow as sf
        >>> from scrapflow.views.charts import monthly
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     monthly(sf.run(sf.read_world("toy"))).save(f"{folder}/x.svg")
        ...     pathlib.Path(f"{folder}/x.svg").read_text("utf-8")[:4]
        '<svg'
        """
        target = path_of(path, "the chart")
        kind = target.suffix.removeprefix(".").lower()
        if kind not in FORMATS:
            message = f"a chart is saved as {', '.join(FORMATS)}, not as {target.suffix or 'a name without an ending'}"
            raise InputError([problem("chart", str(target), "", message)], what="the picture")
        write_bytes(target, self._render(kind), what="the chart")

    def _render(self, kind: str) -> bytes:
        if kind == "png":
            binary = io.BytesIO()
            self.drawing.save(binary, format="png", scale_factor=2)
            return _signed(binary.getvalue())
        text = io.StringIO()
        if kind == "html":
            # The menu would offer to send the data to an editor on the web.
            self.drawing.save(
                text, format="html", inline=True, embed_options={"actions": False}, json_kwds={"cls": _Escaped}
            )
            page = text.getvalue().replace("<head>", f"<head>\n{_HEAD}", 1)
            return page.encode()
        self.drawing.save(text, format="svg")
        return f"{text.getvalue()}<!-- scrapflow -->".encode()

    def _repr_mimebundle_(self, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> dict[str, str]:  # noqa: ARG002
        return {"image/svg+xml": self._render("svg").decode(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Chart: {self.what}>"


class _Escaped(json.JSONEncoder):
    """JSON that can stand in a script element: no text in it can end the element or begin a comment."""

    def encode(self, o: object) -> str:
        text = super().encode(o)
        for char in "<>&\u2028\u2029":
            text = text.replace(char, f"\\u{ord(char):04x}")
        return text


def _signed(png: bytes) -> bytes:
    """Name the software in a PNG, as matplotlib does: a chunk of text after the header (PNG specification, 11.3.3)."""
    body = b"tEXtSoftware\x00scrapflow"
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_PNG_HEADER] + chunk + png[_PNG_HEADER:]
