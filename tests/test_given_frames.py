"""A frame handed over in any of pandas' ways is read as the table it means, or refused by column and row."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import scrapflow as sf
from scrapflow.evidence import expected_reduction, weigh
from scrapflow.given_frames import numbers_of, plain_frame

FLOWS = pd.DataFrame(
    {"origin": ["a", "b"], "destination": ["b", "c"], "tonnage_t": [5.0, 2.0], "period": ["2015-01", "2015-02"]}
)
LINKS = pd.DataFrame({"from_node_id": ["a", "b"], "to_node_id": ["b", "c"], "length_km": [5.0, 6.0]})
NODES = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [4.0, 0.0], "demand_t": [0.0, 4.0]})
ARC = pd.DataFrame(
    {"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "capacity_t": [5.0], "cost_per_t": [1.0]}
)
SEEN = pd.DataFrame(
    {"flow_id": ["in", "out"], "origin": ["", "n"], "destination": ["n", ""], "value": [10.0, 9.0], "sd": [1.0, 1.0]}
)
MEMBERS = pd.DataFrame({"m": [1.0, 2.0, 3.0]})
KNOWN = pd.DataFrame({"metric": ["m"], "value": [2.0], "error": ["normal"], "sd": [0.5]})

READERS = {
    "run_from": (FLOWS, "tonnage_t", lambda frame, run: sf.run_from(frame).totals()),
    "world_from": (LINKS, "length_km", lambda frame, run: sf.world_from(frame).links),
    "FlowProblem": (NODES, "supply_t", lambda frame, run: sf.solve(sf.FlowProblem(frame, ARC)).flows),
    "reconcile": (SEEN, "value", lambda frame, run: sf.reconcile(frame).flows),
    "trace_flows": (FLOWS, "tonnage_t", lambda frame, run: sf.trace_flows(frame)),
    "validate": (FLOWS.assign(origin="yard", destination="near"), "tonnage_t", lambda frame, run: sf.validate(run, {"seen": frame})),
    "weigh": (KNOWN, "value", lambda frame, run: weigh(MEMBERS, frame).weights),
    "expected_reduction": (MEMBERS, "m", lambda frame, run: expected_reduction(frame, pd.Series([1.0, 2.0, 4.0]))),
    "reports": (
        pd.DataFrame({"metric": ["shipped_t"], "place": ["yard"], "period": ["2015-01"], "value": [3.0], "error": ["normal"], "sd": [1.0]}),
        "value", lambda frame, run: sf.reports(run, frame),
    ),
}  # fmt: skip
SAME = {
    "categories": lambda column: column.astype("category"),
    "NA": lambda column: column.astype("Float64"),
    "Arrow": lambda column: column.astype("double[pyarrow]"),
    "sparse": lambda column: column.astype(pd.SparseDtype(float)),
    "objects": lambda column: column.astype(object),
    "decimals": lambda column: pd.Series([Decimal(str(x)) for x in column], column.index),
    "fractions": lambda column: pd.Series([Fraction(x) for x in column], column.index),
    "texts": lambda column: column.astype("string"),
}
WRONG = {
    "complex": lambda column: column.astype("complex128"),
    "functions": lambda column: pd.Series([len] * len(column), column.index),
    "lists": lambda column: pd.Series([[x] for x in column], column.index),
    "dates": lambda column: pd.Series(pd.date_range("2015-01-01", periods=len(column)), column.index),
    "spans": lambda column: pd.Series(pd.timedelta_range("1D", periods=len(column)), column.index),
    "bytes": lambda column: pd.Series([b"5.0"] * len(column), column.index),
    "long numbers": lambda column: pd.Series([10**400] * len(column), column.index, dtype=object),
    "intervals": lambda column: pd.Series(pd.interval_range(0, periods=len(column)), column.index),
}
NAMES = {
    "two levels": lambda frame: frame.set_axis(pd.MultiIndex.from_product([frame.columns, ["x"]]), axis=1),
    "twice": lambda frame: pd.concat([frame, frame[frame.columns[:1]]], axis=1),
    "numbers": lambda frame: frame.set_axis(range(len(frame.columns)), axis=1),
    "halves of letters": lambda frame: frame.set_axis(
        pd.Index([f"\ud800{c}" for c in frame.columns], dtype=object), axis=1
    ),
    "nothing": lambda frame: frame.set_axis([None] * len(frame.columns), axis=1),
}


def changed(frame, column, how):
    """Return the frame with one column held in another way; the index is one that nobody expects."""
    return frame.assign(**{column: how(frame[column])}).set_axis([f"row {i}" for i in range(len(frame))])


@pytest.mark.parametrize("reader", READERS)
def test_one_table_held_in_many_ways_is_the_same_table(reader, toy_run):
    """Categories, NA, Arrow, sparse columns, objects, decimals, fractions and texts of the same numbers."""
    frame, column, read = READERS[reader]
    plain = str(read(frame, toy_run))
    slow = reader in ("run_from", "world_from", "reports")
    for name, how in list(SAME.items())[:: 3 if slow else 1]:
        assert str(read(changed(frame, column, how), toy_run)) == plain, name


@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_number_is_refused_and_not_read_as_one(reader, toy_run):
    """A date is no count of nanoseconds, a complex number not its real part; functions, lists and bytes are none either."""
    frame, column, read = READERS[reader]
    for how in WRONG.values():
        with pytest.raises(sf.InputError):
            read(changed(frame, column, how), toy_run)


@pytest.mark.parametrize("reader", sorted(set(READERS) - {"expected_reduction"}))
def test_columns_whose_names_are_none_are_refused(reader, toy_run):
    """Two levels, a name twice, numbers, halves of letters, None: whatever is missing or twice is told."""
    frame, _, read = READERS[reader]
    for how in NAMES.values():
        with pytest.raises(sf.InputError):
            read(how(frame), toy_run)


def test_a_plain_frame_is_handed_on_as_it_is():
    """Nothing is copied where nothing is to be done: problems are made many times a run."""
    faults = []
    assert plain_frame(NODES, "nodes", faults) is NODES
    assert not faults


def test_cells_of_several_values_are_one_text():
    """OSMnx gives lists of identifiers and names where it joined ways; they name a link, and do no harm."""
    links = LINKS.assign(link_id=[[12, 13], [14]], name=[["x", "y"], None])
    assert sf.world_from(links).links["link_id"].tolist() == ["[12, 13]", "[14]"]


def test_lines_whose_geometry_is_gone_or_no_number_are_told():
    """A GeoDataFrame without its geometry is a table; endless coordinates have no length; heights that are NaN do not matter."""
    shapes = [shapely.LineString([(0, 0), (1, 0)]), shapely.LineString([(1, 0, np.nan), (1, 1, np.nan)])]
    lines = gpd.GeoDataFrame({"tonnage_t": [1.0, 2.0]}, geometry=shapes, crs=4326)
    assert len(sf.world_from(lines).links) == 2
    for read in (sf.world_from, sf.run_from, sf.map_flows):
        with pytest.raises(sf.InputError):
            read(lines.rename(columns={"geometry": "what", "tonnage_t": "t"}))
        endless = lines.set_geometry([shapes[0], shapely.from_wkt("LINESTRING (0 0, inf 1)")], crs=4326)
        with pytest.raises(sf.InputError, match=r"row 1.*coordinate|row 2.*coordinate"):
            read(endless)
    with pytest.raises(sf.InputError, match="no way from"):
        sf.world_from(lines.set_crs("+proj=longlat +R=1737400", allow_override=True))


def test_numbers_are_numbers_whatever_else_pandas_makes_of_them():
    """Pandas reads a date as nanoseconds since 1970."""
    dates = pd.Series(pd.date_range("2015-01-01", periods=2, tz="UTC"))
    assert numbers_of(dates)[0].isna().all()
    assert numbers_of(pd.Series(["1", "x", None]))[0].tolist()[0] == 1.0


def test_values_by_number_find_their_row(toy):
    """A row named 5 in a table of changes is the row "5", or none: never the last one of the table."""
    sectors = toy.tables["nodes"].assign(node_id=lambda t: t["node_id"].replace({"works": "5"}))
    with pytest.raises(sf.InputError, match="no such row"):
        toy.with_values({("enterprises", 5, "workers"): 1.0})
    assert "5" in set(sectors["node_id"])
    changed_world = toy.with_values(
        pd.DataFrame({"table": ["mills"], "row": ["near"], "column": ["intake_t"], "value": ["7"]})
    )
    assert changed_world.mills.set_index("node_id").loc["near", "intake_t"] == 7.0
    for odd in ("x", None, pd.Timestamp("2015-01-01"), b"7", 10**400):
        with pytest.raises(sf.InputError):
            toy.with_values({("mills", "near", "intake_t"): odd})
