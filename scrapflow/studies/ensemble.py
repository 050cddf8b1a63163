"""How sure: all assumptions at once, many times over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.campaign import Campaign, read_campaign
from scrapflow.ledger.tables import Run
from scrapflow.pipeline import run
from scrapflow.studies.parallel import spread
from scrapflow.studies.uncertain import Inputs, triangular, uncertain, with_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from scrapflow.world import World

QUANTILES = (0.1, 0.5, 0.9)
"""What a range is: from the 10 % to the 90 % quantile of the members, around the median."""
_RANGE = ["low", "median", "high"]


@dataclass(frozen=True, repr=False)
class Ensemble:
    """Many runs of one campaign, each with its own draw of all assumptions.

    Made by :func:`scrapflow.ensemble`.

    Attributes
    ----------
    central
        The run with every assumption at its central value; its ``meta["ranges"]`` holds :meth:`ranges`, so that maps
        and summaries show them.
    draws
        One row a member, one column an input: the quantile drawn, between 0 and 1.
    totals
        One row a member, one column a total of ``run.totals()``, in t.
    claims
        ``claim_id, metric, low, median, high, agrees_share``: the modelled side of each claim.
    link_loads
        ``period, link_id, low, median, high``, in t.
    """

    central: Run
    draws: pd.DataFrame
    totals: pd.DataFrame
    claims: pd.DataFrame
    link_loads: pd.DataFrame

    def ranges(self) -> pd.DataFrame:
        """Return each total's central value, 10 % quantile, median and 90 % quantile: ``total, central, low, median, high`` (t)."""
        found = self.totals.quantile(list(QUANTILES)).T.set_axis(_RANGE, axis=1)
        found.insert(0, "central", self.central.totals())
        return found.rename_axis("total").reset_index()

    def summary(self) -> str:
        """Say each total with two significant figures and its range, because more would be a pretence."""
        rows = [
            f"{r.total.removesuffix('_t').replace('_', ' ')}: {two_figures(r.median)} t "  # type: ignore[arg-type, str-bytes-safe, union-attr]
            f"({two_figures(r.low)} to {two_figures(r.high)})"  # type: ignore[arg-type]
            for r in self.ranges().itertuples(index=False)
        ]
        return "\n".join([f"{len(self.totals)} runs of {self.central.name}, 10 to 90 % of them:", *rows])

    def __repr__(self) -> str:
        t = self.ranges().set_index("total").loc["delivered_t"]
        return (
            f"<Ensemble of {len(self.totals)} runs of {self.central.name} over {self.draws.shape[1]} assumptions; received by "
            f"mills {two_figures(t['median'])} t ({two_figures(t['low'])} to {two_figures(t['high'])})>"  # type: ignore[arg-type]
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(repr(self))}</p>{self.ranges().to_html(index=False, float_format='{:,.0f}'.format)}"


def two_figures(value: float) -> str:
    """Write a number with two significant figures.

    Examples
    --------
    >>> two_figures(123456.0), two_figures(0.0), two_figures(9.87)
    ('120,000', '0', '9.9')
    """
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 or rounded == int(rounded) else f"{rounded:g}"


def ensemble(
    world: World,
    campaign: str | Campaign | None = None,
    *,
    n: int = 200,
    seed: int = 0,
    detail: bool = False,
    processes: int | None = None,
    client: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> Ensemble:
    """Run a campaign many times, with all assumptions drawn at once.

    A Latin hypercube (McKay, Beckman and Conover 1979; ``scipy.stats.qmc``) spreads the members evenly over each
    assumption, which follows a triangular distribution between its low, central and high value.

    Parameters
    ----------
    world, campaign
        What to run (expected mode); the world's default campaign if none is named.
    n
        Number of members.
    seed
        Seed of the hypercube.
    detail
        As for :func:`scrapflow.sensitivity`.
    processes
        How many processes; as many as there are cores if not given, 1 for none.
    client
        A ``distributed.Client``: the members run there instead, with the same result.
    progress
        Called with the number of runs done and to do.

    Returns
    -------
    Ensemble

    Examples
    --------
    >>> import scrapflow as sf
    >>> found = sf.ensemble(sf.read_world("toy"), n=4, processes=1)
    >>> found.totals.shape[0]
    4
    """
    from scipy.stats import qmc

    camp = campaign if isinstance(campaign, Campaign) else read_campaign(world, campaign or world.default_campaign)
    inputs = uncertain(world, camp, detail=detail)
    names = inputs.groups["input"].tolist()
    cube = qmc.LatinHypercube(d=max(1, len(names)), rng=np.random.default_rng(seed)).random(n)[:, : len(names)]
    draws = pd.DataFrame(cube, columns=pd.Index(names, dtype="str"))
    cases = [(world, camp, inputs, dict(zip(names, row, strict=True))) for row in cube]
    found = spread(_member, cases, processes=processes, client=client, progress=progress)
    central = run(world, camp)
    totals = pd.DataFrame([t for t, _, _ in found]).rename_axis("member")
    claims, loads = _claim_ranges(central, [c for _, c, _ in found]), _load_ranges(central, [x for _, _, x in found])
    made = Ensemble(central, draws, totals, claims, loads)
    ranges = made.ranges().set_index("total")[_RANGE].to_dict(orient="index")
    with_ranges = Run(central.tables, central.meta | {"ranges": ranges, "members": n}, central.basemap)
    return Ensemble(with_ranges, draws, totals, claims, loads)


def _member(
    case: tuple[World, Campaign, Inputs, dict[str, float]],
) -> tuple[pd.Series[float], pd.DataFrame, NDArray[np.float32]]:
    """Run one member; link loads travel as float32, which is finer than any of the inputs."""
    world, camp, inputs, quantiles = case
    values = {
        name: triangular(
            np.full(len(part), quantiles[name]),  # type: ignore[index]
            part["low"].to_numpy(dtype=np.float64),
            part["value"].to_numpy(dtype=np.float64),
            part["high"].to_numpy(dtype=np.float64),
        )
        for name, part in inputs.members.groupby("input", sort=True)
    }
    result = run(*with_inputs(world, camp, inputs, values))  # type: ignore[arg-type]
    claims = result.claims()[["claim_id", "modelled", "agrees"]]
    return result.totals(), claims, result.link_loads["tonnage_t"].to_numpy(dtype=np.float32)


def _claim_ranges(central: Run, members: Sequence[pd.DataFrame]) -> pd.DataFrame:
    base = central.claims()[["claim_id", "metric"]]
    if not members:
        return base.assign(**dict.fromkeys([*_RANGE, "agrees_share"], np.nan))
    together = pd.concat(members, ignore_index=True)
    together["modelled"] = pd.to_numeric(together["modelled"], errors="coerce")
    together["agrees"] = together["agrees"].astype("float64")
    by = together.groupby("claim_id")
    found = by["modelled"].quantile(list(QUANTILES)).unstack().set_axis(_RANGE, axis=1)  # type: ignore[arg-type]
    found["agrees_share"] = by["agrees"].mean()
    return base.merge(found.reset_index(), how="left", on="claim_id")


def _load_ranges(central: Run, members: Sequence[NDArray[np.float32]]) -> pd.DataFrame:
    keys = central.link_loads[["period", "link_id"]]
    stacked = np.stack(members) if members else np.zeros((1, len(keys)), dtype=np.float32)
    return keys.assign(**dict(zip(_RANGE, np.quantile(stacked, QUANTILES, axis=0), strict=True)))
