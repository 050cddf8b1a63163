"""The engine behind queries: one SQL over frames and files, nothing reachable beside them, errors that name the query."""

from __future__ import annotations

import pickle
import threading

import pandas as pd
import pytest

from scrapflow.errors import InputError
from scrapflow.ledger.engine import Engine, calendar

MOVED = pd.DataFrame({"period": ["2015-01", "2015-02"], "tonnage_t": [1.0, 2.0], "geometry": [None, None]})
PERIODS = pd.DataFrame(
    {"period": ["2015-01", "2015-02"], "start": ["2015-01-01", "2015-02-01"], "end": ["2015-01-31", "2015-02-28"]}
)


class OnDisk(dict):
    """Tables of which the movements lie in Parquet files."""

    def __init__(self, tables, files):
        super().__init__(tables)
        self.listed = files

    def files(self, name):
        """Return the files of a table."""
        return self.listed if name == "movements" else []

    def require_same(self):
        """Nobody writes over them."""


def test_frames_are_tables_without_their_shapes_and_periods_have_a_year():
    """Geometry stays outside; a query may name the season of a period, which the table of periods does not hold."""
    engine = Engine({"movements": MOVED, "periods": PERIODS})
    assert engine.frame("SELECT * FROM movements", uses=["movements"]).columns.tolist() == ["period", "tonnage_t"]
    by_season = engine.frame(
        "SELECT season, year, sum(tonnage_t) AS t FROM movements JOIN periods USING (period) GROUP BY ALL",
        uses=["movements", "periods"],
    )
    assert by_season.to_dict("records") == [{"season": "winter", "year": "2015", "t": 3.0}]
    assert by_season["season"].dtype == "str"


def test_the_season_is_that_of_the_month_a_period_starts_in():
    """Every month has its season, of the northern half of the Earth."""
    starts = pd.DataFrame({"start": [f"2015-{month:02d}-07" for month in range(1, 13)]})
    seasons = ["winter"] * 2 + ["spring"] * 3 + ["summer"] * 3 + ["autumn"] * 3 + ["winter"]
    assert calendar(starts)["season"].tolist() == seasons
    assert calendar(starts)["year"].tolist() == ["2015"] * 12
    quarters = [f"2015-Q{quarter}" for quarter in (1, 2, 3, 4) for _ in range(3)]
    assert calendar(starts)["quarter"].tolist() == quarters
    undated = calendar(pd.DataFrame({"start": [""]})).iloc[0]
    assert (undated["year"], undated["quarter"], undated["season"]) == ("", "", "")
    assert "season" not in starts


@pytest.mark.parametrize("folder", ["run", "out [1]", "a*", "what?"])
def test_a_saved_table_is_read_in_place_whatever_its_folder_is_called(tmp_path, folder):
    """Several files are one table, and a name with signs that patterns use is only a name."""
    place = tmp_path / folder
    place.mkdir()
    files = [place / f"movements-{i}.parquet" for i in range(2)]
    for i, file in enumerate(files):
        MOVED[["period", "tonnage_t"]].iloc[[i]].to_parquet(file)
    (tmp_path / "out 1").mkdir(exist_ok=True)
    engine = Engine(OnDisk({"periods": PERIODS}, files))
    rows = engine.frame("SELECT * FROM movements ORDER BY period", uses=["movements"])
    pd.testing.assert_frame_equal(rows, MOVED[["period", "tonnage_t"]])
    assert len(engine.frame("SELECT * FROM periods", uses=["periods"])) == 2


def test_a_query_reaches_no_file_but_the_run_s_and_loosens_nothing(tmp_path):
    """Reading a file beside the run, writing one, loading an extension, changing a setting: DuckDB refuses all of them."""
    import duckdb

    inside, beside = tmp_path / "run", tmp_path / "secret.csv"
    inside.mkdir()
    file = inside / "movements.parquet"
    MOVED[["period", "tonnage_t"]].to_parquet(file)
    beside.write_text("a\n1\n")
    engine = Engine(OnDisk({}, [file]))
    assert len(engine.frame("SELECT * FROM movements", uses=["movements"])) == 2
    for sql in (
        f"SELECT * FROM read_csv('{beside}')",
        f"COPY movements TO '{tmp_path / 'out.csv'}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '9GB'",
    ):
        with pytest.raises((duckdb.Error, InputError)):
            engine.frame(sql, uses=["movements"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run", "secret.csv"]


def test_a_value_that_does_not_fit_its_column_is_an_error_of_the_query():
    """The message is DuckDB's first line; the engine answers the next question."""
    engine = Engine({"movements": MOVED})
    with pytest.raises(InputError, match="the query") as fault:
        engine.frame("SELECT * FROM movements WHERE tonnage_t > ?", ["much"], uses=["movements"])
    assert "\n" not in fault.value.problems["message"].item()
    assert engine.frame("SELECT sum(tonnage_t) AS t FROM movements WHERE period = ?", ["2015-02"], uses=["movements"])[
        "t"
    ].tolist() == [2.0]


def test_tables_that_changed_on_disk_are_refused_before_and_after_the_query():
    """A mapping of files is asked on either side of each query: they may change while they are read."""
    asked = []

    class Guarded(dict):
        def files(self, name):
            return []

        def require_same(self):
            asked.append(len(asked))
            if len(asked) > 2:  # the first query asks before and after
                raise InputError([], what="the run")

    engine = Engine(Guarded(movements=MOVED))
    engine.frame("SELECT 1 AS one", uses=["movements"])
    with pytest.raises(InputError):
        engine.frame("SELECT 1 AS one", uses=["movements"])
    assert asked == [0, 1, 2]


def test_an_engine_travels_to_another_process_and_answers_several_threads():
    """The connection stays behind and is opened anew; questions of several threads are answered one after the other."""
    engine = Engine({"movements": MOVED})
    sql = "SELECT sum(tonnage_t) AS t FROM movements"
    assert engine.frame(sql, uses=["movements"])["t"].tolist() == [3.0]
    again = pickle.loads(pickle.dumps(engine))
    assert again.frame(sql, uses=["movements"])["t"].tolist() == [3.0]
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(again.frame(sql, uses=["movements"])["t"].item()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [3.0] * 4
