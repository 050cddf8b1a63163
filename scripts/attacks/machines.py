"""The same run, world, maps and exports written under other circumstances: the same bytes, or a reason why not.

Named circumstances are tried here; other interpreters, with whatever versions of the libraries they have, are named in
``SCRAPFLOW_PYTHONS`` (paths with ``:`` between). Between versions of libraries bytes may differ, as Parquet names its writer:
there the tables must hold the same.
"""

from __future__ import annotations

import functools
import json
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from attacks.log import ROOT, Try
from attacks.writers import every

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITE = """
import json, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/scripts"]
import scrapflow as sf
from attacks.writers import every, print_of
home = Path(sys.argv[2])
bytes_ = {}
for writer in every():
    writer.old(home / writer.target)
    bytes_[writer.name] = print_of(home / writer.target)
run = sf.run(sf.read_world("toy"), "2015")
tables = {k: round(float(v), 6) for k, v in run.totals().items()}
tables |= {"movements": len(run.movements), "read": len(sf.read_run(home / "run").flows.by("kind", "origin"))}
(home / "said.json").write_text(json.dumps({"bytes": bytes_, "tables": tables}))
"""
CIRCUMSTANCES: dict[str, dict[str, str | None]] = {
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 4242": {"PYTHONHASHSEED": "4242"},
    "time zone Apia": {"TZ": "Pacific/Apia"},
    "time zone Kathmandu": {"TZ": "Asia/Kathmandu"},
    "locale C, no UTF-8 mode": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "no HOME": {"HOME": None, "XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None},
    "HOME that is not there": {"HOME": "/nonexistent/home"},
    "two threads": {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"},
    # Not -OO: altair reads its own docstrings when it is imported, and says so.
    "optimised (-O)": {"PYTHONOPTIMIZE": "1"},
    "umask 077": {},
    "all at once": {
        "PYTHONHASHSEED": "77",
        "TZ": "Pacific/Apia",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "HOME": None,
        "PYTHONOPTIMIZE": "1",
    },
    "another user": {},
}


def tries(count: int, seed: int, home: Path, *, only: str = "") -> Iterator[Try]:
    """Return every circumstance; each writer counts as a try."""
    known = functools.cache(lambda: _said("here", home))
    names = [n for n in CIRCUMSTANCES if only in n and (n != "another user" or _python_for_all())]
    names += [p for p in os.environ.get("SCRAPFLOW_PYTHONS", "").split(":") if p and only in p]
    for name in names:
        said = functools.cache(lambda name=name: _said(name, home))
        sort = name if name in CIRCUMSTANCES else Path(name).parts[-3]
        for writer in (w.name for w in every()):
            yield Try(f"{name}: {writer}", sort, functools.partial(_compared, known, said, writer))


def _compared(known, said, writer: str) -> str:  # noqa: ANN001
    here, there = known(), said()
    if "failed" in there:
        return str(there["failed"])[-1500:]
    if here["bytes"][writer] == there["bytes"][writer]:
        return ""
    if there["python"] != here["python"] and here["tables"] == there["tables"]:
        return ""  # another version of a library, SQLite's too, names itself in the file, or draws a letter elsewhere
    return f"{writer} has other bytes"


def _said(name: str, home: Path) -> dict:
    place = home / name.replace("/", "_").replace(" ", "_")
    place.mkdir()
    env = {k: v for k, v in os.environ.items() if k != "PYTHONHASHSEED"} | {
        "PYTHONPATH": str(ROOT),
        "MPLCONFIGDIR": str(place),
    }
    for key, value in CIRCUMSTANCES.get(name, {}).items():
        env.pop(key, None)
        if value is not None:
            env[key] = value
    user = None
    if name == "another user":
        user = pwd.getpwnam("nobody")
        for folder in (home, place):
            shutil.chown(folder, user.pw_uid)
        home.chmod(0o755)
        env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], sysconfig.get_path("purelib")])
    python = _python_for_all() if user else name if name not in CIRCUMSTANCES and name != "here" else sys.executable
    done = subprocess.run(
        [python, "-W", "ignore", "-c", _WRITE, str(ROOT), str(place)], env=env, cwd=place, check=False, capture_output=True, text=True,
        umask=0o077 if name == "umask 077" else 0o022, user=user.pw_uid if user else None,
    )  # fmt: skip
    if done.returncode:
        return {"failed": done.stderr}
    if name == "umask 077":
        open_ = [
            f.as_posix()
            for f in place.rglob("*")
            if f.is_file() and f.stat().st_mode & 0o077 and "matplotlib" not in str(f) and "fontlist" not in str(f)
        ]
        if open_:
            return {"failed": f"others can read {open_[:5]}"}
    return {**json.loads((place / "said.json").read_text()), "python": python}


def _python_for_all() -> str:
    """Return an interpreter of this version that another user may run; "" if there is none, or nobody may change users."""
    if os.geteuid():
        return ""
    ours = (Path(sys.executable), Path("/usr/bin") / f"python3.{sys.version_info.minor}")
    return next(
        (
            str(p)
            for p in ours
            if p.exists() and all(q.stat().st_mode & 0o001 for q in (p.resolve(), *p.resolve().parents))
        ),
        "",
    )
