"""Records are not changed in place, and what holds arrays is not compared by value: read from every dataclass there is."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "scrapflow"
CHANGED_IN_PLACE = {
    "scrapflow.world.found.Found": "gathers what a folder holds while it is read",
    "scrapflow.world.csv_text.Raw": "cells and problems of a table, noted while it is read",
    "scrapflow.world.importers.attach.Draft": "a world while it is put together",
    "scrapflow.queries.stores._Course": "what is in the stores, while the legs are followed",
    "scrapflow.queries.stores._Stores": "what yards hold, from period to period",
    "scrapflow.ledger.coded_legs.PathBook": "paths are entered as they come",
    "scrapflow.campaign.history.History": "the loop adds a period at a time",
}
"""Dataclasses that are filled as work goes on, each with its reason."""
_ARRAYS = ("NDArray", "Floats", "Ints", "Bools", "DataFrame", "csr_array", "csc_array")


def dataclasses_of_the_package():
    """Return every dataclass of the package by its dotted name."""
    classes = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.stem == "__main__":
            continue
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for cls in vars(importlib.import_module(name)).values():
            if inspect.isclass(cls) and dataclasses.is_dataclass(cls) and cls.__module__ == name:
                classes[f"{name}.{cls.__qualname__}"] = cls
    return classes


CLASSES = dataclasses_of_the_package()


def test_the_exceptions_are_there_and_are_none_too_many():
    """A name in the list is a dataclass that is not frozen."""
    open_ones = {name for name, cls in CLASSES.items() if not cls.__dataclass_params__.frozen}
    assert open_ones == set(CHANGED_IN_PLACE)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_what_holds_arrays_is_itself_and_no_other(name):
    """Two records with arrays are one only if they are the same object: comparing arrays has no yes or no."""
    holds = [f.name for f in dataclasses.fields(CLASSES[name]) if any(word in str(f.type) for word in _ARRAYS)]
    written = "__eq__" in vars(CLASSES[name]) and not CLASSES[name].__dataclass_params__.eq
    assert not holds or not CLASSES[name].__dataclass_params__.eq or written, holds
