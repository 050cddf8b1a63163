"""Whatever stands in the file of a campaign, it is read or refused by key; nothing else happens."""

from __future__ import annotations

import copy
import dataclasses
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.world.toml_text import write_toml

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
plain = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | texts
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.sampled_from(["2015-01", "9999-12", "9999-12-31", "2015-W53", "month", "week", "near", "trunk", "works"])
)
anything = st.recursive(
    plain,
    lambda v: (
        st.lists(v, max_size=3) | st.dictionaries(texts | st.sampled_from(["value", "low", "basis"]), v, max_size=3)
    ),
    max_leaves=6,
)


def spots(table, way=()):
    """Return the way to every value and every table inside nested tables."""
    found = []
    for key, value in table.items() if isinstance(table, dict) else enumerate(table):
        found.append((*way, key))
        if isinstance(value, dict | list):
            found += spots(value, (*way, key))
    return found


def full(toy):
    """Return the campaign of the toy with every section that a file may have."""
    raw = tomllib.loads(toy.campaigns["2015"])
    raw["calendar"] = [{"line_id": "trunk", "first": "2015-01", "last": "2015-02", "factor": 0.5, "note": "n"}]
    raw["allocation"] = {"shares": {"near": {"value": 0.5, "low": 0.1, "high": 0.9}}}
    raw["transport"] = {"foresight": "full", "yard_choices": 2, "reach_km": 50.0}
    raw["quota"] += [
        {"rule_id": "u", "kind": "organisation", "organisation": "U", "kg": 1, "members_share": 0.1, "draw": "youth"},
        {"rule_id": "f", "kind": "fixed", "t": 1.0, "nodes": ["works"], "additional": True, "note": "n"},
        {"rule_id": "r", "kind": "per_worker", "kg": 1.0, "regions": ["vale"], "sectors": ["machines"],
         "additional": True, "first": "2015-01", "last": "2015-02", "every": "spread"},
    ]  # fmt: skip
    raw["penalties"]["marks_allowed"] = {"value": 3, "low": 3, "high": 3, "basis": "assumed", "why": "w"}
    return raw


def attempt(world):
    """Return the campaign of a world and no problems, or no campaign and its problems."""
    try:
        return sf.read_campaign(world, "made"), None
    except InputError as error:
        return None, error.problems


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_at_any_key_is_read_or_refused_by_its_key(toy, data):
    """One to three values of a whole file are replaced by anything TOML can say: a campaign, or problems with their keys."""
    raw = copy.deepcopy(full(toy))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(spots(raw)))
        table = raw
        for key in way:
            table = table[key]
        table[last] = data.draw(anything)
    world = dataclasses.replace(toy, campaigns={"made": write_toml(raw)})
    made, problems = attempt(world)
    if made is None:
        assert len(problems)
        assert set(problems["table"]) == {"campaign:made"}
        assert (problems["row"] != "").all()
    else:
        again = dataclasses.replace(toy, campaigns={"made": made.to_toml()})
        assert sf.read_campaign(again, "made").settings == made.settings
        assert (made.calendar["factor"] >= 0).all()


WRONG = {
    "periods.unit": "[periods]\nunit = []",
    "periods.start": '[periods]\nstart = "10000-01"',
    "periods.count": '[periods]\nstart = "9999-12"\ncount = 2',
    "periods": "periods = 3",
    "calendar": "calendar = 1",
    "calendar.1.link_id": "[[calendar]]\nlink_id = []",
    "allocation.shares": "[allocation]\nshares = 5",
    "quota.per_worker.regions": '[[quota]]\nkind = "per_worker"\nkg = 1\nregions = -inf',
    "quota.per_worker.nodes": '[[quota]]\nkind = "per_worker"\nkg = 1\nnodes = "works"',
    "quota.per_worker.kg": '[[quota]]\nkind = "per_worker"\nkg = [1]',
    "quota.rule1.kind": "[[quota]]\nkind = 3\nkg = 1",
    "quota": "quota = [1, 2]",
    "penalties.marks_allowed": "[penalties]\nmarks_allowed = inf",
    "show.share.why": "[show]\nshare = { value = 0.1, why = 5 }",
    "name": "name = 2015",
}


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_type_is_told_with_its_key(toy, key):
    """A list where a word is asked for, a number where a table is: the message names the key and what is allowed."""
    world = dataclasses.replace(toy, campaigns={"made": WRONG[key]})
    with pytest.raises(InputError) as error:
        sf.read_campaign(world, "made")
    assert key in error.value.problems["row"].tolist()


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5000 + "]" * 5000, "[show]\nshare = " + "9" * 5000, "[show]\nshare = 0x" + "f" * 5000]
)
def test_a_file_without_end_is_refused(toy, text):
    """Thousands of brackets or digits end as a refusal, not as a fault of Python's."""
    with pytest.raises(InputError, match="campaign:made"):
        sf.read_campaign(dataclasses.replace(toy, campaigns={"made": text}), "made")


def test_a_file_in_another_encoding_is_refused_by_name(toy, tmp_path):
    """A campaign saved as Latin-1 says so; a folder and a name with a null byte are no campaign; nor is a number."""
    file = tmp_path / "old.toml"
    file.write_bytes('title = "Stählerne Front"'.encode("latin-1"))
    with pytest.raises(InputError, match="save it as UTF-8"):
        sf.read_campaign(toy, file)
    for other in (tmp_path, "no\0where"):
        with pytest.raises((UnknownNameError, InputError)):
            sf.read_campaign(toy, other)
    with pytest.raises(InputError, match="neither the name"):
        sf.read_campaign(toy, 5)


def test_a_mill_has_one_share(toy):
    """Two spellings of one mill are two shares of it, and one of them would be lost."""
    world = dataclasses.replace(toy, campaigns={"made": '[allocation.shares]\nnear = 0.2\n"Near Mill" = 0.3'})
    with pytest.raises(InputError, match="under another of its names"):
        sf.read_campaign(world, "made")


def test_control_characters_and_dates_survive_an_update(toy):
    """What an update wrote can be read again, whatever letters it holds."""
    camp = sf.read_campaign(toy, "2015").update({"note": 'before\x7f\x00after\nand "quoted"'})
    again = sf.read_campaign(dataclasses.replace(toy, campaigns={"x": camp.to_toml()}), "x")
    assert again.note == camp.note


def test_a_closure_holds_from_its_first_period_to_its_last(toy):
    """Both ends count, an open end is the campaign's; two closures of one link and month multiply."""
    link = toy.links["link_id"].iloc[0]
    text = write_toml(
        {
            "periods": {"start": "2015-01", "count": 4},
            "calendar": [
                {"link_id": link, "first": "2015-02", "last": "2015-03", "factor": 0.5},
                {"link_id": link, "first": "2015-03", "factor": 0.5},
                {"link_id": link, "last": "2015-01", "factor": 0.0},
            ],
        }
    )
    calendar = sf.read_campaign(dataclasses.replace(toy, campaigns={"made": text}), "made").calendar
    assert calendar.values.tolist() == [
        ["2015-01", link, 0.0], ["2015-02", link, 0.5], ["2015-03", link, 0.25], ["2015-04", link, 0.5],
    ]  # fmt: skip


def test_a_line_that_is_closed_closes_each_of_its_links(toy):
    """By ``line_id``: every link of the line, and no other."""
    line = toy.links.loc[toy.links["line_id"] != "", "line_id"].iloc[0]
    text = write_toml({"periods": {"start": "2015-01", "count": 1}, "calendar": [{"line_id": line}]})
    calendar = sf.read_campaign(dataclasses.replace(toy, campaigns={"made": text}), "made").calendar
    assert calendar["link_id"].tolist() == sorted(toy.links.loc[toy.links["line_id"] == line, "link_id"])


def test_amounts_of_rules_are_assumptions_unless_they_are_reported(toy):
    """Each rule's amount, and an organisation's share of members, has a row with its range and unit; in a notebook too."""
    rules = [
        {"rule_id": "w", "kind": "per_worker", "kg": {"value": 20, "low": 10, "high": 30, "why": "so"}},
        {"rule_id": "o", "kind": "organisation", "kg": 1, "organisation": "league", "members_share": 0.25, "additional": True},
    ]  # fmt: skip
    text = write_toml({"periods": {"start": "2015-01", "count": 1}, "quota": rules})
    made = sf.read_campaign(dataclasses.replace(toy, campaigns={"made": text}), "made")
    rows = made.assumptions().set_index("row")
    assert rows.loc["quota.w.kg", ["value", "low", "high", "unit", "note"]].tolist() == [
        20, 10, 30, "kg per head and month", "so",
    ]  # fmt: skip
    assert rows.loc["quota.o.members_share", ["value", "unit"]].tolist() == [0.25, "share"]
    assert "<th>w</th><td>per_worker</td><td>20 kg per head and month</td>" in made._repr_html_()
