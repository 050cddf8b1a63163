"""A Sankey diagram keeps every tonne, and what goes back runs backward."""

from __future__ import annotations

import numpy as np
import pytest

from scrapflow.views import charts
from scrapflow.views.sankey import lay_out
from scrapflow.views.sentences import two


@pytest.mark.parametrize("yards", [0, 2, 50])
def test_a_sankey_keeps_every_tonne(dprk_run, yards):
    """However many yards share a box, each kind's ribbons add up to its total and fit their boxes."""
    boxes, ribbons = lay_out(dprk_run.flows, yards=yards)
    each = ribbons.drop_duplicates("ribbon")
    totals = dprk_run.flows.by("kind").set_index("kind").tonnage_t
    np.testing.assert_allclose(each.groupby("kind").tonnage_t.sum().sort_index(), totals.sort_index())
    assert (boxes.stage == "yard").sum() <= yards + 1
    scale = boxes.scale.iloc[0]
    np.testing.assert_allclose((ribbons.y - ribbons.y2) * scale, ribbons.tonnage_t)
    ends = ribbons.groupby("ribbon").agg({"x": ["first", "last"], "y": "max", "y2": "min"})
    assert ends["y", "max"].max() <= 1e-9
    assert ends["y2", "min"].min() >= boxes.y2.min() - 1e-9


def test_what_went_back_runs_backward_below(toy_run):
    """Carried back runs from yard to region, beneath what was handed over; taken at night runs to the left."""
    _, ribbons = lay_out(toy_run.flows)
    first = ribbons[ribbons.ribbon.diff() != 0].set_index("kind")
    last = ribbons[ribbons.ribbon.diff(-1) != 0].set_index("kind")
    yard = 2.0
    assert first.x["returned"] == yard
    assert last.x["returned"] < yard
    assert last.x["looted"] < first.x["looted"] == 1.0
    carted_bottom = ribbons[(ribbons.kind == "carted") & (ribbons.x == yard)].y2.item()
    assert first.y["returned"] <= carted_bottom + 1e-9


def test_beside_a_box_stands_no_sum_of_two_kinds(toy_run):
    """A region has what it handed over, in two figures, not that and what was carried back to it."""
    boxes = lay_out(toy_run.flows).boxes.set_index("name")
    totals = toy_run.totals()
    assert boxes.told_t["Vale"] == boxes.told_t["Vale Yard"] == pytest.approx(totals.carted_t)
    assert boxes.tonnage_t["Vale"] == pytest.approx(totals.carted_t + totals.returned_t)
    assert boxes.told_t["taken at night"] == pytest.approx(totals.looted_t)
    assert f"Vale  {two(totals.carted_t)} t" in str(charts.sankey(toy_run).drawing.to_dict())
