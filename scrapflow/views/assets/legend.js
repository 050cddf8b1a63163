/** The legend: scales, colours, line styles, and what is assumed; it follows the filters and what is drawn. */

import { el, fill, svg, swatch } from "./dom.js";
import { marksOf } from "./evidence.js";
import { arrowShape, signRows } from "./signs.js";
import { total } from "./unpack.js";
import { measureName } from "./measures.js";
import { begun, mass, metricName, nice, percent, step } from "./words.js";

/** @param {App} app @returns {Part} */
export function legend(app) {
	const root = el("section.legend");

	function update() {
		const { view, t, state, run } = app;
		const { shown } = view;
		const { values, result } = shown;
		const row = (colour, dash, words, v, text) =>
			el(v > 0 ? "li" : "li.none", swatch(colour, dash), el("span", words), el("b", text));
		const held = run.materials.map((_, i) => total(app.yards.map((y) => values.held[y * values.materials + i])));
		const all = total(held);
		const small = (when, key, more) => when && el("p.small", t(key, more));
		fill(
			root,
			el("h2", t("legend.moved")),
			el(
				"ul.list",
				run.kinds.map(({ name, colour, dash }, k) =>
					row(colour, dash, t("kind." + name), result.byKind[k], result.byKind[k] > 0 ? mass(result.byKind[k]) : "–"),
				),
			),
			widths(),
			all > 0 && el("h2", t(shown.stocked ? "legend.yards" : "legend.yards.came")),
			all > 0 &&
				el(
					"ul.list",
					run.materials.map(
						({ name, colour }, i) =>
							(held[i] > 0 || occurs(i)) && row(colour, null, t("material." + name), held[i], percent(held[i] / all)),
					),
				),
			areas(),
			signs(),
			shade(),
			el(
				"p.small",
				t(state.scale === "adaptive" ? "legend.adaptive" : "legend.fixed") + " " + t("legend.level." + shown.level),
			),
			small(result.shownShare < 0.9999, "legend.top", {
				n: state.filter.top,
				all: result.pairCount,
				share: percent(result.shownShare),
			}),
			small(shown.arcsLeftOut > 0, "legend.arcs", { n: shown.arcsLeftOut }),
			el("p.assumed", app.assumedText()),
		);
	}

	/** Whether a material ever lies in a yard: then its row stays, so that rows do not jump as months go by. */
	function occurs(i) {
		const { view } = app;
		const { held, materials } = view.reference.nodes;
		return app.yards.some((y) => held[y * materials + i] > 0);
	}

	/** A sample of a size, and what it stands for. */
	const sample = (width, height, text, shape) => el("span", svg("svg", { width, height }, shape), el("i", text));

	/** Steps of the regions' measure, as ranges; in words where regions hardly differ. */
	function shade() {
		const { t, state, measured, style } = app;
		if (!measured) return null;
		const shape = (/** @type {number} */ v, /** @type {number} */ i) => {
			const fill = measured.steps[i];
			const look = { width: 48, height: 14, fill, stroke: style.muted, "stroke-width": 0.6 };
			return sample(48, 14, measured.said(v), fill && svg("rect", look));
		};
		return el(
			"div.scale",
			el("h2", begun(measureName(t, state.measure))),
			measured.even ? el("p.small", measured.even) : el("div.shades", measured.bounds.map(shape)),
		);
	}

	const line = (width, colour, thick) =>
		svg("line", { x1: 2, x2: width, y1: 9, y2: 9, stroke: colour, "stroke-width": thick });

	/** Widths of what goes by rail, and of the arrows home, each on its own scale. */
	function widths() {
		const { view, run, style } = app;
		const { role, kinds } = run;
		const steps = (most, parts) => [...new Set(parts.map((part) => nice(most / part)))];
		const railed = kinds[role.rail[0]];
		const home = kinds[role.back[0] ?? role.taken[0]];
		return [
			railed &&
				scale("legend.width", "widths", steps(view.loadScale(), [1, 4, 20]), (v) =>
					sample(62, 18, step(v), line(60, railed.colour || style.muted, view.widthOf(v))),
				),
			// in two sizes: their area is true to tonnes
			home &&
				scale("legend.home", "areas", steps(view.shown.mostHome, [1, 5]), (v) =>
					sample(44, 40, step(v), arrowShape(22, 20, view.homeSize(v), 1, home.colour)),
				),
		];
	}

	/** Values of a scale, those that there are, as samples under its name. */
	function scale(key, look, values, shape) {
		const there = values.filter((v) => v > 0);
		return there.length > 0 && el("div.scale", el("span.small", app.t(key)), el("div." + look, there.map(shape)));
	}

	function areas() {
		const { view, style, run } = app;
		const { perTonne, perMillTonne, stocked } = view.shown;
		const outline = { fill: "none", stroke: style.ink, "stroke-width": 1.2 };
		const most = perTonne ? nice((Math.PI * 20 * 20) / perTonne) : 0;
		const circle = (v) => {
			const r = Math.sqrt((v * perTonne) / Math.PI);
			return sample(2 * r + 4, 2 * r + 4, step(v), svg("circle", { cx: r + 2, cy: r + 2, r, ...outline }));
		};
		const mill = perMillTonne && run.role.mills.length ? nice(1300 / perMillTonne) : 0;
		const side = Math.sqrt(mill * perMillTonne);
		return [
			scale(stocked ? "legend.area" : "legend.area.came", "areas", [most, nice(most / 5)], circle),
			scale("legend.area.mill", "areas", [mill], () =>
				sample(side + 4, side + 4, step(mill), svg("rect", { x: 2, y: 2, width: side, height: side, ...outline })),
			),
		];
	}

	/** The signs, each with what it stands for, in the map's own colours. */
	function signs() {
		return el("ul.signs", app.state.next && nextRow(), signRows(app));
	}

	/** The numbered marks at what to look at next, while they are shown. */
	function nextRow() {
		const { run, t } = app;
		const mark = [
			svg("circle", { cx: 15, cy: 11, r: 9, fill: "#111111", stroke: "#ffffff", "stroke-width": 2 }),
			svg(
				"text",
				{ x: 15, y: 15, fill: "#ffffff", "font-size": 11, "font-weight": "bold", "text-anchor": "middle" },
				"1",
			),
		];
		return (
			marksOf(run).length > 0 &&
			el(
				"li",
				{ "data-sign": "next" },
				svg("svg", { width: 30, height: 22, viewBox: "0 0 30 22" }, mark),
				el("span", t("legend.next", { target: metricName(run.evidence.target, t) })),
			)
		);
	}

	return { root, update };
}
