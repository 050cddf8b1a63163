"""The one way in which files are written: whole or not at all, and only over what is new, empty or scrapflow's own.

A writer asks :func:`replacing` for a spare place beside its target and fills it. When it is done the spare is flushed to
the disk and put in the target's place in one step; when it fails nothing has changed and nothing is left. What a killed
process left behind is removed by the next writer in that folder.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import secrets
import shutil
import socket
import stat
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scrapflow.errors import InputError, OutputError, ScrapflowError, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MARKS = (
    b'name="generator" content="scrapflow',
    b"<!-- scrapflow -->",
    b"<dc:title>scrapflow</dc:title>",
    b"Software\x00scrapflow",
    b"/Creator (scrapflow)",
    b'"generator":"scrapflow"',
)
"""What a single file of ours holds near its beginning or its end, by which it is known again."""
FOLDER_MARK = "scrapflow.json"
"""File that a folder of ours holds where it has no manifest of its own: the names of its files."""
_SINGLE_FILES = frozenset(
    [
        ".7z",
        ".db",
        ".docx",
        ".geojson",
        ".gz",
        ".htm",
        ".html",
        ".json",
        ".ods",
        ".pdf",
        ".png",
        ".shp",
        ".sqlite",
        ".svg",
        ".tar",
        ".toml",
        ".txt",
        ".xls",
        ".xlsx",
        ".zip",
    ]
)
"""Endings by which a reader takes something for one file."""
_ENDS = 65_536
"""Bytes at either end of a file in which a mark is looked for."""
_SPARE = ".scrapflow-"
_ROOM = 16 * 2**20
"""Bytes below which a disk is full."""
_ZEROS = bytes(2**20)
_OF_A_DESKTOP = {".ds_store", "thumbs.db", "desktop.ini", ".directory"}
_DISK_IN_MEMORY = "/dev/shm/"  # noqa: S108 - named to be told from the devices around it
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_IN_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of the disk is used up",
    errno.EROFS: "the disk can only be read",
    errno.EACCES: "there is no permission to write there",
    errno.EPERM: "there is no permission to write there",
    errno.ENOTDIR: "a file stands where a folder is needed",
    errno.EEXIST: "a file stands where a folder is needed",
    errno.ELOOP: "the link leads round in a circle",
    errno.EIO: "the disk fails",
    errno.EISDIR: "a folder stands where a file is needed",
    errno.ENAMETOOLONG: "the name is too long for this disk: choose a shorter one",
    errno.ENXIO: "nobody reads from that pipe",
    errno.EFBIG: "the file is larger than this disk or limit allows",
}


def is_marked(path: Path) -> bool:
    """Tell whether a file holds one of :data:`MARKS` near its beginning or end."""
    with path.open("rb") as file:
        ends = file.read(_ENDS)
        size = path.stat().st_size
        if size > _ENDS:
            file.seek(max(_ENDS, size - _ENDS))
            ends += file.read(_ENDS)
    return any(mark in ends for mark in MARKS)


@contextmanager
def replacing(path: str | os.PathLike[str], *, own: Callable[[Path], bool] = is_marked, what: str) -> Iterator[Path]:
    """Give a place to write to, and put what was written there in the target's place when the block ends well.

    Parameters
    ----------
    path
        The target. A link is followed; missing folders are made. A device or a pipe is written to, never replaced.
    own
        Tells whether the file or folder that stands there may be replaced. What is empty always may.
    what
        What is written, for messages: ``"the map"``.

    Yields
    ------
    pathlib.Path
        A path of the target's name in a spare folder beside it; to be made a file or a folder.

    Raises
    ------
    InputError
        If something else stands there, which would be lost.
    OutputError
        If it cannot be written: the disk is full, may only be read, and the like, in words.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(folder + "/a.svg", what="the picture") as spare:
    ...         _ = spare.write_text("<svg/><!-- scrapflow -->")
    ...     Path(folder, "a.svg").read_text()
    '<svg/><!-- scrapflow -->'
    """
    given = path_of(path, what)
    with _in_words(given, what):
        special = _is_special(given)
        target = given if special else Path(os.path.realpath(given))
        if (
            not special and target.is_symlink()
        ):  # a path that is still a link after all links were followed leads to itself
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if not special:
            _refuse_strangers(target, own, what)
        beside = Path(os.path.realpath(os.curdir)) if special else target.parent
        beside.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(beside)
        spare = beside / f"{_SPARE}{_host()}-{os.getpid()}-{secrets.token_hex(4)}"
        spare.mkdir()
        try:
            made = spare / target.name
            yield made
            if special:
                _pour(made, given)
            else:
                _flush(made)
                back = _swap(made, target)
                try:
                    _flush_one(target.parent)
                except OSError:
                    back()  # the disk may lose the new one: what stood there is known to be on it
                    raise
        except Exception as error:
            # Libraries say what they like of a full disk: "sqlite3_exec", "Error -2 while flushing". The disk knows.
            if not isinstance(error, ScrapflowError) and not getattr(error, "errno", None):
                _ask_for_room(spare)
            raise
        finally:
            shutil.rmtree(spare, ignore_errors=True)


def path_of(path: object, what: str, instead: str = "") -> Path:
    """Return a path as one that the system takes.

    ``instead`` says what gives the content to who has no path for it, such as an open file.

    Raises
    ------
    InputError
        If it is no text and no path, holds what no name of a file can, or is longer than the disk takes.

    Examples
    --------
    >>> path_of("a/b", "the map").name
    'b'
    """
    if not isinstance(path, str | os.PathLike):
        message = f"a path is wanted, not {type(path).__name__}{instead and f': {instead}'}"
        raise InputError([problem("path", "", "", message)], what=what)
    name = os.fspath(path)
    if not isinstance(name, str):
        raise InputError([problem("path", "", "", "a path is text, not bytes")], what=what)
    if "\0" in name or not _is_encodable(name):
        message = f"{ascii(name)[:80]} holds a character that no name of a file can"
        raise InputError([problem("path", "", "", message)], what=what)
    if _is_too_long(name):
        message = f"{name[:40]}… is too long a name for this disk: choose a shorter one"
        raise InputError([problem("path", "", "", message)], what=what)
    return Path(name)


def folder_of(path: object, what: str, instead: str) -> Path:
    """Return the path of a folder to be made, and refuse one that is called like a file of another kind.

    ``instead`` says what writes such a file, or that nothing does.

    Raises
    ------
    InputError
        As :func:`path_of`, and if the name ends like that of a single file.

    Examples
    --------
    >>> folder_of("out.v2", "the run", "").name
    'out.v2'
    """
    folder = path_of(path, what)
    if folder.suffix.lower() in _SINGLE_FILES:
        message = f"{what} is a folder, and {folder.name!r} is called like one file: leave {folder.suffix} out{instead}"
        raise InputError([problem("path", "", "", message)], what=what)
    return folder


def _is_too_long(name: str) -> bool:
    try:
        os.lstat(name)
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG
    return False


def _is_encodable(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


def is_of_a_desktop(file: Path) -> bool:
    """Tell whether a file is one that the Finder or the Explorer writes into every folder that is looked at.

    Examples
    --------
    >>> is_of_a_desktop(Path("out/.DS_Store")), is_of_a_desktop(Path("out/nodes.csv"))
    (True, False)
    """
    return file.name.startswith("._") or file.name.lower() in _OF_A_DESKTOP


def write_bytes(
    path: str | os.PathLike[str], data: bytes, *, own: Callable[[Path], bool] = is_marked, what: str
) -> Path:
    """Write one file by :func:`replacing`; return the path as it was given."""
    with replacing(path, own=own, what=what) as spare:
        spare.write_bytes(data)
    return Path(path)


def hashes(folder: Path, *, besides: str) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder by its name there, but of those named ``besides`` and those of a desktop.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a").write_text("x"), Path(folder, "mark").write_text("y")
    ...     list(hashes(Path(folder), besides="mark"))
    ['a']
    """
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.name != besides and not is_of_a_desktop(f))
    return {f.relative_to(folder).as_posix(): _sha256(f) for f in files}


def pipes(folder: Path) -> list[dict[str, str]]:
    """Return as faults what stands in a folder and is no file: whoever opened a pipe would wait for somebody to write into it."""
    return [
        problem(f.relative_to(folder).as_posix(), "", "", "is a pipe or a device, not a file")
        for f in sorted(folder.rglob("*"))
        if _is_no_file(f)
    ]


def differing(there: Mapping[str, str], wanted: Mapping[str, str], what: str) -> list[dict[str, str]]:
    """Return as faults which files of a folder are missing, strange or changed, by their hashes; ``what`` they are of.

    Examples
    --------
    >>> differing({"a": "1"}, {"a": "1", "b": "2"}, "run")[0]["message"]
    'the file is missing'
    """
    faults = [problem(f, "", "", "the file is missing") for f in sorted(set(wanted) - set(there))]
    faults += [problem(f, "", "", f"the file is not of this {what}") for f in sorted(set(there) - set(wanted))]
    changed = sorted(f for f in set(wanted) & set(there) if wanted[f] != there[f])
    return faults + [problem(f, "", "", "the file was changed after it was written") for f in changed]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_special(path: Path) -> bool:
    """Tell whether a path is a device, a pipe or a socket, which is written to and never replaced."""
    name = path.as_posix()
    return _is_no_file(path) or (name.startswith(("/dev/", "/proc/")) and not name.startswith(_DISK_IN_MEMORY))


def _is_no_file(path: Path) -> bool:
    """Tell whether what stands there is neither a file nor a folder; nothing is not."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _refuse_strangers(target: Path, own: Callable[[Path], bool], what: str) -> None:
    if not target.exists():
        return
    empty = not any(target.iterdir()) if target.is_dir() else target.stat().st_size == 0
    if empty or own(target):
        return
    kind = "folder" if target.is_dir() else "file"
    message = f"the {kind} holds something that scrapflow did not write, and it would be lost: choose another name, or move it away"
    raise InputError([problem(str(target), "", "", message)], what=what)


def _pour(made: Path, target: Path) -> None:
    """Copy a file into a device or a pipe."""
    if target.as_posix() in {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}:
        sys.stdout.flush()
        with made.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    # Without a reader a pipe would be waited for without end.
    with made.open("rb") as file, os.fdopen(os.open(target, os.O_WRONLY | os.O_NONBLOCK), "wb") as stream:
        os.set_blocking(stream.fileno(), True)
        shutil.copyfileobj(file, stream)


def _swap(made: Path, target: Path) -> Callable[[], object]:
    """Put what was made in the target's place in one step, so that there is a whole one at every moment; return the way back."""
    if not target.exists():
        made.rename(target)
        return lambda: target.rename(made)
    if _exchange(made, target):
        return lambda: _exchange(made, target)
    aside = made.with_name(f"{made.name}.old")
    if target.is_dir():
        target.rename(aside)
        try:
            made.rename(target)
        except OSError:
            aside.rename(target)
            raise
        return lambda: (target.rename(made), aside.rename(target))
    with suppress(OSError):  # a disk without hard links: there is no way back
        os.link(target, aside)
    made.replace(target)
    return lambda: aside.exists() and aside.replace(target)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two files or folders in one step where the system can (Linux); False where it cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def _flush(made: Path) -> None:
    """Flush a file, or a folder and all in it, to the disk."""
    for part in [*made.rglob("*"), made] if made.is_dir() else [made]:
        _flush_one(part)


def _flush_one(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # a network disk that cannot flush a folder
            raise
    finally:
        os.close(handle)


def _remove_leftovers(folder: Path) -> None:
    """Remove the spare folders of processes of this machine that are no more."""
    for spare in folder.glob(f"{_SPARE}{_host()}-*-*"):
        with suppress(ValueError, OSError):
            if not _alive(int(spare.name.split("-")[-2])):
                shutil.rmtree(spare, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


@contextmanager
def _in_words(target: Path, what: str) -> Iterator[None]:
    """Turn an error of the system into words; errors of our own pass as they are."""
    try:
        yield
    except ScrapflowError:
        raise
    except OSError as error:
        words = _IN_WORDS.get(error.errno or 0) or error.strerror or str(error)
        msg = f"{what} was not written to {target}: {words}; what stood there is as it was"
        raise OutputError(error.errno or 0, msg) from error


def _ask_for_room(folder: Path) -> None:
    """Write some megabytes, which a full disk, a quota or a failing one refuses in its own words."""
    with (folder / ".room").open("wb") as file:
        for _ in range(_ROOM // len(_ZEROS)):
            file.write(_ZEROS)
        file.flush()
        os.fsync(file.fileno())
