"""Small worlds written as a stranger would: only the columns that the design names, nothing of the package's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = """source_id,title,publisher,url,published,accessed,reliability
s1,A report,Someone,https://example.org/a,2015-06,2026-01-01,B
s2,A map,Mapper,https://example.org/b,2010,2026-01-01,F
"""
REGIONS = """region_id,parent_id,name,name_local,geometry
r1,,North Shire,북주,
r2,,South Shire,남주,
"""
NODES = """node_id,name,name_local,aliases,kind,region_id,subregion,x_coord,y_coord,coordinate_accuracy_km,basis,source_id,credibility
e1,Alpha Plant,알파,Alfa Works|Alpha Combine,enterprise,r1,Alphaton,10.00,50.00,1,reported,s1,2
e2,Beta Plant,,,enterprise,r2,Betaton,11.00,50.00,1,reported,s1,6
e3,Lost Plant,,,enterprise,r2,Betaton,,,,reported,s2,3
c1,Alphaton,알파시,,community,r1,Alphaton,10.01,50.01,1,reported,s1,2
c2,Betaton,,,community,r2,Betaton,11.01,50.01,1,reported,s1,2
y1,Alphaton,,,yard,r1,Alphaton,10.02,50.00,1,assumed,,
y2,Betaton,,,yard,r2,Betaton,11.02,50.00,1,assumed,,
t1,Alphaton,,,station,r1,Alphaton,10.02,50.00,1,reported,s2,3
t2,Betaton,,,station,r2,Betaton,11.02,50.00,1,reported,s2,3
m1,Gamma Mill,감마,Kamma|Gam'ma,mill,r1,Gammaton,12.00,50.00,1,reported,s1,2
"""
LINKS = """link_id,from_node_id,to_node_id,directed,mode,length_km,length_basis,capacity_t,gauge_mm,line_id,geometry,source_id
g1,y1,t1,false,access,0,reported,,,,,s2
g2,y2,t2,false,access,0,reported,,,,,s2
l1,t1,t2,false,rail,100,reported,1000,1435,,,s2
l2,t2,m1,false,rail,50,reported,1000,1435,,,s2
"""
ENTERPRISES = """node_id,sector_id,named,workers,scrap_t,obsolete_machinery_t,idle_machinery_t,working_machinery_t
e1,mach,true,1000,100,20,30,200
e2,mach,true,500,5,5,10,100
e3,mach,true,200,10,0,0,50
"""
SECTORS = """sector_id,name,workers,scrap_kg_per_worker,machinery_kg_per_worker
mach,Machine building,500,10,100
"""
COMMUNITIES = """node_id,population,unaffiliated_share,youth_share,household_scrap_kg,appliance_kg
c1,10000,0.2,0.25,1,10
c2,5000,0.2,0.25,1,10
"""
MILLS = """node_id,intake_t,capacity_t_per_year,process,destination
m1,40,1000,EAF,true
"""
CLAIM_COLUMNS = "claim_id,text,metric,relation,other_metric,value,low,high,unit,scope,period,source_id,credibility"
CAMPAIGN = """
[periods]
start = "2015-01"
count = 3

[[quota]]
rule_id = "heads"
kind = "per_worker"
kg = 20

[[quota]]
rule_id = "rest"
kind = "unaffiliated"
kg = 20
"""
TABLES = {
    "sources": SOURCES,
    "regions": REGIONS,
    "nodes": NODES,
    "links": LINKS,
    "enterprises": ENTERPRISES,
    "sectors": SECTORS,
    "communities": COMMUNITIES,
    "mills": MILLS,
}


def write_world(
    folder: Path, *, campaign: str | None = CAMPAIGN, leave_out: tuple[str, ...] = (), **tables: str
) -> Path:
    """Write a world folder; a keyword replaces a table's text."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**TABLES, **tables}.items():
        if name not in leave_out:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    if campaign is not None:
        (folder / "campaigns").mkdir(exist_ok=True)
        (folder / "campaigns" / "2015.toml").write_text(campaign, encoding="utf-8")
    return folder
