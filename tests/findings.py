"""What a check of a world says of one cell."""

from __future__ import annotations


def said(found, table, row, column):
    """Return the one message about a cell."""
    at = found[(found["table"] == table) & (found["row"] == row) & (found["column"] == column)]
    assert len(at) == 1, found.to_string()
    return at["message"].iloc[0]
