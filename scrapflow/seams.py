"""What lower floors may ask of higher ones, by name: the public face says at import who answers, and nothing is loaded for it.

``flows.explore()`` draws a map, and maps know of flows, not flows of maps.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_ANSWERED: dict[str, str] = {}


def answered_by(name: str, target: str) -> None:
    """Say which function (``"package.module:function"``) answers to a name."""
    _ANSWERED[name] = target


def ask(name: str, *given: Any, **options: Any) -> Any:
    """Call the function that answers to a name.

    Examples
    --------
    >>> answered_by("root", "math:sqrt")
    >>> ask("root", 4.0)
    2.0
    """
    module, _, function = _ANSWERED[name].partition(":")
    return getattr(import_module(module), function)(*given, **options)
