"""Nested tables back to TOML text, so that an updated campaign can be kept and read again."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.campaign.settings import Raw


def to_toml(table: Mapping[str, Any]) -> str:
    """Write nested tables as TOML: plain values first, lists of tables as ``[[name]]``, other tables inline.

    Examples
    --------
    >>> print(to_toml({"name": "x", "quota": [{"kg": {"value": 2.5}}], "show": {"share": 0.5}}))
    name = "x"
    <BLANKLINE>
    [show]
    share = 0.5
    <BLANKLINE>
    [[quota]]
    kg = { value = 2.5 }
    <BLANKLINE>
    """
    plain = {k: v for k, v in table.items() if not isinstance(v, dict) and not _is_tables(v)}
    blocks = [_lines(plain)]
    blocks += [f"[{_key(k)}]\n{_lines(v)}" for k, v in table.items() if isinstance(v, dict)]
    blocks += [f"[[{_key(k)}]]\n{_lines(row)}" for k, v in table.items() if _is_tables(v) for row in v]
    return "\n".join(b for b in blocks if b)


def _is_tables(value: Raw) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(k)} = {_value(v)}\n" for k, v in table.items())


def _key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isascii() and bare.isalnum() else json.dumps(key, ensure_ascii=False)


def _value(value: Raw) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isfinite(value):
            return repr(float(value))
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return str(value) if isinstance(value, int) else json.dumps(str(value), ensure_ascii=False)
