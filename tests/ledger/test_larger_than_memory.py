"""What is added up on disk, because a run is larger than memory, is what is added up in memory."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.exchange import kepler
from scrapflow.ledger import tables


@pytest.fixture(scope="module")
def folder(dprk_run, tmp_path_factory):
    """A saved run of several thousand movements."""
    place = tmp_path_factory.mktemp("large") / "run"
    dprk_run.save(place)
    return place


@pytest.fixture
def large(folder, monkeypatch):
    """The run, read as one that has more movements than memory takes, in pieces of a few hundred rows."""
    monkeypatch.setattr(tables, "MANY", 0)
    monkeypatch.setattr(tables, "_PIECE", 500)
    return sf.read_run(folder, check=False)


def _never_loaded(run):
    assert "movements" not in run.tables._loaded


def test_sums_are_those_of_the_movements(large, dprk_run):
    """By any columns, the same rows with the same tonnes."""
    keys = ["kind", "destination", "material"]
    wanted = dprk_run.movements.groupby(keys, as_index=False)["tonnage_t"].sum()
    pd.testing.assert_frame_equal(large.legs_by(*keys), wanted)
    _never_loaded(large)


def test_some_kinds_alone_are_added_up(large, dprk_run):
    """Two kinds out of all, told apart by another column; of no kind at all there is nothing."""
    for run in (large, dprk_run):
        some = run.legs_by("material", kinds=["shipped", "returned"]).groupby("material")["tonnage_t"].sum()
        m = dprk_run.movements
        wanted = m[m["kind"].isin(["shipped", "returned"])].groupby("material")["tonnage_t"].sum()
        pd.testing.assert_series_equal(some, wanted)
        assert run.legs_by("material", kinds=[]).empty
    _never_loaded(large)


def test_pieces_follow_one_another_and_hold_everything(large, dprk_run):
    """Put together, pieces are the sums in their order; no pair of the first two columns is in two of them."""
    keys = ["kind", "origin", "period"]
    pieces = list(large.legs_in_pieces(*keys))
    wanted = dprk_run.movements.groupby(keys, as_index=False)["tonnage_t"].sum()
    pd.testing.assert_frame_equal(pd.concat(pieces, ignore_index=True), wanted)
    heads = [pair for piece in pieces for pair in set(zip(piece["kind"], piece["origin"], strict=True))]
    assert len(pieces) > 10
    assert len(heads) == len(set(heads))


def test_what_people_read_is_the_same(large, dprk_run):
    """The words of a run, its totals and what its headline and legend say."""
    assert (repr(large), large.summary()) == (repr(dprk_run), dprk_run.summary())
    pd.testing.assert_series_equal(large.totals(), dprk_run.totals())
    _never_loaded(large)


def test_a_map_is_drawn_without_loading_the_movements(large, dprk_run, tmp_path):
    """The page holds the same rows: it is as long, but for the last digits of sums, which were added in another order."""
    sizes = [sf.save_map(sf.map_flows(run), tmp_path / "x.html").stat().st_size for run in (large, dprk_run)]
    assert sizes[0] == pytest.approx(sizes[1], rel=1e-4)
    _never_loaded(large)


def test_a_table_of_kepler_is_written_in_pieces(large, dprk_run, tmp_path):
    """Row by row the same file, with one head."""
    for run, name in ((large, "a.csv"), (dprk_run, "b.csv")):
        kepler.write(run, tmp_path / name)
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()
    _never_loaded(large)


def test_tracing_and_the_ranges_of_plans_are_the_same(large, dprk_run):
    """What mills got by region and material, and how certain it is."""
    a, b = (sf.trace(run, to="Kangsŏn", by=["region", "material"]) for run in (large, dprk_run))
    pd.testing.assert_frame_equal(a, b)
    _never_loaded(large)
    a, b = (run.flows.to("Kangsŏn").variability() for run in (large, dprk_run))
    assert [a.least_t, a.total_t, a.most_t] == pytest.approx([b.least_t, b.total_t, b.most_t], rel=1e-9)
