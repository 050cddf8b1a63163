"""Members of a study of known tonnes: a world with supply and demand, routed again and again with other values."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from scrapflow.campaign import Campaign, read_campaign
from scrapflow.errors import InputError, problem
from scrapflow.pipeline import routes_known_tonnes, run
from scrapflow.studies.member import Study
from scrapflow.studies.uncertain import Drawer, Inputs, Setter, uncertain, uncertain_of
from scrapflow.vocabulary import kinds_to

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scrapflow.runs import Run
    from scrapflow.world import World

_KNOWN = ("supply", "demand")


class KnownStudy:
    """Routes a world's known tonnes with other values of what has a range. Travels by pickle, as :class:`Study` does.

    Parameters
    ----------
    world
        A world with supply and no campaign.
    inputs
        As :func:`uncertain_known` lists them.

    Examples
    --------
    >>> import scrapflow as sf
    >>> brazil = sf.read_world("brazil")
    >>> study = KnownStudy(brazil, uncertain_known(brazil))
    >>> study.inputs.groups.input.tolist()
    ['links.capacity_t']
    """

    campaign = None

    def __init__(self, world: World, inputs: Inputs) -> None:
        self.world = world
        self.inputs = inputs

    def __reduce__(self) -> tuple[type[KnownStudy], tuple[World, Inputs]]:
        return KnownStudy, (self.world, self.inputs)

    def run(self, values: dict[str, NDArray[np.float64]]) -> Run:
        """Run the world with other values, by input; all others stay as they are."""
        return run(self._setter.world(values))

    def totals(self, member: Run) -> dict[str, float]:
        """Return what ``run.totals()`` says, in t."""
        return {str(name): float(amount) for name, amount in member.totals().items()}

    def claims(self, member: Run) -> list[dict[str, Any]]:
        """Return ``claim_id, modelled, agrees`` of every claim."""
        judged = member.claims()[["claim_id", "modelled", "agrees"]]
        rows = judged.assign(agrees=judged["agrees"].astype(object).where(judged["agrees"].notna(), None)).to_dict(
            "records"
        )
        return cast("list[dict[str, Any]]", rows)

    def received(self, member: Run) -> dict[str, float]:
        """Return what each mill received over all periods, by ``node_id``, t."""
        moves = member.movements[member.movements["kind"].isin(kinds_to("mill"))]
        return {str(node): float(t) for node, t in moves.groupby("destination")["tonnage_t"].sum().items()}

    def loads(self, member: Run) -> pd.DataFrame:
        """Return the tonnes on each link: link ids as index, one column a period."""
        wide = member.link_loads.pivot_table(index="link_id", columns="period", values="tonnage_t", aggfunc="sum")
        return wide.reindex(columns=member.periods["period"].tolist())

    @cached_property
    def drawer(self) -> Drawer:
        """Turns quantiles, one for each input, into the values that :meth:`run` takes."""
        return Drawer(self.world, self.inputs)

    @cached_property
    def _setter(self) -> Setter:
        return Setter(self.world, None, self.inputs)


def uncertain_known(world: World, *, detail: bool = False) -> Inputs:
    """List what has a range in a world of known tonnes: its assumptions, and supply and demand whatever their basis.

    A figure that was reported with a low and a high is drawn too: the source itself says that it is not sure.
    """
    parts = [world.assumptions()]
    for table in _KNOWN:
        frame = getattr(world, table)
        rows = frame[frame["tonnage_t_basis"] == "reported"]
        ends = {end: rows[f"tonnage_t{end}"] for end in ("", "_low", "_high")}
        parts.append(
            pd.DataFrame({"table": table, "row": rows[f"{table}_id"], "column": "tonnage_t", "unit": "t",
                          "value": ends[""], "low": ends["_low"], "high": ends["_high"]})
        )  # fmt: skip
    return uncertain_of(pd.concat([p for p in parts if len(p)] or parts, ignore_index=True), detail=detail)


def study_of(world: World, campaign: str | Campaign | None, *, detail: bool) -> Study | KnownStudy:
    """Return the study of a campaign, or of the known tonnes of a world that has none."""
    if routes_known_tonnes(world, campaign):
        return KnownStudy(world, uncertain_known(world, detail=detail))
    camp = campaign if isinstance(campaign, Campaign) else read_campaign(world, campaign or world.default_campaign)
    return Study(world, camp, uncertain(world, camp, detail=detail))


def totals_with(study: Study | KnownStudy, values: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    """Run a study's world with other values, by input, and return its totals."""
    either: Any = study  # each totals what it ran itself
    totals: dict[str, float] = either.totals(either.run(values))
    return totals


def refuse_kept(study: Study | KnownStudy, call: str) -> None:
    """Refuse to keep the movements of members of known tonnes.

    Raises
    ------
    InputError
        With what to ask instead.
    """
    if isinstance(study, KnownStudy):
        message = (
            f"{call} needs members that keep their movements, which those of a world of known tonnes (no campaign) do not: "
            "ask for totals, or run the changed world, sf.run(world.with_values({…}))"
        )
        raise InputError([problem(call, "", "", message)], what="the study")
