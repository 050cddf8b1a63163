"""A run: the tables that say what was asked, handed over, carried back, looted, railed, kept and left.

A run carries everything a query or a map needs, places and sources included, so that a saved one is complete without
the world it came from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from scrapflow.errors import InputError, UnknownNameError
from scrapflow.ledger import balance as _balance
from scrapflow.ledger.amounts import RunArrays, TableAmounts, total_amounts
from scrapflow.ledger.coded_legs import CodedMoves
from scrapflow.ledger.table_rows import column_faults, empty_table, type_of, word_faults
from scrapflow.units import ranged, two_figures
from scrapflow.vocabulary import groups_of, read_materials, run_tables
from scrapflow.vocabulary.other_tools import SaysWhatIsThere
from scrapflow.vocabulary.totals import totals
from scrapflow.world.assumptions import SHOWN
from scrapflow.world.told_frame import Told

if TYPE_CHECKING:
    import geopandas as gpd

    from scrapflow.ledger.engine import Engine
    from scrapflow.vocabulary import Material
    from scrapflow.world.names import NameIndex

_HEADLINE = ("quota_t", "carted_t", "returned_t", "delivered_t")
"""Totals that a run is introduced with, where there is anything of them."""
KEYS: dict[str, tuple[str, ...]] = {name: table.key for name, table in run_tables().items()}
"""Every table of a run and the columns it is sorted by."""


MANY = 2_000_000
"""Movements of a saved run beyond which they are added up on disk instead of being loaded."""
_PIECE = 500_000
"""Rows of a piece of what does not fit in memory."""


def _require_columns(columns: Sequence[object]) -> None:
    """Refuse what tells no movements apart: it would become part of a query."""
    known = [c for c in run_tables()["movements"].columns if c != "tonnage_t"]
    for strange in (c for c in columns if c not in known):
        msg = f"{strange!r:.80} tells no movements apart; there are {', '.join(known)}"
        raise UnknownNameError(msg, known)


class _Table:
    """A table of a run as a property: what it is stands in ``vocabulary/run_tables.csv``."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        self.__doc__ = run_tables()[name].words

    def __get__(self, run: RunTables | None, owner: type) -> pd.DataFrame:
        return run.tables[self._name] if run is not None else cast("pd.DataFrame", self)


class _GeoTable(_Table):
    """A table of a run with geometries (EPSG:4326)."""

    def __get__(self, run: RunTables | None, owner: type) -> gpd.GeoDataFrame:
        return cast("gpd.GeoDataFrame", super().__get__(run, owner))


class HandedOut(Mapping[str, pd.DataFrame]):
    """The tables of a run as others get them: copies, so that editing one changes nothing of the run.

    A copy is made when it is written to and costs nothing before (pandas' copy on write). A table of
    ``vocabulary/run_tables.csv`` that was not given is empty; ``materials`` are then the packaged ones.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._kept = tables

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name in KEYS and name not in self._kept:
            return empty_table(name)
        return self._kept[name].copy(deep=False)

    @property
    def arrays(self) -> RunArrays | None:
        """What they say of movements and yards, where they are still to be made."""
        return getattr(self._kept, "arrays", None)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*KEYS, *self._kept}))

    def __len__(self) -> int:
        return len({*KEYS, *self._kept})

    def __or__(self, other: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        return {**self, **other}


class WhenAsked(Mapping[str, pd.DataFrame]):
    """Tables of which some are made when they are first asked for.

    Parameters
    ----------
    made
        Tables as :func:`tidy` leaves them.
    to_make
        What makes each of the others.
    arrays
        What the tables will say of movements and yards, until all of them are made.

    Examples
    --------
    >>> tables = WhenAsked({}, {"materials": lambda: pd.DataFrame({"material": ["scrap"]})})
    >>> list(tables), tables["materials"].material.tolist()
    (['materials'], ['scrap'])
    """

    def __init__(
        self,
        made: Mapping[str, pd.DataFrame],
        to_make: Mapping[str, Callable[[], pd.DataFrame]] | None = None,
        arrays: RunArrays | None = None,
    ) -> None:
        self._made, self._to_make, self.arrays = dict(made), dict(to_make or {}), arrays

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name in self._to_make:
            self._made[name] = tidy(name, self._to_make[name]())
            # what it was made of is kept no longer
            del self._to_make[name]
            self.arrays = self.arrays if self._to_make else None
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._made, *self._to_make])

    def __len__(self) -> int:
        return len(self._made) + len(self._to_make)

    def __reduce__(self) -> tuple[type[WhenAsked], tuple[dict[str, pd.DataFrame]]]:
        return WhenAsked, (dict(self),)


class RunTables(SaysWhatIsThere):
    """What a campaign did to a world, period by period.

    Made by :func:`scrapflow.run` and :func:`scrapflow.read_run`; the tables are not to be changed.

    Parameters
    ----------
    tables
        The tables named in :data:`KEYS`; a lazy mapping may load them on first use.
    meta
        What identifies the run: ``world, title, campaign, campaign_title, campaign_toml, mode, seed,
        version, inputs`` (hashes), ``attribution``, ``case`` (what a what-if changed), and the settings of the haul: ``return_after, foresight,
        waiting_cost_per_t, allocation``.
    basemap
        GeoJSON by name (``countries, regions``) for drawing, EPSG:4326; may be empty.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        meta: Mapping[str, Any],
        basemap: Mapping[str, Any] | None = None,
    ) -> None:
        self.tables: Mapping[str, pd.DataFrame] = tables if isinstance(tables, HandedOut) else HandedOut(tables)
        self.meta = dict(meta)
        self.basemap = dict(basemap or {})
        self.memo: dict[str, Any] = {}
        """What the questions keep beside the tables, so that it is made once."""

    @property
    def name(self) -> str:
        """World and campaign in one word, and what was changed afterwards in brackets.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).name
        'toy-2015'
        """
        case = f" ({self.meta['case']})" if self.meta.get("case") else ""
        return f"{self.meta['world']}-{self.meta['campaign']}{case}"

    periods = _Table()
    movements = _Table()
    accounts = _Table()
    quotas = _Table()
    stocks = _Table()
    link_loads = _Table()
    paths = _Table()
    unserved = _Table()
    nodes = _GeoTable()
    links = _GeoTable()
    regions = _GeoTable()
    sources = _Table()
    assumed = _Table()
    materials = _Table()

    @cached_property
    def material_rows(self) -> list[Material]:
        """The materials of the run, in the order in which they are told."""
        return read_materials([{str(k): v for k, v in row.items()} for row in self.materials.to_dict("records")])

    @cached_property
    def material_groups(self) -> dict[str, tuple[str, ...]]:
        """Query words that stand for several of the run's materials."""
        return groups_of(self.material_rows)

    @cached_property
    def amounts(self) -> TableAmounts:
        """What the run adds up to, by period, material and place."""
        return TableAmounts(self.tables, [m.material for m in self.material_rows])

    @cached_property
    def campaign_settings(self) -> Mapping[str, Any]:
        """The settings of the campaign as its file has them; empty where no campaign was run."""
        return tomllib.loads(str(self.meta.get("campaign_toml", "")))

    @cached_property
    def names(self) -> NameIndex:
        """The places and regions of the run by any of their spellings."""
        from scrapflow.world.names import NameIndex

        return NameIndex(self.nodes, self.regions)

    def legs_by(self, *columns: str, kinds: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the movements told apart by some of their columns alone, with ``tonnage_t``; all, or those of some kinds.

        For whoever adds them up: of a saved run with more than :data:`MANY` movements, rows that agree in the columns
        are added up on disk, and the rest is never loaded; any other run gives its movements as they are.

        Examples
        --------
        >>> import scrapflow as sf
        >>> run = sf.run(sf.read_world("toy"))
        >>> run.legs_by("kind").groupby("kind")["tonnage_t"].sum().equals(
        ...     run.movements.groupby("kind")["tonnage_t"].sum()
        ... )
        True
        """
        _require_columns(columns)
        if self._movements_count <= MANY:
            moves = self.movements
            return (moves if kinds is None else moves[moves["kind"].isin(kinds)])[[*columns, "tonnage_t"]]
        if kinds is None:
            return self._engine.sums(*columns)
        return self._engine.sums(*columns, where="list_contains(?, kind)", parameters=[list(kinds)])

    def coded_legs(self, *columns: str) -> CodedMoves:
        """Return what :meth:`legs_by` does with numbers instead of words; other columns may be there too.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).coded_legs("kind").present("kind")
        ['carted', 'looted', 'returned', 'shipped']
        """
        arrays = getattr(self.tables, "arrays", None)
        return CodedMoves.of(self.legs_by(*columns)) if arrays is None else arrays.moves

    def legs_in_pieces(self, *columns: str) -> Iterator[pd.DataFrame]:
        """Give what :meth:`legs_by` returns in pieces of about half a million rows, each with all rows of its pairs.

        Pieces follow one another in the order of the first two columns, which no two pieces share.

        Examples
        --------
        >>> import scrapflow as sf
        >>> run = sf.run(sf.read_world("toy"))
        >>> sum(len(piece) for piece in run.legs_in_pieces("kind", "origin")) == len(run.movements)
        True
        """
        _require_columns(columns)
        if self._movements_count <= MANY:
            yield self.legs_by(*columns)
            return
        first, second = columns[:2]
        counted = f"SELECT {first}, {second}, count(*) AS rows FROM movements GROUP BY ALL ORDER BY ALL"  # noqa: S608 - names of ours
        sizes = self._engine.frame(counted, uses=["movements"])
        blocks = sizes.groupby([sizes[first], sizes["rows"].cumsum() // _PIECE], sort=True)[second]
        within = f"{first} = ? AND {second} BETWEEN ? AND ?"
        for (name, _), block in blocks:
            yield self._engine.sums(*columns, where=within, parameters=[name, block.iloc[0], block.iloc[-1]])

    @cached_property
    def _movements_count(self) -> int:
        count = getattr(self.tables, "count", None)
        return len(self.movements) if count is None else int(count("movements"))

    @cached_property
    def _engine(self) -> Engine:
        from scrapflow.ledger.engine import Engine

        return Engine(self.tables)

    def balance(self) -> pd.DataFrame:
        """Return what the ledger leaves unexplained: ``period, node_id, material, residual_t`` (t), zero everywhere.

        Examples
        --------
        >>> import scrapflow as sf
        >>> bool(sf.run(sf.read_world("toy")).balance().residual_t.abs().max() < 1e-6)
        True
        """
        return _balance.residuals(self.stocks)

    def check(self) -> None:
        """Refuse tables that are not those of a run, words that nobody declared, and tonnes that appeared or vanished.

        Raises
        ------
        InputError
            If a column is missing or of another type, or a kind, material or via of the movements is not declared.
        BalanceError
            If a residual exceeds the tolerance, a stock is negative, periods do not join, or movements and stocks
            disagree; the message names place, period and tonnes.
        """
        faults = [
            fault
            for name in KEYS
            for fault in column_faults(
                name, {str(c): type_of(column) for c, column in self.tables[name].items()}, rows=len(self.tables[name])
            )
        ]
        m = self.movements
        if "movements" not in {fault["table"] for fault in faults}:
            faults += word_faults(m, self.materials["material"])
        if faults:
            raise InputError(faults, what="the run")
        _balance.check(self.stocks, m, self.periods)

    def totals(self) -> pd.Series[float]:
        """Return the totals of the run in t, each under its own name, because apparent is not real.

        Returns
        -------
        Series
            The rows of ``vocabulary/totals.csv`` (see the data dictionary): flows are summed over the periods, levels
            (``held_t, unserved_t, unplaced_t``) are those at the end of the last one.

        Examples
        --------
        >>> import scrapflow as sf
        >>> t = sf.run(sf.read_world("toy")).totals()
        >>> bool(t.credited_t == t.carted_t + t.books_only_t)
        True
        """
        values = {name: float(amount) for name, amount in total_amounts(self.amounts).items()}
        return pd.Series(values, dtype="float64", name="tonnage_t")

    def assumptions(self) -> pd.DataFrame:
        """Return every input that nobody reported: ``table, row, column, value, low, high, unit, basis, note``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).assumptions().basis.unique().tolist()
        ['assumed']
        """
        return Told(self.assumed, shown=SHOWN)

    def __eq__(self, other: object) -> bool:
        """Tell whether both are the same run: what identifies them, and every table."""
        if not isinstance(other, RunTables):
            return NotImplemented
        return self.meta == other.meta and all(self.tables[t].equals(other.tables[t]) for t in KEYS)

    def __hash__(self) -> int:
        return hash((self.name, self.meta["mode"], self.meta["seed"]))

    def __repr__(self) -> str:
        labels = self.periods["period"].tolist()
        span = f"{labels[0]} … {labels[-1]}" if labels else "no period"
        amounts = self.totals()
        given = self.meta.get("given")
        told = [f"{totals()[t].label} {two_figures(amounts[t])} t" for t in _HEADLINE if amounts[t] > 0 and not given]
        told += [f"{two_figures(float(self.legs_by('kind')['tonnage_t'].sum()))} t"] if given else []
        mode = f" ({self.meta['mode']})" if self.meta.get("campaign_toml", True) else ""
        return (
            f"<Run {self.name}{mode}: {'undated' if given and not self.periods['start'].iloc[0] else span}; {', '.join(told) or 'nothing moved'}; "
            f"{self._movements_count:,} movements, {len(self.assumed):,} assumptions>"
        )

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(totals()[str(k)].label)}</th>"
            f"<td style='text-align:right'>{self._told(str(k), v)} t</td></tr>"
            for k, v in self.totals().items()
            if v
        )
        return f"<p>{escape(repr(self))}</p><table>{rows}</table>"

    def _told(self, total: str, value: float) -> str:
        """Return a total as people read it: with its range, where an ensemble left one."""
        span = (self.meta.get("ranges") or {}).get(total)
        return ranged(value, span["low"], span["high"]) if span else two_figures(value)


MADE_SORTED = ("movements", "link_loads", "materials")
"""Tables that are written in the order in which they are to be read."""


def tidy(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Sort a table of a run by its keys, unless it is made sorted; give it a RangeIndex and text the type ``str``."""
    if name in MADE_SORTED:
        return frame
    text = [c for c in frame.columns if frame[c].dtype == object]
    frame = frame.astype(dict.fromkeys(text, "str")) if text else frame
    return frame.sort_values(list(KEYS[name]), kind="stable", ignore_index=True)
