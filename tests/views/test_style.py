"""Colours: told apart with every kind of colour vision, and dark enough where they are letters."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from scrapflow.views import style
from scrapflow.views.style import kind_looks, material_looks

VISIONS = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
"""How a colour looks to people, in linear RGB (Machado, Oliveira and Fernandes 2009, severity 1)."""
LEAST = 15.0
"""Distance in CIELAB of two colours that must be told apart; 2.3 is just seen."""
ASSETS = Path(style.__file__).with_name("assets")


def linear(colour):
    """Return linear RGB of #rrggbb."""
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """Return CIELAB (D65) of linear RGB."""
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
    )
    x = to_xyz @ rgb / np.array([0.95047, 1.0, 1.08883])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(a, b):
    """Return the contrast of two colours (WCAG 2.2), from 1 to 21."""
    light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("looks", [kind_looks(), material_looks()], ids=["kinds", "materials"])
def test_any_two_colours_are_told_apart(vision, looks):
    """Kinds of movement, and materials, differ for people who see no red, no green or no blue as others do."""
    seen = {name: lab(np.clip(np.array(VISIONS[vision]) @ linear(look.colour), 0, 1)) for name, look in looks.items()}
    for a, b in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[a] - seen[b]) > LEAST, (a, b)


def test_steps_of_a_shade_darken_for_everybody():
    """Each step of the regions' shade is darker than the one before, with any colour vision."""
    for matrix in VISIONS.values():
        light = [lab(np.clip(np.array(matrix) @ linear(c), 0, 1))[0] for c in style.STEPS]
        assert all(a - b > 4 for a, b in itertools.pairwise(light))


def test_kinds_differ_in_their_lines_too():
    """What is drawn beside each other has a line style of its own: in grey it can be read as well."""
    home = [look.dash for kind, look in kind_looks().items() if kind in ("carted", "returned", "looted")]
    assert len(set(home)) == len(home)


def test_letters_can_be_read_on_what_lies_under_them():
    """Names, notes and tonnes on the map have the contrast of small print (4.5) on land, sea and paper."""
    script = (ASSETS / "run_names.js").read_text(encoding="utf-8")
    inks = [*re.findall(r'_INK = "(#\w{6})"', script), style.INK, "#3a454e"]
    assert len(inks) == 4
    for ink, ground in itertools.product(inks, (style.LAND, style.SEA, style.PAPER, style.NEIGHBOUR, style.BLANK)):
        assert contrast(ink, ground) >= 4.5, (ink, ground)
    for ground in (style.LAND, style.PAPER, style.BLANK):
        assert contrast(style.MUTED, ground) >= 4.5
