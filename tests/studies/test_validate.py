"""Published lengths, flows and loads beside a run's, on the toy, where each can be read off the drawing."""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError


def test_a_run_agrees_with_itself(toy_run):
    """What the run says, given as observed, is on the right pairs, in the right order, and of no distance."""
    shipped = toy_run.movements[toy_run.movements.kind == "shipped"]
    loads = toy_run.link_loads[toy_run.link_loads.tonnage_t > 0]
    made = sf.validate(toy_run, {"od": shipped, "loads": loads[["period", "link_id", "tonnage_t"]]})
    said = made.summary().set_index("measure")["value"]
    assert said["tonnes on the right pairs"] == pytest.approx(1)
    assert said["common part (CPC)"] == pytest.approx(1)
    assert said["root mean squared difference, t"] == pytest.approx(0, abs=1e-9)
    assert said["rank correlation"] == pytest.approx(1)
    assert (made.loads.geh == 0).all()


def test_lengths_are_those_of_the_way_of_least_cost(toy, toy_run):
    """Between every two stations the length is that of networkx's cheapest way over the same arcs."""
    stations = toy.nodes.loc[toy.nodes.kind == "station", "node_id"].tolist()
    arcs = toy_run.tables["arcs"]
    graph = nx.DiGraph()
    for arc in arcs.itertuples():
        graph.add_edge(arc.from_node_id, arc.to_node_id, cost=arc.cost_per_t, km=arc.length_km)
    ends = [n for n in [*stations, "near", "far"] if n in graph]
    pairs = [(a, b) for a in ends for b in ends if a != b]
    published = pd.DataFrame(pairs, columns=["origin", "destination"]).assign(length_km=100.0)
    rows = sf.validate(toy_run, published).lengths
    for row in rows.itertuples():
        if nx.has_path(graph, row.origin, row.destination):
            way = nx.shortest_path(graph, row.origin, row.destination, weight="cost")
            assert row.modelled_km == pytest.approx(nx.path_weight(graph, way, "km"))
        else:
            assert pd.isna(row.modelled_km)
    assert rows.modelled_km.notna().any()


def test_half_of_the_tonnes_on_another_pair_is_half(toy_run):
    """Worked by hand: 10 t observed to each mill, 20 t modelled to one: 10 of 20 are on the right pairs, CPC is 0.5."""
    rows = pd.DataFrame({"observed_t": [10.0, 10.0], "modelled_t": [20.0, 0.0]})
    said = sf.validate(toy_run, pd.DataFrame({"link_id": ["rail_near"], "tonnage_t": [1.0]}))
    made = type(said)(pd.DataFrame(), rows, pd.DataFrame()).summary().set_index("measure")["value"]
    assert made["tonnes on the right pairs"] == 0.5
    assert made["common part (CPC)"] == 0.5
    assert made["root mean squared difference, t"] == 10.0


def test_what_cannot_be_compared_is_refused(toy_run):
    """A frame without the columns, a missing number, a place and a link that are not there are each named."""
    with pytest.raises(InputError, match="link_id, tonnage_t"):
        sf.validate(toy_run, pd.DataFrame({"a": [1]}))
    with pytest.raises(InputError, match="no number"):
        sf.validate(toy_run, pd.DataFrame({"link_id": ["rail_near"], "tonnage_t": [None]}))
    with pytest.raises(InputError, match=r"no such link; did you mean 'rail_near'"):
        sf.validate(toy_run, pd.DataFrame({"link_id": ["rail_naer"], "tonnage_t": [1.0]}))
    with pytest.raises(InputError) as all_rows:
        sf.validate(toy_run, pd.DataFrame({"link_id": ["rail_near"] * 30, "tonnage_t": ["much"] * 30}))
    assert len(all_rows.value.problems) == 30
    assert all_rows.value.problems["message"].iloc[0] == "'much' is no number: leave out what was not observed"
    with pytest.raises(UnknownNameError, match="Atlantis"):
        sf.validate(toy_run, pd.DataFrame({"origin": ["Atlantis"], "destination": ["near"], "length_km": [1.0]}))


def test_the_picture_has_a_part_for_each_table(toy_run):
    """Modelled is drawn against observed once for each table that was given."""
    made = sf.validate(toy_run, pd.DataFrame({"link_id": ["rail_near", "rail_far"], "tonnage_t": [35.0, 20.0]}))
    axes = made.plot()
    assert [ax.get_title() for ax in axes] == ["loads"]
    assert len(axes[0].collections[0].get_offsets()) == 2
    assert axes._repr_png_().startswith(b"\x89PNG")
    assert not hasattr(made.plot(axes[0]), "_repr_png_")
    assert "2 loads" in repr(made)
