"""Everything public in Python, asked with values that nobody foresaw: an answer with sound numbers, or an error of ours."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import io
import math
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point

import scrapflow as sf

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = (
    "near", "Far Mill", "works", "vale", "kind", "material", "region", "period", "2015-01", "2015-Q1", "March", "nowhere", "", " ", "\udcff", "\0",
    "a" * 3000, "carted", "scrap", "tonnage_t", "rail_near", "inspection.teams", "delivered_t", "held_t", "handover", "yard", "yards", "=x", "*", "%s", "2015", "week", "ſ", "김책", "station:near",
)  # fmt: skip
_COUNTS = {"members", "n", "processes", "bins", "top", "count", "top_n", "steps", "limit"}
"""Arguments that say how much work there is: they stay small, or are no count at all."""
_FLOWS = (
    "balances", "between", "by", "concentration", "describe", "diverted", "during", "factories", "from_", "haulage", "head", "in_region", "kind", "kinds",
    "loads", "matrix", "of", "pivot", "plot", "shares", "summary", "through", "to", "to_frame", "to_geo", "to_networkx", "top", "variability", "via", "where",
)  # fmt: skip
_ASKED_OF = {
    "run": ("check", "summary", "totals", "assumptions", "balance"),
    "world": (
        "find", "resolve", "region_of", "with_enterprise", "with_link", "with_station", "with_values", "without", "check", "write",
    ),
    "ens": ("beside", "claims", "save", "summary", "link_loads", "ranges", "totals"),
    "members": ("by", "between", "diverted", "during", "from_", "in_region", "kind", "matrix", "of", "paths", "pivot", "summary", "through", "to", "to_frame", "to_geo", "top", "total_t", "via", "where", "members"),
    "compared": ("accounts", "burden", "link_loads", "movements", "stocks", "summary", "totals"),
    "net": ("path", "skim", "reachable", "components", "nearest"),
}  # fmt: skip
_NOT_CALLED = {"explore", "ensemble", "FlowLayer", "errors", "Campaign", "Run", "World", "Flows", "Network", "Path", "Comparison", "FlowResult"}  # fmt: skip
"""Types that others make, errors, what serves a page, and what starts processes of its own."""


@functools.cache
def _things() -> dict[str, Any]:
    world = sf.read_world("toy")
    run = sf.run(world)
    ens = sf.ensemble(world, n=4, keep="flows", processes=1)
    return {
        "run": run, "world": world, "flows": run.flows, "net": sf.build_network(world), "sf": sf, "ens": ens, "members": ens.flows,
        "compared": sf.compare(run, run),
    }  # fmt: skip


def attack(seed: int) -> str:
    """Ask one to four things of a run, its flows, its world or the package, one after the other; return what is wrong."""
    rng, things = random.Random(seed), _things()
    told: list[str] = []
    of = rng.choice(["flows", "flows", "sf", "sf", "sf", "world", "net", "run", "ens", "members", "compared"])
    thing = things[of]
    for _ in range(rng.randint(1, 4) if of in ("flows", "world", "members") else 1):
        verb = rng.choice(_verbs(of, thing))
        told.append(f"{of}.{verb}")
        try:
            ask = getattr(thing, verb)
            given, named = _arguments(ask, rng, things)
            told[-1] += f"({_words(given, named)})"
            answer = ask(*given, **named) if callable(ask) else ask
            wrong = _unsound(answer)
        except sf.ScrapflowError as fault:
            return "" if str(fault).strip() else f"{' then '.join(told)}: an error without words"
        except RecursionError as fault:
            return f"{' then '.join(told)}: {fault!r:.300}"
        except Exception as fault:  # noqa: BLE001  that is what is looked for
            return f"{' then '.join(told)}: {type(fault).__name__}: {fault!s:.300}"
        if wrong:
            return f"{' then '.join(told)}: {wrong}"
        if type(answer) is type(thing):
            thing = answer
        else:
            return ""
    return ""


def _verbs(of: str, thing: Any) -> tuple[str, ...]:
    if of == "flows":
        return _FLOWS
    if of == "sf":
        return tuple(
            name for name in sf.__all__ if name not in _NOT_CALLED and not (isinstance(getattr(sf, name), type))
        )
    return tuple(name for name in _ASKED_OF[of] if hasattr(type(thing), name) or name in vars(thing))


def _arguments(ask: Callable[..., Any], rng: random.Random, things: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return as many values as a call may take; half of those that a call could do without are left out."""
    if not callable(ask):
        return [], {}
    given: list[Any] = []
    named: dict[str, Any] = {}
    for name, rule in inspect.signature(ask).parameters.items():
        needed = rule.default is inspect.Parameter.empty
        if rule.kind is rule.VAR_POSITIONAL:
            given += [_value(name, rng, things) for _ in range(rng.choice([0, 1, 1, 2]))]
        elif rule.kind is rule.VAR_KEYWORD:
            named |= {
                rng.choice(["sector", "x", "region"]): _value("", rng, things)
                for _ in range(rng.choice([0, 1]) if "Axes" not in str(inspect.signature(ask)) else 0)
            }
        elif rule.kind is rule.KEYWORD_ONLY and (needed or rng.random() < 0.4):
            named[name] = _value(name, rng, things)
        elif rule.kind is not rule.KEYWORD_ONLY:
            if not needed and rng.random() < 0.5:
                if any(p.kind is p.VAR_POSITIONAL for p in inspect.signature(ask).parameters.values()):
                    given.append(rule.default)
                continue
            if len(given) < list(inspect.signature(ask).parameters).index(name):
                named[name] = _value(name, rng, things)
            else:
                given.append(_value(name, rng, things))
    return given, named


def _value(name: str, rng: random.Random, things: dict[str, Any]) -> Any:
    if name in _COUNTS and rng.random() < 0.6:
        return rng.choice([1, 2, 3])
    if (
        name in ("run", "runs", "a", "b", "before", "after", "world", "flows", "net", "network", "ens", "comparison")
        and rng.random() < 0.7
    ):
        return things.get(
            {"a": "run", "b": "run", "before": "run", "after": "run", "network": "net", "comparison": "compared"}.get(
                name, name
            ),
            things["run"],
        )
    if rng.random() < 0.6:
        return rng.choice(WORDS)
    deep: Any = "near"
    for _ in range(rng.choice([1, 2, 40])):
        deep = [deep]
    odd: list[Callable[[], Any]] = [
        lambda: None, lambda: rng.choice([True, False]), lambda: rng.choice([0, 1, -1, 3, 10**30, -(10**18), 2**63]),
        lambda: rng.choice([math.nan, math.inf, -math.inf, 0.5, -0.0, 1e308, 5e-324]), lambda: b"near\xff", list, lambda: (), dict, set,
        lambda: deep, lambda: ["near", None], lambda: [1, "x"], lambda: {"near": math.nan}, lambda: {"a": {"b": []}}, lambda: {"near", "far"}, lambda: range(3),
        lambda: slice("2015-01", "2015-02"), lambda: slice(None), lambda: slice(3, None, 2), lambda: (w for w in ["near"]), lambda: pd.NA, lambda: pd.NaT,
        lambda: pd.Timestamp("2015-01-05", tz="Asia/Pyongyang"), lambda: dt.date(2015, 1, 1), lambda: dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC), lambda: np.float32(2), lambda: np.array([1.0, np.nan]),
        lambda: np.array([["near"]]), lambda: np.array(None), lambda: np.str_("near"), lambda: pd.Series(["near", None]), lambda: pd.Series([1.0], index=["near"]), pd.DataFrame, lambda: pd.DataFrame({"origin": ["a", "b"], "destination": ["b", None], "tonnes": [1.0, math.nan]}),
        lambda: pd.DataFrame({"origin": ["a"], "destination": ["b"], "tonnes": [2.0]}), lambda: pd.DataFrame([[1, 2]], columns=["x", "x"]), lambda: pd.DataFrame({("a", "b"): [1]}), lambda: pd.Categorical(["near"]),
        lambda: gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=4326), lambda: gpd.GeoDataFrame({"origin": ["a"], "destination": ["b"], "tonnes": [1]}, geometry=[LineString([(0, 0), (1, 1)])]), lambda: Point(1, 2), object, lambda: int, lambda: (lambda x: x), lambda: str.upper,
        lambda: complex(1, 2), lambda: bytearray(b"x"), lambda: memoryview(b"x"), lambda: Path("nowhere"), lambda: Path("\0"), lambda: io.StringIO("a,b\n1,2\n"), lambda: io.BytesIO(b""), lambda: Ellipsis, lambda: NotImplemented,
        lambda: things["run"], lambda: things["flows"], lambda: things["world"], lambda: sf,
    ]  # fmt: skip
    return rng.choice(odd)()


def _words(given: list[Any], named: dict[str, Any]) -> str:
    def word(value: Any) -> str:
        return (
            f"<{type(value).__name__}>"
            if isinstance(value, pd.DataFrame | sf.Run | sf.World | sf.Flows)
            else repr(value)[:60]
        )

    return ", ".join([*map(word, given), *(f"{name}={word(value)}" for name, value in named.items())])


def _unsound(answer: Any) -> str:
    """Return what is wrong with an answer's numbers: tonnes are finite or not known, and a frame's are too."""
    if isinstance(answer, sf.Flows):
        total = answer.total_t
        return "" if total is None or math.isfinite(total) or pd.isna(total) else f"total_t {total}"
    if isinstance(answer, pd.DataFrame) and "tonnage_t" in answer:
        values = pd.to_numeric(answer["tonnage_t"], errors="coerce").to_numpy(dtype=float)
        return "tonnes without end" if np.isinf(values).any() else ""
    return ""
