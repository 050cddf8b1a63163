"""A saved run is believed for what can be checked of it."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

import scrapflow as sf
from scrapflow.cli import app
from scrapflow.errors import BalanceError, InputError


@pytest.fixture
def saved(toy_run, tmp_path):
    """The toy's run on disk."""
    toy_run.save(tmp_path / "run")
    return tmp_path / "run"


def rehash(folder, **changes):
    """Change the manifest, put the hashes of the files as they are now into it, and seal it as a forger would."""
    from scrapflow.ledger.manifest import MANIFEST, write_manifest

    manifest = json.loads((folder / MANIFEST).read_text())
    for name in manifest["files"]:
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    write_manifest(folder, {k: v for k, v in manifest.items() if k not in ("seal", "format")} | changes)


def change(folder, table, **columns):
    """Write other columns into a stored table."""
    file = folder / f"{table}.parquet"
    frame = pd.read_parquet(file)
    frame.assign(**{c: f(frame) for c, f in columns.items()}).to_parquet(file, index=False)


def test_a_run_as_it_was_saved_is_the_same(saved):
    """Files, inputs and the run done again agree; the command ends with 0."""
    rows = sf.verify(saved)
    assert rows.what.tolist() == ["files", "inputs", "run"]
    assert set(rows.verdict) == {"same"}
    done = CliRunner().invoke(app, ["verify", str(saved)])
    assert done.exit_code == 0
    assert done.output.count("same") >= 3


def test_changed_settings_come_back_from_the_run_itself(toy, tmp_path):
    """A campaign with other settings, drawn with a seed, is run again from the text that the run carries."""
    camp = sf.read_campaign(toy, "2015").update({"inspection.teams": 2})
    sf.run(toy, camp, mode="sampled", seed=5).save(tmp_path / "run")
    assert set(sf.verify(tmp_path / "run").verdict) == {"same"}


def test_other_inputs_are_named(saved, toy, tmp_path):
    """Beside a world with another intake the inputs differ and the run is not done again; without a world nothing is claimed."""
    toy.with_values({("mills", "near", "intake_t"): 99.0}).write(tmp_path / "other")
    rows = sf.verify(saved, str(tmp_path / "other")).set_index("what")
    assert rows.verdict.to_dict() == {"files": "same", "inputs": "differs", "run": "not checked"}
    assert "mills.csv" in rows.message["inputs"]
    assert CliRunner().invoke(app, ["verify", str(saved), "--world", str(tmp_path / "other")]).exit_code == 1
    rehash(saved, world="elsewhere")
    assert sf.verify(saved).verdict.tolist() == ["same", "not checked", "not checked"]


def test_a_seed_that_was_edited_is_refused(saved):
    """The manifest has a seal: another seed, title or input is a changed run."""
    for key, value in (("seed", 7), ("title", "Other"), ("inputs", {}), ("allocation", {"near": 1.0})):
        text = (saved / "manifest.json").read_text()
        (saved / "manifest.json").write_text(json.dumps(json.loads(text) | {key: value}))
        with pytest.raises(InputError, match="changed after it was written"):
            sf.read_run(saved)
        assert sf.read_run(saved, check=False).meta[key] == value
        (saved / "manifest.json").write_text(text)
    assert CliRunner().invoke(app, ["verify", str(saved)]).exit_code == 0


FORGERIES = {
    "unknown accounts": ("accounts", {"shortfall_t": lambda f: f.shortfall_t * float("nan")}, "unknown, infinite"),
    "some unknown": ("accounts", {"detection": lambda f: f.detection.mask(f.index == 0)}, "unknown, infinite"),
    "infinite": ("quotas", {"credited_t": lambda f: f.credited_t + float("inf")}, "unknown, infinite"),
    "doubled accounts": ("accounts", {"carted_t": lambda f: f.carted_t * 2}, "carted_t"),
    "doubled returns": ("accounts", {"returned_t": lambda f: f.returned_t * 2}, "returned_t"),
    "doubled loads": ("link_loads", {"tonnage_t": lambda f: f.tonnage_t * 2}, "by the rows that it is made of"),
    "doubled quotas": ("quotas", {"quota_t": lambda f: f.quota_t * 2}, "quota_t"),
    "renamed paths": ("paths", {"path_id": lambda f: "x" + f.path_id}, "paths that the table does not have"),
    "negative": ("accounts", {"books_only_t": lambda f: f.books_only_t - 5}, "negative"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_nonsense_that_was_hashed_again_is_refused(saved, name):
    """Tables that contradict one another are no run, whatever the manifest says."""
    table, columns, message = FORGERIES[name]
    change(saved, table, **columns)
    rehash(saved)
    with pytest.raises(InputError, match=message):
        sf.read_run(saved)
    assert CliRunner().invoke(app, ["verify", str(saved)]).exit_code == 2


def test_what_only_a_run_can_tell_is_told(saved):
    """A shortfall changed consistently passes every check but the run done again, which names the table."""
    change(saved, "accounts", shortfall_t=lambda f: f.shortfall_t + 1.0)
    rehash(saved)
    row = sf.verify(saved).iloc[2]
    assert row.verdict == "differs"
    assert "accounts" in row.message
    assert CliRunner().invoke(app, ["verify", str(saved)]).exit_code == 1


def test_doubled_movements_do_not_balance(saved):
    """Movements are half of the books: doubled, they no longer balance."""
    file = saved / "movements" / "2015-01.parquet"
    frame = pd.read_parquet(file)
    frame.assign(tonnage_t=frame.tonnage_t * 2).to_parquet(file, index=False)
    rehash(saved)
    with pytest.raises((BalanceError, InputError)):
        sf.read_run(saved)
