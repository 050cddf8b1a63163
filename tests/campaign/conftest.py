"""The maker of small worlds is shared with other folders of tests."""

from tests.made_up_worlds import make

__all__ = ["make"]
