"""One place, many spellings: names compared without case, accents, apostrophes, hyphens and spaces.

No transliteration is attempted: what other scripts and systems call a place stands in ``name_local`` and ``aliases``.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.errors import AmbiguousNameError, UnknownNameError, near
from scrapflow.given import checked
from scrapflow.world.folding import fold, fold_all
from scrapflow.world.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

KINDS = ("station", "mill", "yard", "community", "enterprise", "junction", "outside")
"""Kinds of node in the order in which a bare name is understood."""
_SHOWN = 10
REGION, COUNTY = "region", "county"
"""What a region is called among the kinds; a county is meant only where counties are asked for."""
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
        Frame with ``region_id, name`` and the same optional columns; None where regions cannot be meant. Those of
        ``level`` county are of the kind ``county``.

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
        self._frames = [nodes] if regions is None else [nodes, regions]
        self._nodes = len(self._ids)
        if regions is not None:
            self._ids += regions["region_id"].tolist()
            levels = regions["level"].tolist() if "level" in regions else [""] * len(regions)
            self._kinds += [COUNTY if level == COUNTY else REGION for level in levels]

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

    @checked
    def positions(self, name: str, kind: str | None = None) -> NDArray[np.int64]:
        """Return the row numbers of the nodes that carry a name or identifier, in the order of the frame."""
        found = set(self._by_name.get(fold(name), ()))
        if name in self._by_id:
            found.add(self._by_id[name])
        keep = sorted(i for i in found if i < self._nodes and kind in (None, self._kinds[i]))
        return np.array(keep, dtype=np.int64)

    @checked
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
        match = self.find(name, kinds)
        if match is None:
            raise self._unknown(name, kinds, self._by_name.get(fold(name), []))
        return match

    @checked
    def find(self, name: str, kinds: Sequence[str] = KINDS) -> Match | None:
        """Find what a name means as :meth:`lookup` does, and nothing where nothing carries it."""
        exact = self._exact(name, kinds)
        if exact is not None:
            return exact
        carriers = self._by_name.get(fold(name), [])
        return next(filter(None, (self._only(name, kind, carriers) for kind in kinds)), None)

    @checked
    def meant(self, name: str, kinds: Sequence[str]) -> Match:
        """Find what a name means to a verb: a name means a place, and the verb says what there is wanted.

        The station, yard, town, works and mills of a place share its names; a name that only one of them carries means
        the same place, so that every spelling gives the same answer.

        Parameters
        ----------
        name
            An identifier, which means itself, or any spelling.
        kinds
            Kinds of node, and ``"region"``, in the order in which the verb wants them.

        Returns
        -------
        Match

        Raises
        ------
        AmbiguousNameError
            If two nodes of the preferred kind carry the name, or several of the only kind stand at its place.
        UnknownNameError
            If nothing carries the name; ``candidates`` holds the nearest names.

        Examples
        --------
        >>> import pandas as pd
        >>> nodes = pd.DataFrame(
        ...     {
        ...         "node_id": ["s", "m"],
        ...         "name": ["Songjin", "Songjin Steel"],
        ...         "kind": ["station", "mill"],
        ...         "aliases": ["", "Songjin|성진"],
        ...         "x_coord": [129.19, 129.23],
        ...         "y_coord": [40.67, 40.71],
        ...     }
        ... )
        >>> NameIndex(nodes).meant("성진", ("station", "mill")).id, NameIndex(nodes).meant("Songjin", ("mill",)).id
        ('s', 'm')
        """
        exact = self._exact(name, kinds)
        if exact is not None:
            return exact
        carriers = self._by_name.get(fold(name), [])
        place = self._places.around(i for i in carriers if i < self._nodes)
        several: list[str] = []
        for kind in kinds:
            match = self._only(name, kind, carriers)
            there = [i for i in place if self._kinds[i] == kind]
            if match is None and len(there) == 1:
                match = Match(kind, self._ids[there[0]])
            if match is not None:
                return match
            several = several or [self._ids[i] for i in there]
        if several:
            msg = f"{len(several)} stand at {name!r}: {', '.join(several)}; use one of these"
            raise AmbiguousNameError(msg, several)
        raise self._unknown(name, kinds, carriers)

    def _exact(self, name: str, kinds: Sequence[str]) -> Match | None:
        """Return what an identifier means: a node always, a region where regions are meant."""
        position = self._by_id.get(name)
        if position is None or (position >= self._nodes and self._kinds[position] not in kinds):
            return None
        return Match(self._kinds[position], self._ids[position])

    def _only(self, name: str, kind: str, carriers: Sequence[int]) -> Match | None:
        """Return the one carrier of a kind, None where there is none."""
        same = [self._ids[i] for i in carriers if self._kinds[i] == kind]
        if len(same) > 1:
            msg = f"{name!r} means {len(same)} places of kind {kind}: {', '.join(same)}; use one of these"
            raise AmbiguousNameError(msg, same)
        return Match(kind, same[0]) if same else None

    @cached_property
    def _places(self) -> Places:
        spellings: list[set[str]] = [set() for _ in self._ids]
        for key, owners in self._by_name.items():
            for owner in owners:
                spellings[owner].add(key)
        return Places(self._frames[0], spellings, self._by_name)

    @checked
    def resolve(self, name: str, kinds: Sequence[str] | str = KINDS) -> str:
        """Return the identifier that a name means; see :meth:`lookup`."""
        return self.lookup(name, (kinds,) if isinstance(kinds, str) else kinds).id

    @checked
    def resolve_all(
        self, names: pd.Series[str], kinds: Sequence[str] | str, *, missing: str = "raise"
    ) -> pd.Series[str]:
        """Return the identifiers that many names mean, each different name looked up once.

        Parameters
        ----------
        names
            Identifiers or spellings; an empty or missing one stays empty.
        kinds
            A kind or several in order of preference.
        missing
            ``"raise"``, or ``"empty"``: what is not known, or not unique, becomes "".

        Raises
        ------
        UnknownNameError
            If a name means nothing, or several of a kind: all of them at once.
        """
        if missing not in ("raise", "empty"):
            msg = f"missing must be 'raise' or 'empty', not {missing!r}"
            raise UnknownNameError(msg, ["raise", "empty"])
        ids: dict[str, str] = {"": ""}
        faults: list[UnknownNameError] = []
        text = names.astype("str").fillna("")
        for name in text.unique().tolist():
            try:
                ids.setdefault(name, "") if not name else ids.update({name: self.resolve(name, kinds)})
            except UnknownNameError as fault:
                ids[name] = ""
                faults.append(fault)
        if faults and missing == "raise":
            shown = "; ".join(str(f) for f in faults[:_SHOWN]) + (
                f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
            )
            raise UnknownNameError(shown, dict.fromkeys(c for f in faults for c in f.candidates))
        return text.map(ids).astype("str")

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

    @checked
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
