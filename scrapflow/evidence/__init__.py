"""What was seen, weighed against what is modelled: observations, reconciliation, and where to look next."""

from scrapflow.evidence.weighing import Weighing, weigh
from scrapflow.evidence.worth import expected_reduction

__all__ = ["Weighing", "expected_reduction", "weigh"]
