"""What is handed over by mistake is told in words, by what a function's annotations name."""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

import scrapflow as sf
from scrapflow.given import checked


@checked
def asked(name: str, *more: int, share: float | None = None, words: list[str] | None = None, when: When = None) -> str:  # noqa: F821
    """Return its name; the annotation of ``when`` names nothing that can be judged."""
    return f"{name}{len(more)}{share}{words}{when}"


def test_what_fits_passes_as_it_is():
    """Numbers of NumPy are numbers, True is none, and what an annotation does not name is for the function to judge."""
    assert asked("a", 1, np.int64(2), np.uint8(3), share=np.float32(0.5), words=["x"], when=b"x") == "a30.5['x']b'x'"
    assert asked("a", when=None) == "a0NoneNoneNone"
    assert asked.__name__ == "asked"


@pytest.mark.parametrize(
    ("given", "named", "message"),
    [
        ((None,), {}, "column name: text is wanted, not NoneType"),
        ((b"a",), {}, "column name: text is wanted, not bytes"),
        (("a", 1.5), {}, "column more: a whole number is wanted, not float"),
        (("a", True), {}, "column more: a whole number is wanted, not bool"),
        (("a", np.timedelta64(3, "D")), {}, "column more: a whole number is wanted, not timedelta64"),
        (("a",), {"share": 10**400}, "column share: the number is too large"),
        (("a",), {"share": Decimal("0.5")}, "column share: a number or None is wanted, not Decimal"),
        ((re.compile("a"),), {}, "column name: text is wanted, not Pattern"),
        (("a",), {"share": "0.5"}, "column share: a number or None is wanted, not str"),
        (("a",), {"words": "near"}, r"column words: a list of texts or None is wanted, not str, such as \['near'\]"),
        (("a",), {"words": ["near", 5]}, "column words: a list of texts or None is wanted, not list"),
        (("\udcff",), {}, "holds half of a letter"),
        (("a",), {"words": Point(1, 2)}, "column words: a list of texts or None is wanted, not Point"),
        (("a",), {"words": np.array(None)}, "column words: a list of texts or None is wanted, not ndarray"),
        (("a",), {"words": len}, "column words: a list of texts or None is wanted, not builtin_function_or_method"),
    ],
)
def test_what_does_not_fit_is_named(given, named, message):
    """The function, the argument, what is wanted and what was given; all of it an InputError."""
    with pytest.raises(sf.InputError, match=message):
        asked(*given, **named)


def test_a_call_that_does_not_fit_is_told_what_is_taken():
    """Python's own message where a signature is bound names neither the function nor what it takes."""
    with pytest.raises(
        TypeError, match=r"^asked\(\) got an unexpected keyword argument 'word'; did you mean 'words'\?$"
    ):
        asked("a", word=["x"])
    with pytest.raises(
        TypeError,
        match=r"^asked\(\) missing a required argument: 'name'; it takes name, more, share=…, words=…, when=…$",
    ):
        asked()


def test_objects_of_others_pass():
    """A stand-in of a test, or a frame of another library, may do as well as ours: it is not refused for its name."""

    @checked
    def of(run: Run) -> str:  # noqa: F821
        return run.name

    assert of(SimpleNamespace(name="x")) == "x"
    with pytest.raises(sf.InputError, match="run: a Run is wanted, not DataFrame"):
        of(pd.DataFrame())


def test_one_of_ours_is_not_taken_for_another(toy, toy_run):
    """A world is no run, and a run no world; a run is as good as the tables it is made of."""
    with pytest.raises(sf.InputError, match="run: a Run is wanted, not World"):
        sf.burden(toy)
    with pytest.raises(sf.InputError, match="world: a World is wanted, not Run"):
        sf.ensemble(toy_run)
    assert len(sf.burden(toy_run))


def test_the_name_of_a_world_is_told_the_way_to_it():
    """Whoever hands over a name where a world is wanted finds in the message how to read it."""
    with pytest.raises(sf.InputError, match=r"a World is wanted, not str: read it first, sf.read_world\('toy'\)"):
        sf.ensemble("toy")


def problem():
    """Return a place that offers 4 t and one that wants them."""
    nodes = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [4, 0], "demand_t": [0, 4]})
    links = pd.DataFrame(
        {"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "capacity_t": [5], "cost_per_t": [1]}
    )
    return sf.FlowProblem(nodes, links)


@functools.cache
def members():
    """Return two runs of the toy."""
    return sf.ensemble(sf.read_world("toy"), n=2, processes=1)


VERBS = {
    "burden": lambda x, run: sf.burden(x),
    "organisations": lambda x, run: sf.organisations(x),
    "penalties": lambda x, run: sf.penalties(x),
    "yards": lambda x, run: sf.yards(x),
    "rice_cooker": lambda x, run: sf.rice_cooker(x),
    "trace": lambda x, run: sf.trace(x),
    "trace by": lambda x, run: sf.trace(run, by=x),
    "reports": lambda x, run: sf.reports(x, []),
    "pile": lambda x, run: sf.pile(area_m2=x, height_m=1, place="a", period="2015"),
    "wagons": lambda x, run: sf.wagons(count=x, days=1, link="a", period="2015"),
    "interdict": lambda x, run: sf.interdict(x),
    "solve": lambda x, run: sf.solve(x),
    "build_network": lambda x, run: sf.build_network(x),
    "claim_ranges": lambda x, run: sf.claim_ranges(x),
    "ensemble": lambda x, run: sf.ensemble(x),
    "sensitivity": lambda x, run: sf.sensitivity(x),
    "compare_map": lambda x, run: sf.compare_map(x),
    "condition": lambda x, run: sf.condition(x),
    "value_of_information": lambda x, run: sf.value_of_information(x),
    "trace_flows": lambda x, run: sf.trace_flows(x),
    "reconcile": lambda x, run: sf.reconcile(x),
    "critical_links": lambda x, run: sf.critical_links(x),
    "validate": lambda x, run: sf.validate(x, x),
    "verify": lambda x, run: sf.verify(x),
    "export": lambda x, run: sf.export(run, x, "x"),
    "run_from": lambda x, run: sf.run_from(x),
    "expulsion_probability": lambda x, run: sf.expulsion_probability(0.5, x),
    "find": lambda x, run: sf.read_world("toy").find(x),
    "with_values": lambda x, run: sf.read_world("toy").with_values(x),
    "update": lambda x, run: sf.read_campaign(sf.read_world("toy")).update(x),
    "during": lambda x, run: run.flows.during(x),
    "world resolve": lambda x, run: sf.read_world("toy").resolve(x),
    "solve by": lambda x, run: sf.solve(problem(), solver=x),
    "condition claims": lambda x, run: sf.condition(members(), claims=x),
    "compare by": lambda x, run: sf.compare(run, run, align=x),
    "to_geo": lambda x, run: run.flows.to_geo(x),
    "plot": lambda x, run: run.flows.plot("period", ax=x),
    "explore": lambda x, run: run.flows.explore(m=x),
    "what_if": lambda x, run: sf.what_if(x, capacity="*", mill=""),
    "path": lambda x, run: sf.build_network(sf.read_world("toy")).path("yard", x),
    "skim": lambda x, run: sf.build_network(sf.read_world("toy")).skim(["yard"], x),
    "in_region": lambda x, run: run.flows.in_region("Hill", end=x),
    "run": lambda x, run: sf.run(x),
    "run by a rule": lambda x, run: sf.run(sf.read_world("toy"), filling=x),
    "what_if capacity": lambda x, run: sf.what_if(run, capacity=x),
    "of_run": lambda x, run: sf.Flows.of_run(x),
    "change": lambda x, run: problem().change(supply_t=x),
    "change by array": lambda x, run: problem().change(supply_t=np.array([x], dtype=object)),
    "map_flows": lambda x, run: sf.map_flows(run, ranges=x),
    "read_ensemble": lambda x, run: sf.read_ensemble(x),
    "in_periods": lambda x, run: sf.build_network(sf.read_world("toy")).in_periods(x),
    "region_of": lambda x, run: sf.read_world("toy").region_of(x),
    "with_station": lambda x, run: sf.read_world("toy").with_station(name=x, lon=x, lat=0.0),
    "without": lambda x, run: sf.read_world("toy").without(x),
    "world_from": lambda x, run: sf.world_from("nowhere.csv", columns=x),
    "near": lambda x, run: run.names.near("x", x),
    "names": lambda x, run: run.names.resolve(x),
}
ODD = {
    "None": None,
    "bytes": b"x",
    "number": 1.5,
    "function": len,
    "mapping": {1: 2},
    "half a letter": "\ud800",
    "slice": slice(3),
    "table": pd.DataFrame({"a": [1, 2]}),
    "list": [None],
    "array of no dimension": np.array(None),
    "of another library": Point(1, 2),
}

FITS = {
    ("pile", "number"),
    ("in_periods", "number"),
    ("map_flows", "None"),
    ("what_if capacity", "None"),
    ("change", "None"),
}
FITS |= {("plot", "None"), ("explore", "None"), ("world resolve", "list"), ("solve by", "function"), ("near", "table")}
FITS |= {("run by a rule", name) for name in ("None", "function")}
"""What an annotation lets pass, for the verb itself to judge."""


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_refuses_what_it_cannot_take_in_our_words(verb, toy_run):
    """None, bytes, a number, a function, a mapping, half a letter and a list in the first place of each verb."""
    for name, odd in ODD.items():
        if (verb, name) not in FITS:
            with pytest.raises(sf.ScrapflowError):
                VERBS[verb](odd, toy_run)


def test_what_is_no_run_is_told_with_the_run_that_is_meant(toy_run):
    """A selection is handed over as its run with the places as arguments; an argument by any name is called by it."""
    with pytest.raises(
        sf.InputError, match=r"not Flows: hand over the run itself, trace\(run, to=…, from_=…, by=…, during=…\)"
    ):
        sf.trace(toy_run.flows.to("Far Mill"), by="region")
    with pytest.raises(sf.InputError, match="column length_km: a number is wanted"):
        sf.read_world("toy").with_link("Near Mill", "Far Mill", length_km="95 km")


def test_a_guess_is_near_or_none():
    """A length is no misspelt height."""
    with pytest.raises(sf.CallError, match=r"^pile\(\) .*; it takes area_m2=…, height_m=…"):
        sf.pile(length_m=40, width_m=25)
