"""Check ten example scripts with pyright in strict mode: no type that they meet may be unknown.

The notebooks, the ten lines of the README and the blocks of the tutorial are the scripts: what users copy. It needs
``pip install pyright pandas-stubs``, which is no dependency of the tests, because pyright fetches a program of its own.
An expression at the end of a notebook's cell is shown by the notebook, so that its value is not unused.

    python scripts/typed_examples.py
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def scripts() -> dict[str, str]:
    """Return the scripts by name."""
    found = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "notebooks").glob("*.py"))}
    for page in (ROOT / "README.md", ROOT / "docs" / "tutorial.md"):
        found[f"{page.stem}.py"] = "\n".join(_BLOCK.findall(page.read_text(encoding="utf-8")))
    return found


def main() -> int:
    """Check all of them; tell what was found."""
    rules = {"typeCheckingMode": "strict", "reportUnusedExpression": False, "extraPaths": [str(ROOT)]}
    with tempfile.TemporaryDirectory() as name:
        for title, text in scripts().items():
            (Path(name) / title).write_text(text, encoding="utf-8")
        (Path(name) / "pyrightconfig.json").write_text(json.dumps(rules), encoding="utf-8")
        return subprocess.call([sys.executable, "-m", "pyright", "-p", name, "--pythonpath", sys.executable])


if __name__ == "__main__":
    sys.exit(main())
