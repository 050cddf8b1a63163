"""A folium map that is one file and asks the network for nothing.

folium's own page loads a dozen files from three hosts. Here the page is put together again: Leaflet comes from the
installed package ``xstatic-leaflet`` and stands inside the page, nothing else is loaded, and a content security policy
names the scripts and styles by hash and forbids every request. branca compiles strings as Jinja templates, so data and
script text are added as :class:`Markup` elements, which are never compiled.
"""

from __future__ import annotations

import base64
import hashlib
import html as html_escape
import json
import math
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Element, Figure
from folium.template import Template

from scrapflow.errors import InputError, problem

if TYPE_CHECKING:
    from collections.abc import Iterable

GENERATOR = '<meta name="generator" content="scrapflow">'
"""By which a page of ours is known again."""
_SCRIPT = re.compile(r"<script(?P<attrs>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style[^>]*>(?P<body>.*?)</style>", re.DOTALL | re.IGNORECASE)
_REMOTE = re.compile(
    r"""<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)\s*=\s*["'](?P<url>(?:https?:)?//[^"']+)""", re.IGNORECASE
)
_ELEMENT_ID = re.compile(r"\b(?P<name>[a-z][a-z_]*_)(?P<id>[0-9a-f]{32})(?![0-9a-f])")
_IMAGE = re.compile(r"url\(images/(?P<name>[a-z0-9-]+\.png)\)")


class Markup(Element):
    """Text that goes into the page as it is: branca would compile it as a template."""

    def __init__(self, text: str, *, fixed: bool = False) -> None:
        super().__init__()
        self._name = "Markup"
        self.text = text
        self.fixed = fixed

    def render(self, **kwargs: object) -> str:  # noqa: ARG002  branca's signature
        """Return the text itself."""
        return self.text


@cache
def leaflet() -> tuple[str, str]:
    """Return Leaflet's script and style as text, the style's pictures written into it as data.

    Both come from the installed package ``xstatic-leaflet``; the reference to a source map, which a browser's
    developer tools would ask for, is taken off.
    """
    import xstatic.pkg.leaflet as package

    base = Path(package.BASE_DIR)
    script = (base / "leaflet.js").read_text(encoding="utf-8")
    script = re.sub(r"\n?//# sourceMappingURL=.*\s*$", "\n", script)
    style = (base / "leaflet.css").read_text(encoding="utf-8")
    style = _IMAGE.sub(lambda m: f"url({_data_uri(base / 'images' / m['name'])})", style)
    return script, style


def _data_uri(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


_NEEDS_SHIMS = re.compile(r"\$\(|L\.marker\(|AwesomeMarkers")


@cache
def folium_shims() -> str:
    """Return the script that stands in for what folium's markers and popups load from elsewhere."""
    import xstatic.pkg.leaflet as package

    images = Path(package.BASE_DIR) / "images"
    given = {"icon": _data_uri(images / "marker-icon.png"), "shadow": _data_uri(images / "marker-shadow.png")}
    return f"{asset('folium_shims.js').rstrip().removesuffix(';')}({json.dumps(given)});"


@cache
def asset(name: str) -> str:
    """Return one of the package's own script or style files as text."""
    return (resources.files("scrapflow.views") / "assets" / name).read_text(encoding="utf-8")


def _references(text: str) -> str:
    """Return HTML text in ASCII: a page without other letters is read faster."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


def policy(page: str, image_hosts: Iterable[str] = ()) -> str:
    """Return the content security policy of a page: its own scripts and styles by hash, no request to anyone.

    Parameters
    ----------
    page
        The page's HTML, complete but for the policy.
    image_hosts
        Origins that map tiles may come from, where the user asked for tiles.

    Examples
    --------
    >>> policy("<script>1</script>").split(";")[0]
    "default-src 'none'"
    """
    scripts = [_hash(m["body"]) for m in _SCRIPT.finditer(page) if "application/json" not in m["attrs"]]
    styles = [_hash(m["body"]) for m in _STYLE.finditer(page)]
    # a style attribute, which only layers of the user's own bring along, cannot be allowed by hash
    style = (
        "'unsafe-inline'"
        if re.search(r"""<[a-z][^<>]*\sstyle\s*=\s*["']""", _SCRIPT_DATA.sub("", page))
        else " ".join(dict.fromkeys(styles))
    )
    hosts = "".join(f" {host}" for host in sorted(set(image_hosts)))
    return (
        f"default-src 'none'; script-src {' '.join(dict.fromkeys(scripts)) or repr('none')}; "
        f"style-src {style or repr('none')}; img-src data:{hosts}; base-uri 'none'; form-action 'none'"
    )


_SCRIPT_DATA = re.compile(r"<script[^>]*application/json[^>]*>.*?</script>", re.DOTALL | re.IGNORECASE)


class OfflineFigure(Figure):
    """A branca figure that renders to one file without requests, with the same bytes for the same content."""

    def __init__(self, *, title: str, lang: str = "en") -> None:
        super().__init__(height="640px")
        self._name = "OfflineFigure"
        self.title = title
        self.lang = lang

    @property
    def image_hosts(self) -> list[str]:
        """Hosts that the maps of this page load tiles from, whenever they were added."""
        maps = [child for child in self._children.values() if isinstance(child, folium.Map)]
        return sorted({host for m in maps for host in tile_hosts(m)})

    def render(self, **kwargs: object) -> str:
        """Return the whole page as HTML.

        Raises
        ------
        InputError
            If a layer needs a script, style or picture from the network.
        """
        for child in self._children.values():
            child.render(**kwargs)
        ids: dict[str, str] = {}

        def number(match: re.Match[str]) -> str:
            return match["name"] + ids.setdefault(match["id"], str(len(ids) + 1))

        def text(part: Element) -> str:
            # our own data and scripts carry no random ids and must stay as they are
            return "\n".join(
                piece.text
                if isinstance(piece, Markup) and piece.fixed
                else _ELEMENT_ID.sub(number, piece.render(**kwargs))
                for name, piece in part._children.items()  # noqa: SLF001
                if name != "meta_http"
            )

        script, style = leaflet()
        head, body, code = text(self.header), text(self.html), text(self.script)
        self._refuse_remote(head + body)
        shims = f"<script>{folium_shims()}</script>\n" if _NEEDS_SHIMS.search(code) else ""
        page = (
            f"<style>{style}</style>\n<script>{script}</script>\n{shims}{head}\n</head>\n"
            f"<body>\n{body}\n<script>\n{code}\n</script>\n</body>\n</html>\n"
        )
        return (
            f'<!DOCTYPE html>\n<html lang="{html_escape.escape(self.lang)}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy(page, self.image_hosts)}">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<meta name="referrer" content="no-referrer">\n{GENERATOR}\n'
            f"<title>{_references(html_escape.escape(self.title))}</title>\n{page}"  # type: ignore[arg-type]
        )

    def _refuse_remote(self, page: str) -> None:
        urls = sorted({m["url"] for m in _REMOTE.finditer(_SCRIPT_DATA.sub("", page))})
        if urls:
            raise InputError(
                [
                    problem("map", url, "", "would be asked from the network; an offline map carries everything")
                    for url in urls
                ],
                what="a layer of the map",
            )


class OfflineMap(folium.Map):
    """A :class:`folium.Map` in one offline file; layers of your own can be added to it as to any other.

    Parameters
    ----------
    title
        Title of the page.
    lang
        Language of the page, for screen readers.
    tiles
        Background from the network, as folium takes it (a name, an address or a layer); None, the default, asks
        no one. Only pictures may then be loaded, only from the named hosts, and the map says so.

    Examples
    --------
    >>> m = OfflineMap(title="Empty")
    >>> "https://" in m.get_root().render().split("<body>")[0].split("Security-Policy")[1][:300]
    False
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  folium's own class attribute
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name()|tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }},
            {center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }} });
        {% endmacro %}
        """
    )

    def __init__(
        self,
        *,
        title: str = "Map",
        lang: str = "en",
        tiles: str | folium.TileLayer | None = None,
        attr: str | None = None,
        **options: Any,
    ) -> None:
        options = {"zoom_snap": 0.25, "zoom_control": False, "attribution_control": False, **options}
        super().__init__(location=options.pop("location", [0.0, 0.0]), tiles=tiles, attr=attr, **options)
        figure = OfflineFigure(title=title, lang=lang)
        figure.header.add_child(Markup(f"<style>{asset('page.css')}</style>", fixed=True), name="scrapflow_page_css")
        figure.add_child(self)

    @property
    def network_hosts(self) -> list[str]:
        """Hosts the page asks for map tiles; empty unless ``tiles`` was given."""
        return tile_hosts(self)


def furnish(figure: Figure, *, page: bool) -> None:
    """Give a figure of one's own what an offline one has: Leaflet, unless it is there, and the style of a whole page."""
    leaflet_is_there = any(name == "leaflet" for name in figure.header._children)  # noqa: SLF001
    if page:
        # the page fills the frame that it is given; without a height of its own it would grow for ever
        look = f"<style>{asset('page.css')}{frame_style(figure)}</style>"
        figure.header.add_child(Markup(look, fixed=True), name="scrapflow_page_css")
    if not leaflet_is_there:
        code, look = leaflet()
        figure.header.add_child(Markup(f"<style>{look}</style>", fixed=True), name="leaflet_css")
        figure.header.add_child(Markup(f"<script>{code}</script>", fixed=True), name="leaflet")


def frame_style(figure: Figure) -> str:
    r"""Return the pixels of a figure as a style of its page: a notebook shows it in such a frame, a file has none.

    Examples
    --------
    >>> frame_style(Figure(width=700, height="400px"))
    'body { contain: layout; overflow: auto; width: 700px; height: 400px; }\n'
    >>> frame_style(Figure())
    ''
    """
    pixels = _pixels(figure)
    said = "".join(f" {name}: {size}px;" for name, size in pixels.items())
    return f"body {{ contain: layout; overflow: auto;{said} }}\n" if pixels else ""


def fitted(style: str, figure: Figure) -> str:
    """Return a style as it is in the frame of a figure, whatever window its file is opened in.

    Examples
    --------
    >>> fitted("@media (max-width: 760px) { p { height: 50vh; } }", Figure(width=700, height=400))
    '@media (min-width: 0px) { p { height: 200px; } }'
    >>> fitted("@media (max-width: 760px) { p { height: 50vh; } }", Figure(width=900))
    '@media (max-width: 760px) { p { height: 50vh; } }'
    """
    pixels = _pixels(figure)

    def met(match: re.Match[str]) -> str:
        return "(min-width: 0px)" if pixels.get(match["side"], math.inf) <= int(match["most"]) else match[0]

    style = re.sub(r"\(max-(?P<side>width|height): (?P<most>\d+)px\)", met, style)
    high = pixels.get("height")
    return style if high is None else re.sub(r"\b(\d+)d?vh\b", lambda m: f"{int(m[1]) * high / 100:g}px", style)


def _pixels(figure: Figure) -> dict[str, int]:
    """Return width and height of a figure where they are pixels, and no share of what is around it."""
    said = {name: str(getattr(figure, name) or "").removesuffix("px") for name in ("width", "height")}
    return {name: int(size) for name, size in said.items() if size.isdecimal()}


def tile_hosts(m: folium.Map) -> list[str]:
    """Return the origins that the tile layers of a map load pictures from."""
    hosts: set[str] = set()
    layers = list(m._children.values())  # noqa: SLF001
    while layers:
        child = layers.pop()
        layers += child._children.values()  # noqa: SLF001
        url = getattr(child, "tiles", None)
        if isinstance(url, str) and "//" in url:
            scheme, rest = url.split("//", 1)
            host = rest.split("/", 1)[0].replace("{s}", "*")
            hosts.add(f"{scheme or 'https:'}//{host}")
    return sorted(hosts)
