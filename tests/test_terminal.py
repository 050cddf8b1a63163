"""What a terminal is told and shows."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow import terminal


def test_a_setting_is_one_value_whatever_is_typed():
    """Nested brackets, endless numbers and a line break are texts, which the setting then refuses; nothing is passed over."""
    for value in ("[" * 5000, "9" * 5000, "1\nb = 2", "{", "1 2"):
        assert terminal.settings_of([f"a={value}"]) == {"a": value}
    assert terminal.settings_of(["a=[1, 2]", "b = x"]) == {"a": [1, 2], "b": "x"}


def test_what_a_terminal_is_told_does_not_steer_it(capsys):
    """Colours, cleared screens and letters that run backwards stand as escapes; data for programs are as they are."""
    terminal.say("\x1b[2Jgone \x07\x9b1m\u202eback\tand forth\n강선")
    assert capsys.readouterr().out == "\\x1b[2Jgone \\x07\\x9b1m\\u202eback\tand forth\n강선\n"
    terminal.say("\x1b", data=True)
    assert capsys.readouterr().out == "\x1b\n"
    with pytest.raises(sf.ScrapflowError, match=r"\\x1b") as caught:
        sf.read_world("\x1b[31m" + "x" * 10_000)
    assert len(str(caught.value)) < 5000
