"""What people do under a quota: settings, quotas, filling, looting, inspection, penalties."""

from __future__ import annotations

from scrapflow.campaign.campaign import Campaign, read_campaign
from scrapflow.campaign.collect import collect
from scrapflow.campaign.collected import Collected
from scrapflow.campaign.filling import FillingRule
from scrapflow.campaign.inspection import PatrolRule
from scrapflow.campaign.penalties import expulsion_probability
from scrapflow.campaign.quota_rules import QuotaRule
from scrapflow.campaign.settings import Setting, setting_rules
from scrapflow.vocabulary import MATERIALS, VIAS

__all__ = [
    "MATERIALS",
    "VIAS",
    "Campaign",
    "Collected",
    "FillingRule",
    "PatrolRule",
    "QuotaRule",
    "Setting",
    "collect",
    "expulsion_probability",
    "read_campaign",
    "setting_rules",
]
