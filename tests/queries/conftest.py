"""The made-up runs that these tests ask."""

from tests.made_up_runs import made_up, make, oracle

__all__ = ["made_up", "make", "oracle"]
