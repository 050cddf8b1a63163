"""Tables that can be handed out: what a caller does to a frame changes that frame and nothing else.

Studies ask the same of the same words with other numbers, again and again: :meth:`Frames.with_numbers` takes columns as
arrays, and no frame is made of them until somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_Made = TypeVar("_Made")


class Frames(Mapping[str, "pd.DataFrame"]):
    """Frames by name, each handed out as a copy that shares its cells until one of the two is written to.

    Parameters
    ----------
    frames
        The frames, which must not be written to any more by whoever gives them.

    Examples
    --------
    >>> import pandas as pd
    >>> frames = Frames({"a": pd.DataFrame({"x": [1.0]})})
    >>> mine = frames["a"]
    >>> mine.loc[0, "x"] = 2.0
    >>> frames["a"].x.tolist()
    [1.0]
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        known = isinstance(frames, Frames | _WithNumbers)
        self._frames: Mapping[str, pd.DataFrame] = shared(frames) if known else dict(frames)
        self.of_words: dict[Hashable, Any] = frames.of_words if isinstance(frames, Frames) else {}
        for frame in () if known else frames.values():
            if len(frame):
                _lock_geometry(frame)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what can be made again."""
        return {"_frames": self._frames, "of_words": {}}

    def with_numbers(self, columns: Mapping[tuple[str, str], Floats]) -> Frames:
        """Return the frames with other numbers in some columns, by table and column, shape (rows,); never coordinates."""
        made = Frames(_WithNumbers(self._frames, columns))
        made.of_words = self.of_words
        return made

    def __getitem__(self, name: str) -> pd.DataFrame:
        frame: pd.DataFrame = self._frames[name]
        return frame.copy(deep=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def __or__(self, others: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        return {**self, **others}


class _WithNumbers(Mapping[str, "pd.DataFrame"]):
    """Frames with other numbers in some columns, each put together when it is asked for."""

    def __init__(self, frames: Mapping[str, pd.DataFrame], columns: Mapping[tuple[str, str], Floats]) -> None:
        self.frames, self.columns = frames, columns
        self._changed = {table for table, _ in columns}
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._changed:
            return self.frames[name]
        if name not in self._made:
            new = {column: numbers for (table, column), numbers in self.columns.items() if table == name}
            self._made[name] = self.frames[name].assign(**new)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __len__(self) -> int:
        return len(self.frames)


def by_words(frames: Mapping[str, pd.DataFrame], name: Hashable, make: Callable[[], _Made]) -> _Made:
    """Return what follows from words, coordinates and the numbers first given: made once for all frames with other numbers."""
    if not isinstance(frames, Frames):
        return make()
    if name not in frames.of_words:
        frames.of_words[name] = make()
    made: _Made = frames.of_words[name]
    return made


def numbers_in(frames: Mapping[str, pd.DataFrame], table: str, column: str) -> Floats:
    """Return a column of numbers, shape (rows,), NaN where nothing is known, to be read alone; no frame is made for it.

    Examples
    --------
    >>> import pandas as pd
    >>> frames = Frames({"a": pd.DataFrame({"x": [1.0]})})
    >>> numbers_in(frames.with_numbers({("a", "x"): np.array([2.0])}), "a", "x").tolist(), frames["a"].x.tolist()
    ([2.0], [1.0])
    """
    own, place = shared(frames), (table, column)
    while isinstance(own, _WithNumbers):
        if place in own.columns:
            return own.columns[place]
        own = own.frames
    first = own
    return by_words(frames, place, lambda: first[table][column].to_numpy(dtype=np.float64, na_value=np.nan))


def numbers_set(frames: Mapping[str, pd.DataFrame]) -> Mapping[tuple[str, str], Floats]:
    """Return the columns that :meth:`Frames.with_numbers` was given last, by table and column, to be read alone.

    Examples
    --------
    >>> import pandas as pd
    >>> frames = Frames({"a": pd.DataFrame({"x": [1.0]})})
    >>> list(numbers_set(frames.with_numbers({("a", "x"): np.array([2.0])}))), list(numbers_set(frames))
    ([('a', 'x')], [])
    """
    own = shared(frames)
    return own.columns if isinstance(own, _WithNumbers) else {}


def shared(frames: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """Return the frames themselves, not copies: for code that only reads, and for telling whether two are the same."""
    return frames._frames if isinstance(frames, Frames) else frames  # noqa: SLF001


def _lock_geometry(frame: pd.DataFrame) -> None:
    """Make the geometries of a frame read-only: unlike other columns they are not copied when written to."""
    for column, kind in frame.dtypes.items():
        if kind.name == "geometry":
            frame[column].array._data.flags.writeable = False  # noqa: SLF001
