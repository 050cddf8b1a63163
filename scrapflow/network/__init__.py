"""Where scrap can go: stations, links, catchments, and the paths between them."""

from __future__ import annotations

from scrapflow.network.build import Network, build_network
from scrapflow.network.impedance import Transport
from scrapflow.network.paths import Path

__all__ = ["Network", "Path", "Transport", "build_network"]
