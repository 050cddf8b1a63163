/** The panel "what was seen": what was used, what it moved, what it fights with, and where to look next, also on the map. */

import { el, fill, joined, small } from "./dom.js";
import { disc, fillIn, middle, stroke } from "./paint.js";
import { sheet } from "./sheet.js";
import { metricName, percent, two, unitName } from "./words.js";

const MOST = 9;

/** @param {App} app @returns {Part} */
export function evidenceView(app) {
	return sheet(app, "evidence", ({ body }) => {
		const { t, run, state } = app;
		const { observations = [], inputs = [], next = [], ess, members, power, target } = run.evidence;
		const part = (key, rows, one) => rows.length > 0 && [el("h3", t("evidence." + key)), el("ol.plain", rows.map(one))];
		const marks = marksOf(run);
		fill(
			body,
			observations.length > 0 &&
				el("p.tally", t("evidence.members", { n: observations.length, ess: Math.round(ess), members })),
			power < 1 && el("p", t("evidence.few", { power: percent(power) })),
			part("used", observations, (o) =>
				el(
					"li",
					el("p", el("b", called(o, app)), " ", isNamed(o) && subject(o, app) + ": ", amount(o, t)),
					small(joined(t("evidence.trust", { share: percent(o.trust) }), o.source_id, o.note)),
					o.excludes
						? el("p.verdict.fails", t("evidence.excludes", { other: excluded(o, observations, app) }))
						: o.conflict && el("p.verdict.fails", t("evidence.conflict")),
				),
			),
			part("moved", inputs, (i) => el("li", i.input, " ", small(learned(i, t)))),
			part("next", next.slice(0, MOST), (c, /** @type {number} */ i) =>
				el(
					"li",
					el("b", `${i + 1}`),
					" ",
					look(c, app),
					" ",
					small(t("evidence.worth", { share: percent(c.reduction), target: metricName(target, t) })),
				),
			),
			marks.length > 0 &&
				el("button", {
					text: t(state.next ? "evidence.hide" : "evidence.show"),
					onclick: () => app.set({ next: !state.next, panel: "" }),
				}),
		);
	});
}

/** Whether whoever gave an observation named it; else its identifier is made of metric and place. */
function isNamed(o) {
	return !o.observation_id.startsWith(o.metric);
}

function called(o, app) {
	return isNamed(o) ? o.observation_id : subject(o, app);
}

/** What was observed, where and when, in words. */
function subject(o, app) {
	const measure = o.metric
		.split(" > ")
		.map((name) => metricName(name, app.t))
		.join(" > ");
	const when = o.first === o.last ? o.first : `${o.first} – ${o.last}`;
	return [measure, placeOf(o, app) || o.node_id || o.link_id || o.region_id, when].filter(Boolean).join(", ");
}

function placeOf({ node, link }, { name, run }) {
	if (node >= 0) return name(node);
	return link >= 0 ? [run.links.from[link], run.links.to[link]].map(name).join(" – ") : "";
}

function amount(o, t) {
	const unit = o.unit || (o.metric.endsWith("_t") ? "t" : "");
	const of = unit && " " + unitName(unit, t);
	if (o.error === "bounds")
		return `${o.low === null ? "" : two(o.low) + "–"}${o.high === null ? "" : two(o.high)}${of}`;
	const range = typeof o.low === "number" && typeof o.high === "number" ? ` (${two(o.low)}–${two(o.high)})` : "";
	return two(o.value) + range + of;
}

/** The observations that cannot be true together with one, as they are called here. */
function excluded(o, observations, app) {
	const listed = `, ${o.excludes}, `;
	return observations
		.filter((p) => p !== o && listed.includes(`, ${p.observation_id}, `))
		.map((p) => `“${called(p, app)}”`)
		.join(", ");
}

function learned({ shift, narrowing }, t) {
	const part = percent(Math.abs(narrowing));
	const width = narrowing >= 0.005 ? "narrower" : narrowing <= -0.005 ? "wider" : "";
	return joined(t("evidence.shift", { shift: two(shift) }), width && t("evidence." + width, { part }));
}

/** What to look at, in words; an assumption is called as its table calls it. */
function look(c, app) {
	const place = placeOf(c, app);
	const key = "evidence.look." + c.kind;
	const words = place && app.t(key) !== key ? app.t(key, { place }) : "";
	if (words) return c.period ? `${words}, ${c.period}` : words;
	return c.kind === "assumption" ? joined(c.candidate, app.t("evidence.look.assumption")) : c.candidate;
}

/** What of the next things to look at has a place: its number, and a node or a link. @param {Run} run @returns {{n: number, node: number, link: number}[]} */
export function marksOf(run) {
	const next = run.evidence?.next || [];
	return next
		.slice(0, MOST)
		.flatMap((c, /** @type {number} */ i) =>
			c.node < 0 && c.link < 0 ? [] : [{ n: i + 1, node: c.node, link: c.link }],
		);
}

/** The layer: a numbered mark at each thing to look at next. @param {any} ctx @param {Run} run @param {any} at @param {Map<number, any>} courses */
export function drawNext(ctx, run, at, courses) {
	const { nodes } = run;
	for (const { n, node, link } of marksOf(run).reverse()) {
		const path = courses.get(link);
		if (node < 0 && !path) continue;
		const [x, y] =
			node >= 0
				? [nodes.wx[node] * at.scale - at.ox, nodes.wy[node] * at.scale - at.oy]
				: middle(Array.from(path.xs, (px, k) => [px, path.ys[k]]));
		disc(ctx, x, y, 9);
		fillIn(ctx, "#111111");
		stroke(ctx, "#ffffff", 2);
		ctx.fillStyle = "#ffffff";
		ctx.font = "bold 11px sans-serif";
		ctx.textAlign = "center";
		ctx.textBaseline = "middle";
		ctx.fillText(String(n), x, y);
	}
}
