"""Numbers as text: typed arrays, deflated and in base64, that the map's script unpacks.

An array is cut into byte planes first (all lowest bytes, then all second bytes, …), which deflate packs far better
than interleaved numbers. Deflate uses its fixed code alone: a third larger than with codes of its own, but the script
that inflates it is a page, and needs no browser newer than its typed arrays. ``assets/unpack.js`` reverses every step.
Arrays that the first sight needs are left as they are (``ready``), and so are those that deflate makes hardly any shorter: their
bytes are read faster than they are inflated.

All of it is ASCII: a browser reads a page of a megabyte noticeably faster if no letter of it needs two bytes.

A widget has no file to be written into: :func:`message` sends the same data with its arrays as they are.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DEGREES_PER_STEP = 1e-5
"""Coordinates are whole numbers of this many degrees: about a metre."""
WORTH = 0.7
"""An array of which deflate leaves more than this share is not deflated."""
_EIGHT = 8
"""Where an array of a message begins: at a multiple of its widest number."""


@dataclass(frozen=True, eq=False)
class Packed(Mapping[str, str | int]):
    """An array, or text that is JSON, that is written down only when it is known how: as text or in a message.

    A mapping of what it is as text: ``d`` (what it holds), ``n`` (how many), and ``z`` or ``r``.
    """

    holds: str
    count: int
    content: NDArray[np.generic] | bytes
    ready: bool = False

    @cached_property
    def _text(self) -> dict[str, str | int]:
        about: dict[str, str | int] = {"d": self.holds, "n": self.count}
        if isinstance(self.content, bytes):
            return about | {"z": _deflated(self.content)}
        plain = base64.b64encode(self.content.tobytes()).decode("ascii")
        if self.ready:
            return about | {"r": plain}
        planes = self.content.view(np.uint8).reshape(self.count, self.content.itemsize).T.tobytes()
        packed = _deflated(planes)
        # what hardly becomes shorter, such as measured tonnes, is read in a tenth of the time as it is
        return about | ({"z": packed} if len(packed) < WORTH * len(plain) else {"r": plain})

    @property
    def raw(self) -> bytes:
        """The bytes as they are."""
        return self.content if isinstance(self.content, bytes) else self.content.tobytes()

    def __getitem__(self, key: str) -> str | int:
        if key == "d":
            return self.holds
        return self.count if key == "n" else self._text[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._text)

    def __len__(self) -> int:
        return len(self._text)


def pack(values: ArrayLike, dtype: str = "f4", *, ready: bool = False) -> Packed:
    """Pack an array, shape ``(n,)``, as ``{"d": dtype, "n": n, "z": base64 of deflated byte planes}``.

    Parameters
    ----------
    values
        Numbers. For ``dtype="int"`` the smallest fitting whole type is chosen.
    dtype
        ``f4``, ``f8``, ``int`` or one of numpy's ``u1 u2 u4 i1 i2 i4``.
    ready
        Neither cut nor deflated: ``"r"``, base64 of the numbers as they are, instead of ``"z"``.

    Raises
    ------
    ValueError
        If a number is not finite or does not fit.

    Examples
    --------
    >>> pack([1, 2, 300], "int")["d"]
    'u2'
    """
    array = np.asarray(values, dtype=np.float64 if dtype.startswith("f") else np.int64).ravel()
    if not np.isfinite(array).all():
        msg = "only finite numbers can be drawn"
        raise ValueError(msg)
    if dtype == "int":
        dtype = _smallest(array)
    typed = array.astype("<" + dtype)
    if not dtype.startswith("f") and (typed.astype(np.int64) != array).any():
        msg = f"a number does not fit into {dtype}"
        raise ValueError(msg)
    return Packed(dtype, len(typed), typed, ready)


def pack_json(data: object) -> Packed:
    """Pack what JSON can say, deflated: for what opening a page need not wait for, read when it is asked for.

    Examples
    --------
    >>> pack_json(["Sunch'ŏn", None])["d"]
    'json'
    """
    text = to_json(data).encode("ascii")
    return Packed("json", len(text), text)


def _deflated(data: bytes) -> str:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_FIXED)
    return base64.b64encode(squeezer.compress(data) + squeezer.flush()).decode("ascii")


def _smallest(array: NDArray[np.number]) -> str:
    low, high = (int(array.min()), int(array.max())) if len(array) else (0, 0)
    for name in ("u1", "u2", "u4") if low >= 0 else ("i1", "i2", "i4"):
        info = np.iinfo(name)
        if info.min <= low and high <= info.max:
            return name
    msg = f"numbers from {low} to {high} do not fit into 32 bits"
    raise ValueError(msg)


def pack_degrees(values: ArrayLike, *, ready: bool = False) -> Packed:
    """Pack degrees as differences of whole steps of :data:`DEGREES_PER_STEP`; the first is the start itself."""
    steps = np.rint(np.asarray(values, dtype=np.float64) / DEGREES_PER_STEP).astype(np.int64).ravel()
    return pack(np.diff(steps, prepend=0), "int", ready=ready)


def to_json(data: object) -> str:
    r"""Return JSON that is safe inside a ``<script type="application/json">`` block.

    ``<``, ``>`` and ``&`` are written as escapes, so no name can close the block or open a comment; braces and
    backticks mean nothing there, and the text is never compiled as a template. So is every letter beyond ASCII.

    Examples
    --------
    >>> print(to_json({"name": "</script><b>"}))
    {"name":"\u003c/script\u003e\u003cb\u003e"}
    """
    text = json.dumps(data, separators=(",", ":"), allow_nan=False, default=_as_text)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _as_text(value: object) -> dict[str, str | int]:
    if not isinstance(value, Packed):
        msg = f"{type(value).__name__} is nothing that JSON can say"
        raise TypeError(msg)
    return dict(value)


def message(data: object) -> bytes:
    """Return data as one binary message: the length of its JSON, the JSON, then its arrays as they are.

    In the JSON an array is ``{"d": what it holds, "n": how many, "at": where it begins after the JSON}``;
    ``assets/unpack.js`` reads it without copying or inflating anything.

    Examples
    --------
    >>> message({"t": pack([1, 2])})[4:35]
    b'{"t":{"d":"f4","n":2,"at":0}}  '
    """
    arrays: list[bytes] = []
    end = 0

    def placed(value: object) -> dict[str, str | int]:
        nonlocal end
        if not isinstance(value, Packed):
            return _as_text(value)
        about: dict[str, str | int] = {"d": value.holds, "n": value.count, "at": end}
        arrays.append(_padded(value.raw))
        end += len(arrays[-1])
        return about

    head = json.dumps(data, separators=(",", ":"), allow_nan=False, default=placed).encode("ascii")
    head += b" " * (-(len(head) + 4) % _EIGHT)
    return b"".join([len(head).to_bytes(4, "little"), head, *arrays])


def _padded(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % _EIGHT)
