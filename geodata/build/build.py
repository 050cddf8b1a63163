"""Derive geodata/dprk from the fact files. Run from the project's folder: ``python -m geodata.build.build``.

Needs no network: what comes from registries (town centres, the basemap) is fetched by gazetteer.py and basemap.py.
"""

from __future__ import annotations

from geodata.build import claims, communities, counties, enterprises, rail, works
from geodata.build.common import write
from geodata.build.sources import Register


def main() -> None:
    """Build every table of the world."""
    register = Register()
    stations, tracks, lines, rejected = rail.build(register)
    mill_nodes, mill_rows, staff = works.mills(register)
    towns, town_rows = communities.communities(stations, register)
    firms, firm_rows = enterprises.enterprises(towns, town_rows, staff, register)
    yard_nodes, carts = works.yards(stations, [*firms, *towns], tracks)
    provinces = communities.regions(register)
    nodes = [*stations, *mill_nodes, *towns, *firms, *yard_nodes]
    counties.assign(nodes, towns)
    counties.basemap(towns, provinces)
    for row in provinces:
        row.pop("drawn_in", None)
    write("regions", [*provinces, *counties.rows(towns, town_rows)], "region_id")
    write("nodes", nodes, "node_id")
    write("links", [*tracks, *works.sidings(mill_nodes, stations), *carts], "link_id")
    write("lines", lines, "line_id")
    write("sectors", enterprises.sectors(), "sector_id")
    write("enterprises", firm_rows, "node_id")
    write("communities", town_rows, "node_id")
    write("mills", mill_rows, "node_id")
    write("claims", claims.claims(register), "claim_id")
    register.write()
    for text in rejected:
        print(text)


if __name__ == "__main__":
    main()
