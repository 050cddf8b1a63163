"""The quick pass over a table and pandera, built from the same schema rows, are each other's second opinion."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandera.errors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.world.check_limits import limit_problems, looks_sound, pandera_schema
from scrapflow.world.csv_text import Raw
from scrapflow.world.schema import TABLES, schema
from scrapflow.world.typed_cells import conform

NUMBERS = st.one_of(st.just(np.nan), st.floats(-200, 200), st.sampled_from([0.0, 1.0, -90.0, 90.0, 180.0]))


@st.composite
def frames(draw):
    """Draw a table of the right types, most of its cells sound, some not."""
    table = schema()[draw(st.sampled_from(TABLES))]
    n = draw(st.integers(0, 4))
    columns = {}
    for c in table.columns.values():
        if c.is_number:
            sound = st.floats(0, 1) if c.maximum == 1 else st.just(c.minimum or 0.0)
            columns[c.name] = draw(st.lists(st.one_of(sound, sound, sound, NUMBERS), min_size=n, max_size=n))
        elif c.type == "boolean":
            columns[c.name] = [True] * n
        else:
            words = st.sampled_from([*c.allowed, "no such word", ""]) if c.allowed else st.sampled_from(["a", "b", ""])
            given_ = [f"id{i}" for i in range(n)] if c.required == "key" and draw(st.booleans()) else None
            columns[c.name] = given_ or draw(st.lists(words, min_size=n, max_size=n))
    raw = Raw(table.name, pd.DataFrame(columns, dtype=object), [f"line {i}" for i in range(n)])
    return table, conform(raw)


def pandera_finds_nothing(table, frame):
    """Ask pandera alone."""
    try:
        pandera_schema(table.name).validate(frame.drop(columns="geometry", errors="ignore"), lazy=True)
    except pandera.errors.SchemaErrors:
        return False
    return True


@settings(max_examples=50)
@given(frames())
def test_the_quick_pass_agrees_with_pandera(case):
    """A table looks sound exactly when pandera finds no fault in it."""
    table, frame = case
    assert looks_sound(table, frame) == pandera_finds_nothing(table, frame)


@settings(max_examples=25)
@given(frames())
def test_what_is_unsound_is_reported_cell_by_cell(case):
    """There are findings exactly when a table is unsound, and each cell is named once."""
    table, frame = case
    empty = {name: conform(Raw(name, pd.DataFrame())) for name in TABLES}
    found = limit_problems({**empty, table.name: frame})
    cells = [(p["row"], p["column"]) for p in found]
    only_empty_doubles = (frame[table.key] == "").sum() > 1 and not found
    assert bool(found) != looks_sound(table, frame) or only_empty_doubles
    if not frame[table.key].duplicated().any():
        assert len(cells) == len(set(cells))


@pytest.mark.parametrize("name", TABLES)
def test_schema_rows_are_well_formed(name):
    """Types and references of the schema rows are of the known kinds, and every column says what it is."""
    for c in schema()[name].columns.values():
        assert c.type in ("string", "number", "integer", "boolean", "geometry")
        assert c.required in ("key", "yes", "no")
        assert c.meaning
        assert c.minimum is None or c.is_number
        if c.references:
            target, column = c.references
            assert schema()[target].key == column


@pytest.mark.parametrize("name", TABLES)
def test_a_value_that_can_be_assumed_has_its_five_columns(name):
    """x_low, x_high, x_basis and x_source_id come together, with the unit and limits of x."""
    columns = schema()[name].columns
    for c in list(columns):
        # The origin of a length is that of its link.
        if c.endswith(("_low", "_high")) and (name, c.rsplit("_", 1)[0]) != ("links", "length_km"):
            assert c.rsplit("_", 1)[0] in schema()[name].families
    for x in schema()[name].families:
        assert columns[f"{x}_low"].unit == columns[f"{x}_high"].unit == columns[x].unit
        assert columns[f"{x}_low"].minimum == columns[x].minimum
        assert columns[f"{x}_source_id"].references == ("sources", "source_id")
