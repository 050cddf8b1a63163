/** The panels "the report says / the model says" and "about this map". */

import { el, fill, joined, pairs, small } from "./dom.js";
import { cited, gradeText, unserved } from "./details.js";
import { sheet } from "./sheet.js";
import { begun, metricName, percent, span, two, unitName, whole } from "./words.js";

/** @param {App} app @returns {Part} */
export function claimsView(app) {
	return sheet(app, "claims", ({ body }) => {
		const { t, run } = app;
		const [compared, others] = [false, true].map((silent) =>
			run.claims.filter((c) => silent === (verdictOf(c) === "silent")),
		);
		const tests = compared.filter((c) => c.role === "test");
		const held = tests.filter((c) => c.agrees === true);
		fill(
			body,
			el(
				"p.tally",
				tests.length
					? t("claims.tests", { held: held.length, n: tests.length })
					: t("claims.tests.none", { n: compared.length }),
			),
			small(t("claims.note", { n: compared.length, tests: tests.length })),
			compared.length > 0 && el("div.claim.claim-head", el("h3", t("claims.says")), el("h3", t("claims.model"))),
			compared.map((c) => claim(app, c)),
			others.length > 0 &&
				el(
					"details",
					el("summary", t("claims.others", { n: others.length })),
					others.map((c) => claim(app, c)),
				),
		);
	});
}

function claim(/** @type {App} */ app, c) {
	const { t, run } = app;
	const [text, note] = (app.state.lang !== "en" && c.local) || [c.text, c.note];
	const source = run.sources.find((s) => s.source_id === c.source_id);
	const verdict = verdictOf(c);
	const where = joined(
		source ? cited(source) : c.source_id,
		c.scope,
		c.period,
		gradeText(t, source?.reliability, c.credibility || ""),
	);
	// that an input agrees with itself is no confirmation, and gets no green
	const look = verdict === "silent" || c.role === "test" ? verdict : "given";
	return el(
		"article.claim",
		el("div", el("p", text), small(where)),
		el(
			"div",
			el(
				"p",
				el("span.verdict." + look, t("claims." + verdict)),
				verdict !== "silent" && c.role && small(t("claims.role." + c.role)),
			),
			modelText(c, t).map((line) => el("p", line)),
			typeof c.agrees_share === "number" && small(t("claims.share", { share: percent(c.agrees_share) })),
			note && small(note),
		),
	);
}

/** Does the model say the same, the contrary, or nothing that could be compared? */
export function verdictOf(c) {
	return c.agrees === true ? "holds" : c.agrees === false ? "fails" : "silent";
}

/** The model's number, and what is claimed of it: the relation, the number or the other quantity, and the unit. */
function modelText(c, t) {
	if (typeof c.modelled !== "number") return [t("claims.nothing")];
	const number = (v) => (c.unit === "share" ? percent(v) : joined(two(v) + (c.unit ? " " + unitName(c.unit, t) : "")));
	const metric = (/** @type {string} */ name) => metricName(name, t);
	const value = c.other_metric
		? t("claims.of", { metric: metric(c.other_metric), value: number(c.stated) })
		: c.relation === "between"
			? t("claims.between", { low: number(c.low), high: number(c.high) })
			: number(c.stated);
	const relation = c.relation === "between" ? "" : c.relation;
	return [
		t("claims.model.value", { metric: metric(c.metric), value: number(c.modelled) }),
		t("claims.model.claim", { relation, value }),
	];
}

/** @param {App} app @returns {Part} */
export function aboutView(app) {
	return sheet(app, "about", ({ body }) => {
		const { t, run, data } = app;
		const { about } = data;
		const called = titles(app);
		const rows = [
			["world", called.title],
			["campaign", called.campaign !== called.title && joined(about.campaign_title && called.campaign, about.campaign)],
			["periods", span(run.periods, 0, run.nPeriods - 1)],
			["mode", about.mode && t("mode." + about.mode, about)],
			["version", "scrapflow " + about.version],
			[
				"assumed",
				t("about.assumed.text", {
					n: whole(data.assumed.count),
					ranged: whole(data.assumed.ranged),
					tables: data.assumed.tables.map(([name, n]) => `${t("input." + name.split(":")[0])} ${n}`).join(", ") || "–",
				}),
			],
			["read", about.read],
			["attribution", about.attribution],
		];
		const source = (/** @type {any} */ s) =>
			el(
				"li",
				el("span", cited(s) + ` (${s.reliability || "–"})`),
				s.remark && el("b.small", " " + s.remark),
				s.uses > 0 && el("span.small", " " + t("about.uses", { n: s.uses })),
				s.url && el("span.url", " " + s.url),
			);
		const hash = ([name, text]) => el("li", `${name} ${text}`);
		fill(
			body,
			pairs((key) => begun(t("about." + key)), rows),
			el("p", el("b", t("about.cite")), " ", cite(app)),
			el("p", t("about.schematic")),
			el("p", t("about.offline")),
			unserved(app, about.unserved),
			el("h3", t("about.sources")),
			sourceGroups(app).map(({ title, rows }, k) =>
				el("details.sources", { open: k === 0 }, el("summary", title), el("ul.plain", rows.map(source))),
			),
			about.hashes.length > 0 &&
				el(
					"details",
					el("summary", t("about.hashes", { n: about.hashes.length })),
					el("ul.plain.hashes", about.hashes.map(hash)),
				),
		);
	});
}

/** So many sources of one publisher are a group of their own. */
const OWN_GROUP = 3;

/**
 * The sources, first those whose statements the model is set beside, led by those that the world itself says something of
 * (`source.ID` among its words); then the rest by publisher. Each group is sorted by use.
 * @param {App} app
 * @returns {{title: string, rows: any[]}[]}
 */
export function sourceGroups({ t, run, data }) {
	const own = Object.keys(data.labels.en).filter((key) => key.startsWith("source."));
	const rank = (/** @type {Source} */ s) => {
		const at = own.indexOf("source." + s.source_id);
		return at < 0 ? own.length : at;
	};
	const all = run.sources.map((s) => ({ ...s, remark: rank(s) < own.length ? t("source." + s.source_id) : "" }));
	const compared = (/** @type {any} */ s) =>
		run.claims.filter((c) => c.source_id === s.source_id && verdictOf(c) !== "silent").length;
	const said = all
		.filter((s) => s.remark || compared(s))
		.sort((a, b) => rank(a) - rank(b) || compared(b) - compared(a));
	/** @type {Map<string, any[]>} */
	const by = new Map();
	for (const s of all) if (!said.includes(s)) by.set(s.publisher, [...(by.get(s.publisher) || []), s]);
	const [large, few] = [true, false].map((own) =>
		[...by].filter(([who, rows]) => own === Boolean(who && rows.length >= OWN_GROUP)),
	);
	const other = few.flatMap(([, rows]) => rows);
	const uses = (/** @type {any[]} */ rows) => rows.reduce((sum, s) => sum + s.uses, 0);
	const groups = large
		.sort(([, a], [, b]) => uses(b) - uses(a))
		.map(([who, rows]) => ({ title: t("about.sources.of", { who: begun(who), n: rows.length }), rows }));
	return [
		{ title: t("about.sources.said", { n: said.length }), rows: said },
		...groups,
		{ title: t("about.sources.other", { n: other.length }), rows: other.sort((a, b) => b.uses - a.uses) },
	].filter(({ rows }) => rows.length);
}

/** How to cite the map: title, campaign, version, what it rests on. @param {App} app @returns {string} */
export function cite(app) {
	const { version, read, digest: hash } = app.data.about;
	const named = joined(...new Set(Object.values(titles(app))));
	return app.t("about.cite.text", { named, version, read: read || "–", hash });
}

/** What world and campaign are called in the language of the page. @param {App} app */
function titles({ t, data: { about } }) {
	return { title: t("map.subtitle") || about.name, campaign: about.campaign_title ? t("map.title") : about.campaign };
}
