"""Reports that have to balance and do not: the likeliest flows, and which report is likely wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.evidence.adjustment import Adjustment, adjust
from scrapflow.evidence.balances import balances
from scrapflow.evidence.nonnegative import without_negatives
from scrapflow.evidence.suspects import accused, leak_tests, measurement_tests
from scrapflow.given_frames import plain_frames

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray


class GlobalTest(NamedTuple):
    """Whether the reports agree as a whole: chi-squared ``statistic``, its degrees of freedom, and ``p`` (NaN without any)."""

    statistic: float
    dof: int
    p: float


@dataclass(frozen=True, repr=False, eq=False)
class Reconciliation:
    """Flows that balance, as near to what was reported as they can be. Made by :func:`scrapflow.reconcile`.

    Attributes
    ----------
    flows
        ``flow_id, origin, destination, value, sd, reconciled, reconciled_sd, status, z, glr``. ``status``: ``redundant``
        (measured, and the rest could tell it), ``nonredundant`` (measured, and only that), ``observable`` (not measured,
        but the rest tells it), ``unobservable`` (nothing tells it: no value), ``fixed`` (exact). ``z`` is the adjustment /
        sd(adjustment), ``glr`` the likelihood ratio of an error in this report.
    coefficients
        ``name, value, sd, reconciled, reconciled_sd, status, z, glr``.
    nodes
        ``node, glr, leak, leak_sd``: the likelihood ratio of a leak at each process, and its size if there is one
        (positive: it loses).
    global_test
        ``statistic, dof, p``.
    suspects
        ``flow_id, node, coefficient, z, glr, group``: what a test at 5 % accuses (Šidák), the likeliest first; what cannot
        be told apart shares a group.
    removed
        What :meth:`eliminate` took out, in its order.
    """

    flows: pd.DataFrame
    coefficients: pd.DataFrame
    nodes: pd.DataFrame
    global_test: GlobalTest
    suspects: pd.DataFrame
    removed: pd.DataFrame
    given: tuple[pd.DataFrame, pd.DataFrame | None, bool, pd.DataFrame | None]

    def eliminate(self) -> Reconciliation:
        """Return the reconciliation without the reports that are accused, taken out one by one (serial elimination, Ripps 1965).

        The likeliest suspect is treated as not measured, a leaking process gets a flow to the environment, and the rest is
        reconciled again, until no test accuses. Where several reports cannot be told apart, the first is taken out and the
        others are named beside it in ``removed``.
        """
        current, steps = self, []
        while len(current.suspects):
            first = current.suspects.iloc[0].to_dict()
            tied = current.suspects[current.suspects["group"] == first["group"]].iloc[1:]
            names = (tied["flow_id"] + tied["node"] + tied["coefficient"]).tolist()
            steps.append(
                {
                    **{k: v for k, v in first.items() if k != "group"},
                    "tied_with": ", ".join(names),
                    "statistic": current.global_test.statistic,
                }
            )
            flows, coefficients, nonnegative, covariance = current.given
            flows, coefficients = _without(flows, coefficients, first)
            current = reconcile(flows, coefficients, nonnegative, covariance=_shrunk(covariance, first))
        removed = pd.DataFrame(steps, columns=["flow_id", "node", "coefficient", "z", "glr", "tied_with", "statistic"])
        return Reconciliation(
            current.flows,
            current.coefficients,
            current.nodes,
            current.global_test,
            current.suspects,
            removed,
            current.given,
        )

    def summary(self) -> str:
        """Say how well the reports agree, and who is accused, in a few lines."""
        counts = self.flows["status"].value_counts()
        what = ", ".join(f"{n:,} {s}" for s, n in counts.items())
        test = self.global_test
        if not test.dof:
            agree = "nothing is told twice, so that nothing can be checked"
        else:
            degrees = f"{test.dof} degree{'s' * (test.dof != 1)} of freedom"
            agree = f"{'they agree as a whole' if test.p >= 0.05 else 'they do not agree'} (chi-squared {test.statistic:.2g}, {degrees}, p = {test.p:.2g})"
            if len(self.suspects):
                agree += f", and {len(self.suspects)} {'is' if len(self.suspects) == 1 else 'are'} accused"
            elif test.p < 0.05:
                agree += ", and none can be told from the others as the wrong one"
        names = (self.suspects["flow_id"] + self.suspects["node"] + self.suspects["coefficient"]).head(5)
        lines = [f"{len(self.flows):,} flows ({what}): {agree}"]
        return "\n".join([*lines, *([f"suspects: {', '.join(names)}"] if len(names) else [])])

    def __repr__(self) -> str:
        return f"<Reconciliation of {self.summary()}>"

    def _repr_html_(self) -> str:
        from html import escape

        shown = self.flows.to_html(index=False, float_format="{:,.4g}".format, max_rows=20)
        return f"<p>{escape(self.summary())}</p>{shown}"


def reconcile(
    flows: pd.DataFrame,
    coefficients: pd.DataFrame | None = None,
    nonnegative: bool = False,  # noqa: FBT001, FBT002 - a switch that reads well by name
    *,
    covariance: pd.DataFrame | None = None,
) -> Reconciliation:
    """Find the flows that balance and are nearest to what was reported, and tell which report is likely wrong.

    Weighted least squares: each process gets out what it gets in, flows are moved in proportion to their variance
    (Kuehn and Davidson 1961), what was not measured is taken out by projection (Crowe 1983) and found again if the rest
    tells it. Transfer coefficients make the equations nonlinear; they are linearised again until the result stays
    (Cencic 2016). Everything is sparse.

    Parameters
    ----------
    flows
        ``flow_id, origin, destination, value, sd``, all in one unit. The environment, which needs no balance, is ``outside``
        or empty. ``sd`` 0 is exact; an empty ``value`` was not measured. The change of a stock is a flow from its process to
        the environment, which may be negative; an optional column ``stock`` (true) exempts it from ``nonnegative``.
    coefficients
        ``name, flow, of, value, sd``: ``flow = value * of``, where flow and of are ``flow_id``. Rows of one name share one
        coefficient.
    nonnegative
        True: no flow may become negative, whatever errors are correlated. Tests are those without this bound.
    covariance
        Of the errors of some flows and coefficients: a square table with their names on both sides and the squares of their
        ``sd`` on its diagonal. Errors not named there are independent.

    Returns
    -------
    Reconciliation

    Raises
    ------
    InputError
        With every fault of the tables; if exact values contradict one another.

    Notes
    -----
    Tests: Narasimhan and Jordache (2000), *Data Reconciliation and Gross Error Detection*, chapters 3, 7 and 8.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("in", "", "yard", 100.0, 3.0), ("out", "yard", "", 92.0, 4.0)]
    >>> seen = reconcile(pd.DataFrame(rows, columns=["flow_id", "origin", "destination", "value", "sd"]))
    >>> seen.flows[["reconciled", "reconciled_sd"]].round(2).to_numpy().tolist()
    [[97.12, 2.4], [97.12, 2.4]]
    """
    if not isinstance(cast("object", nonnegative), bool | np.bool_ | int):
        fault = f"True or False is wanted, not {type(nonnegative).__name__}"
        raise InputError([problem("reconcile", "", "nonnegative", fault)], what="the reconciliation")
    if not isinstance(cast("object", covariance), pd.DataFrame | None):
        fault = f"is {type(covariance).__name__}: a square DataFrame with flow_id on both sides is needed"
        raise InputError([problem("covariance", "", "", fault)], what="the covariance")
    told = {"flows": flows, "coefficients": coefficients, "covariance": covariance}
    flows, coefficients, covariance = plain_frames(told, what="the reconciliation")
    system = balances(flows, coefficients, covariance)
    solved = adjust(system)
    z, ratio = measurement_tests(solved)
    leaks = leak_tests(solved)
    suspects = accused(solved, z, ratio, leaks)
    test = _global_test(solved)
    shown = without_negatives(system) if nonnegative else solved
    table = _table(solved, shown, z, ratio)
    n = len(system.flow_ids)
    own = flows.reset_index(drop=True)
    own = pd.DataFrame(
        {c: own[c].where(own[c].notna(), "").astype("str").str.strip() for c in ("flow_id", "origin", "destination")}
    )
    given = (flows.copy(), None if coefficients is None else coefficients.copy(), nonnegative, covariance)
    related = table.iloc[n:].reset_index(drop=True)
    related.insert(0, "name", pd.Series(system.names, dtype="str"))
    return Reconciliation(
        flows=pd.concat([own, table.iloc[:n].reset_index(drop=True)], axis=1),
        coefficients=related,
        nodes=leaks,
        global_test=test,
        suspects=suspects,
        removed=pd.DataFrame(columns=["flow_id", "node", "coefficient", "z", "glr", "tied_with", "statistic"]),
        given=given,
    )


def _global_test(solved: Adjustment) -> GlobalTest:
    from scipy.stats import chi2

    dof = solved.inverse.rank
    return GlobalTest(solved.statistic, dof, float(chi2.sf(solved.statistic, dof)) if dof else float("nan"))


def _table(solved: Adjustment, shown: Adjustment, z: NDArray[np.float64], ratio: NDArray[np.float64]) -> pd.DataFrame:
    """Return ``value, sd, reconciled, reconciled_sd, status, z, glr`` of every variable."""
    system = solved.system
    status = np.where(system.fixed, "fixed", np.where(system.measured, "nonredundant", "unobservable"))
    status = status.astype(object)
    status[solved.redundant] = "redundant"
    status[solved.reduced.solved[solved.reduced.determined]] = "observable"
    variance = shown.variance
    return pd.DataFrame({
        "value": system.value,
        "sd": system.sd,
        "reconciled": np.where(np.isnan(variance), np.nan, shown.point) + 0.0,  # no -0
        "reconciled_sd": np.sqrt(variance),
        "status": pd.array(status.tolist(), dtype="str"),
        "z": z,
        "glr": ratio,
    })  # fmt: skip


def _without(
    flows: pd.DataFrame, coefficients: pd.DataFrame | None, suspect: Mapping[Hashable, Any]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the tables with a suspect treated as not measured, or a leak let out."""
    if suspect["node"]:
        leak = {
            "flow_id": f"leak of {suspect['node']}",
            "origin": suspect["node"],
            "destination": "",
            "value": np.nan,
            "sd": np.nan,
        }
        return pd.concat([flows, pd.DataFrame([leak])], ignore_index=True), coefficients
    if suspect["flow_id"]:
        own = flows["flow_id"].astype("str").str.strip() == suspect["flow_id"]
        return flows.assign(value=flows["value"].mask(own), sd=flows["sd"].mask(own)), coefficients
    if coefficients is None:
        return flows, None
    named = coefficients["name"] if "name" in coefficients else coefficients["flow"] + " / " + coefficients["of"]
    own = named.astype("str") == suspect["coefficient"]
    return flows, coefficients.assign(value=coefficients["value"].mask(own), sd=coefficients["sd"].mask(own))


def _shrunk(covariance: pd.DataFrame | None, suspect: Mapping[Hashable, Any]) -> pd.DataFrame | None:
    name = suspect["flow_id"] or suspect["coefficient"]
    if covariance is None or name not in covariance.index:
        return covariance
    rest = [c for c in covariance.columns if c != name]
    return covariance.loc[rest, rest]
