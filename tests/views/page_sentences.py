"""Every sentence and number of a map's page, made a second time in Python from the run's tables, and set beside it.

Nothing here is taken from the page's own data: frames are filtered and summed by pandas. Shared by the tests and by
``scripts/check_sentences.py``, which does the same for many worlds and filters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from scrapflow.views.sentences import percent, two
from scrapflow.vocabulary import kinds

TOKEN = re.compile(r"<?\d[\d,]*(?:\.\d+)?%?")
SETS = ("kind", "material", "via", "mill", "region", "sector", "basis", "grade")
NEAR = (1.0, 1.0 - 3e-6, 1.0 + 3e-6)
"""The page holds single precision: a sum at the edge of two figures may be rounded either way."""
READ = """() => {
  const app = document.querySelector('.sf-app').scrapflow;
  const text = (s) => [...document.querySelectorAll(s)].map((n) => n.textContent);
  const rows = (s) => [...document.querySelectorAll(s)].map((n) => [n.querySelector('span').textContent, n.querySelector('b').textContent]);
  const [moved, held] = [...document.querySelectorAll('.sf-legend > .sf-list')];
  const list = (n) => n ? [...n.querySelectorAll('li')].map((li) => [li.querySelector('span').textContent, li.querySelector('b').textContent]) : [];
  return {
    lead: text('.sf-lead').join(), headline: text('.sf-headline')[0], figures: text('.sf-figure'), moved: list(moved), held: list(held),
    months: text('.sf-bars title'), level: app.view.shown.level,
    homes: app.view.shown.names.filter((n) => n.home).map((n) => n.text),
    mills: app.view.shown.names.filter((n) => /: /.test(n.text) && !n.home && !n.note && n.bold).map((n) => n.text),
  };
}"""
PLACE = """() => [...document.querySelectorAll('.sf-side-table')].map((side) => [side.querySelector('h3').textContent,
  [...side.querySelectorAll('.sf-kind')].map((n) => n.textContent.trim())])"""


@dataclass
class Choice:
    """What is shown: months by number, the values of each filter that pass (none: all), and in which language."""

    first: int
    last: int
    sets: dict[str, set[str]] = field(default_factory=dict)
    lang: str = "en"

    def script(self) -> str:
        """Return what sets it on the page."""
        sets = ", ".join(f"{name}: new Set({sorted(values)!r})" for name, values in self.sets.items())
        return f"app.set({{...app.startState(), lang: {self.lang!r}, from: {self.first}, to: {self.last}, filter: {{...app.startState().filter, {sets}}}}})"


def random_choice(run, rng, lang: str = "en") -> Choice:
    """Return a range of months and up to three filters that a run has values for."""
    n = len(run.periods)
    first, last = sorted(rng.integers(0, n, 2).tolist()) if rng.random() < 0.7 else (0, n - 1)
    moves, nodes = run.movements, run.nodes.set_index("node_id")
    values = {name: moves[name].unique() for name in ("kind", "material", "via", "basis", "grade")}
    values |= {name: moves["origin"].map(nodes[name]).fillna("").unique() for name in ("region", "sector")}
    mills = {k.kind for k in kinds().values() if k.tracing == "deliver" and k.ends_at == "mill"}
    values["mill"] = moves.loc[moves["kind"].isin(mills), "destination"].unique()
    unnamed = ("region", "sector", "grade")
    known = {name: sorted(str(v) for v in found if str(v) or name in unnamed) for name, found in values.items()}
    known = {name: found for name, found in known.items() if len(found) > 1}
    names = rng.choice(sorted(known), min(len(known), int(rng.integers(0, 4))), replace=False) if known else []
    sets = {
        str(name): set(rng.choice(known[name], int(rng.integers(1, len(known[name]))), replace=False).tolist())
        for name in names
    }
    return Choice(int(first), int(last), sets, lang)


def agrees(shown: str, make) -> bool:
    """Tell whether a text is the one wanted: the same words, and each number one that the value may be rounded to."""
    wanted = [make(scale) for scale in NEAR]
    if TOKEN.sub("#", shown) != TOKEN.sub("#", wanted[0]):
        return False
    numbers = [TOKEN.findall(text) for text in wanted]
    return all(token in allowed for token, *allowed in zip(TOKEN.findall(shown), *numbers, strict=True))


def _called(frame, lang: str):
    """Return what places or regions are called in a language: their local name where they have one."""
    if lang == "en" or "name_local" not in frame:
        return frame["name"]
    local = frame["name_local"].fillna("").astype(str)
    return local.where(local != "", frame["name"])


class Expected:
    """What a page must say of a run while something is shown."""

    def __init__(self, run, words, choice: Choice) -> None:
        self.run, self.words, self.choice = run, words, choice
        self.labels = run.periods["period"].tolist()
        self.span = self.labels[choice.first : choice.last + 1]
        self.n = len(self.span)
        self.nodes = run.nodes.set_index("node_id")
        self.called = _called(self.nodes, choice.lang)
        self.region_called = _called(run.regions.drop_duplicates("name").set_index("name", drop=False), choice.lang)
        self.kinds = [k for k in kinds().values() if k.kind in set(run.movements["kind"])]
        self.passing = self._passing(choice.sets)
        self.rows = self.passing[self.passing["period"].isin(self.span)]
        self.by_kind = self.rows.groupby("kind")["tonnage_t"].sum()
        self.whole = choice.first == 0 and choice.last == len(self.labels) - 1

    def _passing(self, sets):
        moves = self.run.movements
        rows = moves.assign(
            region=moves["origin"].map(self.nodes["region"]).fillna(""),
            sector=moves["origin"].map(self.nodes["sector"]).fillna("") if "sector" in self.nodes else "",
        )
        for name, values in sets.items():
            if name == "mill":
                rows = rows[~rows["kind"].isin(self.of("deliver", mill=True)) | rows["destination"].isin(values)]
            else:
                rows = rows[rows[name].astype(str).isin(values)]
        return rows

    def of(self, tracing, *, mill=None):
        """Return the kinds that do something to a tonne."""
        chosen = [k for k in self.kinds if k.tracing == tracing]
        return [k.kind for k in chosen if mill is None or (k.ends_at == "mill") == mill]

    def sum(self, names):
        """Return tonnes of some kinds in what is shown."""
        return float(self.by_kind.reindex(names, fill_value=0.0).sum())

    def t(self, key, **values):
        """Fill a text."""
        text = self.words[key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    @property
    def asked(self):
        """Tonnes asked of the regions and sectors that are shown."""
        frame = self.run.accounts
        if "quota_t" not in frame:
            return 0.0
        frame = frame[frame["period"].isin(self.span)]
        for name in ("region", "sector"):
            if name in self.choice.sets:
                frame = frame[frame["node_id"].map(self.nodes[name]).fillna("").isin(self.choice.sets[name])]
        return float(frame["quota_t"].sum())

    @property
    def full(self):
        """Whether the mills got all that they were assumed to take."""
        supplies = self.run.tables.get("supplies")
        if supplies is None or not len(supplies) or "demand_t" not in supplies:
            return False
        wanted = supplies[supplies["demand_t"].fillna(0) > 0]
        rows = self.run.assumed
        chosen = (rows["table"] == "mills") & (rows["column"] == "intake_t") & (rows["basis"] == "assumed")
        guessed = set(rows.loc[chosen, "row"])
        if not len(wanted) or not set(wanted["node_id"]) <= guessed:
            return False
        most = wanted.loc[wanted["period"].isin(self.span), "demand_t"].sum()
        return self.sum(self.of("deliver", mill=True)) >= 0.995 * float(most)

    def held(self, period):
        """Tonnes in the yards at the end of a month."""
        yards = self.nodes.index[self.nodes["kind"] == "yard"]
        rows = self.run.stocks[(self.run.stocks["period"] == period) & self.run.stocks["node_id"].isin(yards)]
        return float(rows["closing_t"].sum())

    def mass(self, value, scale):
        """Tonnes in two figures."""
        return f"{two(value * scale)}\u00a0t"

    def lead(self, scale):
        """The news: how much of what was handed over went back; none of what filters leave."""
        brought, back = self.sum(self.of("bring")), self.sum(self.of("take_back"))
        told = brought > 0 and back > 0 and not self.choice.sets
        return self.t("headline.lead", share=percent(back / brought * scale)) if told else ""

    def headline(self, scale):
        """The sentences above the numbers."""
        span = f"{self.span[0]} – {self.span[-1]}" if self.n > 1 else self.span[0]
        total = float(self.by_kind.sum())
        if not len(self.run.movements):
            return self.words["headline.empty"]
        if not total:
            return self.t("headline.none", span=span)
        if self.choice.sets:
            parts = [
                self.t("headline.kind", t=self.mass(self.by_kind[k.kind], scale), kind=self.words[f"kind.{k.kind}"])
                for k in self.kinds
                if self.by_kind.get(k.kind, 0.0) > 0
            ]
            return self.t("headline.filtered", span=span) + " " + ", ".join(parts) + "."
        basis = self.rows.groupby("basis")["tonnage_t"].sum()
        share = float(basis.reindex(["reported", "derived"], fill_value=0.0).sum()) / total
        what = "modelled" if share == 0 else "given" if share > 0.999 else "mixed"
        ranges = self.run.meta.get("ranges", {}) if self.whole else {}

        def clause(key, value, figure=""):
            if not value > 0:
                return ""
            told = self.mass(value, scale)
            if figure in ranges:
                low, high = ranges[figure]["low"], ranges[figure]["high"]
                told = self.t("number.range", t=two(value * scale), low=two(low), high=two(high))
            return self.t(f"headline.{key}", t=told)

        brought = self.sum(self.of("bring"))
        left = self.held(self.span[-1])
        rows = self.run.unserved
        lost = rows[(rows["period"] == self.labels[-1]) & (rows["reason"] == "unplaced")]["tonnage_t"].sum()
        groups = [
            [clause("asked", self.asked, "quota_t"), clause("bring", brought, "carted_t")],
            [
                clause("take_back", self.sum(self.of("take_back")), "returned_t"),
                clause("store", self.sum(self.of("store")), "looted_t"),
            ],
            [clause("mills.full" if self.full else "mills", self.sum(self.of("deliver", mill=True)), "delivered_t")],
            [clause("abroad", self.sum(self.of("deliver", mill=False)))],
            [clause("left", left) if left > brought * 1e-4 else ""],
            [clause("unplaced", float(lost)) if self.span[-1] == self.labels[-1] else ""],
        ]
        sentences = [self.words["and"].join(filter(None, parts)) for parts in groups]
        start = self.t(f"headline.{what}", span=span, share=percent(share))
        return " ".join([start, *(f"{text}." for text in sentences if text)])

    def figures(self, scale):
        """The four numbers, each with its notes, as one text."""
        sets = self.choice.sets
        ranges = self.run.meta.get("ranges", {}) if self.whole and not sets else {}
        whose = set(sets) <= {"region", "sector"}

        def card(name, value, note="", figure="", kinds=()):
            # only what is switched off is left out: nothing of a region that sends nothing is nothing
            if kinds and sets.get("kind") and not {*kinds} & {*sets["kind"]}:
                return f" {name}–{self.words['figure.none']}"
            told = f" {name}{self.mass(value, scale)}"
            if figure in ranges:
                low, high = ranges[figure]["low"], ranges[figure]["high"]
                told += self.t("figure.range", low=two(low), high=two(high))
            return told + note

        def of(value, whole, key):
            return self.t(key, share=percent(value / whole * scale)) if whole > 0 and whose else ""

        def label(names):
            return ", ".join(self.words[f"kind.{name}"] for name in names)

        bring, mills = self.of("bring"), self.of("deliver", mill=True)
        gone = [*self.of("take_back"), *self.of("store")]
        moved = [k for k in gone if self.by_kind.get(k, 0.0) > 0]
        split = ", ".join(f"{two(self.by_kind[k] * scale)} {self.words[f'kind.{k}']}" for k in moved)
        out = []
        if "quota_t" in self.run.accounts and (self.run.accounts["quota_t"] != 0).any():
            out.append(card(self.words["figure.asked"], self.asked, figure="quota_t"))
        if bring:
            brought = self.sum(bring)
            out.append(card(label(bring), brought, of(brought, self.asked, "figure.of.asked"), "carted_t", bring))
        if gone:
            out.append(card(label(gone), self.sum(gone), split if len(moved) > 1 else "", "diverted_t", gone))
        if mills:
            note = "" if sets or not self.full else self.words["figure.full"]
            note = note or of(self.sum(mills), self.sum(bring), "figure.of.carted")
            out.append(card(self.words["figure.received"], self.sum(mills), note, "delivered_t", mills))
        return out

    def moved(self, scale):
        """The legend's kinds with their tonnes."""
        told = [(self.words[f"kind.{k.kind}"], self.by_kind.get(k.kind, 0.0)) for k in self.kinds]
        return [f"{name} {self.mass(v, scale) if v > 0 else '–'}" for name, v in told]

    def months(self, scale):
        """What each month's bar says."""
        sums = self.passing.groupby(["period", "kind"])["tonnage_t"].sum()
        return [
            f"{p}: "
            + ", ".join(
                f"{self.words[f'kind.{k.kind}']} {self.mass(sums.get((p, k.kind), 0.0), scale)}" for k in self.kinds
            )
            for p in self.labels
        ]

    def composition(self):
        """What the yards held, or what came into them where a stock cannot be told apart, by material."""
        yards = self.nodes.index[self.nodes["kind"] == "yard"]
        sets = self.choice.sets
        stocks = self.run.stocks[self.run.stocks["node_id"].isin(yards)]
        stocks = stocks[stocks["closing_t"] > 0]
        if len(stocks) and not set(sets) & {"via", "region", "sector", "basis", "grade"}:
            rows = stocks[stocks["period"].isin(self.span)]
            rows = rows[rows["material"].isin(sets["material"])] if "material" in sets else rows
            return rows.groupby("material")["closing_t"].sum()
        rows = self._passing({name: v for name, v in sets.items() if name != "kind"})
        rows = rows[rows["period"].isin(self.span) & rows["kind"].isin(self.of("bring"))]
        return rows[rows["destination"].isin(yards)].groupby("material")["tonnage_t"].sum()

    def place(self, ids):
        """Tonnes by side and kind of some places: in, out, within."""
        a, b = self.rows["origin"].isin(ids), self.rows["destination"].isin(ids)
        sides = {"detail.in": self.rows[b & ~a], "detail.out": self.rows[a & ~b], "detail.within": self.rows[a & b]}
        sums = {key: rows.groupby("kind")["tonnage_t"].sum() for key, rows in sides.items()}
        return [
            (self.words[key], [(self.words[f"kind.{k.kind}"], s[k.kind]) for k in self.kinds if s.get(k.kind, 0) > 0])
            for key, s in sums.items()
            if s.sum() > 0
        ]

    def home(self, place, kind):
        """Tonnes that left the yards of a region for home, or its factories at night."""
        names = [k.kind for k in self.kinds if self.words[f"kind.{k.kind}"] == kind]
        rows = self.rows[self.rows["kind"].isin(names)]
        placed = self.nodes.index[self.nodes["x_coord"].notna()]
        at = rows["origin"].map(self.nodes["region"].map(lambda name: self.region_called.get(name, name))) == place
        return float(rows.loc[at & rows["origin"].isin(placed), "tonnage_t"].sum())


def differences(page, run, words, choice: Choice, rng) -> list[str]:
    """Set a page to a choice and return each text of it that is not what the run's tables say."""
    page.evaluate(f"() => {{ const app = document.querySelector('.sf-app').scrapflow; {choice.script()}; }}")
    shown, want = page.evaluate(READ), Expected(run, words, choice)
    wrong = []

    def check(what, text, make):
        if not agrees(text, make):
            wrong.append(f"{what}: {text!r} is not {make(1.0)!r}")

    check("lead", shown["lead"], want.lead)
    check("headline", shown["headline"], want.headline)
    check("figures", " | ".join(shown["figures"]), lambda s: " | ".join(want.figures(s)))
    check(
        "legend", " | ".join(f"{name} {value}" for name, value in shown["moved"]), lambda s: " | ".join(want.moved(s))
    )
    check("months", " | ".join(shown["months"]), lambda s: " | ".join(want.months(s)))
    parts = want.composition()
    if parts.sum() > 0:
        told = dict(shown["held"])
        for material, t in parts.items():
            name = words[f"material.{material}"]
            check(f"legend of {name}", told.get(name, ""), lambda s, t=t: percent(t / parts.sum() * s))
    if shown["level"] == "region":
        for text in shown["homes"]:
            place, rest = text.split(": ", 1)
            kind = re.sub(r"^\S+ ", "", rest.replace("\u00a0", "_"))
            check("on the map", text, lambda s, p=place, k=kind: f"{p}: {want.mass(want.home(p, k), s)} {k}")
    named = {str(name).split(" (")[0]: node for node, name in want.called.items() if want.nodes["kind"][node] == "mill"}
    for text in shown["mills"]:
        name = text.rsplit(": ", 1)[0]
        if name in named:
            mine = want.rows["kind"].isin(want.of("deliver", mill=True)) & (want.rows["destination"] == named[name])
            got = float(want.rows.loc[mine, "tonnage_t"].sum())
            check("mill on the map", text, lambda s, n=name, t=got: f"{n}: {want.mass(t, s)}")
    _check_places(page, want, rng, check)
    return wrong


def _check_places(page, want: Expected, rng, check) -> None:
    """Open a few random places together that move something, and compare what their panel sums."""
    moving = sorted(set(want.rows["origin"]) | set(want.rows["destination"]))
    moving = [node for node in moving if node in want.nodes.index]
    if not moving:
        return
    ids = rng.choice(moving, min(len(moving), int(rng.integers(1, 4))), replace=False).tolist()
    app = "document.querySelector('.sf-app').scrapflow"
    page.evaluate(f"() => {app}.focusOn({ids!r}.map((id) => {app}.run.nodes.index.get(id)))")
    sides = page.evaluate(PLACE)
    page.evaluate(f"() => {app}.select(null)")
    expected = want.place(ids)
    check(
        f"panel of {ids}",
        " | ".join(f"{title}: " + ", ".join(rows) for title, rows in sides),
        lambda s: " | ".join(
            f"{title}: " + ", ".join(f"{name}{want.mass(t, s)}" for name, t in rows) for title, rows in expected
        ),
    )


def story_differences(page, run, words, lang: str = "en") -> list[str]:
    """Walk through the story and return each step whose text is not made of what the tables say."""
    whole = Expected(run, words, Choice(0, len(run.periods) - 1, lang=lang))
    page.evaluate(f"() => {{ const app = document.querySelector('.sf-app').scrapflow; {whole.choice.script()}; }}")
    page.evaluate("() => document.querySelector('.sf-app').scrapflow.tell()")
    wrong = []
    while True:
        title, text = page.evaluate(
            "() => [document.querySelector('.sf-story .sf-name').textContent, document.querySelector('.sf-caption').textContent]"
        )
        for what, make in story_sentences(whole, title):
            options = {make(scale) for scale in NEAR}
            if not any(option in text for option in options):
                wrong.append(f"story, {title}, {what}: {make(1.0)!r} is not in {text!r}")
        if re.search(r"(?<![\d,.])0\u00a0?t\b|NaN|undefined|\{", text):
            wrong.append(f"story, {title}: {text!r}")
        if not page.evaluate(
            "() => { const next = document.querySelector('[data-key=\"story:next\"]'); next?.click(); return Boolean(next); }"
        ):
            break
    page.evaluate("() => document.querySelector('[data-key=\"story:end\"]').click()")
    return wrong


def story_sentences(want: Expected, title: str):
    """Yield what a step must say: its name, and its text made for a scale."""
    titles = {v: k.split(".")[1] for k, v in want.words.items() if k.startswith("story.") and k.endswith(".title")}
    yield from getattr(Steps(want), titles[title])()


class Steps:
    """What each step of the story must say, over all months."""

    def __init__(self, want: Expected) -> None:
        self.want, self.nodes, self.t = want, want.nodes, want.t

    def account(self, column):
        """Return a column of the accounts by place."""
        frame = self.want.run.accounts
        return frame.groupby("node_id")[column].sum() if column in frame else frame.groupby("node_id").size() * 0.0

    def moved(self, tracing, end, *, mill=None):
        """Return tonnes of the kinds that do one thing, by one of their ends."""
        rows = self.want.run.movements
        return rows[rows["kind"].isin(self.want.of(tracing, mill=mill))].groupby(end)["tonnage_t"].sum()

    def part(self, key, sums):
        """Yield the region with the largest part, where there are several."""
        regions = self.nodes["region"].reindex(sums.index).fillna("").to_numpy()
        by_region = sums.groupby(regions).sum().drop("", errors="ignore")
        if len(by_region) < 2 or not sums.sum() > 0:
            return
        name, share = str(by_region.idxmax()), float(by_region.max() / sums.sum())
        name = self.want.region_called.get(name, name)
        yield "part", lambda s: self.t(f"story.{key}.part", region=name, share=percent(share * s))

    def asked(self):
        """What is asked, and of whom most."""
        quota = self.account("quota_t")
        yield "total", lambda s: self.t("story.asked.total", t=two(quota.sum() * s))
        yield from self.part("asked", quota)

    def comes(self):
        """Where it comes from, and where most arrives."""
        brought = self.moved("bring", "origin")
        works = brought[self.nodes["kind"].reindex(brought.index) == "enterprise"].sum() / brought.sum()
        yield "total", lambda s: self.t("story.comes.total", t=two(brought.sum() * s))
        if 0 < works < 1:
            yield "who", lambda s: self.t("story.comes.who", share=percent(works * s))
        yield from self.part("comes", self.moved("bring", "destination"))

    def yard(self):
        """The yard that held most on average."""
        yards = self.nodes.index[self.nodes["kind"] == "yard"]
        stocks = self.want.run.stocks[self.want.run.stocks["node_id"].isin(yards)]
        mean = stocks.groupby("node_id")["closing_t"].sum() / len(self.want.labels)
        word, name = "most" if len(mean) > 1 else "one", self.want.called[mean.idxmax()]
        yield word, lambda s: self.t(f"story.yard.{word}", name=name, t=two(mean.max() * s))

    def back(self):
        """What goes back, and what is taken."""
        back, carted, taken = (float(self.moved(w, "origin").sum()) for w in ("take_back", "bring", "store"))
        if back > 0.005 and carted:
            yield "returned", lambda s: self.t("story.back.returned", t=two(back * s), share=percent(back / carted))
        if taken > 0.005:
            yield "looted", lambda s: self.t("story.back.looted", t=two(taken * s))

    def hit(self):
        """What is owed, and who is punished."""
        owed = self.account("shortfall_t")
        if owed.sum() > 0.005:
            yield "owed", lambda s: self.t("story.hit.owed", t=two(owed.sum() * s))
            yield from self.part("hit", owed)
        for name in ("expelled", "detained", "camp"):
            n = float(self.account(name).sum())
            if n >= 0.5:
                yield name, lambda s, name=name, n=n: self.t(f"story.hit.{name}", n=two(n * s))

    def mills(self):
        """What the mills receive, the largest first."""
        received = self.moved("deliver", "destination", mill=True).sort_values(ascending=False, kind="stable")
        first = received.index[0]
        yield "total", lambda s: self.t("story.mills.total", t=two(received.sum() * s))
        yield "first", lambda s: f"{self.want.called[first]} {self.want.mass(received.iloc[0], s)}"
        if self.want.full:
            yield "full", lambda _: self.want.words["story.mills.full"]


def rng_of(seed: int) -> np.random.Generator:
    """Return the random numbers of a seed."""
    return np.random.default_rng(seed)
