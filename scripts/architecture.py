"""Draw the layers of the package and who imports whom into docs/images/architecture.svg, from the code's own imports."""

from __future__ import annotations

import ast
from collections import Counter
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scrapflow"
DRAWING = ROOT / "docs" / "images" / "architecture.svg"
LAYERS = (
    ("cli", "commands", "terminal"), ("views",), ("exchange",), ("evidence",), ("studies",), ("pipeline",), ("runs",), ("queries",), ("ledger",),
    ("campaign",), ("network",), ("world",), ("routing",), ("vocabulary",), ("errors", "files", "given", "given_frames", "notices", "seams", "grading", "units"),
)  # fmt: skip
"""Top floor first; tests/test_layers.py holds the package to them."""
WHAT = {
    "cli": "thin commands", "views": "what is seen: maps, charts, pictures", "exchange": "other people's formats",
    "evidence": "what reports say of it", "studies": "questions over many runs", "pipeline": "the whole way on one page",
    "runs": "the façade of a run", "queries": "the questions", "ledger": "the books", "campaign": "what people do",
    "network": "where it can go", "world": "what is known", "routing": "how tonnes travel; knows nothing of scrap",
    "vocabulary": "the words as tables", "errors": "faults, files, grades, units",
}  # fmt: skip
WIDE, HIGH, LEFT, TOP = 560, 46, 40, 20
_ARROWHEAD = (
    '<defs><marker id="a" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">'
    '<path d="M0 0L6 3L0 6z" fill="#5b6670"/></marker></defs>'
)


def part_of(dotted: str) -> str | None:
    """Return the layer that a dotted name belongs to; None for another library."""
    names = dotted.split(".")
    if names[0] != "scrapflow" or len(names) < 2:
        return None
    return next((parts[0] for parts in LAYERS if names[1] in parts), None)


def arrows() -> Counter[tuple[str, str]]:
    """Count the imports from layer to layer, anywhere in a module."""
    count: Counter[tuple[str, str]] = Counter()
    for path in sorted(PACKAGE.rglob("*.py")):
        own = part_of("scrapflow." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0 and own:
                other = part_of(node.module or "")
                if other and other != own:
                    count[own, other] += 1
    return count


def drawing() -> str:
    """Return the drawing as SVG: a box a layer, its modules in it, an arrow for each pair that import one another."""
    names = [parts[0] for parts in LAYERS]
    row = {name: i for i, name in enumerate(names)}
    height = TOP * 2 + HIGH * len(LAYERS) + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 {height}" font-family="sans-serif" font-size="12">',
        "<title>The layers of scrapflow: a module imports from the floors below it only</title>",
        _ARROWHEAD,
        f'<rect width="1000" height="{height}" fill="#ffffff"/>',
    ]
    for name in names:
        y = TOP + row[name] * HIGH
        modules = (
            sorted(p.stem for p in (PACKAGE / name).glob("*.py") if p.stem != "__init__")
            if (PACKAGE / name).is_dir()
            else []
        )
        shown = ", ".join(modules)
        cut = shown if len(shown) <= 92 else shown[:92].rsplit(",", 1)[0] + f", … ({len(modules)})"
        lines.append(
            f'<rect x="{LEFT}" y="{y}" width="{WIDE}" height="{HIGH - 8}" rx="4" fill="#f7f5f0" stroke="#a9b4b8"/>'
        )
        title = " · ".join(next(parts for parts in LAYERS if parts[0] == name))
        lines.append(f'<text x="{LEFT + 8}" y="{y + 16}" font-weight="bold">{escape(title)}</text>')
        lines.append(
            f'<text x="{LEFT + WIDE - 8}" y="{y + 16}" text-anchor="end" fill="#5b6670">{escape(WHAT[name])}</text>'
        )
        lines.append(f'<text x="{LEFT + 8}" y="{y + 31}" font-size="9.5" fill="#5b6670">{escape(cut)}</text>')
    for (above, below), n in sorted(arrows().items(), key=lambda pair: (row[pair[0][0]], row[pair[0][1]])):
        start, end = TOP + row[above] * HIGH + 14, TOP + row[below] * HIGH + 22
        bend = LEFT + WIDE + 24 + 24 * (row[below] - row[above])
        width = 0.6 + min(n, 40) / 20
        lines.append(
            f'<path d="M{LEFT + WIDE} {start}C{bend} {start} {bend} {end} {LEFT + WIDE + 3} {end}" fill="none" stroke="#5b6670" '
            f'stroke-opacity=".45" stroke-width="{width:.2f}" marker-end="url(#a)"><title>{above} imports {below} {n} times</title></path>'
        )
    return "\n".join([*lines, "</svg>"]) + "\n"


if __name__ == "__main__":
    DRAWING.write_text(drawing(), encoding="utf-8")
