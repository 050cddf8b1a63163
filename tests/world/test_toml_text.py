"""What is written as TOML reads back the same, and text that nobody writes on purpose is refused in words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.world.toml_text import TomlError, parse_toml, write_toml

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
plain = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | texts
    | st.dates()
    | st.times()
    | st.datetimes()
)
values = st.recursive(plain, lambda v: st.lists(v, max_size=4) | st.dictionaries(texts, v, max_size=4), max_leaves=12)


@given(table=st.dictionaries(texts, values, max_size=6))
def test_what_is_written_reads_back(table):
    """Texts with control characters, DEL and any letters, dates, numbers, nested lists and tables: all survive."""
    assert parse_toml(write_toml(table)) == table


def test_numbers_of_numpy_and_tuples_are_written_as_toml_has_them():
    """A number drawn from an array is a number, not a word; NaN stays NaN."""
    table = {"a": np.float64(0.5), "b": np.int64(3), "c": (1, np.bool_(True)), "d": math.nan}
    again = parse_toml(write_toml(table))
    assert (again["a"], again["b"], again["c"]) == (0.5, 3, [1, True])
    assert math.isnan(again["d"])
    with pytest.raises(TypeError, match="object is no type of TOML"):
        write_toml({"a": object()})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = ", "is no TOML"),
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deep"),
        ("a = " + "[" * 60 + "]" * 60, "nested too deep"),
        ("a = " + "9" * 5000, "is no TOML"),
        ("a = 0x" + "f" * 5000, "more than 64 bits"),
        ("a = 9223372036854775808", "more than 64 bits"),
        ("a = 2015-02-30", "is no TOML"),
    ],
)
def test_what_nobody_writes_on_purpose_is_refused(text, said):
    """Brackets without end, numbers of thousands of digits and days that do not exist are told, not stumbled over."""
    with pytest.raises(TomlError, match=said):
        parse_toml(text)


def test_a_mark_at_the_beginning_of_a_file_is_no_part_of_it():
    """Editors on Windows put a byte order mark before the text."""
    assert parse_toml("\ufeffa = 1") == {"a": 1}
