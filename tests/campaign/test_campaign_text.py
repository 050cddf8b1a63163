"""The text of a campaign: by its name in a world, or from a file; what is neither is told with what there is."""

from __future__ import annotations

import pytest

from scrapflow.campaign.campaign_text import text_of
from scrapflow.errors import InputError, UnknownNameError


def test_a_name_of_the_world_comes_before_a_file_of_that_name(toy, tmp_path, monkeypatch):
    """The text, the name, and the file it is in, for messages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2015").write_text("name = 'mine'", encoding="utf-8")
    text, name, file = text_of(toy, "2015")
    assert (text, name, file) == (toy.campaigns["2015"], "2015", "campaigns/2015.toml of world 'toy'")


def test_a_file_has_the_name_of_its_stem(toy, tmp_path):
    """A path may be text or a path."""
    path = tmp_path / "mine.toml"
    path.write_text("note = '고철'", encoding="utf-8")
    for given in (path, str(path)):
        assert text_of(toy, given) == ("note = '고철'", "mine", str(path))


def test_a_file_that_is_no_utf8_is_told_with_the_byte(toy, tmp_path):
    """Latin text is refused at its first letter that is none."""
    path = tmp_path / "latin.toml"
    path.write_bytes("note = 'é'".encode("latin-1"))
    with pytest.raises(InputError, match="byte 8 is 0xe9; save it as UTF-8"):
        text_of(toy, path)


@pytest.mark.parametrize("given", [3, None, b"2015", ["2015"]])
def test_what_is_no_name_and_no_path_is_refused(toy, given):
    """A number or bytes are neither."""
    with pytest.raises(InputError, match="is neither the name of a campaign nor a path"):
        text_of(toy, given)


def test_an_unknown_name_lists_the_campaigns(toy):
    """In the order of their names; a name that no file system takes is unknown or unreadable, never a traceback."""
    with pytest.raises(UnknownNameError, match="in world 'toy', and no such file; known are 2012, 2015") as fault:
        text_of(toy, "2014")
    assert list(fault.value.candidates) == ["2012", "2015"]
    with pytest.raises((UnknownNameError, InputError)):
        text_of(toy, "a\0b")
