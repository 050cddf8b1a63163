"""Claims: statements of the sources that a result can be set beside, with both grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.build.common import facts

if TYPE_CHECKING:
    from geodata.build.sources import Register


def claims(register: Register) -> list[dict]:
    """Write the claims, each with the identifier of its source."""
    out = []
    for c in facts("claims.csv"):
        row = {k: v for k, v in c.items() if v and k != "source"}
        row["source_id"] = register.cite(c["source"])
        if not row["source_id"]:
            msg = f"claim {c['claim_id']}: no source in {c['source']!r}"
            raise ValueError(msg)
        out.append(row)
    return out
