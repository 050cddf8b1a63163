"""The condition language: what it turns into SQL, what it refuses and where it points; DuckDB and pandas as second opinions."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.errors import InputError
from scrapflow.queries.expressions import parse_condition

FRAME = pd.DataFrame({"a": [0, 1, 2, 3, -1], "b": [3.5, 1.0, 0.0, 2.5, 2.0], "c": ["x", "y", "it's", "x", ""]})


def parsed(text):
    """Return the SQL and the parameters of a condition whose columns keep their names."""
    condition = parse_condition(text, lambda name: name)
    return condition.sql, condition.parameters


@pytest.mark.parametrize(
    ("text", "sql", "parameters"),
    [
        ("a = 1", "(a = ?)", (1,)),
        ("a == 1 and b <> 2.5", "((a = ?) AND (b <> ?))", (1, 2.5)),
        ("a != .5 or b >= 1e3 or a", "((a <> ?) OR (b >= ?) OR a)", (0.5, 1000.0)),
        ("a = 1 or b = 2 and a = 3", "((a = ?) OR ((b = ?) AND (a = ?)))", (1, 2, 3)),
        ("not a < 1 and b", "((NOT (a < ?)) AND b)", (1,)),
        ("~ not a", "(NOT (NOT a))", ()),
        ("(a | b) & c", "((a OR b) AND c)", ()),
        ("c in ('x', \"y\")", "(c IN (?, ?))", ("x", "y")),
        ("c not in ['x']", "(c NOT IN (?))", ("x",)),
        ("a between 1 and 2 and b", "((a BETWEEN ? AND ?) AND b)", (1, 2)),
        ("a not between b and b + 1", "(a NOT BETWEEN b AND (b + ?))", (1,)),
        ("c like 'x%'", "(c LIKE ?)", ("x%",)),
        ("c not like 'x%'", "(c NOT LIKE ?)", ("x%",)),
        ("a is null", "(a IS NULL)", ()),
        ("a is not null", "(a IS NOT NULL)", ()),
        ("a <= b < c", "((a <= b) AND (b < c))", ()),
        ("a - b - 1 > 2 * 3 / b", "(((a - b) - ?) > ((? * ?) / b))", (1, 2, 3)),
        ("-a + - 2 = 0", "(((- a) + (- ?)) = ?)", (2, 0)),
        ("a * (b + 1) = 0", "((a * (b + ?)) = ?)", (1, 0)),
        ('c = \'it\'\'s\' or c = "say ""so"""', "((c = ?) OR (c = ?))", ("it's", 'say "so"')),
        ("a = TRUE or a = false or a = Null", "((a = TRUE) OR (a = FALSE) OR (a = NULL))", ()),
        ("NOT a AND b Or c", "(((NOT a) AND b) OR c)", ()),
        ("  a=1  ", "(a = ?)", (1,)),
        ("größe_t > 1", "(größe_t > ?)", (1,)),
    ],
)
def test_a_condition_becomes_sql_with_its_values_as_parameters(text, sql, parameters):
    """Signs of SQL and of pandas mean the same; ``and`` binds before ``or``, ``not`` before both; no value is in the text."""
    assert parsed(text) == (sql, parameters)
    assert [type(value) for value in parsed(text)[1]] == [type(value) for value in parameters]


@pytest.mark.parametrize(
    ("text", "equal"),
    [
        ("a = 1 and b <> 2.5", (("a", 1),)),
        ("c in ('x', \"y\") or a > 1", (("c", "x"), ("c", "y"))),
        ("a - 2 < 0 or c like 'x%'", ()),
    ],
)
def test_what_is_compared_for_equality_is_told(text, equal):
    """Only values that a column has to equal can be wrong words; bounds and patterns cannot."""
    assert parse_condition(text, lambda name: name).equal == equal


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1 b", "'word b' is not expected here: a = 1 »b"),
        ("a = ", "a column or a value is missing: a = …"),
        ("", "a column or a value is missing: …"),
        ("a ; b", "no value, column or sign can be read: a »; b"),
        ("a =   ;", "no value, column or sign can be read: a =   »;"),
        ("(a = 1", "')' is missing: (a = 1…"),
        ("a in (1, 2", "')' is missing: a in (1, 2…"),
        ("a in [1, 2)", "']' is missing: a in [1, 2»)"),
        ("a in 1", "a list in brackets must follow 'in': a in »1"),
        ("a between 1 or 2", "'and' is missing: a between 1 »or 2"),
        ("a is 1", "'null' is missing: a is »1"),
        ("a not 1", "'in', 'between' or 'like' must follow 'not': a not »1"),
        ("a < 2 < 3", "the middle of a double comparison must be a column: a < 2 »< 3"),
        ("f(a) = 1", "'(' is not expected here: f»(a) = 1"),
        ("a = 'open", "no value, column or sign can be read: a = »'open"),
        ("and", "a column or a value is missing: »and"),
    ],
)
def test_what_is_no_condition_is_refused_at_its_place(text, message):
    """The message repeats the condition and marks where it stops being one."""
    with pytest.raises(InputError, match="the condition") as fault:
        parsed(text)
    assert fault.value.problems["message"].tolist() == [message]


def test_a_column_is_asked_for_by_its_name_and_key_words_are_none():
    """Every word that is no key word goes through the caller, who may refuse it; texts and numbers do not."""
    asked = []
    condition = parse_condition(
        "Android in ('and', 'or') and nothing between 1 and 2", lambda n: asked.append(n) or f'"{n}"'
    )
    assert asked == ["Android", "nothing"]
    assert condition.sql == '(("Android" IN (?, ?)) AND ("nothing" BETWEEN ? AND ?))'


_number = st.sampled_from(["a", "b", "1", "2", "0.5", "(a + b)", "-a", "a * 2", "b - 1"])
_column = st.sampled_from(["a", "b", "(a + b)", "-a", "a * 2", "b - 1"])
_simple = st.one_of(
    st.tuples(_column, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), _number).map(" ".join),
    st.tuples(_column, st.sampled_from(["in [1, 2]", "not in [1, 2]"])).map(" ".join),
    st.sampled_from(["c == 'x'", "c in ['x', 'y']", 'c != "it\'s"']),
)
_conditions = st.recursive(
    _simple,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=6,
)


@settings(max_examples=40)
@given(_conditions)
def test_duckdb_keeps_the_rows_that_pandas_keeps(answer, text):
    """What both languages can say means the same in both: pandas' ``query`` is the second opinion."""
    sql, parameters = parsed(text)
    numbered = FRAME.assign(row=range(len(FRAME)))
    kept = answer(f"SELECT row FROM frame WHERE {sql} ORDER BY row", parameters, frame=numbered)
    assert [row for (row,) in kept] == FRAME.query(text, engine="python").index.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "not " * 5000 + "x",
        "-" * 5000 + "1",
        "a" + "<a" * 5000,
        "a" + "+1" * 5000 + ">0",
        "a*" * 3000 + "a>0",
    ],
    ids=["brackets", "not", "minus", "chain", "sum", "product"],
)
def test_a_condition_is_not_deeper_than_the_engine_can_follow(text):
    """Thousands of signs inside one another are refused in a short message, before the stack or the engine gives up."""
    with pytest.raises(InputError, match="more than 50") as fault:
        parse_condition(text, lambda name: name)
    assert len(str(fault.value)) < 1000


def test_a_long_flat_condition_and_a_long_number_are_read(toy_run):
    """A list of twenty thousand values is no depth; digits beyond those of a whole number are a number."""
    assert len(toy_run.flows.where(f"tonnage_t not in ({', '.join(['1'] * 20_000)})").by("kind")) == 4
    assert toy_run.flows.where(f"tonnage_t > {'9' * 5000}").by("kind").empty


def test_what_is_missing_at_the_end_has_no_mark_behind_it(toy_run):
    """A mark stands before what is not understood; at the end there is nothing."""
    with pytest.raises(InputError, match=r"is missing: tonnage_t >…$"):
        toy_run.flows.where("tonnage_t >")
