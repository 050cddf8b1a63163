"""Change single expressions at random and see whether a test notices: python scripts/mutants.py --sample 150 --seed 0.

Mutants are Cosmic Ray's (cosmic-ray.readthedocs.io), drawn at random over the code of campaign/, ledger/, queries/ and
routing/; changes of annotations and docstrings alone are no mutants. Each is put into a copy of the checkout and judged by
its module's own test file, then by its folder's, then by the neighbours'. Heavy libraries are imported once and every trial
is a fork, so that a trial costs its tests and little else. Not part of CI.

Every verdict is a line of the ``--log`` file. Mutants that stand there are not tried again, so that a run that was broken off
goes on where it was; ``--again`` tries the survivors of a log on the code and the tests of today. Changes that no test can
notice are kept in ``scripts/equivalent_mutants.toml``, each with its reason, and are counted apart.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import importlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from multiprocessing import Process
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FOLDERS = ("campaign", "ledger", "queries", "routing")
NEIGHBOURS = {
    "campaign": (
        "tests/invariance",
        "tests/pipeline/test_toy_by_hand.py",
        "tests/contract/test_campaigns.py",
        "tests/queries",
    ),
    "ledger": ("tests/queries", "tests/pipeline/test_toy_by_hand.py", "tests/contract/test_runs.py", "tests/studies"),
    "queries": (
        "tests/contract/test_flows.py",
        "tests/contract/test_trace.py",
        "tests/contract/test_questions.py",
        "tests/test_cli.py",
    ),
    "routing": ("tests/contract/test_solve.py", "tests/pipeline/test_toy_by_hand.py", "tests/studies"),
}
"""Tests that are tried after a module's own and its folder's."""
LONGEST_CPU_S = 400
"""A trial that computes for longer hangs, and so was noticed. Counted in CPU time: a busy machine notices nothing."""
LONGEST_S = 7200
MISSED, EQUIVALENT = "SURVIVED", "equivalent"
UNNOTICED = ("not by its own", "not by its folder's", MISSED)
"""What the log says of a mutant after each round that did not notice it; the last is the verdict."""
_SOUND: set[tuple[str, ...]] = set()
"""Tests that were seen to pass on the unchanged code."""


class Mutant(NamedTuple):
    """A change of one module: the operator that made it, and the lines that it changes with those around them."""

    module: str
    operator: str
    before: str
    after: str

    @property
    def diff(self) -> list[str]:
        """The change as it is printed."""
        return list(difflib.unified_diff(self.before.split("\n"), self.after.split("\n"), lineterm="", n=1))[3:]

    def applied(self, code: str) -> str | None:
        """Return the code with the change, or None where the lines are no longer there, or stand there twice."""
        return code.replace(self.before, self.after) if code.count(self.before) == 1 else None


def bare(code: str) -> str:
    """Return code without what does not run: annotations, docstrings, comments."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(0)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.test, node.body = ast.Constant(0), [ast.Pass()]
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body[0] = ast.Pass()
    return ast.unparse(tree)


def hunk(code: str, changed: str) -> tuple[str, str]:
    """Return the lines that differ with as many lines around them as make them stand once in the code."""
    old, new = code.split("\n"), changed.split("\n")
    first = next(i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1])
    last = next(i for i, pair in enumerate(zip(old[::-1], new[::-1], strict=False)) if pair[0] != pair[1])
    last = min(last, len(old) - first - 1, len(new) - first - 1)
    around = 1
    while True:
        start, end = max(0, first - around), max(0, last - around)
        before = "\n".join(old[start : len(old) - end])
        if code.count(before) == 1:
            return before, "\n".join(new[start : len(new) - end])
        around += 1


def _tells(operator: str) -> bool:
    """Tell whether an operator is tried: not what every test notices, such as the bits of a number with a fraction."""
    if "Decorator" in operator or "VariableReplacer" in operator or "VariableInserter" in operator:
        return False
    if "ReplaceBinaryOperator" not in operator:
        return True
    return "Shift" not in operator and operator.rpartition("_")[0].count("Bit") == operator.count("Bit") / 2


def mutants(sample: int, seed: int) -> list[Mutant]:
    """Draw mutants at random: a module by its length, a family of operators, one of the family, a place."""
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    modules = [p for folder in FOLDERS for p in sorted((ROOT / "scrapflow" / folder).glob("*.py"))]
    code = {p: p.read_text(encoding="utf-8") for p in modules}
    nodes = {p: list(ast_nodes(get_ast(text))) for p, text in code.items()}
    families: dict[str, list[str]] = {}
    for name in plugins.operator_names():
        if _tells(name):
            families.setdefault(name.partition("_")[0], []).append(name)
    rng, drawn, seen = random.Random(seed), [], set()  # noqa: S311  a sample, no secret
    while len(drawn) < sample:
        path = rng.choices(modules, [len(nodes[p]) for p in modules])[0]
        name = rng.choice(families[rng.choice(list(families))])
        operator = plugins.get_operator(name)()
        places = sum(1 for node in nodes[path] for _ in operator.mutation_positions(node))
        place = rng.randrange(places) if places else None
        if place is None or (path, name, place) in seen:
            continue
        seen.add((path, name, place))
        try:
            changed = mutate_code(code[path], operator, place)
            differs = bare(changed) != bare(code[path])
        except (AttributeError, SyntaxError, TypeError, ValueError):  # the operator fails, or makes what is no Python
            continue
        if differs:
            drawn.append(Mutant(path.relative_to(ROOT).as_posix(), name, *hunk(code[path], changed)))
    return drawn


class _NoShrinking:
    """A plugin of pytest: a property that fails has noticed the mutant, and its smallest example is not looked for."""

    def pytest_sessionstart(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile("mutants", settings(), phases=(Phase.explicit, Phase.generate))
        settings.load_profile("mutants")


def preload() -> None:
    """Import what the package and its tests import of others, once for all trials."""
    listing = (
        "import importlib, pathlib, sys, scrapflow\n"
        "for path in pathlib.Path(scrapflow.__file__).parent.rglob('*.py'):\n"
        "    if path.stem != '__main__':\n"
        "        parts = path.relative_to(pathlib.Path(scrapflow.__file__).parents[1]).with_suffix('').parts\n"
        "        importlib.import_module('.'.join(parts))\n"
        "print(*[name for name in sys.modules if not name.startswith(('scrapflow', '__'))])"
    )
    done = subprocess.run([sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in (*done.stdout.splitlines()[-1].split(), "duckdb", "geopandas", "networkx", "pytest"):
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _run(tree: Path, tests: tuple[str, ...]) -> int:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_CPU_S, LONGEST_CPU_S))
    os.chdir(tree)
    sys.path[:0] = [str(tree)]
    os.environ["PYTHONPATH"] = str(tree)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    import pytest

    chosen = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not browser", *tests]
    return int(pytest.main(chosen, plugins=[_NoShrinking()]))


def judged(tree: Path, tests: tuple[str, ...]) -> bool:
    """Tell whether any of the tests fails in a tree, in a fork of this process; one that takes too long has failed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = _run(tree, tests)
        finally:
            os._exit(code)  # the fork must never reach what its parent would clean up
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(LONGEST_S)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    return os.waitstatus_to_exitcode(status) not in {0, 5}


def rounds_of(mutant: Mutant) -> dict[str, list[str]]:
    """Return the tests of each round: the module's own, its folder's, the neighbours'."""
    folder = Path(mutant.module).parts[1]
    of_a_record = ["tests/test_frozen.py"] if any("@dataclass" in line for line in mutant.diff) else []
    return {
        "own": [f"tests/{folder}/test_{Path(mutant.module).stem}.py", *of_a_record],
        "folder": [f"tests/{folder}"],
        "neighbours": list(NEIGHBOURS[folder]),
    }


def trial(tree: Path, mutant: Mutant, tests: list[str]) -> bool | None:
    """Tell whether tests notice a mutant; None where its lines are no longer there."""
    target, original = tree / mutant.module, (ROOT / mutant.module).read_text(encoding="utf-8")
    changed = mutant.applied(original)
    if changed is None:
        return None
    there = tuple(t for t in tests if (tree / t).exists())
    target.write_text(changed, encoding="utf-8")
    try:
        noticed = bool(there) and judged(tree, there)
    finally:
        target.write_text(original, encoding="utf-8")
    if noticed and there not in _SOUND and judged(tree, there):
        msg = f"these tests fail without any change, so that they can notice none: {' '.join(there)}"
        raise SystemExit(msg)
    _SOUND.update({there} if noticed else ())
    return noticed


def logged(log: Path) -> dict[Mutant, str]:
    """Return the last verdict on each mutant of a log."""
    if not log.exists():
        return {}
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return {Mutant(*(row[name] for name in Mutant._fields)): row["verdict"] for row in rows}


def equivalents() -> dict[tuple[str, str], str]:
    """Return the reason why no test can notice a change, by module and changed lines (the diff's ``-`` and ``+``)."""
    rows = tomllib.loads((ROOT / "scripts" / "equivalent_mutants.toml").read_text(encoding="utf-8"))["mutant"]
    return {(row["module"], row["change"].strip()): row["why"] for row in rows}


def is_equivalent(mutant: Mutant) -> bool:
    """Tell whether a mutant is one of those that no test can notice."""
    change = "\n".join(line[0] + " " + line[1:].strip() for line in mutant.diff if line[0] in "+-")
    return (mutant.module, change) in equivalents()


def main() -> None:
    """Try a sample and print each survivor with its change, then the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--log", type=Path, default=ROOT / "out" / "mutants.jsonl")
    parser.add_argument("--again", action="store_true", help="try the survivors of the log, and draw nothing")
    asked = parser.parse_args()
    preload()
    asked.log.parent.mkdir(parents=True, exist_ok=True)
    known = logged(asked.log)
    if asked.again:
        chosen, left = list(known), [m for m, verdict in known.items() if verdict == MISSED]
    else:
        chosen = mutants(asked.sample, asked.seed)
        left = [m for m in chosen if known.get(m, UNNOTICED[0]) in UNNOTICED[:-1]]
    left = [m for m in left if not is_equivalent(m)]
    workers = [Process(target=work, args=(left[job :: asked.jobs], asked.log)) for job in range(asked.jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    known = logged(asked.log)
    which = [EQUIVALENT if is_equivalent(m) else known[m] for m in chosen if m in known or is_equivalent(m)]
    judgeable = [word for word in which if word in {"own", "folder", "neighbours", MISSED}]
    noticed = sum(word != MISSED for word in judgeable)
    count = {word: which.count(word) for word in sorted(set(which))}
    waiting = sum(word in UNNOTICED[:-1] for word in which)
    print(
        f"noticed: {noticed} of {len(judgeable)} ({noticed / max(1, len(judgeable)):.0%}); by {count}; {waiting} not judged to the end"
    )


def work(left: list[Mutant], log: Path) -> None:
    """Try some mutants in a copy of the checkout, all of them by the nearest tests first; print the survivors."""
    left_out = shutil.ignore_patterns(".git", ".venv*", "node_modules", "maps", "site", ".mypy_cache", "out")
    passed = {m: UNNOTICED.index(verdict) + 1 for m, verdict in logged(log).items() if verdict in UNNOTICED[:-1]}
    with tempfile.TemporaryDirectory() as folder, log.open("a", encoding="utf-8") as notes:
        tree = Path(folder) / "checkout"
        shutil.copytree(ROOT, tree, ignore=left_out)
        for position, unnoticed in enumerate(UNNOTICED):
            survivors = []
            for mutant in left:
                noticed: bool | None = False
                which, tests = list(rounds_of(mutant).items())[position]
                if position >= passed.get(mutant, 0):
                    noticed = trial(tree, mutant, tests)
                    verdict = "no longer there" if noticed is None else which if noticed else unnoticed
                    notes.write(json.dumps({**mutant._asdict(), "verdict": verdict}) + "\n")
                    notes.flush()
                    lines = [f"{mutant.module} {mutant.operator}: {verdict}"]
                    print("\n".join(lines + (mutant.diff if verdict == MISSED else [])), flush=True)
                survivors += [mutant] if noticed is False else []
            left = survivors


if __name__ == "__main__":
    main()
