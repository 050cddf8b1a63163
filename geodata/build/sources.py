"""The register of sources: one row a distinct publication, graded by publisher.

Reliability is the Admiralty letter of the publisher, set in facts/publishers.csv and argued in docs/data.md; it
says nothing of a single claim. Mirrors and copies get no better letter than the original, and usually a worse one.
"""

from __future__ import annotations

import re
import urllib.parse

from geodata.build.common import ACCESSED, facts, slug, write

_URL = re.compile(
    r"https?://[^\s;,()\"]+(?:\([^()\s]*\)[^\s;,()\"]*)*|(?<![\w/.])(?:[\w-]+\.)+(?:com|org|net|kr|jp|top|wiki|moe|cc|in|uk)/[^\s;,)\"]*"
)
FIRST = ("dailynk_13046", "dailynk_105759")
_UNKNOWN = {"publisher": "", "reliability": "F", "licence": "facts only"}


class Register:
    """Collects sources as tables cite them."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = {}
        self._by_key: dict[str, str] = {}
        self._publishers = facts("publishers.csv")  # the first pattern that fits an address tells its publisher
        self._titles = facts("source_titles.csv")
        for row in facts("sources_named.csv"):
            self.rows[row["source_id"]] = {k: v for k, v in row.items() if k != "match"}
            for key in row["match"].split("|"):
                if key:
                    self._by_key[key] = row["source_id"]

    def cite(self, text: str, default: str = "") -> str:
        """Return the identifier of the first source named in a fact file's source cell, registering all of them."""
        found = [self._add(url) for url in _URL.findall(text or "")]
        for key, source_id in self._by_key.items():
            if not key.startswith("http") and key in (text or ""):
                found.insert(0, source_id)
        return found[0] if found else default

    def _add(self, url: str) -> str:
        url = url.rstrip(".:")
        for key, source_id in self._by_key.items():
            if key in url:
                return source_id
        host, _, path = re.sub(r"^https?://", "", url).partition("/")
        words = urllib.parse.unquote(path.split("?")[-1] if "?" in path else path)
        last = [w for w in re.split(r"[/]", words) if w][-1:] or [host]
        ascii_words = slug(re.sub(r"\.(html?|md|php)$", "", last[0]))[:40].strip("_")
        base = "_".join(x for x in (slug(re.sub(r"^(www|m|en|http)\.", "", host))[:24].strip("_"), ascii_words) if x)
        source_id, n = base, 2
        while source_id in self.rows:
            source_id, n = f"{base}_{n}", n + 1
        publisher = next((p for p in self._publishers if re.search(p["pattern"], url)), _UNKNOWN)
        self._by_key[url] = source_id
        self.rows[source_id] = {
            "source_id": source_id,
            "title": self._title(url, last[0], host, publisher["publisher"]),
            "publisher": publisher["publisher"] or host,
            "url": url if url.startswith("http") else f"https://{url}",
            "accessed": ACCESSED,
            "reliability": publisher["reliability"],
            "licence": publisher["licence"],
        }
        return source_id

    def _title(self, url: str, last: str, host: str, publisher: str) -> str:
        """Return the title that a fact file gives, else the words of the address, with the site if it is a copy."""
        given = next((t["title"] for t in self._titles if t["match"] in url), "")
        if given:
            return given
        words = re.sub(r"^(lang=\w+&q=|(oldid=\d+&)?title=)", "", last)
        words = re.sub(r"\.(html?|md|php)$", "", words).replace("_", " ").strip()
        if " " not in words and words.count("-") > 1:
            words = words.replace("-", " ")
        site = re.sub(r"^(www|m|en)\.", "", host).partition(":")[0]
        site = "IPFS" if len(site) > 40 else site
        return f"{words} (copy at {site})" if "copy" in publisher else words or host

    def write(self) -> None:
        """Write sources.csv: the reports that the model is about first."""
        first = [self.rows[s] for s in FIRST]
        write("sources", [*first, *(r for s, r in sorted(self.rows.items()) if s not in FIRST)], "")
