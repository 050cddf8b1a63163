"""The words a query can group and filter by: columns of the movement, of its ends, of its links and of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pandas.api.types import is_bool_dtype, is_numeric_dtype

from scrapflow.errors import UnknownNameError, did_you_mean, near

if TYPE_CHECKING:
    import pandas as pd

MOVEMENT_COLUMNS = (
    "period",
    "kind",
    "material",
    "via",
    "origin",
    "destination",
    "tonnage_t",
    "path_id",
    "basis",
    "grade",
)
"""Columns of a movement in the order of the contract."""
LINK_COLUMNS = ("link_id", "line_id", "line", "mode", "gauge_mm")
TIME_COLUMNS = ("year", "quarter", "season")
_ENDS = {"origin": "o", "destination": "d"}
_SKIPPED = ("geometry", "aliases")
OTHER_WORDS = {
    "province": "region", "state": "region", "district": "county", "from": "origin", "source": "origin", "orig": "origin",
    "to": "destination", "target": "destination", "dest": "destination", "sink": "destination", "month": "period",
    "time": "period", "date": "period", "commodity": "material", "product": "material", "goods": "material", "cargo": "material", "route": "path_id", "path": "path_id",
    "edge": "link_id", "link": "link_id", "factory": "origin_name", "industry": "sector", "type": "kind", "mill": "destination",
}  # fmt: skip
"""What other tools call a word, and what it is called here."""


class Grouper(NamedTuple):
    """A word and where it comes from.

    Attributes
    ----------
    name
        The word as asked, which names the column of the result.
    table
        ``m`` movement, ``o`` node of the origin, ``d`` node of the destination, ``l`` link of the path, ``p`` period.
    source
        Column of that table.
    text
        Whether it holds text, so that an unknown is the empty string.
    """

    name: str
    table: str
    source: str
    text: bool

    @property
    def sql(self) -> str:
        """The column as SQL; an unknown text is empty, an unknown number stays NULL."""
        plain = f'{self.table}."{self.source}"'
        return f"coalesce({plain}, '')" if self.text and self.table != "m" else plain

    @property
    def key(self) -> str:
        """The column of a movement that decides this one."""
        return {"m": self.source, "o": "origin", "d": "destination", "l": "path_id", "p": "period"}[self.table]


class Columns:
    """The words one run understands.

    Parameters
    ----------
    nodes, links
        Frames of the run; their columns become words.
    """

    def __init__(self, nodes: pd.DataFrame, links: pd.DataFrame) -> None:
        self._known: dict[str, Grouper] = {}
        for name in MOVEMENT_COLUMNS:
            self._known[name] = Grouper(name, "m", name, name != "tonnage_t")
        for name in TIME_COLUMNS:
            self._known[name] = Grouper(name, "p", name, text=True)
        for name in (c for c in LINK_COLUMNS if c in links.columns):
            self._known[name] = Grouper(name, "l", name, _is_text(links[name]))
        for source in (c for c in nodes.columns if c not in _SKIPPED):
            text = _is_text(nodes[source])
            for end, table in _ENDS.items():
                self._known[f"{end}_{source}"] = Grouper(f"{end}_{source}", table, source, text)
            self._known.setdefault(source, Grouper(source, "o", source, text))

    def find(self, name: str) -> Grouper:
        """Return the column that a word means.

        Raises
        ------
        UnknownNameError
            If the run has no such word; ``candidates`` holds near ones.
        """
        found = self._known.get(name)
        if found is None:
            known = sorted(self._known)
            own = OTHER_WORDS.get(name.strip().lower(), "")
            if own in self._known:
                msg = f"no column is called {name!r}; here it is {own!r}"
                raise UnknownNameError(msg, [own, *near(name, known, n=4)])
            hint = did_you_mean(name, known, f"known are {self._told()}", n=5)
            msg = f"no column is called {name!r}; {hint}"
            raise UnknownNameError(msg, near(name, known, n=5))
        return found

    def find_all(self, names: tuple[str, ...]) -> list[Grouper]:
        """Return the columns of several words, each once, in the order asked; ``tonnage_t`` is no group."""
        found = [self.find(n) for n in dict.fromkeys(names)]
        if any(c.source == "tonnage_t" and c.table == "m" for c in found):
            msg = "tonnage_t is what is added up and cannot be a group"
            raise UnknownNameError(msg, ["period", "kind", "material"])
        return found

    def _told(self) -> str:
        """Say what is known, columns of both ends once."""
        of_ends = {word for word in self._known if {f"{end}_{word}" for end in _ENDS} <= self._known.keys()}
        others = [
            word for word in self.words if word not in of_ends and not word.startswith(tuple(f"{e}_" for e in _ENDS))
        ]
        return f"{', '.join(others)}, and of the origin (of either end with origin_ or destination_ before it) {', '.join(sorted(of_ends))}"

    @property
    def words(self) -> list[str]:
        """All words, sorted."""
        return sorted(self._known)


def _is_text(column: pd.Series) -> bool:
    return not (is_numeric_dtype(column.dtype) or is_bool_dtype(column.dtype))
