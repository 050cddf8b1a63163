"""What is handed to a public function by mistake: None, bytes, a number for a run, told in words before anything is done with it.

The annotations of a function say what it takes. What is plainly something else, of a type of Python, NumPy or pandas that
none of them names, is refused, and so is an object of another library that does not look like it; whatever an annotation does not name passes.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, wraps
from itertools import islice
from numbers import Integral, Real
from typing import Any, ParamSpec, TypeGuard, TypeVar

import numpy as np

from scrapflow.errors import CallError, InputError, did_you_mean, problem

P = ParamSpec("P")
R = TypeVar("R")

_STAND_INS = {"types", "unittest"}
"""What makes stand-ins for tests, which may do as well as the real thing."""
_PLAIN = (sys.stdlib_module_names - _STAND_INS) | {"builtins", "numpy", "pandas"}
"""Whose types are judged by what they are; those of others by what they look like."""
_LOOKS = {"DataFrame": "columns", "Series": "index", "RunTables": "tables", "Run": "tables", "World": "tables"}
"""An attribute that says that an object of somebody else may do as well."""
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "True or False",
    "None": "None",
    "Sequence[str]": "a list of texts",
    "Iterable[str]": "a list of texts",
    "list[str]": "a list of texts",
    "RunTables": "a Run",
}
_JUDGED = {
    "str", "int", "float", "bool", "None", "Sequence", "Iterable", "list", "tuple", "Mapping", "dict", "Series", "Callable", "Path", "PathLike", "DataFrame",
    "RunTables", "Run", "World", "Campaign", "Flows", "Ensemble", "Posterior", "Comparison", "FlowProblem", "Network", "Transport",
    "FillingRule", "PatrolRule", "Axes", "Map",
}  # fmt: skip
"""Names in annotations that tell what is wanted; others, such as ``When``, are for their functions to judge."""
_SCALARS = {"str", "int", "float", "bool", "None"}
"""Nothing of another library is one of these, unless it registers itself as a number."""
_MANY = {"Sequence", "Iterable", "list", "tuple"}
"""What of another library can be gone through is one of these."""
_ALIKE = 0.8
"""Columns of one's own may stand beside those that are read; one that shares so much of its letters with such a one is meant as it."""
_LARGEST = 10**300
_LOOKED_AT = 1000
"""So many of a list are looked at: it may be long, and who made one wrong made the first one wrong."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that refuses arguments which are plainly none of what its annotations name.

    Raises
    ------
    InputError
        Naming the argument, what is wanted and what was given.

    Examples
    --------
    >>> @checked
    ... def half(tonnes: float) -> float:
    ...     return tonnes / 2
    >>> half(3)
    1.5
    >>> try:
    ...     half(b"3")
    ... except InputError as error:
    ...     print(error)
    the call was refused: 1 problem
      half, column tonnes: a number is wanted, not bytes
    """
    signature = inspect.signature(function)
    wanted = {p.name: _alternatives(str(p.annotation)) for p in signature.parameters.values()}
    several = {p.name for p in signature.parameters.values() if p.kind is p.VAR_POSITIONAL}
    named = {p.name for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD}

    @wraps(function)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> R:
        bound = _bound(function.__qualname__, signature, args, kwargs)
        faults = [
            problem(function.__name__, "", told, message + _instead(each, function.__name__, signature))
            for name, value in bound.arguments.items()
            for told, each in (
                value.items() if name in named else [(name, v) for v in (value if name in several else (value,))]
            )
            if (message := _fault(each, wanted[name]))
        ]
        if faults:
            raise InputError(faults, what="the call")
        for name, value in bound.arguments.items():
            bound.arguments[name] = _plain(value, name, faults, wanted[name])
        if faults:
            raise InputError(faults, what="the call")
        return function(*bound.args, **bound.kwargs)

    return refusing


def called(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that refuses a call it does not fit, and judges its arguments itself.

    Raises
    ------
    CallError
        If the arguments are not those that the function takes.

    Examples
    --------
    >>> from scrapflow.errors import CallError
    >>> try:
    ...     called(lambda tonnes: tonnes / 2)(mass=3)
    ... except CallError as error:
    ...     print(error)
    <lambda>() missing a required argument: 'tonnes'; it takes tonnes
    """
    signature = inspect.signature(function)

    @wraps(function)
    def fitting(*args: P.args, **kwargs: P.kwargs) -> R:
        _bound(function.__qualname__, signature, args, kwargs)
        return function(*args, **kwargs)

    return fitting


def _bound(
    name: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> inspect.BoundArguments:
    try:
        return signature.bind(*args, **kwargs)
    except TypeError as fault:
        raise CallError(_misfit(name, signature, fault, kwargs)) from None


def _takes(signature: inspect.Signature) -> str:
    """Return the arguments of a function as a call has them."""
    by_name = [p.name for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY]
    return ", ".join(f"{word}=…" if word in by_name else word for word in signature.parameters if word != "self")


def _instead(value: object, name: str, signature: inspect.Signature) -> str:
    """Say what of a selection or an ensemble is a run, where a function was given it and takes runs alone."""
    kind = type(value).__name__
    if kind.endswith("Flows"):
        return f": hand over the run itself, {name}({_takes(signature)})"
    central = {"Ensemble": "ens", "Posterior": "post"}.get(kind)
    return f": its run in the middle is {central}.central" if central else ""


def _misfit(name: str, signature: inspect.Signature, fault: TypeError, given: Iterable[str]) -> str:
    """Say which function a call does not fit, and what it takes: Python leaves both out where a signature is bound."""
    known = [parameter for parameter in signature.parameters if parameter != "self"]
    strange = [word for word in given if word not in known]
    takes = f"it takes {_takes(signature)}"
    hint = did_you_mean(strange[0], known, takes, cutoff=_ALIKE) if strange else takes
    return f"{name}() {fault}; {hint}"


def _plain(value: Any, name: str, faults: list[dict[str, str]], wanted: Sequence[str] = ()) -> Any:
    """Return an argument as it is, frames among them as plain tables and fractions as numbers."""
    if "float" in wanted and isinstance(value, Real) and type(value).__module__ != "builtins":
        return float(value)
    if isinstance(value, dict) and any(_is(v, "DataFrame") for v in islice(value.values(), _LOOKED_AT)):
        return {key: _plain(v, str(key), faults) for key, v in value.items()}
    if not _is(value, "DataFrame"):
        return value
    from scrapflow.given_frames import plain_frame

    return plain_frame(value, name, faults)


def iterates(value: object) -> TypeGuard[Iterable[Any]]:
    """Tell whether a value can be gone through, which an array of no dimension only looks like.

    Examples
    --------
    >>> iterates([]), iterates(np.array(1)), iterates(1)
    (True, False, False)
    """
    try:
        iter(value)  # type: ignore[call-overload]
    except TypeError:
        return False
    return True


def is_number(value: object) -> bool:
    """Tell whether a value is a number; True and False are none, although Python counts with them, nor are spans of time.

    Examples
    --------
    >>> is_number(0.5), is_number(np.int64(2)), is_number(True)
    (True, True, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool | np.timedelta64)


def misspelt(table: str, given: Iterable[object], known: Iterable[str]) -> list[dict[str, str]]:
    """Return columns that would be passed over, because nobody asks for them, but look like one that is asked for and not there.

    Examples
    --------
    >>> [p["message"] for p in misspelt("observations", ["metric", "exposre", "remark"], ["metric", "exposure"])]
    ["is no column that is read; did you mean 'exposure'?"]
    """
    columns = [str(c) for c in given]
    absent = [k for k in known if k not in columns]
    return [
        problem(table, "", c, f"is no column that is read; {hint}")
        for c in columns
        if c not in known and (hint := did_you_mean(c, absent, cutoff=_ALIKE))
    ]


@cache
def _alternatives(annotation: str) -> tuple[str, ...]:
    """Take an annotation apart at its outermost bars."""
    parts, depth, start = [], 0, 0
    for i, letter in enumerate(annotation):
        depth += (letter in "[(") - (letter in "])")
        if letter == "|" and depth == 0:
            parts.append(annotation[start:i].strip())
            start = i + 1
    return (*parts, annotation[start:].strip())


def _fault(value: object, wanted: Sequence[str]) -> str:
    """Say what is wrong with an argument; nothing where it fits."""
    if not _fits(value, wanted):
        told = " or ".join(dict.fromkeys(_told(w) for w in wanted))
        hint = ""
        if is_number(value) and _WORDS["str"] in told:
            hint = f", such as {str(value)!r}"
        if isinstance(value, str):
            hint = f": read it first, sf.read_world({value!r})" if "World" in told else hint
            hint = f", such as [{value!r}]" if _WORDS["list[str]"] in told else hint
        return f"{told} is wanted, not {type(value).__name__}{hint}"
    # A name of a file may hold bytes that are no letters; any other text may not.
    if isinstance(value, str) and "str" in wanted and not {"Path", "PathLike"} & {_base(w) for w in wanted}:
        try:
            value.encode()
        except UnicodeEncodeError:
            return f"{value!r} holds half of a letter"
    if isinstance(value, int) and "float" in wanted and not -_LARGEST <= value <= _LARGEST:
        return "the number is too large"
    return ""


def _told(wanted: str) -> str:
    base = _base(wanted)
    if wanted in _WORDS:
        return _WORDS[wanted]
    if base.endswith("Rule"):
        return "a function"
    if base in {"Callable", "Mapping", "dict"}:
        return "a function" if base == "Callable" else "a mapping"
    return "a path" if base == "PathLike" else f"{'an' if base[:1] in 'AEIOU' else 'a'} {base}"


def _fits(value: object, wanted: Sequence[str]) -> bool:
    """Tell whether a value is one of what is wanted, or nothing that can be judged."""
    if value is None:
        return "None" in wanted or any(_base(w) not in _JUDGED for w in wanted)
    bases = {_base(w) for w in wanted}
    theirs = type(value).__module__.partition(".")[0]
    if theirs in _STAND_INS and not bases <= _SCALARS | _MANY:
        return True
    if theirs not in _PLAIN and any(hasattr(value, _LOOKS[base]) for base in bases & _LOOKS.keys()):
        return not (theirs == "scrapflow" and type(value).__name__ in _JUDGED) or any(_is(value, w) for w in wanted)
    return any(_is(value, w) for w in wanted)


def _base(wanted: str) -> str:
    """Return the bare name of an annotation: ``Mapping`` of ``Mapping[str, float]``, ``DataFrame`` of ``pd.DataFrame``."""
    return wanted.partition("[")[0].rpartition(".")[2]


def _is(value: object, wanted: str) -> bool:
    base = _base(wanted)
    if base not in _JUDGED:
        return True
    if base in _MANY:
        if isinstance(value, str | bytes | bytearray | memoryview | Mapping) or not iterates(value):
            return False
        if wanted.endswith("[str]") and isinstance(value, Sequence):
            return all(isinstance(word, str) for word in value[:_LOOKED_AT])
        return True
    kinds: dict[str, Any] = {
        "None": type(None), "str": str, "int": Integral, "float": Real, "bool": (Integral, np.bool_), "Mapping": Mapping, "dict": Mapping, "Callable": Callable, "PathLike": os.PathLike, "Path": os.PathLike,
        "FillingRule": Callable, "PatrolRule": Callable,
    }  # fmt: skip
    if base == "Mapping" and "Mapping[str," in wanted and isinstance(value, Mapping):
        return all(isinstance(key, str) for key in islice(value, _LOOKED_AT))
    if base in kinds:
        return isinstance(value, kinds[base]) and (base not in {"int", "float"} or is_number(value))
    return any(kind.__name__ == base for kind in type(value).__mro__)
