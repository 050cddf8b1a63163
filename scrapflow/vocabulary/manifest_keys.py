"""What the manifest of a saved run says, as rows, read from ``manifest.csv``."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from scrapflow.vocabulary.read import rows_of


class ManifestRow(NamedTuple):
    """One key of the manifest: its type, or several with bars between, whether it must be there, and the words it may be or its rows' keys."""

    key: str
    type: str
    required: bool
    allowed: tuple[str, ...]
    meaning: str


@cache
def manifest_rows() -> tuple[ManifestRow, ...]:
    """Return the keys of a manifest.

    Examples
    --------
    >>> [row.key for row in manifest_rows() if row.required][:3]
    ['format', 'files', 'rows']
    """
    return tuple(
        ManifestRow(
            row["key"],
            row["type"],
            row["required"] == "yes",
            tuple(word for word in row["allowed"].split("|") if word),
            row["meaning"],
        )
        for row in rows_of("manifest")
    )
