"""DESIGN sections 6 and 7: the tables of a run, their types, their balance, and saving them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf

COLUMNS = {
    "movements": "period kind material via origin destination tonnage_t path_id basis",
    "accounts": "period node_id quota_t credited_t carted_t for_show_t returned_t intercepted_t books_only_t "
    "looted_from_t looted_by_t shortfall_t detection mark_probability marks expelled detained output_index",
    "quotas": "period node_id rule_id quota_t credited_t",
    "stocks": "period node_id material via opening_t arising_t converted_t in_t out_t closing_t",
    "link_loads": "period link_id tonnage_t capacity_t shadow_price",
    "paths": "path_id seq link_id",
    "unserved": "period node_id tonnage_t new_t reason links",
    "periods": "period start end",
}
KEYS = {
    "movements": ["period", "kind", "material", "via", "origin", "destination", "path_id"],
    "accounts": ["period", "node_id"],
    "stocks": ["period", "node_id", "material", "via"],
    "link_loads": ["period", "link_id"],
    "paths": ["path_id", "seq"],
}
RUNS = ("toy_run", "plain_run", "dprk_run")


@pytest.fixture(params=RUNS)
def run(request):
    """Return each of the three runs."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(run, table):
    """Each table has its columns, in this order where they stand first, and a RangeIndex."""
    frame = getattr(run, table)
    wanted = COLUMNS[table].split()
    assert set(wanted) <= set(frame.columns)
    assert [c for c in frame.columns if c in wanted] == wanted
    assert isinstance(frame.index, pd.RangeIndex)


@pytest.mark.parametrize("table", COLUMNS)
def test_types(run, table):
    """Words are plain strings, tonnages float64, and nothing is NaN."""
    frame = getattr(run, table)
    for name in frame.columns:
        if name.endswith("_t"):
            assert frame[name].dtype == "float64"
            assert not frame[name].isna().any()
        if name in ("period", "kind", "material", "via", "origin", "destination", "node_id", "link_id", "reason"):
            assert pd.api.types.is_string_dtype(frame[name])
            assert not isinstance(frame[name].dtype, pd.CategoricalDtype)


@pytest.mark.parametrize("table", KEYS)
def test_sorted_by_keys_once_each(run, table):
    """Rows are sorted by their keys and no key occurs twice."""
    keys = getattr(run, table)[KEYS[table]]
    pd.testing.assert_frame_equal(keys, keys.sort_values(KEYS[table]).reset_index(drop=True))
    assert not keys.duplicated().any()


def test_no_zero_movement(run):
    """A movement moves something."""
    assert (run.movements["tonnage_t"] > 0).all()
    assert set(run.movements["via"]) <= {"own", "looted"}
    assert set(run.movements["kind"]) <= {"carted", "returned", "looted", "shipped", "leaked"}


def test_ends_are_nodes(run):
    """Origin and destination are node_ids."""
    ids = set(run.nodes["node_id"])
    assert set(run.movements["origin"]) | set(run.movements["destination"]) <= ids


def test_balance(run):
    """The residual has the columns of the design and is nothing."""
    balance = run.balance()
    assert list(balance.columns) == ["period", "node_id", "material", "residual_t"]
    assert balance["residual_t"].abs().max() < 1e-6


def test_in_and_out_are_movements(run):
    """in_t and out_t per node, period and material are exactly the movements."""
    keys = ["period", "node_id", "material"]
    stocks = run.stocks.groupby(keys)[["in_t", "out_t"]].sum()
    for end, column in (("destination", "in_t"), ("origin", "out_t")):
        moved = run.movements.rename(columns={end: "node_id"}).groupby(keys)["tonnage_t"].sum()
        if end == "destination":
            moved = moved[[n != "outside" for n in moved.index.get_level_values("node_id")]]
        both = pd.concat([stocks[column], moved], axis=1).fillna(0)
        assert (both[column] - both["tonnage_t"]).abs().max() < 1e-6


def test_conversions_sum_to_zero_over_materials(run):
    """What is stripped or condemned changes its material and nothing is made."""
    assert run.stocks.groupby(["period", "node_id"])["converted_t"].sum().abs().max() < 1e-6


def test_via_adds_up_to_the_same_totals(run):
    """The identity over via and over material agree: closing of one period is the opening of the next."""
    by = run.stocks.groupby(["node_id", "material", "period"])[["opening_t", "closing_t"]].sum().unstack("period")
    opening, closing = by["opening_t"].fillna(0).to_numpy(), by["closing_t"].fillna(0).to_numpy()
    assert np.abs(opening[:, 1:] - closing[:, :-1]).max(initial=0) < 1e-6
    assert (run.stocks["closing_t"] > -1e-9).all()


def test_accounts_add_up(run):
    """Credited = carted + books-only; quota = credited + shortfall; returned + intercepted ≤ for show ≤ carted."""
    a = run.accounts
    assert (a["credited_t"] - a["carted_t"] - a["books_only_t"]).abs().max() < 1e-6
    assert (a["quota_t"] - a["credited_t"] - a["shortfall_t"]).abs().max() < 1e-6
    assert (a["returned_t"] + a["intercepted_t"] <= a["for_show_t"] + 1e-6).all()
    assert (a["for_show_t"] <= a["carted_t"] + 1e-6).all()
    assert a["detection"].between(0, 1).all()
    assert a["output_index"].between(0, 1 + 1e-12).all()


def test_accounts_and_movements_agree(run):
    """Carted, returned and looted in the accounts are those of the movements."""
    moved = run.movements.groupby("kind")["tonnage_t"].sum()
    a = run.accounts
    assert a["carted_t"].sum() == pytest.approx(moved.get("carted", 0.0))
    assert a["returned_t"].sum() == pytest.approx(moved.get("returned", 0.0))
    assert a["looted_by_t"].sum() == pytest.approx(moved.get("looted", 0.0))
    assert a["looted_from_t"].sum() == pytest.approx(moved.get("looted", 0.0))


def test_link_loads_are_the_paths(run):
    """The load of a link is the tonnes of the movements whose path uses it, and within its capacity."""
    moved = run.movements[run.movements["kind"] == "shipped"]
    used = moved.merge(run.paths, on="path_id").groupby(["period", "link_id"])["tonnage_t"].sum()
    rail = run.links.loc[~run.links["mode"].isin(["road"]), "link_id"]
    loads = run.link_loads.set_index(["period", "link_id"])["tonnage_t"]
    carried = used.reindex(loads.index).fillna(0)
    on_rail = loads.index.get_level_values("link_id").isin(rail[~rail.str.contains(">")])
    assert (loads - carried)[on_rail].abs().max() < 1e-6
    one_way = run.link_loads[["forward_t", "backward_t"]].max(axis=1)
    assert (one_way <= run.link_loads["capacity_t"] + 1e-6).all()
    assert (run.link_loads["shadow_price"] >= 0).all()


def test_quotas_add_up_to_the_accounts(run):
    """The rules' quotas and credits of a node are the account's."""
    for column in ("quota_t", "credited_t"):
        rules = run.quotas.groupby(["period", "node_id"])[column].sum()
        account = run.accounts.set_index(["period", "node_id"])[column]
        assert (account - rules.reindex(account.index).fillna(0)).abs().max() < 1e-6


@pytest.mark.parametrize("name", ["toy_run", "plain_run"])
def test_saved_and_read_is_the_same(request, tmp_path, name):
    """Every table, the totals and the next saving's bytes are identical."""
    run = request.getfixturevalue(name)
    run.save(tmp_path / "one")
    again = sf.read_run(tmp_path / "one")
    for table in COLUMNS:
        pd.testing.assert_frame_equal(getattr(run, table), getattr(again, table))
    pd.testing.assert_series_equal(run.totals(), again.totals())
    pd.testing.assert_frame_equal(run.assumptions(), again.assumptions())
    pd.testing.assert_frame_equal(run.claims(), again.claims())
    assert run == again
    again.save(tmp_path / "two")
    names = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert any(p.suffix == ".parquet" for p in names)
    assert all((tmp_path / "one" / n).read_bytes() == (tmp_path / "two" / n).read_bytes() for n in names)


def test_a_saved_run_that_was_tampered_with_is_refused(toy_run, tmp_path):
    """Checked whenever a run is read: a table that no longer balances is not read."""
    toy_run.save(tmp_path / "run")
    files = sorted((tmp_path / "run").rglob("*.parquet"))
    file = next(f for f in files if "stocks" in str(f.relative_to(tmp_path)))
    frame = pd.read_parquet(file)
    frame.loc[0, "closing_t"] += 1.0
    frame.to_parquet(file, index=False)
    with pytest.raises(sf.errors.ScrapflowError):
        sf.read_run(tmp_path / "run")


def test_the_same_seed_is_the_same_run(toy):
    """Sampled runs of one seed are equal in every table; another seed may differ."""
    one, two = (sf.run(toy, "2015", mode="sampled", seed=3) for _ in range(2))
    for table in COLUMNS:
        pd.testing.assert_frame_equal(getattr(one, table), getattr(two, table))
    shows = {round(sf.run(toy, "2015", mode="sampled", seed=s).accounts["returned_t"].sum(), 6) for s in range(6)}
    assert len(shows) > 1


def test_sampled_agrees_with_expected_in_the_first_period(toy):
    """The mean over seeds of what is carried back in January is the expected 1.25 t, within its standard error."""
    drawn = np.array(
        [
            sf.run(toy, "2015", mode="sampled", seed=s).accounts.query("period == '2015-01'")["returned_t"].sum()
            for s in range(24)
        ]
    )
    assert set(np.round(drawn, 9)) <= {0.0, 2.5}
    assert abs(drawn.mean() - 1.25) < 4 * drawn.std() / np.sqrt(len(drawn))


def test_an_unknown_mode_is_refused(toy):
    """A mode that does not exist is bad input, and so a ValueError."""
    with pytest.raises(sf.errors.InputError, match="sampled"):
        sf.run(toy, "2015", mode="guess")
