"""What a saved notebook shows without a kernel."""

from __future__ import annotations

from scrapflow.views.still import still_html


def test_a_map_and_a_picture_stand_in_where_there_is_no_kernel(w, toy_run):
    """A saved notebook holds the map in a frame, and a picture that stays where frames are taken out."""
    text = still_html(toy_run, name="abc")
    assert text.index("data:image/png;base64,iVBORw0KGgo") < text.index("<iframe")
    assert "scrapflow-still-abc" in text
    assert "function runView" in text
