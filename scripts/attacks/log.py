"""What was tried, a line each, so that a campaign that was broken off goes on where it was; and its figures."""

from __future__ import annotations

import json
import platform
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "benchmarks" / "reliability.json"


class Try(NamedTuple):
    """One try: its name, by which it is found again, the sort that it is counted as, and the deed.

    The deed returns what went wrong, or "".
    """

    name: str
    sort: str
    deed: Callable[[], str]


class Log:
    """The lines of a campaign.

    Parameters
    ----------
    file
        JSON lines; made if it is not there.
    again
        Whether to try again what was wrong, after it was mended.
    """

    def __init__(self, file: Path, *, again: bool = False) -> None:
        self.file = file
        self.lines: list[dict[str, Any]] = []
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists():
            self.lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        if again:
            self.lines = [line for line in self.lines if not line["wrong"]]
            file.write_text("".join(json.dumps(line) + "\n" for line in self.lines), encoding="utf-8")
        self._done = {line["name"] for line in self.lines}

    def go_through(self, tries: Iterable[Try], *, say: Callable[[str], object] = print) -> None:
        """Do every try that was not done before, and write down how it went."""
        with self.file.open("a", encoding="utf-8") as out:
            for name, sort, deed in tries:
                if name in self._done:
                    continue
                wrong = deed()
                line = {"name": name, "sort": sort, "wrong": wrong}
                self.lines.append(line)
                self._done.add(name)
                out.write(json.dumps(line) + "\n")
                out.flush()
                if wrong:
                    say(f"WRONG {sort}: {name}: {wrong[:2000]}")


def figures_of(lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return tried and wrong by sort, and on what machine."""
    known = list(lines)
    tried = Counter(line["sort"] for line in known)
    wrong = Counter(line["sort"] for line in known if line["wrong"])
    return {
        "rows": [{"what": sort, "tried": tried[sort], "wrong": wrong[sort]} for sort in sorted(tried)],
        "tried": tried.total(),
        "wrong": wrong.total(),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }


def note(campaign: str, figures: dict[str, Any]) -> None:
    """Keep the figures of a campaign for the page."""
    known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    FIGURES.write_text(json.dumps({**known, campaign: figures}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
