"""Derive geodata/brazil: pig iron and steel scrap by rail, 2019, from the registers of the federal agency (ANTT).

``python -m geodata.build.brazil FOLDER`` of registers (dados.antt.gov.br); what is kept by hand is read from the world's folder.
"""

import sys
from pathlib import Path

import pandas as pd

import scrapflow as sf
from geodata.build.common import FACTS, slug, write_tables

WORLD = Path(__file__).resolve().parents[1] / "brazil"
GOODS = {"Ferro Gusa": "pig_iron", "Sucata": "scrap"}


def links_of(read: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the sections, of two between the same ends the shorter; trains a day are t a month by the railway's mean train."""
    sections, tracks = read["sections"], read["sections_gauge_capacity_2020"]
    for rows in (sections, tracks):
        rows["link_id"] = ["-".join(sorted(ends)) for ends in rows[["from_code", "to_code"]].to_numpy()]
    links = sections.sort_values(["link_id", "length_km"]).drop_duplicates("link_id").set_index("link_id", drop=False)
    tracks["trains"] = tracks.filter(regex="^installed_").min(axis=1).replace(0.0, float("nan"))
    links = links.join(tracks.groupby("link_id").agg({"gauge": "last", "trains": "max"}))
    links["gauge"] = links["gauge"].fillna(links.groupby("railway")["gauge"].transform(lambda gauges: gauges.mode()[0]))
    rights = pd.read_csv(FACTS / "brazil_trackage_rights.csv", index_col="link_id")["operator"]
    links["operator"] = rights.reindex(links.index).fillna(links["railway"])
    net = read["typical_train_net_tonnes"].set_index(["railway", "commodity"])["net_tonnes_per_train"]
    carried = read["od_2019"].join(net, on=net.index.names, how="inner").groupby("railway")
    train = net.groupby("railway").agg(["min", "median", "max"])
    mean = carried["tonnes"].sum() / carried.apply(lambda od: (od["tonnes"] / od["net_tonnes_per_train"]).sum())
    for end, tonnes in (("", mean.combine_first(train["median"])), ("_low", train["min"]), ("_high", train["max"])):
        links[f"capacity_t{end}"] = (links["trains"] * links["railway"].map(tonnes) * 365.25 / 12).round(-2)
    return links.assign(line_id=(links["railway"] + " " + links["line"]).map(slug), capacity_t_basis="derived")


def main(folder: Path) -> None:
    """Make the world and write its tables."""
    read = {f.stem: pd.read_csv(f, keep_default_na=False, na_values=[""]) for f in folder.glob("*.csv")}
    links, points, od = links_of(read), read["stations_points"][["code", "lon", "lat"]], read["od_2019"]
    lines = links[["line_id"]].assign(name=links["line"].str.strip() + " (" + links["railway"] + ")")
    places = pd.DataFrame({"code": sorted({*links["from_code"], *links["to_code"]}), "kind": "station"})
    places = places.merge(read["stations_register"], "left").merge(points, "left")
    places["aliases"] = places["name"].str.strip() + " (" + places["code"] + ")"
    places["note"] = "port of " + places["port"]
    places.loc[places["lon"].notna(), ["coordinate_method", "credibility"]] = ["point of the register", "2"]
    od["material"], od["period"] = od["commodity"].map(GOODS), od["month"].str[3:] + "-" + od["month"].str[:2]
    sums = [od.groupby([end, "period", "material"])["tonnes"].sum() for end in ("origin", "destination")]
    supply, demand = (tonnes.reset_index().assign(source="antt_production_2019") for tonnes in sums)
    world = sf.world_from(
        links, places=places, supply=supply, demand=demand, lines=lines.drop_duplicates("line_id"), source="antt_network_2020",
        columns={"state": "region_id", "municipality": "subregion"}, settings=WORLD / "world.toml", name="brazil",
        **{table: WORLD / f"{table}.csv" for table in ("regions", "materials", "sources")},
    )  # fmt: skip
    write_tables(world, WORLD, ("nodes", "lines", "links", "mills", "supply", "demand"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
