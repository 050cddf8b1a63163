"""The condition language of ``Flows.where``: comparisons of columns with values, nothing that can reach further.

It understands the common ground of SQL and of pandas' ``query``: ``=``, ``==``, ``!=``, ``<>``, ``<``, ``<=``, ``>``,
``>=``, ``in``, ``between``, ``like``, ``is null``, ``and``, ``or``, ``not`` (also ``&``, ``|``, ``~``), arithmetic and
brackets. Values travel as parameters of the query, never as text of it, and no function can be called, so that a
condition from a web form cannot read a file.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from scrapflow.errors import InputError, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    | (?P<word>[^\W\d]\w*)
    | (?P<sign><=|>=|<>|!=|==|[-+*/=<>()\[\],&|~])
    )""",
    re.VERBOSE,
)
_COMPARE = {"=": "=", "==": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_WORDS = {"and", "or", "not", "in", "between", "like", "is", "null", "true", "false"}
_SYNONYMS = {"&": "and", "|": "or", "~": "not"}


class Condition(NamedTuple):
    """A condition as SQL text with question marks, its parameters, and what it compares for equality: SQL and value."""

    sql: str
    parameters: tuple[Any, ...]
    equal: tuple[tuple[str, Any], ...] = ()


def parse_condition(text: str, column: Callable[[str], str]) -> Condition:
    """Turn a condition into SQL.

    Parameters
    ----------
    text
        The condition, such as ``"tonnage_t > 5 and material in ('scrap', 'appliance')"``.
    column
        Gives the SQL of a column by name; raises on an unknown one.

    Returns
    -------
    Condition

    Raises
    ------
    InputError
        If the text is no condition; the message points at the place.

    Examples
    --------
    >>> parse_condition("tonnage_t >= 5 & kind == 'carted'", lambda name: name)
    Condition(sql='((tonnage_t >= ?) AND (kind = ?))', parameters=(5, 'carted'), equal=(('kind', 'carted'),))
    """
    return _Parser(text, column).whole()


_DEEPEST = 50
"""Levels of a condition; the engine itself gives up at some hundreds."""
_DIGITS = 18
"""A whole number of more digits is read as a decimal one."""
_SHOWN = 200
"""Letters of a condition that a message shows on either side of a fault."""


class _Parser:
    def __init__(self, text: str, column: Callable[[str], str]) -> None:
        self._text = text
        self._column = column
        self._parameters: list[Any] = []
        self._equal: list[tuple[str, Any]] = []
        self._tokens = self._split()
        self._at = 0
        self._depth = 0

    def whole(self) -> Condition:
        sql = self._any()
        if self._peek():
            self._refuse(f"{self._peek()!r} is not expected here")
        return Condition(sql, tuple(self._parameters), tuple(self._equal))

    def _split(self) -> list[tuple[str, str, int]]:
        tokens: list[tuple[str, str, int]] = []
        at, end = 0, len(self._text.rstrip())
        while at < end:
            found = _TOKEN.match(self._text, at)
            if found is None or found.lastgroup is None:
                where = len(self._text[:at]) + len(self._text[at:]) - len(self._text[at:].lstrip())
                _refuse(self._text, where, "no value, column or sign can be read")
            value, kind = found.group(found.lastgroup), found.lastgroup
            if kind == "word" and value.lower() in _WORDS:
                kind, value = "sign", value.lower()
            tokens.append(
                (kind, _SYNONYMS.get(value, value) if kind == "sign" else value, found.start(found.lastgroup))
            )
            at = found.end()
        return tokens

    def _peek(self) -> str:
        """Return the next sign or key word; the text of another token never equals one."""
        if self._at >= len(self._tokens):
            return ""
        kind, value, _ = self._tokens[self._at]
        return value if kind == "sign" else f"{kind} {value}"

    def _take(self, *signs: str) -> str:
        if self._peek() in signs:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return ""

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            self._refuse(f"{sign!r} is missing")

    def _refuse(self, message: str) -> NoReturn:
        where = self._tokens[self._at][2] if self._at < len(self._tokens) else len(self._text)
        _refuse(self._text, where, message)

    def _any(self) -> str:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def _all(self) -> str:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"

    def _not(self) -> str:
        if self._take("not"):
            with self._deeper():
                return f"(NOT {self._not()})"
        return self._comparison()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        """Go one level down, so far as the engine can follow."""
        self._depth += 1
        if self._depth > _DEEPEST:
            self._refuse(f"more than {_DEEPEST} signs stand inside one another")
        yield
        self._depth -= 1

    def _comparison(self) -> str:
        left = self._sum()
        if self._take("is"):
            negated = "NOT " if self._take("not") else ""
            self._need("null")
            return f"({left} IS {negated}NULL)"
        negated = "NOT " if self._peek() == "not" and self._take("not") else ""
        if self._take("in"):
            before = len(self._parameters)
            listed = self._list()
            self._equal += [(left, value) for value in self._parameters[before:] if set(listed) <= set("?, ")]
            return f"({left} {negated}IN ({listed}))"
        if self._take("between"):
            low = self._sum()
            self._need("and")
            return f"({left} {negated}BETWEEN {low} AND {self._sum()})"
        if self._take("like"):
            return f"({left} {negated}LIKE {self._sum()})"
        if negated:
            self._refuse("'in', 'between' or 'like' must follow 'not'")
        return self._chain(left)

    def _chain(self, left: str) -> str:
        sign = self._take(*_COMPARE)
        if not sign:
            return left
        right = self._sum()
        if _COMPARE[sign] == "=" and right == "?":
            self._equal.append((left, self._parameters[-1]))
        sql = f"({left} {_COMPARE[sign]} {right})"
        if self._peek() in _COMPARE:
            if "?" in right:
                self._refuse("the middle of a double comparison must be a column")
            with self._deeper():
                return f"({sql} AND {self._chain(right)})"
        return sql

    def _list(self) -> str:
        closing = {"(": ")", "[": "]"}.get(self._take("(", "["))
        if closing is None:
            self._refuse("a list in brackets must follow 'in'")
        items = [self._sum()]
        while self._take(","):
            items.append(self._sum())
        self._need(closing)
        return ", ".join(items)

    def _sum(self) -> str:
        return self._joined(self._term, "+", "-")

    def _term(self) -> str:
        return self._joined(self._value, "*", "/")

    def _joined(self, part: Callable[[], str], *signs: str) -> str:
        sql, count = part(), 0
        while sign := self._take(*signs):
            count += 1
            if count > _DEEPEST:
                self._refuse(f"more than {_DEEPEST} numbers are added up or multiplied")
            sql = f"({sql} {sign} {part()})"
        return sql

    def _value(self) -> str:
        if self._take("-"):
            with self._deeper():
                return f"(- {self._value()})"
        if self._take("("):
            with self._deeper():
                sql = self._any()
            self._need(")")
            return sql
        if sign := self._take("true", "false", "null"):
            return sign.upper()
        if self._at >= len(self._tokens) or self._tokens[self._at][0] == "sign":
            self._refuse("a column or a value is missing")
        kind, value, _ = self._tokens[self._at]
        self._at += 1
        if kind == "word":
            return self._column(value)
        if kind == "text":
            self._parameters.append(value[1:-1].replace(value[0] * 2, value[0]))
        else:
            whole = value.isdecimal() and len(value) <= _DIGITS
            self._parameters.append(int(value) if whole else float(value))
        return "?"


def _refuse(text: str, where: int, message: str) -> NoReturn:
    before, after = text[max(0, where - _SHOWN) : where], text[where : where + _SHOWN]
    shown = f"{message}: {'…' * (where > _SHOWN)}{before}{f'»{after}' if after else '…'}{'…' * (len(text) > where + _SHOWN)}"
    raise InputError([problem("flows", "", "where", shown)], what="the condition")
