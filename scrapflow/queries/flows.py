"""Queries over the movements of a run: narrow by verbs, finish with an end.

Rows are single legs. A tonne may be carted, carried back and carted again, so tonnes of different kinds are never added
up: an end that would do so raises :class:`scrapflow.errors.MixedKindsError`. Only :func:`scrapflow.trace` joins legs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from scrapflow.given import checked
from scrapflow.queries import concentration, show
from scrapflow.queries.clauses import GRADES, joins, moved, used_tables
from scrapflow.queries.flow_lines import flow_lines, path_table
from scrapflow.queries.groupers import MOVEMENT_COLUMNS
from scrapflow.queries.grouping import SCALE, WHOLE_SUM, asked, mixed, require_count, sums
from scrapflow.queries.query_context import QueryContext
from scrapflow.queries.selectors import Selection
from scrapflow.queries.variability import Variability, variability
from scrapflow.queries.wording import flat
from scrapflow.seams import ask
from scrapflow.vocabulary import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import folium
    import geopandas as gpd
    import networkx as nx
    import pandas as pd
    from matplotlib.axes import Axes

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.groupers import Grouper


@dataclass(frozen=True, repr=False)
class Flows(Selection):
    """A query over the movements of a run; verbs give narrower queries, ends give answers.

    Verbs: ``from_, to, between, through, in_region, of, via, kind, diverted, factories, graded, basis, during, where``. Ends:
    ``total_t, by, top, head, pivot, matrix, shares, to_frame, to_geo, to_networkx, paths, summary, describe, balances, haulage,
    concentration, loads, plot, explore``.

    Parameters
    ----------
    context
        The run and its engine; queries start at ``run.flows``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> flows = sf.run(sf.read_world("toy")).flows
    >>> flows.to("Near Mill").by("region").region.tolist()
    ['Vale']
    """

    @classmethod
    @checked
    def of_run(cls, run: RunTables) -> Flows:
        """Return the query over all movements of a run, which is also ``run.flows``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> run = sf.run(sf.read_world("toy"))
        >>> len(Flows.of_run(run)) == len(run.movements)
        True
        """
        if "flows" not in run.memo:
            run.memo["flows"] = cls(QueryContext(run))
        return cast("Flows", run.memo["flows"])

    @property
    def kinds(self) -> list[str]:
        """The kinds of movement in the selection, in the order a tonne may pass them.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.diverted().kinds
        ['returned', 'looted']
        """
        present = set(self._kind_totals()["kind"])
        return [k for k in KINDS if k in present]

    @property
    def total_t(self) -> float:
        """Tonnes of the selection, all of one kind; 0 where it is empty.

        Raises
        ------
        MixedKindsError
            If the selection holds several kinds, which it names.

        Examples
        --------
        >>> import scrapflow as sf
        >>> run = sf.run(sf.read_world("toy"))
        >>> bool(abs(run.flows.kind("shipped").total_t - run.totals().shipped_t) < 1e-9)
        True
        """
        totals = self._kind_totals()
        if len(totals) > 1:
            raise mixed(self.kinds, what="total_t")
        return float(totals["tonnage_t"].sum())

    def by(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Add up the tonnes by one or more columns.

        Parameters
        ----------
        columns
            Any column of a movement, of its ends or of its path: ``period, year, quarter, season, kind, material, via, origin,
            destination, basis, grade``; ``region, sector, name, subregion`` … of the origin, or with ``origin_`` and
            ``destination_`` in front; ``link_id, line_id, line, mode``, where a tonne counts once under each link or
            line that its path uses, so that the groups add up to more than the total. A list of words is taken apart.

        Returns
        -------
        DataFrame
            The columns and ``tonnage_t``, RangeIndex, largest first, ties by name. After ``diverted()`` also ``kind``.

        Raises
        ------
        UnknownNameError
            If a word is unknown; ``candidates`` holds near ones.
        MixedKindsError
            If a row would add up several kinds: select one, or group by ``kind`` too.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.to("Far Mill").by("region", "destination_name").columns.tolist()
        ['region', 'destination_name', 'tonnage_t']
        """
        words = flat(columns)
        return self._grouped(asked(self, words), what=f"by({', '.join(words)})")

    def top(self, n: int = 10, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Return the n largest rows of :meth:`by`, or the n largest movements where no column is asked for.

        Raises
        ------
        InputError
            If n is no whole number of rows, at least 0.

        Examples
        --------
        >>> import scrapflow as sf
        >>> len(sf.run(sf.read_world("toy")).flows.top(3))
        3
        """
        require_count(n)
        if not columns:
            return self._rows(limit=n)
        return self.by(*columns).head(n).reset_index(drop=True)

    def to_frame(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Return the movements of the selection, largest first; with columns, the same as :meth:`by`.

        Examples
        --------
        >>> import scrapflow as sf
        >>> run = sf.run(sf.read_world("toy"))
        >>> len(run.flows.to_frame()) == len(run.movements)
        True
        """
        return self.by(*columns) if columns else self._rows()

    @checked
    def pivot(self, index: str | Sequence[str], columns: str) -> pd.DataFrame:
        """Add up the tonnes by row and column words, 0 where there is nothing.

        Parameters
        ----------
        index, columns
            Words as for :meth:`by`; rows and columns are sorted by name. After ``diverted()`` the kind joins the rows.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.kind("carted").pivot("period", "material").index.name
        'period'
        """
        rows = flat([index])
        wanted = asked(self, (*rows, columns))
        tall = self._grouped(wanted, what="pivot()")
        rows = [c.name for c in wanted if c.name != columns]
        return tall.pivot_table(
            index=rows, columns=columns, values="tonnage_t", aggfunc="sum", fill_value=0.0, observed=True
        )

    @checked
    def matrix(self, rows: str = "origin", columns: str = "destination") -> pd.DataFrame:
        """Return the origin-destination matrix in t: one row an origin, one column a destination.

        Parameters
        ----------
        rows, columns
            Words as for :meth:`by`, such as ``origin_region`` and ``destination_name``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.kind("shipped").matrix().columns.tolist()
        ['far', 'near']
        """
        return self.pivot(rows, columns)

    def summary(self) -> pd.DataFrame:
        """Return one row a kind: movements, tonnes, number of origins and destinations, periods, share on assumptions.

        Returns
        -------
        DataFrame
            ``kind, tonnage_t, movements, origins, destinations, first, last, assumed_share``, largest first.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.kind("shipped").summary().destinations.item()
        2
        """
        where, parameters, tables = self.condition()
        sql = (
            f"SELECT m.kind AS kind, sum(m.tonnage_t) AS tonnage_t, {_counted(tables)} AS movements,"  # noqa: S608 - values are parameters
            " count(DISTINCT m.origin) AS origins, count(DISTINCT m.destination) AS destinations,"
            " min(m.period) AS first, max(m.period) AS last,"
            " coalesce(sum(m.tonnage_t) FILTER (WHERE m.basis = 'assumed'), 0) / sum(m.tonnage_t) AS assumed_share"
            f" FROM {moved(tables)}{joins(tables)}{where} GROUP BY m.kind ORDER BY tonnage_t DESC, kind"
        )
        return self.context.engine.frame(sql, parameters, uses=used_tables(tables))

    def to_geo(self, *columns: str) -> gpd.GeoDataFrame:
        """Return the flows as lines along their real paths.

        Parameters
        ----------
        columns
            More words to keep apart, as for :meth:`by`.

        Returns
        -------
        GeoDataFrame
            ``kind, origin, destination, path_id``, the columns asked for, ``tonnage_t``, ``geometry``; largest first.
            Lines run from origin to destination (EPSG:4326), straight where there is no path, empty where a place is
            not known.

        Examples
        --------
        >>> import scrapflow as sf
        >>> geo = sf.run(sf.read_world("toy")).flows.kind("shipped").to_geo()
        >>> geo.crs.to_epsg(), set(geo.geom_type)
        (4326, {'LineString'})
        """
        frame = self.by(*dict.fromkeys(("kind", "origin", "destination", "path_id", *flat(columns))))
        return flow_lines(frame, self.context.engine, self.context.run)

    def paths(self) -> pd.DataFrame:
        """Return the paths of the selection with what they carried.

        Returns
        -------
        DataFrame
            ``path_id, kind, origin, destination, tonnage_t, length_km, links`` (a tuple in order), largest first. Legs
            without a path have an empty ``path_id``, no links and an unknown length.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.to("Far Mill").paths().links.iloc[0][-1]
        'rail_far'
        """
        return path_table(self.by("path_id", "kind", "origin", "destination"), self.context.engine, self.context.run)

    def loads(self) -> pd.DataFrame:
        """Return what the selection puts on each link, and what room that leaves.

        Returns
        -------
        DataFrame
            As :func:`scrapflow.queries.concentration.link_loads` has it: ``link_id, mode, line_id, tonnage_t, tonne_km,
            capacity_t, slack_t``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.kind("shipped").loads().set_index("link_id").slack_t["rail_near"]
        np.float64(50.0)
        """
        return concentration.link_loads(self)

    def balances(self, by: str | Sequence[str] = "node_id") -> pd.DataFrame:
        """Set what comes in against what goes out, by place, region or sector.

        Parameters
        ----------
        by
            Word or words for the ends: ``node_id``, ``name``, ``region``, ``sector`` …

        Returns
        -------
        DataFrame
            As :func:`scrapflow.queries.concentration.balances` has it: the words, ``kind, in_t, out_t, net_t``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.kind("shipped").balances("name")[["name", "in_t", "out_t"]].values.tolist()
        [['Far Mill', 23.5, 0.0], ['Near Mill', 30.0, 0.0], ['Vale Yard', 0.0, 53.5]]
        """
        return concentration.balances(self, by)

    def haulage(self, *columns: str | Sequence[str]) -> pd.DataFrame:
        """Return tonne-kilometres and mean haul, by kind and columns.

        Parameters
        ----------
        columns
            Words as for :meth:`by`; ``link_id``, ``line`` and ``mode`` tell the kilometres of paths apart.

        Returns
        -------
        DataFrame
            As :func:`scrapflow.queries.concentration.haulage` has it; what has no length is not in the mean, and is
            counted in ``no_length_t``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.kind("shipped").haulage("destination")[["destination", "mean_haul_km"]].values.tolist()
        [['near', 20.0], ['far', 110.0]]
        """
        return concentration.haulage(self, *flat(columns))

    def shares(self, *columns: str | Sequence[str], within: str | Sequence[str] = "period") -> pd.DataFrame:
        """Return what part of each period (or region, mill …) each group has.

        Parameters
        ----------
        columns
            Words as for :meth:`by`: whose shares.
        within
            Word or words: of what the shares are; they sum to 1 there.

        Returns
        -------
        DataFrame
            ``within``, the columns, ``tonnage_t, share``; sorted by ``within``, then largest first.

        Examples
        --------
        >>> import scrapflow as sf
        >>> s = sf.run(sf.read_world("toy")).flows.kind("shipped").shares("destination")
        >>> s.groupby("period").share.sum().round(9).tolist()
        [1.0, 1.0]
        """
        outer = flat([within])
        rows = self.by(*outer, *flat(columns))
        rows = rows.assign(share=rows["tonnage_t"] / rows.groupby(outer)["tonnage_t"].transform("sum"))
        return rows.sort_values(
            [*outer, "tonnage_t"], ascending=[True] * len(outer) + [False], kind="stable", ignore_index=True
        )

    def head(self, n: int = 5) -> pd.DataFrame:
        """Return the n largest movements.

        Examples
        --------
        >>> import scrapflow as sf
        >>> len(sf.run(sf.read_world("toy")).flows.head(2))
        2
        """
        return self.top(n)

    def describe(self) -> pd.DataFrame:
        """Return how the tonnes of single movements are spread, a row a kind.

        Returns
        -------
        DataFrame
            Kinds as index; ``movements, tonnage_t, mean_t, min_t, median_t, max_t``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.describe().columns.tolist()[:2]
        ['movements', 'tonnage_t']
        """
        tonnes = self._rows().groupby("kind")["tonnage_t"]
        spread = tonnes.agg(["count", "sum", "mean", "min", "median", "max"])
        spread.columns = ["movements", "tonnage_t", "mean_t", "min_t", "median_t", "max_t"]
        return spread.reindex(self.kinds)

    @checked
    def plot(self, by: str = "period", *, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw the tonnes by a word as bars, one colour a kind; see :func:`scrapflow.queries.plot.bars`.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).flows.kind("shipped").plot("destination_name").get_ylabel()
        't'
        """
        from scrapflow.queries.plot import bars

        return bars(self, by, ax=ax, **options)

    @checked
    def explore(self, *, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Show the selection on an interactive map, a new one or one of yours: :func:`scrapflow.map_flows` of these flows.

        ``sf.explore(run)`` is the map that talks back.

        Examples
        --------
        >>> import scrapflow as sf
        >>> type(sf.run(sf.read_world("toy")).flows.to("Far Mill").explore()).__name__
        'OfflineMap'
        """
        drawn: folium.Map = ask("map", self, m=m, **options)
        return drawn

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the links that the selection uses as a graph, weighted by its tonnes; see :func:`scrapflow.queries.flow_graph.flow_graph`.

        Examples
        --------
        >>> import scrapflow as sf
        >>> graph = sf.run(sf.read_world("toy")).flows.to("Far Mill").to_networkx()
        >>> sorted(graph.get_edge_data("station", "far")["rail_far"])[:3]
        ['cost', 'cost_per_t', 'length_km']
        """
        from scrapflow.queries.flow_graph import flow_graph

        return flow_graph(self)

    def variability(self) -> Variability:
        """Return the least and most of the selection over all plans of least cost, and what the run has, in t.

        How, and what it costs, says :func:`scrapflow.queries.variability.variability`.

        Returns
        -------
        Variability
            ``least_t, total_t, most_t``: where they agree, no other plan of the same cost would move anything else.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> least, total, most = flows.kind("shipped").to("Near Mill").variability()
        >>> round(least, 6), round(total, 6), round(most, 6)
        (30.0, 30.0, 30.0)
        """
        return variability(self)

    @checked
    def concentration(self, column: str = "origin") -> concentration.Concentration:
        """Measure how few sources the tonnes come from.

        Parameters
        ----------
        column
            A word as for :meth:`by`: whose shares.

        Returns
        -------
        Concentration
            ``n`` sources, their Herfindahl index ``hhi``, as many equal ones as would have it (``effective``), ``gini`` and
            ``top_share``: :func:`scrapflow.queries.concentration.concentration`.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.kind("shipped").concentration("destination").n
        2
        """
        return concentration.concentration(self, column)

    def __len__(self) -> int:
        return int(self._kind_totals()["movements"].sum())

    def __repr__(self) -> str:
        return show.flows_text(self)

    def _repr_html_(self) -> str:
        return show.flows_html(self)

    @property
    def words(self) -> str:
        """The query in words.

        Examples
        --------
        >>> import scrapflow as sf
        >>> flows = sf.run(sf.read_world("toy")).flows
        >>> flows.kind("shipped").to("Far Mill").words
        'shipped · to Far Mill (mill far)'
        """
        return self._words

    def _kind_totals(self) -> pd.DataFrame:
        where, parameters, tables = self.condition()
        sql = (
            f"SELECT m.kind AS kind, CAST({WHOLE_SUM} AS DOUBLE) / any_value(s.per_t) AS tonnage_t, {_counted(tables)} AS movements"  # noqa: S608 - values are parameters
            f" FROM {moved(tables)}{joins(tables)} CROSS JOIN ({SCALE}) s{where} GROUP BY m.kind ORDER BY kind"
        )
        return self.context.engine.frame(sql, parameters, uses=used_tables(tables))

    def _rows(self, limit: int | None = None) -> pd.DataFrame:
        where, parameters, tables = self.condition()
        listed = [f"m.{c}" for c in MOVEMENT_COLUMNS]
        keys = [c for c in listed if c != "m.tonnage_t"]
        sql = (
            f"SELECT {', '.join(listed)} FROM {moved(tables)}{joins(tables)}{where}"  # noqa: S608 - values are parameters
            f" ORDER BY m.tonnage_t DESC, {', '.join(keys)}"
        )
        sql += f" LIMIT {int(limit)}" if limit is not None else ""
        return self.context.engine.frame(sql, parameters, uses=used_tables(tables))

    def _grouped(self, columns: Sequence[Grouper], *, what: str) -> pd.DataFrame:
        """Add up by columns, largest first."""
        added = sums(self, columns)
        order = "".join(f', "{c.name}"' for c in columns)
        sql = f"{added.sql} ORDER BY tonnage_t DESC{order}"
        found = self.context.engine.frame(sql, added.parameters, uses=added.uses)
        if added.guarded:
            if (found["k0"].notna() & (found["k0"] != found["k1"])).any():
                raise mixed(self.kinds, what=what)
            found = found.drop(columns=["k0", "k1"])
        return found


def _counted(tables: set[str]) -> str:
    """Return how movements are counted: as rows, or where grades take rows apart, once each."""
    keys = ", ".join(f"m.{c}" for c in MOVEMENT_COLUMNS if c not in ("tonnage_t", "basis", "grade"))
    return f"count(DISTINCT ({keys}))" if GRADES in tables else "count(*)"


def as_flows(flows: Flows | RunTables) -> Flows:
    """Return the query itself, or the query over all movements of a run.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> len(as_flows(run)) == len(as_flows(run.flows))
    True
    """
    return flows if isinstance(flows, Flows) else Flows.of_run(flows)
