"""The made-up runs that these tests ask."""

import duckdb
import pyarrow as pa
import pytest

from tests.made_up_runs import made_up, make, oracle

__all__ = ["made_up", "make", "oracle"]


@pytest.fixture(scope="session")
def answer():
    """Ask DuckDB about frames, by their names, by way of Arrow: DuckDB 1.3 does not know the text of pandas 3."""

    def ask(sql, parameters=(), **frames):
        connection = duckdb.connect()
        for name, frame in frames.items():
            connection.register(name, pa.Table.from_pandas(frame, preserve_index=False))
        return connection.execute(sql, list(parameters)).fetchall()

    return ask
