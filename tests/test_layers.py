"""Imports go one way: a module takes from the floors below it only, and this test fails where one does not."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import networkx as nx
import pytest

PACKAGE = Path(__file__).parents[1] / "scrapflow"

# Ground floor first, as in DESIGN section 3.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"errors", "units", "grading", "files", "given", "given_frames", "notices", "seams"}),
    frozenset({"vocabulary"}),
    frozenset({"routing"}),
    frozenset({"world"}),
    frozenset({"network"}),
    frozenset({"campaign"}),
    frozenset({"ledger"}),
    frozenset({"queries"}),
    frozenset({"runs"}),
    frozenset({"pipeline"}),
    frozenset({"studies"}),
    frozenset({"evidence"}),
    frozenset({"exchange"}),
    frozenset({"views"}),
    frozenset({"terminal"}),
    frozenset({"commands"}),
    frozenset({"cli", "__main__"}),
    frozenset({"__init__"}),
)
FLOOR = {part: height for height, parts in enumerate(FLOORS) for part in parts}
ROUTING_MAY_USE = {
    "routing",
    "errors",
    "given",
    "given_frames",
    "notices",
    "units",
}  # the solver knows nothing of scrap, nor of grades


def _modules(node: ast.AST, package: tuple[str, ...]) -> list[str]:
    """Return the dotted names that one statement imports; relative ones made absolute."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = list(package[: len(package) - node.level + 1]) if node.level else []
        start = ".".join(base + ([node.module] if node.module else []))
        return [f"{start}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and node.args:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        if (
            called in {"import_module", "__import__"}
            and isinstance(first, ast.Constant)
            and isinstance(first.value, str)
        ):
            dots = len(first.value) - len(first.value.lstrip("."))
            if dots:
                return [".".join([*package[: len(package) - dots + 1], first.value[dots:]])]
            return [first.value]
    return []


def _part(dotted: str) -> str | None:
    """Return the floor that a dotted name belongs to; None for another library."""
    names = dotted.split(".")
    if names[0] != "scrapflow":
        return None
    return names[1] if len(names) > 1 and names[1] in FLOOR else "__init__"


def upward_imports(path: Path, package: Path = PACKAGE) -> list[str]:
    """Return what a module imports that it must not, anywhere in it, as lines for a person."""
    inside = path.relative_to(package).with_suffix("").parts
    own = inside[0]
    where = ("scrapflow", *inside[:-1])
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for dotted in _modules(node, where):
            part = _part(dotted)
            if part is None:
                continue
            up = FLOOR[part] > FLOOR[own]
            foreign = own == "routing" and part not in ROUTING_MAY_USE
            if up or foreign:
                found.append(f"{'/'.join(inside)}.py:{node.lineno} imports {dotted}")
    return sorted(found)


def test_every_module_imports_downwards_only() -> None:
    """No module of the package imports from a later layer, at the top or inside a function."""
    modules = sorted(PACKAGE.rglob("*.py"))
    assert modules
    assert [line for path in modules for line in upward_imports(path)] == []


def test_every_part_of_the_package_has_a_floor() -> None:
    """A new folder or module at the top of the package has to be given its place here first."""
    parts = {p.stem for p in PACKAGE.glob("*.py")} | {p.name for p in PACKAGE.iterdir() if any(p.glob("*.py"))}
    assert parts - set(FLOOR) == set()


def twin_names(package: Path = PACKAGE) -> dict[str, list[str]]:
    """Return the module names that stand in more than one folder, with the folders."""
    folders: dict[str, list[str]] = {}
    for path in sorted(package.rglob("*.py")):
        folders.setdefault(path.stem, []).append(path.parent.relative_to(package).as_posix())
    return {stem: where for stem, where in folders.items() if len(where) > 1 and stem != "__init__"}


def test_a_file_name_stands_in_one_folder_only(tmp_path: Path) -> None:
    """``frames.py:88`` in a traceback says where it is; only ``read`` is the way into two folders, and a planted twin is found."""
    assert twin_names() == {"read": ["vocabulary", "world"]}
    for folder in ("views", "world"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "frames.py").touch()
    assert twin_names(tmp_path) == {"frames": ["views", "world"]}


OPEN: frozenset[str] = frozenset()
"""Folders whose circles are still to be cut; to be emptied."""


def _inside(path: Path, package: Path) -> set[str]:
    """Return the modules of its own folder that a module imports in any way, type-only and inside functions too."""
    parts = path.relative_to(package).with_suffix("").parts
    folder = ".".join(("scrapflow", *parts[:-1]))
    siblings = {p.stem for p in path.parent.glob("*.py")} - {"__init__"}
    taken = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for dotted in _modules(node, ("scrapflow", *parts[:-1])):
            own, _, rest = dotted.partition(f"{folder}.")
            if not own and rest:
                first = rest.split(".")[0]
                taken |= {first} if first in siblings else {"__init__"}
            elif dotted == folder:
                taken |= {"__init__"}
    return taken - {path.stem}


def circles(folder: Path, package: Path = PACKAGE) -> list[list[str]]:
    """Return the groups of modules of a folder that import one another in a circle."""
    graph = nx.DiGraph()
    for path in sorted(folder.glob("*.py")):
        graph.add_edges_from((path.stem, other) for other in _inside(path, package))
    return [sorted(group) for group in nx.strongly_connected_components(graph) if len(group) > 1]


@pytest.mark.parametrize("folder", sorted(p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()))
def test_no_circle_inside_a_folder(folder: str) -> None:
    """No two modules of a folder need one another, not even for a type or inside a function."""
    if folder in OPEN:
        pytest.skip("being cleaned")
    assert circles(PACKAGE / folder) == []


def test_a_planted_circle_is_found(tmp_path: Path) -> None:
    """A circle of three by a type-only, a lazy and a relative import is found; a chain is none."""
    folder = tmp_path / "world"
    folder.mkdir()
    (folder / "a.py").write_text("if TYPE_CHECKING:\n    from scrapflow.world.b import B\n", "utf-8")
    (folder / "b.py").write_text("def f():\n    import scrapflow.world.c\n", "utf-8")
    (folder / "c.py").write_text("X = 1\n", "utf-8")
    assert circles(folder, tmp_path) == []
    (folder / "c.py").write_text("from . import a\n", "utf-8")
    assert circles(folder, tmp_path) == [["a", "b", "c"]]


@pytest.mark.parametrize(
    ("where", "code", "bad"),
    [
        ("world/read.py", "import scrapflow.network.build", True),
        ("world/read.py", "from scrapflow.views import maps", True),
        ("world/read.py", "from scrapflow import pipeline", True),
        ("world/read.py", "from scrapflow import read_world", True),
        ("world/read.py", "import scrapflow as sf", True),
        ("world/read.py", "def f():\n    from ..campaign import settings", True),
        ("world/read.py", "if TYPE_CHECKING:\n    from scrapflow.ledger.tables import Run", True),
        ("world/read.py", "importlib.import_module('scrapflow.cli')", True),
        ("world/read.py", "import_module('..views.maps', __package__)", True),
        ("routing/solve.py", "from scrapflow.grading import Grade", True),
        ("routing/solve.py", "from scrapflow.errors import ProblemError\nfrom .problem import FlowProblem", False),
        ("views/maps.py", "from scrapflow.ledger.tables import Run\nimport folium", False),
        ("world/read.py", "from . import names\nfrom ..units import KG_PER_T\nimport pandas as pd", False),
        ("cli.py", "from scrapflow.pipeline import run", False),
        ("terminal.py", "from scrapflow.commands import options", True),
        ("__init__.py", "from scrapflow.views import maps", False),
    ],
)
def test_the_check_tells_a_bad_module_from_a_good_one(tmp_path: Path, where: str, code: str, bad: bool) -> None:
    """A planted upward import is found in every way of writing it, and a downward one is left alone."""
    module = tmp_path / where
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(code, encoding="utf-8")
    assert bool(upward_imports(module, tmp_path)) is bad


def test_the_drawing_of_the_house_has_the_same_floors() -> None:
    """docs/images/architecture.svg is drawn from the floors that these tests hold the package to, and names each of them."""
    spec = importlib.util.spec_from_file_location("architecture", PACKAGE.parent / "scripts" / "architecture.py")
    assert spec is not None
    assert spec.loader is not None
    architecture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(architecture)
    drawn = [frozenset(parts) for parts in reversed(architecture.LAYERS)]
    held = [floor for floor in FLOORS if not floor & {"__init__", "terminal", "commands", "cli"}]
    assert [floor for floor in drawn if "cli" not in floor] == held
    text = architecture.DRAWING.read_text(encoding="utf-8")
    assert all(f">{' · '.join(parts)}</text>" in text for parts in architecture.LAYERS)
