"""Run the notebooks and write them as pages of the documentation: `python scripts/notebook_pages.py`.

Each `notebooks/*.py` becomes `docs/notebooks/*.md` with its tables and pictures. The pages are made, not kept. Where a
notebook shows the interactive map, the page says so: a map in each of them would be several megabytes. One map is written
beside them, for the front page.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "notebooks"
PAGES = ROOT / "docs" / "notebooks"
FRONT = PAGES / "map-dprk-2015.html"
"""The map on the front page of the documentation."""
MAP = "<p><em>Here a notebook shows the interactive map.</em></p>"


def run(path: Path) -> Any:
    """Return a notebook with its outputs, run in a fresh kernel and an empty folder."""
    import jupytext
    import nbclient

    notebook = jupytext.read(path)
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        return nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()


def page(notebook: Any, name: str, pictures: Path) -> str:
    """Return a run notebook as Markdown; pictures are written beside it."""
    parts: list[str] = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code":
            # `py`, not `python`: these blocks have been run already.
            parts.append(f"```py\n{cell.source}\n```")
            parts += [_shown(o, f"{name}-{number}-{i}", pictures) for i, o in enumerate(cell.outputs)]
    return "\n\n".join(p for p in parts if p) + "\n"


def _shown(output: Any, name: str, pictures: Path) -> str:
    if output.output_type == "stream":
        return f"```text\n{output.text.rstrip()}\n```" if output.name == "stdout" else ""
    data = output.get("data", {})
    if "image/svg+xml" in data:
        (pictures / f"{name}.svg").write_text(data["image/svg+xml"], encoding="utf-8")
        return f"![{data['text/plain'].strip('<>')}](images/{name}.svg)"
    if "text/html" in data:
        html = data["text/html"]
        return MAP if "<iframe" in html else f'<div class="output">\n{html}\n</div>'
    return f"```text\n{data['text/plain']}\n```" if "text/plain" in data else ""


def front_map() -> None:
    """Write the map that the front page shows."""
    import scrapflow as sf

    FRONT.parent.mkdir(parents=True, exist_ok=True)
    sf.save_map(sf.map_flows(sf.run(sf.read_world("dprk"), "2015")), FRONT)


def main() -> None:
    """Write every page."""
    pictures = PAGES / "images"
    pictures.mkdir(parents=True, exist_ok=True)
    front_map()
    for path in sorted(SOURCES.glob("*.py")):
        (PAGES / f"{path.stem}.md").write_text(page(run(path), path.stem, pictures), encoding="utf-8")


if __name__ == "__main__":
    main()
