/** The panels "the article says / the model says" and "about this map". */

import { el, fill, joined, pairs, small } from "./dom.js";
import { cited, gradeText, unserved } from "./details.js";
import { sheet } from "./sheet.js";
import { percent, span, tonnes, whole } from "./words.js";

/** @param {any} app */
export function claimsView(app) {
	return sheet(app, "claims", ({ body }) => {
		const { t, run } = app;
		const [compared, others] = [false, true].map((silent) =>
			run.claims.filter((c) => silent === (verdictOf(c) === "silent")),
		);
		fill(
			body,
			small(t("claims.note")),
			el("div.claim", el("h3", t("claims.says")), el("h3", t("claims.model"))),
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

function claim(app, c) {
	const { t, run } = app;
	const source = run.sources.find((s) => s.source_id === c.source_id);
	const verdict = verdictOf(c);
	const where = joined(
		source ? cited(source) : c.source_id,
		c.period,
		gradeText(t, source?.reliability, c.credibility || ""),
	);
	return el(
		"article.claim",
		el("div", el("p", c.text || ""), small(where)),
		el("div", el("p.verdict." + verdict, t("claims." + verdict)), el("p", modelText(c, t)), c.note && small(c.note)),
	);
}

/** Does the model say the same, the contrary, or nothing that could be compared? */
export function verdictOf(c) {
	return c.agrees === true ? "holds" : c.agrees === false ? "fails" : "silent";
}

/** The model's number beside the stated one, or beside the other quantity that it is compared with. */
function modelText(c, t) {
	if (typeof c.modelled !== "number") return t("claims.nothing");
	const number = (v) => (c.unit === "share" ? percent(v) : v % 1 ? tonnes(v) : whole(v));
	const unit = c.unit === "share" ? "" : " " + (c.unit || "");
	if (typeof c.stated !== "number" || (c.stated === 0 && !c.other_metric)) return number(c.modelled) + unit;
	return t("claims.pair", { a: number(c.modelled), relation: c.relation, b: number(c.stated) + unit });
}

/** @param {any} app */
export function aboutView(app) {
	return sheet(app, "about", ({ body }) => {
		const { t, run, data } = app;
		const { about } = data;
		const rows = [
			["world", about.title || about.name],
			["campaign", joined(about.campaign_title, about.campaign)],
			["periods", span(run.periods, 0, run.nPeriods - 1)],
			["mode", about.mode && t("mode." + about.mode, about)],
			["version", "scrapflow " + about.version],
			[
				"assumed",
				t("about.assumed.text", {
					n: whole(data.assumed.count),
					tables: data.assumed.tables.map(([name, n]) => `${name.split(":")[0]} ${n}`).join(", ") || "–",
				}),
			],
			["read", about.read],
			["attribution", about.attribution],
		];
		fill(
			body,
			pairs((key) => t("about." + key), rows),
			el("p", t("about.schematic")),
			el("p", t("about.offline")),
			unserved(app, about.unserved),
			el("h3", t("about.sources")),
			el(
				"ul.plain.sources",
				run.sources.map((s) =>
					el("li", el("span", cited(s) + ` (${s.reliability || "–"})`), s.url && el("span.url", " " + s.url)),
				),
			),
			about.hashes.length > 0 &&
				el(
					"details",
					el("summary", t("about.hashes", { n: about.hashes.length })),
					el(
						"ul.plain.hashes",
						about.hashes.map(([name, hash]) => el("li", `${name} ${hash}`)),
					),
				),
		);
	});
}
