/** The legend: width and area scales, colours, line styles, and what is assumed; it follows the filters. */

import { el, fill, svg, swatch } from "./dom.js";
import { nice, percent, tonnes } from "./words.js";

/** @param {any} app */
export function legend(app) {
	const root = el("section.legend", { label: app.t("legend.title") });

	function update() {
		const { view, t, style, state } = app;
		const { shown } = view;
		const byKind = shown.result.byKind;
		const kinds = app.run.series.kind.names;
		const rows = kinds
			.map((k, i) => [k, byKind[i]])
			.filter(([k, v]) => v > 0 || k !== "leaked")
			.map(([k, v]) => el("li", { class: v > 0 ? "" : "sf-none" }, swatch(style.kinds[k]?.colour || style.muted, style.kinds[k]?.dash || []), el("span", t("kind." + k)), el("b", tonnes(v) + " t")));
		const heldBy = app.run.series.material.names.map((m, i) => [m, sumMaterial(shown.values, i, app.yards)]);
		const heldAll = heldBy.reduce((a, [, v]) => a + v, 0);
		const materials = heldBy.map(([m, v]) => el("li", { class: v > 0 ? "" : "sf-none" }, swatch(style.materials[m]?.colour || style.muted), el("span", t("material." + m)), el("b", heldAll > 0 ? percent(v / heldAll) : "–")));
		fill(
			root,
			el("h2", t("legend.moved")),
			el("ul.list", rows),
			widths(),
			el("h2", t("legend.yards")),
			el("ul.list", materials),
			areas(),
			shade(),
			el("p.small", t(state.scale === "adaptive" ? "legend.adaptive" : "legend.fixed") + " " + t("legend.level." + (shown.level || "spot"))),
			shown.result.shownShare < 0.9999 && el("p.small", t("legend.top", { n: state.filter.top, all: shown.result.pairCount, share: percent(shown.result.shownShare) })),
			shown.arcsLeftOut > 0 && el("p.small", t("legend.arcs", { n: shown.arcsLeftOut })),
			el("p.assumed", app.assumedText()),
		);
	}

	/** Steps of the regions' measure, as ranges. */
	function shade() {
		const { t, state, measured } = app;
		if (!state.measure || !measured) return null;
		const show = (v) => (measured.unit === "share" ? percent(v) : tonnes(v) + " kg");
		const n = measured.steps.length;
		return el("div.scale", el("h2", t("measure." + state.measure)), el("div.shades", measured.steps.map((c, i) => el("span", svg("svg", { width: 48, height: 14 }, svg("rect", { width: 48, height: 14, fill: c, stroke: "#9a8aa3", "stroke-width": 0.6 })), el("i", i === n - 1 ? show(measured.most) : i === 0 ? "0" : "")))));
	}

	function widths() {
		const { view, t, style } = app;
		const most = nice(view.loadScale());
		const steps = [most, nice(most / 4), nice(most / 20)].filter((v, i, list) => v > 0 && list.indexOf(v) === i);
		const width = 62;
		return el("div.scale", el("span.small", t("legend.width")), el("div.widths", steps.map((v) => el("span",
			svg("svg", { width, height: 18 }, svg("line", { x1: 2, x2: width - 2, y1: 9, y2: 9, stroke: style.kinds.shipped.colour, "stroke-width": view.widthOf(v) })), el("i", tonnes(v) + " t")))));
	}

	function areas() {
		const { view, t, style } = app;
		const perTonne = view.shown.perTonne || 0;
		if (!perTonne) return null;
		const most = nice((Math.PI * 20 * 20) / perTonne);
		const steps = [most, nice(most / 5)];
		const radius = (v) => Math.sqrt((v * perTonne) / Math.PI);
		const c = style.kinds;
		const demo = svg("svg", { width: 84, height: 56, viewBox: "0 0 84 56" },
			svg("circle", { cx: 42, cy: 28, r: 9, fill: "none", stroke: style.materials.scrap.colour, "stroke-width": 8 }),
			svg("path", { d: "M24 28 A18 18 0 0 1 60 28", fill: "none", stroke: c.carted.colour, "stroke-width": 6 }),
			svg("path", { d: "M60 28 A18 18 0 0 1 24 28", fill: "none", stroke: c.returned.colour, "stroke-width": 6, "stroke-dasharray": "2.5 1" }),
			svg("path", { d: "M65.5 28 A23.5 23.5 0 0 1 18.5 28", fill: "none", stroke: c.looted.colour, "stroke-width": 4, "stroke-dasharray": "3 1.6" }));
		const millMost = view.shown.perMillTonne ? nice(1300 / view.shown.perMillTonne) : 0;
		const sideOf = Math.sqrt(millMost * (view.shown.perMillTonne || 0));
		return el("div.scale",
			el("span.small", t("legend.area")),
			el("div.areas", steps.filter((v) => v > 0).map((v) => el("span", svg("svg", { width: 2 * radius(v) + 4, height: 2 * radius(v) + 4 }, svg("circle", { cx: radius(v) + 2, cy: radius(v) + 2, r: radius(v), fill: "none", stroke: style.ink, "stroke-width": 1.2 })), el("i", tonnes(v) + " t"))),
				millMost > 0 && el("span", svg("svg", { width: sideOf + 4, height: sideOf + 4 }, svg("rect", { x: 2, y: 2, width: sideOf, height: sideOf, fill: "none", stroke: style.ink, "stroke-width": 1.2 })), el("i", tonnes(millMost) + " t"))),
			el("div.glyph-key", demo, el("ul.small", el("li", t("glyph.in")), el("li", t("glyph.back")), el("li", t("glyph.taken")), el("li", t("glyph.mill")))));
	}

	return { root, update };
}

function sumMaterial(values, material, yards) {
	let sum = 0;
	for (const i of yards) sum += values.held[i * values.materials + material];
	return sum;
}
