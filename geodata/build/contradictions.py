"""Write docs/contradictions.md: where sources disagree, and which facts were corrected and why.

``python -m geodata.build.contradictions``, after ``build.py``. The lists come from claims.csv and from the fact files.
"""

from __future__ import annotations

import csv
from collections import defaultdict

from geodata.build import rail
from geodata.build.common import BUILD, WORLD, facts
from geodata.build.sources import Register

OUT = BUILD.parents[1] / "docs" / "contradictions.md"
ORDER = (
    "campaign",
    "use",
    "destination",
    "price",
    "capacity",
    "output",
    "workers",
    "population",
    "rail",
    "stock",
    "leakage",
)
HEAD = """# Where sources disagree, and what was corrected

Written by `geodata/build/contradictions.py`. Nothing is thrown away: every claim below is a row of
`geodata/dprk/claims.csv`, with the reliability of its source (A–F) and its own credibility (1–6); F and 6 mean *cannot
be judged*. Claims in one box disagree. Copies of one original are not corroboration: one Japanese handbook of 2007
stands behind most railway tables, and one RFA report behind several quotations.
"""
CORRECTED = """## Facts corrected, and how we know

| what | was | is | how we know |
|---|---|---|---|"""


def main() -> None:
    """Write the page."""
    with (WORLD / "claims.csv").open(encoding="utf-8", newline="") as f:
        claims = {r["claim_id"]: r for r in csv.DictReader(f)}
    with (WORLD / "sources.csv").open(encoding="utf-8", newline="") as f:
        sources = {r["source_id"]: r for r in csv.DictReader(f)}
    parts = [HEAD]
    by_topic = defaultdict(list)
    for group in groups(claims):
        by_topic[claims[group[0]]["topic"]].append(group)
    for topic in sorted(by_topic, key=lambda t: (ORDER.index(t) if t in ORDER else len(ORDER), t)):
        parts.append(f"## {topic.capitalize()}\n")
        parts += [box([claims[c] for c in group], sources) for group in by_topic[topic]]
    parts.append(CORRECTED)
    parts += [f"| {r['what']} | {r['was']} | {r['is']} | {r['how']} |" for r in facts("corrections.csv")]
    parts += [f"| `{r['station_id']}` {r['column']} | | {cell(r['value'])} | {cell(r['reason'])} |" for r in by_file()]
    parts += ["\nRejected by the build itself, because the chainage rules the coordinate out:\n"]
    parts += [f"- {text}" for text in rail.build(Register())[3]]
    OUT.write_text("\n".join(parts) + "\n", encoding="utf-8")
    print(OUT)


def groups(claims: dict[str, dict]) -> list[list[str]]:
    """Gather claims that disagree, directly or through others, in the order of the fact file."""
    order = [c["claim_id"] for c in facts("claims.csv")]
    seen: set[str] = set()
    out = []
    for start in order:
        if start in seen or not claims[start]["contradicts"]:
            continue
        group, todo = [], [start]
        while todo:
            c = todo.pop()
            if c not in seen:
                seen.add(c)
                group.append(c)
                todo += claims[c]["contradicts"].split("|")
        out.append(sorted(group, key=order.index))
    return out


def box(rows: list[dict], sources: dict[str, dict]) -> str:
    """Write one disagreement as a table."""
    out = ["| claim | value | source | grade | remark |", "|---|---|---|---|---|"]
    for r in rows:
        value = r["value"] or "–".join(filter(None, (r["low"], r["high"])))
        grade = f"{sources[r['source_id']]['reliability']}{r['credibility']}"
        unit = f"{value} {r['unit']}" if value else ""
        out.append(
            f"| {cell(r['text'])} | {unit} | {cell(sources[r['source_id']]['title'])} | {grade} | {cell(r['note'])} |"
        )
    return "\n".join(out) + "\n"


def by_file() -> list[dict]:
    """List the corrections of the fact file that say why."""
    told = ("lat", "lon", "aliases", "province")
    return [r for r in facts("rail_corrections.csv") if r["reason"] and r["column"] not in told]


def cell(text: str) -> str:
    """Keep a text inside its table cell."""
    return text.replace("|", "/").replace("<", "&lt;")


if __name__ == "__main__":
    main()
