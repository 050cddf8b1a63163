"""Is a saved run what it says it is: its files, its inputs, and the run itself, done again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.campaign import read_campaign
from scrapflow.errors import ScrapflowError
from scrapflow.given import checked
from scrapflow.ledger.tables import KEYS
from scrapflow.pipeline import run as run_campaign
from scrapflow.runs import read_run
from scrapflow.world import read_world
from scrapflow.world.read import embedded_worlds

if TYPE_CHECKING:
    from os import PathLike

    from scrapflow.runs import Run
    from scrapflow.world import World

SAME, DIFFERS, NOT_CHECKED = "same", "differs", "not checked"
"""Verdicts."""


@checked
def verify(path: str | PathLike[str], world: str | World | None = None) -> pd.DataFrame:
    """Check a saved run: hashes and contradictions, whether the inputs are those at hand, and the run done again.

    Parameters
    ----------
    path
        Folder of the run.
    world
        The world it was made of, or where it is; if not given, the embedded world of its name.

    Returns
    -------
    DataFrame
        ``what, verdict, message``: one row for ``files``, ``inputs`` and ``run``; the verdict is ``same``, ``differs`` or
        ``not checked``, and the message says why.

    Raises
    ------
    InputError, BalanceError
        If the folder is no run, or a file, the manifest or the books were changed; see :func:`scrapflow.read_run`.

    Examples
    --------
    >>> import tempfile, scrapflow as sf
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sf.run(sf.read_world("toy")).save(folder + "/run")
    ...     sf.verify(folder + "/run").verdict.tolist()
    ['same', 'same', 'same']
    """
    saved = read_run(path)
    rows = [("files", SAME, "every file has the hash that the manifest says, and the tables agree with one another")]
    place, words = _at_hand(saved, world)
    if place is None:
        rows += [("inputs", NOT_CHECKED, words), ("run", NOT_CHECKED, "its inputs are not at hand: name the world")]
        return pd.DataFrame(rows, columns=["what", "verdict", "message"])
    said = dict(saved.meta.get("inputs", {}))
    other = sorted(f for f in {*said, *place.hashes} if said.get(f) != place.hashes.get(f))
    if other:
        message = f"{len(other)} files of {words} are not those of the run: {', '.join(other[:5])}"
        rows += [("inputs", DIFFERS if world is not None else NOT_CHECKED, message),
                 ("run", NOT_CHECKED, "it was made of other inputs")]  # fmt: skip
    else:
        rows += [("inputs", SAME, f"the files of {words} have the hashes that the run names"), _again(saved, place)]
    return pd.DataFrame(rows, columns=["what", "verdict", "message"])


def _at_hand(saved: Run, world: str | World | None) -> tuple[World | None, str]:
    """Return the world to compare with, and how it is called."""
    if world is not None and not isinstance(world, str):
        return world, f"the world {world.name}"
    name = str(saved.meta["world"]) if world is None else world
    if world is None and name not in embedded_worlds():
        return None, f"the world {name} is not embedded: name where it is"
    return read_world(name), f"the world {name}"


def _again(saved: Run, world: World) -> tuple[str, str, str]:
    """Run the campaign again, with the settings that the run carries, and compare every table."""
    meta = saved.meta
    for key, why in (
        ("case", "it is a what-if over another run"),
        ("own_rules", "it was made with rules of the user's own"),
    ):
        if meta.get(key):
            return "run", NOT_CHECKED, why
    try:
        if meta.get("campaign_toml"):
            name = str(meta["campaign"])
            asked = replace(world, campaigns={**world.campaigns, name: str(meta["campaign_toml"])})
            again = run_campaign(world, read_campaign(asked, name), mode=meta["mode"], seed=meta["seed"])
        else:
            again = run_campaign(world)
    except ScrapflowError as error:
        return "run", DIFFERS, f"it cannot be run again: {str(error).splitlines()[0]}"
    other = [name for name in KEYS if not saved.tables[name].equals(again.tables[name])]
    if other:
        by = "" if meta.get("version") == again.meta["version"] else f" (made by version {meta.get('version')})"
        return "run", DIFFERS, f"done again it has other {', '.join(other)}{by}"
    return "run", SAME, "done again, every table is the same to the last bit"
