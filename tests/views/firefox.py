"""Firefox for the tests, driven over WebDriver BiDi: Playwright cannot drive the Firefox that a distribution installs."""

from __future__ import annotations

import json
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from browser import find_firefox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowRight": "\ue014", "Control": "\ue009"}
# every request goes to a port of this machine where nobody listens: as good as a cut cable
PREFERENCES = """
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
"""
OWN = ("file:", "data:", "blob:", "about:", "resource:", "chrome:")


@dataclass
class Firefox:
    """One page of a running Firefox, with what it complained of and what it asked for."""

    socket: Any
    context: str = ""
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    count: int = 0

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result; events that come in between are kept."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("type") == "event":
                self.note(answer["method"], answer["params"])
            elif answer.get("id") == self.count:
                assert answer["type"] == "success", answer
                return answer["result"]

    def note(self, method: str, params: dict[str, Any]) -> None:
        """Keep a console message of some weight, or a request that leaves the machine."""
        if method == "log.entryAdded" and params["level"] in ("error", "warn"):
            self.complaints.append(f"{params['level']}: {params['text']}")
        elif method == "network.beforeRequestSent" and not params["request"]["url"].startswith(OWN):
            self.requests.append(params["request"]["url"])

    def open(self, path: Path) -> None:
        """Open a file and wait until its map is drawn."""
        self.call("browsingContext.navigate", context=self.context, url=path.resolve().as_uri(), wait="complete")
        ready = "() => new Promise((done) => setTimeout(done, 50, document.querySelector('[data-ready]') !== null))"
        assert any(self.evaluate(ready) for _ in range(600))

    def evaluate(self, function: str) -> Any:
        """Call a function of no arguments on the page and return what it returns, through JSON."""
        found = self.call(
            "script.callFunction",
            functionDeclaration=f"async () => JSON.stringify(await ({function})())",
            awaitPromise=True,
            target={"context": self.context},
        )
        assert found["type"] == "success", found
        return json.loads(found["result"].get("value", "null"))

    def click(self, selector: str) -> None:
        """Bring an element into sight and press the mouse button on its middle."""
        self.evaluate(f"() => document.querySelector({selector!r}).scrollIntoView({{block: 'nearest'}})")
        node = self.call(
            "browsingContext.locateNodes", context=self.context, locator={"type": "css", "value": selector}
        )
        element = {"type": "element", "element": {"sharedId": node["nodes"][0]["sharedId"]}}
        self.act(
            "pointer",
            {"type": "pointerMove", "x": 0, "y": 0, "origin": element},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        )

    def press(self, *keys: str) -> None:
        """Press keys one after the other: characters, or names such as Enter."""
        strokes = [{"type": t, "value": KEYS.get(k, k)} for k in keys for t in ("keyDown", "keyUp")]
        self.act("key", *strokes)

    def write(self, selector: str, text: str) -> None:
        """Replace what a field holds by typing."""
        self.click(selector)
        chord = [("keyDown", KEYS["Control"]), ("keyDown", "a"), ("keyUp", "a"), ("keyUp", KEYS["Control"])]
        self.act("key", *({"type": t, "value": k} for t, k in chord))
        self.press(*text)

    def act(self, device: str, *actions: dict[str, Any]) -> None:
        """Perform actions of the mouse or the keyboard."""
        source = {"type": device, "id": device, "actions": list(actions)}
        self.call("input.performActions", context=self.context, actions=[source])


@contextmanager
def firefox(profile: Path, width: int = 1280, height: int = 800) -> Iterator[Firefox]:
    """Start Firefox without a window and without a network, with an empty profile, and end it again."""
    websocket = pytest.importorskip("websocket", reason="the package websocket-client is missing")
    (profile / "user.js").write_text(PREFERENCES)
    command = [find_firefox(), "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with subprocess.Popen(
        [*command, "about:blank"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        try:
            said = iter(process.stderr)
            address = next((m[1] for line in said if (m := re.search(r"BiDi listening on (ws://\S+)", line))), None)
            assert address, "Firefox ended before it listened"
            socket = websocket.create_connection(f"{address}/session", suppress_origin=True, timeout=60)
            try:
                page = Firefox(socket)
                page.call("session.new", capabilities={})
                page.context = page.call("browsingContext.getTree")["contexts"][0]["context"]
                page.call("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
                size = {"width": width, "height": height}
                page.call("browsingContext.setViewport", context=page.context, viewport=size)
                yield page
                page.call("browser.close")
            finally:
                socket.close()
        finally:
            process.terminate()
            process.wait(30)
