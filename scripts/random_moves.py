"""Move the sliders of ``sf.explore`` at random and close links: whatever was moved before, each picture is a fresh run's.

    python scripts/random_moves.py --world dprk --moves 200 --seed 1

After every move the message that the page paints from is compared, byte for byte, with one made of a run of the same settings
in a world that was read anew; the hash of inputs too. A short form is in ``tests/views/test_random_moves.py``.
"""

# ruff: noqa: SLF001 - what the page is sent is looked at from within
from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

import numpy as np

import scrapflow as sf
from scrapflow.views.explore_page import data_message, inputs_hash, sight_data
from scrapflow.views.steering import Steering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapflow.views.explorer import Explorer


LATER = ("story", "claims", "loads")
"""What a picture gets only when it stands still."""


def moves(widget: Explorer, count: int, seed: int) -> Iterator[dict[str, object]]:
    """Give wishes as the page sends them: one slider or one link is moved at a time, and now and then all go back."""
    rng = np.random.default_rng(seed)
    rail = widget.run.links.loc[widget.run.links["mode"] == "rail", "link_id"].tolist()
    values: dict[str, float] = {}
    closed: list[str] = []
    for n in range(1, count + 1):
        what = rng.random()
        if what < 0.1:
            values, closed = {}, []
        elif what < 0.3:
            link = rail[int(rng.integers(len(rail)))]
            closed = [c for c in closed if c != link] if link in closed else [*closed[-2:], link]
        else:
            slider = widget._sliders[int(rng.integers(len(widget._sliders)))]
            low, high = float(slider["low"]), float(slider["high"])
            values = {**values, str(slider["name"]): low + (high - low) * int(rng.integers(0, 201)) / 200}
        yield {"n": n, "values": dict(values), "closed": list(closed)}


def differing(widget: Explorer, name: str, wish: dict[str, object]) -> list[str]:
    """Make a move; return the parts of the picture that are not a fresh run's."""
    widget._wish = wish
    if widget._fault:
        return [widget._fault]
    raw = widget._data
    head = json.loads(raw[4 : 4 + int.from_bytes(raw[:4], "little")])
    own = widget._steering
    fresh = Steering(sf.read_world(name), own.base and own.base.name, [slider.name for slider in own.sliders])
    world, campaign = fresh.case(widget.values, widget.closed)
    run = sf.run(world, campaign)
    whole = {**sight_data(run, widget._first), "largestLoad": widget._first["largestLoad"]}
    shown = {**widget._first, **widget.run.memo["told" if head["told"] else "sight"]}
    # the story, the claims and the shadow prices come later, once nothing is moved
    parts = [k for k in whole if k not in LATER and data_message({k: whole[k]}) != data_message({k: shown[k]})]
    return parts + ["hash"] * (head.get("inputs", widget._first["inputs"]) != inputs_hash(run.meta))


def main() -> int:
    """Do it, and tell which moves differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", default="dprk")
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    widget = sf.explore(sf.read_world(given.world))
    wrong = 0
    for wish in moves(widget, given.moves, given.seed):
        parts = differing(widget, given.world, wish)
        wrong += bool(parts)
        if parts:
            print(wish, "differs in", ", ".join(parts), flush=True)
    print(f"{given.moves} moves in {given.world}, {wrong} differ from a fresh run")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
