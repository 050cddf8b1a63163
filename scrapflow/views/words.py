"""The words of a run's views: labels, the names of its kinds and materials, and what its world calls things itself.

The texts stand in ``views/labels.csv``; kinds of movement and materials bring their names from the vocabulary or from
the world. A world may have words of its own (``[words]`` in ``world.toml``): short ones, such as ``mill``, which other
texts hold as ``[mill]``, or any text by its key (``KEY.CAMPAIGN`` for the maps of one campaign alone), and those of its second language under ``[words.LANGUAGE]``.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapflow.errors import InputError, problem
from scrapflow.vocabulary import VIAS, kinds
from scrapflow.vocabulary.read import read_materials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scrapflow.ledger.tables import RunTables
    from scrapflow.vocabulary import Material

LANGUAGES = ("en", "ko")
"""Languages the labels of a view come in."""
LOCAL = "local"
"""The second language of a world that names places in one without saying which."""
_OF_RUNS = ("given", "alone")
"""How the keys of texts begin that stand in the place of others where a run's movements were given, not modelled."""
_ELSEWHERE = ("chart.", "claim.", "compare.", "steer.", "word.", *(f"{what}." for what in _OF_RUNS))
"""How the keys of texts begin that no page reads: those of charts, comparisons and sliders, short words and what has been put in, claims as they are packed."""
UNITS = ("day", "week", "month", "quarter", "year")
_INSERTED = re.compile(r"\[([a-z_.]+)\]")
HANGUL = re.compile("[\uac00-\ud7a3]")
"""Letters of Korean."""
HANGUL_FONTS = ("Noto Sans CJK KR", "Noto Sans CJK JP", "Apple SD Gothic Neo", "Malgun Gothic", "NanumGothic")
"""Fonts that have them, of Linux, macOS and Windows."""
_LABELLED = {4: "year", 7: "month", 8: "week", 10: "day"}
"""Units of time by the length of their ISO labels."""


@cache
def labels(lang: str) -> dict[str, str]:
    """Return the texts of a view in one language, by key, with the words they hold filled in.

    Raises
    ------
    InputError
        If the language is not one of :data:`LANGUAGES`.

    Examples
    --------
    >>> labels("en")["via.own"], labels("ko")["node.mill"]
    ('from its owner', '제강소')
    """
    if lang not in LANGUAGES:
        message = f"no labels in {lang!r}; there are {', '.join(LANGUAGES)}"
        raise InputError([problem("labels", "", "lang", message)], what="the view")
    return _filled(_texts()[lang])


@cache
def _texts() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("labels.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {lang: {row["key"]: row[lang] for row in rows} for lang in LANGUAGES}


_NAMED = {"of": ("material", "part.group")}
"""Whose words the names of a verb are, where it is not called so itself."""


def _filled(texts: Mapping[str, str]) -> dict[str, str]:
    """Put the short words into the texts that hold them; an unknown one stays to be seen."""
    return {
        key: _INSERTED.sub(lambda m: texts.get(f"word.{m[1]}", m[0]), text) if "[" in text else text
        for key, text in texts.items()
    }


def materials_of(run: RunTables) -> list[Material]:
    """Return the materials of a run, in their order: its world's own, else the packaged ones; unknown ones last."""
    from scrapflow.vocabulary import materials

    own = run.tables.get("materials")
    rows = own.fillna("").astype(str).to_dict("records") if own is not None and len(own) else []
    table = {m.material: m for m in (read_materials(rows) if rows else materials().values())}  # type: ignore[arg-type]
    moved = [name for name in run.coded_legs("material").present("material") if name not in table]
    return [*table.values(), *read_materials([{"material": name} for name in moved])]


def second_language(run: RunTables) -> str:
    """Return the language of a run's local names: what its world says, Korean by its letters, or ``local``; else ``""``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> second_language(sf.run(sf.read_world("toy")))
    'ko'
    """
    local = "".join(run.nodes["name_local"].fillna("").astype(str)) if "name_local" in run.nodes else ""
    if not local:
        return ""
    return str(run.meta.get("language") or ("ko" if HANGUL.search(local) else LOCAL))


def unit_of(run: RunTables) -> str:
    """Return the unit of time of a run, one of :data:`UNITS`, or ``period`` where nothing says it.

    Examples
    --------
    >>> import scrapflow as sf
    >>> unit_of(sf.run(sf.read_world("toy")))
    'month'
    """
    said = str(run.campaign_settings.get("periods", {}).get("unit", ""))
    if said in UNITS:
        return said
    label = str(run.periods["period"].iloc[0]) if len(run.periods) else ""
    return "quarter" if "-Q" in label else _LABELLED.get(len(label), "period")


def words_of(run: RunTables, *more: str, also: str = "") -> dict[str, dict[str, str]]:
    """Return all texts that a view of a run needs, by language and key.

    Parameters
    ----------
    run
        A run; ``meta["words"]`` are its world's own.
    more
        Languages that are wanted in any case.
    also
        How the keys begin of texts that are wanted too, which a page of one run does not read.

    Returns
    -------
    dict
        ``en``, and the second language where places have names in one.

    Examples
    --------
    >>> import scrapflow as sf
    >>> words = words_of(sf.run(sf.read_world("toy")))
    >>> words["en"]["kind.shipped"], list(words)
    ('by rail to the mills', ['en', 'ko'])
    """
    own = run.meta.get("words") or {}
    second = second_language(run)
    left_out = tuple(start for start in _ELSEWHERE if start != also)
    return {
        lang: {key: text for key, text in run_words(run, lang, own).items() if not key.startswith(left_out)}
        for lang in dict.fromkeys(("en", second, *more))
        if lang
    }


def run_words(
    run: RunTables,
    lang: str,
    own: Mapping[str, object] | None = None,
    told: Sequence[Sequence[Any]] | None = None,
) -> dict[str, str]:
    """Return the texts of one language; where a word is missing in it, English stands.

    With ``told`` (``[words, verb, names]`` a condition) ``part`` is what a query selects.
    """
    known = lang if lang in LANGUAGES else "en"
    texts = dict(_texts()[known])
    texts |= {f"kind.{k.kind}": k.label.get(known) or k.label["en"] for k in kinds().values()}
    texts |= {f"material.{m.material}": (known != "en" and m.name_local) or m.name for m in materials_of(run)}
    texts |= {f"via.{via}": texts.get(f"via.{via}", via) for via in VIAS}
    unit = unit_of(run)
    texts |= {f"word.{name}": texts[f"unit.{unit}.{name}"] for name in ("period", "periods", "a_period")}
    for what in _OF_RUNS:
        if run.meta.get(what):
            texts |= {key.removeprefix(f"{what}."): text for key, text in texts.items() if key.startswith(f"{what}.")}
    given = own if own is not None else run.meta.get("words") or {}
    plain = {key: text for key, text in given.items() if isinstance(text, str)}
    said = given.get(lang)
    local = {str(key): str(text) for key, text in said.items()} if isinstance(said, dict) else {}
    own_texts = {**({} if lang != "en" else plain), **local}
    # What a world says of one campaign is not told of another: `key.CAMPAIGN` is `key` on that campaign's maps alone.
    ending = f".{run.meta.get('campaign')}"
    own_texts |= {key.removesuffix(ending): text for key, text in own_texts.items() if key.endswith(ending)}
    for key, text in own_texts.items():
        texts[f"word.{key}" if f"word.{key}" in texts else key] = text
    heading = str(run.meta.get("campaign_title") or run.meta.get("title") or run.name)
    texts.setdefault("map.title", heading)
    texts.setdefault("map.subtitle", str(run.meta.get("title", "")))
    selected = _part(run, lang, texts, run.meta.get("part_told", ()) if told is None else told)
    texts["headline.part"] = texts["headline.part"].replace("{part}", selected)
    if told is not None:
        texts["part"] = selected
    return _filled({key: text for key, text in texts.items() if not key.startswith("part.")})


def _part(run: RunTables, lang: str, texts: Mapping[str, str], told: Sequence[Sequence[Any]]) -> str:
    """Return what a query selected, in the words of a language: kinds, materials and places as the map calls them."""
    called = {
        str(row[key]): str((lang != "en" and row["name_local"]) or row["name"] or row[key])
        for table, key in ((run.regions, "region_id"), (run.nodes, "node_id"))
        for row in table[[key, "name", "name_local"]].fillna("").to_dict("records")
    }
    said = []
    for words, verb, names in told:
        keys = _NAMED.get(verb, (verb,))
        own = (next((texts[f"{k}.{n}"] for k in keys if f"{k}.{n}" in texts), called.get(n, n)) for n in names)
        said.append(texts[f"part.{verb}"].replace("{names}", ", ".join(own)) if verb else words)
    return " · ".join(said)
