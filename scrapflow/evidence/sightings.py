"""Observations made from what can be seen: a pile from above, wagons that pass."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.evidence.observation import Observation
from scrapflow.given import checked, is_number
from scrapflow.grading import CREDIBILITY, RELIABILITY
from scrapflow.world.month_names import month_of

SHAPES = {"cone": 1 / 3, "windrow": 1 / 2, "flat": 1.0}
"""Volume of a pile beside area times height: a cone, a ridge of triangular section, a layer."""
DENSITY_T_M3 = 0.6
"""Bulk density of loose steel scrap. The European specification (EU-27 Steel Scrap Specification, EFR, May 2007) asks for at
least 0.4 (thin) to 0.6 (thick) of loose prepared grades and 1 of bales; loads not prepared are lighter."""
DENSITY_SD = 0.41
"""Of the logarithm: 80 % lie between 0.35 and 1.0 t/m3, from household sheet to heavy pieces. Assumed."""
WAGON_T = 60.0
"""What a four-axle open wagon carries."""
FILL = 0.8
FILL_SD = 0.2
_Z = 1.2815515655446004
"""80 % of a normal distribution lie within so many standard deviations."""
_PARTS_OF_A_YEAR = {"spring", "summer", "autumn", "fall", "winter", "q1", "q2", "q3", "q4"}
_DAYS_A_MONTH = 365.25 / 12


@checked
def pile(
    *,
    area_m2: float,
    height_m: float | None = None,
    shadow_m: float | None = None,
    sun_elevation_deg: float | None = None,
    shape: str = "cone",
    density_t_m3: float = DENSITY_T_M3,
    density_sd: float = DENSITY_SD,
    area_sd: float = 0.1,
    height_sd: float = 0.2,
    shape_sd: float = 0.15,
    place: str = "",
    period: str = "",
    material: str = "",
    metric: str = "yard_t",
    source_id: str = "",
    reliability: str = "",
    credibility: str = "",
    note: str = "",
) -> Observation:
    """Turn a pile in a picture into tonnes with their range.

    Tonnes = shape times area times height times density, the height measured or told by a shadow (length times the tangent of
    the sun's elevation). The errors of the four are independent and add up on the logarithm; that of the density is by far
    the largest, so that a sharper picture helps little (Alsayed and Nabawy 2023, *Drones* 7:537, review how well volumes
    can be measured).

    Parameters
    ----------
    area_m2
        Ground that the pile covers.
    height_m, shadow_m, sun_elevation_deg
        Its height; or the length of its shadow on level ground, from the point below the top, with the sun's elevation.
    shape
        ``cone`` (1/3), ``windrow`` (1/2) or ``flat`` (1).
    density_t_m3
        Bulk density; loose steel scrap if not given.
    density_sd, area_sd, height_sd, shape_sd
        Standard deviations of the logarithms.
    place, period, material
        The yard by any spelling, the period as an ISO label, what it is of (all if empty).
    metric
        ``yard_t``: what the yard held in the period (what it began with and all that came in, on average over periods).
    source_id, reliability, credibility, note
        Origin and grade of the report.

    Returns
    -------
    Observation
        ``value`` in t with a lognormal error; ``low`` to ``high`` holds 80 %.

    Raises
    ------
    InputError
        If a measure is not above 0, there is no height or there are two, or the shape is unknown.

    Examples
    --------
    >>> seen = pile(area_m2=900, height_m=4, shape="cone")
    >>> [round(x) for x in (seen.low, seen.value, seen.high)]
    [384, 720, 1350]
    >>> round(pile(area_m2=900, shadow_m=4, sun_elevation_deg=45).value)
    720
    """
    faults = []
    by_shadow = shadow_m is not None or sun_elevation_deg is not None
    if by_shadow and height_m is not None:
        faults.append(problem("pile", "", "height_m", "give a height or a shadow with the sun's elevation, not both"))
    elif not by_shadow and height_m is None:
        faults.append(problem("pile", "", "height_m", "is missing: give it, or shadow_m and sun_elevation_deg"))
    elif by_shadow and (shadow_m is None or sun_elevation_deg is None):
        missing = "shadow_m" if shadow_m is None else "sun_elevation_deg"
        faults.append(problem("pile", "", missing, "is missing: a shadow tells a height only with the sun's elevation"))
    if sun_elevation_deg is not None and not (is_number(sun_elevation_deg) and 0 < sun_elevation_deg < 90):
        faults.append(
            problem("pile", "", "sun_elevation_deg", f"{sun_elevation_deg!r} is not between 0 and 90 degrees")
        )
    if shape not in SHAPES:
        faults.append(problem("pile", "", "shape", f"{shape!r} is none: choose from {', '.join(SHAPES)}"))
    measures = {"height_m": height_m, "shadow_m": shadow_m, "area_m2": area_m2, "density_t_m3": density_t_m3}
    faults += _not_above_zero("pile", measures)
    spreads = {"density_sd": density_sd, "area_sd": area_sd, "height_sd": height_sd, "shape_sd": shape_sd}
    faults += _no_spreads("pile", spreads) + _ungraded("pile", reliability, credibility)
    if not (yearless(period) or np.isfinite(days_of(period))):
        faults.append(_no_period("pile", period))
    sd = 0.0 if faults else float(np.sqrt(sum(s**2 for s in spreads.values())))
    if not faults and sd == 0:
        faults.append(problem("pile", "", "density_sd", "all four errors are 0: nobody measures a pile exactly"))
    if faults:
        raise InputError(faults, what="the pile")
    if height_m is None:
        height_m = float(shadow_m or 0.0) * float(np.tan(np.radians(sun_elevation_deg or 0.0)))
    tonnes = SHAPES[shape] * area_m2 * height_m * density_t_m3
    return Observation(
        metric=metric, value=float(tonnes), error="lognormal", sd=sd, low=float(tonnes * np.exp(-_Z * sd)),
        high=float(tonnes * np.exp(_Z * sd)), node_id=place, material=material, first=period, last=period,
        source_id=source_id, reliability=reliability, credibility=credibility, note=note,
    )  # fmt: skip


@checked
def wagons(
    *,
    count: int,
    days: float,
    load_t: float = WAGON_T,
    fill: float = FILL,
    fill_sd: float = FILL_SD,
    seen_share: float = 1.0,
    place: str = "",
    link: str = "",
    period: str = "",
    material: str = "",
    metric: str = "",
    source_id: str = "",
    reliability: str = "",
    credibility: str = "",
    note: str = "",
) -> Observation:
    """Turn loaded wagons that were counted into tonnes with their range.

    The count is Poisson around what the tonnes of the period let expect on the days that were watched; how full wagons are
    adds its own error.

    Parameters
    ----------
    count
        Loaded wagons seen.
    days
        Days on which all of them would have been seen.
    load_t, fill, fill_sd
        Tonnes a wagon carries, the part of it that is filled, and the standard deviation of that part's logarithm.
    seen_share
        Part of the wagons of these days that the watch could see.
    place, link
        A mill or a yard (what came into or left it by rail), or a link (what passed over it, both directions).
    period
        ISO label of the period the days stand for; its length is taken from the label, one month if empty.
    material, metric
        All materials if empty; ``shipped_t`` at a place and ``link_load_t`` on a link if empty.
    source_id, reliability, credibility, note
        Origin and grade of the report.

    Returns
    -------
    Observation
        ``value`` is the count, with a Poisson error; ``low`` to ``high`` holds 80 % of what could be expected of it, and
        ``tonnes`` says the same in t in the period.

    Raises
    ------
    InputError
        If the count is none, or days, load, fill or share are not above 0.

    Examples
    --------
    >>> seen = wagons(count=40, days=10, link="rail_near", period="2015-01")
    >>> [round(t) for t in seen.tonnes]
    [4294, 5952, 8250]
    """
    faults = _not_above_zero("wagons", {"days": days, "load_t": load_t, "fill": fill, "seen_share": seen_share})
    if not (is_number(count) and count >= 0 and float(count).is_integer()):
        faults.append(problem("wagons", "", "count", f"{count!r} is no count: a whole number is wanted"))
    faults += _no_spreads("wagons", {"fill_sd": fill_sd}) + _ungraded("wagons", reliability, credibility)
    if is_number(seen_share) and seen_share > 1:
        faults.append(problem("wagons", "", "seen_share", f"{seen_share:g} is more than 1"))
    length = days_of(period)
    if np.isnan(length):
        faults.append(_no_period("wagons", period))
    elif is_number(days) and days > length:
        faults.append(problem("wagons", "", "days", f"{days:g} days are more than the {length:g} of the period"))
    if faults:
        raise InputError(faults, what="the wagons")
    from scipy.stats import gamma

    # The expectation given a count is gamma (no prior knowledge, Jeffreys); the fill widens it on the logarithm.
    counted = gamma(count + 0.5)
    middle, few, many = float(counted.median()), float(counted.ppf(0.1)), float(counted.ppf(0.9))
    down, up = (float(np.exp(np.hypot(np.log(end / middle), _Z * fill_sd))) for end in (few, many))
    return Observation(
        metric=metric or ("link_load_t" if link else "shipped_t"), value=float(count), unit="wagons", error="poisson",
        sd=fill_sd, exposure=days * seen_share / (length * load_t * fill), low=middle / down if count else 0.0,
        high=middle * up, node_id=place, link_id=link, material=material, first=period, last=period,
        source_id=source_id, reliability=reliability, credibility=credibility, note=note,
    )  # fmt: skip


def days_of(label: str) -> float:
    """Return how many days a period has by its label; a mean month where it is empty, NaN where it is none.

    Examples
    --------
    >>> days_of("2015-02"), days_of("2015-Q1"), days_of("2015-W05")
    (28.0, 90.0, 7.0)
    """
    if not label:
        return _DAYS_A_MONTH
    first, end = span_of(label)
    return float((end - first) / pd.Timedelta(days=1)) if first is not None and end is not None else float("nan")


def yearless(label: str) -> bool:
    """Tell whether a label is a month, a season or a quarter by name, without its year.

    Examples
    --------
    >>> yearless("June"), yearless("März"), yearless("spring"), yearless("2015-06")
    (True, True, True, False)
    """
    return bool(month_of(label)) or label.strip().rstrip(".").lower() in _PARTS_OF_A_YEAR


def span_of(label: str) -> tuple[pd.Timestamp, pd.Timestamp] | tuple[None, None]:
    """Return when a labelled period begins and when the next one does; twice None where it is no label."""
    try:
        if "-W" in label:
            first = pd.Timestamp.fromisocalendar(int(label[:4]), int(label[6:]), 1)
            return first, first + pd.Timedelta(days=7)
        period = pd.Period(label)
    except ValueError:
        return None, None
    return period.start_time, (period + 1).start_time


def _not_above_zero(what: str, measures: dict[str, float | None]) -> list[dict[str, str]]:
    return [
        problem(what, "", name, f"{value!r} is no number above 0")
        for name, value in measures.items()
        if value is not None and not (is_number(value) and 0 < value < np.inf)
    ]


def _no_period(what: str, period: str) -> dict[str, str]:
    return problem(what, "", "period", f"{period!r} is no period: write 2015-03, 2015-Q1 or 2015")


def _ungraded(what: str, reliability: str, credibility: str) -> list[dict[str, str]]:
    """Say what is no grade before anything is run: letters in either case, as where observations are weighed."""
    given = (
        ("reliability", reliability.strip().upper(), RELIABILITY),
        ("credibility", credibility.strip().removesuffix(".0"), CREDIBILITY),
    )
    return [
        problem(what, "", name, f"{word!r} is no grade: {', '.join(scale)}, or empty")
        for name, word, scale in given
        if word and word not in scale
    ]


def _no_spreads(what: str, spreads: dict[str, float]) -> list[dict[str, str]]:
    return [
        problem(what, "", name, f"{value!r} is no standard deviation: 0 or more")
        for name, value in spreads.items()
        if not (is_number(value) and 0 <= value < np.inf)
    ]
