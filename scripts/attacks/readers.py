"""Two processes save two runs into one folder, in turns and after pauses of chance, while ten others read it.

A read opens the run with every check, asks its accounts, its flows and its totals, and must get one of the two runs in all three, or be told
that another run was saved meanwhile. Both are counted, apart: where the readers were only ever told, little was tried.
"""  # fmt: skip

from __future__ import annotations

import json
import os
import random
import time
from typing import TYPE_CHECKING, NamedTuple

import scrapflow as sf
from attacks import children
from attacks.log import Try
from attacks.writers import runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READERS, SAVERS, LEAST_S, LONGEST_PAUSE_S = 10, 2, 60.0, 20.0
_TOLD = "another run was saved"


class Read(NamedTuple):
    """What came of a read: the sort that it is counted as, and what was wrong, or ""."""

    sort: str
    wrong: str


def tries(count: int, seed: int, home: Path, *, only: str = "") -> Iterator[Try]:
    """Return one try a read; they are all made at once, before the first is returned."""
    for number, read in enumerate(_at_once(home, count, seed, LEAST_S)):
        yield Try(f"seed {seed} read {number}", read.sort, lambda wrong=read.wrong: wrong)


def _at_once(home: Path, count: int, seed: int, least_s: float) -> list[Read]:
    folder, stop = home / "run", home / "stop"
    runs()[0].save(folder)
    # In a child: threads of the engine would not live through the forks.
    children.run(lambda: (home / "known").write_text(json.dumps([_said(run) for run in runs()])) and 0, home / "log")
    known = json.loads((home / "known").read_text())
    savers = [
        children.start(lambda i=i: _save(folder, stop, i, random.Random(f"{seed} {i}")), home / f"saver-{i}")
        for i in range(SAVERS)
    ]
    readers = [
        children.start(lambda i=i: _read(folder, stop, home / f"reads-{i}", known), home / f"reader-{i}")
        for i in range(READERS)
    ]
    begun = time.monotonic()
    while time.monotonic() - begun < least_s or _count(home) < count:
        time.sleep(0.2)
    stop.touch()
    ends = [children.wait(child, home / "none") for child in (*savers, *readers)]
    said = [home / f"{who}-{i}" for who, n in (("saver", SAVERS), ("reader", READERS)) for i in range(n)]
    faults = [f"a process ended with {end.code}" for end in ends if end.code]
    faults += [text[-800:] for text in (file.read_text() for file in said) if text]
    reads = [Read(*json.loads(line)) for i in range(READERS) for line in (home / f"reads-{i}").read_text().splitlines()]
    return [*(Read("processes", fault) for fault in faults), *reads]


def _count(home: Path) -> int:
    return sum(f.read_bytes().count(b"\n") for f in home.glob("reads-*"))


def _save(folder: Path, stop: Path, number: int, chance: random.Random) -> int:
    turn, parent = number, os.getppid()
    while not stop.exists() and os.getppid() == parent:
        runs()[turn % 2].save(folder)
        turn += 1
        time.sleep(chance.uniform(0, LONGEST_PAUSE_S))
    return 0


def _read(folder: Path, stop: Path, into: Path, known: list[list[float]]) -> int:
    parent = os.getppid()
    with into.open("w") as out:
        while not stop.exists() and os.getppid() == parent:
            out.write(json.dumps(_one_read(folder, known)) + "\n")
            out.flush()
    return 0


def _one_read(folder: Path, known: list[list[float]]) -> Read:
    try:
        said = _said(sf.read_run(folder))
    except Exception as fault:  # noqa: BLE001
        told = isinstance(fault, sf.InputError) and _TOLD in str(fault)
        return Read("told that another run was saved", "" if told else f"{type(fault).__name__}: {fault}"[:500])
    return Read("one of the two runs", "" if said in known else f"mixed: {said}")


def _said(run: sf.Run) -> list[float]:
    """Return what a run says in three ways: tables that are loaded, files that are queried, and both."""
    flows = run.flows.by("kind")
    return [
        round(float(v), 6)
        for v in (run.accounts["quota_t"].sum(), len(run.movements), flows["tonnage_t"].sum(), run.totals()["carted_t"])
    ]
