"""Queries agree with plain pandas, keep the contract's shapes and never add up what must not be added."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.errors import AmbiguousNameError, InputError, MixedKindsError, UnknownNameError
from scrapflow.grading import at_least
from scrapflow.vocabulary import KINDS, MATERIAL_GROUPS, MATERIALS

DIVERTED = ("returned", "looted", "leaked")


def expect(frame, columns):
    """Group a plain frame as ``by`` promises: largest first, ties by name."""
    out = (
        frame.groupby(list(columns), as_index=False)["tonnage_t"].sum()
        if len(frame)
        else frame[[*columns, "tonnage_t"]]
    )
    out = out.sort_values(["tonnage_t", *columns], ascending=[False, *[True] * len(columns)], ignore_index=True)
    return out[[*columns, "tonnage_t"]]


def same(got, want):
    """Compare two frames of groups up to rounding, whatever the order of near ties."""
    assert list(got.columns) == list(want.columns)
    assert isinstance(got.index, pd.RangeIndex)
    keys = [c for c in got.columns if c != "tonnage_t"]
    a, b = (f.sort_values(keys, ignore_index=True) if keys else f for f in (got, want))
    pd.testing.assert_frame_equal(a, b, check_dtype=False, rtol=1e-9, atol=1e-9)
    assert (np.diff(got["tonnage_t"]) <= 0).all()


VERBS = {
    "from region": (lambda f: f.from_("Region 1"), lambda d: d[d.origin_region == "Region 1"]),
    "from parent": (lambda f: f.from_("Land"), lambda d: d[d.origin_region != ""]),
    "from works": (lambda f: f.from_("Works 00", "e11"), lambda d: d[d.origin.isin(["e00", "e11"])]),
    "to mill": (lambda f: f.to("mill 0"), lambda d: d[d.destination == "m0"]),
    "to yard": (lambda f: f.to("Yard 1"), lambda d: d[d.destination == "y1"]),
    "to region": (lambda f: f.to("Region 2"), lambda d: d[d.destination_region == "Region 2"]),
    "to outside": (lambda f: f.to("outside"), lambda d: d[d.destination == "outside"]),
    "between": (
        lambda f: f.between("Region 0", "Mill 1"),
        lambda d: d[(d.origin_region == "Region 0") & (d.destination == "m1")],
    ),
    "in region": (lambda f: f.in_region("Region 0"), lambda d: d[d.origin_region == "Region 0"]),
    "in region either": (
        lambda f: f.in_region("Region 0", end="either"),
        lambda d: d[(d.origin_region == "Region 0") | (d.destination_region == "Region 0")],
    ),
    "of": (lambda f: f.of("machinery"), lambda d: d[d.material.isin(MATERIAL_GROUPS["machinery"])]),
    "of two": (
        lambda f: f.of(["scrap", "functional"]),
        lambda d: d[d.material.isin(["scrap", *MATERIAL_GROUPS["functional"]])],
    ),
    "via": (lambda f: f.via("looted"), lambda d: d[d.via == "looted"]),
    "kind": (lambda f: f.kind("shipped"), lambda d: d[d.kind == "shipped"]),
    "kinds": (lambda f: f.kind("carted", "returned"), lambda d: d[d.kind.isin(["carted", "returned"])]),
    "graded": (
        lambda f: f.kind("carted").graded("B3"),
        lambda d: d[(d.kind == "carted") & d.grade.map(lambda g: at_least(g, "B3")).astype(bool)],
    ),
    "basis": (lambda f: f.basis("assumed"), lambda d: d[d.basis == "assumed"]),
    "month": (lambda f: f.during("2015-03"), lambda d: d[d.period == "2015-03"]),
    "range": (lambda f: f.during("2015-02", "2015-03"), lambda d: d[d.period.between("2015-02", "2015-03")]),
    "tuple": (lambda f: f.during(("2015-01", "2015-03")), lambda d: d[d.period <= "2015-03"]),
    "year": (lambda f: f.during("2015"), lambda d: d),
    "season": (lambda f: f.during("2015-spring"), lambda d: d[d.period >= "2015-03"]),
    "where": (
        lambda f: f.where("tonnage_t > 2 and (material == 'scrap' or sector in ('mining'))"),
        lambda d: d[(d.tonnage_t > 2) & ((d.material == "scrap") | (d.origin_sector == "mining"))],
    ),
    "where destination": (
        lambda f: f.where("destination_workers between 3 and 12 | not via = 'own'"),
        lambda d: d[d.destination_workers.between(3, 12) | (d.via != "own")],
    ),
    "through station": (
        lambda f: f.through("Stop 1"),
        lambda d: d[d.path_id.isin(["y0>m1", "y1>m0", "y1>m1", "y2>m0"])],
    ),
    "through link": (lambda f: f.through("rail2"), lambda d: d[d.path_id.isin(["y0>m1", "y1>m1", "y2>m0"])]),
    "through yard": (lambda f: f.through("y1"), lambda d: d[(d.origin == "y1") | (d.destination == "y1")]),
}
GROUPS = [
    "period",
    "kind",
    "material",
    "via",
    "origin",
    "destination",
    "basis",
    "region",
    "sector",
    "destination_region",
]
GROUPS += ["origin_name", "destination_kind", "path_id"]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chain=st.lists(st.sampled_from(sorted(VERBS)), max_size=4),
    groups=st.lists(st.sampled_from(GROUPS), min_size=1, max_size=3, unique=True),
)
def test_random_chains_agree_with_pandas(made_up, oracle, chain, groups):
    """Any chain of verbs, grouped by any words, gives what a plain pandas filter gives."""
    query, frame = made_up.run.flows, oracle
    for name in chain:
        query, frame = VERBS[name][0](query), VERBS[name][1](frame)
    assert len(query) == len(frame)
    assert query.kinds == [k for k in KINDS if (frame.kind == k).any()]
    if frame.kind.nunique() <= 1:
        assert query.total_t == pytest.approx(frame.tonnage_t.sum())
    else:
        with pytest.raises(MixedKindsError):
            _ = query.total_t
    mixed = len(frame) and (frame.groupby(groups)["kind"].nunique() > 1).any()
    if mixed:
        with pytest.raises(MixedKindsError):
            query.by(*groups)
    else:
        same(query.by(*groups), expect(frame, groups))
    keyed = [*groups, *(["kind"] if "kind" not in groups else [])]
    same(query.by(*keyed), expect(frame, keyed))
    rows = query.to_frame()
    assert list(rows.columns) == list(made_up.run.movements.columns)
    same(
        rows[[*keys_of(rows), "tonnage_t"]],
        frame.sort_values("tonnage_t", ascending=False)[[*keys_of(rows), "tonnage_t"]],
    )


def keys_of(frame):
    """All columns of a movement but the tonnes."""
    return [c for c in frame.columns if c != "tonnage_t"]


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_verb_alone(made_up, oracle, verb):
    """Each verb keeps exactly the rows it promises."""
    query, frame = VERBS[verb][0](made_up.run.flows), VERBS[verb][1](oracle)
    assert len(frame)
    same(
        query.by("kind", "origin", "destination", "period", "material", "via"),
        expect(frame, ["kind", "origin", "destination", "period", "material", "via"]),
    )


def test_largest_first_and_ties_by_name(made_up):
    """Groups come largest first; equal ones by name."""
    run = made_up.run
    moved = run.movements.assign(tonnage_t=1.0)
    flows = type(run)({**run.tables, "movements": moved}, run.meta).flows.kind("carted")
    out = flows.by("origin", "material")
    assert out.equals(
        out.sort_values(["tonnage_t", "origin", "material"], ascending=[False, True, True], ignore_index=True)
    )


def test_mixed_kinds_are_refused_by_name(made_up):
    """A total over several kinds is refused and names them; one kind is not."""
    flows = made_up.run.flows
    with pytest.raises(MixedKindsError, match="carted, returned, looted, shipped, leaked") as caught:
        _ = flows.total_t
    assert isinstance(caught.value, ValueError)
    with pytest.raises(MixedKindsError, match="returned"):
        flows.by("region")
    assert flows.kind("carted").total_t > 0


def test_diverted_keeps_the_kind_apart(made_up, oracle):
    """What was diverted is shown with its kind, right after the columns asked for."""
    frame = oracle[oracle.kind.isin(DIVERTED)]
    out = made_up.run.flows.diverted().top(10, "origin")
    assert list(out.columns) == ["origin", "kind", "tonnage_t"]
    same(out, expect(frame, ["origin", "kind"]).head(10))
    assert list(made_up.run.flows.diverted().by("kind").columns) == ["kind", "tonnage_t"]
    assert list(made_up.run.flows.diverted().kind("looted").by("region").columns) == ["region", "tonnage_t"]
    with pytest.raises(MixedKindsError):
        _ = made_up.run.flows.diverted().total_t


def test_an_origin_and_a_destination_fix_the_kind(made_up):
    """Grouping by both ends never mixes kinds and is not refused."""
    assert made_up.run.flows.through("y1").by("origin", "destination")["tonnage_t"].sum() > 0


def test_of_material_sums_to_the_whole(made_up):
    """The materials of a selection add up to it."""
    f = made_up.run.flows.to("Mill 0")
    assert sum(f.of(m).total_t for m in MATERIALS) == pytest.approx(f.total_t)
    assert f.of("functional").total_t <= f.of("machinery").total_t


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda f: f.of("machinry"), "machinery"),
        (lambda f: f.kind("shiped"), "shipped"),
        (lambda f: f.by("regoin"), "region"),
        (lambda f: f.from_("Wroks 00"), "Works 00"),
        (lambda f: f.to("Mil 0"), "Mill 0"),
        (lambda f: f.during("2015-3"), "2015-03"),
        (lambda f: f.where("tonage_t > 3"), "tonnage_t"),
        (lambda f: f.basis("assumd"), "assumed"),
        (lambda f: f.in_region("Regoin 1"), "Region 1"),
        (lambda f: f.through("Stp 1"), "Stop 1"),
        (lambda f: f.via("lotted"), "looted"),
    ],
)
def test_an_unknown_word_names_near_ones(made_up, ask, near):
    """A word nobody knows raises at once and offers what was meant."""
    with pytest.raises(UnknownNameError) as caught:
        ask(made_up.run.flows)
    assert near in caught.value.candidates
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize(
    "condition", ["tonnage_t >", "(tonnage_t > 1", "tonnage_t > 1 1", "kind in 3", "a;b", "", "not", "1 not 2"]
)
def test_a_bad_condition_is_refused(made_up, condition):
    """A condition that cannot be read raises and says where, and is not guessed at."""
    with pytest.raises((InputError, UnknownNameError)):
        made_up.run.flows.where(condition)


def test_a_condition_cannot_call_or_read(made_up):
    """No function, file or second statement can be reached from a condition."""
    for evil in ("read_csv('/etc/passwd') = 1", "1; drop table movements", "kind = (select 1)", "getenv('HOME') = 'x'"):
        with pytest.raises((InputError, UnknownNameError)):
            made_up.run.flows.where(evil)
    # text that would end the quotation is a value like any other: one that nothing in the run has
    with pytest.raises(UnknownNameError, match="nothing in the run has kind"):
        made_up.run.flows.where("kind = 'x'' OR 1=1 --'")
    assert len(made_up.run.flows.where("kind != 'x'' OR 1=1 --'")) == len(made_up.run.movements)


def test_wrong_types_in_a_condition_are_named(made_up):
    """Text compared with a number is an input error, not a crash of the engine."""
    with pytest.raises(InputError, match="DOUBLE"):
        len(made_up.run.flows.where("tonnage_t > 'much'"))


def test_a_link_word_counts_a_tonne_once_per_line(made_up, oracle):
    """Under a line a tonne counts once, however many of its links the path uses."""
    flows = made_up.run.flows.to("Mill 0")
    out = flows.by("line_id")
    assert out.line_id.tolist() == ["main"]
    assert out.tonnage_t.item() == pytest.approx(flows.total_t)
    by_link = flows.by("link_id").set_index("link_id").tonnage_t
    steps = made_up.run.paths.merge(oracle[oracle.destination == "m0"], on="path_id")
    pd.testing.assert_series_equal(
        by_link.sort_index(), steps.groupby("link_id").tonnage_t.sum().sort_index(), check_dtype=False
    )


def test_pivot_and_matrix_hold_the_same_tonnes(made_up, oracle):
    """Wide tables add up to the long ones, with zeros for nothing."""
    flows = made_up.run.flows.kind("shipped")
    matrix = flows.matrix()
    assert matrix.to_numpy().sum() == pytest.approx(flows.total_t)
    assert not matrix.isna().any(axis=None)
    frame = oracle[oracle.kind == "shipped"]
    want = frame.pivot_table(
        index="origin_region", columns="material", values="tonnage_t", aggfunc="sum", fill_value=0.0
    )
    got = flows.pivot("origin_region", "material")
    pd.testing.assert_frame_equal(got, want, check_names=True)
    assert made_up.run.flows.diverted().pivot("period", "material").index.names == ["period", "kind"]


def test_queries_do_not_change_each_other(made_up):
    """A verb gives a new query and leaves the old one alone."""
    flows = made_up.run.flows
    before = len(flows)
    narrow = flows.kind("carted")
    assert len(flows) == before > len(narrow)
    with pytest.raises(AttributeError):
        flows.clauses = ()


def test_a_query_survives_pickling(made_up):
    """A query sent to another process answers there as it does here."""
    flows = made_up.run.flows.kind("carted")
    assert pickle.loads(pickle.dumps(flows)).total_t == flows.total_t


def test_an_empty_selection_is_zero_rows_and_zero_tonnes(made_up):
    """Nothing selected is an answer: no row, no tonne, and it can be shown."""
    none = made_up.run.flows.from_("e00").to("Mill 0")
    assert none.total_t == 0.0
    assert none.by("region").empty
    assert none.by("region").region.dtype == "str"
    assert none.to_frame().empty
    assert none.to_geo().empty
    assert none.paths().empty
    assert none.matrix().empty
    assert "0 movements" in repr(none)
    assert none.haulage().empty
    assert none.loads().empty


def test_lines_run_along_the_path_from_origin_to_destination(made_up):
    """The line of a flow begins at its origin, ends at its destination and passes every station between."""
    run = made_up.run
    geo = run.flows.to("Mill 0").to_geo()
    at = run.nodes.set_index("node_id").geometry
    for row in geo.itertuples():
        assert row.geometry.coords[0] == at[row.origin].coords[0]
        assert row.geometry.coords[-1] == at[row.destination].coords[0]
    far = geo[geo.origin == "y2"].geometry.iloc[0]
    assert at["s1"].coords[0] in list(far.coords)
    looted = run.flows.kind("looted").to_geo()
    assert (looted.geometry.apply(lambda g: len(g.coords)) == 2).all()
    assert run.flows.kind("leaked").to_geo().geometry.is_empty.all()


def test_paths_carry_length_and_links(made_up):
    """Each path names its links in order; the length is their sum."""
    run = made_up.run
    paths = run.flows.kind("shipped").paths().set_index("path_id")
    assert paths.links["y2>m0"] == ("gate2", "rail2", "rail1", "spur0")
    assert paths.length_km["y2>m0"] == 0.5 + 12 + 11 + 3
    assert run.flows.kind("looted").paths().length_km.isna().all()


def test_names_decide_by_verb(made_up):
    """One spelling is one place; two places of one kind are refused with both."""
    flows = made_up.run.flows
    assert flows.to("YARD 1").words == "to YARD 1 (yard y1)"
    run = made_up.run
    doubled = run.nodes.assign(name=run.nodes["name"].where(run.nodes["node_id"] != "e00", "Works 01"))
    twin = type(run)({**run.tables, "nodes": doubled}, run.meta)
    with pytest.raises(AmbiguousNameError) as caught:
        twin.flows.from_("Works 01")
    assert sorted(caught.value.candidates) == ["e00", "e01"]


def test_it_shows_itself(made_up):
    """Text and HTML say what it is, the tonnes by kind and the first rows, with everything escaped."""
    flows = made_up.run.flows.where("kind != '<b>'")
    assert "carted: " in repr(flows)
    html = flows._repr_html_()
    assert "<b>'" not in html
    assert "&lt;b&gt;" in html
    assert "<table" in html


def test_shares_are_largest_first_within_each_period(made_up):
    """They sum to one in each period; periods stand in order, and in each the largest comes first."""
    shares = made_up.run.flows.kind("shipped").shares("destination")
    assert shares.groupby("period")["share"].sum().tolist() == pytest.approx([1.0] * shares["period"].nunique())
    assert shares["period"].is_monotonic_increasing
    for _, rows in shares.groupby("period"):
        assert rows["tonnage_t"].is_monotonic_decreasing
        assert rows["share"].tolist() == pytest.approx((rows["tonnage_t"] / rows["tonnage_t"].sum()).tolist())


def test_what_did_not_move_is_nothing_in_a_wide_table(made_up):
    """A cell without any movement has 0 t."""
    flows = made_up.run.flows.kind("carted")
    wide = flows.pivot("origin", "destination")
    pairs = set(flows.by("origin", "destination")[["origin", "destination"]].itertuples(index=False, name=None))
    silent = [(o, d) for o in wide.index for d in wide.columns if (o, d) not in pairs]
    assert silent
    assert {wide.loc[o, d] for o, d in silent} == {0.0}


def test_a_total_does_not_depend_on_the_order_of_the_rows(toy_run, tmp_path):
    """Read back or turned round, the same movements have the same total, to the last digit: 23.5, where plain adding gave 23.499999999999996."""
    toy_run.save(tmp_path / "run")
    rows = toy_run.tables["movements"]
    for seed in range(4):
        mixed = rows.sample(frac=1.0, random_state=seed).reset_index(drop=True)
        run = type(toy_run)({**toy_run.tables, "movements": mixed}, toy_run.meta)
        assert run.flows.to("far").total_t == 23.5
    assert sf.read_run(tmp_path / "run").flows.to("far").total_t == 23.5


def test_groups_do_not_depend_on_the_order_of_the_rows(made_up):
    """Added up by columns of movements, of their ends and of their paths, turned round or not: the same bytes."""
    rows = made_up.run.tables["movements"]
    turned = type(made_up.run)(
        {**made_up.run.tables, "movements": rows.iloc[::-1].reset_index(drop=True)}, made_up.run.meta
    )
    for columns in (["kind"], ["kind", "material"], ["kind", "region"], ["kind", "line"], ["kind", "grade"]):
        a, b = (run.flows.by(*columns) for run in (made_up.run, turned))
        assert a.equals(b), columns
    assert made_up.run.flows.kind("carted").by().equals(turned.flows.kind("carted").by())


def test_the_head_is_the_five_largest_unless_another_number_is_asked_for(made_up):
    """As in pandas."""
    flows = made_up.run.flows
    assert flows.head().equals(flows.to_frame().head(5))
    assert flows.head(3).equals(flows.head().iloc[:3])


def test_a_selection_of_nothing_adds_up_to_nothing_in_one_row(toy_run):
    """No kind is left, so that there are none to be mixed."""
    assert toy_run.flows.from_().by().tonnage_t.tolist() == [0.0]


def test_bars_are_not_turned_into_another_picture(toy_run):
    """``kind`` and the axes of pandas would change what is drawn, which by() is for."""
    with pytest.raises(sf.InputError, match=r"column kind: tonnes are drawn as bars"):
        toy_run.flows.plot("period", kind="line")
