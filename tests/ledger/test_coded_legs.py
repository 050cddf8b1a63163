"""Movements as codes: paths entered once, loads added up by link and direction."""

from __future__ import annotations

import numpy as np
import pandas as pd

import scrapflow as sf
from scrapflow.ledger.coded_legs import BACK, NO_PATH, CodedMoves, Labels, Legs, PathBook, load_table, movements_table
from scrapflow.pipeline import unchecked


def legs(*rows):
    """Return legs from ``(period, kind, material, via, origin, destination, tonnes, path)``."""
    codes = np.array([r[:6] for r in rows], dtype=np.int64).reshape(-1, 6)
    return Legs(codes, np.array([r[6] for r in rows], dtype=float), np.array([r[7] for r in rows], dtype=np.int64))


def test_a_path_is_entered_once_and_named_after_its_ends():
    """The same arcs are one path; a second way between the same ends is numbered in the order of the arcs."""
    book = PathBook()
    first = book.enter("y", "m", ("b", "c"))
    assert book.enter("y", "m", ("b", "c")) == first
    assert book.enter("y", "m", ("a",)) != first
    assert book.enter("y", "m", ()) == NO_PATH
    assert dict(zip(book.arcs, book.ids(), strict=True)) == {("b", "c"): "y>m#2", ("a",): "y>m"}


def test_loads_are_kept_apart_by_direction_and_period():
    """What runs against a link's direction counts backward; a leg without a path loads nothing."""
    book = PathBook()
    there, back = book.enter("e", "y", ("l", "k")), book.enter("y", "e", (f"l{BACK}",))
    moved = legs((0, 0, 0, 0, 0, 1, 5.0, there), (1, 1, 0, 0, 1, 0, 2.0, back), (1, 2, 0, 0, 0, 2, 9.0, NO_PATH))
    forward, backward = load_table(moved, book, ["k", "l"], 2)
    assert forward.tolist() == [[5.0, 5.0], [0.0, 0.0]]
    assert backward.tolist() == [[0.0, 0.0], [0.0, 2.0]]


def test_legs_of_two_makers_are_joined_in_order():
    """People's legs and the trains' become one list."""
    both = legs((0, 0, 0, 0, 0, 1, 5.0, 0)).with_more(legs((0, 1, 0, 0, 1, 2, 3.0, 1)))
    assert both.tonnage_t.tolist() == [5.0, 3.0]
    assert both.path.tolist() == [0, 1]


def test_codes_of_another_order_are_translated():
    """Positions in the run's sorted labels, whatever order the words were coded in."""
    labels = Labels(["1"], ["carted", "shipped"], ["a", "b", "c"], ["looted", "own"], ["n"])
    assert labels.of_material(["c", "a"]).tolist() == [2, 0]
    assert labels.of_via(["own"]).tolist() == [1]
    assert labels.of_kind(["shipped", "carted"]).tolist() == [1, 0]


def test_movements_are_written_in_the_order_of_every_label_and_of_paths_last():
    """By period, kind, material, via, origin, destination; of two paths between the same ends the first by name comes first."""
    book = PathBook()
    second, first = book.enter("a", "b", ("z",)), book.enter("a", "b", ("c",))
    labels = Labels(["1", "2"], ["carted", "shipped"], ["m", "n"], ["looted", "own"], ["a", "b"])
    rows = [
        (1, 0, 0, 0, 0, 1, 1.0, NO_PATH), (0, 1, 0, 0, 0, 1, 2.0, NO_PATH), (0, 0, 1, 0, 0, 1, 3.0, NO_PATH),
        (0, 0, 0, 1, 0, 1, 4.0, NO_PATH), (0, 0, 0, 0, 1, 0, 5.0, NO_PATH), (0, 0, 0, 0, 0, 1, 6.0, second),
        (0, 0, 0, 0, 0, 1, 7.0, first), (0, 0, 0, 0, 0, 1, 8.0, NO_PATH), (0, 0, 0, 0, 0, 0, 9.0, NO_PATH),
    ]  # fmt: skip
    nodes = pd.DataFrame(
        {"node_id": ["a", "b"], "grade": "", "basis": "reported", "input_basis": "reported", "input_grade": ""},
        dtype="str",
    )
    table = movements_table(legs(*rows), labels, book, nodes)
    assert table["tonnage_t"].tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_movements_as_numbers_say_what_their_table_says(toy_run):
    """A run that was just made gives its movements as numbers; numbered anew from the table they are the same words."""
    fresh = unchecked(sf.read_world("toy"), sf.read_campaign(sf.read_world("toy"), "2015"))
    coded, again = fresh.coded_legs("kind"), CodedMoves.of(toy_run.movements)
    assert coded.table().equals(toy_run.movements)
    assert coded.tonnage_t.tolist() == again.tonnage_t.tolist()
    for column, words in again.words.items():
        assert coded.present(column) == again.present(column) == words
        told = np.array(coded.words[column], dtype=object)[coded.number[column]]
        assert told.tolist() == toy_run.movements[column].tolist()
