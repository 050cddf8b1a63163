"""One place, many spellings: names compared without case, accents, apostrophes, hyphens and spaces.

No transliteration is attempted: what other scripts and systems call a place stands in ``name_local`` and ``aliases``.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.errors import AmbiguousNameError, UnknownNameError, near
from scrapflow.world.folding import fold, fold_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

KINDS = ("station", "mill", "yard", "community", "enterprise", "junction", "outside")
"""Kinds of node in the order in which a bare name is understood."""
_SPELLINGS = ("name", "name_local", "aliases")


class Match(NamedTuple):
    """What a name was taken to mean: ``kind`` (a node's kind, or ``"region"``) and the identifier."""

    kind: str
    id: str


class NameIndex:
    """All spellings of places and regions, folded once and then looked up in constant time.

    Parameters
    ----------
    nodes
        Frame with ``node_id, name, kind`` and, where they exist, ``name_local`` and ``aliases`` (separated by ``|``).
    regions
        Frame with ``region_id, name`` and the same optional columns; None where regions cannot be meant. A county
        (``level``) is asked for by its seat.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"node_id": ["m1"], "name": ["Kangsŏn"], "kind": ["mill"], "aliases": ["Gangsun|강선"]})
    >>> index = NameIndex(nodes)
    >>> [index.resolve(name) for name in ("kangson", "GANGSUN", "강선", "m1")]
    ['m1', 'm1', 'm1', 'm1']
    """

    def __init__(self, nodes: pd.DataFrame, regions: pd.DataFrame | None = None) -> None:
        self._ids: list[str] = nodes["node_id"].tolist()
        self._kinds: list[str] = nodes["kind"].tolist()
        if regions is not None and "level" in regions:
            regions = regions[regions["level"] != "county"]
        self._frames = [nodes] if regions is None else [nodes, regions]
        self._nodes = len(self._ids)
        if regions is not None:
            self._ids += regions["region_id"].tolist()
            self._kinds += ["region"] * len(regions)

    @cached_property
    def _by_id(self) -> dict[str, int]:
        # A node goes before a region of the same identifier.
        return {id_: i for i, id_ in reversed(list(enumerate(self._ids)))}

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        owners, spellings = _spellings(self._frames)
        index: dict[str, list[int]] = {}
        for owner, key in zip(owners, fold_all(spellings), strict=True):
            if key and owner not in (found := index.setdefault(key, [])):
                found.append(owner)
        return index

    @cached_property
    def _labels(self) -> list[str]:
        return [name for frame in self._frames for name in frame["name"].tolist()]

    def positions(self, name: str, kind: str | None = None) -> NDArray[np.int64]:
        """Return the row numbers of the nodes that carry a name or identifier, in the order of the frame."""
        found = set(self._by_name.get(fold(name), ()))
        if name in self._by_id:
            found.add(self._by_id[name])
        keep = sorted(i for i in found if i < self._nodes and kind in (None, self._kinds[i]))
        return np.array(keep, dtype=np.int64)

    def lookup(self, name: str, kinds: Sequence[str] = KINDS) -> Match:
        """Find what a name means: an exact identifier first, then the first of ``kinds`` that has a match.

        Parameters
        ----------
        name
            An identifier or any spelling.
        kinds
            Kinds of node, and ``"region"``, in order of preference; other kinds are not meant.

        Returns
        -------
        Match

        Raises
        ------
        AmbiguousNameError
            If two places of the preferred kind share the name; ``candidates`` holds their identifiers.
        UnknownNameError
            If nothing carries the name; ``candidates`` holds the nearest names.
        """
        exact = self._by_id.get(name)
        if exact is not None and (exact < self._nodes or "region" in kinds):
            return Match(self._kinds[exact], self._ids[exact])
        found = self._by_name.get(fold(name), [])
        for kind in kinds:
            same = [self._ids[i] for i in found if self._kinds[i] == kind]
            if len(same) > 1:
                msg = f"{name!r} means {len(same)} places of kind {kind}: {', '.join(same)}; use one of these"
                raise AmbiguousNameError(msg, same)
            if same:
                return Match(kind, same[0])
        raise self._unknown(name, kinds, found)

    def resolve(self, name: str, kinds: Sequence[str] = KINDS) -> str:
        """Return the identifier that a name means; see :meth:`lookup`."""
        return self.lookup(name, kinds).id

    def shared(self) -> list[tuple[str, str, list[str]]]:
        """List what is ambiguous: kind, a spelling, and the identifiers of the nodes of that kind that it means."""
        out: dict[tuple[str, ...], tuple[str, str, list[str]]] = {}
        for spelling, owners in self._by_name.items():
            if len(owners) < 2:
                continue
            for kind in dict.fromkeys(self._kinds[i] for i in owners):
                ids = [self._ids[i] for i in owners if self._kinds[i] == kind]
                if len(ids) > 1:
                    out.setdefault((kind, *sorted(ids)), (kind, spelling, ids))
        return list(out.values())

    def near(self, name: str, kinds: Iterable[str] = (*KINDS, "region"), n: int = 5) -> list[str]:
        """Return up to n names (or identifiers) that look like ``name``, nearest first."""
        wanted, key = set(kinds), fold(name)
        pool: dict[str, str] = {}
        for spelling, owners in self._by_name.items():
            for i in owners:
                if self._kinds[i] in wanted:
                    pool.setdefault(spelling, self._labels[i])
        for i, id_ in enumerate(self._ids):
            if self._kinds[i] in wanted:
                pool.setdefault(fold(id_), id_)
        return list(dict.fromkeys(pool[k] for k in near(key, pool, n=3 * n)))[:n]

    def _unknown(self, name: str, kinds: Sequence[str], found: Sequence[int]) -> UnknownNameError:
        if found:
            are = sorted({f"{self._ids[i]} ({self._kinds[i]})" for i in found})
            msg = f"{name!r} is no {' or '.join(kinds)}; it names {', '.join(are)}"
            return UnknownNameError(msg, [self._ids[i] for i in found])
        candidates = self.near(name, kinds)
        hint = f"; did you mean {', '.join(candidates)}?" if candidates else ""
        msg = f"no {' or '.join(kinds)} is called {name!r}{hint}"
        return UnknownNameError(msg, candidates)


def _spellings(frames: Sequence[pd.DataFrame]) -> tuple[list[int], list[str]]:
    """List every spelling with the position of its owner, over the stacked frames."""
    owners: list[int] = []
    spellings: list[str] = []
    start = 0
    for frame in frames:
        for column in _SPELLINGS:
            if column not in frame:
                continue
            for i, text in enumerate(frame[column].fillna("").tolist(), start):
                if not text:
                    continue
                parts = text.split("|") if column == "aliases" and "|" in text else (text,)
                owners += [i] * len(parts)
                spellings += parts
        start += len(frame)
    return owners, spellings
