"""A step of the documentation build: Sphinx roles such as ``:func:`scrapflow.run``` become plain code."""

from __future__ import annotations

import re
from typing import Any

import griffe

ROLE = re.compile(r":(?:attr|class|data|exc|func|meth|mod):`~?([^`]+)`")


class Roles(griffe.Extension):
    """Rewrites docstrings as they are collected; editors read the roles, Markdown does not."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Strip the role from each reference of one docstring."""
        if obj.docstring is not None:
            obj.docstring.value = ROLE.sub(r"`\1`", obj.docstring.value)
