"""Runs in several processes, however the program that asks for them was started."""

from __future__ import annotations

import operator
import os
import subprocess
import sys

import pytest

from scrapflow.errors import InputError
from scrapflow.studies.parallel import spread

SCRIPT = """
import scrapflow as sf
ens = sf.ensemble(sf.read_world("toy"), n=4, processes=2)
print("members", len(ens.totals))
"""


@pytest.mark.parametrize("stdin", [True, False], ids=["from a pipe", "without a main guard"])
def test_a_script_may_ask_for_processes_as_it_is(tmp_path, stdin):
    """A script from a pipe, and a file without a main guard, get their ensemble: it was a BrokenProcessPool."""
    file = tmp_path / "script.py"
    file.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-" if stdin else str(file)],
        input=SCRIPT if stdin else None,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "members 4\n"
    assert done.stderr == ""


def test_a_process_that_dies_is_told_with_what_to_do():
    """A process that ends at once, as where memory runs out, is our own error: it names the main guard and processes=1."""
    with pytest.raises(InputError, match="processes=1 stays in one process"):
        spread(operator.call, os._exit, [3, 3], processes=2)
