"""The layers of a picture: flows, signs, what is hatched."""

from __future__ import annotations

from fake import changed
from matplotlib.figure import Figure

import scrapflow as sf
from scrapflow.views.picture_layers import WIDEST_PT, rail
from scrapflow.views.pictures import save_picture
from scrapflow.views.words import run_words
from tests.made_up_inputs import STRAIGHT, drawn


def test_what_comes_from_assumed_places_is_hatched(run, tmp_path):
    """A picture hatches the share of each half ring that comes from places that are assumed, and says so."""
    # it may take two lines
    words = run_words(run, "en")["glyph.guessed"][:20]
    texts = {}
    for basis in ("assumed", "reported"):
        nodes = run.nodes.assign(basis=basis)
        path = save_picture(changed(run, nodes=nodes), tmp_path / f"{basis}.svg")
        texts[basis] = path.read_text(encoding="utf-8")
    assert "pattern" in texts["assumed"]
    assert "pattern" not in texts["reported"]
    assert f"<!-- {words}" in texts["assumed"]
    assert words not in texts["reported"]


def test_a_picture_draws_what_runs_straight():
    """A flow of 3 t from A to B without a course is a line between the two, and the width of 3 t a period."""
    run = sf.run_from(drawn([("a", "b", 3, STRAIGHT), ("b", "c", 1, "LINESTRING (2 0, 3 1, 4 0)")]))
    axes = Figure().add_subplot()
    axes.set(xlim=(0, 4), ylim=(-1, 1))
    assert rail(axes, run) == 3
    flows = axes.collections[-1]
    assert sorted(len(path) for path in flows.get_segments()) == [2, 3]
    assert max(flows.get_linewidths()) == WIDEST_PT
