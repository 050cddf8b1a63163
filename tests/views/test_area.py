"""Many places chosen at once on the map: by an outline, by a rectangle, and by keys alone."""

from __future__ import annotations

import pytest
from browser import state, wait

_PLACES = """() => {
  const app = document.querySelector(".sf-app").scrapflow;
  const { left, top } = app.map.getContainer().getBoundingClientRect();
  return [...app.run.nodes.kind.keys()]
    .filter((i) => app.run.nodes.placed[i] && app.run.nodes.what(i) !== "outside")
    .map((i) => [i, app.map.latLngToContainerPoint([app.run.nodes.lat[i], app.run.nodes.lon[i]])])
    .map(([i, { x, y }]) => [i, x + left, y + top]);
}"""
_CHOSEN = "app.state.selected ? app.state.selected.nodes.slice().sort((a, b) => a - b) : []"


def _draw(page, corners):
    """Draw a line through points with the mouse."""
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()


def _between(page):
    """Return the places, and a rectangle about those in the middle of the map that no place lies on the edge of."""
    places = page.evaluate(_PLACES)
    edge = []
    for i in (1, 2):
        values = sorted({p[i] for p in places})
        edge += [(values[k] + values[k + 1]) / 2 for k in (len(values) // 4, 3 * len(values) // 4)]
    return places, edge


@pytest.mark.browser
def test_what_is_drawn_around_is_chosen(page):
    """An outline of three corners, and a rectangle with Shift, choose just the places within; the map does not move meanwhile."""
    places, (x1, x2, y1, y2) = _between(page)
    centre = state(page, "app.map.getCenter().lat")
    page.click("[data-key='top:area']")
    _draw(page, [(x1, y1), (x2, y1), (x1, y2)])
    inside = sorted(
        int(i) for i, x, y in places if x > x1 and y > y1 and (x - x1) / (x2 - x1) + (y - y1) / (y2 - y1) < 1
    )
    assert inside
    assert state(page, _CHOSEN) == inside
    assert state(page, "app.state.drawing") is False
    assert state(page, "app.map.dragging.enabled()") is True
    page.click("[data-key='top:area']")
    page.keyboard.down("Shift")
    _draw(page, [(x1, y1), (x2, y2)])
    page.keyboard.up("Shift")
    within = sorted(int(i) for i, x, y in places if x1 < x < x2 and y1 < y < y2)
    assert len(within) > len(inside)
    assert state(page, _CHOSEN) == within
    ids = [state(page, f"app.run.nodes.id[{i}]") for i in within]
    said = page.evaluate(
        "() => new URLSearchParams(document.querySelector('.sf-app').scrapflow.address()).get('place').split('~').sort()"
    )
    assert said == sorted(ids)
    assert page.locator(".sf-detail h2").inner_text().endswith(f"and {len(within) - 1} more")
    assert state(page, "app.map.getCenter().lat") == centre


@pytest.mark.browser
def test_keys_alone_choose_what_is_in_view_and_escape_ends_it(page):
    """Enter on the button, Tab to "All in view", Enter; Escape leaves what was chosen and ends the drawing."""
    page.locator("[data-key='top:area']").focus()
    page.keyboard.press("Enter")
    assert page.get_attribute("[data-key='top:area']", "aria-pressed") == "true"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.dataset.key") == "area:all":
            break
    page.keyboard.press("Enter")
    wait(page, "() => document.querySelector('.sf-app').scrapflow.state.selected !== null")
    places = page.evaluate(_PLACES)
    chosen = state(page, _CHOSEN)
    assert chosen == sorted(i for i, *_ in places)
    page.click("[data-key='top:area']")
    page.keyboard.press("Escape")
    assert state(page, "app.state.drawing") is False
    assert state(page, _CHOSEN) == chosen


@pytest.mark.browser
def test_a_press_without_a_line_chooses_nothing(page):
    """Where nothing was drawn the choice stays as it was, and the drawing goes on."""
    places, _ = _between(page)
    page.click("[data-key='top:area']")
    _draw(page, [places[0][1:], places[0][1:]])
    assert state(page, "app.state.drawing") is True
