"""Write docs/validation.md: routed lengths beside published ones.

``python -m geodata.build.validate_lengths``. The published side is read from the fact files, not from the world, and
the sums for long journeys are added up here by hand from two or three chainages.
"""

from __future__ import annotations

import re
from collections import defaultdict

import scrapflow as sf
from geodata.build.common import BUILD, facts
from geodata.build.validate_brazil import part

OUT = BUILD.parents[1] / "docs" / "validation.md"
JOURNEYS = [
    # from, to, via, published sum in km, how it is added up
    ("P'yŏngyang", "Sinŭiju Ch'ŏngnyŏn", (), 224.4, "P'yŏngŭi km 224.4"),
    ("P'yŏngyang", "Kaesŏng", (), 187.3, "P'yŏngbu km 187.3"),
    ("P'yŏngyang", "Rajin", ("Kalli",), 802.0, "P'yŏngŭi 19.2 + P'yŏngra 782.8"),
    ("P'yŏngyang", "Ch'ŏngjin Ch'ŏngnyŏn", ("Kalli",), 720.8, "P'yŏngŭi 19.2 + P'yŏngra 701.6"),
    ("P'yŏngyang", "Wŏnsan", ("Kalli", "Kowŏn"), 273.8, "19.2 + P'yŏngra 212.6 + Kangwŏn 42.0"),
    ("P'yŏngyang", "Manp'o Ch'ŏngnyŏn", ("Kalli",), 366.3, "19.2 + P'yŏngra 47.3 + Manp'o 299.8"),
    (
        "P'yŏngyang",
        "Hyesan Ch'ŏngnyŏn",
        ("Kalli", "Kilju Ch'ŏngnyŏn"),
        728.7,
        "19.2 + P'yŏngra 567.8 + Paektusan 141.7",
    ),
    ("P'yŏngyang", "Haeju Ch'ŏngnyŏn", (), 151.9, "P'yŏngbu 60.5 + Hwanghae Ch'ŏngnyŏn 91.4"),
    ("P'yŏngyang", "Namp'o", (), 55.2, "P'yŏngnam km 55.2"),
    ("Sunch'ŏn", "Kangsŏn", (), 89.6, "P'yŏngra 47.3 + P'yŏngŭi 19.2 + P'yŏngnam 23.1"),
    ("Hamhŭng", "Ch'ŏngjin Ch'ŏngnyŏn", (), 407.1, "P'yŏngra 701.6 - 294.5"),
    ("Ch'ŏngjin Ch'ŏngnyŏn", "Kim Ch'aek", (), 176.1, "P'yŏngra 701.6 - 525.5"),
    ("Kim Ch'aek", "Kangsŏn", ("Kalli",), 567.8, "P'yŏngra 525.5 + 19.2 + P'yŏngnam 23.1"),
    ("Musan", "Ch'ŏngjin Ch'ŏngnyŏn", (), 99.9, "Musan 57.9 + Hambuk 38.9 + 3.1"),
    ("Sinŭiju Ch'ŏngnyŏn", "Kusŏng", (), 142.2, "P'yŏngŭi 224.4 - 123.4 + P'yŏngbuk 41.2"),
    ("Sariwŏn Ch'ŏngnyŏn", "Sep'o Ch'ŏngnyŏn", (), 208.2, "P'yŏngbu 126.7 - 60.5 + Ch'ŏngnyŏn Ich'ŏn 142.0"),
    ("Sinanju Ch'ŏngnyŏn", "Hŭich'ŏn Ch'ŏngnyŏn", (), 100.4, "Kaech'ŏn 29.5 + Manp'o 109.8 - 38.9"),
    ("Hyesan Ch'ŏngnyŏn", "Manp'o Ch'ŏngnyŏn", (), 249.2, "Pukpu km 249.2"),
    ("Songrim Ch'ŏngnyŏn", "P'yŏngyang", (), 47.8, "Songrim 11.3 + P'yŏngbu 36.5"),
    ("Anbyŏn", "Hamhŭng", (), 139.6, "Kangwŏn 57.7 + P'yŏngra 294.5 - 212.6"),
    ("Sŏngch'ŏn", "Kowŏn", (), 142.0, "P'yŏngdŏk 94.3 - 81.2 + P'yŏngra 212.6 - 83.7"),
    (
        "Kaesŏng",
        "Wŏnsan",
        (),
        306.4,
        "P'yŏngbu 187.3 - 126.7 + Ich'ŏn 142.0 + Kangwŏn 145.8 less Sep'o (derived) - 42.0",
    ),
]


def main() -> None:
    """Write the page."""
    net = sf.build_network(sf.read_world())
    parts = [HEAD, *line_table(net), LONG, *journeys(net), *straight(net), "", part()]
    OUT.write_text("\n".join(parts) + "\n", encoding="utf-8")
    print(OUT)


HEAD = """# Rail lengths against published ones

Written by `python -m geodata.build.validate_lengths`; run it again after a change of the railway.

## By line

Routed along the line alone (`net.path(a, b, line=…)`), beside what `rail_lines.csv` and `rail_lines_more.csv` print.
Where the two differ, both stand here; the world follows the station tables. The last columns say how much of the length
is published chainage, derived, or assumed.

| line | from | to | published km | routed km | difference | reported | derived | assumed |
|---|---|---|---:|---:|---:|---:|---:|---:|"""
LONG = """
## Journeys over several lines

Added up from chainages of the fact files. `via` keeps a journey on the lines that the sum is made of; the last column
is the shortest path without it. It may be shorter: P'yŏngyang–Sinsŏngch'ŏn is 102.9 km by Kalli and 96.9 km by the
P'yŏngdŏk Line.

| from | to | published sum, km | how | routed km | difference | shortest km |
|---|---|---:|---|---:|---:|---:|"""


def line_table(net: sf.Network) -> list[str]:
    """Compare every line that has a published length and ends in the network."""
    published: dict[str, list[str]] = defaultdict(list)
    for name in ("rail_lines.csv", "rail_lines_more.csv", "rail_lines_added.csv"):
        for r in facts(name):
            number = re.match(r"[\d.]+(-[\d.]+)?", r["length_km"] or "")
            if number and number[0] not in published[r["line_id"]]:
                published[r["line_id"]].append(number[0])
    links = net.links.set_index("link_id")
    out = []
    for line in net.world.lines.itertuples():
        if not (line.from_node_id and line.to_node_id and published[line.line_id]):
            continue
        path = net.path(line.from_node_id, line.to_node_id, line=line.line_id)
        used = links.loc[path.links]
        share = used.groupby("length_basis")["length_km"].sum() / path.length_km
        parts = " | ".join(f"{share.get(b, 0):.0%}" for b in ("reported", "derived", "assumed"))
        difference = path.length_km / line.length_km - 1
        out.append(
            f"| {line.name} | {line.from_name} | {line.to_name} | {' / '.join(published[line.line_id])} | "
            f"{path.length_km:.1f} | {difference:+.2%} | {parts} |"
        )
    return out


def journeys(net: sf.Network) -> list[str]:
    """Compare journeys over several lines with sums of chainages."""
    out = []
    for a, b, via, km, how in JOURNEYS:
        path, short = net.path(a, b, via=via), net.path(a, b)
        out.append(
            f"| {a} | {b}{' via ' + ', '.join(via) if via else ''} | {km:.1f} | {how} | {path.length_km:.1f} | "
            f"{path.length_km / km - 1:+.2%} | {short.length_km:.1f} |"
        )
    return out


def straight(net: sf.Network) -> list[str]:
    """Count the links whose straight line is longer than their chainage, as check() names them."""
    found = net.world.check()
    rows = found[(found["table"] == "links") & (found["column"] == "length_km") & (found["severity"] == "warning")]
    rail = net.world.links[net.world.links["mode"] == "rail"]
    stations = net.nodes[net.nodes["kind"] == "station"]
    unplaced = int(stations["x_coord"].isna().sum())
    text = f"""
## Where coordinates and chainage disagree

Of {len(rail)} rail links, {len(rows)} are warned about by `world.check()`: their straight line is longer than their
chainage, so a coordinate is off. Chainage decides the length; the map draws the coordinate with its accuracy.
Of {len(stations)} stations, {unplaced} have no coordinate: they are routed over by chainage and are not drawn."""
    return [text]


if __name__ == "__main__":
    main()
