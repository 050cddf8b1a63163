"""A disk that is full, over quota, read-only or broken: the old file stays, nothing is left, the message says why.

Sizes are tried on a file system of that size where one may be mounted, else by a library that lets so many bytes through.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from attacks import children, failing
from attacks.kill import Bench
from attacks.log import Try
from attacks.writers import every, print_of, strays
from scrapflow.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = 50
_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "quota",
    errno.EROFS: "only be read",
    errno.EIO: "the disk fails",
    errno.EFBIG: "larger than",
}
_REFUSED = 3


def tries(count: int, seed: int, home: Path, *, only: str = "") -> Iterator[Try]:
    """Return fifty sizes for each writer, then every call that can fail, in turns, up to the number wanted."""
    benches = [Bench(w, home) for w in every(only)]
    mounted = _can_mount(home)
    sort = "a disk of a size" if mounted else "so many bytes let through"
    rng = np.random.default_rng(seed)
    for bench in benches:
        need = _size(bench.pristine) + _size(bench.home / "new")
        for number in range(SIZES):
            room = int(rng.uniform(0.5, 1.1) * need) if number else need // 2
            name = f"{bench.writer.name} seed {seed} size {number}"
            yield Try(
                name, f"{bench.writer.name}: {sort}", lambda b=bench, r=room: _on_a_small_disk(b, r, mounted=mounted)
            )
    done = SIZES * len(benches)
    if not failing.is_loaded():
        return
    for bench in benches:
        calls, _ = bench.count(failing.ALL)
        for code in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
            for at in _spread(calls, max(1, (count - done) // (4 * len(benches)))):
                name = f"{bench.writer.name} call {at} {errno.errorcode[code]}"
                yield Try(name, f"{bench.writer.name}: a call refused", lambda b=bench, a=at, c=code: _at_call(b, a, c))


def _spread(calls: int, wanted: int) -> list[int]:
    return sorted({round(i) for i in np.linspace(0, calls - 1, min(calls, wanted))})


def _deed(bench: Bench, target: Path) -> int:
    try:
        bench.writer.new(target)
    except OutputError as fault:
        print(f"OutputError {fault.errno}: {fault}")
        return _REFUSED
    return 0


def _judge(bench: Bench, target: Path, ended: children.Ended, codes: tuple[int, ...]) -> str:
    found = print_of(target)
    if ended.code not in (0, _REFUSED):
        return f"ended with {ended.code}: {ended.text[-1500:]}"
    if strays(target.parent):
        return f"strays: {strays(target.parent)}"
    if found != (bench.new if ended.code == 0 else bench.old):
        return f"{'said to be written' if ended.code == 0 else 'refused'}, and {'torn' if found else 'missing'}"
    if ended.code == _REFUSED and not any(_WORDS[code] in ended.text for code in codes):
        return f"no word of the disk: {ended.text[-500:]}"
    return ""


def _at_call(bench: Bench, at: int, code: int) -> str:
    target = bench.place()

    def deed() -> int:
        failing.arm(
            target.parent, failing.FAIL_ON, at, code=code, calls=failing.WRITES | failing.FLUSHES | failing.OPENS
        )
        try:
            return _deed(bench, target)
        finally:
            failing.arm(target.parent, 0)

    wrong = _judge(bench, target, children.run(deed, bench.log), (code,))
    shutil.rmtree(target.parent)
    return wrong


def _on_a_small_disk(bench: Bench, room: int, *, mounted: bool) -> str:
    place = Path(tempfile.mkdtemp(dir=bench.home))
    pages = -(-room // 4096) * 4096
    if mounted:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={max(pages, _blocks(bench.pristine) + 8192)}", "tmpfs", place],
            check=True,
        )
    try:
        target = place / bench.writer.target
        if bench.pristine.is_dir():
            shutil.copytree(bench.pristine, target)
        else:
            shutil.copy(bench.pristine, target)

        def deed() -> int:
            if not mounted:
                failing.arm(place, failing.COUNT, code=errno.ENOSPC, room=max(0, room - _size(bench.pristine)))
            return _deed(bench, target)

        return _judge(bench, target, children.run(deed, bench.log), (errno.ENOSPC,))
    finally:
        if mounted:
            subprocess.run(["umount", place], check=True)
        shutil.rmtree(place)


def _size(place: Path) -> int:
    return sum(f.stat().st_size for f in ([place] if place.is_file() else place.rglob("*")) if f.is_file())


def _blocks(place: Path) -> int:
    files = [place] if place.is_file() else [place, *place.rglob("*")]
    return sum(-(-f.stat().st_size // 4096) * 4096 if f.is_file() else 4096 for f in files)


def _can_mount(home: Path) -> bool:
    place = home / "mount"
    place.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], check=False, capture_output=True)
    if done.returncode:
        return False
    subprocess.run(["umount", place], check=True)
    return True
