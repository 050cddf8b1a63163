"""Words as numbers, beside a plain walk through the cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scrapflow.world.numbering import joined, numbered, positions

LABELS = ["sinpo", "Sinp'o", "신포", "", "b", "a"]


def _words(count: int) -> pd.Series:
    return pd.Series(np.random.default_rng(0).choice([*LABELS, "not there"], count), dtype="str")


def test_each_word_stands_where_a_walk_through_the_list_finds_it() -> None:
    """A column, a list and none at all; a word that the list lacks, and one that is unknown, stand nowhere."""
    words = _words(200)
    wanted = [LABELS.index(word) if word in LABELS else -1 for word in words]
    assert positions(words, LABELS).tolist() == wanted
    assert positions(words.tolist(), pd.Index(LABELS)).tolist() == wanted
    assert positions([], LABELS).tolist() == []
    assert positions(words.iloc[:2], []).tolist() == [-1, -1]
    assert positions(pd.Series(["a", None], dtype="str"), LABELS).tolist() == [5, -1]


def test_numbers_have_the_order_of_the_words() -> None:
    """Letters of three scripts sort as Python sorts them, and each number leads back to its word."""
    words = _words(200)
    numbers, labels = numbered(words)
    assert labels.tolist() == sorted(set(words))
    assert labels[numbers].tolist() == words.tolist()
    assert numbered(words.iloc[:0])[0].tolist() == []
    assert numbered(np.array(["b", None, "a"], dtype=object))[0].tolist() == [1, -1, 0]


def test_joined_columns_sort_as_they_do_one_after_the_other() -> None:
    """Numbers from -1 on, also where the product of nine columns goes beyond 64 bits."""
    rng = np.random.default_rng(5)
    for columns in (2, 9):
        rows = rng.integers(-1, 1000, (columns, 400))
        rows = rows[:, rng.integers(0, 400, 600)]
        found = joined(list(rows))
        assert found.argsort(kind="stable").tolist() == np.lexsort(rows[::-1]).tolist()
        assert len(set(found.tolist())) == len({tuple(row) for row in rows.T.tolist()})
