"""A world: what is known, table by table, with the origin of every value."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, cast, overload

from scrapflow.errors import InputError, UnknownNameError, near, problem
from scrapflow.given import checked, iterates
from scrapflow.notices import warn
from scrapflow.world.database import is_database
from scrapflow.world.default_materials import told
from scrapflow.world.names import COUNTY, KINDS, REGION
from scrapflow.world.schema import TABLES
from scrapflow.world.world_data import WorldData

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd


_log = logging.getLogger(__name__)
_LISTED = "listed"
"""Under this name stands in a world's memo which assumptions were listed of which table."""


@dataclass(frozen=True, eq=False, repr=False)
class World(WorldData):
    """Everything that is known and assumed about a place: tables, campaigns, basemap. Not to be changed in place.

    Made by :func:`read_world`. Unknown text is ``""``, an unknown number NaN; frames have a RangeIndex and the columns
    of the schema (``docs/data-dictionary.md``); geometry is EPSG:4326.

    Attributes
    ----------
    name, title, default_campaign : str
        How the world is called, and the campaign that runs when none is named.
    tables : dict of str to DataFrame
        All tables by name; each is also an attribute (``world.nodes``). ``nodes`` (points, empty where unplaced),
        ``links`` (lines, straight where no course is given) and ``regions`` (outlines: their own, else the basemap's)
        are GeoDataFrames.
    campaigns : dict of str to str
        Campaign name to its TOML text, sorted by name.
    hashes : dict of str to str
        SHA-256 of every file the world was read from.
    basemap_attribution : str
        Whom to thank for the basemap.
    changes : DataFrame
        ``table, row, column, was, is``: what was changed in Python since the world was read; part of every run's
        ``meta`` and of :attr:`hashes`.
    labels : dict
        Words of the world's own for display (``[labels]`` in ``world.toml``).

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> world.resolve("far mill"), len(world.links)
    ('far', 5)
    """

    @overload
    def resolve(self, name: str, kinds: Sequence[str] | str = ...) -> str: ...
    @overload
    def resolve(
        self, name: pd.Series[str] | list[str], kinds: Sequence[str] | str = ..., *, missing: str = ...
    ) -> pd.Series[str]: ...
    def resolve(
        self, name: str | pd.Series[str] | list[str], kinds: Sequence[str] | str = KINDS, *, missing: str = "raise"
    ) -> str | pd.Series[str]:
        """Return the identifier of the place that a name means, or of many at once.

        Parameters
        ----------
        name
            An identifier or any spelling; case, accents, apostrophes, hyphens and spaces do not matter. Or a Series of
            them, such as a column of a table that is to be joined, or a list.
        kinds
            A kind of node (or ``"region"``, a province, or ``"county"``), or several in order of preference; the first
            that has a match decides.
        missing
            For a Series: ``"raise"``, or ``"empty"`` to have "" for what is not known or not unique.

        Raises
        ------
        UnknownNameError
            If nothing of these kinds is called so; ``candidates`` holds near names.
        AmbiguousNameError
            If two places of the preferred kind are.

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy")
        >>> world.resolve("Vale"), world.resolve("vale", "region"), world.resolve("베일 공장")
        ('station', 'vale', 'works')
        >>> import pandas as pd
        >>> world.resolve(pd.Series(["HILL", "Vále"]), "region").tolist()
        ['hill', 'vale']
        """
        known = (*KINDS, REGION, COUNTY)
        strange = [k for k in ((kinds,) if isinstance(kinds, str) else kinds) if k not in known]
        if strange:
            msg = f"no kind of place is called {strange[0]!r}; kinds are {', '.join(known)}"
            raise UnknownNameError(msg, near(str(strange[0]), known))
        if isinstance(name, str):
            return self.names.resolve(name, kinds)
        import pandas as pd

        given = cast("object", name)
        if isinstance(given, bytes) or not iterates(given):
            fault = f"a name or several are wanted, not {name!r}"
            raise InputError([problem("resolve", "", "name", fault)], what="the name")
        many = name if isinstance(name, pd.Series) else pd.Series(list(name), dtype="str")
        return self.names.resolve_all(many, kinds, missing=missing)

    @checked
    def find(self, name: str, kind: str | None = None) -> gpd.GeoDataFrame:
        """Return the rows of all nodes that a name could mean, by any spelling.

        Parameters
        ----------
        name
            An identifier or any spelling.
        kind
            Only nodes of this kind.

        Returns
        -------
        GeoDataFrame
            Rows of :attr:`nodes` (with their row numbers); none if nothing matches: near names are then logged as a warning.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.read_world("toy").find("nearside steel").node_id.tolist()
        ['near']
        """
        found = self.names.positions(name, kind)
        if not len(found):
            try:
                self.resolve(name, KINDS if kind is None else kind)
            except UnknownNameError as fault:
                warn(_log, "%s", fault)
        return cast("gpd.GeoDataFrame", self.nodes.iloc[found])

    @checked
    def region_of(self, name: str) -> str:
        """Return the ``region_id`` of the place that a name means; "" if it belongs to none.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.read_world("toy").region_of("Far Mill")
        'hill'
        """
        at = self.nodes["node_id"] == self.resolve(name)
        return str(self.nodes.loc[at, "region_id"].iloc[0])

    def check(self) -> pd.DataFrame:
        """Look for everything that is wrong or doubtful.

        Returns
        -------
        DataFrame
            ``table, row, column, severity, message``, errors first; ``row`` is the row's identifier, or its line in
            the file where it has none. A world without a row of severity ``error`` can be used.

        Examples
        --------
        >>> import scrapflow as sf
        >>> (sf.read_world("toy").check().severity == "error").any()
        np.False_
        """
        return self._check.copy()

    @cached_property
    def _check(self) -> pd.DataFrame:
        from scrapflow.world.check import check_world

        return check_world(self)

    def assumptions(self) -> pd.DataFrame:
        """List every input value that is not reported: assumed and derived ones, with their ranges.

        Returns
        -------
        DataFrame
            ``table, row, column, value, low, high, unit, basis, source_id, note``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> a = sf.read_world("toy").assumptions()
        >>> a.loc[(a.row == "near") & (a.column == "intake_t"), ["value", "low", "high"]].values.tolist()
        [[15.0, 10.0, 20.0]]
        """
        from scrapflow.world.assumptions import SHOWN
        from scrapflow.world.told_frame import Told

        return Told(self._assumptions.copy(deep=False), shown=SHOWN)

    @cached_property
    def _assumptions(self) -> pd.DataFrame:
        import pandas as pd

        from scrapflow.world.assumptions import assumptions
        from scrapflow.world.operators import operator_assumption

        listed = assumptions(self.tables, self.memo.setdefault(_LISTED, {}))
        changing = operator_assumption(self.settings)
        more = [] if changing is None else [pd.DataFrame([changing])]
        return pd.concat([listed, *more], ignore_index=True)

    @checked
    def with_values(self, values: pd.DataFrame | Mapping[tuple[str, str, str], float]) -> World:
        """Return a world with some numbers replaced: assumptions of your own, listed in ``changes`` and in every run.

        A changed number is ``assumed`` and no longer has a source; its range is widened to take it in.

        Parameters
        ----------
        values
            Frame of ``table, row, column, value`` (``row`` is the row's identifier), or a mapping
            ``{(table, row, column): value}``.

        Raises
        ------
        InputError
            If a table, row or column does not exist or holds no numbers; all of them at once.

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy").with_values({("mills", "near", "intake_t"): 12.0})
        >>> world.mills.intake_t.tolist()
        [12.0, 30.0]
        """
        from scrapflow.world.values import joined_changes, with_changes, with_values

        tables, changed = with_values(self.tables, values)
        changes = joined_changes(self.changes, changed)
        made = replace(self, tables=tables, changes=changes, hashes=with_changes(self.hashes, changes))
        made.memo[_LISTED] = dict(self.memo.get(_LISTED, {}))
        return made

    @checked
    def with_enterprise(
        self,
        *,
        name: str,
        lon: float,
        lat: float,
        sector: str = "",
        source: str = "",
        node_id: str = "",
        **values: float | str,
    ) -> World:
        """Return a world with one enterprise more: a place and its facts, with their origin.

        Parameters
        ----------
        name, lon, lat
            What it is called and where it stands, in degrees (EPSG:4326).
        sector
            A sector by identifier or name; may be left out where there is only one.
        source
            Who says so: a ``source_id``, or a title or address; without, all of it is assumed.
        node_id
            Its identifier; made of the name if not given.
        **values
            Columns of ``enterprises``, such as ``workers`` or ``idle_machinery_t``.

        Raises
        ------
        InputError, UnknownNameError
            If a value or the sector is wrong; all of it at once.

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy").with_enterprise(name="New Works", lon=0.4, lat=0.5, workers=300)
        >>> world.enterprises.node_id.tolist(), world.changes.row.tolist()
        (['works', 'newworks'], ['newworks', 'newworks'])
        """
        from scrapflow.world import additions as add

        node = node_id or add.new_id(self, name)
        place = {"node_id": node, "name": name, "kind": "enterprise", "x_coord": lon, "y_coord": lat}
        place |= {"region_id": add.region_at(self, lon, lat)}
        return self._sound(add.with_firm(self, place, values, sector, source))

    @checked
    def with_station(self, *, name: str, lon: float, lat: float, source: str = "", node_id: str = "") -> World:
        """Return a world with one station more; :meth:`with_link` joins it to the network.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.read_world("toy").with_station(name="Halt", lon=0.9, lat=0.5).find("halt").kind.tolist()
        ['station']
        """
        from scrapflow.world import additions as add

        node = node_id or add.new_id(self, name)
        place = {"node_id": node, "name": name, "kind": "station", "x_coord": lon, "y_coord": lat}
        return self._sound(add.with_rows(self, {"nodes": place | {"region_id": add.region_at(self, lon, lat)}}, source))

    @checked
    def with_link(
        self, origin: str, destination: str, *, mode: str = "rail", source: str = "", link_id: str = "", **values: float
    ) -> World:
        """Return a world with one link more between two places, by any spelling.

        Parameters
        ----------
        origin, destination
            The places at its ends.
        mode
            ``rail``, ``road``, ``access`` or ``transshipment``.
        source
            Who says so; without, its length is assumed.
        link_id
            Its identifier; made of the ends if not given.
        **values
            Columns of ``links``, such as ``length_km`` or ``capacity_t``.

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy").with_link("Near Mill", "Far Mill", length_km=95)
        >>> world.links.link_id.tolist()[-1]
        'near-far'
        """
        from scrapflow.world import additions as add

        a, b = self.resolve(origin), self.resolve(destination)
        link = {"link_id": link_id or f"{a}-{b}", "from_node_id": a, "to_node_id": b, "mode": mode, **values}
        return self._sound(add.with_rows(self, {"links": link}, source))

    @checked
    def without(self, name: str) -> World:
        """Return a world without a place, its links and its rows in other tables, or without a link (by its id).

        Examples
        --------
        >>> import scrapflow as sf
        >>> world = sf.read_world("toy").without("far")
        >>> len(world.mills), world.links.link_id.tolist().count("rail_far")
        (1, 0)
        """
        from scrapflow.errors import UnknownNameError
        from scrapflow.world import additions as add

        try:
            node = self.resolve(name)
        except UnknownNameError as fault:
            if fault.candidates and not (self.links["link_id"] == name).any():
                raise
            return add.without_link(self, name)
        return self._sound(add.without(self, node))

    def _sound(self, world: World) -> World:
        """Return a world if it has no errors; the changes that made it are to blame for those it has."""
        from scrapflow.world.check import errors_of

        errors = errors_of(world)
        if len(errors):
            raise InputError(errors, what="the changed world")
        return world

    @checked
    def write(self, path: str | PathLike[str], *, format: str | None = None, overwrite: bool = False) -> Path | str:  # noqa: A002
        """Write the world to a folder of CSV files, one GeoPackage, a folder of GeoParquet files, or a PostGIS database.

        Parameters
        ----------
        path
            Where to; an earlier world there is replaced, all of it or not at all. A database as
            ``postgresql://user@host/database?schema=NAME`` (extra ``postgis``): tables with keys, comments and spatial indices.
        format
            ``"csv"``, ``"gpkg"`` or ``"parquet"``; by the suffix of ``path`` (``.gpkg``, ``.parquet``) if not given,
            else CSV.
        overwrite
            Whether tables that scrapflow wrote to the schema of a database before may be replaced.

        Returns
        -------
        Path or str
            Where it was written; a database without its password.

        Raises
        ------
        InputError
            If the format is unknown, files that are no part of a world lie there, or the schema of a database is in use.

        Examples
        --------
        >>> import tempfile, scrapflow as sf
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = sf.read_world("toy").write(f"{folder}/toy.gpkg")
        ...     sf.read_world(file).nodes.equals(sf.read_world("toy").nodes)
        True
        """
        if is_database(path):
            from scrapflow.world.in_postgis import write_database

            return write_database(self, str(path), overwrite=overwrite)
        from scrapflow.world.write import write_world

        return write_world(self, path, format=format)

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.tables[t])} {t}" for t in told(self.tables))
        campaigns = ", ".join(self.campaigns) or "none"
        return f"<World {self.name}: {self.title}; {counts}; campaigns: {campaigns}>"

    def _repr_html_(self) -> str:
        """Show name, counts and what is assumed, for notebooks."""
        listed = self.assumptions()
        rows = "".join(
            f"<tr><th>{t}</th><td>{len(self.tables[t])}</td>"
            f"<td>{((listed['table'] == t) & (listed['basis'] == 'assumed')).sum()}</td>"
            f"<td>{((listed['table'] == t) & (listed['basis'] == 'derived')).sum()}</td></tr>"
            for t in TABLES
        )
        campaigns = ", ".join(self.campaigns) or "none"
        return (
            f"<div><b>{escape(self.title or self.name)}</b> ({escape(self.name)}), campaigns: {escape(campaigns)}"
            "<table><tr><th>table</th><th>rows</th><th>values assumed</th><th>values derived</th></tr>"
            f"{rows}</table></div>"
        )


def require_world(given: object) -> None:
    """Refuse what is not a world, such as the name of one.

    Raises
    ------
    InputError
        If it is something else.
    """
    if not isinstance(given, World):
        hint = f": read it first, sf.read_world({given!r})" if isinstance(given, str) else ""
        faults = [problem("world", "", "", f"a World is wanted, not a {type(given).__name__}{hint}")]
        raise InputError(faults, what="the argument")
