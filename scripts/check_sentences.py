"""Recompute every sentence and number of the maps' pages from the runs' tables, over many worlds and filters.

Where a world names its places in a second language, every other filter is set in it, and the story is told in both.

Run with ``make sentences``; ``python scripts/check_sentences.py --random 200 --filters 20`` says how many. Random worlds
go on where an earlier run of the script ended (out/sentences.txt).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "views")]

import scrapflow as sf  # noqa: E402
from scrapflow.views.words import run_words, second_language  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

LOG = ROOT / "out" / "sentences.txt"
WORLDS = ("toy", "brazil", "dprk")


def runs(worlds: list[str], random: int, done: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield the runs that were not checked yet, each with its name."""
    from fake import fake_run

    for name in worlds:
        if name not in done:
            yield name, sf.run(sf.read_world(name))
    for seed in range(random):
        name = f"random {seed}"
        if name not in done:
            yield name, fake_run(places=6 + seed % 20, periods=1 + seed % 7, seed=seed)


def check(browser: Any, name: str, run: Any, filters: int, folder: Path) -> list[str]:
    """Return what a run's page says that is not so."""
    from browser import watched
    from page_sentences import Choice, differences, random_choice, rng_of, story_differences

    words = {lang: run_words(run, lang) for lang in dict.fromkeys(["en", second_language(run) or "en"])}
    rng = rng_of(sum(name.encode()))
    wrong: list[str] = []
    with watched(browser, 1440, 900) as watch:
        page = watch.open(sf.save_map(sf.map_flows(run), folder / "map.html"))
        told = page.evaluate("() => document.querySelector('.sf-app').scrapflow.run.story.length > 0")
        whole = [Choice(0, len(run.periods) - 1, lang=lang) for lang in words]
        for choice in [*whole, *(random_choice(run, rng, [*words][i % len(words)]) for i in range(filters))]:
            wrong += [f"{name}, {choice}: {text}" for text in differences(page, run, words[choice.lang], choice, rng)]
        for lang in words if told else ():
            wrong += [f"{name}, {lang}, {text}" for text in story_differences(page, run, words[lang], lang)]
        wrong += watch.complaints
    return wrong


def main() -> None:
    """Read the command line, check, and end with 1 if anything is false."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="*", default=list(WORLDS))
    parser.add_argument("--random", type=int, default=200)
    parser.add_argument("--filters", type=int, default=20)
    parser.add_argument("--anew", action="store_true", help="forget what was checked before")
    chosen = parser.parse_args()
    from browser import FLAGS
    from playwright.sync_api import sync_playwright

    LOG.parent.mkdir(exist_ok=True)
    if chosen.anew:
        LOG.unlink(missing_ok=True)
    done = set(LOG.read_text(encoding="utf-8").splitlines()) if LOG.exists() else set()
    false = 0
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=_chrome(), args=FLAGS)
        for name, run in runs(chosen.worlds, chosen.random, done):
            wrong = check(browser, name, run, chosen.filters, Path(folder))
            false += len(wrong)
            print("\n".join([f"{name}: {len(wrong)} false", *wrong]), flush=True)
            if not wrong:
                with LOG.open("a", encoding="utf-8") as stream:
                    stream.write(name + "\n")
        browser.close()
    print(f"{false} false sentences")
    sys.exit(bool(false))


def _chrome() -> str | None:
    import os
    import shutil

    return os.environ.get("SCRAPFLOW_CHROME") or shutil.which("chromium") or shutil.which("google-chrome")


if __name__ == "__main__":
    main()
