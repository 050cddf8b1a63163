"""The register of sources: one row a distinct publication, graded by publisher.

Reliability is the Admiralty letter of the publisher, set here once and argued in docs/data.md; it says nothing of a
single claim. Mirrors and copies get no better letter than the original, and usually a worse one.
"""

from __future__ import annotations

import re
import urllib.parse

from common import ACCESSED, facts, slug, write

_URL = re.compile(r"https?://[^\s;,()\"]+(?:\([^()\s]*\)[^\s;,()\"]*)*|(?<![\w/.])(?:[\w-]+\.)+(?:com|org|net|kr|jp|top|wiki|moe|cc|in|uk)/[^\s;,)\"]*")
_WIKI = "facts only (text CC BY-SA)"
_GEONAMES_KINDS = ("GeoNames", "Who's On First")

# host pattern → publisher, reliability, licence. First match wins.
PUBLISHERS = [
    (r"namu|thewiki\.kr|mir\.pe|readonly\.wiki|tcatmon|duckproxy", "Namuwiki or a copy of it", "D", "facts only"),
    (r"wikipedia|wikiwand|/wiki/|wiki\.|wiki1|wikizero|wikimili|wikiclassic|hmong\.in\.th|dewiki|plwiki|everything\.explained"
     r"|explained\.today|osmarks|kiwix|infolist|pinocchiopedia|mediated\.wiki|hitchhikersgui|friendlywiki|cavac|jmedia"
     r"|clateway|cryer|iiab|fastly|uncensored-wiki|pedia\.3rd|profil|bafybei|qa\.edu\.vn|yoda\.wiki|jablog|ja-wiki"
     r"|ja-two|goodnames|wikial|wikisum|wiki\.x\.io|kfd\.me|ewikibg|cydlabs|newshift|fanyv88|melakarnets|xcv\.wiki"
     r"|bahnsport|e-do-match|stampfactory|weblio|dbpedia", "Wikipedia or a copy of it", "C", _WIKI),
    (r"dailynk", "Daily NK", "C", "quotation of facts"),
    (r"rfa\.org|americanmilitarynews|recyclingtoday|macprotricks", "Radio Free Asia or a paper quoting it", "C", "quotation of facts"),
    (r"rodong|kcna", "Korean Central News Agency / Rodong Sinmun (state media)", "D", "quotation of facts"),
    (r"yahoo\.co\.jp", "Ko Yŏng-gi, Yahoo! News Japan (Daily NK Japan)", "C", "quotation of facts"),
    (r"nkeconwatch", "North Korean Economy Watch", "B", "quotation of facts"),
    (r"encykorea", "Encyclopedia of Korean Culture", "B", "facts only"),
    (r"gem\.wiki", "Global Energy Monitor", "B", "CC BY 4.0"),
    (r"kosis", "Statistics Korea", "B", "facts only"),
    (r"yna\.co\.kr|tongilnews|pressreader|koreaherald|hankookilbo|herald|kbs\.co\.kr|mbn\.co\.kr|hani|wowkorea|bizwatch"
     r"|kihoilbo|kbmaeil|zum\.com|chosun|spnews|minjok|wowtv|yonhap|edaily|outsourcing", "press", "C", "quotation of facts"),
    (r"beyondparallel|fas\.org|yumpu", "research institute or government handbook", "B", "facts only"),
    (r"arxiv|metabolismofcities|datapdf", "scientific literature", "A", "facts only"),
    (r"sfwnwc|nkd\.or\.kr", "civil-society database", "C", "facts only"),
    (r"cphibiz|viewusglobal|krnews21|defendkorea|nkleadershipwatch|exploredprk|paperblog|redstarkatleah|juche007"
     r"|stringtranslate|chislennost|hmap|country-data|knowledgr|travel-100years|beta\.", "secondary compiler", "D", "facts only"),
]  # fmt: skip


class Register:
    """Collects sources as tables cite them."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = {}
        self._by_key: dict[str, str] = {}
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
        publisher, reliability, licence = next(
            ((p, r, lic) for pattern, p, r, lic in PUBLISHERS if re.search(pattern, url)), ("", "F", "facts only")
        )
        self._by_key[url] = source_id
        self.rows[source_id] = {
            "source_id": source_id,
            "title": last[0].replace("_", " ") + (f" ({host})" if last[0] != host else ""),
            "publisher": publisher or host,
            "url": url if url.startswith("http") else f"https://{url}",
            "accessed": ACCESSED,
            "reliability": reliability,
            "licence": licence,
        }
        return source_id

    def write(self) -> None:
        """Write sources.csv."""
        write("sources", list(self.rows.values()), "source_id")
