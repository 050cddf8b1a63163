"""What users of other tools write, and the line that does it here, from ``other_tools.csv``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scrapflow.errors import did_you_mean
from scrapflow.vocabulary.read import KINDS, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def not_there(of: str, name: str, known: Iterable[str]) -> str:
    """Say that a class or the package has nothing of that name, and what does it here or what is near.

    Parameters
    ----------
    of
        Name of the class, or ``scrapflow``.
    name
        What was asked for.
    known
        What there is.

    Examples
    --------
    >>> print(not_there("Flows", "groupby", ["by", "kind"]))
    Flows has no 'groupby'; here it is flows.by('kind', 'region')
    >>> print(not_there("Flows", "looted", ["by", "kind"]), not_there("Flows", "kid", ["by", "kind"]), sep=chr(10))
    Flows has no 'looted'; here it is flows.kind('looted')
    Flows has no 'kid'; did you mean 'kind'?
    """
    line = f"flows.kind({name!r})" if of == "Flows" and name in KINDS else _lines().get((of, name.casefold()), "")
    hint = f"here it is {line}" if line else did_you_mean(name, [k for k in known if not k.startswith("_")])
    return f"{of} has no {name!r}{f'; {hint}' if hint else ''}"


@cache
def _lines() -> dict[tuple[str, str], str]:
    return {(row["of"], word): row["line"] for row in rows_of("other_tools") for word in row["words"].split()}


class SaysWhatIsThere:
    """A class whose users are told what a word of another tool is here."""

    if not TYPE_CHECKING:  # to a type checker, what is not there is an error before anything runs

        def __getattr__(self, name):  # noqa: ANN001, ANN204
            # A property that failed says itself why. Names with an underscore are asked for by Python, of every object.
            if name[:1] == "_" or name in dir(type(self)):
                return object.__getattribute__(self, name)
            raise AttributeError(not_there(type(self).__name__, name, dir(self)))
