"""A frame that is printed so that its weightiest columns are seen, however many it has; otherwise a plain one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ROWS, _WIDTH = 20, 34


class Told(pd.DataFrame):
    """A DataFrame whose text shows some columns whole and names the others; what is made of it is a plain DataFrame.

    Parameters
    ----------
    data
        The rows.
    shown
        Columns to print, in this order.

    Examples
    --------
    >>> print(Told(pd.DataFrame({"a": ["x"], "note": ["…"], "value": [1.5]}), shown=["a", "value"]))
    a  value
    x    1.5
    <BLANKLINE>
    [1 rows x 3 columns; not printed: note]
    """

    _metadata: ClassVar[list[str]] = ["_shown"]

    def __init__(self, data: pd.DataFrame, *, shown: Sequence[str]) -> None:
        super().__init__(data)  # type: ignore[call-arg]
        self._shown = [c for c in shown if c in data.columns]

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return pd.DataFrame

    def __repr__(self) -> str:
        """Return the text: some rows from both ends, numbers to six digits."""
        frame = pd.DataFrame(self)
        text = frame[self._shown].to_string(
            max_rows=_ROWS,
            min_rows=_ROWS // 2,
            max_colwidth=_WIDTH,
            index=False,
            float_format="{:,.6g}".format,
            na_rep="",
        )
        others = [str(c) for c in frame.columns if c not in self._shown]
        more = f"; not printed: {', '.join(others)}" if others else ""
        return f"{text}\n\n[{len(frame)} rows x {len(frame.columns)} columns{more}]"

    def __reduce__(self) -> Any:
        return pd.DataFrame(self).__reduce__()
