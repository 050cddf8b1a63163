"""JupyterLab over a folder, for the benchmarks and for the tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@contextmanager
def serving(home: Path):
    """Start JupyterLab over a folder, which also keeps its settings; give its address."""
    own = {f"JUPYTER_{k}_DIR": str(home / f".{k.lower()}") for k in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / ".settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / ".workspaces")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1"]
    command += [f"--ServerApp.root_dir={home}", "--IdentityProvider.token=t", "--LabApp.news_url=None"]
    command += [
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    log = home / ".log"
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **own}, cwd=home)
        try:
            yield _address(log, server)
        finally:
            server.terminate()
            server.wait(20)


def _address(log: Path, server: subprocess.Popen) -> str:
    for _ in range(240):
        if found := re.search(r"http://127\.0\.0\.1:[1-9]\d*/lab", log.read_text()):
            return found.group(0)
        if server.poll() is not None:
            break
        time.sleep(0.25)
    msg = f"JupyterLab did not start:\n{log.read_text()[-3000:]}"
    raise RuntimeError(msg)
