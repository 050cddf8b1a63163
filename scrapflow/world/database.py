"""Tables in PostgreSQL with PostGIS: all of them in one transaction, with keys, comments and spatial indices.

ADBC hands Arrow tables to the server's binary COPY and takes them back so, without a row in Python in between.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import numpy as np

from scrapflow.errors import InputError, extra, problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

SRID = 4326
MARK = "scrapflow"
"""How the comment of a schema of ours begins, by which it is known again."""
_SCHEMES = ("postgresql://", "postgres://")
_ROWS = 2000
"""Rows that go to the server at a time: about as much as a socket holds."""
_SQL_TYPES = {"string": 'text COLLATE "C"', "number": "double precision", "integer": "bigint", "boolean": "boolean"}


class Field(NamedTuple):
    """A column: its type in the words of the schema rows, what it means, and what it refers to (table, column)."""

    name: str
    type: str
    meaning: str = ""
    references: tuple[str, str] | None = None


class Relation(NamedTuple):
    """A table with its rows; ``key`` is empty where no column names a row."""

    name: str
    meaning: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    frame: pd.DataFrame


def is_database(path: object) -> bool:
    """Tell whether a path is the address of a database.

    Examples
    --------
    >>> is_database("postgresql://localhost/rail?schema=north"), is_database("north.gpkg")
    (True, False)
    """
    return isinstance(path, str) and path.startswith(_SCHEMES)


class Address:
    """The address of a schema: ``postgresql://user:password@host/database?schema=NAME``.

    Parameters
    ----------
    url
        As libpq takes it, and ``schema`` (``scrapflow`` if it is not named).

    Examples
    --------
    >>> there = Address("postgresql://ann:secret@db/rail?schema=north&sslmode=require")
    >>> there.schema, str(there)
    ('north', 'postgresql://ann@db/rail?schema=north')
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            message = f"the address cannot be read: {error}"
            raise InputError([problem("address", "", "", message)], what="the database") from None
        options = dict(parse_qsl(parts.query))
        self.schema = options.pop("schema", MARK)
        self._secrets = [s for s in (parts.password, options.get("password")) if s]
        # A socket's path stays as it is: libpq takes a slash in the value of host.
        query = urlencode(options, quote_via=quote, safe="/")
        self.uri = urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
        user = f"{parts.username}@" if parts.username else ""
        place = f"{user}{parts.hostname or ''}{parts.path}"
        self._shown = f"postgresql://{place}?schema={self.schema}"

    def __str__(self) -> str:
        return self._shown

    def masked(self, text: str) -> str:
        """Return a text without the password."""
        for secret in self._secrets:
            for spelling in {secret, unquote(secret), quote(unquote(secret), safe="")}:
                text = text.replace(spelling, "***")
        return text

    def fault(self, message: str, *, what: str) -> InputError:
        """Return an error that names the schema; a message of others comes through :meth:`masked`."""
        return InputError([problem("database", self.schema, "", message)], what=f"{what} ({self})")


@contextmanager
def connected(there: Address, *, what: str) -> Iterator[Any]:
    """Give a cursor in one transaction, which stands when the block ends well and leaves no trace when it does not."""
    with extra("postgis", "a database"):
        from adbc_driver_postgresql import dbapi
    fault = None
    try:
        with dbapi.connect(there.uri, autocommit=False) as connection, connection.cursor() as cursor:
            yield cursor
            connection.commit()
    except dbapi.Error as error:
        # The driver's error may hold the address: it is not chained.
        fault = there.fault(there.masked(_in_words(str(error))), what=what)
    if fault is not None:
        raise fault from None


def _in_words(text: str) -> str:
    """Return what the server or its library said, without the statement that it said it of."""
    _, _, said = text.rpartition("ERROR:")
    said = (said or text).partition("CONTEXT:")[0]
    lines = [line.strip() for line in said.replace("[libpq]", "").splitlines() if line.strip()]
    return "; ".join(lines) or "the database gave no reason"


def write_relations(there: Address, relations: Sequence[Relation], *, about: str, overwrite: bool, what: str) -> None:
    """Write tables into a schema, all of them or none.

    Parameters
    ----------
    there
        Where to; the schema is made. One that holds tables is refused.
    relations
        The tables; one may refer to any other.
    about
        What they are, for the comment of the schema.
    overwrite
        Replace the tables of a schema that scrapflow made. A table that somebody else made is refused all the same.
    what
        For messages.

    Raises
    ------
    InputError
        If the schema is in use, the database cannot be reached, or tables contradict one another.
    """
    schema = _name(there.schema)
    with connected(there, what=what) as cursor:
        _make_room(cursor, there, [r.name for r in relations], overwrite=overwrite, what=what)
        _run(cursor, [
            f"CREATE SCHEMA IF NOT EXISTS {schema}",
            f"COMMENT ON SCHEMA {schema} IS {_text(f'{MARK}: {about}')}",
            *(statement for r in relations for statement in _table(schema, r)),
        ])  # fmt: skip
        for relation in relations:
            if len(relation.frame):
                cursor.adbc_ingest(relation.name, _arrow(relation), mode="append", db_schema_name=there.schema)
        names = {r.name for r in relations}
        _run(cursor, [statement for r in relations for statement in _keys(schema, r)])
        _run(cursor, [statement for r in relations for statement in _references(schema, r, names)])


def read_relations(there: Address, known: Sequence[str], *, what: str) -> dict[str, pd.DataFrame]:
    """Read those tables of a schema that are known by name; geometry as shapes in the table's own CRS.

    Raises
    ------
    InputError
        If the database cannot be reached, or has no such schema.
    """
    with connected(there, what=what) as cursor:
        cursor.execute(
            "SELECT c.relname::text AS name, a.attname::text AS field, t.typname::text AS type, c.relkind::text AS kind"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " JOIN pg_type t ON t.oid = a.atttypid"
            " WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'p', 'f') ORDER BY c.relname, a.attnum",
            (there.schema,),
        )
        listed = cursor.fetch_arrow_table().to_pandas()
        if listed.empty:
            message = "there is no table in this schema; ?schema= names another"
            raise there.fault(message, what=what)
        fields = {name: rows for name, rows in listed.groupby("name") if name in known}
        return {str(name): _fetch(cursor, there.schema, str(name), rows) for name, rows in fields.items()}


def _make_room(cursor: Any, there: Address, names: Sequence[str], *, overwrite: bool, what: str) -> None:
    """Drop our tables if asked to; refuse a schema that holds others."""
    cursor.execute(
        "SELECT c.relname::text AS name, coalesce(obj_description(c.oid, 'pg_class'), '') AS about"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'p', 'f') ORDER BY 1",
        (there.schema,),
    )
    rows = cursor.fetch_arrow_table().to_pylist()
    ours = [row["name"] for row in rows if row["about"].startswith(f"{MARK}: ")]
    strange = [row["name"] for row in rows if row["name"] in names and row["name"] not in ours]
    if strange:
        message = f"the schema holds tables that scrapflow did not write: {', '.join(strange)}"
        raise there.fault(message, what=what)
    if ours and not overwrite:
        message = f"the schema holds {', '.join(ours[:5])} …: name another, or say overwrite=True to replace them"
        raise there.fault(message, what=what)
    if ours:
        listed = ", ".join(f"{_name(there.schema)}.{_name(name)}" for name in ours)
        _run(cursor, [f"DROP TABLE {listed}"])
    cursor.execute("SELECT count(*) AS n FROM pg_extension WHERE extname = 'postgis'")
    if not cursor.fetch_arrow_table()["n"][0].as_py():
        cursor.execute("CREATE EXTENSION postgis")


def _table(schema: str, relation: Relation) -> list[str]:
    named = f"{schema}.{_name(relation.name)}"
    columns = ", ".join(f"{_name(f.name)} {_sql_type(f, relation.frame)}" for f in relation.fields)
    comments = [
        f"COMMENT ON COLUMN {named}.{_name(f.name)} IS {_text(f.meaning)}" for f in relation.fields if f.meaning
    ]
    return [
        f"CREATE TABLE {named} ({columns})",
        f"COMMENT ON TABLE {named} IS {_text(f'{MARK}: {relation.meaning}')}",
        *comments,
    ]


def _keys(schema: str, relation: Relation) -> list[str]:
    """Return the statements for key and spatial index, which are cheaper after the rows are there."""
    named = f"{schema}.{_name(relation.name)}"
    key = ", ".join(map(_name, relation.key))
    spatial = [f.name for f in relation.fields if f.type == "geometry"]
    return [
        *([f"ALTER TABLE {named} ADD PRIMARY KEY ({key})"] if key else []),
        *(f"CREATE INDEX ON {named} USING gist ({_name(c)})" for c in spatial),
    ]


def _references(schema: str, relation: Relation, names: set[str]) -> list[str]:
    named = f"{schema}.{_name(relation.name)}"
    return [
        f"ALTER TABLE {named} ADD FOREIGN KEY ({_name(f.name)}) REFERENCES {schema}.{_name(table)} ({_name(column)})"
        for f in relation.fields
        if f.references
        for table, column in [f.references]
        if table in names
    ]


def _sql_type(field: Field, frame: pd.DataFrame) -> str:
    if field.type != "geometry":
        return _SQL_TYPES[field.type]
    import shapely

    kinds = set(np.unique(shapely.get_type_id(frame[field.name].to_numpy())).tolist()) - {-1}
    # One type where possible: GIS programs ask what a layer of unknown type is.
    kind = shapely.GeometryType(kinds.pop()).name if len(kinds) == 1 else "GEOMETRY"
    return f"geometry({kind}, {SRID})"


def _arrow(relation: Relation) -> pa.RecordBatchReader:
    """Return rows as the server takes them, some at a time: it stores those it has while the next are made."""
    import pyarrow as pa

    columns = [_column(relation.frame[f.name], f.type, is_key=f.name in relation.key) for f in relation.fields]
    types = [pa.binary() if isinstance(column, np.ndarray) else column.type for column in columns]
    fields = pa.schema(list(zip([f.name for f in relation.fields], types, strict=True)))

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(relation.frame), _ROWS):
            rows = [column[start : start + _ROWS] for column in columns]
            cells = [_binary(cells) if isinstance(cells, np.ndarray) else cells for cells in rows]
            yield pa.record_batch(cells, schema=fields)

    return pa.RecordBatchReader.from_batches(fields, batches())


def _column(values: pd.Series, kind: str, *, is_key: bool) -> pa.Array | np.ndarray[Any, Any]:
    """Return cells with unknown as NULL; shapes stay what they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind == "geometry":
        return values.to_numpy()
    gone = values.isna().to_numpy(dtype=bool)
    if kind == "string":
        words = pa.table({"": values.astype("str")})[0].combine_chunks().cast(pa.string())
        unknown = gone if is_key else pc.or_(pc.equal(words, ""), gone)
        return pc.if_else(unknown, None, words)
    types = {"number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_()}
    return pa.array(values.to_numpy(), mask=gone).cast(types[kind])


def _binary(shapes: np.ndarray[Any, Any]) -> pa.Array:
    """Return shapes in their binary form, without the SRID, which the column has."""
    import pyarrow as pa
    import shapely

    gone = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    return pa.array(shapely.to_wkb(shapes), type=pa.binary(), mask=gone)


def _fetch(cursor: Any, schema: str, name: str, fields: pd.DataFrame) -> pd.DataFrame:
    shapes = fields.loc[fields["type"].isin(["geometry", "geography"]), "field"].tolist()
    listed = ", ".join(
        f"ST_AsEWKB({_name(f)}::geometry) AS {_name(f)}" if f in shapes else _name(f) for f in fields["field"]
    )
    # In the order in which the rows were written, which a table keeps and a view does not know.
    order = " ORDER BY ctid" if fields["kind"].eq("r").all() else ""
    cursor.execute(f"SELECT {listed} FROM {_name(schema)}.{_name(name)}{order}")  # noqa: S608 - names are quoted
    frame: pd.DataFrame = cursor.fetch_arrow_table().to_pandas()
    return _with_shapes(frame, shapes[0]) if shapes else frame


def _with_shapes(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    import geopandas as gpd
    import shapely

    parsed = shapely.from_wkb(frame[column].to_numpy(dtype=object))
    codes = set(shapely.get_srid(parsed[~shapely.is_missing(parsed)]).tolist()) - {0}
    crs = f"EPSG:{codes.pop()}" if len(codes) == 1 else None if codes or len(frame) else f"EPSG:{SRID}"
    shaped: pd.DataFrame = gpd.GeoDataFrame(frame.assign(**{column: parsed}), geometry=column, crs=crs)
    return shaped


def _run(cursor: Any, statements: Sequence[str]) -> None:
    """Run statements in one call: hundreds of comments are no hundreds of ways to the server and back."""
    if statements:
        body = ";\n".join(statements)
        cursor.execute(f"DO $scrapflow$ BEGIN\n{body};\nEND $scrapflow$")


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
