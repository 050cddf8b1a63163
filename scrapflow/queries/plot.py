"""Bars of a query with matplotlib, for the quick look; pictures of whole runs are made by the views."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapflow.errors import InputError, problem
from scrapflow.vocabulary.read import kinds, palette_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from scrapflow.queries.query import Query

_MOST = 30
_LEGEND, _AIR = 1.15, 1.05


def bars(flows: Query, by: str = "period", *, ax: Axes | None = None, **options: Any) -> Axes:
    """Draw the tonnes of a query by a word: bars beside each other, one for each kind of movement.

    Parameters
    ----------
    flows
        Any query; kinds are kept apart and never stacked.
    by
        A word as for ``by``. Periods stand in their order, everything else largest first, at most thirty.
    ax
        Axes to draw on; new ones if not given.
    options
        Passed on to pandas' ``plot.bar``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If an option would change what is drawn.

    Examples
    --------
    >>> import scrapflow as sf
    >>> axes = bars(sf.run(sf.read_world("toy")).flows, "period")
    >>> [t.get_text() for t in axes.get_xticklabels()]
    ['2015-01', '2015-02']
    """
    ours = [word for word in ("kind", "x", "y") if word in options]
    if ours:
        message = "tonnes are drawn as bars by a word, as in plot('region'); for another picture, by(…) gives the table"
        raise InputError([problem("plot", "", word, message) for word in ours], what="the query")
    wide = flows.by(by, "kind").pivot_table(index=by, columns="kind", values="tonnage_t", aggfunc="sum", fill_value=0.0)
    wide = wide[[kind for kind in kinds() if kind in wide.columns]]
    if by in ("period", "year", "quarter"):
        wide = wide.sort_index()
    else:
        wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    shown = wide if by in ("period", "year") else wide.head(_MOST)
    own = ax is None
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(layout="constrained").subplots()
    colours = palette_of(kinds().values())
    # by kind each bar is of one kind, and stands alone over its name
    alone = by == "kind"
    given: dict[str, Any] = {"color": [colours[k] for k in shown.columns], "width": 0.8, "stacked": alone}
    given |= {"legend": len(shown.columns) > 1 and not alone, **options}
    drawn: Axes = shown.plot.bar(ax=ax, **given)
    cut = f", the largest {len(shown)} of {len(wide)}" if len(shown) < len(wide) else ""
    drawn.set(ylabel="t", xlabel=by + cut, title=flows.words)
    drawn.yaxis.set_major_formatter("{x:,.10g}")
    # room above the bars, and for the legend, which stands on none of them
    drawn.set_ylim(top=drawn.get_ylim()[1] * (_LEGEND if given["legend"] else _AIR if alone else 1.0))
    if given["legend"]:
        drawn.legend(loc="upper center", ncols=len(shown.columns), frameon=False)
    if own:
        show_itself(drawn, drawn.figure)
    return drawn


class SeveralAxes(list[Any]):
    """Axes of one figure, as a list that a notebook can show as their picture."""


def show_itself(shown: Axes | SeveralAxes, figure: Figure | SubFigure) -> None:
    """Let a notebook show what was drawn on as its picture: matplotlib does so only for figures of pyplot.

    Parameters
    ----------
    shown
        What is handed to the user, such as axes.
    figure
        The figure whose picture it is.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> show_itself(axes, axes.figure)
    >>> axes._repr_png_()[1:4]
    b'PNG'
    """
    setattr(shown, "_repr_png_", partial(_png, figure))  # noqa: B010  neither class declares it


def _png(figure: Figure | SubFigure) -> bytes:
    binary = io.BytesIO()
    figure.figure.savefig(binary, format="png")
    return binary.getvalue()
