"""Runs in several processes, however the program that asks for them was started."""

from __future__ import annotations

import logging
import operator
import os
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from scrapflow.errors import InputError
from scrapflow.notices import warn
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


@pytest.mark.parametrize("processes", [1, 2])
def test_warnings_of_all_runs_are_said_once_in_one_process_and_in_several(processes, caplog):
    """In one process every run said its own, in several nobody heard them."""
    lost = partial(warn, logging.getLogger("scrapflow.test"), "%s t are lost")
    assert spread(operator.call, lost, [3, 4], processes=processes) == [None, None]
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING] == ["in 2 of 2 runs: 3 t are lost"]


STOPPED = """
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # what is begun in the background of a shell is deaf to Ctrl-C
from scrapflow.studies.parallel import spread
try:
    spread(pow, 1, [2] * 4000, processes=2, progress=lambda done, of: print(done, flush=True) or time.sleep(0.01))
except KeyboardInterrupt:
    print("stopped")
"""


@pytest.mark.skipif(os.name == "nt", reason="a group of processes cannot be told to stop")
def test_ctrl_c_stops_all_processes_without_a_word():
    """The one that asked is told, and ends the others: no traceback of any of them; what had not begun is not begun."""
    done = subprocess.Popen(
        [sys.executable, "-c", STOPPED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    done.stdout.readline()
    time.sleep(0.2)
    os.killpg(done.pid, signal.SIGINT)
    out, err = done.communicate(timeout=60)
    assert err == ""
    assert out.splitlines()[-1] == "stopped"
    assert len(out.splitlines()) < 4000


@pytest.mark.parametrize("processes", [0, -1])
def test_fewer_than_one_process_are_refused(processes):
    """0 meant all cores, which nobody had written down."""
    with pytest.raises(InputError, match="no number of processes: 1 stays in this one"):
        spread(pow, 2, [1, 2], processes=processes)
