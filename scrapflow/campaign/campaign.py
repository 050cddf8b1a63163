"""A campaign: read from TOML, checked as a whole, never changed in place."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from scrapflow.campaign.calendar import MONTHS_PER_PERIOD, STEPS_PER_PERIOD, first_day, read_periods
from scrapflow.campaign.campaign_text import text_of
from scrapflow.campaign.changes import as_toml, flat, put, whole
from scrapflow.campaign.population import Population
from scrapflow.campaign.quota import members
from scrapflow.campaign.read_rules import check_members, read_rules
from scrapflow.campaign.sections import TEXTS, read_closures, read_settings, read_shares
from scrapflow.campaign.settings import CampaignFindings, Setting, TomlValue, setting_rules
from scrapflow.errors import InputError, UnknownNameError, problem
from scrapflow.given import called, checked
from scrapflow.network.impedance import Transport
from scrapflow.world import require_world
from scrapflow.world.toml_text import TomlError, parse_toml, write_toml

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from scrapflow.campaign.quota_rules import QuotaRule
    from scrapflow.world import World

ASSUMPTION_COLUMNS = ("table", "row", "column", "value", "low", "high", "unit", "basis", "source_id", "note")
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class Campaign:
    """What is asked of whom, and how people answer. Made by :func:`read_campaign`; :meth:`update` gives a new one.

    Attributes
    ----------
    name, title, note : str
        What it is called.
    periods : DataFrame
        ``period, start, end``.
    unit : str
        Unit of the periods.
    rules : tuple of QuotaRule
        Quota rules in the order of the file, which is the order in which they count heads.
    settings : dict of str to Setting
        Every setting by its dotted key (``inspection.teams``), defaults included.
    shares : dict of str to Setting
        Mill to its share of the tonnage shipped; empty: free.
    closures : tuple of dict
        Links closed or slowed for a time; :attr:`calendar` has them by period.

    Examples
    --------
    >>> import scrapflow as sf
    >>> campaign = sf.read_campaign(sf.read_world("toy"), "2015")
    >>> campaign
    <Campaign 2015: Toy campaign by headcount; 2015-01 … 2015-02, 2 quota rules>
    >>> campaign.rules[0].kg.value, campaign.settings["inspection.teams"].basis
    (20.0, 'assumed')
    """

    name: str
    title: str
    note: str
    periods: pd.DataFrame
    unit: str
    rules: tuple[QuotaRule, ...]
    settings: Mapping[str, Setting]
    shares: Mapping[str, Setting]
    closures: tuple[Mapping[str, Any], ...]
    raw: Mapping[str, Any]
    """The TOML as it was read, with all updates."""
    world: World = field(hash=False)
    """The world it was checked against."""

    def __eq__(self, other: object) -> bool:
        """Tell whether both ask the same of the same world."""
        return isinstance(other, Campaign) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash((self.name, self.to_toml()))

    @property
    def _identity(self) -> tuple[Any, ...]:
        return self.name, self.raw, self.world.name, self.world.hashes

    def __getitem__(self, key: str) -> TomlValue:
        """Return the value of a setting by its dotted key.

        Raises
        ------
        UnknownNameError
            If there is no such setting.
        """
        if key not in self.settings:
            msg = f"no setting {key!r}"
            raise UnknownNameError(msg, sorted(self.settings))
        return self.settings[key].value

    @property
    def months(self) -> float:
        """Length of a period in months: rates in the file are a month's."""
        return MONTHS_PER_PERIOD[self.unit]

    @property
    def steps_per_period(self) -> int:
        """Steps in which a period is worked out: the months of a quarter or a year, else 1."""
        return STEPS_PER_PERIOD.get(self.unit, 1)

    @property
    def waiting_cost_per_t(self) -> float:
        """Cost of keeping a tonne in a yard for a period, in kilometre-equivalents."""
        return float(self["transport.waiting_cost_per_t"]) * self.months

    @property
    def foresight(self) -> str:
        """``full`` (trains planned over all periods together) or ``myopic``."""
        return str(self["transport.foresight"])

    @property
    def transport(self) -> Transport:
        """The assumptions about transport, for :func:`scrapflow.build_network`.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.read_campaign(sf.read_world("toy"), "2015").transport.reach_km
        60.0
        """
        return Transport(**{f.name: self[f"transport.{f.name}"] for f in fields(Transport)})

    @property
    def allocation(self) -> dict[str, float]:
        """Share of the tonnage shipped by mill; empty: the cheapest way decides."""
        return {mill: float(s.value) for mill, s in self.shares.items()}

    @property
    def return_after(self) -> int:
        """Periods until a load for show is carried back: 0 or 1."""
        return int(self["show.return_after"])

    @cached_property
    def calendar(self) -> pd.DataFrame:
        """``period, link_id, factor``: what capacities are multiplied with, only where the campaign says something."""
        links = self.world.links
        days = [first_day(p, self.unit) for p in self.periods["period"]]
        rows: list[tuple[str, str, float]] = []
        for entry in self.closures:
            line = entry.get("line_id")
            ids = [entry["link_id"]] if line is None else links.loc[links["line_id"] == line, "link_id"].tolist()
            first, last = (self._day(str(entry.get(k, "")), days[i]) for k, i in (("first", 0), ("last", -1)))
            rows += [
                (label, link, entry["factor"])
                for label, day in zip(self.periods["period"], days, strict=True)
                if first <= day <= last
                for link in ids
            ]
        frame = pd.DataFrame(rows, columns=["period", "link_id", "factor"])
        frame = frame.astype({"period": "str", "link_id": "str", "factor": "float64"})
        return frame.groupby(["period", "link_id"])["factor"].prod().reset_index()

    def _day(self, label: str, default: dt.date) -> dt.date:
        return first_day(label, self.unit) if label else default

    @checked
    def update(self, changes: Mapping[str, Any]) -> Campaign:
        """Return a campaign with some settings changed; the whole is checked again.

        Parameters
        ----------
        changes
            Dotted key to new value: ``"inspection.teams"``, ``"quota.RULE_ID.kg"``, ``"allocation.shares.MILL"``,
            ``"periods.count"``; or a section with some of its settings, ``{"inspection": {"teams": 4}}``, whose others
            stay as they were. A plain number keeps the origin of the setting and widens its range if it must; where a
            whole number has a range, a number drawn from it is rounded.

        Raises
        ------
        InputError
            If a key is unknown or a value out of range; all problems at once.

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy")
        >>> camp = sf.read_campaign(world, "2015").update({"inspection.teams": 4, "quota.headcount.kg": 25})
        >>> camp["inspection.teams"], camp.rules[0].kg.value
        (4.0, 25.0)
        """
        raw = dict(self.raw)
        for key, value in flat(as_toml(changes)).items():
            raw = put(raw, key, whole(self.settings.get(key), key, value))
        return _campaign(raw, self.name, self.world)

    @property
    def population(self) -> Population:
        """Enterprises and communities as this campaign reads them: who counts as outside factories is its choice."""
        return Population.of(self.world, self["residents.unaffiliated"])

    def members(self) -> pd.DataFrame:
        """Count whom each quota rule asks for and whom it finds: earlier rules may have counted them already.

        Returns
        -------
        DataFrame
            ``rule_id, kind, organisation, asked, counted, note``: heads (places for ``fixed``) in the first period in
            which the rule asks for something. The note says where an organisation finds fewer members than it is said
            to have, because rules before it counted them or the pool it draws from is smaller.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.read_campaign(sf.read_world("toy"), "2015").members()[["rule_id", "asked", "counted"]].values.tolist()
        [['headcount', 1000.0, 1000.0], ['residents', 1000.0, 1000.0]]
        """
        rows = members(self.rules, self.periods, self.unit, self.population)
        frame = pd.DataFrame(rows, columns=["rule_id", "kind", "organisation", "asked", "counted"])
        frame = frame.astype({"asked": "float64", "counted": "float64"})
        short = (frame["kind"] == "organisation") & (frame["counted"] < frame["asked"] * (1 - _ROUNDING))
        notes = [
            f"finds {_rough(counted)} of the {_rough(asked)} members asked for: the others are not in its pool, or an "
            "earlier rule has counted them"
            if is_short
            else ""
            for asked, counted, is_short in zip(frame["asked"], frame["counted"], short, strict=True)
        ]
        return frame.assign(note=pd.Series(notes, index=frame.index, dtype="str"))

    def assumptions(self) -> pd.DataFrame:
        """List every setting that no source reports, the defaults among them, with ranges.

        Returns
        -------
        DataFrame
            ``table, row, column, value, low, high, unit, basis, source_id, note``: ``table`` is ``campaign:NAME``,
            ``row`` the dotted key for :meth:`update`. Words, such as a patrol rule, have no row.

        Examples
        --------
        >>> import scrapflow as sf
        >>> a = sf.read_campaign(sf.read_world("toy"), "2015").assumptions()
        >>> a.loc[a.row == "show.share", ["value", "low", "high"]].values.tolist()
        [[0.25, 0.0, 0.5]]
        """
        listed = {k: (s, setting_rules()[k].unit) for k, s in self.settings.items()}
        for r in self.rules:
            listed[f"quota.{r.rule_id}.{r.amount_key}"] = (r.amount, r.unit)
            if r.kind == "organisation":
                listed[f"quota.{r.rule_id}.members_share"] = (r.members_share, "share")
        listed |= {f"allocation.shares.{m}": (s, "share") for m, s in self.shares.items()}
        rows = [
            (
                f"campaign:{self.name}", key, "", float(s.value), _number(s.low), _number(s.high), unit, s.basis,
                s.source_id, s.why if s.given else "default of scrapflow",
            )
            for key, (s, unit) in sorted(listed.items())
            if s.basis != "reported" and not isinstance(s.value, str)
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))

    def to_toml(self) -> str:
        """Return the campaign as TOML text, updates included; :func:`read_campaign` reads it back.

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy")
        >>> more = sf.read_campaign(world, "2015").update({"inspection.teams": 3})
        >>> "teams = 3" in more.to_toml()
        True
        """
        return write_toml(self.raw)

    def __repr__(self) -> str:
        labels = self.periods["period"]
        span = f"{labels.iloc[0]} … {labels.iloc[-1]}"
        return f"<Campaign {self.name}: {self.title}; {span}, {len(self.rules)} quota rules>"

    def _repr_html_(self) -> str:
        """Show name, periods, quota rules and how much is assumed, for notebooks."""
        labels = self.periods["period"]
        rules = "".join(
            f"<tr><th>{escape(r.rule_id)}</th><td>{escape(r.kind)}</td><td>{float(r.amount.value):g} {escape(r.unit)}</td>"
            f"<td>{escape(r.every)}</td><td>{escape(r.amount.basis)}</td></tr>"
            for r in self.rules
        )
        return (
            f"<div><b>{escape(self.title or self.name)}</b> ({escape(self.name)}), {escape(labels.iloc[0])} … "
            f"{escape(labels.iloc[-1])}; {len(self.assumptions())} settings not reported"
            "<table><tr><th>quota rule</th><th>kind</th><th>amount</th><th>every</th><th>basis</th></tr>"
            f"{rules}</table></div>"
        )


@called
def read_campaign(world: World, campaign: str | Path | Campaign | None = None) -> Campaign:
    """Read a campaign of a world, or from a file of one's own, and check it against that world.

    Parameters
    ----------
    world
        World whose places, sectors and sources the campaign may name.
    campaign
        Name of one of ``world.campaigns``, or path of a TOML file; the world's default campaign if not given. One that
        was read already is checked again, against this world.

    Returns
    -------
    Campaign

    Raises
    ------
    InputError
        If anything in it is wrong: unknown keys, values out of range, unknown places, rules without members; every
        problem with its key and the allowed range.
    UnknownNameError
        If there is neither such a campaign nor such a file.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.read_campaign(sf.read_world("toy"), "2015")
    <Campaign 2015: Toy campaign by headcount; 2015-01 … 2015-02, 2 quota rules>
    """
    require_world(world)
    if isinstance(campaign, Campaign):
        return _campaign(dict(campaign.raw), campaign.name, world)
    text, where, file = text_of(world, world.default_campaign if campaign is None else campaign)
    try:
        raw = parse_toml(text)
    except TomlError as error:
        raise InputError(
            [problem(f"campaign:{where}", "", "", str(error))], what=f"campaign {where!r} ({file})"
        ) from error
    return _campaign(raw, where, world, file)


def settings_alone(text: str) -> Campaign:
    """Return the settings and periods of a campaign from the text that a run carries, without a world.

    Its quota rules name places of a world and are left out.
    """
    raw = parse_toml(text)
    findings = CampaignFindings("campaign", ())
    periods = raw.get("periods", {})
    labels, unit = read_periods(periods if isinstance(periods, dict) else {}, str(raw.get("name", "")), findings)
    return Campaign(
        name=str(raw.get("name", "")),
        title="",
        note="",
        periods=labels,
        unit=unit,
        rules=(),
        settings=read_settings(raw, findings),
        shares={},
        closures=(),
        raw=raw,
        world=cast("World", None),
    )


def _campaign(raw: dict[str, Any], where: str, world: World, file: str = "") -> Campaign:
    findings = CampaignFindings(f"campaign:{where}", set(world.sources["source_id"]))
    texts = {key: findings.text(raw, key, "", where if key == "name" else "") for key in TEXTS}
    tables = {k: raw.get(k, {}) for k in ("periods", "allocation")}
    for key, table in tables.items():
        if not isinstance(table, dict):
            findings.note(key, f"is a section: write [{key}]")
            tables[key] = {}
    periods, unit = read_periods(tables["periods"], texts["name"], findings)
    made = Campaign(
        **texts,
        periods=periods,
        unit=unit,
        rules=read_rules(raw.get("quota", []), world, unit, findings),
        settings=read_settings(raw, findings),
        shares=read_shares(tables["allocation"], world, findings),
        closures=read_closures(raw.get("calendar", []), world, unit, findings),
        raw=raw,
        world=world,
    )
    if not findings:
        check_members(made.rules, made.periods, unit, made.population, findings)
    if findings:
        raise InputError(findings.records, what=f"campaign {where!r} ({file})" if file else f"campaign {where!r}")
    return made


def _rough(heads: float) -> str:
    """Return a number of heads with two significant figures."""
    return f"{float(f'{heads:.2g}'):,.0f}"


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
