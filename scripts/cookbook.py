"""Write docs/cookbook.md: every question of `cookbook_questions.toml` with the answer that the worlds as they are give."""

from __future__ import annotations

import ast
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from scrapflow.units import two_figures

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "cookbook.md"
QUESTIONS = HERE / "cookbook_questions.toml"
START = """\
import scrapflow as sf

world = sf.read_world()
net, camp = sf.build_network(world), sf.read_campaign(world, "2015")
run = sf.run(world, camp)
flows = run.flows
toy = sf.read_world("toy")  # six places, for questions that take many runs
ens = sf.ensemble(toy, "2015", n=20, keep="flows", processes=1)
"""
HEAD = """\
# Cookbook

{count} questions, none longer than two lines, each with the answer that the worlds of this package give ("(toy)": of its six
places). Amounts are in tonnes with two significant figures, tables are cut; results are modelled and rest on assumptions
(`run.assumptions()`). The page is made by `scripts/cookbook.py`, and the tests run every line of it.

```python
{start}```
"""


def parts() -> list[dict[str, Any]]:
    """Return the parts of the page: a title, and questions as pairs of words and code."""
    return list(tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["part"])


def answered() -> str:
    """Run every question in one namespace and an empty folder, and return the page."""
    names: dict[str, Any] = {"__name__": "cookbook"}
    exec(START, names)  # noqa: S102 - our own lines
    count = sum(len(part["questions"]) for part in parts())
    lines = [HEAD.format(count=count, start=START)]
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for part in parts():
                lines.append(f"## {part['title']}\n")
                for title, code in part["questions"]:
                    lines.append(
                        f"**{title}**\n\n```python\n{code}\n```\n\n```text\n{told(value_of(code, names))}\n```\n"
                    )
        finally:
            os.chdir(home)
    return "\n".join(lines)


def value_of(code: str, names: dict[str, Any]) -> Any:
    """Run some lines and return what the last one gives."""
    *before, last = ast.parse(code).body
    assert isinstance(last, ast.Expr), code
    exec(compile(ast.Module(before, []), "cookbook", "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), "cookbook", "eval"), names)  # noqa: S307


def told(value: Any) -> str:
    """Write an answer as people read it: two significant figures, ten rows at most."""
    if isinstance(value, pd.Series):
        value = value.rename(value.name or "value").reset_index()
    if isinstance(value, pd.DataFrame):
        rows = pd.DataFrame(value).head(10)
        rows = (
            rows
            if isinstance(rows.index, pd.RangeIndex) or (rows.index.name is None and rows.index.dtype.kind == "i")
            else rows.reset_index()
        )
        shown = rows.assign(**{str(c): rows[c].map(two_figures) for c in rows.columns if rows[c].dtype.kind == "f"})
        return str(shown.to_string(index=False, max_colwidth=40))
    if isinstance(value, float):
        return two_figures(value)
    if hasattr(value, "least_t"):
        return f"{two_figures(value.total_t)} t; all plans of least cost: {two_figures(value.least_t)} to {two_figures(value.most_t)} t"
    return repr(value) if not hasattr(value, "get_xlabel") else "(bars, one a month)"


if __name__ == "__main__":
    PAGE.write_text(answered(), encoding="utf-8")
