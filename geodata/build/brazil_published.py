"""What the agency publishes and geodata/brazil is compared with: pairs of all goods, pairs of the world's goods, trains.

``python -m geodata.build.brazil_published FOLDER``, with the folder of ``brazil.py``, writes ``tests/geodata/brazil_*.csv``.
"""

import sys
from pathlib import Path

import pandas as pd

from geodata.build.brazil import GOODS, WORLD, links_of

TESTS = WORLD.parents[1] / "tests" / "geodata"


def published(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables by name: tonnes and mean distance by pair, tonnes by material and pair, trains a day by section."""
    read = {f.stem: pd.read_csv(f, keep_default_na=False, na_values=[""]) for f in folder.glob("*.csv")}
    links = links_of(read)
    od = read["od_2019"].astype({"tonnes": float})
    od["material"] = od["commodity"].map(GOODS)
    flows = od.groupby(["material", "origin", "destination"], as_index=False)["tonnes"].sum()
    known = od[["origin", "destination"]].isin({*links["from_code"], *links["to_code"]}).all(axis=1)
    pairs = od[known].eval("tkm = tonnes * mean_distance_km")
    pairs = pairs.groupby(["origin", "destination"], as_index=False)[["tonnes", "tkm"]].sum()
    pairs = pairs[(pairs["tkm"] > 0) & (pairs["origin"] != pairs["destination"])]
    pairs = pairs.assign(km=(pairs["tkm"] / pairs["tonnes"]).round(2), tonnes=pairs["tonnes"].round()).drop(
        columns="tkm"
    )
    tracks = read["sections_gauge_capacity_2020"].rename(columns={"link_id": "section"})
    tracks["trains"] = tracks.filter(regex="^committed_").mean(axis=1).round(2)
    trains = tracks.groupby(["section", "railway"], as_index=False)["trains"].sum()
    return {"pairs": pairs, "flows": flows, "trains": trains[trains["section"].isin(links.index)]}


if __name__ == "__main__":
    for name, frame in published(Path(sys.argv[1])).items():
        frame.to_csv(TESTS / f"brazil_{name}.csv", index=False)
