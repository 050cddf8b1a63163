"""Attack scrapflow as a failing disk, a careless user and a hostile colleague would, and write docs/reliability.md.

    python scripts/reliability.py kill --count 1000 --seed 1
    python scripts/reliability.py disk | readers | mutated | hostile | machines
    python scripts/reliability.py page

A campaign that was broken off goes on where it was: each try is a line of out/reliability/NAME-SEED.jsonl. What is wrong is printed,
and what was tried and what was wrong is counted; with --note the figures go into the page; ``page`` makes it of all logs.
"""  # fmt: skip

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

# Libraries that start threads would not live through a fork.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_NUM_THREADS", "MPLBACKEND"):
    os.environ.setdefault(_name, "Agg" if _name == "MPLBACKEND" else "1")
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

from attacks import failing
from attacks.log import ROOT, Log, figures_of, note
from attacks.page import CAMPAIGNS, write_page

_FAILING = ("kill", "disk")


def main() -> int:
    """Run one campaign and print its figures; the exit code is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("campaign", choices=[*CAMPAIGNS, "page"])
    parser.add_argument("--count", type=int, help="so many tries")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only what has this in its name")
    parser.add_argument("--seconds", type=float, help="readers: for so long at least")
    parser.add_argument("--log", type=Path, default=ROOT / "out" / "reliability")
    parser.add_argument("--again", action="store_true", help="try again what was wrong")
    parser.add_argument("--note", action="store_true", help="write the figures into docs/reliability.md")
    given = parser.parse_args()
    if given.campaign == "page":
        for name in CAMPAIGNS:
            logs = sorted(given.log.glob(f"{name}-*.jsonl"))
            if logs:
                note(name, figures_of(line for log in logs for line in Log(log).lines))
        write_page()
        return 0
    if given.campaign in _FAILING:
        failing.load()
    campaign = importlib.import_module(f"attacks.{given.campaign}")
    log = Log(given.log / f"{given.campaign}-{given.seed}.jsonl", again=given.again)
    home = Path(tempfile.mkdtemp(prefix=f"{given.campaign}-"))
    try:
        count = given.count or CAMPAIGNS[given.campaign].count
        if given.campaign == "readers" and given.seconds is not None:
            campaign.LEAST_S = given.seconds
        log.go_through(campaign.tries(count, given.seed, home, only=given.only))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    figures = figures_of(log.lines)
    for row in figures["rows"]:
        print(f"{row['what']:<40} {row['tried']:>7} tried {row['wrong']:>5} wrong")
    print(f"{given.campaign}: {figures['tried']} tried, {figures['wrong']} wrong")
    if given.note:
        note(given.campaign, figures)
        write_page()
    return int(figures["wrong"] > 0)


if __name__ == "__main__":
    sys.exit(main())
