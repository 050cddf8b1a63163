"""The command line: what it answers to, what it exits with, and that bad input writes nothing."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys

import pandas as pd
import pytest
import worlds
from typer.testing import CliRunner

import scrapflow as sf
from scrapflow.cli import app


def call(*words, cwd=None):
    """Run a command in this process; return exit code and both outputs."""
    with contextlib.chdir(cwd or "."):
        result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_as_a_process(tmp_path):
    """As a user runs it: bad input is exit 2, no traceback, nothing written."""
    words = [sys.executable, "-m", "scrapflow", "run", "toy", "--campaign", "2016"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert "2016" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return the folder of a saved run of the toy."""
    folder = tmp_path_factory.mktemp("cli") / "toy"
    code, out, err = call("run", "toy", "-o", folder)
    assert code == 0, err
    assert out
    return folder


def test_run_writes_what_python_reads(saved, toy_run):
    """`scrapflow run` saves the run that sf.run gives."""
    assert sf.read_run(saved).totals().to_dict() == pytest.approx(toy_run.totals().to_dict())


def test_unserved_is_named_and_may_fail(plain_folder, tmp_path):
    """Exit 0 with a line that names what was not served; with --fail-unserved 1."""
    code, out, err = call("run", plain_folder, "--campaign", "2015", "-o", tmp_path / "a")
    assert code == 0
    assert "unserved" in (out + err).lower() or "not served" in (out + err).lower()
    assert call("run", plain_folder, "-o", tmp_path / "b", "--fail-unserved")[0] == 1


@pytest.mark.parametrize("command", ["run", "map", "check"])
def test_a_bad_world_is_2_and_writes_nothing(tmp_path, command):
    """Bad input is exit 2, the faults are told, and nothing is written."""
    bad = worlds.write_world(tmp_path / "bad", links=worlds.LINKS.replace("l2,t2", "l2,t9"))
    before = sorted(tmp_path.rglob("*"))
    to = () if command == "check" else ("-o", tmp_path / "out.html")
    code, out, err = call(command, bad, *to, cwd=tmp_path)
    assert code == 2
    assert "t9" in out + err
    assert sorted(tmp_path.rglob("*")) == before
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [
        ("run", "toi"),
        ("run", "toy", "--campaign", "2016"),
        ("map", "toy", "--set", "show.share=2"),
        ("run", "toy", "--set", "no.such=1"),
        ("flows", "nowhere"),
        ("compare", "2015", "2031", "--world", "toy"),
        ("bogus",),
    ],
)
def test_bad_words_are_2(tmp_path, words):
    """An unknown world, campaign, setting, run or command is exit 2 without a traceback, and writes nothing."""
    code, _, err = call(*words, cwd=tmp_path)
    assert code == 2
    assert err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_place_is_2(saved):
    """A name that nobody knows is bad input, with candidates."""
    code, _, err = call("flows", saved, "--to", "Neer Mil")
    assert code == 2
    assert "Near Mill" in err or "Neer" in err


def test_questions_fit_pipes(saved):
    """flows, trace and compare answer as CSV that pandas reads, without colour."""
    code, out, _ = call("flows", saved, "--to", "near", "--by", "material", "--format", "csv")
    assert code == 0
    assert "\x1b" not in out
    assert pd.read_csv(io.StringIO(out))["tonnage_t"].sum() == pytest.approx(30)
    code, out, _ = call("trace", saved, "--to", "near", "--by", "material,region", "--format", "csv")
    assert code == 0
    assert pd.read_csv(io.StringIO(out))["share"].sum() == pytest.approx(1)
    code, out, _ = call("compare", "2012", "2015", "--world", "toy", "--format", "csv")
    assert code == 0
    assert len(pd.read_csv(io.StringIO(out))) > 3


def test_check_tells_what_is_doubtful(plain_folder):
    """`check` of a usable world is exit 0."""
    assert call("check", plain_folder)[0] == 0


@pytest.mark.parametrize(
    "command", ["map", "run", "flows", "trace", "compare", "check", "whatif", "sensitivity", "export"]
)
def test_every_help_has_an_example(command):
    """Each --help shows an example of the command itself."""
    code, out, _ = call(command, "--help")
    assert code == 0
    assert f"scrapflow {command} " in out.split("Example", 1)[1]


@pytest.mark.parametrize("option", ["--capacity", "--mill"])
def test_a_limit_that_is_no_number_is_2(saved, option):
    """It is said which."""
    code, _, said = call("whatif", saved, option, "near=x")
    assert code == 2
    assert "'x' is no number of tonnes" in said


def test_mixed_kinds_are_explained_in_the_words_of_the_shell(saved):
    """The way out is an option, not a method."""
    code, _, said = call("flows", saved, "--by", "material")
    assert code == 2
    assert "--kind carted" in said


def test_a_saved_run_is_drawn(saved, tmp_path):
    """What whatif wrote can be looked at; into a folder, under its own name."""
    code, said, _ = call("map", saved, "-o", tmp_path)
    assert code == 0
    assert "received by Near Mill" in said
    assert "default-src 'none'" in (tmp_path / "toy-2015.html").read_text("utf-8")
    code, _, said = call("map", saved, "--set", "inspection.teams=4")
    assert code == 2
    assert "drawn as it is" in said


def test_a_picture_by_its_ending(saved, tmp_path):
    """No page of HTML under the name of a picture."""
    code, _, _ = call("map", saved, "-o", tmp_path / "toy.svg")
    assert code == 0
    assert (tmp_path / "toy.svg").read_text("utf-8").startswith("<?xml")


@pytest.mark.parametrize("words", [("run",), ("check",)])
def test_a_saved_run_is_no_world(saved, words):
    """It is said what to do with it."""
    code, _, said = call(*words, saved)
    assert code == 2
    assert "saved run, not a world" in said


def test_a_world_is_no_saved_run(saved):
    """It is said how to make one."""
    code, _, said = call("flows", "toy")
    assert code == 2
    assert "'scrapflow run' writes one" in said


def test_a_misspelt_rule_names_those_there_are(tmp_path):
    """The rules of the campaign are in the message."""
    code, _, said = call("run", "toy", "--set", "quota.headcont.kg=4", "-o", tmp_path / "x")
    assert code == 2
    assert "headcount, residents" in said


def test_looted_steel_is_followed_on_the_shell(saved, toy_run):
    """What was taken at night and reached the mills."""
    code, said, _ = call("flows", saved, "--via", "looted", "--kind", "shipped", "-f", "csv")
    assert code == 0
    assert pd.read_csv(io.StringIO(said))["tonnage_t"].sum() == pytest.approx(
        toy_run.flows.via("looted").kind("shipped").total_t
    )
