"""What a page shows as its address says it, read and written in Python: the other half of ``assets/state.js``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from scrapflow.queries.shown import SETS, Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OWN = ("m", *SETS, "top", "link", "place")


@dataclass(frozen=True)
class Address:
    """What is shown of a run, and all else that an address says (view, language, panel) as it stands there.

    Examples
    --------
    >>> seen = Address.read("v=40,127,7&m=1-2&material=scrap&place=far", ["a", "b", "c"])
    >>> seen.shown.periods, seen.shown.filters, seen.shown.selection
    (('b', 'c'), {'material': ['scrap']}, ('far',))
    >>> seen.text(["a", "b", "c"])
    'v=40%2C127%2C7&m=1-2&material=scrap&place=far'
    """

    shown: Shown
    rest: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str, periods: Sequence[str]) -> Address:
        """Read an address; what is unknown or damaged is passed over, as the page does."""
        said = dict(parse_qsl(text.lstrip("#"), keep_blank_values=True))
        filters: dict[str, list[str] | int] = {name: _names(said[name]) for name in SETS if name in said}
        if said.get("top", "").isdecimal() and int(said["top"]):
            filters["top"] = int(said["top"])
        link = said.get("link", "")
        chosen = (link,) if link else tuple(_names(said["place"])) if said.get("place") else ()
        shown = Shown(_months(said.get("m", ""), periods), filters, chosen, bool(link))
        return cls(shown, {k: v for k, v in said.items() if k not in _OWN})

    def text(self, periods: Sequence[str]) -> str:
        """Return the address in the order in which the page writes it."""
        shown, rest = self.shown, dict(self.rest)
        out = {"v": rest.pop("v")} if "v" in rest else {}
        if shown.periods and (shown.periods[0], shown.periods[-1]) != (periods[0], periods[-1]):
            out["m"] = f"{periods.index(shown.periods[0])}-{periods.index(shown.periods[-1])}"
        out |= {name: _escaped(shown.filters[name]) for name in SETS if shown.filters.get(name)}
        if shown.filters.get("top"):
            out["top"] = str(shown.filters["top"])
        out |= rest
        if shown.selection:
            out |= {"link": shown.selection[0]} if shown.link else {"place": _escaped(shown.selection)}
        return urlencode(out)

    def changed(self, **what: Any) -> Address:
        """Return the address with something else shown: fields of :class:`~scrapflow.queries.shown.Shown`."""
        return replace(self, shown=replace(self.shown, **what))


def _months(text: str, periods: Sequence[str]) -> tuple[str, ...]:
    first, _, last = text.partition("-")
    if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last) < len(periods)):
        return ()
    return periods[int(first)], periods[int(last)]


def _names(text: str) -> list[str]:
    return [unquote(part) for part in text.split("~")]


def _escaped(values: Sequence[str]) -> str:
    return "~".join(quote(str(v), safe="!*'()-_.").replace("~", "%7E") for v in values)
