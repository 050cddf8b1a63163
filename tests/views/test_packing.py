"""Numbers as text, and text that is safe inside a page."""

from __future__ import annotations

import base64
import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.views.packing import pack, pack_degrees, pack_json, to_json


def unpack(packed):
    """Undo the packing with Python's own zlib."""
    if "r" in packed:
        return np.frombuffer(base64.b64decode(packed["r"]), dtype="<" + packed["d"])
    planes = np.frombuffer(zlib.decompress(base64.b64decode(packed["z"]), -15), dtype=np.uint8)
    dtype = np.dtype("<" + packed["d"])
    return (
        np.ascontiguousarray(planes.reshape(dtype.itemsize, -1).T).view(dtype).ravel()
        if packed["n"]
        else np.array([], dtype)
    )


@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=50))
def test_whole_numbers_come_back_and_take_the_smallest_type(values):
    """Whole numbers survive packing, and small ones take one byte."""
    packed = pack(values, "int")
    assert unpack(packed).tolist() == unpack(pack(values, "int", ready=True)).tolist() == values
    if values and min(values) >= 0 and max(values) < 256:
        assert packed["d"] == "u1"


@given(st.lists(st.floats(-1e6, 1e6, width=32), max_size=50))
def test_tonnes_come_back_in_single_precision(values):
    """Single precision numbers come back exactly."""
    assert unpack(pack(values, "f4")).tolist() == values


def test_what_deflate_hardly_shortens_is_left_as_it_is():
    """Random tonnes would cost the browser more to inflate than to read; counts and repeated tonnes are deflated."""
    noise = np.random.default_rng(1).lognormal(2.0, 1.0, 4000)
    assert set(pack(noise)) == {"d", "n", "r"}
    assert unpack(pack(noise)).tolist() == noise.astype("<f4").tolist()
    assert set(pack(np.repeat(noise[:10], 400))) == set(pack(np.arange(4000) % 7, "int")) == {"d", "n", "z"}


def test_what_cannot_be_drawn_is_refused():
    """NaN, infinity and numbers too large for their type are errors, not silent zeros."""
    for values, dtype in (([np.nan], "f4"), ([np.inf], "f8"), ([300], "u1"), ([-1], "u2"), ([2**40], "int")):
        with pytest.raises(ValueError, match=r"finite|fit"):
            pack(values, dtype)


def test_degrees_are_kept_to_a_metre():
    """Coordinates are stored as differences of steps of 1e-5 degrees."""
    degrees = np.array([124.123456, 130.9, -180.0, 180.0])
    assert np.abs(np.cumsum(unpack(pack_degrees(degrees)).astype(float)) * 1e-5 - degrees).max() <= 0.51e-5


@given(st.text())
def test_no_text_can_leave_its_block(text):
    """JSON in the page is ASCII without angle bracket or ampersand, and reads back as what it was."""
    safe = to_json({"name": text})
    assert safe.isascii()
    assert not set("<>&") & set(safe)
    packed = pack_json({"name": text})
    assert zlib.decompress(base64.b64decode(packed["z"]), -15).decode() == safe
    assert json.loads(safe) == {"name": text}
