"""What a folder or file of a world holds, and what its ``world.toml`` says, before tables are made of it."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from scrapflow.errors import did_you_mean, problem
from scrapflow.world.toml_text import TomlError, parse_toml

if TYPE_CHECKING:
    from scrapflow.world.csv_text import Raw

BASEMAP_LAYERS = ("countries", "regions", "counties")
_SETTINGS = ("name", "title", "default_campaign", "basemap", "labels", "words", "explore", "operators")


@dataclass
class Found:
    """What a folder or file holds, before it is judged."""

    name: str
    raws: dict[str, Raw] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """``world.toml`` and ``campaigns/NAME.toml``."""
    basemap: dict[str, bytes] = field(default_factory=dict)
    """Path inside the world to bytes."""
    hashes: dict[str, str] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)

    def take(self, label: str, data: bytes) -> bytes:
        """Note the hash of a file and hand its bytes on."""
        self.hashes[label] = hashlib.sha256(data).hexdigest()
        return data


def is_inside(label: str) -> bool:
    """Tell whether a path stays inside its world: a world from a stranger must not read or write elsewhere."""
    path = PurePosixPath(label)
    return not path.is_absolute() and ".." not in path.parts and not set(label) & set("\\:\0")


def settings_of(found: Found) -> dict[str, Any]:
    """Return what ``world.toml`` says, nothing where it cannot be read."""
    try:
        return parse_toml(found.texts.get("world.toml", ""))
    except TomlError:
        return {}


def basemap_paths(found: Found) -> list[str]:
    """Return where the layers of the basemap are said to lie in the world."""
    basemap = settings_of(found).get("basemap", {})
    if not isinstance(basemap, dict):
        return []
    return [str(basemap[layer]) for layer in BASEMAP_LAYERS if layer in basemap]


def _is_word(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, dict) and all(isinstance(text, str) for text in value.values()))


def _take_out_odd(settings: dict[str, Any], problems: list[dict[str, str]]) -> None:
    """Report values of the wrong type, and go on without them."""
    for key in ("basemap", "labels", "words", "explore", "operators"):
        if not isinstance(settings.get(key, {}), dict):
            problems.append(problem("world.toml", key, "", "must be a table of keys and values"))
            settings.pop(key)
    for key in ("name", "title", "default_campaign"):
        if not isinstance(settings.get(key, ""), str):
            problems.append(problem("world.toml", key, "", "must be a text in quotation marks"))
            settings.pop(key)
    for section in ("labels", "words"):
        for key in [k for k, word in settings.get(section, {}).items() if not _is_word(word)]:
            problems.append(
                problem("world.toml", f"{section}.{key}", "", "must be a text, or a table of texts in a language")
            )
            settings[section].pop(key)
    sliders = settings.get("explore", {}).get("sliders", [])
    if not (isinstance(sliders, list) and all(isinstance(name, str) for name in sliders)):
        problems.append(problem("world.toml", "explore.sliders", "", "must be a list of settings, each a text"))
        settings.pop("explore")


def checked_settings(found: Found) -> dict[str, Any]:
    """Return what ``world.toml`` says; unknown keys and missing files are reported."""
    text, problems = found.texts.get("world.toml", ""), found.problems
    try:
        settings = parse_toml(text)
    except TomlError as error:
        problems.append(problem("world.toml", "", "", str(error)))
        return {}
    for key in [k for k in settings if k not in _SETTINGS]:
        hint = did_you_mean(key, _SETTINGS, f"there are {', '.join(_SETTINGS)}")
        problems.append(problem("world.toml", key, "", f"no such setting; {hint}"))
    _take_out_odd(settings, problems)
    campaigns = [Path(label).stem for label in found.texts if label.startswith("campaigns/")]
    default = unicodedata.normalize("NFC", str(settings.get("default_campaign", "")))
    if default and default not in campaigns:
        message = f"there is no campaigns/{default}.toml; there are: {', '.join(campaigns) or 'none'}"
        problems.append(problem("world.toml", "default_campaign", "", message))
    for layer in basemap_paths(found):
        if not is_inside(layer):
            problems.append(problem("world.toml", "basemap", "", f"{layer} lies outside of the world: move it in"))
        elif layer not in found.basemap:
            problems.append(problem("world.toml", "basemap", "", f"there is no file {layer}"))
    return settings
