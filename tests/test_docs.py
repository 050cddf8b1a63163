"""What the documentation shows is run: every Python block, every ``>>>`` of the package, every notebook."""

from __future__ import annotations

import doctest
import importlib
import json
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MADE = ROOT / "docs" / "notebooks"  # written by `make docs` from notebooks that are run below
COOKBOOK = ROOT / "docs" / "cookbook.md"  # its blocks are run, and its answers compared, below
PAGES = sorted([ROOT / "README.md", *(p for p in (ROOT / "docs").rglob("*.md") if MADE not in p.parents)])
MODULES = sorted(
    ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for p in (ROOT / "scrapflow").rglob("*.py")
    if ">>>" in p.read_text(encoding="utf-8")
)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
BLOCK = re.compile(r"^```python[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s#]+)(?:#[^)\s]*)?\)")


def python_blocks(page: Path) -> list[tuple[int, str]]:
    """Return the fenced Python blocks of a page, each with the line it starts at."""
    text = page.read_text(encoding="utf-8")
    return [(text.count("\n", 0, m.start(1)) + 1, m.group(1)) for m in BLOCK.finditer(text)]


def _title(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", [p for p in PAGES if python_blocks(p) and p != COOKBOOK], ids=_title)
def test_python_blocks_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of one page run from top to bottom, in one namespace and an empty folder."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for line, block in python_blocks(page):
        code = compile("\n" * (line - 1) + block, str(page), "exec")
        exec(code, names)
    assert names


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ``>>>`` of a module gives what the docstring prints."""
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
    assert result.attempted > 0


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=_title)
def test_notebooks_run(notebook: Path, tmp_path: Path) -> None:
    """A notebook, kept as a Python file, runs from its first cell to its last in a fresh kernel."""
    jupytext = pytest.importorskip("jupytext")
    nbclient = pytest.importorskip("nbclient")
    cells = jupytext.read(notebook)
    where = {"metadata": {"path": tmp_path}}
    done = nbclient.NotebookClient(cells, timeout=300, kernel_name="python3", resources=where).execute()
    code = [c for c in done.cells if c.cell_type == "code" and c.source.strip()]
    assert code
    assert all(c.execution_count for c in code)


@pytest.mark.parametrize("page", PAGES, ids=_title)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A relative link or picture of a page is a file of the checkout."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    inside = [t for t in targets if "://" not in t and not t.startswith("mailto:")]
    lost = [t for t in inside if not (page.parent / t).exists()]
    assert lost == []


def test_the_front_page_frames_the_map_that_the_pages_are_built_with() -> None:
    """What the frame of the front page names is what is written when the documentation is built."""
    front = runpy.run_path(str(ROOT / "scripts" / "notebook_pages.py"))["FRONT"]
    framed = re.findall(r'<iframe src="([^"]+)"', (ROOT / "docs" / "index.md").read_text(encoding="utf-8"))
    assert [ROOT / "docs" / name for name in framed] == [front]
    assert "weekly" in (ROOT / "docs" / "faq.md").read_text(encoding="utf-8")


def test_data_dictionary_is_that_of_the_schema() -> None:
    """The page that explains the columns is what the schema rows give now; ``make docs`` writes it anew."""
    names = runpy.run_path(str(ROOT / "scripts" / "data_dictionary.py"))
    assert names["PAGE"].read_text(encoding="utf-8") == names["dictionary"]()


def test_the_cookbook_s_answers_are_those_that_its_lines_give() -> None:
    """Every question of the cookbook, at most two lines each, answers what the page says; ``scripts/cookbook.py`` writes it anew."""
    names = runpy.run_path(str(ROOT / "scripts" / "cookbook.py"))
    questions = [code for part in names["parts"]() for _, code in part["questions"]]
    assert len(questions) >= 80
    assert max(code.count("\n") for code in questions) <= 1
    assert COOKBOOK.read_text(encoding="utf-8") == names["answered"]()


def test_performance_page_is_what_was_measured() -> None:
    """The page on performance shows the stored measurements, of benchmarks that exist, and nothing else."""
    names = runpy.run_path(str(ROOT / "benchmarks" / "run.py"))
    results = json.loads(names["RESULTS"].read_text(encoding="utf-8"))
    assert set(results) == set(names["names"]())
    assert names["PAGE"].read_text(encoding="utf-8") == names["page"](results)


def test_a_block_that_fails_is_noticed(tmp_path: Path) -> None:
    """The finder of blocks sees the language, the text and the line, so a wrong block cannot hide."""
    page = tmp_path / "page.md"
    page.write_text("# T\n\n```text\nno\n```\n\n```python\nraise KeyError('x')\n```\n", encoding="utf-8")
    assert python_blocks(page) == [(8, "raise KeyError('x')\n")]
