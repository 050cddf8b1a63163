"""`compare_map`: two runs on two maps that move together, and a third of what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapflow.given import checked
from scrapflow.views.flow_layer import FlowLayer
from scrapflow.views.in_one_piece import in_one_piece
from scrapflow.views.map_payload import run_payload
from scrapflow.views.offline import OfflineMap
from scrapflow.views.packing import to_json
from scrapflow.views.words import labels, run_words, words_of

if TYPE_CHECKING:
    from scrapflow.queries.compare import Comparison
    from scrapflow.views.plain_columns import Json


class ComparisonLayer(FlowLayer):
    """The data of two runs on one page; what both have in common is stored once."""

    def __init__(self, comparison: Comparison, *, title: str = "", lang: str = "en") -> None:
        super().__init__(comparison.a, lang=lang, interface="full", options={"title": title, "page": True})
        self.kind = "compare"
        self.both = comparison
        second = run_payload(in_one_piece(comparison.b))
        same = {key for key, value in second.items() if to_json(value) == to_json(self.data[key])}
        campaigns = [str(run.meta.get("campaign") or "") for run in (comparison.a, comparison.b)]
        self.names = campaigns if campaigns[0] != campaigns[1] else [comparison.name_a, comparison.name_b]
        self.second = {key: value for key, value in second.items() if key not in same}

    def words(self) -> dict[str, dict[str, str]]:
        """Return the texts of both runs, in the languages that either has."""
        first, second = (words_of(run, self.lang, also="compare.") for run in (self.both.a, self.both.b))
        return {
            lang: {**second.get(lang, {}), **first.get(lang, {}), "compare.title": _heading(self.both, lang)}
            for lang in dict.fromkeys([*first, *second])
        }

    def payload(self) -> dict[str, Json]:
        """Return the data the script reads: ``a`` whole, of ``b`` what differs."""
        out = super().payload()
        first = {key: out.pop(key) for key in self.data}
        return {**out, "names": self.names, "a": first, "b": self.second}


def _heading(comparison: Comparison, lang: str) -> str:
    """Return the titles of both campaigns in a language, or the names of both runs where they have none or one."""
    runs = (comparison.a, comparison.b)
    titles = [run_words(run, lang)["map.title"] if run.meta.get("campaign_title") else "" for run in runs]
    told = all(titles) and titles[0] != titles[1]
    return " · ".join(titles if told else [comparison.name_a, comparison.name_b])


@checked
def compare_map(comparison: Comparison, *, lang: str = "en", title: str | None = None) -> OfflineMap:
    """Draw a comparison: both runs on one scale, moving in step, and their difference (more here, less there).

    Parameters
    ----------
    comparison
        What :func:`scrapflow.compare` returned; the difference is b minus a, of each whole campaign.
    lang
        ``en`` or ``ko`` at first sight.
    title
        Title of the page; by default the titles of both campaigns, or the names of both runs.

    Returns
    -------
    OfflineMap
        To be written by :func:`scrapflow.save_map`.

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> m = compare_map(sf.compare(sf.run(world, "2012"), sf.run(world, "2015"), align="order"))
    >>> type(m).__name__
    'OfflineMap'
    """
    labels(lang)
    m = OfflineMap(title=title or _heading(comparison, lang), lang=lang)
    ComparisonLayer(comparison, title=title or "", lang=lang).add_to(m)
    return m
