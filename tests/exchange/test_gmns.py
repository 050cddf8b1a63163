"""A network as GMNS has it."""

from __future__ import annotations

import pandas as pd
import pytest

from scrapflow.exchange.export import export


def test_gmns_links_join_nodes_that_exist(toy_run, tmp_path):
    """GMNS node and link tables hold the required fields, and every link joins two nodes."""
    folder = export(toy_run, "gmns", tmp_path / "gmns")
    node, link = pd.read_csv(folder / "node.csv"), pd.read_csv(folder / "link.csv")
    assert {"node_id", "x_coord", "y_coord"} <= set(node.columns)
    assert {"link_id", "from_node_id", "to_node_id", "directed"} <= set(link.columns)
    assert set(link["from_node_id"]) | set(link["to_node_id"]) <= set(node["node_id"])
    assert link["volume_forward_t"].sum() + link["volume_backward_t"].sum() == pytest.approx(
        toy_run.link_loads["tonnage_t"].sum()
    )
