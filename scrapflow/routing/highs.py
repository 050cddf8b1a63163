"""Models of HiGHS that print nothing: what a solver writes would stand among the rows that a command prints."""

from __future__ import annotations

from functools import cache
from typing import Any


def new_model(**options: Any) -> Any:  # noqa: ANN401, RUF100
    """Return an empty model on one thread.

    Parameters
    ----------
    **options
        Options of HiGHS (https://highs.dev), straight to it.

    Examples
    --------
    >>> new_model(presolve="off").getNumCol()
    0
    """
    model = _silent()()
    for name, value in {"output_flag": False, "threads": 1, **options}.items():
        model.setOptionValue(name, value)
    return model


@cache
def _silent() -> type[Any]:
    import highspy

    class Silent(highspy.Highs):
        """Since 1.16 the constructor greets when it enables callbacks, before anybody can ask for silence."""

        def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS' name
            self.setOptionValue("output_flag", False)  # noqa: FBT003 - its signature
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    return Silent
