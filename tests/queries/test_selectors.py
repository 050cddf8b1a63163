"""Verbs that narrow a query: what they keep, and how they say it."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.runs import Run


def test_a_query_says_which_node_a_name_was_taken_to_mean(toy_run):
    """A spelling is followed by kind and identifier; an identifier stands alone."""
    flows = toy_run.flows
    assert flows.to("NEAR mill").words == "to NEAR mill (mill near)"
    assert flows.to("near").words == "to near"
    assert flows.from_("Vale").words == "from Vale (region vale)"
    assert "(yard yard)" in flows.through("Vale Yard").words


def test_factories_leaves_out_towns_and_rows_that_stand_for_many(toy_run):
    """A row of sixty works and a community lead no list of factories; a single one stays, whichever end it is at."""
    nodes = toy_run.nodes
    assert set(toy_run.flows.kind("carted").factories().by("origin")["origin"]) == {"works"}
    assert toy_run.flows.kind("returned").factories().total_t == toy_run.totals().returned_t
    for column, value in (("sites", 60.0), ("named", False)):
        many = nodes.assign(**{column: nodes[column].where(nodes["node_id"] != "works", value)})
        lump = Run(toy_run.tables | {"nodes": many}, toy_run.meta, toy_run.basemap)
        assert lump.flows.kind("carted").factories().total_t == 0.0


@pytest.mark.parametrize("n", [-1, "origin", 2.5, True, None])
def test_top_wants_a_number_of_rows(toy_run, n):
    """A word in the place of the number is told how the call is written."""
    with pytest.raises(InputError, match=r"top\(10, 'origin'\)"):
        toy_run.flows.top(n, 5)


def test_a_kind_or_via_that_there_is_not_is_told_with_those_there_are(toy_run):
    """A word for a kind is one of the vocabulary's; so is a via."""
    with pytest.raises(UnknownNameError, match="shipped"):
        toy_run.flows.kind("shiped")
    with pytest.raises(UnknownNameError, match="looted"):
        toy_run.flows.via("stolen")
    assert toy_run.flows.kind("carted", "shipped").kinds == ["carted", "shipped"]


def test_a_range_of_periods_has_both_of_its_ends(made_up):
    """From the first of the one word to the last of the other, and none where it ends before it begins; a year has many months."""
    flows, labels = made_up.run.flows, made_up.labels
    assert flows.find_periods(labels[0], labels[2]) == labels[:3]
    assert flows.find_periods(labels[2], labels[1]) == []
    assert flows.find_periods(labels[1], "2015") == labels[1:]
    assert flows.find_periods("2015", labels[1]) == labels[:2]
    with pytest.raises(InputError, match="not 3 words"):
        flows.find_periods(*labels[:3])


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda f: f.between("Vale Town", "Far Mill"),
            "from Vale Town (community town) and to Far Mill (mill far): carted goes from",
        ),
        (lambda f: f.to("Far Mill").kind("carted"), "shipped goes from yard to mill"),
        (lambda f: f.kind("shipped").from_("works"), "nothing can be shipped and from works"),
        (lambda f: f.during("2015-02", "2015-01"), "2015-02 … 2015-01 ends before it begins"),
    ],
)
def test_what_can_match_nothing_is_said(toy_run, caplog, ask, said):
    """0 t because a town ships to no mill, or February ends before January, is no finding: the log says why."""
    assert ask(toy_run.flows).by("kind").empty
    assert said in caplog.text


def test_what_happens_to_match_nothing_is_not_said(toy_run, caplog):
    """A place that can ship and did not, a region, an empty list of names: these are findings, or the asker's own."""
    flows = toy_run.flows
    _ = flows.from_("yard").to("Near Mill").during("2015-01"), flows.from_("Vale").to("Far Mill"), flows.from_()
    assert not caplog.text


def test_one_end_is_no_pair(toy_run):
    """Calling between with one place says which word is missing, as an error of ours."""
    with pytest.raises(sf.CallError, match="missing a required argument: 'destination'"):
        toy_run.flows.between("Vale")


def test_a_question_that_is_asked_of_many_runs_is_warned_of_once(caplog):
    """What a target can never match is said once for all runs of a study, with their number, not once for each."""
    sf.sensitivity(sf.read_world("toy"), target=lambda flows: flows.kind("shipped").from_("works").total_t, processes=1)
    (said,) = [r.getMessage() for r in caplog.records if "nothing can be" in r.getMessage()]
    assert said.startswith("in ")
