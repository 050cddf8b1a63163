"""Writing to a database: in pieces, all or nothing, never over what others made, and no word of the password."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.world.database import Address, connected
from tests.asking_sql import ask


def test_rows_go_to_the_server_a_few_at_a_time(postgis, toy, monkeypatch):
    """However few rows go at once, all of them arrive, in their order, and every shape has the reference system."""
    monkeypatch.setattr("scrapflow.world.database._ROWS", 3)
    url = postgis("few")
    toy.write(url)
    again = sf.read_world(url)
    for table, frame in toy.tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(again.tables[table]), pd.DataFrame(frame), check_exact=True)
    assert ask(url, "SELECT DISTINCT ST_SRID(geometry) AS n FROM few.links").n.tolist() == [4326]


def test_a_schema_in_use_is_not_overwritten_unasked(postgis, toy):
    """A second write is refused and changes nothing; asked to, it replaces its own tables and leaves others alone."""
    url = postgis("kept")
    toy.write(url)
    changed = toy.with_values({("mills", "near", "intake_t"): 77.0})
    with pytest.raises(InputError, match="overwrite=True"):
        changed.write(url)
    assert sf.read_world(url).mills.equals(toy.mills)
    with connected(Address(url), what="the test") as cursor:
        cursor.execute("CREATE TABLE kept.notes AS SELECT 1 AS n")
    changed.write(url, overwrite=True)
    assert sf.read_world(url).mills.set_index("node_id").intake_t["near"] == 77.0
    assert ask(url, "SELECT n FROM kept.notes").n.tolist() == [1]


def test_what_scrapflow_did_not_write_is_never_replaced(postgis, toy):
    """A table of a world's name that somebody else made is refused, also with overwrite."""
    url = postgis("strange")
    with connected(Address(url), what="the test") as cursor:
        cursor.execute("CREATE SCHEMA strange")
        cursor.execute("CREATE TABLE strange.links AS SELECT 1 AS n")
    for overwrite in (False, True):
        with pytest.raises(InputError, match="did not write: links"):
            toy.write(url, overwrite=overwrite)
    assert ask(url, "SELECT n FROM strange.links").n.tolist() == [1]


def test_all_or_nothing(postgis, toy):
    """A world whose tables contradict one another leaves no schema behind."""
    from dataclasses import replace

    url = postgis("torn")
    links = toy.links.assign(to_node_id="nowhere")
    with pytest.raises(InputError, match="nowhere"):
        replace(toy, tables={**toy.tables, "links": links}).write(url)
    there = ask(url, "SELECT count(*) AS n FROM pg_namespace WHERE nspname = 'torn'")
    assert there.n.item() == 0


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:s3cr%20et@127.0.0.1:1/rail?schema=x",
        "postgresql://ann@127.0.0.1:1/rail?password=s3cr%20et",
        "postgresql://ann:s3cr%20et@/rail?nonsense=s3cr%20et&host=/nowhere",
    ],
)
def test_no_message_holds_the_password(url, toy):
    """Whatever goes wrong, the password is in no message, in no form, nor in what the error came from."""
    for act in (lambda: sf.read_world(url), lambda: toy.write(url)):
        with pytest.raises(InputError) as caught:
            act()
        error = caught.value
        while error is not None:
            assert not any(secret in repr(error) + str(error) for secret in ("s3cr et", "s3cr%20et"))
            error = error.__cause__
        assert caught.value.__suppress_context__


def test_a_short_password_spoils_no_message_of_ours(monkeypatch):
    """Only what others say is masked: a password of one letter does not eat the letters of what to install."""
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    with pytest.raises(sf.MissingExtraError, match=r"pip install 'scrapflow\[postgis\]'"):
        sf.read_world("postgresql://u:p@127.0.0.1:1/rail")
