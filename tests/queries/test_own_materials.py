"""A world of two metals without roles: its runs speak of these two and of nothing else."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import UnknownNameError
from scrapflow.runs import Run
from scrapflow.views.sankey import lay_out

WORDS = pd.DataFrame(
    [("iron", "metal", "", "iron", "", "#111111"), ("copper", "metal|red", "", "copper", "", "#222222")],
    columns=["material", "group", "role", "name", "name_local", "colour"],
    dtype="str",
)


@pytest.fixture(scope="module")
def metals(made_up):
    """The made-up run with scrap as iron and all machines and appliances as copper."""
    tables = {"materials": WORDS}
    for name, amounts in (
        ("movements", ["tonnage_t"]),
        ("stocks", [c for c in made_up.run.stocks if c.endswith("_t")]),
    ):
        frame = made_up.run.tables[name]
        frame = frame.assign(
            material=frame["material"].map(lambda m: "iron" if m == "scrap" else "copper").astype("str")
        )
        keys = [c for c in frame.columns if c not in amounts]
        tables[name] = frame.groupby(keys, as_index=False)[amounts].sum()[list(frame.columns)]
    return Run(made_up.run.tables | tables, made_up.run.meta, made_up.run.basemap)


def test_groups_and_names_are_the_worlds_own(metals, made_up):
    """``of`` takes the two metals and their groups; the packaged words are unknown, with the world's beside."""
    shipped = metals.flows.kind("shipped")
    assert shipped.of("metal").total_t == pytest.approx(shipped.total_t)
    assert shipped.of("red").total_t == shipped.of("copper").total_t
    assert shipped.of("iron").total_t == pytest.approx(made_up.run.flows.kind("shipped").of("scrap").total_t)
    with pytest.raises(UnknownNameError, match="known are iron, copper, metal, red"):
        shipped.of("machinery")


def test_totals_yards_traces_and_comparisons_run_on_them(metals, made_up):
    """Totals are the same; yards have a column a metal and no functional machines; traces and diagrams know both."""
    metals.check()
    assert metals.totals().to_dict() == pytest.approx(made_up.run.totals().to_dict())
    assert sf.yards(metals, by="name").columns.tolist() == ["name", "held_t", "iron_t", "copper_t"]
    traced = sf.trace(metals, to="Mill 0", by=["material"])
    assert set(traced["material"]) == {"iron", "copper"}
    assert traced["tonnage_t"].sum() == pytest.approx(metals.flows.to("Mill 0").total_t)
    assert sf.compare(metals, metals).summary().endswith("do not differ.")
    assert len(lay_out(metals.flows).ribbons)


def test_saved_and_read_again_it_keeps_its_words(metals, tmp_path):
    """The materials are a table of the run, in the order in which they were told."""
    metals.save(tmp_path / "run")
    back = sf.read_run(tmp_path / "run", check=False)
    assert back.materials["material"].tolist() == ["iron", "copper"]
    assert back.flows.of("red").kinds == metals.flows.of("red").kinds
