"""Worlds, campaigns, saved runs, GeoPackages, Parquet files, files of lines and arguments, changed at random and given to the commands.

Each try is a list of small changes to a sound input and one command over it, in a child of its own. It must end with 0, 1 or 2, without
a traceback and in time; a run that was saved must be read again, with every number known and every tonne balanced. A try
that fails is shrunk: changes are left out as long as it still fails, and what remains is printed.
"""  # fmt: skip

from __future__ import annotations

import functools
import json
import os
import random
import re
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import scrapflow as sf
from attacks import children, stranger, verbs
from attacks.log import Try

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CPU_S = 60
"""Seconds of work after which a command hangs."""
CELLS = (
    "", " ", "0", "-0", "-1", "1", "1e308", "1e-320", "-1e308", "nan", "NaN", "inf", "-inf", "1e999", "1,5", "1_000", "0x10", "٣", "½",
    "99999999999999999999", "true", "None", "null", "near", "far", "works", "town", "yard", "outside", "vale", "enterprise", "mill", "junction",
    "2015-13", "9999-12-31", "0000-00-00", "POINT (0 0)", "POINT EMPTY", "LINESTRING (0 0, nan 1)", "LINESTRING (0 0, 0 0)", "POLYGON ((0 0))", "GEOMETRYCOLLECTION EMPTY",
    "\0", "\ufeff", "\u202e", "\ud7ff", "a" * 5000, "'", '"', "<b>", "=1+1", "../../x", "a\nb", ",", "A1", "F6", "Z9", "reported", "assumed",
    "1|2", "180", "91", "-181", "1e-12", "1e12", "0.1", "0.5", "2",
)  # fmt: skip
TOML = (
    "[]", "{}", "true", "false", "0", "-1", "1e308", "-inf", "nan", "inf", '""', '"x"', "[1]", '["a", 1]', "[[]]", "{a = 1}", "1979-05-27",
    "1979-05-27T07:32:00Z", "07:32:00", "0.5", "99999999999999999999", "9" * 4400, "'''x'''", "[" * 300 + "]" * 300, "1e-320", '"\\u0000"', "-0.0", "2", "12",
    "{value = 1, low = 2, high = 0}", '{value = "x"}', '{value = 1, basis = "reported"}', "{value = 0.5, low = nan, high = 1}", '"9999-12"', '"2015-W53"', '"week"', '"day"', '"year"',
    '"full"', '"myopic"', '"per_worker"', '"fixed"', '"near"', '"vale"', "[{}]", "[inf]", '[""]', "1000000",
)  # fmt: skip
LINES = (
    "[periods]",
    "[[quota]]",
    "[[calendar]]",
    "x = 1",
    "= 1",
    "[a.b.c]",
    "periods = 1",
    "quota = 5",
    "[allocation.shares]",
    '"" = 1',
    "\0",
    "[[periods]]",
    "count = 3",
)
NUMBERS = (float("nan"), float("inf"), -1.0, 0.0, 1e308, -1e308, 1e-320, 5e-324, 1e12, 1e-12, 2.5)
_UNFORESEEN = ("Traceback (most recent", "nobody foresaw")


class Change:
    """One small change to a folder: said in words, and done."""

    def __init__(self, said: str, do: Callable[[Path], None]) -> None:
        self.said, self.do = said, do


@functools.cache
def bases(home: Path) -> dict[str, Path]:
    """Make the sound inputs that are changed: worlds in three formats, one of known tonnes, a table of flows, saved runs."""
    toy = sf.read_world("toy")
    found = {"world": toy.write(home / "base" / "world"), "parquet": toy.write(home / "base" / "pq", format="parquet")}
    (home / "base" / "gpkg").mkdir()
    toy.write(home / "base" / "gpkg" / "w.gpkg")
    found["gpkg"] = home / "base" / "gpkg"
    given = home / "base" / "given"
    toy.write(given)
    (given / "supply.csv").write_text(
        "node_id,period,material,tonnage_t\nworks,2015-01,scrap,5\ntown,2015-01,scrap,2\nworks,2015-02,scrap,1\n"
    )
    (given / "demand.csv").write_text("node_id,period,material,tonnage_t\nnear,2015-01,scrap,4\nfar,2015-02,scrap,3\n")
    found["given"] = given
    flows = home / "base" / "flows"
    flows.mkdir()
    (flows / "flows.csv").write_text("origin,dest,count,time\na,b,5,2015-01\nb,c,2.5,2015-02\na,c,1,2015-02\n")
    (flows / "locations.csv").write_text("id,name,lat,lon\na,A,0,0\nb,B,1,1\nc,C,0.5,2\n")
    found["flows"] = flows
    sf.run(toy).save(home / "base" / "run")
    found["run"] = home / "base" / "run"
    found["stranger"] = stranger.write(home / "base" / "stranger")
    return {name: Path(path) for name, path in found.items()}


def tries(count: int, seed: int, home: Path, *, only: str = "") -> Iterator[Try]:
    """Return that many random tries."""
    kinds = [
        k
        for k in ("world", "campaign", "run", "gpkg", "parquet", "given", "flows", "arguments", "stranger", "verbs")
        if only in k
    ]
    share = {
        "world": 5,
        "campaign": 5,
        "run": 4,
        "gpkg": 2,
        "parquet": 2,
        "given": 2,
        "flows": 2,
        "arguments": 4,
        "stranger": 4,
        "verbs": 4,
    }
    turn = [k for k in kinds for _ in range(share[k])]
    for number in range(count):
        kind = turn[number % len(turn)]
        yield Try(
            f"{kind} seed {seed} number {number}", kind, functools.partial(_try, kind, seed * 1_000_003 + number, home)
        )


def _try(kind: str, seed: int, home: Path) -> str:
    rng = random.Random(seed)
    if kind == "verbs":
        ended = children.run(lambda: print(verbs.attack(seed)), home / "log", cpu_s=CPU_S)
        return "hangs" if ended.late else ended.text.strip() or ("" if ended.code == 0 else f"ends with {ended.code}")
    base = bases(home)[{"campaign": "world", "arguments": rng.choice(["world", "run"])}.get(kind, kind)]
    if kind == "stranger":
        base /= rng.choice(sorted(stranger.COMMANDS))
    changes = [] if kind == "arguments" else _changes(kind, base, rng)
    command = stranger.command(base.name, rng) if kind == "stranger" else _command(kind, rng)
    wrong = _outcome(base, changes, command, home)
    if not wrong:
        return ""
    smaller = True
    while smaller:
        smaller = False
        for i in range(len(changes)):
            fewer = changes[:i] + changes[i + 1 :]
            if still := _outcome(base, fewer, command, home):
                changes, wrong, smaller = fewer, still, True
                break
    return f"{' '.join(map(repr, command))} after {[c.said for c in changes]}: {wrong}"


def _outcome(base: Path, changes: list[Change], command: list[str], home: Path) -> str:
    """Change a copy of an input, run a command over it in a child, and return what is wrong with the end of it."""
    place = Path(tempfile.mkdtemp(dir=home))
    try:
        shutil.copytree(base, place / "in")
        # A pipe is made last: whoever opened it to change it would wait for ever.
        for change in sorted(changes, key=lambda c: " noread " in c.said):
            try:
                change.do(place / "in")
            except (OSError, ValueError, KeyError, IndexError, sqlite3.Error, TypeError, OverflowError):
                continue  # an earlier change took away what this one is about
        ended = children.run(lambda: _run(place, command), place / "log", cpu_s=CPU_S)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    if ended.late:
        return f"hangs: {ended.text[-300:]}"
    if ended.code not in (0, 1, 2) or any(word in ended.text for word in _UNFORESEEN):
        return f"ends with {ended.code}: {ended.text[-1500:]}"
    return ""


def _run(place: Path, command: list[str]) -> int:
    """Type a command into the command line, then look at the run that it saved."""
    from scrapflow import cli, terminal

    os.chdir(place)
    sys.argv = ["scrapflow", *command]
    plain = terminal.unforeseen
    terminal_of = sys.modules["scrapflow.cli"]
    terminal_of.unforeseen = lambda fault: (
        __import__("traceback").print_exception(fault),
        f"nobody foresaw {fault!r:.200}",
    )[1]
    code = 0
    try:
        cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1 if end.code else 0
    finally:
        terminal_of.unforeseen = plain
    if code == 0 and (place / "out" / "manifest.json").exists():
        _look_at(place / "out")
    if code == 0 and command[0] == "new" and len(sf.read_world(place / "made").supply):
        sf.run(sf.read_world(place / "made")).save(place / "out")
        _look_at(place / "out")
    return code


def _look_at(folder: Path) -> None:
    run = sf.read_run(folder)
    run.check()
    for name in ("movements", "stocks", "quotas", "link_loads", "unserved"):
        for column, values in run.tables[name].items():
            numbers = values.to_numpy(dtype=float, na_value=np.nan) if values.dtype.kind == "f" else np.zeros(1)
            if column not in ("capacity_t", "shadow_price") and not np.isfinite(numbers).all():
                print(f"Traceback (most recent: {name}.{column} holds numbers that are none")
    if not np.isfinite(run.totals()).all():
        print(f"Traceback (most recent: totals {run.totals().to_dict()}")


def _changes(kind: str, base: Path, rng: random.Random) -> list[Change]:
    count = 1 + min(int(rng.expovariate(0.8)), 6)
    makers = {
        "world": (_cell, _cell, _cell, _row, _column, _bytes, _file), "given": (_cell, _cell, _row, _column), "flows": (_cell, _cell, _row, _column, _bytes), "stranger": (_token, _token, _token, _tree, _bytes, _file),
        "campaign": (_value, _value, _value, _line, _bytes), "run": (_stored, _stored, _manifest, _manifest, _bytes, _file),
        "gpkg": (_sql, _sql, _bytes), "parquet": (_stored, _stored, _bytes, _file),
    }[kind]  # fmt: skip
    return [change for change in (rng.choice(makers)(kind, base, rng) for _ in range(count)) if change]


def _pick(base: Path, rng: random.Random, *endings: str) -> Path:
    files = sorted(f.relative_to(base) for f in base.rglob("*") if f.is_file() and (not endings or f.suffix in endings))
    return rng.choice(files)


def _lines_of(path: Path) -> list[list[str]]:
    import csv
    import io

    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def _write_lines(path: Path, rows: list[list[str]]) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="", errors="surrogatepass") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _cell(kind: str, base: Path, rng: random.Random) -> Change:
    file, value = _pick(base, rng, ".csv"), rng.choice(CELLS)
    rows = _lines_of(base / file)
    row, column = rng.randrange(1, max(2, len(rows))), rng.randrange(len(rows[0]))

    def do(place: Path) -> None:
        now = _lines_of(place / file)
        now[row][column] = value
        _write_lines(place / file, now)

    return Change(f"{file} row {row} {rows[0][column]}={value[:40]!r}", do)


def _row(kind: str, base: Path, rng: random.Random) -> Change:
    file, deed = _pick(base, rng, ".csv"), rng.choice(["drop", "double", "short", "long", "shuffle", "all"])
    row = rng.randrange(0, len(_lines_of(base / file)))

    def do(place: Path) -> None:
        now = _lines_of(place / file)
        if deed == "drop":
            del now[row]
        elif deed == "double":
            now.insert(row, list(now[row]))
        elif deed == "short":
            now[row] = now[row][:1]
        elif deed == "long":
            now[row] = now[row] + ["x"] * 3
        elif deed == "all":
            del now[1:]
        else:
            now[1:] = now[:0:-1]
        _write_lines(place / file, now)

    return Change(f"{file} row {row} {deed}", do)


def _column(kind: str, base: Path, rng: random.Random) -> Change:
    file, deed = _pick(base, rng, ".csv"), rng.choice(["drop", "double", "rename", "same"])
    value = rng.choice(CELLS)
    header = _lines_of(base / file)[0]
    column = rng.randrange(len(header))

    def do(place: Path) -> None:
        now = _lines_of(place / file)
        for i, row in enumerate(now):
            if deed == "drop":
                del row[column]
            elif deed == "double":
                row.append(row[column])
            elif (deed == "rename" and i == 0) or (deed == "same" and i):
                row[column] = value
        _write_lines(place / file, now)

    return Change(f"{file} column {header[column]} {deed} {value[:40]!r}", do)


def _bytes(kind: str, base: Path, rng: random.Random) -> Change:
    file = _pick(base, rng, *((".toml",) if kind == "campaign" else ()))
    deed, where, junk = (
        rng.choice(["flip", "cut", "junk", "empty", "utf16", "latin"]),
        rng.random(),
        rng.randbytes(rng.choice([1, 8, 200])),
    )

    def do(place: Path) -> None:
        data = bytearray((place / file).read_bytes())
        at = int(where * len(data))
        if deed == "flip":
            data[at] ^= 1 << (junk[0] % 8)
        elif deed == "cut":
            del data[at:]
        elif deed == "junk":
            data[at:at] = junk
        elif deed == "empty":
            data = bytearray()
        else:
            text = data.decode("utf-8", errors="replace") + "é"
            data = bytearray(text.encode("utf-16" if deed == "utf16" else "latin-1", errors="replace"))
        (place / file).write_bytes(data)
        if kind == "run" and where < 0.5:
            _seal(place)

    return Change(f"{file} {deed} at {where:.3f} {junk[:8]!r}", do)


def _file(kind: str, base: Path, rng: random.Random) -> Change:
    file, deed = _pick(base, rng), rng.choice(["gone", "folder", "loop", "other", "noread"])
    other = _pick(base, rng)

    def do(place: Path) -> None:
        target = place / file
        if deed == "other":
            target.write_bytes((place / other).read_bytes())
            return
        target.unlink()
        if deed == "folder":
            target.mkdir()
        elif deed == "loop":
            target.symlink_to(target.name)
        elif deed == "noread":
            os.mkfifo(target)

    return Change(f"{file} {deed} {other}", do)


def _token(kind: str, base: Path, rng: random.Random) -> Change:
    file, where, value = _pick(base, rng, ".csv", ".geojson", ".tntp", ".osm", ".txt"), rng.random(), rng.choice(CELLS)
    deed = rng.choice(["word", "word", "word", "lose", "double", "negate", "line"])
    return Change(
        f"{file} {deed} at {where:.4f} {value[:40]!r}",
        lambda place: stranger.change_token(place / file, where, value, deed),
    )


def _tree(kind: str, base: Path, rng: random.Random) -> Change | None:
    seed = rng.randrange(10**9)
    if not (base / "lines.geojson").exists():
        return None
    return Change(
        f"lines.geojson branch {seed}", lambda place: stranger.change_tree(place / "lines.geojson", random.Random(seed))
    )


def _value(kind: str, base: Path, rng: random.Random) -> Change | None:
    file = _pick(base, rng, ".toml")
    lines = (base / file).read_text(encoding="utf-8").splitlines()
    keyed = [i for i, line in enumerate(lines) if re.match(r"\s*[\w.\"-]+\s*=", line)]
    at, value, deep = rng.choice(keyed), rng.choice(TOML), rng.random() < 0.4

    def do(place: Path) -> None:
        now = (place / file).read_text(encoding="utf-8").splitlines()
        key, _, rest = now[at].partition("=")
        inner = (
            re.sub(r"(\b\w+\s*=\s*)([^,}]+)", lambda m: m[1] + value, rest, count=1) if deep and "{" in rest else value
        )
        now[at] = f"{key}= {inner}"
        (place / file).write_text("\n".join(now) + "\n", encoding="utf-8")

    return Change(f"{file}: {lines[at][:30]} -> {value[:40]}", do)


def _line(kind: str, base: Path, rng: random.Random) -> Change:
    file, text = _pick(base, rng, ".toml"), rng.choice(LINES)
    deed, where = rng.choice(["insert", "drop", "double"]), rng.random()

    def do(place: Path) -> None:
        now = (place / file).read_text(encoding="utf-8").splitlines()
        at = int(where * len(now))
        if deed == "insert":
            now.insert(at, text)
        elif deed == "drop":
            del now[at]
        else:
            now.insert(at, now[at])
        (place / file).write_text("\n".join(now) + "\n", encoding="utf-8")

    return Change(f"{file} {deed} at {where:.3f} {text}", do)


def _stored(kind: str, base: Path, rng: random.Random) -> Change:
    file = _pick(base, rng, ".parquet")
    deed = rng.choice(["number", "number", "text", "drop", "double row", "no rows", "cast", "rename", "all", "index"])
    at, number, text, pick = rng.random(), rng.choice(NUMBERS), rng.choice(CELLS), rng.random()

    def do(place: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pq.ParquetFile(place / file).read()
        meta = table.schema.metadata
        frame = table.to_pandas(ignore_metadata=True)
        row = int(at * len(frame))
        floats = [c for c in frame if frame[c].dtype.kind == "f"]
        column = frame.columns[int(pick * len(frame.columns))]
        if deed in ("number", "all") and floats:
            column = floats[int(pick * len(floats))]
            frame.loc[row if deed == "number" else slice(None), column] = number
        elif deed == "text":
            frame = frame.astype({column: object})
            frame.loc[row, column] = text
        elif deed == "drop":
            frame = frame.drop(columns=column)
        elif deed == "double row":
            frame = pd.concat([frame, frame.iloc[[row]]], ignore_index=True)
        elif deed == "no rows":
            frame = frame.iloc[:0]
        elif deed == "cast":
            frame = frame.assign(**{column: [str(v) for v in frame[column]] if column in floats else range(len(frame))})
        elif deed == "rename":
            frame = frame.rename(columns={column: text[:50]})
        made = pa.Table.from_pandas(frame, preserve_index=deed == "index")
        keep = {k: v for k, v in (meta or {}).items() if k == b"geo"}
        pq.write_table(made.replace_schema_metadata({**(made.schema.metadata or {}), **keep}), place / file)
        if kind == "run":
            _seal(place)

    return Change(f"{file} {deed} at {at:.3f} column {pick:.3f} {number} {text[:30]!r}", do)


def _seal(place: Path) -> None:
    """Hash the files of a changed run again and seal its manifest, as somebody does who means it."""
    from scrapflow.ledger.manifest import write_manifest
    from scrapflow.ledger.store import _hashes

    told = json.loads((place / "manifest.json").read_text())
    write_manifest(place, {**{k: v for k, v in told.items() if k not in ("seal", "format")}, "files": _hashes(place)})


def _manifest(kind: str, base: Path, rng: random.Random) -> Change:
    told = json.loads((base / "manifest.json").read_text())
    key, again = rng.choice([*sorted(told), "new"]), rng.random() < 0.7
    value: Any = rng.choice(
        [
            None,
            True,
            0,
            -1,
            1e300,
            "",
            "x",
            "\ud800",
            [],
            {},
            [1],
            {"a": 1},
            {"../../x": 1},
            {"movements": "x"},
            [[[]]],
            "2015",
            "<b>",
            {"": ""},
            10**30,
            float("nan"),
        ]
    )
    deed = rng.choice(["set", "set", "drop", "deep"])

    def do(place: Path) -> None:
        now = json.loads((place / "manifest.json").read_text())
        if deed == "drop":
            now.pop(key, None)
        elif deed == "deep" and isinstance(now.get(key), dict) and now[key]:
            now[key][min(now[key])] = value
        else:
            now[key] = value
        (place / "manifest.json").write_text(json.dumps(now))
        if again:
            _seal(place)

    return Change(f"manifest {key} {deed} {value!r:.40} sealed={again}", do)


def _sql(kind: str, base: Path, rng: random.Random) -> Change:
    with sqlite3.connect(base / "w.gpkg") as file:
        tables = [
            r[0]
            for r in file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not r[0].startswith(("sqlite", "rtree"))
        ]
        table = rng.choice(tables)
        columns = [r[1] for r in file.execute(f'PRAGMA table_info("{table}")')]
    column, value = rng.choice(columns), rng.choice([*CELLS, *NUMBERS, None, b"\0\1\2", b"GP\0\1"])
    some = rng.random() < 0.5
    deed = rng.choice(["set", "set", "set", "drop", "rows", "lose", "add", "view"])

    def do(place: Path) -> None:
        file = sqlite3.connect(place / "w.gpkg")
        try:
            for (trigger,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                file.execute(f'DROP TRIGGER "{trigger}"')
            rows = " WHERE rowid = 1" if some else ""
            if deed == "set":
                file.execute(f'UPDATE "{table}" SET "{column}" = ?{rows}', (value,))
            elif deed == "drop":
                file.execute(f'DROP TABLE "{table}"')
            elif deed == "rows":
                file.execute(f'DELETE FROM "{table}"{rows}')
            elif deed == "lose":
                file.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
            elif deed == "add":
                file.execute(f'ALTER TABLE "{table}" ADD COLUMN "x""y" BLOB')
            else:
                file.execute(f'DROP TABLE "{table}"')
                file.execute(f'CREATE VIEW "{table}" AS SELECT 1 AS node_id, 2 AS x')
            file.commit()
        finally:
            file.close()

    return Change(f"{table}.{column} {deed} {value!r:.40} one={some}", do)


_WORDS = ("near", "Far Mill", "works", "vale", "kind", "material", "region", "period", "2015-01", "nowhere", "", " ", "\udcff", "a" * 3000, "-1", "nan", "=x", "../x", "*", "scrap", "machinery", "%s", "{}", "carted", "\n", "--", "0", "1e999", "origin,destination", ",,", "tonnage_t", "rail_near", "inspection.teams=4", "inspection.teams=[]", "x=1", "periods.count=0", "periods.count=inf", "rail_near=5", "near=nan", "delivered_t")  # fmt: skip
_VALUES = (*_WORDS, "in", "out", "in/manifest.json", "/dev/null/x", "toy", "2015", "2012", "x.html", "x.svg", "x.png", "in/nodes.csv", "x.docx", "flowmap", "gpkg", "geojson", "postgis", "postgresql://[", "postgresql://127.0.0.1:9/x", "table", "csv", "json", "markdown", "sampled")  # fmt: skip


def _command(kind: str, rng: random.Random) -> list[str]:
    """Return a command that reads the input ``in``; for the kind ``arguments`` its arguments are random."""
    if kind == "run":
        return rng.choice(
            [
                ["flows", "in"], ["flows", "in", "--by", "kind,origin_region,material"], ["trace", "in", "--to", "near"], ["trace", "in", "--from", "works", "--by", "material"],
                ["map", "in", "-o", "m.html"], ["export", "in", "geojson", "-o", "g.json"], ["export", "in", "kepler", "-o", "k.csv"], ["export", "in", "flowmap", "-o", "f"],
                ["export", "in", "gmns", "-o", "f"], ["export", "in", "gpkg", "-o", "f.gpkg"], ["verify", "in", "--world", "toy"], ["compare", "in", "in"], ["whatif", "in", "--close", "rail_far", "-o", "out"],
                ["flows", "in", "--through", "yard", "--top", "3"], ["map", "in", "-o", "m.svg"],
            ]
        )  # fmt: skip
    where = "in/w.gpkg" if kind == "gpkg" else "in"
    if kind == "flows":
        return rng.choice([["run", where, "-o", "out"], ["run", "in/flows.csv", "--places", "in/locations.csv", "-o", "out", "--map", "count=tonnage_t"], ["map", where, "-o", "m.html"], ["new", "made", "--links", "in/flows.csv", "--places", "in/locations.csv"]])  # fmt: skip
    if kind != "arguments":
        return rng.choice(
            [["check", where], ["run", where, "-o", "out"], ["run", where, "-o", "out"], ["run", where, "-o", "out"], ["run", where, "-o", "out", "--mode", "sampled"], ["map", where, "-o", "m.html"], ["check", where, "-f", "json"]]
        )  # fmt: skip
    name, options = rng.choice(sorted(_options().items()))
    words = [name] + [rng.choice(_VALUES) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))]
    if len(words) == 1 or rng.random() < 0.8:
        words[1:2] = ["in"]  # without a world the largest one is run, which takes its time
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        option, flag = rng.choice(options)
        words += [option] if flag else [option, rng.choice(_VALUES)]
    if name in ("condition", "next", "sensitivity"):
        words += ["--members", "3"] if name != "sensitivity" else ["--top", "1"]
    return words


@functools.cache
def _options() -> dict[str, list[tuple[str, bool]]]:
    """Return the options of every command, and whether each is a flag, from the command line itself."""
    import typer

    from scrapflow.cli import app

    group = typer.main.get_command(app)
    return {
        name: [(p.opts[0], bool(getattr(p, "is_flag", False))) for p in command.params if p.opts and p.opts[0].startswith("-") and p.opts[0] != "--members"]
        or [("--help", True)]
        for name, command in group.commands.items()
        if name != "explore"  # which serves a page until it is told to stop
    }  # fmt: skip
