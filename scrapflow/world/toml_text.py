"""TOML as worlds and campaigns use it: read without surprises, written so that it reads back the same."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from typing import Any

import numpy as np

_DEEPEST = 32
_LONGEST_INTEGER = 2**63
"""TOML promises whole numbers of 64 bits; a longer one is a slip, and some cannot even be printed."""


class TomlError(ValueError):
    """Text that is no TOML, or that nobody writes on purpose: nested too deep, numbers too long."""


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML text into nested tables.

    Raises
    ------
    TomlError
        If it is no TOML, is nested deeper than 32 levels, or holds a whole number of more than 64 bits.

    Examples
    --------
    >>> parse_toml("a = [1, 2]")
    {'a': [1, 2]}
    """
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        msg = f"is nested too deep: at most {_DEEPEST} levels are read"
        raise TomlError(msg) from None
    except (ValueError, OverflowError) as error:
        msg = f"is no TOML: {error}"
        raise TomlError(msg) from error
    _check(tables, 0)
    return tables


def _check(value: object, depth: int) -> None:
    if depth > _DEEPEST:
        msg = f"is nested too deep: at most {_DEEPEST} levels are read"
        raise TomlError(msg)
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check(part, depth + 1)
    elif isinstance(value, int) and not -_LONGEST_INTEGER <= value < _LONGEST_INTEGER:
        msg = "holds a whole number of more than 64 bits"
        raise TomlError(msg)


def write_toml(table: Mapping[str, Any]) -> str:
    """Write nested tables as TOML text; :func:`parse_toml` gives them back, dates and control characters included.

    Raises
    ------
    TypeError
        If a value is of no type that TOML has.

    Examples
    --------
    >>> print(write_toml({"name": "x", "show": {"share": 0.5}}))
    name = "x"
    <BLANKLINE>
    [show]
    share = 0.5
    <BLANKLINE>
    """
    # Loaded only by those who write: reading a world is on the way to every command.
    import tomli_w

    return tomli_w.dumps({str(k): _plain(v) for k, v in table.items()})


def toml_value(value: object) -> Any:
    """Return a value in the types that TOML has, as :func:`parse_toml` would give it.

    Raises
    ------
    TomlError
        If it is none of these types, is nested deeper than 32 levels, or holds a whole number of more than 64 bits.

    Examples
    --------
    >>> toml_value({"value": np.float64(0.5), "at": ("a", "b")})
    {'value': 0.5, 'at': ['a', 'b']}
    """
    try:
        plain = _plain(value)
    except (TypeError, RecursionError) as error:
        msg = str(error) if isinstance(error, TypeError) else f"is nested too deep: at most {_DEEPEST} levels are read"
        raise TomlError(msg) from None
    _check(plain, 0)
    return plain


def _plain(value: object) -> object:
    """Return a value in the types that TOML has: numbers of numpy as Python's, tuples as lists."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, str | int | float | dt.date | dt.time):
        return value
    msg = f"{type(value).__name__} is no type of TOML: text, number, true or false, date, list or table"
    raise TypeError(msg)
