"""Writing down what single members of an ensemble did, where they are run: one Parquet file a table and member."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.ledger.assemble import axes_of, labels_of, people_legs
from scrapflow.ledger.coded_legs import COLUMNS, NO_PATH, PathBook
from scrapflow.ledger.run_places import origin_grades, run_links
from scrapflow.ledger.train_tables import AMOUNTS, shipments, trips_of, yard_stocks
from scrapflow.network.tracks import BACK

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from scrapflow.ledger.coded_legs import Labels, Legs
    from scrapflow.runs import Run
    from scrapflow.studies.member import Member

STOCK_COLUMNS = ["period", "node_id", "material", "via", *AMOUNTS]


class Keeper(NamedTuple):
    """Writes members to a folder. Travels by pickle; members may be written by many processes at once.

    Attributes
    ----------
    folder
        Where: every process must reach it by this name.
    paths
        Identifiers of the central run's paths, which members share, by ends and arcs.
    links
        Links of the central run.
    nodes
        Its nodes: ``node_id, kind, input_basis, grade``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> keeper = Keeper.beside(run, "members")
    >>> sorted(keeper.paths.values())[0]
    'town>yard'
    """

    folder: str
    paths: dict[tuple[str, str, tuple[str, ...]], str]
    links: frozenset[str]
    nodes: pd.DataFrame

    @classmethod
    def beside(cls, central: Run, folder: str | Path) -> Keeper:
        """Return the writer of members of the ensemble around a run."""
        steps = central.paths.sort_values(["path_id", "seq"])
        arc = steps["link_id"].where(steps["forward"], steps["link_id"] + BACK)
        arcs = arc.groupby(steps["path_id"]).agg(tuple)
        ends = central.movements.drop_duplicates("path_id").set_index("path_id")[["origin", "destination"]]
        named = ends.join(arcs.rename("arcs"), how="inner")
        paths = dict(zip(named.itertuples(index=False, name=None), named.index, strict=True))
        nodes = pd.DataFrame(central.nodes[["node_id", "kind", "input_basis", "grade"]])
        return cls(str(folder), paths, frozenset(central.links["link_id"]), nodes)

    def keep(self, number: int, member: Member, loads: pd.DataFrame) -> None:
        """Write a member down; ``loads`` are its tonnes by link (index) and period (columns)."""
        for name, table in self._tables(member, loads).items():
            _write(table, number, Path(self.folder) / name)

    def _tables(self, member: Member, loads: pd.DataFrame) -> dict[str, pa.Table]:
        """Return the tables of a member; one that has no row need not be there."""
        import pyarrow as pa

        collected, nodes = member.collected, self.nodes
        axes = axes_of(collected)
        labels, book = labels_of(axes, nodes), PathBook()
        trips = trips_of(member.haul.result, axes.periods, member.haul.arcs)
        legs = people_legs(collected, member.network, labels, book).with_more(
            shipments(trips, member.books, axes, labels, book)
        )
        movements = _movements(legs, labels, self._ids(book), nodes)
        ends = nodes.loc[nodes["kind"].isin(["mill", "outside"]), "node_id"].tolist()
        stocks = pd.concat(
            [yard_stocks(member.books, axes)[STOCK_COLUMNS], _ends(legs, labels, ends)[STOCK_COLUMNS]],
            ignore_index=True,
        )
        frames: dict[str, Any] = {
            "stocks": stocks,
            "accounts": collected.accounts,
            "link_loads": _loads(loads),
            "paths": self._new_paths(book),
            "links": self._new_links(member),
        }
        tables = {name: pa.Table.from_pandas(f, preserve_index=False) for name, f in frames.items() if len(f)}
        return {"movements": movements, **tables}

    def _ids(self, book: PathBook) -> list[str]:
        """Name paths the same in every member: as the central run does, or after their ends and arcs."""
        named = []
        for (origin, destination), arcs in zip(book.ends, book.arcs, strict=True):
            known = self.paths.get((origin, destination, arcs))
            digest = hashlib.sha256("\n".join(arcs).encode()).hexdigest()[:10]
            named.append(known or f"{origin}>{destination}#{digest}")
        return named

    def _new_paths(self, book: PathBook) -> pd.DataFrame:
        known = set(self.paths.values())
        rows = [
            (name, seq, arc.removesuffix(BACK), not arc.endswith(BACK))
            for name, arcs in zip(self._ids(book), book.arcs, strict=True)
            if name not in known
            for seq, arc in enumerate(arcs)
        ]
        return pd.DataFrame(rows, columns=["path_id", "seq", "link_id", "forward"])

    def _new_links(self, member: Member) -> pd.DataFrame:
        drawn = ~member.network.links["link_id"].isin(self.links)
        if not drawn.any():
            return pd.DataFrame()
        links = run_links(member.network)
        return pd.DataFrame(links[~links["link_id"].isin(self.links)].to_wkb())


def _write(table: pa.Table, number: int, folder: Path) -> None:
    """Write a table of a member, with its number in the leading column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = pa.array(np.full(table.num_rows, number, dtype=np.int32))
    pq.write_table(table.add_column(0, "member", numbers), folder / f"{number:06d}.parquet", compression="zstd")


def _movements(legs: Legs, labels: Labels, ids: list[str], nodes: pd.DataFrame) -> pa.Table:
    """Return legs as ``run.movements`` has them, text as positions in its labels, sorted by period."""
    import pyarrow as pa

    order = np.lexsort(legs.codes.T[::-1])
    order = order[legs.tonnage_t[order] > 0]
    codes = legs.codes[order]
    lists = dict(zip(COLUMNS, labels.lists(), strict=True))
    columns: dict[str, pa.Array] = {name: _coded(codes[:, i], lists[name]) for i, name in enumerate(COLUMNS)}
    columns["tonnage_t"] = pa.array(legs.tonnage_t[order])
    path = legs.path[order]
    columns["path_id"] = _coded(np.where(path == NO_PATH, len(ids), path), [*ids, ""])
    # What a movement rests on hangs on its origin alone: told once for each, and spread over the rows.
    pairs = np.unique(codes[:, [1, 4, 5]], axis=0)
    distinct = pd.DataFrame(
        {name: np.asarray(lists[name], dtype=object)[pairs[:, i]] for i, name in enumerate(("kind", "origin", "destination"))},
        dtype="str",
    )  # fmt: skip
    first = np.zeros(len(labels.nodes), dtype=np.int64)
    first[pairs[:, 1]] = np.arange(len(pairs))
    for name, values in origin_grades(distinct, nodes).items():
        words, position = np.unique(values.to_numpy(dtype=object), return_inverse=True)
        columns[name] = _coded(position[first[codes[:, 4]]], list(words))
    return pa.table(columns)


def _coded(codes: NDArray[np.int64], labels: Any) -> pa.Array:
    """Return text as positions in a list of words."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(labels), type=pa.string()))


def _ends(legs: Legs, labels: Labels, ends: list[str]) -> pd.DataFrame:
    """Let what reached a mill or left the world pile up there, as rows of ``run.stocks``."""
    place = pd.Index(labels.nodes, dtype="str").get_indexer(pd.Index(ends))  # type: ignore[arg-type]
    shape = (len(labels.periods), len(place), len(labels.materials), len(labels.vias))
    at = np.full(len(labels.nodes), -1)
    at[place] = np.arange(len(place))
    rows = at[legs.codes[:, 5]] >= 0
    codes = legs.codes[rows]
    came = np.zeros(shape)
    np.add.at(came, (codes[:, 0], at[codes[:, 5]], codes[:, 2], codes[:, 3]), legs.tonnage_t[rows])
    pile = came.cumsum(axis=0)
    p, e, m, v = np.nonzero(pile)
    found = pd.DataFrame(dict.fromkeys(AMOUNTS, 0.0), index=np.arange(len(p)))
    opening = pile - came
    return found.assign(
        period=np.asarray(labels.periods, dtype=object)[p],
        node_id=np.asarray(ends, dtype=object)[e],
        material=np.asarray(labels.materials, dtype=object)[m],
        via=np.asarray(labels.vias, dtype=object)[v],
        opening_t=opening[p, e, m, v],
        in_t=came[p, e, m, v],
        closing_t=pile[p, e, m, v],
    )


def _loads(loads: pd.DataFrame) -> pd.DataFrame:
    """Return loads as rows ``period, link_id, tonnage_t``; links that carried nothing have none."""
    link, period = np.nonzero(loads.to_numpy(dtype=np.float64))
    return pd.DataFrame(
        {
            "period": loads.columns.to_numpy(dtype=object)[period],
            "link_id": loads.index.to_numpy(dtype=object)[link],
            "tonnage_t": loads.to_numpy(dtype=np.float64)[link, period],
        }
    )
