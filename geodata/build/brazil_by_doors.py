"""Brazil's world by ``sf.world_from`` alone: from a folder of the registers to tables and a map, as a stranger would.

``python -m geodata.build.brazil_by_doors REGISTERS WORLD``. The shipped world is made by ``brazil.py``, which adds names of
states, lines and ports and keeps the agency's code for a station of two gauges; kilometres, tonnes and railways are the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

import scrapflow as sf
from geodata.build.brazil import frames
from geodata.build.brazil_tables import operators_of

SOURCE = "ANTT: network statement of 2020, production by origin and destination of 2019"
COLUMNS = {
    "from_code": "from_node_id",
    "to_code": "to_node_id",
    "gauge": "gauge_mm",
    "code": "node_id",
    "tonnes": "tonnage_t",
}
OPERATORS = """
[operators]
change_cost_per_t = 100
change_cost_per_t_low = 90
change_cost_per_t_high = 300
together = [["RMP", "RMN", "RMO", "RMS"]]
"""


def world(folder: Path) -> sf.World:
    """Make the world of a folder of registers."""
    read = frames(folder)
    links = read["links"].assign(
        operator=[operators_of(*s) for s in read["links"][["railway", "from_code", "to_code"]].to_numpy()]
    )
    links = links[["from_code", "to_code", "length_km", "gauge", "capacity_t", "operator"]]
    places = read["places"].assign(
        name=read["places"]["name"].fillna(read["places"]["name_point"]).fillna(read["places"]["code"])
    )
    places = places[["code", "name", "lon", "lat"]].assign(kind="station", name=places["name"].str.strip())
    return sf.world_from(
        links,
        places=places,
        supply=read["supply"],
        demand=read["demand"],
        columns=COLUMNS,
        source=SOURCE,
        name="brazil",
    )


def main(folder: Path, target: Path) -> None:
    """Write the world, and say what was done on the way."""
    made = world(folder)
    made.write(target)
    with (target / "world.toml").open("a", encoding="utf-8") as file:
        file.write(OPERATORS)
    print(made.report.groupby("kind").size().to_string())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
