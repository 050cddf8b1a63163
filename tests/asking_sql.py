"""A question to a database that runs beside the tests."""

from __future__ import annotations

from scrapflow.world.database import Address, connected


def ask(url, sql):
    """Return the rows of a statement."""
    with connected(Address(url), what="the test") as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table().to_pandas()
