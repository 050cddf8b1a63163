"""Observations noted in a world: rows of its table, with their source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.errors import InputError, problem
from scrapflow.evidence.asks import preferred_kinds
from scrapflow.evidence.observation import Observation, table_of
from scrapflow.evidence.prepared import completed
from scrapflow.evidence.sightings import pile as heap
from scrapflow.evidence.sightings import wagons as train
from scrapflow.world.additions import with_rows
from scrapflow.world.check import errors_of
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.world import World


def noted(
    cells: Mapping[str, Any],
    *,
    pile: Mapping[str, float | None] | None = None,
    shape: str = "cone",
    wagons: int | None = None,
    days: float | None = None,
) -> Observation:
    """Return an observation of cells that were given, a pile or wagons that were counted.

    Raises
    ------
    InputError
        If it is of two kinds at once, or of none.
    """
    given = {k: v for k, v in cells.items() if v is not None}
    words = {k: v for k, v in given.items() if k in ("metric", "place", "period", "material", "credibility", "note")}
    if pile is not None and wagons is None:
        return heap(**{k: v for k, v in pile.items() if v is not None}, shape=shape, **words)  # type: ignore[arg-type]
    if wagons is not None and pile is None:
        if days is None:
            raise InputError(
                [problem("observations", "", "days", "on how many days were they counted?")], what="the wagons"
            )
        return train(count=wagons, days=days, link=given.get("link", ""), **words)
    if pile is not None or "metric" not in given:
        message = "one of the three: a pile (area_m2 with height_m), wagons (with days), or a metric with its value"
        raise InputError([problem("observations", "", "metric", message)], what="the observation")
    row = completed(table_of(given)).iloc[0]
    return Observation(**{str(k): v for k, v in row.items() if k != "observation_id"})


def noted_world(world: World, seen: Observation, source: str) -> tuple[World, dict[str, Any]]:
    """Return a world with an observation more in its table, and the row.

    Parameters
    ----------
    world
        A world.
    seen
        What was seen; its place by any spelling.
    source
        Who says so: a ``source_id``, or a title or address of one that is added.

    Raises
    ------
    InputError, UnknownNameError
        If there is no source, the place is unknown, or the row is wrong.

    Examples
    --------
    >>> import scrapflow as sf
    >>> heap = sf.pile(area_m2=26, height_m=4, place="Vale Yard", period="2015-01")
    >>> noted_world(sf.read_world("toy"), heap, "drawn")[0].observations["node_id"].tolist()
    ['yard']
    """
    if not source:
        raise InputError(
            [problem("observations", "", "source_id", "who says so? Name a source")], what="the observation"
        )
    row = completed(table_of(seen)).iloc[0].to_dict()
    if row["node_id"]:
        row["node_id"] = world.resolve(str(row["node_id"]), preferred_kinds(str(row["metric"])))
    if row["region_id"]:
        row["region_id"] = world.resolve(str(row["region_id"]), "region")
    taken = set(world.observations["observation_id"])
    place = row["node_id"] or row["link_id"] or row["region_id"]
    base = "_".join(filter(None, (str(row["metric"]), str(place), str(row["first"])))).replace(" ", "_")
    row["observation_id"] = next(
        i for i in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if i not in taken
    )
    known = schema()["observations"].columns
    empty = {c: v for c, v in row.items() if c not in known and v not in ("", None)}
    if empty:
        message = f"{', '.join(map(str, empty))} belongs to the source, not to the observation"
        raise InputError([problem("observations", "", str(next(iter(empty))), message)], what="the observation")
    cells = {c: v for c, v in row.items() if c in known and not (isinstance(v, float) and np.isnan(v)) and v != ""}
    changed = with_rows(world, {"observations": cells}, source)
    errors = errors_of(changed)
    if len(errors):
        raise InputError(errors, what="the world with the observation")
    return changed, cells
