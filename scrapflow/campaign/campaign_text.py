"""The text of a campaign: one of a world's, or a file of one's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from scrapflow.campaign.settings import shown
from scrapflow.errors import InputError, UnknownNameError, problem

if TYPE_CHECKING:
    from scrapflow.world import World


def text_of(world: World, campaign: object) -> tuple[str, str, str]:
    """Return the text of a campaign, its name, and the file it is in, for messages."""
    if not isinstance(campaign, str | os.PathLike) or isinstance(os.fspath(campaign), bytes):
        faults = [problem("campaign", "", "", f"{shown(campaign)} is neither the name of a campaign nor a path")]
        raise InputError(faults, what="the campaign")
    name = os.fspath(campaign)
    if name in world.campaigns:
        return world.campaigns[name], name, f"campaigns/{name}.toml of world {world.name!r}"
    if not name and not world.campaigns:
        message = (
            f"nothing is known of what moves in world {world.name!r}: give the tables supply and demand (node_id, tonnage_t), or "
            "write campaigns/NAME.toml"
        )
        raise UnknownNameError(message, [])
    path = Path(name)
    try:
        if path.is_file():
            return path.read_bytes().decode("utf-8"), path.stem, name
    except UnicodeDecodeError as error:
        message = f"is not written in UTF-8: byte {error.start} is {error.object[error.start]:#04x}; save it as UTF-8"
        raise InputError([problem(f"campaign:{path.stem}", "", "", message)], what=f"campaign {name!r}") from error
    except (OSError, ValueError) as error:
        message = f"cannot be read: {error}"
        raise InputError([problem(f"campaign:{path.stem}", "", "", message)], what=f"campaign {name!r}") from error
    known = sorted(world.campaigns)
    there = f"known are {', '.join(known)}" if known else "it has none: write campaigns/NAME.toml, or name a file"
    msg = f"no campaign {shown(name)} in world {world.name!r}, and no such file; {there}"
    raise UnknownNameError(msg, known)
