"""Tables that can be handed out: what a caller does to a frame changes that frame and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd


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
        self._frames = dict(shared(frames))
        for frame in self._frames.values():
            if len(frame):
                _lock_geometry(frame)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name].copy(deep=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def __or__(self, others: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        return {**self, **others}


def shared(frames: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """Return the frames themselves, not copies: for code that only reads, and for telling whether two are the same."""
    return frames._frames if isinstance(frames, Frames) else frames  # noqa: SLF001


def _lock_geometry(frame: pd.DataFrame) -> None:
    """Make the geometries of a frame read-only: unlike other columns they are not copied when written to."""
    for column, kind in frame.dtypes.items():
        if kind.name == "geometry":
            frame[column].array._data.flags.writeable = False  # noqa: SLF001
