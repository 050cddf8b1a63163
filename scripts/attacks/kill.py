"""Kill -9 while something is written over something older: the old one or the new one is there, whole, at every moment.

Each writer is killed before and after every call that flushes, renames, makes or removes, and at random moments.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from attacks import children, failing
from attacks.log import Try
from attacks.writers import Writer, every, print_of, strays
from scrapflow.files import write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALLS = failing.FLUSHES | failing.NAMES
_PAGE = b"<svg/><!-- scrapflow -->"


class Bench:
    """A writer with its old and new content as they must be, and a place to try it in."""

    def __init__(self, writer: Writer, home: Path) -> None:
        self.writer = writer
        self.home = home / writer.name.replace(" ", "-")
        self.home.mkdir(parents=True)
        self.log = self.home / "log"
        self.pristine = self.home / "old" / writer.target
        self.pristine.parent.mkdir()
        fresh = self.home / "new" / writer.target
        fresh.parent.mkdir()
        for deed, place in ((writer.old, self.pristine), (writer.new, fresh)):
            ended = children.run(lambda deed=deed, place=place: (deed(place), 0)[1], self.log)
            if ended.code:
                raise RuntimeError(writer.name + ended.text)
        self.old, self.new = print_of(self.pristine), print_of(fresh)

    def place(self) -> Path:
        """Return a new folder with the old content in it, by its target."""
        folder = Path(tempfile.mkdtemp(dir=self.home))
        target = folder / self.writer.target
        if self.pristine.is_dir():
            shutil.copytree(self.pristine, target)
        else:
            shutil.copy(self.pristine, target)
        return target

    def count(self, calls: int) -> tuple[int, float]:
        """Return how many such calls the writer makes, and how many seconds it takes."""
        target, begun = self.place(), time.monotonic()

        def deed() -> int:
            failing.arm(target.parent, failing.COUNT, calls=calls)
            self.writer.new(target)
            (self.home / "count").write_text(str(failing.seen()))
            return 0

        ended = children.run(deed, self.log)
        if ended.code:
            raise RuntimeError(self.writer.name + ended.text)
        took = time.monotonic() - begun
        shutil.rmtree(target.parent)
        return int((self.home / "count").read_text()), took

    def judge(self, target: Path) -> str:
        """Return what is wrong with what stands at the target after a kill, and after the next write beside it."""
        found = print_of(target)
        wrong = "" if found in (self.old, self.new) else "torn" if found else "missing"
        write_bytes(target.parent / "next.svg", _PAGE, what="the picture")
        if not wrong and strays(target.parent):
            wrong = f"strays: {strays(target.parent)}"
        shutil.rmtree(target.parent)
        return wrong


def tries(count: int, seed: int, home: Path, *, only: str = "") -> Iterator[Try]:
    """Return every kill at a call, then random ones up to the number wanted."""
    benches = [Bench(w, home) for w in every(only)]
    done = 0
    for bench in benches if failing.is_loaded() else ():
        calls, _ = bench.count(_CALLS)
        for at in range(calls):
            for mode, when in ((failing.KILL_BEFORE, "before"), (failing.KILL_AFTER, "after")):
                yield Try(
                    f"{bench.writer.name} {when} call {at}",
                    bench.writer.name,
                    lambda b=bench, m=mode, a=at: _at_call(b, m, a),
                )
                done += 1
    rng = np.random.default_rng(seed)
    took = {}
    for number in range(max(0, count - done)):
        # Charts go through the same write as maps, and take ten times as long to draw.
        quick = [b for b in benches if not b.writer.name.startswith("chart")] or benches
        bench = quick[number % len(quick)]
        if bench.writer.name not in took:
            took[bench.writer.name] = bench.count(_CALLS)[1] if failing.is_loaded() else 0.5
        moment = float(rng.uniform(0.0, took[bench.writer.name]))
        yield Try(
            f"{bench.writer.name} seed {seed} number {number}",
            bench.writer.name,
            lambda b=bench, m=moment: _at_moment(b, m),
        )


def _at_call(bench: Bench, mode: int, at: int) -> str:
    target = bench.place()

    def deed() -> int:
        failing.arm(target.parent, mode, at, calls=_CALLS)
        bench.writer.new(target)
        return 0

    ended = children.run(deed, bench.log)
    if ended.code != -9:
        return f"ended with {ended.code} where it should have been killed: {ended.text[-500:]}"
    return bench.judge(target)


def _at_moment(bench: Bench, moment: float) -> str:
    target = bench.place()
    child = children.start(lambda: (bench.writer.new(target), 0)[1], bench.log)
    ended = children.wait(child, bench.log, kill_after_s=moment)
    if ended.code not in (0, -9):
        return f"ended with {ended.code}: {ended.text[-500:]}"
    return bench.judge(target)
