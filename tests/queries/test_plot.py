"""Bars of a query: which there are, in which order, in which colour."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from scrapflow.queries.plot import bars
from scrapflow.vocabulary.read import kinds


def query(rows, by="origin"):
    """A query whose answer is known: tonnes by a word and the kind."""
    frame = pd.DataFrame(rows, columns=[by, "kind", "tonnage_t"])
    return SimpleNamespace(by=lambda *columns: frame[[*columns, "tonnage_t"]], words="all movements")


def ticks(axes):
    """Return the words under the bars."""
    return [label.get_text() for label in axes.get_xticklabels()]


def test_kinds_stand_beside_each_other_in_their_order_and_colours():
    """Works carted 3 and 1, the yard shipped 9: the yard first; what a place did not move has a bar of 0."""
    axes = bars(query([("works", "carted", 3.0), ("yard", "shipped", 9.0), ("works", "returned", 1.0)]), "origin")
    assert ticks(axes) == ["yard", "works"]
    assert [label.get_text() for label in axes.get_legend().get_texts()] == ["carted", "returned", "shipped"]
    heights = [[bar.get_height() for bar in group] for group in axes.containers]
    assert heights == [[0.0, 3.0], [0.0, 1.0], [9.0, 0.0]]
    shown = [to_hex(group[0].get_facecolor()) for group in axes.containers]
    assert shown == [kinds()[kind].colour for kind in ("carted", "returned", "shipped")]
    assert (axes.get_ylabel(), axes.get_xlabel(), axes.get_title()) == ("t", "origin", "all movements")


def test_rows_of_one_word_and_kind_are_one_bar():
    """Two loads of 2 and 3 t are 5, beside another place's 4."""
    axes = bars(query([("a", "carted", 2.0), ("b", "carted", 4.0), ("a", "carted", 3.0)]), "origin")
    assert ticks(axes) == ["a", "b"]
    assert [bar.get_height() for bar in axes.containers[0]] == [5.0, 4.0]


def test_periods_and_years_stand_in_their_order_all_of_them():
    """Forty months, the largest last, are all there from the first to the last; of forty places the thirty largest."""
    names = [f"{2015 + i // 12}-{i % 12 + 1:02d}" for i in range(40)]
    rows = [(name, "carted", float(i + 1)) for i, name in reversed(list(enumerate(names)))]
    assert ticks(bars(query(rows, "period"), "period")) == names
    assert ticks(bars(query(rows, "year"), "year")) == names
    assert ticks(bars(query(rows), "origin")) == names[:9:-1]


def test_places_as_large_as_one_another_stay_in_the_order_of_their_names():
    """The order of equal bars does not hang on chance."""
    names = [f"p{i:02d}" for i in range(25)]
    rows = [(name, "carted", 1.0 + i % 2) for i, name in enumerate(names)]
    assert ticks(bars(query(rows), "origin")) == names[1::2] + names[::2]


def test_axes_and_looks_may_be_given_and_one_kind_needs_no_legend():
    """What is given to pandas wins over what we choose."""
    own = Figure().subplots()
    axes = bars(query([("a", "carted", 1.0)]), "origin", ax=own, color=["#123456"], width=0.5)
    assert axes is own
    assert axes.get_legend() is None
    bar = axes.containers[0][0]
    assert (to_hex(bar.get_facecolor()), bar.get_width()) == ("#123456", 0.5)


def test_axes_of_its_own_are_shown_by_a_notebook_as_their_picture():
    """Matplotlib shows figures of pyplot alone; axes that were given are the user's, and stay as they were."""
    rows = query([("works", "carted", 3.0)])
    assert bars(rows, "origin")._repr_png_().startswith(b"\x89PNG")
    assert not hasattr(bars(rows, "origin", ax=Figure().subplots()), "_repr_png_")
