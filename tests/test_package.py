"""The wheel: what is in it, and that it works without the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import scrapflow as sf

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_wheel_holds_worlds_schema_and_assets(wheel: Path) -> None:
    """Every data file of the package and of the two worlds is inside, with the licences; tests and builds are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {p.relative_to(ROOT).as_posix() for p in (ROOT / "scrapflow").rglob("*.*") if "__pycache__" not in p.parts}
    assert {n for n in data if not n.endswith(".pyc")} <= names
    for world in ("brazil", "dprk", "toy"):
        inputs = [p for p in (ROOT / "geodata" / world).rglob("*") if p.is_file()]
        assert inputs
        assert {f"scrapflow/_worlds/{p.relative_to(ROOT / 'geodata').as_posix()}" for p in inputs} <= names
    assert "scrapflow/py.typed" in names
    assert any(n.endswith("licenses/LICENSE") for n in names)
    assert any(n.endswith("licenses/geodata/ATTRIBUTION.md") for n in names)
    assert {n.split("/")[0] for n in names} == {"scrapflow", f"scrapflow-{sf.__version__}.dist-info"}


def test_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """From the unpacked wheel alone, in another folder, both worlds are read and a map is drawn."""
    inside = tmp_path / "inside"
    zipfile.ZipFile(wheel).extractall(inside)
    code = (
        "import scrapflow as sf, pathlib, sys\n"
        f"assert pathlib.Path(sf.__file__).is_relative_to({str(inside)!r}), sf.__file__\n"
        "print([sf.read_world(w).name for w in ('dprk', 'brazil', 'toy')])\n"
        "sf.save_map(sf.map_flows(sf.run(sf.read_world('toy'))), 'toy.html')\n"
    )
    env = {**os.environ, "PYTHONPATH": str(inside)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == "['dprk', 'brazil', 'toy']"
    assert (tmp_path / "toy.html").stat().st_size > 10_000


def test_versions_agree() -> None:
    """The package, its metadata and the changelog name one version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert sf.__version__ == project["version"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == sf.__version__


def test_each_dependency_is_explained() -> None:
    """Every package that pyproject.toml names has its row in docs/dependencies.md."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    names = {re.split(r"[\[<>=!~ ]", d)[0].lower() for d in wanted} - {"scrapflow"}
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    assert sorted(n for n in names if not re.search(rf"(?<![\w-]){re.escape(n)}(?![\w-])", page)) == []


def test_no_machine_in_what_is_kept() -> None:
    """No file that builds, tests or documents names a person's folder or a package registry's host."""
    files = [*ROOT.glob("*.*"), ROOT / "Makefile", ROOT / ".ci" / "run"]
    for folder in ("scrapflow", "scripts", "tests", "docs", "benchmarks"):
        files += [p for p in (ROOT / folder).rglob("*") if p.suffix in {".py", ".sh", ".md", ".json", ".toml", ".js"}]
    # In a second working tree .git is a file that says where the first one lies; it is not kept.
    files = [p for p in files if p != Path(__file__) and p.name != ".git" and p.is_file()]
    bad = re.compile(r"/(?:home|root|Users|work)/\w|pypi\.org|files\.pythonhosted|registry\.npmjs|deb\.debian")
    found = [p.relative_to(ROOT).as_posix() for p in files if bad.search(p.read_text("utf-8"))]
    assert found == []


def test_the_conda_recipe_asks_for_what_the_package_asks_for() -> None:
    """Each requirement of ``pyproject.toml`` is in the recipe with its bounds, under the name that it has there; no other is."""
    yaml = pytest.importorskip("yaml")
    recipe = yaml.safe_load((ROOT / "recipe" / "recipe.yaml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    renamed = {"duckdb": "python-duckdb", "matplotlib": "matplotlib-base"}
    expected = set()
    for line in project["project"]["dependencies"]:
        name, bounds = re.fullmatch(r"([\w-]+)(.*)", line).groups()
        expected.add(f"{renamed.get(name, name)} {bounds}")
    listed = recipe["requirements"]["run"]
    assert set(listed) == expected | {"python >=${{ python_min }}"}
    assert len(listed) == len(set(listed))
    assert recipe["context"]["version"] == project["project"]["version"]
    assert recipe["build"]["python"]["entry_points"] == ["scrapflow = " + project["project"]["scripts"]["scrapflow"]]
    assert recipe["requirements"]["host"][-1] == "hatchling " + project["build-system"]["requires"][0].removeprefix(
        "hatchling"
    )
