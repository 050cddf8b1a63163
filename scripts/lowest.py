"""Print pip constraints that pin each run-time dependency to the oldest version that pyproject.toml allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

for wanted in PROJECT["dependencies"]:
    found = re.match(r"([\w.-]+)>=([\w.]+)", wanted)
    if found is None:
        message = f"no lower bound: {wanted}"
        raise SystemExit(message)
    print(f"{found[1]}=={found[2]}")
