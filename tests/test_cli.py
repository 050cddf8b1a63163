"""The command line: what it prints, where, with which exit code; and that its help costs little."""

from __future__ import annotations

import gc
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

import scrapflow as sf
from scrapflow.__main__ import main
from scrapflow.cli import app

if TYPE_CHECKING:
    from scrapflow.runs import Run
    from scrapflow.world.world import World

COMMANDS = (
    "map",
    "run",
    "explore",
    "check",
    "new",
    "flows",
    "trace",
    "compare",
    "whatif",
    "sensitivity",
    "observe",
    "condition",
    "next",
    "export",
    "verify",
)
ESCAPE = "\x1b"
HEAVY = ("pandas", "numpy", "geopandas", "folium", "rich", "pydantic", "scipy")


def call(*arguments: object) -> tuple[int, str, str]:
    """Run a command in this process; return exit code, stdout and stderr."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def shell(line: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a person would type it, with the command of this environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, "PATH": path, **env}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=cwd, env=variables, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory, toy: World, toy_run: Run) -> Path:
    """A folder as the examples in the help texts expect it."""
    folder = tmp_path_factory.mktemp("saved")
    toy_run.save(folder / "out" / "toy-2015")
    sf.run(toy, sf.read_campaign(toy, "2015").update({"inspection.teams": 4})).save(folder / "out" / "four-teams")
    toy.write(folder / "my-world")
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 0], [2, 0]]}
    feature = {"type": "Feature", "properties": {}, "geometry": line}
    (folder / "rails.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (folder / "stations.csv").write_text("name,lon,lat,kind\nUp,0,0,station\nDown,2,0,station\nWorks,2,0.01,mill\n")
    (folder / "seen.csv").write_text("metric,value,low,high,source_id\ncarted_t,60,50,70,drawn\n")
    (folder / "tonnes.csv").write_text("node_id,period,material,tonnage_t\nUp,2019-01,iron,10\n")
    (folder / "flows.csv").write_text("from,to,tonnes\na,b,5\nb,c,3\n")
    (folder / "places.csv").write_text("id,name,lat,lon\na,Alpha,50,8\nb,Bravo,51,9\nc,Charlie,52,10\n")
    (folder / "gmns").mkdir()
    (folder / "gmns" / "node.csv").write_text(
        "node_id,name,x_coord,y_coord\n1,Up,230000,900000\n2,Down,231000,900000\n"
    )
    (folder / "gmns" / "link.csv").write_text("link_id,from_node_id,to_node_id,directed\n1,1,2,0\n")
    return folder


def examples(command: str) -> list[str]:
    """Return the example lines of a command's help."""
    _, out, _ = call(command, "--help") if command else call("--help")
    return re.findall(r"^\s+(scrapflow .+)$", out.partition("Example:")[2], re.MULTILINE)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_help_has_examples_and_they_work(command: str, saved: Path) -> None:
    """Each help text ends with an example, and the line can be typed as it stands."""
    lines = examples(command)
    assert lines
    for line in lines:
        if (
            command == "explore"
        ):  # serves until it is ended: tests/commands/test_explore_map.py opens, drives and ends it
            continue
        done = shell(line, saved)
        assert (done.returncode, done.stdout[-300:] if done.returncode else "", done.stderr) == (0, "", done.stderr)
        assert "Traceback" not in done.stderr


def test_all_commands_are_listed() -> None:
    """The help of the command names every command there is, and the test knows each of them."""
    _, out, _ = call("--help")
    assert tuple(re.findall(r"^  ([a-z]+)  ", out.partition("Commands:")[2], re.MULTILINE)) == COMMANDS


def test_a_command_that_is_none_is_answered_with_those_there_are_or_with_what_was_meant() -> None:
    """``worlds`` is near nothing, so all are named; ``mpa`` is nearly ``map``."""
    code, _, told = call("worlds")
    assert (code, f"No such command 'worlds'; there are {', '.join(COMMANDS)}." in told) == (2, True)
    assert "Did you mean 'map'" in call("mpa")[2]


def test_help_loads_no_heavy_library() -> None:
    """Asking for help costs no more than typer itself: nothing heavy is imported for it."""
    code = (
        "import sys\nfrom scrapflow.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_map_writes_one_file_and_tells_its_totals(tmp_path: Path, toy_run: Run) -> None:
    """The map command prints where the file is, each total under its own name, and what is assumed and unnamed."""
    code, out, err = call("map", "toy", "-o", tmp_path / "new" / "toy.html")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith(str(tmp_path / "new" / "toy.html"))
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["toy.html"]
    told = {m[1]: float(m[2].replace(",", "")) for m in re.finditer(r"^  ( *\S.*?)  +([\d,.]+)$", out, re.MULTILINE)}
    totals = toy_run.totals()
    names = {"credited": "credited_t", "carted to yards": "carted_t", "carried back": "returned_t"}
    names |= {"shipped by rail": "shipped_t", "not served": "unserved_t"}
    assert {n: told[n] for n in names} == pytest.approx({n: totals[t] for n, t in names.items()}, abs=0.5)
    received = sum(t for n, t in told.items() if n.strip().startswith("received by"))
    assert received == pytest.approx(totals["delivered_t"], abs=2)
    assert re.search(r"known by name: \d+% of the workers, \d+% of", out)
    assert f"not reported: {len(toy_run.assumptions())}" in out


def test_a_map_is_the_one_that_python_writes(tmp_path: Path, toy_run: Run) -> None:
    """The command keeps text in another way while it works; the bytes are Python's, and nothing of it stays behind."""
    assert call("map", "toy", "-o", tmp_path / "command.html")[0] == 0
    sf.save_map(sf.map_flows(toy_run), tmp_path / "python.html")
    assert (tmp_path / "command.html").read_bytes() == (tmp_path / "python.html").read_bytes()
    assert pd.get_option("mode.string_storage") != "python"
    assert sf.read_world("toy").nodes["kind"].dtype == toy_run.nodes["kind"].dtype


def test_a_command_has_its_memory_cleared_as_any_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Garbage is not looked for while the command is loaded, and is again before it begins."""
    began: list[bool] = []
    monkeypatch.setattr("scrapflow.cli.main", lambda: began.append(gc.isenabled()))
    main()
    gc.unfreeze()
    assert began == [True]


def test_a_map_of_many_members_tells_ranges(tmp_path: Path) -> None:
    """With ``--members`` the totals are told in two figures with their range; a saved run or a drawn outcome is refused."""
    code, out, err = call("map", "toy", "--members", "5", "--seed", "1", "-o", tmp_path / "toy.html")
    assert (code, err) == (0, "")
    assert re.search(r"carted to yards +[\d.,]+ \([\d.,]+ to [\d.,]+\)", out)
    assert call("map", "toy", "--members", "5", "--mode", "sampled", "-o", tmp_path / "x.html")[0] == 2
    assert [f.name for f in tmp_path.iterdir()] == ["toy.html"]


def test_run_saves_what_python_reads(tmp_path: Path, toy_run: Run) -> None:
    """The run command writes a folder that read_run takes, equal to the run made in Python."""
    code, out, _ = call("run", "toy", "--campaign", "2015", "-o", tmp_path / "r")
    assert code == 0
    assert out.splitlines()[0] == str(tmp_path / "r")
    pd.testing.assert_frame_equal(sf.read_run(tmp_path / "r").movements, toy_run.movements)


def test_settings_are_changed_from_the_command_line(tmp_path: Path, toy: World) -> None:
    """``--set`` is Campaign.update: the run differs as it does in Python."""
    code, _, _ = call(
        "run", "toy", "--set", "show.share=0.5", "--set", "inspection.patrol=uniform", "-o", tmp_path / "r"
    )
    assert code == 0
    want = sf.run(toy, sf.read_campaign(toy, "2015").update({"show.share": 0.5}))
    assert sf.read_run(tmp_path / "r").totals().returned_t == pytest.approx(want.totals().returned_t)


def test_fail_unserved_turns_the_exit_code(tmp_path: Path) -> None:
    """A run that could not serve all ends with 0 and names why; with the option it ends with 1, all written."""
    narrow = ("run", "toy", "--set", "yards.receipt_limit_t=1")
    code, out, _ = call(*narrow, "-o", tmp_path / "a")
    assert code == 0
    assert re.search(r"yard full +[1-9]", out)
    assert call(*narrow, "-o", tmp_path / "b", "--fail-unserved")[0] == 1
    assert sf.read_run(tmp_path / "b").totals().unserved_t > 0
    assert call("run", "toy", "-o", tmp_path / "c", "--fail-unserved")[0] == 0


def test_fail_unserved_asks_for_what_is_left_at_the_end(tmp_path: Path) -> None:
    """A backlog is a level: what could not be carted in one month and was in a later one was served."""
    narrow = ("run", "toy", "--set", "periods.count=12", "--set", "yards.receipt_limit_t=20")
    assert call(*narrow, "-o", tmp_path / "a", "--fail-unserved")[0] == 0
    run = sf.read_run(tmp_path / "a")
    assert run.unserved.tonnage_t.max() > 1
    assert run.totals().unserved_t == pytest.approx(0.0, abs=1e-9)


@pytest.fixture
def broken(tmp_path: Path, toy: World) -> Path:
    """A copy of the toy with two faults in two tables."""
    folder = tmp_path / "broken"
    toy.write(folder)
    links = pd.read_csv(folder / "links.csv", dtype=str, keep_default_na=False)
    links.loc[0, "to_node_id"] = "nowhere"
    links.to_csv(folder / "links.csv", index=False)
    firms = pd.read_csv(folder / "enterprises.csv", dtype=str, keep_default_na=False)
    firms.loc[0, "workers"] = "-5"
    firms.to_csv(folder / "enterprises.csv", index=False)
    return folder


@pytest.mark.parametrize("command", ["map", "run"])
def test_bad_input_is_one_report_and_nothing_is_written(command: str, broken: Path, tmp_path: Path) -> None:
    """A broken world ends with 2, names every fault on stderr, and leaves no file."""
    code, out, err = call(command, broken, "-o", tmp_path / "out.html")
    assert (code, out) == (2, "")
    assert "nowhere" in err
    assert "-5" in err
    assert not (tmp_path / "out.html").exists()


def test_what_a_report_leaves_out_is_in_no_attribute(broken: Path) -> None:
    """A message of Python says that more stands in `.problems`, which a shell does not have."""
    nodes = pd.read_csv(broken / "nodes.csv", dtype=str, keep_default_na=False)
    nodes.assign(x_coord="east").to_csv(broken / "nodes.csv", index=False)
    _, _, err = call("run", broken)
    assert " more\n" in err
    assert ".problems" not in err


def test_check_lists_findings_and_ends_with_two(broken: Path) -> None:
    """Check prints the faults as rows on stdout, the count on stderr, and exits with 2; a good world with 0."""
    code, out, err = call("check", broken, "--format", "csv")
    rows = pd.read_csv(io.StringIO(out))
    assert code == 2
    assert list(rows.columns) == ["table", "row", "column", "severity", "message"]
    assert {"links", "enterprises"} <= set(rows.loc[rows.severity == "error", "table"])
    assert f"{(rows.severity == 'error').sum()} errors" in err
    assert call("check", "toy")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("map", "no-such-world", "-o", "x.html"),
        ("map", "toy", "--campaign", "1950", "-o", "x.html"),
        ("run", "toy", "--set", "inspection.nonsense=4", "-o", "x"),
        ("run", "toy", "--set", "inspection.teams=-4", "-o", "x"),
        ("run", "toy", "--set", "inspection.teams", "-o", "x"),
        ("run", "toy", "--mode", "guessed", "-o", "x"),
        ("flows", "no-such-folder"),
        ("flows", "out/toy-2015", "--to", "Atlantis"),
        ("flows", "out/toy-2015", "--by", "colour"),
        ("trace", "out/toy-2015", "--to", "Atlantis"),
        ("compare", "out/toy-2015", "1950", "--world", "toy"),
        ("whatif", "out/toy-2015", "--close", "no-such-link"),
        ("whatif", "out/toy-2015", "--mill", "near=-1"),
        ("sensitivity", "toy", "--total", "joy"),
        ("export", "out/toy-2015", "papyrus", "-o", "x"),
        ("nonsense",),
    ],
    ids=" ".join,
)
def test_what_cannot_be_used_is_two_and_no_traceback(
    arguments: tuple[str, ...], saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every kind of bad input ends with 2 and a sentence on stderr, nothing on stdout, and nothing written."""
    monkeypatch.chdir(saved)
    before = sorted(saved.iterdir())
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert len(err.strip()) > 10
    assert "Traceback" not in err
    assert sorted(saved.iterdir()) == before


def test_flows_prints_what_python_gives(saved: Path, toy_run: Run) -> None:
    """CSV and JSON of a query hold the rows of the same query in Python."""
    want = toy_run.flows.to("near").of("machinery").by("period", "material")
    arguments = ("flows", saved / "out" / "toy-2015", "--to", "near", "--of", "machinery", "--by", "period,material")
    _, out, _ = call(*arguments, "--format", "csv")
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(out)), want, check_dtype=False)
    _, out, _ = call(*arguments, "--format", "json")
    pd.testing.assert_frame_equal(pd.DataFrame(json.loads(out)), want, check_dtype=False)
    _, out, _ = call(*arguments, "--top", "1", "--format", "csv")
    assert len(out.splitlines()) == 2


def test_a_table_can_be_pasted_into_a_page(saved: Path) -> None:
    """Markdown has one row a row, numbers to the right, and every row as many cells as the head."""
    _, out, _ = call("flows", saved / "out" / "toy-2015", "--to", "far", "--by", "material", "--format", "markdown")
    lines = out.splitlines()
    assert lines[:2] == ["| material | tonnage_t |", "| --- | --: |"]
    assert {line.count("|") for line in lines} == {3}


def test_trace_goes_forward_too_and_wants_one_end(saved: Path) -> None:
    """From a place, the shares of where its steel went add up; neither or both ends is bad input."""
    run_dir = saved / "out" / "toy-2015"
    _, out, _ = call("trace", run_dir, "--from", "works", "--by", "destination", "-f", "csv")
    rows = pd.read_csv(io.StringIO(out))
    assert set(rows.destination) == {"near", "far"}
    assert rows.share.sum() == pytest.approx(1)
    for ends in ((), ("--to", "near", "--from", "works")):
        code, _, err = call("trace", run_dir, *ends)
        assert code == 2
        assert "either --to or --from" in err


def test_trace_shares_add_up(saved: Path) -> None:
    """The trace command prints origins whose shares sum to one."""
    _, out, _ = call("trace", saved / "out" / "toy-2015", "--to", "near", "--by", "material,region", "-f", "csv")
    assert pd.read_csv(io.StringIO(out)).share.sum() == pytest.approx(1)


def test_compare_takes_folders_and_campaigns(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either side can be a run folder or a campaign; a run beside itself differs nowhere."""
    monkeypatch.chdir(saved)
    code, out, _ = call("compare", "out/toy-2015", "2015", "--world", "toy", "-f", "csv")
    rows = pd.read_csv(io.StringIO(out))
    assert code == 0
    delta = next(c for c in rows.columns if c.endswith("delta"))
    assert rows[delta].abs().max() < 1e-9


def test_whatif_closes_a_link(saved: Path, tmp_path: Path) -> None:
    """With its only line closed a mill gets nothing; the new run can be kept and asked."""
    arguments = ("whatif", saved / "out" / "toy-2015", "--close", "rail_far", "-f", "csv", "-o", tmp_path / "shut")
    code, out, _ = call(*arguments)
    rows = pd.read_csv(io.StringIO(out)).set_index("total")
    assert code == 0
    assert rows.loc["carted_t", "tonnage_t_delta"] == 0
    assert rows.loc["delivered_t", "tonnage_t_delta"] < 0
    assert sf.read_run(tmp_path / "shut").flows.to("Far Mill").total_t == 0


def test_sensitivity_ranks(toy: World) -> None:
    """The command prints the first rows of what Python ranks."""
    _, out, _ = call("sensitivity", "toy", "--top", "3", "-f", "csv")
    want = sf.sensitivity(toy, processes=1).head(3)
    assert pd.read_csv(io.StringIO(out)).input.tolist() == want.input.tolist()


def test_output_fits_pipes(saved: Path) -> None:
    """Into a pipe there are no colours, no bar and no complaint when the reader stops; local names survive LANG=C."""
    plain = {"LANG": "C", "LC_ALL": "C"}
    done = shell("scrapflow flows out/toy-2015 --by period,kind,material,origin | head -n 1", saved, **plain)
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1
    done = shell("scrapflow map toy -o t.html | cat", saved, FORCE_COLOR="1", **plain)
    assert (done.returncode, done.stderr) == (0, "")
    assert ESCAPE not in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_progress_is_for_terminals_only(tmp_path: Path) -> None:
    """With stderr on a terminal a bar is drawn there, and stdout stays plain."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scrapflow", "map", "toy", "-o", str(tmp_path / "t.html")]
    env = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True, env=env) as process:
        os.close(theirs)
        drawn = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux says so when the other side is closed
                break
            if not piece:
                break
            drawn += piece
        out = process.stdout.read()
    os.close(ours)
    assert process.returncode == 0
    assert b"read the world" in drawn
    assert b"\x1b" in drawn
    assert ESCAPE not in out


def test_an_answer_without_rows_is_told_in_words(toy: World, tmp_path: Path) -> None:
    """Nothing noted, nothing moved: a line on stderr says so; a program gets the header alone."""
    world = tmp_path / "world"
    toy.write(world)
    code, out, err = call("observe", world, "list")
    assert (code, out) == (0, "")
    assert "nothing is noted in" in err
    assert "'scrapflow observe" in err
    call("run", "toy", "-o", tmp_path / "run")
    asked = ("flows", tmp_path / "run", "--kind", "looted", "--of", "scrap", "--during", "2015-02")
    assert call(*asked) == (0, "", "no tonne moved that all of these let pass\n")
    assert call(*asked, "--format", "csv")[1] == "kind,tonnage_t\n"


def test_python_m_is_the_same_command() -> None:
    """``python -m scrapflow`` is the command, and knows its version."""
    done = subprocess.run([sys.executable, "-m", "scrapflow", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"scrapflow {sf.__version__}\n"


def test_what_was_seen_is_noted_weighed_and_leads_on(toy: World, tmp_path: Path) -> None:
    """A small pile noted in a world says that less came in; the list has it; the next thing to look at is ranked."""
    world = tmp_path / "world"
    toy.write(world)
    pile = ("--area-m2", 26, "--height-m", 4.2, "--place", "Vale Yard", "--period", "2015-01")
    code, out, _ = call("observe", world, "add", *pile, "--source", "drawn")
    assert (code, "yard_t_yard_2015-01" in out) == (0, True)
    assert "yard_t_yard_2015-01" in call("observe", world, "list")[1]
    code, out, _ = call("condition", world, "--members", 32, "-f", "csv")
    ranges = pd.read_csv(io.StringIO(out)).set_index("total").loc["received_t"]
    assert code == 0
    assert ranges["median"] < ranges["median_before"]
    code, out, _ = call("next", world, "--members", 40, "--kind", "assumption", "--top", 3, "-f", "csv")
    assert code == 0
    assert pd.read_csv(io.StringIO(out))["reduction"].is_monotonic_decreasing
    code, _, err = call("observe", world, "add", "--metric", "quota_t", "--value", 3, "--source", "drawn")
    assert (code, "without an error" in err) == (2, True)


def test_known_flows_are_drawn_and_saved(tmp_path):
    """A table of flows and one of places are enough for a map and a run; a bad column is named, with exit code 2."""
    (tmp_path / "flows.csv").write_text("from,to,menge\na,b,5\nb,c,3\n", encoding="utf-8")
    (tmp_path / "places.csv").write_text(
        "id,name,lat,lon\na,Alpha,50,8\nb,Bravo,51,9\nc,Charlie,52,10\n", encoding="utf-8"
    )
    known = [tmp_path / "flows.csv", "--places", tmp_path / "places.csv"]
    code, said, _ = call("map", *known, "--map", "menge=tonnage_t", "-o", tmp_path / "x.html")
    assert code == 0
    assert "received by Bravo" in said
    assert (tmp_path / "x.html").stat().st_size > 100_000
    code, _, told = call("run", *known, "-o", tmp_path / "run")
    assert (code, "tonnage_t: the column is missing" in told) == (2, True)
    code, _, _ = call("run", *known, "--map", "menge=tonnage_t", "-o", tmp_path / "run")
    assert sf.read_run(tmp_path / "run").flows.to("Charlie").total_t == 3
    code, _, told = call("map", *known, "--campaign", "2015")
    assert (code, "--campaign" in told) == (2, True)


def test_a_network_without_tonnes_is_drawn_and_not_run(tmp_path):
    """Links alone become a map of the network, which says so; a run of nothing is refused with what is missing."""
    (tmp_path / "links.csv").write_text("lon1,lat1,lon2,lat2\n10,50,11,50\n11,50,12,51\n", encoding="utf-8")
    assert call("new", tmp_path / "w", "--links", tmp_path / "links.csv")[0] == 0
    code, told, _ = call("map", tmp_path / "w", "-o", tmp_path / "m.html")
    assert (code, told.splitlines()[-1].startswith("the network alone: nothing is known of what moves")) == (0, True)
    assert "The network alone" in (tmp_path / "m.html").read_text("utf-8")
    code, _, err = call("run", tmp_path / "w", "-o", tmp_path / "r")
    assert (code, "give the tables supply and demand" in err) == (2, True)


def test_a_file_of_flows_that_is_not_there(tmp_path):
    """The message says what is wanted, and names no embedded world."""
    code, _, err = call("map", tmp_path / "flows.csv")
    assert (code, "a file of flows (.csv" in err, "dprk" in err) == (2, True, False)


def test_what_was_done_to_make_a_world_is_told_in_few_rows(tmp_path):
    """Equal steps stand together, nothing is called nan, and a program gets every row."""
    ends = [f"{x},50,{x}.4,50\n{x}.40001,50,{x + 1},50" for x in range(10, 18)]
    (tmp_path / "links.csv").write_text("\n".join(["lon1,lat1,lon2,lat2", *ends]) + "\n", encoding="utf-8")
    _, told, _ = call("new", tmp_path / "w", "--links", tmp_path / "links.csv")
    assert "nan" not in told
    assert len(told.splitlines()) <= 4
    _, rows, _ = call("new", tmp_path / "v", "--links", tmp_path / "links.csv", "--format", "csv")
    assert rows.count("snapped_end") == 8


def process(*words: object, stdout: int, **environment: str) -> tuple[int, str]:
    """Run a command in a process of its own with its output going to an open file; return exit code and stderr."""
    line = [sys.executable, "-m", "scrapflow", *map(str, words)]
    env = {**os.environ, **environment}
    done = subprocess.run(line, stdout=stdout, stderr=subprocess.PIPE, text=True, env=env, check=False)
    return done.returncode, done.stderr


def test_who_stops_reading_stops_nothing(saved: Path) -> None:
    """A pipe that nobody reads from any more, as behind ``head``, is no fault: exit 0 and not a word (it was 120)."""
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        assert process("flows", saved / "out" / "toy-2015", "--by", "kind,origin", stdout=theirs) == (0, "")
    finally:
        os.close(theirs)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
def test_a_disk_that_has_no_room_for_what_is_printed_is_told(saved: Path) -> None:
    """Rows that go to a file on a full disk end in one line of words and exit 2, not in Python's own and 120."""
    with Path("/dev/full").open("w") as full:
        code, err = process("flows", saved / "out" / "toy-2015", stdout=full.fileno())
    assert (code, err) == (2, "scrapflow: what was to be printed could not be written: the disk is full\n")


def test_a_terminal_of_another_alphabet_stops_nothing(saved: Path, tmp_path: Path) -> None:
    """A name that the terminal's alphabet lacks is told in escapes; it was a fault that nobody foresaw."""
    with (tmp_path / "out").open("w") as file:
        told = process(
            "export",
            saved / "out" / "toy-2015",
            "kepler",
            "-o",
            tmp_path / "\u6f22.csv",
            stdout=file.fileno(),
            PYTHONIOENCODING="cp1252",
        )
    assert told == (0, "")
    assert (tmp_path / "out").read_text(encoding="ascii").endswith("\\u6f22.csv\n")


@pytest.mark.skipif(os.name == "nt", reason="a shell that closes streams is needed")
@pytest.mark.parametrize("closed", [">&- 2>&-", "<&-"])
def test_streams_that_are_closed_stop_nothing(closed: str, saved: Path, tmp_path: Path) -> None:
    """Whoever starts a command without a stdout, a stderr or a stdin gets its file and exit 0."""
    line = (
        f"'{sys.executable}' -m scrapflow whatif '{saved}/out/toy-2015' --close rail_far -o '{tmp_path}/out' {closed}"
    )
    assert subprocess.run(["sh", "-c", line], capture_output=True, check=False).returncode == 0
    assert (tmp_path / "out" / "manifest.json").is_file()
