/** The panels "the article says / the model says" and "about this map". */

import { el, fill, pairs } from "./dom.js";
import { gradeText } from "./details.js";
import { sheet } from "./sheet.js";
import { percent, tonnes, whole } from "./words.js";

/** @param {any} app */
export function claimsView(app) {
	const body = el("div.sheet-body", { tabindex: 0 });
	const frame = sheet(app, "claims", "claims.title", body);

	function update() {
		frame.update();
		if (app.state.panel !== "claims") return;
		const { t, run } = app;
		const compared = run.claims.filter((c) => verdictOf(c) !== "silent");
		const others = run.claims.filter((c) => verdictOf(c) === "silent");
		fill(body,
			el("p.small", t("claims.note")),
			compared.map((c) => claim(app, c)),
			others.length > 0 && el("details", el("summary", t("claims.others", { n: others.length })), others.map((c) => claim(app, c))));
	}

	return { root: frame.root, update };
}

function claim(app, c) {
	const { t, run } = app;
	const source = run.sources.find((s) => s.source_id === c.source_id);
	const verdict = verdictOf(c);
	const where = [source ? [source.title, source.publisher].filter(Boolean).join(", ") : c.source_id, c.period, gradeText(t, source ? source.reliability : "", c.credibility || "")];
	return el("article.claim",
		el("div", el("h3", t("claims.says")), el("p", c.text || ""), el("p.small", where.filter(Boolean).join(" · "))),
		el("div", el("h3", t("claims.model")), el("p", { class: "sf-verdict sf-" + verdict, text: t("claims." + verdict) }), el("p", modelText(c, t)), c.note && el("p.small", c.note)));
}

/** Does the model say the same, the contrary, or nothing that could be compared? */
export function verdictOf(c) {
	return c.agrees === true ? "holds" : c.agrees === false ? "fails" : "silent";
}

/** The model's number beside the stated one, or beside the other quantity that it is compared with. */
function modelText(c, t) {
	if (typeof c.modelled !== "number") return t("claims.nothing");
	const number = (v) => (c.unit === "share" ? percent(v) : tonnes(v) + (c.unit ? " " + c.unit : ""));
	if (typeof c.stated !== "number" || (c.stated === 0 && !c.other_metric)) return number(c.modelled);
	return t("claims.pair", { a: number(c.modelled), b: number(c.stated) });
}

/** @param {any} app */
export function aboutView(app) {
	const body = el("div.sheet-body", { tabindex: 0 });
	const frame = sheet(app, "about", "about.title", body);

	function update() {
		frame.update();
		if (app.state.panel !== "about") return;
		const { t, run, data } = app;
		const { about } = data;
		const last = run.periods[run.nPeriods - 1] || "–";
		const rows = [
			["world", [about.title, about.name].filter((v, i, list) => v && list.indexOf(v) === i).join(", ")],
			["campaign", [about.campaign_title, about.campaign].filter(Boolean).join(" · ")],
			["periods", `${run.periods[0] || "–"} – ${last}`],
			["mode", about.mode + (about.mode === "sampled" ? `, ${about.seed}` : "")],
			["version", "scrapflow " + about.version],
			["assumed", t("about.assumed.text", { n: whole(data.assumed.count), tables: data.assumed.tables.map(([name, n]) => `${name} ${n}`).join(", ") || "–" })],
			["attribution", about.attribution],
		];
		fill(body,
			pairs(rows.map(([key, value]) => [t("about." + key), value])),
			el("p", t("about.schematic")),
			el("p", t("about.offline")),
			run.unserved.length > 0 && el("div", el("h3", t("about.unserved")), el("ul.plain", unservedByReason(run).map(([reason, v]) => el("li", `${tonnes(v)} t: ${t("reason." + reason)}`)))),
			el("h3", t("about.sources")),
			el("ul.plain.sources", run.sources.map((s) => el("li", el("span", [s.title, s.publisher, s.published].filter(Boolean).join(", ") + ` (${s.reliability || "–"})`), s.url && el("span.url", " " + s.url)))),
			about.hashes.length > 0 && el("details", el("summary", t("about.hashes", { n: about.hashes.length })), el("ul.plain.hashes", about.hashes.map(([name, hash]) => el("li", `${name} ${hash}`)))));
	}

	return { root: frame.root, update };
}

/** Tonnes not served, by reason, largest first. */
export function unservedByReason(run) {
	const sums = new Map();
	for (const [, reason, t] of run.unserved) sums.set(reason, (sums.get(reason) || 0) + t);
	return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
