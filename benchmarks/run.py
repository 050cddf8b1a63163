"""Run the benchmarks and write docs/performance.md: `python benchmarks/run.py [NAME ...]`.

Each other module of this folder gives `rows()`: a list of dicts, one a measurement. What was measured before stays in
results.json, so that one benchmark can be run again without the others.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "docs" / "performance.md"
INTRODUCTION = """\
Written by `make bench`; do not edit. Times are wall-clock seconds unless a column says otherwise. A figure is only as
good as the machine it was measured on, so each table names its own."""
LIBRARIES = ("numpy", "scipy", "pandas", "geopandas", "folium", "networkx", "pylmcf", "highspy", "duckdb")


def names() -> list[str]:
    """Return the benchmarks there are, sorted; a module without ``rows`` is a helper."""
    return sorted(p.stem for p in HERE.glob("*.py") if "\ndef rows(" in p.read_text(encoding="utf-8"))


def machine() -> str:
    """Return what a figure depends on, without naming anyone's machine."""
    return f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"


def measure(name: str) -> dict:
    """Run one benchmark; give its heading, text, rows, duration and the machine."""
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))  # benchmarks may share helpers
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    heading, _, text = (module.__doc__ or name).strip().partition("\n")
    start = time.perf_counter()
    rows = module.rows()
    return {
        "heading": heading.rstrip("."),
        "text": text.strip(),
        "rows": rows,
        "took_s": round(time.perf_counter() - start, 1),
        "machine": machine(),
        "libraries": ", ".join(f"{lib} {version(lib)}" for lib in LIBRARIES),
    }


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return str("" if value is None else value).replace("|", "\\|").replace("\n", " ")


def table(rows: list[dict]) -> str:
    """Return rows as a Markdown table; a column for every key, in order of first appearance."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    numeric = {k for k in keys if all(isinstance(r.get(k), int | float | None) for r in rows)}
    lines = ["| " + " | ".join(keys) + " |", "|" + "|".join("--:" if k in numeric else "---" for k in keys) + "|"]
    lines += ["| " + " | ".join(_cell(row.get(k)) for k in keys) + " |" for row in rows]
    return "\n".join(lines)


def page(results: dict[str, dict]) -> str:
    """Return docs/performance.md."""
    parts = ["# Performance", INTRODUCTION]
    for name, r in sorted(results.items()):
        parts += [f"## {r['heading']}", r["text"], table(r["rows"])]
        parts.append(
            f"<small>`benchmarks/{name}.py`, {r['took_s']} s in all, on {r['machine']}; {r['libraries']}.</small>"
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def main() -> None:
    """Measure what was asked for and rewrite the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *names()], help="benchmarks to run; all if none is named")
    chosen = parser.parse_args().name or names()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results = {name: r for name, r in results.items() if name in names()}
    for name in chosen:
        print(f"{name} …", flush=True)
        results[name] = measure(name)
        print(table(results[name]["rows"]), flush=True)
        # By name, but the columns of a row stay in the order in which the benchmark gives them.
        kept = json.dumps(dict(sorted(results.items())), indent=1, ensure_ascii=False)
        RESULTS.write_text(kept + "\n", encoding="utf-8")
        PAGE.write_text(page(results), encoding="utf-8")
    print(f"written: {PAGE.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
