"""Several commodities: against an arc-based linear programme, and by mixing where costs are equal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from scrapflow.errors import ProblemError
from scrapflow.routing import CommodityProblem, FlowProblem, column_generation, solve, solve_commodities
from scrapflow.routing.column_generation import Generator

from .conftest import INF, frames, problems, tenths

SLOW = settings(max_examples=80, deadline=None, derandomize=True)


def arc_programme(problem: CommodityProblem, total: float) -> float:
    """Return the least cost of moving ``total`` in one period, by scipy on a variable a commodity and arc."""
    a = problem.base.arrays
    kinds, n, m = len(problem.commodities), len(a.nodes), len(a.links)
    cost = np.concatenate([problem.cost[:, 0].ravel(), np.zeros(2 * kinds * n)])
    balance = np.zeros((kinds * n, len(cost)))
    for k in range(kinds):
        for e in range(m):
            balance[k * n + a.tail[e], k * m + e] += 1
            balance[k * n + a.head[e], k * m + e] -= 1
        for v in range(n):
            balance[k * n + v, kinds * m + k * n + v] = -1
            balance[k * n + v, kinds * m + kinds * n + k * n + v] = 1
    joint = np.zeros((m + n + 1, len(cost)))
    limit = np.concatenate([np.minimum(a.capacity[0], 1e6), a.demand[0], [-total + 1e-9]])
    for k in range(kinds):
        joint[np.arange(m), k * m + np.arange(m)] = 1
        joint[m + np.arange(n), kinds * m + kinds * n + k * n + np.arange(n)] = 1
        joint[-1, kinds * m + k * n : kinds * m + (k + 1) * n] = -1
    upper = [INF] * (kinds * m) + problem.supply[:, 0].ravel().tolist() + [INF] * (kinds * n)
    found = linprog(cost, joint, limit, balance, np.zeros(kinds * n), [(0, u) for u in upper])
    return float(found.fun)


@st.composite
def commodity_problems(draw, *, same: bool = False):
    """Draw a problem of two commodities."""
    nodes, links = draw(problems(most_nodes=5, most_links=8))
    supplies = pd.DataFrame(
        [("n0", "x", draw(tenths))]
        + [
            (i, c, draw(tenths))
            for i in nodes["node_id"]
            for c in ("x", "y")
            if (i, c) != ("n0", "x") and draw(st.booleans())
        ],
        columns=["node_id", "commodity", "supply_t"],
    )
    costs = pd.DataFrame(
        [(e, "y", draw(tenths)) for e in links["link_id"]] if not same else [],
        columns=["link_id", "commodity", "cost_per_t"],
    )
    if "y" not in set(supplies["commodity"]):
        costs = costs.iloc[:0]
    return CommodityProblem(supplies, nodes.drop(columns="supply_t"), links, costs=costs)


@SLOW
@given(commodity_problems())
def test_paths_made_as_needed_find_the_optimum(problem):
    """Column generation moves the most tonnes and costs what a linear programme over all arcs costs."""
    result = solve_commodities(problem)
    assert result.status == "optimal"
    assert result.moved_t == pytest.approx(result.total.moved_t, abs=1e-6)
    assert result.cost == pytest.approx(arc_programme(problem, result.total.moved_t), abs=1e-5)
    load = result.flows.groupby("link_id", sort=False)["tonnage_t"].sum()
    assert (load.to_numpy() <= problem.base.arrays.capacity[0] + 1e-6).all()


@SLOW
@given(commodity_problems(same=True))
def test_mixing_costs_what_the_total_costs(problem):
    """Where all cost the same, commodities share the joint plan: sums by link agree and each commodity is conserved."""
    result = solve_commodities(problem)
    assert result.cost == pytest.approx(result.total.cost, abs=1e-9)
    a = problem.base.arrays
    flow = result.flows["tonnage_t"].to_numpy().reshape(len(problem.commodities), -1)
    assert flow.sum(axis=0) == pytest.approx(result.total.flows["tonnage_t"].to_numpy(), abs=1e-9)
    left = result.unserved.groupby("commodity")["tonnage_t"].sum()
    for k, name in enumerate(problem.commodities):
        net = np.bincount(a.tail, flow[k], len(a.nodes)) - np.bincount(a.head, flow[k], len(a.nodes))
        assert (net <= problem.supply[k, 0] + 1e-9).all()
        assert left.get(name, 0.0) <= problem.supply[k].sum() + 1e-9
    assert result.moved_t == pytest.approx(result.total.moved_t, abs=1e-7)


def _yard_and_mills(**settings_):
    nodes = pd.DataFrame({"node_id": ["yard", "mill"], "demand_t": [0.0, 9.0]})
    links = pd.DataFrame(
        {
            "link_id": ["rail", "road"],
            "from_node_id": "yard",
            "to_node_id": "mill",
            "capacity_t": [4.0, 9.0],
            "cost_per_t": [1.0, 3.0],
        }
    )
    supplies = pd.DataFrame({"node_id": "yard", "commodity": ["scrap", "machinery"], "supply_t": [6.0, 2.0]})
    return CommodityProblem(supplies, nodes, links, **settings_)


def test_mixing_on_paper():
    """A yard with three tonnes of scrap to one of machinery sends both links three to one."""
    result = solve_commodities(_yard_and_mills())
    assert result.method == "mixing"
    assert result.flows.values.tolist() == [
        ["machinery", "rail", 1.0],
        ["machinery", "road", 1.0],
        ["scrap", "rail", 3.0],
        ["scrap", "road", 3.0],
    ]


def test_different_costs_on_paper():
    """The commodity that suffers most on the road gets the rail."""
    costs = pd.DataFrame({"link_id": ["road"], "commodity": ["machinery"], "cost_per_t": [8.0]})
    result = solve_commodities(_yard_and_mills(costs=costs))
    assert result.method == "columns"
    assert result.cost == pytest.approx(4 * 1 + 4 * 3)
    assert result.flows["tonnage_t"].tolist() == pytest.approx([2.0, 0.0, 2.0, 4.0])
    assert result.served


def test_months_share_storage():
    """Over two months with a yard that keeps tonnes, column generation agrees with the joint plan at equal costs."""
    storage = pd.DataFrame({"node_id": ["yard"], "capacity_t": [5.0], "cost_per_t": [0.25]})
    calendar = pd.DataFrame({"period": ["1"], "link_id": ["road"], "capacity_t": [0.0]})
    costs = pd.DataFrame({"link_id": ["road"], "commodity": ["machinery"], "cost_per_t": [3.0 + 1e-7]})
    settings_ = {"periods": ["1", "2"], "storage": storage, "calendar": calendar}
    mixed, columns = (
        solve_commodities(_yard_and_mills(**settings_)),
        solve_commodities(_yard_and_mills(costs=costs, **settings_)),
    )
    assert (mixed.method, columns.method) == ("mixing", "columns")
    assert columns.moved_t == pytest.approx(mixed.moved_t)
    assert columns.cost == pytest.approx(mixed.cost, abs=1e-5)
    assert list(columns.flows.columns) == ["period", "commodity", "link_id", "tonnage_t"]


def test_one_commodity_is_an_ordinary_problem():
    """With one commodity the result is that of the plain problem."""
    problem = _yard_and_mills()
    nodes = pd.DataFrame({"node_id": ["yard", "mill"], "supply_t": [8.0, 0.0], "demand_t": [0.0, 9.0]})
    assert solve_commodities(problem).cost == solve(FlowProblem(nodes, problem.base.links)).cost


def test_faulty_commodities_are_named():
    """Unknown nodes, commodities and links, and repeated rows, are refused by name."""
    nodes = pd.DataFrame({"node_id": ["a"], "demand_t": [1.0]})
    links = pd.DataFrame(columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"])
    twice = pd.DataFrame({"node_id": ["a", "a", "q"], "commodity": ["x", "x", "x"], "supply_t": [1.0, 2.0, -1.0]})
    costs = pd.DataFrame({"link_id": ["l"], "commodity": ["z"], "cost_per_t": [1.0]})
    with pytest.raises(
        ProblemError, match=r"(?s)negative.*unknown node 'q'.*twice.*unknown link 'l'.*unknown commodity 'z'"
    ):
        CommodityProblem(twice, nodes, links, costs=costs)
    with pytest.raises(ProblemError, match="column is missing"):
        CommodityProblem(pd.DataFrame({"node_id": ["a"], "supply_t": [1.0]}), nodes, links)


def test_costs_given_for_every_commodity_count_where_they_are_all_the_same():
    """A road that costs 9 for both commodities, whatever the table of links says, is not taken before a rail at 3."""
    supplies = pd.DataFrame({"node_id": ["yard", "yard"], "commodity": ["scrap", "machinery"], "supply_t": [3.0, 3.0]})
    nodes = pd.DataFrame({"node_id": ["yard", "mill"], "demand_t": [0.0, 9.0]})
    _, links = frames([], [("rail", "yard", "mill", 4, 3), ("road", "yard", "mill", INF, 1)])
    costs = pd.DataFrame({"link_id": "road", "commodity": ["scrap", "machinery"], "cost_per_t": 9.0})
    result = solve_commodities(CommodityProblem(supplies, nodes, links, costs=costs))
    assert (result.method, result.cost) == ("mixing", 4 * 3 + 2 * 9)
    assert result.total.cost == result.cost


def test_commodities_and_periods_may_be_numbers():
    """Commodities 1 and 2 in months 9 and 10 are the same in every table; costs given twice are refused."""
    supplies = pd.DataFrame({"period": [9, 9], "node_id": "a", "commodity": [1, 2], "supply_t": [2.0, 3.0]})
    nodes = pd.DataFrame({"period": [9, 10], "node_id": ["a", "b"], "demand_t": [0.0, 5.0]})
    _, links = frames([], [("ab", "a", "b", INF, 1)])
    storage = pd.DataFrame({"node_id": ["a"], "capacity_t": [INF], "cost_per_t": [0.5]})
    costs = pd.DataFrame({"link_id": ["ab"], "commodity": [2.0], "cost_per_t": [4]})
    result = solve_commodities(CommodityProblem(supplies, nodes, links, costs=costs, storage=storage))
    assert result.cost == pytest.approx(2 * 1 + 3 * 4 + 5 * 0.5)
    with pytest.raises(ProblemError, match="row ab, column commodity: the same link and commodity twice"):
        CommodityProblem(supplies, nodes, links, costs=pd.concat([costs, costs]))
    with pytest.raises(ProblemError, match="row a, column commodity: the commodity is missing"):
        CommodityProblem(supplies.assign(commodity=[1, None]), nodes, links)


def test_the_plan_is_the_same_optimum_when_prices_take_many_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """On crowded grids the paths asked for at steadier prices lead to the optimum of the programme over all arcs."""
    rounds = []
    offers = Generator._offers
    monkeypatch.setattr(Generator, "_offers", lambda self, now: rounds.append(self.mean) or offers(self, now))
    rng = np.random.default_rng(5)
    for _ in range(6):
        side = 6
        names = [f"n{i}" for i in range(side * side)]
        pairs = [(i, i + 1) for i in range(side * side) if (i + 1) % side] + [(i, i + side) for i in range(side * 5)]
        both = np.array(pairs + [(b, a) for a, b in pairs])
        links = pd.DataFrame(
            {
                "link_id": [f"e{i}" for i in range(len(both))],
                "from_node_id": [names[i] for i in both[:, 0]],
                "to_node_id": [names[i] for i in both[:, 1]],
                "capacity_t": rng.integers(5, 60, len(both)),
                "cost_per_t": rng.integers(1, 40, len(both)),
            }
        )
        nodes = pd.DataFrame({"node_id": names, "demand_t": 0.0})
        nodes.loc[rng.choice(side * side, 3, replace=False), "demand_t"] = 70.0
        supplies = pd.DataFrame([(v, k) for v in names for k in ("x", "y", "z")], columns=["node_id", "commodity"])
        supplies["supply_t"] = rng.integers(0, 5, len(supplies)).astype(float)
        costs = pd.concat(
            [links[["link_id"]].assign(commodity=k, cost_per_t=rng.integers(1, 40, len(links))) for k in ("y", "z")]
        )
        problem = CommodityProblem(supplies, nodes, links, costs=costs)
        result = solve_commodities(problem)
        assert result.method == "columns"
        assert result.cost == pytest.approx(arc_programme(problem, result.moved_t), rel=1e-9)
    assert sum(mean is not None for mean in rounds) >= 12


def test_single_tonnes_to_two_mills_are_no_rounding():
    """Two kinds of 1 t each and two mills for 1 t each: the kind that pays less for the far mill goes there, 1 + 3 = 4."""
    nodes = pd.DataFrame({"node_id": ["y", "near", "far"], "demand_t": [0.0, 1.0, 1.0]})
    links = frames([("y", 0, 0)], [("n", "y", "near", INF, 1), ("f", "y", "far", INF, 3)])[1]
    supplies = pd.DataFrame({"node_id": "y", "commodity": ["x", "z"], "supply_t": [1.0, 1.0]})
    costs = pd.DataFrame({"link_id": ["f"], "commodity": ["z"], "cost_per_t": [9.0]})
    result = solve_commodities(CommodityProblem(supplies, nodes, links, costs=costs))
    assert (str(result.status), result.moved_t, round(result.cost, 9)) == ("optimal", 2, 4)


def test_rounds_that_run_out_leave_no_plan(monkeypatch):
    """A plan that was not proven is none: the status says so, and nothing is told to have moved."""
    monkeypatch.setattr(column_generation, "_ROUNDS", 0)
    costs = pd.DataFrame({"link_id": ["road"], "commodity": ["machinery"], "cost_per_t": [8.0]})
    result = solve_commodities(_yard_and_mills(costs=costs))
    assert (str(result.status), str(result.termination), result.moved_t) == ("failed", "limit", 0)
    assert len(result.flows) == 0


@pytest.mark.parametrize("column", ["lower_t", "cost_per_t"])
def test_lower_bounds_or_negative_costs_are_refused_each_alone(column):
    """Either is enough: a bound of 1 t, or a cost of -1 with a finite capacity."""
    problem = _yard_and_mills()
    links = problem.base.links.assign(**{column: 1.0 if column == "lower_t" else -1.0})
    supplies = pd.DataFrame({"node_id": ["yard"], "commodity": ["scrap"], "supply_t": [1.0]})
    with pytest.raises(ProblemError, match="no lower bounds and no negative costs"):
        CommodityProblem(supplies, pd.DataFrame({"node_id": ["yard", "mill"], "demand_t": [0.0, 9.0]}), links)


def test_an_endless_cost_of_a_commodity_is_refused():
    """A link that a commodity may not take has no capacity for it; a cost without end is no way to say so."""
    nodes = pd.DataFrame({"node_id": ["a", "b"], "demand_t": [0.0, 1.0]})
    links = pd.DataFrame(
        [("l", "a", "b", 5.0, 1.0)], columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"]
    )
    supply = pd.DataFrame({"node_id": ["a"], "commodity": ["x"], "supply_t": [1.0]})
    costs = pd.DataFrame({"link_id": ["l"], "commodity": ["x"], "cost_per_t": [INF]})
    with pytest.raises(ProblemError, match="cost_per_t"):
        CommodityProblem(supply, nodes, links, costs=costs)


@pytest.mark.parametrize("unit", [1.0, 1e-12, 1e9])
def test_what_finds_no_room_is_told_in_any_unit(unit):
    """Of 3 t to a link of 2 t one is left, and told, be a tonne a picogramme or a gigatonne."""
    nodes = pd.DataFrame({"node_id": ["a", "b"], "demand_t": [0.0, 3.0 * unit]})
    links = pd.DataFrame(
        [("l", "a", "b", 2.0 * unit, 1.0)],
        columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"],
    )
    supply = pd.DataFrame({"node_id": ["a"], "commodity": ["x"], "supply_t": [3.0 * unit]})
    left = solve_commodities(CommodityProblem(supply, nodes, links)).unserved
    assert left["tonnage_t"].tolist() == pytest.approx([unit], rel=1e-3)
