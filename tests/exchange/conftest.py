"""What the tests of the formats compare with."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def by_kind(toy_run):
    """Return the tonnes of each kind between placed nodes of the toy's run."""
    placed = set(toy_run.nodes.loc[toy_run.nodes["x_coord"].notna(), "node_id"])
    m = toy_run.movements
    return m[m["origin"].isin(placed) & m["destination"].isin(placed)].groupby("kind")["tonnage_t"].sum()
