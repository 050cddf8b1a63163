"""How sure: all assumptions at once, many times over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.given import checked
from scrapflow.given_frames import numbers_of
from scrapflow.pipeline import run
from scrapflow.queries.query_context import QueryContext
from scrapflow.runs import Run
from scrapflow.studies.ensemble_files import MEMBERS, Parts, ensemble_folder, read_parts, write_parts
from scrapflow.studies.kept import Kept
from scrapflow.studies.known_study import KnownStudy, refuse_kept, study_of
from scrapflow.studies.parallel import spread
from scrapflow.studies.part_ranges import part_ranges, parts_of
from scrapflow.studies.quantiles import QUANTILES, RANGE
from scrapflow.studies.ranged_flows import RangedFlows
from scrapflow.units import ranged, two_figures
from scrapflow.vocabulary.other_tools import SaysWhatIsThere

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign
    from scrapflow.studies.keeping import Keeper
    from scrapflow.studies.member import Study
    from scrapflow.world import World


@dataclass(frozen=True, repr=False, eq=False)
class Ensemble(SaysWhatIsThere):
    """Many runs of one campaign, each with its own draw of all assumptions.

    Made by :func:`scrapflow.ensemble` and :func:`scrapflow.read_ensemble`.

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
    kept
        What ``keep="flows"`` kept of the members: frames ``movements, stocks, link_loads, accounts`` with a leading column
        ``member``; None with ``keep="totals"``.
    observations
        The world's table of what somebody saw, for :func:`scrapflow.condition`.
    parts
        One row a member, columns the parts of its totals, in t (:func:`scrapflow.studies.part_ranges.parts_of`).
    """

    central: Run
    draws: pd.DataFrame
    totals: pd.DataFrame
    claims: pd.DataFrame
    link_loads: pd.DataFrame
    kept: Kept | None = None
    observations: pd.DataFrame | None = None
    parts: pd.DataFrame | None = None

    @cached_property
    def flows(self) -> RangedFlows:
        """Queries over the movements of all members, with the verbs of ``run.flows`` and ranges at the end.

        Raises
        ------
        InputError
            If the ensemble kept its totals alone.
        """
        if self.kept is None:
            fault = "this ensemble kept its totals alone: make it with sf.ensemble(…, keep='flows')"
            raise InputError([problem("ensemble", "", "keep", fault)], what="the query")
        return RangedFlows(QueryContext(self.kept.run(), mix=self.kept.grade_mix), count=len(self.totals))

    def ranges(self) -> pd.DataFrame:
        """Return each total's central value, 10 % quantile, median and 90 % quantile: ``total, central, low, median, high`` (t)."""
        found = self.totals.quantile(list(QUANTILES)).T.set_axis(RANGE, axis=1)
        found.insert(0, "central", self.central.totals())
        return found.rename_axis("total").reset_index()

    @checked
    def beside(self, run: Run) -> pd.DataFrame:
        """Set a run beside the members: ``total, low, median, high, run, below``.

        Parameters
        ----------
        run
            Another run, such as one of another campaign.

        Returns
        -------
        DataFrame
            Totals in t; ``below`` is the share of the members that have less than the run, half of those that have as much.

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy")
        >>> found = sf.ensemble(world, "2015", n=4, processes=1).beside(sf.run(world, "2012"))
        >>> found.set_index("total").below["quota_t"]
        np.float64(0.0)
        """
        rows = self.ranges().drop(columns="central")
        value = rows["total"].map(run.totals())
        members = self.totals[rows["total"]].to_numpy(dtype=np.float64)
        reached = value.to_numpy(dtype=np.float64)
        share = ((members < reached).mean(axis=0) + (members <= reached).mean(axis=0)) / 2
        return rows.assign(run=value, below=share)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the ensemble to a folder, all of it or nothing; see :func:`scrapflow.read_ensemble`.

        An ensemble that is too large to be copied is better made there: ``sf.ensemble(…, folder=path)``.

        Parameters
        ----------
        path
            Folder to make; one that holds an older ensemble is replaced, any other with something in it left alone.

        Raises
        ------
        InputError
            If the folder holds something that is no ensemble.
        """
        with ensemble_folder(path) as folder:
            write_parts(_parts(self), folder)

    def summary(self) -> str:
        """Say each total of the central run with its range, in two significant figures: more would be a pretence."""
        rows = [f"{name.removesuffix('_t').replace('_', ' ')}: {told} t" for name, told in self._told().items()]
        head = f"{self.central.name}, in brackets 10 to 90 % of {len(self.totals):,} runs with all assumptions drawn:"
        return "\n".join([head, *rows])

    def _told(self) -> dict[str, str]:
        """Return each total as people read it: central value (low to high)."""
        rows = self.ranges().set_index("total")[["central", "low", "high"]]
        return {str(name): ranged(*ends) for name, ends in zip(rows.index, rows.to_numpy().tolist(), strict=True)}

    def __repr__(self) -> str:
        return (
            f"<Ensemble of {len(self.totals)} runs of {self.central.name} over {self.draws.shape[1]} assumptions; received by "
            f"mills {self._told()['delivered_t']} t>"
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(repr(self))}</p>{self.ranges().to_html(index=False, float_format=two_figures)}"


@checked
def ensemble(
    world: World,
    campaign: str | Campaign | None = None,
    *,
    n: int = 200,
    seed: int = 0,
    detail: bool = False,
    keep: Literal["totals", "flows"] = "totals",
    folder: str | PathLike[str] | None = None,
    within: pd.DataFrame | None = None,
    processes: int | None = None,
    client: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> Ensemble:
    """Run a campaign many times, with all assumptions drawn at once.

    A Latin hypercube (McKay, Beckman and Conover 1979; ``scipy.stats.qmc``) spreads the members evenly over each
    assumption, whose median is its central value; see :func:`scrapflow.studies.uncertain.two_sided`. What is known of sums
    stays: the towns of a province keep its census total.

    Parameters
    ----------
    world, campaign
        What to run (expected mode); the world's default campaign if none is named. Of a world of known tonnes without a
        campaign, supply and demand are drawn within their ranges, reported ones too, and whatever else has a range.
    n
        Number of members.
    seed
        Seed of the hypercube.
    detail
        As for :func:`scrapflow.sensitivity`.
    keep
        ``"totals"``: each member's totals, and ranges of claims and link loads. ``"flows"``: also its movements, yard stocks,
        link loads and accounts, written to a temporary folder where the member is run, for ``ens.flows`` and ``ens.kept``.
    folder
        Write the ensemble there instead, to be read again by :func:`scrapflow.read_ensemble`: all of it or nothing, each
        member where it is run (on a cluster every worker has to reach the folder by this name).
    within
        ``input, low, high``: only this part of an assumption's quantiles is drawn, such as what observations leave
        plausible (``sf.condition(…).plausible()``); all of it for those not named.
    processes
        How many processes; as many as there are cores if not given, 1 for none.
    client
        A ``distributed.Client``: the members run there instead, with the same result.
    progress
        Called with the number of runs done and to do.

    Returns
    -------
    Ensemble

    Raises
    ------
    InputError
        If there is to be no member, or ``keep`` is another word.

    Examples
    --------
    >>> import scrapflow as sf
    >>> found = sf.ensemble(sf.read_world("toy"), n=4, processes=1)
    >>> found.totals.shape[0]
    4
    """
    from scipy.stats import qmc

    if n < 1:
        raise InputError([problem("ensemble", "", "n", f"{n} members: at least one is needed")], what="the ensemble")
    if seed < 0:
        raise InputError(
            [problem("ensemble", "", "seed", f"{seed} is below 0: a seed is a whole number from 0")],
            what="the ensemble",
        )
    if keep not in ("totals", "flows"):
        fault = f"{keep!r} is nothing an ensemble can keep: 'totals' or 'flows'"
        raise InputError([problem("ensemble", "", "keep", fault)], what="the ensemble")
    study = study_of(world, campaign, detail=detail)
    if keep == "flows":
        refuse_kept(study, "keep='flows'")
    names = study.inputs.groups["input"].tolist()
    cube = qmc.LatinHypercube(d=max(1, len(names)), rng=np.random.default_rng(seed)).random(n)[:, : len(names)]
    cube = cube if within is None else _within(within, cube, names)
    how = {"processes": processes, "client": client, "progress": progress}
    if folder is None:
        central = run(world, study.campaign)
        return _of_members(study, central, cube, Kept(central) if keep == "flows" else None, how)
    with ensemble_folder(folder) as spare:
        central = run(world, study.campaign)
        made = _of_members(study, central, cube, Kept(central, spare / MEMBERS) if keep == "flows" else None, how)
        write_parts(_parts(made), spare)
    return read_ensemble(folder, check=False)


@checked
def read_ensemble(path: str | PathLike[str], *, check: bool = True) -> Ensemble:
    """Read an ensemble that was written to a folder; what its members did stays on disk and is asked there.

    Parameters
    ----------
    path
        The folder given to :func:`scrapflow.ensemble` or to ``ens.save``.
    check
        Whether to compare every file with its hash; False to look at a damaged one, or to save the time.

    Raises
    ------
    InputError
        If it is no ensemble, comes from another layout, or a file is missing or changed; every such file is listed.

    Examples
    --------
    >>> import tempfile, scrapflow as sf
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ens = sf.ensemble(sf.read_world("toy"), n=4, keep="flows", folder=f"{folder}/members", processes=1)
    ...     again = sf.read_ensemble(f"{folder}/members")
    ...     bool(again.flows.to("Near Mill").total_t == ens.flows.to("Near Mill").total_t)
    True
    """
    return Ensemble(*read_parts(path, check=check))


def _parts(made: Ensemble) -> Parts:
    rest = made.kept, made.observations, made.parts
    return Parts(made.central, made.draws, made.totals, made.claims, made.link_loads, *rest)


def _of_members(
    study: Study | KnownStudy, central: Run, cube: NDArray[np.float64], kept: Kept | None, how: dict[str, Any]
) -> Ensemble:
    """Run all members and put together what they gave; ``cube`` has a row a member, a column an input."""
    work = study, kept.keeper if kept else None, where_of(central)
    found = spread(told, work, list(enumerate(cube)), **how)
    names = study.inputs.groups["input"].tolist()
    draws = pd.DataFrame(cube, columns=pd.Index(names, dtype="str"))
    totals = pd.DataFrame([m.totals for m in found], columns=central.totals().index).rename_axis("member")
    claims, loads = _claim_ranges(central, [m.claims for m in found]), _load_ranges(central, [m.loads for m in found])
    made = Ensemble(central, draws, totals, claims, loads)
    parts = _parts_table([m.parts for m in found])
    ranges = made.ranges().set_index("total")[RANGE].to_dict(orient="index")
    # carried back and taken together, as maps show them: the quantiles of a sum are not the sums of quantiles
    diverted = (totals["returned_t"] + totals["looted_t"]).quantile(list(QUANTILES))
    ranges["diverted_t"] = dict(zip(RANGE, diverted.tolist(), strict=True))
    of_parts = part_ranges(parts, lambda values, q: np.quantile(values, q, axis=0))
    more = {"asked": central.meta["members"], "ranges": ranges, "part_ranges": of_parts, "members": len(cube)}
    with_ranges = Run(central.tables, central.meta | more, central.basemap)
    return Ensemble(with_ranges, draws, totals, claims, loads, kept, study.world.observations, parts)


def _within(within: pd.DataFrame, cube: NDArray[np.float64], names: list[str]) -> NDArray[np.float64]:
    """Return the hypercube made smaller: quantiles of each input between its low and high."""
    missing = [c for c in ("input", "low", "high") if c not in within]
    if missing:
        faults = [problem("within", "", c, "is missing: within needs input, low, high") for c in missing]
        raise InputError(faults, what="the part to draw from")
    ends = pd.DataFrame({c: numbers_of(within[c])[0] for c in ("low", "high")}).set_axis(within["input"])
    problems = [
        problem(
            "within",
            str(i),
            "input",
            f"is no assumption that is drawn; {did_you_mean(str(i), names, 'ens.draws has them', n=3)}",
        )
        for i in ends.index
        if i not in names
    ]
    problems += [
        problem("within", str(i), "input", "stands twice: keep one row an input")
        for i in ends.index[ends.index.duplicated()].unique()
    ]
    wrong = ends[~((ends["low"] >= 0) & (ends["low"] < ends["high"]) & (ends["high"] <= 1))]
    problems += [
        problem("within", str(i), "low", "0 <= low < high <= 1 must hold: they are quantiles") for i in wrong.index
    ]
    if problems:
        raise InputError(problems, what="the part to draw from")
    full = ends.reindex(names).fillna({"low": 0.0, "high": 1.0}).to_numpy(dtype=np.float64)
    return np.asarray(full[:, 0] + cube * (full[:, 1] - full[:, 0]))


_RAILS = ("rail", "transshipment")
"""Modes of the links that a map draws as railways."""


class Where(NamedTuple):
    """The region of each place, and the links that a map draws as railways."""

    region: dict[str, str]
    rails: frozenset[str]


def where_of(central: Run) -> Where:
    """Return what the parts of all members are told by, from the central run."""
    region = dict(zip(central.nodes["node_id"], central.nodes["region"].fillna(""), strict=True))
    return Where(region, frozenset(central.links.loc[central.links["mode"].isin(_RAILS), "link_id"]))


class _Member(NamedTuple):
    """What an ensemble keeps of a member; link loads travel as float32, which is finer than any of the inputs."""

    totals: dict[str, float]
    claims: list[dict[str, Any]]
    loads: tuple[NDArray[np.object_], NDArray[np.float32]]
    parts: dict[tuple[str, str, str], float]


def told(work: tuple[Study | KnownStudy, Keeper | None, Where], case: tuple[int, NDArray[np.float64]]) -> _Member:
    """Run one member and return what is kept of it: by its number and one quantile for each input in the order of ``groups``."""
    (study, keeper, where), (number, quantiles) = work, case
    values = study.drawer(quantiles)
    if isinstance(study, KnownStudy):
        routed = study.run(values)
        used = study.loads(routed)
        parts = parts_of(
            routed.amounts, where.region, received=study.received(routed), railed=_railed(used, where.rails)
        )
        return _Member(study.totals(routed), study.claims(routed), _used(used), parts)
    member = study.run(values)
    loads = study.loads(member)
    if keeper is not None:
        keeper.keep(number, member, loads)
    parts = parts_of(member.amounts, where.region, received=study.received(member), railed=_railed(loads, where.rails))
    return _Member(study.totals(member), study.claims(member), _used(loads), parts)


def _railed(loads: pd.DataFrame, rails: frozenset[str]) -> dict[str, float]:
    """Return what each railway link that carried something carried over all periods, t."""
    total = np.asarray(np.nansum(loads.to_numpy(), axis=1))
    used = np.flatnonzero(total > 0)
    return {link: t for link, t in zip(loads.index[used].tolist(), total[used].tolist(), strict=True) if link in rails}


def _used(loads: pd.DataFrame) -> tuple[NDArray[np.object_], NDArray[np.float32]]:
    """Return the links that carry something, and what."""
    tonnes = loads.to_numpy()
    used = np.flatnonzero((tonnes > 0).any(axis=1))
    return loads.index[used].to_numpy(dtype=object), tonnes[used].astype(np.float32)


def _claim_ranges(central: Run, members: Sequence[list[dict[str, Any]]]) -> pd.DataFrame:
    base = central.claims()[["claim_id", "metric"]]
    together = pd.DataFrame([c for member in members for c in member], columns=["claim_id", "modelled", "agrees"])
    together = together.astype({"modelled": "float64", "agrees": "float64"})
    if together.empty:
        return base.assign(**dict.fromkeys([*RANGE, "agrees_share"], np.nan))
    by = together.groupby("claim_id")
    found = by["modelled"].quantile(list(QUANTILES)).unstack().set_axis(RANGE, axis=1)  # type: ignore[arg-type]
    found["agrees_share"] = by["agrees"].mean()
    return base.merge(found.reset_index(), how="left", on="claim_id")


def _parts_table(members: Sequence[dict[tuple[str, str, str], float]]) -> pd.DataFrame:
    """Return the parts of all members, one row a member; what one does not name it has none of."""
    names = list(dict.fromkeys(chain.from_iterable(members)))
    rows = np.array([[parts.get(name, 0.0) for name in names] for parts in members]).reshape(len(members), len(names))
    return pd.DataFrame(rows, columns=pd.MultiIndex.from_tuples(names) if names else None)


def _load_ranges(central: Run, members: Sequence[tuple[NDArray[np.object_], NDArray[np.float32]]]) -> pd.DataFrame:
    """Return the range of each link's load; a link that is drawn in some members only carries nothing in the others."""
    periods = central.periods["period"].tolist()
    own = pd.Index(central.links["link_id"], dtype=object)
    carrying = {i for ids, _ in members for i in ids}
    links = own.append(pd.Index(sorted(carrying - set(own)), dtype=object))
    used = np.flatnonzero(links.isin(list(carrying)))
    among = links[used]
    stacked = np.zeros((max(1, len(members)), len(used), len(periods)), dtype=np.float32)
    for out, (ids, load) in zip(stacked, members, strict=False):
        out[among.get_indexer(pd.Index(ids, dtype=object))] = load
    quantiles = np.zeros((len(QUANTILES), len(links), len(periods)))
    quantiles[:, used] = np.quantile(stacked, QUANTILES, axis=0)
    keys = pd.MultiIndex.from_product([periods, links.astype("str")], names=["period", "link_id"])
    ranges = dict(zip(RANGE, (q.T.ravel() for q in quantiles), strict=True))
    return pd.DataFrame(ranges, index=keys).reset_index().sort_values(["period", "link_id"], ignore_index=True)
