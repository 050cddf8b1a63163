"""A run or a query as lines with tonnes."""

from __future__ import annotations

import pytest
import shapely

from scrapflow.views.run_lines import run_lines


def test_what_moves_between_places_on_one_point_is_drawn_too(toy_run):
    """Where both places of a movement stand on one point, its tonnes are in the lines all the same, without length."""
    nodes = toy_run.nodes.assign(x_coord=0.5, y_coord=0.5)
    moves = toy_run.movements.assign(path_id="")
    drawn = run_lines(type(toy_run)({**toy_run.tables, "nodes": nodes, "movements": moves}, toy_run.meta, {}))
    assert drawn["tonnage_t"].sum() == pytest.approx(moves["tonnage_t"].sum())
    assert not shapely.length(drawn.geometry.to_numpy()).any()
