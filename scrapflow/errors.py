"""What can go wrong, as one small family of exceptions.

Every error is a :class:`ScrapflowError` and also the built-in a caller would expect, so that ``except ValueError``
keeps working. Errors about input carry their findings as a frame, so that a notebook can show all of them at once.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

PROBLEM_COLUMNS = ("table", "row", "column", "severity", "message")
"""Columns of every findings frame: of ``World.check()`` and of ``InputError.problems``."""

_SHOWN, _SHOWN_EACH = 60, 3
"""A message shows so many problems, and so many of one column, so that a bad column does not hide other faults."""


_MOST = 1000
"""Faults of one kind noted in one column; beyond that the count says the rest."""


MORE = "more in .problems"
"""Where the problems are that a message does not show; a shell has no such place."""
_PLURAL = re.compile(r"(the )?\w+[^sui]s( of .*)?$")
"""What was refused and is several: the observations, the values of sliders."""
_SAME = ("table", "column", "message", "last")


_LONGEST, _LONGEST_NAME = 4000, 200
"""Letters of a message and of a name in it that are shown: a cell may hold a book."""
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def problem(table: str, row: str, column: str, message: str, severity: str = "error") -> dict[str, str]:
    """Return one finding as a record with the columns of :data:`PROBLEM_COLUMNS`.

    Examples
    --------
    >>> problem("links", "l1", "to_node_id", "no such node")["severity"]
    'error'
    """
    return {
        "table": _writable(table),
        "row": _writable(row),
        "column": _writable(column),
        "severity": severity,
        "message": _writable(message),
    }


def _writable(text: str) -> str:
    """Return a text with halves of letters and what steers a terminal in escapes: none of it is to be read."""
    whole = text if str(text).isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
    return tame(str(whole))


def _short(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 4 :]}"


def tame(text: str) -> str:
    r"""Return a text in which what steers a terminal stands as an escape; ends of lines and tabs stay.

    Examples
    --------
    >>> tame("\x1b[2Jgone")
    '\\x1b[2Jgone'
    """
    return text if text.isprintable() else _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def near(word: str, known: Iterable[str], *, n: int = 3, cutoff: float = 0.6) -> list[str]:
    """Return the known words that look like a word, nearest first; equal ones in the order given.

    Case does not count, nor whether words are joined by a blank, a hyphen or an underscore.

    Parameters
    ----------
    word
        What somebody wrote.
    known
        What could be meant; of any number.
    n
        So many at most.
    cutoff
        Share of the letters of both words that must be common to them in order, 0 to 1.

    Examples
    --------
    >>> near("lenght km", ["length_km", "length_basis", "note"])
    ['length_km']
    """
    pool = list(dict.fromkeys(known))
    if not pool:
        return []
    from rapidfuzz import fuzz, process

    rows = process.extract(str(word), pool, scorer=fuzz.ratio, processor=_plain, limit=n, score_cutoff=100 * cutoff)
    return [pool[position] for _, _, position in rows]


def did_you_mean(
    word: str, known: Iterable[str] | Sequence[str], otherwise: str = "", *, n: int = 1, cutoff: float = 0.6
) -> str:
    """Return the question "did you mean …?", or ``otherwise`` where nothing known is near.

    A single guess stands in quotation marks; several (``n`` > 1) are listed as they are.

    Examples
    --------
    >>> did_you_mean("mil", ["mill", "yard"]), did_you_mean("kangsun", ["kangson"], n=3)
    ("did you mean 'mill'?", 'did you mean kangson?')
    >>> did_you_mean("x", ["mill", "yard"], "there are mill, yard")
    'there are mill, yard'
    """
    words = near(word, known, n=n, cutoff=cutoff)
    if not words:
        return otherwise
    return f"did you mean {words[0]!r}?" if n == 1 else f"did you mean {', '.join(words)}?"


def _plain(word: str) -> str:
    return word.casefold().replace(" ", "_").replace("-", "_")


class Findings:
    """Faults found so far, so that all can be told at once; false while there are none."""

    def __init__(self) -> None:
        self.records: list[dict[str, str]] = []

    def __bool__(self) -> bool:
        return bool(self.records)

    def add(self, table: str, row: str, column: str, message: str) -> None:
        """Note one fault."""
        self.records.append(problem(table, row, column, message))

    def add_rows(
        self, table: str, names: pd.Series[Any] | None, rows: Iterable[int], column: str, message: str
    ) -> None:
        """Note the same fault in several rows, named by their identifiers where there are any."""
        import pandas as pd

        rows = list(rows)
        for r in rows[:_MOST]:
            name = str(r) if names is None or pd.isna(names.iloc[r]) else str(names.iloc[r])
            self.add(table, name, column, message)
        if len(rows) > _MOST:
            self.add(table, "", column, f"{message}: {len(rows) - _MOST} rows more")


class ScrapflowError(Exception):
    """Base of all errors raised on purpose by scrapflow."""


class InputError(ScrapflowError, ValueError):
    """Input that cannot be used; ``problems`` lists every fault found.

    Parameters
    ----------
    problems
        Findings with the columns of :data:`PROBLEM_COLUMNS`: records or a ready frame.
    what
        What was refused, for the first line of the message.

    Examples
    --------
    >>> e = InputError([problem("nodes", "n1", "y_coord", "95 is no latitude")], what="world 'x'")
    >>> print(e)
    world 'x' was refused: 1 problem
      nodes, row n1, column y_coord: 95 is no latitude
    """

    def __init__(self, problems: pd.DataFrame | Iterable[Mapping[str, Any]], *, what: str = "the input") -> None:
        import pandas as pd

        frame = problems if isinstance(problems, pd.DataFrame) else pd.DataFrame(list(problems))
        self.problems: pd.DataFrame = frame.reindex(columns=list(PROBLEM_COLUMNS)).reset_index(drop=True)
        self.what = what
        super().__init__(self._text())

    def _text(self) -> str:
        n = len(self.problems)
        lines = [
            f"{self.what} {'were' if _PLURAL.match(self.what) else 'was'} refused: {n} problem{'s' if n != 1 else ''}"
        ]
        # What names no column, such as the settings of a campaign, has nothing in common but its table.
        joined = _joined(self.problems.astype(str))
        what = joined["column"].where(joined["column"] != "", joined["rows"])
        shown = joined.groupby([joined["table"], what], sort=False, dropna=False).head(_SHOWN_EACH).head(_SHOWN)
        for table, column, message, rows in shown[["table", "column", "message", "rows"]].itertuples(index=False):
            parts = (table, rows, f"column {column}" if column else "")
            lines.append(f"  {', '.join(_short(part, _LONGEST_NAME) for part in parts if part)}: {_short(message)}")
        if more := n - int(shown["told"].sum()):
            lines.append(f"  … and {more} {MORE}")
        return "\n".join(lines)


def _joined(problems: pd.DataFrame) -> pd.DataFrame:
    """Return problems with ``rows`` in words; equal ones of rows one after the other, 1 to 6, stand as one, and ``told`` counts them."""
    import pandas as pd

    records: list[dict[str, Any]] = []
    for table, row, column, _, message in problems.itertuples(index=False):
        last = records[-1] if records else {}
        number = int(row) if row.isdecimal() and column else -1
        if number >= 0 and (table, column, message, number - 1) == tuple(last.get(k) for k in _SAME):
            last |= {"last": number, "told": last["told"] + 1, "rows": f"rows {last['first']}–{number}"}
            continue
        rows = f"row {row}" if row else ""
        records.append(
            {
                "table": table,
                "column": column,
                "message": message,
                "rows": rows,
                "told": 1,
                "first": number,
                "last": number,
            }
        )
    return pd.DataFrame(records, columns=["table", "column", "message", "rows", "told", "first", "last"])


class CallError(ScrapflowError, TypeError):
    """A call whose arguments are not those that the function takes: the message lists these.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.losses("a", "b")
    Traceback (most recent call last):
    scrapflow.errors.CallError: losses() too many positional arguments; it takes run, by=…
    """


class ProblemError(InputError):
    """A flow problem that is not well posed (NaN, negative capacity, unknown node, overflow).

    Examples
    --------
    >>> import pandas as pd
    >>> from scrapflow.routing import FlowProblem
    >>> nodes = pd.DataFrame({"node_id": ["yard", "mill"], "supply_t": [1.0, 0.0], "demand_t": [0.0, 1.0]})
    >>> links = pd.DataFrame(
    ...     {"link_id": ["l"], "from_node_id": ["yard"], "to_node_id": ["mil"], "cost_per_t": 1.0, "capacity_t": 9.0}
    ... )
    >>> FlowProblem(nodes, links)
    Traceback (most recent call last):
    scrapflow.errors.ProblemError: the flow problem was refused: 1 problem
      links, row l, column to_node_id: ...
    """


class UnknownNameError(ScrapflowError, LookupError):
    """A name that no place, table or setting carries; ``candidates`` are the nearest ones.

    Examples
    --------
    >>> import scrapflow as sf
    >>> try:
    ...     sf.read_world("toy").resolve("Far Mil")
    ... except sf.UnknownNameError as error:
    ...     error.candidates
    ['Far Mill', 'Near Mill', 'far']
    """

    def __init__(self, message: str, candidates: Iterable[str] = ()) -> None:
        self.candidates: list[str] = list(candidates)
        super().__init__(_short(_writable(message)))


class AmbiguousNameError(UnknownNameError):
    """A name that several places of one kind carry; ``candidates`` are their identifiers."""


class NoPathError(ScrapflowError, ValueError):
    """Two places that the network does not connect.

    Examples
    --------
    >>> import scrapflow as sf
    >>> net = sf.build_network(sf.read_world("toy"))
    >>> net.path("works", "Far Mill", avoid="yard")
    Traceback (most recent call last):
    scrapflow.errors.NoPathError: ...
    """


class MixedKindsError(ScrapflowError, ValueError):
    """A total asked for over kinds of movement that must not be added up.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.run(sf.read_world("toy")).flows.total_t
    Traceback (most recent call last):
    scrapflow.errors.MixedKindsError: ...
    """


class OutputError(ScrapflowError, OSError):
    """A file that could not be written: the message says in words what is in the way, such as a full disk."""

    def __str__(self) -> str:
        return str(self.args[-1])


class BalanceError(ScrapflowError):
    """Tonnes that appeared or vanished: the ledger does not balance."""


class MissingExtraError(ScrapflowError, ImportError):
    """A library that is not installed because only an extra brings it: the message has the line that installs it."""


@contextmanager
def extra(name: str, what: str) -> Iterator[None]:
    """Import the libraries of an extra inside this block: one that is missing is told with what to install.

    Examples
    --------
    >>> with extra("charts", "the chart"):
    ...     import no_such_library
    Traceback (most recent call last):
    scrapflow.errors.MissingExtraError: the chart needs no_such_library, which is not installed: pip install 'scrapflow[charts]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        message = f"{what} needs {error.name}, which is not installed: pip install 'scrapflow[{name}]'"
        raise MissingExtraError(message, name=error.name) from error
