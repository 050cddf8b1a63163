/** A few lines about what is under the mouse. */

import { el } from "./dom.js";
import { mass, percent, tonnes } from "./words.js";

/** @param {any} app @param {any} hit what the picture found there */
export function tipLines(app, hit) {
	const { t, view, run } = app;
	const { months, values } = view.shown;
	const group = (s) => view.groupName(s.group);
	const about = (title, ...lines) => [el("b", title), lines.filter(Boolean).map((line) => el("div", line))];
	if (hit.type === "link") {
		const ends = [run.links.from[hit.link], run.links.to[hit.link]].map(app.name);
		return about((hit.direction ? ends.reverse() : ends).join(" → "), t("tip.link", { t: tonnes(hit.t) }));
	}
	if (hit.type === "arc")
		return about(
			group(hit.from) + " → " + group(hit.to),
			t("kind." + run.series.kind.names[hit.k]) + " " + mass(hit.t),
		);
	if (hit.type === "node") return about(app.name(hit.node), t("node." + run.nodes.what(hit.node)));
	if (hit.type === "mill") return about(app.name(hit.node), t("tip.mill", { t: tonnes(values.received[hit.node]) }));
	const v = hit.sign.values;
	const line = (key, value) => (value > 0 || key === "in") && t("tip." + key, { t: tonnes(value * months) });
	return about(
		group(hit.sign),
		hit.sign.nodes.length > 1 && t("tip.places", { n: hit.sign.nodes.length }),
		line("in", v.in),
		line("back", v.back),
		line("taken", v.taken),
		v.total > 0 && t("tip.scrap", { share: percent(v.held[0] / v.total) }),
	);
}
