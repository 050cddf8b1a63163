"""Lower floors ask higher ones by name; nothing is loaded before."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scrapflow.seams import answered_by, ask


def test_who_answers_gets_what_was_given():
    """Positions and names pass, and the answer comes back; the later of two answers counts."""
    answered_by("joined", "math:hypot")
    answered_by("joined", "builtins:sorted")
    assert ask("joined", [1, 3, 2], reverse=True) == [3, 2, 1]
    with pytest.raises(KeyError, match="nobody"):
        ask("nobody")


def test_the_public_face_names_an_answer_that_is_there():
    """Every name that the package says at its import leads to a function; importing loads none of them."""
    code = (
        "import sys, importlib, scrapflow; from scrapflow.seams import _ANSWERED as a; assert a\n"
        "parts = [t.partition(':') for t in a.values()]; assert not {m for m, _, _ in parts} & set(sys.modules)\n"
        "assert all(callable(getattr(importlib.import_module(m), f)) for m, _, f in parts)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
