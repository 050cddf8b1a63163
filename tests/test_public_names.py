"""The public face: each name exists, is documented, and costs nothing until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import scrapflow as sf

HEAVY = ("pandas", "numpy", "geopandas", "folium", "scipy", "networkx", "matplotlib", "duckdb", "typer")


@pytest.mark.parametrize("name", sf.__all__)
def test_each_public_name_can_be_had(name: str) -> None:
    """Every name of ``__all__`` resolves, and what can be called says what it does."""
    value = getattr(sf, name)
    assert value is not None
    if callable(value):
        assert (value.__doc__ or "").strip()


def test_public_names_are_listed_once_and_in_order() -> None:
    """The list has no name twice, and ``dir`` shows all of it and nothing that is not public."""
    names = list(sf.__all__)
    assert len(names) == len(set(names))
    assert set(names) == {name for name in dir(sf) if not name.startswith("__")}


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as it would in any module."""
    with pytest.raises(AttributeError, match="read_wrld"):
        _ = sf.read_wrld


def test_import_brings_in_no_heavy_library() -> None:
    """``import scrapflow`` alone loads none of the libraries that take time."""
    code = f"import sys, scrapflow; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
