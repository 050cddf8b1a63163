/** The panel "what was seen": what was used, what it moved, what it fights with, and where to look next, also on the map. */

import { el, fill, joined, small } from "./dom.js";
import { disc, fillIn, middle, stroke } from "./paint.js";
import { sheet } from "./sheet.js";
import { percent, two } from "./words.js";

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
					el("p", el("b", o.observation_id), " ", seen(o)),
					small(joined(t("evidence.trust", { share: percent(o.trust) }), o.source_id, o.note)),
					o.excludes
						? el("p.verdict.fails", t("evidence.excludes", { other: o.excludes }))
						: o.conflict && el("p.verdict.fails", t("evidence.conflict")),
				),
			),
			part("moved", inputs, (i) =>
				el(
					"li",
					i.input,
					" ",
					small(t("evidence.shift", { shift: two(i.shift), narrower: percent(Math.max(0, i.narrowing)) })),
				),
			),
			part("next", next.slice(0, MOST), (c, /** @type {number} */ i) =>
				el(
					"li",
					el("b", `${i + 1}`),
					" ",
					c.candidate,
					" ",
					small(t("evidence.worth", { share: percent(c.reduction), target })),
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

function seen(o) {
	if (o.error === "bounds")
		return `${o.low === null ? "" : two(o.low) + " ≤ "}${o.metric}${o.high === null ? "" : " ≤ " + two(o.high)}`;
	const range = typeof o.low === "number" && typeof o.high === "number" ? ` (${two(o.low)}–${two(o.high)})` : "";
	return `${o.metric} ${two(o.value)}${range} ${o.unit || ""}`;
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
