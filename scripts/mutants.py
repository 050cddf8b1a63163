"""Change single expressions at random and see whether a test notices: python scripts/mutants.py --sample 150 --seed 0.

Mutants are Cosmic Ray's (cosmic-ray.readthedocs.io), drawn at random over the code of campaign/, ledger/, queries/ and
routing/; changes of annotations and docstrings alone are no mutants. Each is put into a copy of the checkout and judged by
its module's own test file, then by its folder's, then by the neighbours'. Heavy libraries are imported once and every trial
is a fork, so that a trial costs its tests and little else. Not part of CI.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import shutil
import signal
import sys
import tempfile
from multiprocessing import Process
from pathlib import Path

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
LONGEST_S = 600
MISSED = "SURVIVED"
_SOUND: set[tuple[str, ...]] = set()
"""Tests that were seen to pass on the unchanged code."""


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
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body[0] = ast.Pass()
    return ast.unparse(tree)


def mutants(sample: int, seed: int) -> list[tuple[Path, str, str]]:
    """Draw (module, operator, changed code) at random, each module by the number of its mutants."""
    from cosmic_ray import plugins
    from cosmic_ray.mutating import mutate_code

    modules = [p for folder in FOLDERS for p in sorted((ROOT / "scrapflow" / folder).glob("*.py"))]
    code = {p: p.read_text(encoding="utf-8") for p in modules}
    plain = {p: bare(text) for p, text in code.items()}
    names = [
        n
        for n in plugins.operator_names()
        if "Decorator" not in n and "VariableReplacer" not in n and "VariableInserter" not in n
    ]
    rng, drawn, seen = random.Random(seed), [], set()  # noqa: S311  a sample, no secret
    while len(drawn) < sample:
        path = rng.choices(modules, [len(plain[p]) for p in modules])[0]
        name, occurrence = rng.choice(names), rng.randrange(12)
        if (path, name, occurrence) in seen:
            continue
        seen.add((path, name, occurrence))
        try:
            changed = mutate_code(code[path], plugins.get_operator(name)(), occurrence)
        except (TypeError, ValueError):
            continue
        if changed and changed != code[path] and bare(changed) != plain[path]:
            drawn.append((path, name, changed))
    return drawn


def _run(tree: Path, tests: tuple[str, ...]) -> int:
    os.setsid()
    os.chdir(tree)
    sys.path[:0] = [str(tree)]
    os.environ["PYTHONPATH"] = str(tree)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    import pytest

    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not browser", *tests]))


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


def trial(tree: Path, path: Path, changed: str) -> str:
    """Return which tests noticed a mutant: ``own``, ``folder``, ``neighbours`` or ``""``."""
    inside = path.relative_to(ROOT)
    target, original = tree / inside, path.read_text(encoding="utf-8")
    target.write_text(changed, encoding="utf-8")
    folder = inside.parts[1]
    rounds = {
        "own": [f"tests/{folder}/test_{path.stem}.py"],
        "folder": [f"tests/{folder}"],
        "neighbours": list(NEIGHBOURS[folder]),
    }
    try:
        for which, tests in rounds.items():
            there = tuple(t for t in tests if (tree / t).exists())
            if there and judged(tree, there):
                target.write_text(original, encoding="utf-8")
                if there not in _SOUND and judged(tree, there):
                    msg = f"these tests fail without any change, so that they can notice none: {' '.join(there)}"
                    raise SystemExit(msg)
                _SOUND.add(there)
                return which
        return ""
    finally:
        target.write_text(original, encoding="utf-8")


def main() -> None:
    """Try a sample and print each survivor with its change, then the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    import duckdb  # noqa: F401
    import geopandas  # noqa: F401
    import pytest  # noqa: F401
    import scipy.sparse  # noqa: F401

    drawn = mutants(asked.sample, asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        notes = [Path(folder) / f"{job}.txt" for job in range(asked.jobs)]
        workers = [Process(target=work, args=(drawn[job :: asked.jobs], note)) for job, note in enumerate(notes)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        which = [line for note in notes for line in note.read_text(encoding="utf-8").splitlines()]
    noticed = sum(line != MISSED for line in which)
    count = {word: which.count(word) for word in sorted(set(which))}
    print(f"noticed: {noticed} of {len(which)} ({noticed / max(1, len(which)):.0%}); by {count}")


def work(drawn: list[tuple[Path, str, str]], note: Path) -> None:
    """Try some mutants in a copy of the checkout; write down which tests noticed each, and print the survivors."""
    left_out = shutil.ignore_patterns(".git", ".venv*", "node_modules", "maps", "site", ".mypy_cache")
    with tempfile.TemporaryDirectory() as folder, note.open("w", encoding="utf-8") as notes:
        tree = Path(folder) / "checkout"
        shutil.copytree(ROOT, tree, ignore=left_out)
        for path, name, changed in drawn:
            which = trial(tree, path, changed) or MISSED
            notes.write(f"{which}\n")
            notes.flush()
            lines = [f"{path.relative_to(ROOT)} {name}: {which}"]
            if which == MISSED:
                before = path.read_text(encoding="utf-8").splitlines()
                lines += list(difflib.unified_diff(before, changed.splitlines(), lineterm="", n=1))[2:]
            print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
