"""What a widget's page shows, read from its messages."""

from __future__ import annotations

import json


def painted(widget):
    """Return what the page would show: the newest message over the first, as ``explore.js`` joins them."""

    def read(raw):
        head = int.from_bytes(raw[:4], "little")
        return json.loads(raw[4 : 4 + head])

    return {**read(widget._base), **(read(widget._data) if widget._data else {})}
