/** A few lines about what is under the mouse. */

import { el } from "./dom.js";
import { intakeOf } from "./query.js";
import { linkRange, millRange, regionRange } from "./ranges.js";
import { mass, percent, ranged, two } from "./words.js";

/** @param {App} app @param {any} hit what the picture found there */
export function tipLines(app, hit) {
	const { t, view, run, state } = app;
	const { months, values, stocked } = view.shown;
	const { role, kinds } = run;
	const group = (/** @type {any} */ s) =>
		s.group.nodes.length === 1 ? app.name(s.group.nodes[0]) : view.groupName(s.group);
	const about = (/** @type {string} */ title, /** @type {any[]} */ ...lines) => [
		el("b", title),
		lines.filter(Boolean).map((line) => el("div", line)),
	];
	if (hit.type === "link") {
		const ends = [run.links.from[hit.link], run.links.to[hit.link]].map(app.name);
		return about(
			(hit.direction ? ends.reverse() : ends).join(" → "),
			t("tip.link", { t: ranged(t, hit.t, linkRange(app, hit.link)) }),
		);
	}
	if (hit.type === "arc")
		return about(group(hit.from) + " → " + group(hit.to), t("kind." + kinds[hit.k].name) + " " + mass(hit.t));
	if (hit.type === "node") return about(app.name(hit.node), t("node." + run.nodes.what(hit.node)));
	if (hit.type === "mill") {
		const received = values.received[hit.node];
		const { byMill, assumed } = intakeOf(run, state.from, state.to);
		const full = assumed && received > 0 && received >= 0.995 * (byMill.get(hit.node) || Infinity);
		const none = !received && values.stays[hit.node] > 0;
		return about(
			[hit.node, ...(hit.also || [])].map(app.name).join(", "),
			none ? t("figure.none") : t("tip.mill", { t: ranged(t, received, millRange(app, hit.node)) }),
			full && t("tip.full"),
		);
	}
	const v = hit.sign.values;
	const moved = (/** @type {number[]} */ which, /** @type {number} */ value) => {
		if (!(value > 0)) return false;
		const { name } = kinds[which[0]];
		// a region's sum is that of one kind only where the role has but one
		const range =
			hit.sign.group.level === "region" && which.length === 1 && regionRange(app, name, hit.sign.group.region);
		return t("kind." + name) + " " + ranged(t, value * months, range);
	};
	const largest = v.held.indexOf(Math.max(...v.held));
	return about(
		group(hit.sign),
		hit.sign.nodes.length > 1 && t("tip.places", { n: hit.sign.nodes.length }),
		moved(role.bring, v.in),
		moved(role.back, v.back),
		moved(role.taken, v.taken),
		v.total > 0 && t(stocked ? "tip.held" : "tip.came", { t: two(stocked ? v.total : v.total * months) }),
		v.total > 0 &&
			t("tip.part", {
				share: percent(v.held[largest] / v.total),
				material: t("material." + run.materials[largest].name),
			}),
	);
}
