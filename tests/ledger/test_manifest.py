"""Whatever a manifest says, it is read or refused in our words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.errors import InputError
from scrapflow.ledger.manifest import FORMAT, read_manifest, write_manifest

GOOD = {"world": "w", "campaign": "c", "mode": "expected", "seed": 0, "files": {}, "rows": {}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"words": {"mill": "port", "ko": {"mill": "항"}}},
        {"members": 200},
        {"given": True},
        {"allocation": {"near": 0.5}},
    ],
)
def test_what_was_written_is_read(tmp_path, more):
    """A manifest comes back with its seal and layout, words of a second language too."""
    write_manifest(tmp_path, GOOD | more)
    said = read_manifest(tmp_path, check=True)
    assert {k: said[k] for k in GOOD | more} == GOOD | more
    assert said["format"] == FORMAT


@pytest.mark.parametrize(
    "change",
    [
        {"seed": "0"}, {"seed": -1}, {"seed": True}, {"mode": "maybe"}, {"world": None}, {"files": []}, {"files": {"a": 1}},
        {"rows": {"../x": 1}}, {"rows": {"nodes": "3"}}, {"return_after": 1.5}, {"foresight": 3}, {"inputs": "none"},
        {"campaign_toml": "[" * 5000}, {"campaign_toml": "= 1"}, {"campaign_toml": "periods = 5"}, {"campaign_toml": "quota = [3]"},
        {"campaign_toml": "9" * 5000}, {"members": "all"}, {"members": [5]}, {"ranges": {"carted_t": [1, 2]}}, {"ranges": {"carted_t": {"low": 1}}},
        {"allocation": {"near": "half"}}, {"report": [{"kind": 5}]}, {"report": [{"note": None}]}, {"changes": [[1]]}, {"asked": [{"rule_id": []}]},
        {"return_after": 2}, {"foresight": "far"}, {"waiting_cost_per_t": -1}, {"allocation": {"m": 1e308}}, {"members": [{"a": 1}]},
        {"words": {"mill": 1}}, {"words": {"ko": {"mill": 1}}}, {"given": 3}, {"evidence": 3}, {"part_ranges": 3},
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(tmp_path, change):
    """Each key has its type; the error names key and value."""
    write_manifest(tmp_path, GOOD | change)
    with pytest.raises(InputError, match=next(iter(change))):
        read_manifest(tmp_path, check=True)


@pytest.mark.parametrize("number", [0, -1, 1, 99, 1.5, True, None, "2"])
def test_another_layout_says_so(tmp_path, number):
    """A newer or an older layout, or none, is refused."""
    (tmp_path / "manifest.json").write_text(json.dumps(GOOD | {"format": number}))
    with pytest.raises(InputError, match=r"layout|format"):
        read_manifest(tmp_path, check=True)


@pytest.mark.parametrize(
    "text", ["", "[]", "3", '{"format": Infinity}', "{" * 5000, '{"format": 2}', "\x00", "[" * 100_000]
)
def test_a_damaged_manifest_is_refused(tmp_path, text):
    """No text makes anything but our own error."""
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError):
        read_manifest(tmp_path, check=True)


@given(st.dictionaries(st.sampled_from([*GOOD, "format", "inputs", "seal", "members", "words"]), JSON))
def test_any_value_under_any_key_is_read_or_refused(tmp_path_factory, changes):
    """Hypothesis finds no value that raises anything else."""
    folder = tmp_path_factory.mktemp("m")
    (folder / "manifest.json").write_text(json.dumps(GOOD | {"format": FORMAT} | changes))
    with pytest.raises(InputError):
        read_manifest(folder, check=True)
