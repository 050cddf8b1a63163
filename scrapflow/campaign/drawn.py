"""A campaign with numbers drawn from the ranges of its settings, as studies ask for thousands of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scrapflow.campaign.changes import put, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.campaign.campaign import Campaign


def drawn(campaign: Campaign, numbers: Mapping[str, float]) -> Campaign:
    """Return what ``campaign.update`` would, without reading and checking the whole anew: ranges were checked when they were read.

    Parameters
    ----------
    campaign
        Whose settings.
    numbers
        Dotted key, as in the column ``row`` of ``campaign.assumptions()``, to a number within the range that stands there.

    Examples
    --------
    >>> import scrapflow as sf
    >>> camp = sf.read_campaign(sf.read_world("toy"), "2015")
    >>> drawn(camp, {"show.share": 0.3})["show.share"], camp["show.share"]
    (0.3, 0.25)
    """
    raw, settings, shares = dict(campaign.raw), dict(campaign.settings), dict(campaign.shares)
    rules = {rule.rule_id: rule for rule in campaign.rules}
    for key, number in numbers.items():
        value = whole(settings.get(key), key, number)
        raw = put(raw, key, value)
        if key in settings:
            settings[key] = replace(settings[key], value=value)
        elif key.startswith("quota."):
            rule, _, part = key.removeprefix("quota.").rpartition(".")
            rules[rule] = replace(rules[rule], **{part: replace(getattr(rules[rule], part), value=value)})
        else:
            mill = key.removeprefix("allocation.shares.")
            shares[mill] = replace(shares[mill], value=value)
    return replace(campaign, settings=settings, rules=tuple(rules.values()), shares=shares, raw=raw)
