"""Files are written whole or not at all, and over nothing but what scrapflow wrote."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import scrapflow as sf
from scrapflow import files
from scrapflow.errors import InputError, OutputError
from scrapflow.files import replacing, write_bytes

PAGE = b"<svg/><!-- scrapflow -->"


def _leftovers(folder):
    return [p.name for p in folder.iterdir() if p.name.startswith(".scrapflow-")]


def _write_and_fail(target, error):
    with replacing(target, what="the picture") as spare:
        spare.write_bytes(b"half")
        raise error


def _write_new(target, *, folder):
    with replacing(target, own=lambda path: True, what="the run") as spare:
        if folder:
            spare.mkdir()
        ((spare / "a") if folder else spare).write_bytes(b"new")


def test_a_new_file_and_one_of_ours_are_written(tmp_path):
    """What is not there is made, with its folders, and what carries our mark is replaced."""
    target = tmp_path / "a" / "x.svg"
    write_bytes(target, PAGE, what="the picture")
    write_bytes(target, PAGE + b"2", what="the picture")
    assert target.read_bytes() == PAGE + b"2"
    assert _leftovers(target.parent) == []


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_not_ours_stays(tmp_path, kind):
    """A file or a folder that somebody else made is refused by name and is as it was."""
    target = tmp_path / "thesis"
    if kind == "file":
        target.write_text("years of work")
    else:
        target.mkdir()
        (target / "thesis.docx").write_text("years of work")
    with pytest.raises((InputError, OutputError), match="thesis"):
        write_bytes(target, PAGE, what="the picture")
    text = target if kind == "file" else target / "thesis.docx"
    assert text.read_text() == "years of work"
    assert _leftovers(tmp_path) == []


@pytest.mark.parametrize("form", ["flowmap", "gmns", "kepler", "geojson", "gpkg"])
def test_no_export_touches_a_folder_of_the_user(toy_run, tmp_path, form):
    """An export into a folder with something in it is refused; nothing in it is lost, and beside it nothing is left."""
    home = tmp_path / "home"
    (home / "sub").mkdir(parents=True)
    (home / "thesis.docx").write_text("years of work")
    with pytest.raises(sf.ScrapflowError, match="home"):
        sf.export(toy_run, form, home)
    assert sorted(p.name for p in home.iterdir()) == ["sub", "thesis.docx"]
    assert _leftovers(tmp_path) == []


def test_no_export_replaces_the_run_it_reads(toy_run, tmp_path):
    """The folder of a saved run is no export, so it is not replaced by one."""
    toy_run.save(tmp_path / "r")
    with pytest.raises(InputError, match="lost"):
        sf.export(sf.read_run(tmp_path / "r"), "flowmap", tmp_path / "r")
    assert sf.read_run(tmp_path / "r").totals().equals(toy_run.totals())


@pytest.mark.parametrize("form", ["flowmap", "gmns", "kepler", "geojson", "gpkg"])
def test_every_export_can_be_written_again(toy_run, tmp_path, form):
    """An export knows its own: the second one replaces the first, and a file added to its folder stops it."""
    target = tmp_path / "x"
    sf.export(toy_run, form, target)
    sf.export(toy_run, form, target)
    if target.is_dir():
        (target / "notes.txt").write_text("mine")
        with pytest.raises(InputError, match="lost"):
            sf.export(toy_run, form, target)
        assert (target / "notes.txt").read_text() == "mine"


def test_a_link_is_followed(tmp_path):
    """A link to a file stays a link; the file it names is written."""
    (tmp_path / "real.svg").write_bytes(b"")
    (tmp_path / "link.svg").symlink_to(tmp_path / "real.svg")
    write_bytes(tmp_path / "link.svg", PAGE, what="the picture")
    assert (tmp_path / "link.svg").is_symlink()
    assert (tmp_path / "real.svg").read_bytes() == PAGE


def test_a_pipe_is_written_to_and_stays(tmp_path):
    """A pipe with a reader gets the bytes; one without is refused in words; neither is replaced."""
    pipe = tmp_path / "pipe.html"
    os.mkfifo(pipe)
    with pytest.raises(OutputError, match="nobody reads"):
        write_bytes(pipe, PAGE, what="the map")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_bytes(pipe, PAGE, what="the map")
    assert os.read(reader, 100) == PAGE
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="a disk in memory is Linux's")
def test_a_disk_in_memory_is_a_disk(toy_run):
    """What is below /dev/shm is files and folders: a run is saved there, read and replaced as anywhere."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        for _ in range(2):
            toy_run.save(f"{folder}/run")
        assert sf.read_run(f"{folder}/run").movements.equals(toy_run.movements)
        assert [f.name for f in Path(folder).iterdir()] == ["run"]


def test_the_null_device_is_not_replaced():
    """Writing to /dev/null writes nowhere and leaves the device."""
    write_bytes("/dev/null", PAGE, what="the map")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_map_goes_to_standard_output(tmp_path):
    """``-o /dev/stdout`` writes the page there, whole."""
    command = "import scrapflow.files as f; f.write_bytes('/dev/stdout', b'<p>' * 9, what='the map')"
    done = subprocess.run([sys.executable, "-c", command], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout == b"<p>" * 9


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "only be read"),
        (errno.EACCES, "permission"),
        (errno.EDQUOT, "quota"),
    ],
)
def test_what_the_system_says_is_put_in_words(tmp_path, number, words):
    """A writer that fails leaves the old file, leaves nothing else, and says why in words."""
    target = tmp_path / "x.svg"
    write_bytes(target, PAGE, what="the picture")
    with pytest.raises(OutputError, match=words):
        _write_and_fail(target, OSError(number, os.strerror(number)))
    assert target.read_bytes() == PAGE
    assert _leftovers(tmp_path) == []


def test_a_library_that_fails_on_a_full_disk_is_understood(tmp_path, monkeypatch):
    """Where the disk takes nothing more, whatever a library says is told in the disk's words; elsewhere it passes as it is."""
    with pytest.raises(RuntimeError, match="flushing"):
        _write_and_fail(tmp_path / "x", RuntimeError("Error -2 while flushing"))

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "_ask_for_room", full)
    with pytest.raises(OutputError, match="disk is full"):
        _write_and_fail(tmp_path / "x", RuntimeError("Error -2 while flushing"))


@pytest.mark.parametrize(
    ("name", "word"),
    [(None, "NoneType"), (5, "int"), (b"x.svg", "bytes"), ("a\0b", "character"), ("a\ud800", "character")],
)
def test_what_is_no_path_is_refused_in_words(tmp_path, monkeypatch, name, word):
    """Whatever is handed over as a path, reading and writing answer in our words, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    for deed in (
        lambda: write_bytes(name, PAGE, what="the picture"),
        lambda: sf.read_run(name),
        lambda: sf.read_world(name),
    ):
        with pytest.raises(InputError, match=word):
            deed()
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_leads_to_itself_stays(tmp_path):
    """A circle of links is refused, not replaced."""
    (tmp_path / "x.svg").symlink_to("x.svg")
    with pytest.raises(OutputError, match="circle"):
        write_bytes(tmp_path / "x.svg", PAGE, what="the picture")
    assert (tmp_path / "x.svg").is_symlink()


@pytest.mark.parametrize("stray", [".DS_Store", "Thumbs.db", "._x", ".directory"])
def test_what_a_desktop_leaves_in_a_folder_of_ours_is_no_stranger(toy, toy_run, tmp_path, stray):
    """Looking at a world or an export in a file browser does not keep it from being written again."""
    for write in (lambda: toy.write(tmp_path / "w"), lambda: sf.export(toy_run, "flowmap", tmp_path / "f")):
        write()
        for folder in tmp_path.iterdir():
            (folder / stray).write_bytes(b"x")
        write()


def test_the_mask_of_the_user_holds(tmp_path):
    """Under umask 077 nobody else can read what is written: files and folders."""
    old = os.umask(0o077)
    try:
        write_bytes(tmp_path / "x.svg", PAGE, what="the picture")
        with replacing(tmp_path / "folder", what="the run") as spare:
            spare.mkdir()
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "x.svg").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700


def test_what_a_killed_process_left_is_removed(tmp_path):
    """A process killed while it writes leaves its spare folder; the next writer removes it, and not that of a live one."""
    code = (
        "import os, signal; from scrapflow.files import replacing\n"
        "with replacing('x.svg', what='the picture') as spare:\n"
        "    spare.write_bytes(b'half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == -9
    assert len(_leftovers(tmp_path)) == 1
    with replacing(tmp_path / "y.svg", what="the picture") as outer:
        outer.write_bytes(PAGE)
        write_bytes(tmp_path / "z.svg", PAGE, what="the picture")
        assert outer.exists()
    assert _leftovers(tmp_path) == []
    assert not (tmp_path / "x.svg").exists()


@pytest.mark.parametrize("exchange", [True, False])
def test_a_folder_is_replaced_whole(tmp_path, monkeypatch, exchange):
    """An older folder of ours gives way to the new one as a whole, with the system's exchange or without."""
    if not exchange:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    for words in ("one", "two"):
        with replacing(tmp_path / "r", own=lambda _: True, what="the run") as spare:
            spare.mkdir()
            (spare / words).write_text(words)
    assert [p.name for p in (tmp_path / "r").iterdir()] == ["two"]
    assert _leftovers(tmp_path) == []


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("sort", ["nothing", "file", "empty folder", "folder"])
def test_what_the_disk_does_not_confirm_is_taken_back(tmp_path, monkeypatch, sort, exchange):
    """Where the folder of the target cannot be flushed, what stood there is put back before the message says so."""
    if not exchange:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    target = tmp_path / "there"
    if "folder" in sort:
        target.mkdir()
    if sort in ("file", "folder"):
        ((target / "a") if sort == "folder" else target).write_bytes(b"old")
    before = sorted((p.relative_to(tmp_path), p.is_file() and p.read_bytes()) for p in tmp_path.rglob("*"))
    flush = files._flush_one

    def broken(path):
        if path == tmp_path:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        flush(path)

    monkeypatch.setattr(files, "_flush_one", broken)
    with pytest.raises(OutputError, match="the disk fails; what stood there is as it was"):
        _write_new(target, folder="folder" in sort)
    assert sorted((p.relative_to(tmp_path), p.is_file() and p.read_bytes()) for p in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("at", ["write", "flush", "swap", "after"])
def test_a_kill_at_any_step_leaves_a_whole_run(toy_run, tmp_path, at):
    """Killed while a run is written over another, the folder holds the old one or the new one, whole."""
    toy_run.save(tmp_path / "r")
    code = f"""
import os, signal, scrapflow as sf
from scrapflow import files
def die(*a): os.kill(os.getpid(), signal.SIGKILL)
run = sf.run(sf.read_world("toy"), "2012")
swap = files._swap
if {at!r} == "write": sf.ledger.store._write_table = die
if {at!r} == "flush": files._flush = die
if {at!r} == "swap": files._swap = die
if {at!r} == "after": files._swap = lambda *a: (swap(*a), die())
run.save("r")
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == -9
    there = sf.read_run(tmp_path / "r")
    assert there.name == ("toy-2012" if at == "after" else "toy-2015")
    toy_run.save(tmp_path / "r")
    assert _leftovers(tmp_path) == []


def test_a_map_is_a_page(toy_run, tmp_path):
    """A name that ends in something else than .html is refused for a map, and nothing is written."""
    page = sf.map_flows(toy_run)
    for name in ("x.png", "x.docx", "x"):
        with pytest.raises(InputError, match="html"):
            sf.save_map(page, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "verb",
    [sf.read_run, sf.verify, sf.read_ensemble, sf.read_world, sf.run_from, sf.world_from, lambda p: sf.read_world("toy").write(p), lambda p: sf.run(sf.read_world("toy")).save(p)],
)  # fmt: skip
def test_a_name_that_no_disk_takes_is_told_by_whoever_reads_or_writes(verb):
    """The system's own error came through from whatever looked whether there is such a file."""
    with pytest.raises(sf.ScrapflowError, match=r"too long|no world"):
        verb("a" * 3000)


def test_whatever_names_a_path_is_one(tmp_path, toy, toy_run):
    """Python asks for os.PathLike, and a library has its own paths."""

    class Named(os.PathLike):
        def __init__(self, name):
            self.name = name

        def __fspath__(self):
            return str(tmp_path / self.name)

    toy.write(Named("world"))
    toy_run.save(Named("run"))
    (tmp_path / "flows.csv").write_text("origin,destination,tonnes\na,b,2\n")
    (tmp_path / "sections.csv").write_text("from,to,length_km\na,b,2\n")
    (tmp_path / "places.csv").write_text("id,name,lon,lat\na,A,1,2\nb,B,1,3\n")
    (tmp_path / "own.toml").write_text(toy.campaigns["2015"])
    assert sf.read_world(Named("world")).name == toy.name
    assert sf.read_campaign(toy, Named("own.toml")).name == "2015"
    assert sf.read_run(Named("run")).totals().equals(toy_run.totals())
    assert sf.run_from(Named("flows.csv"), Named("places.csv")).flows.total_t == 2
    assert len(sf.world_from(Named("sections.csv"), places=Named("places.csv")).links) == 1


@pytest.mark.parametrize("name", ["out.zip", "out.XLSX", "world.geojson"])
@pytest.mark.parametrize("write", ["run", "world", "ensemble"])
def test_a_folder_that_is_called_like_one_file_is_refused(tmp_path, name, write):
    """What would be a folder named out.zip is refused with what writes one file, and nothing is made."""
    world = sf.read_world("toy")
    writers = {
        "run": lambda path: sf.run(world).save(path),
        "world": world.write,
        "ensemble": lambda path: sf.ensemble(world, n=2, processes=1).save(path),
    }
    with pytest.raises(InputError, match=f"is called like one file: leave {Path(name).suffix} out; "):
        writers[write](tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_may_have_a_point_in_its_name(tmp_path):
    """``run.v2`` and ``2015.01`` are names of folders; so is that of a world in GeoParquet files."""
    world = sf.read_world("toy")
    sf.run(world).save(tmp_path / "run.v2")
    world.write(tmp_path / "2015.01")
    world.write(tmp_path / "toy.parquet")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2015.01", "run.v2", "toy.parquet"]
