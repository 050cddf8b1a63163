"""The layout of a Sankey diagram whose backward flows are seen as such: from region through yard to mill, and back.

Each stage is a column of boxes as high as what passes them. Forward flows run to the right; what is carried back runs
from the yard to the left into the region it came from, and what is taken at night from the region to the left, so that
neither hides in a net amount. Boxes and ribbons are laid out here, because Vega-Lite has no Sankey of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.vocabulary import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.queries.flows import Flows
    from scrapflow.vocabulary import Kind

_SPOTS = {"night": 0.0, "region": 1.0, "yard": 2.0, "end": 3.0}
"""Columns from left to right: who took by night, where steel is handed over, yards, mills and abroad."""
_WIDTH = 0.06
_GAP = 0.05
_STEPS = 24
_STAGE_BY = {"origin_region": "region", "destination_region": "region", "destination_kind": "night"}
"""Stage of an end that is grouped by such a column; other ends are places, yards or what lies beyond them."""


def _stages(kind: Kind) -> tuple[str, str]:
    """Return the stages between which a kind runs, as its row of the vocabulary says."""
    beyond = "yard" if kind.ends_at == "yard" else "end"
    return _STAGE_BY.get(kind.sankey_from, "yard"), _STAGE_BY.get(kind.sankey_to, beyond)


class Layout(NamedTuple):
    """Where everything is drawn.

    Attributes
    ----------
    boxes
        ``stage, name, x, x2, y, y2, tonnage_t, told_t``, one row a box: ``tonnage_t`` is what it is high for, ``told_t``
        the fuller side without what goes back, as a tonne carried back would be told twice.
    ribbons
        ``ribbon, kind, source, target, tonnage_t, x, y, y2``, one row a point along a ribbon.
    """

    boxes: pd.DataFrame
    ribbons: pd.DataFrame


def lay_out(
    flows: Flows,
    *,
    yards: int = 12,
    others: str = "other yards",
    night: str = "taken at night",
    called: Mapping[str, str] | None = None,
) -> Layout:
    """Place the boxes and ribbons of a Sankey diagram.

    Parameters
    ----------
    flows
        Any query; kinds stay apart.
    yards
        How many yards get a box of their own, largest first; the rest share one.
    others, night
        What the box of the remaining yards and that of what is taken by night are called.
    called
        Other names of regions and places, by their names.

    Returns
    -------
    Layout
        Heights are shares of the tallest column, which is 1 without its gaps; x runs from 0 to 3.

    Examples
    --------
    >>> import scrapflow as sf
    >>> layout = lay_out(sf.run(sf.read_world("toy")).flows)
    >>> layout.boxes[layout.boxes.stage == "end"].name.tolist()
    ['Near Mill', 'Far Mill']
    """
    legs = _legs(flows, yards, others, night, called or {})
    boxes = _boxes(legs)
    return Layout(boxes, _ribbons(legs, boxes))


def _legs(flows: Flows, yards: int, others: str, night: str, called: Mapping[str, str]) -> pd.DataFrame:
    """Return ``kind, source, target, source_stage, target_stage, tonnage_t``, one row a ribbon."""
    nodes = flows.context.run.nodes.set_index("node_id")
    # Two places of one name stay two boxes.
    names = nodes["name"].replace(called)
    names = names.mask(nodes.duplicated(["name", "kind"], keep=False), names + " (" + nodes.index + ")")
    parts = []
    for word, kind in kinds().items():
        ends = flows.kind(word).by(kind.sankey_from, kind.sankey_to).set_axis(["source", "target", "tonnage_t"], axis=1)
        source_stage, target_stage = _stages(kind)
        parts.append(ends.assign(kind=word, source_stage=source_stage, target_stage=target_stage))
    legs = pd.concat(parts, ignore_index=True)
    kept = _kept_yards(legs, yards)
    for end in ("source", "target"):
        stage = legs[f"{end}_stage"]
        placed = legs[end].map(names)
        at_yard = placed.where(legs[end].isin(kept), others)
        by_stage = {"night": night, "yard": at_yard, "end": placed, "region": legs[end].replace(called)}
        for where, name in by_stage.items():
            legs[end] = legs[end].mask(stage == where, name)
    keys = ["kind", "source", "target", "source_stage", "target_stage"]
    return pd.DataFrame(legs.groupby(keys, as_index=False, sort=True)["tonnage_t"].sum())


def _backward() -> list[str]:
    return [k.kind for k in kinds().values() if k.backward]


def _kept_yards(legs: pd.DataFrame, n: int) -> set[str]:
    """Return the n yards that most passed through."""
    ends = [legs.loc[legs[f"{end}_stage"] == "yard", [end, "tonnage_t"]] for end in ("source", "target")]
    size = pd.concat([e.set_axis(["yard", "tonnage_t"], axis=1) for e in ends]).groupby("yard")["tonnage_t"].sum()
    return set(size.sort_values(ascending=False, kind="stable").index[:n])


def _boxes(legs: pd.DataFrame) -> pd.DataFrame:
    """Stack the boxes of each stage, largest on top; each is as high as the fuller of its two sides."""
    sides = []
    for end, other in (("source", "target"), ("target", "source")):
        side = legs.rename(columns={end: "name", f"{end}_stage": "stage", f"{other}_stage": "other"})
        side["right"] = side["other"].map(_SPOTS) > side["stage"].map(_SPOTS)
        side["onward"] = side["tonnage_t"].where(~side["kind"].isin(_backward()), 0.0)
        sides.append(side[["stage", "name", "right", "tonnage_t", "onward"]])
    one_side = pd.concat(sides).groupby(["stage", "name", "right"])[["tonnage_t", "onward"]].sum()
    boxes = one_side.groupby(["stage", "name"]).max().reset_index()
    boxes["told_t"] = boxes.pop("onward").where(lambda onward: onward > 0, boxes["tonnage_t"])
    boxes = boxes.sort_values(["tonnage_t", "name"], ascending=[False, True], kind="stable", ignore_index=True)
    scale = boxes.groupby("stage")["tonnage_t"].sum().max() if len(boxes) else 1.0
    boxes["x"] = boxes["stage"].map(_SPOTS).astype(np.float64)
    boxes["x2"] = boxes["x"] + _WIDTH
    height = boxes["tonnage_t"] / scale
    above = height.groupby(boxes["stage"]).cumsum() - height + boxes.groupby("stage").cumcount() * _GAP
    return boxes.assign(y=-above, y2=-(above + height), scale=scale)


def _ribbons(legs: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """Draw each leg as a band that leaves and arrives in the order of what lies across; backward ones at the bottom."""
    top = boxes.set_index(["stage", "name"])["y"].to_dict()
    scale = float(boxes["scale"].iloc[0]) if len(boxes) else 1.0
    docks = []
    for end, other in (("source", "target"), ("target", "source")):
        dock = legs[["kind", "tonnage_t"]].assign(
            leg=range(len(legs)), end=end, name=legs[end], stage=legs[f"{end}_stage"]
        )
        dock["right"] = legs[f"{other}_stage"].map(_SPOTS) > dock["stage"].map(_SPOTS)
        dock["across"] = [-top[at] for at in zip(legs[f"{other}_stage"], legs[other], strict=True)]
        docks.append(dock)
    every = pd.concat(docks)
    every["backward"] = every["kind"].isin(_backward())
    every = every.sort_values(["backward", "across", "kind", "leg"], kind="stable")
    height = every["tonnage_t"] / scale
    filled = height.groupby([every["stage"], every["name"], every["right"]]).cumsum() - height
    every["y"] = [top[at] for at in zip(every["stage"], every["name"], strict=True)] - filled
    starts = every.pivot_table(index="leg", columns="end", values="y", aggfunc="first")
    return _bands(legs.join(starts.add_suffix("_y")), scale)


def _bands(legs: pd.DataFrame, scale: float) -> pd.DataFrame:
    step = np.linspace(0.0, 1.0, _STEPS + 1)
    bend = step * step * (3.0 - 2.0 * step)
    rows = []
    for number, leg in enumerate(legs.to_dict("records")):
        a, b = _SPOTS[leg["source_stage"]], _SPOTS[leg["target_stage"]]
        x0, x1 = (a + _WIDTH, b) if b > a else (a, b + _WIDTH)
        y = leg["source_y"] + (leg["target_y"] - leg["source_y"]) * bend
        about = {k: leg[k] for k in ("kind", "source", "target", "tonnage_t")}
        rows.append(
            pd.DataFrame(
                {"ribbon": number, **about, "x": x0 + (x1 - x0) * step, "y": y, "y2": y - leg["tonnage_t"] / scale}
            )
        )
    columns = ["ribbon", "kind", "source", "target", "tonnage_t", "x", "y", "y2"]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
