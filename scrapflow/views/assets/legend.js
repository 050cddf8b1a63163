/** The legend: width and area scales, colours, line styles, and what is assumed; it follows the filters. */

import { el, fill, svg, swatch } from "./dom.js";
import { total } from "./unpack.js";
import { mass, nice, percent, step, tonnes } from "./words.js";

/** @param {any} app */
export function legend(app) {
	const root = el("section.legend", { label: app.t("legend.title") });

	function update() {
		const { view, t, state, run } = app;
		const { shown } = view;
		const { values, result } = shown;
		const row = (colour, dash, words, v, text) =>
			el(v > 0 ? "li" : "li.none", swatch(colour, dash), el("span", words), el("b", text));
		const held = run.series.material.names.map((_, i) =>
			total(app.yards.map((y) => values.held[y * values.materials + i])),
		);
		const all = total(held);
		const small = (when, key, more) => when && el("p.small", t(key, more));
		fill(
			root,
			el("h2", t("legend.moved")),
			el(
				"ul.list",
				run.series.kind.names.map(
					(k, i) =>
						(result.byKind[i] > 0 || k !== "leaked") &&
						row(view.kindColour[i], view.kindDash[i], t("kind." + k), result.byKind[i], mass(result.byKind[i])),
				),
			),
			widths(),
			el("h2", t(view.shown.stocked ? "legend.yards" : "legend.yards.came")),
			el(
				"ul.list",
				run.series.material.names.map((m, i) =>
					row(view.materialColour[i], null, t("material." + m), held[i], all > 0 ? percent(held[i] / all) : "–"),
				),
			),
			areas(),
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

	/** A sample of a size, and what it stands for. */
	const sample = (width, height, text, shape) => el("span", svg("svg", { width, height }, shape), el("i", text));

	/** Steps of the regions' measure, as ranges. */
	function shade() {
		const { t, state, measured } = app;
		if (!measured) return null;
		const said = state.measure === "burden" ? tonnes : percent;
		return el(
			"div.scale",
			el("h2", t("measure." + state.measure)),
			el(
				"div.shades",
				measured.bounds.map((v, i) =>
					sample(
						48,
						14,
						said(v),
						measured.steps[i] &&
							svg("rect", { width: 48, height: 14, fill: measured.steps[i], stroke: "#9a8aa3", "stroke-width": 0.6 }),
					),
				),
			),
		);
	}

	function widths() {
		const { view, t, style } = app;
		const most = nice(view.loadScale());
		const steps = [...new Set([most, nice(most / 4), nice(most / 20)])].filter((v) => v > 0);
		return el(
			"div.scale",
			el("span.small", t("legend.width")),
			el(
				"div.widths",
				steps.map((v) =>
					sample(
						62,
						18,
						step(v),
						svg("line", {
							x1: 2,
							x2: 60,
							y1: 9,
							y2: 9,
							stroke: style.kinds.shipped.colour,
							"stroke-width": view.widthOf(v),
						}),
					),
				),
			),
		);
	}

	function areas() {
		const {
			view: { shown },
			t,
			style: { kinds, materials, ink },
		} = app;
		const { perTonne, perMillTonne } = shown;
		if (!perTonne) return null;
		const most = nice((Math.PI * 20 * 20) / perTonne);
		const outline = { fill: "none", stroke: ink, "stroke-width": 1.2 };
		const circle = (v) => {
			const r = Math.sqrt((v * perTonne) / Math.PI);
			return sample(2 * r + 4, 2 * r + 4, step(v), svg("circle", { cx: r + 2, cy: r + 2, r, ...outline }));
		};
		const mill = perMillTonne ? nice(1300 / perMillTonne) : 0;
		const side = Math.sqrt(mill * perMillTonne);
		const half = (d, look, width, dash) =>
			svg("path", { d, fill: "none", stroke: look.colour, "stroke-width": width, "stroke-dasharray": dash });
		return el(
			"div.scale",
			el("span.small", t("legend.area")),
			el(
				"div.areas",
				[most, nice(most / 5)].filter((v) => v > 0).map(circle),
				mill > 0 &&
					sample(side + 4, side + 4, step(mill), svg("rect", { x: 2, y: 2, width: side, height: side, ...outline })),
			),
			el(
				"div.glyph-key",
				svg(
					"svg",
					{ width: 84, height: 56, viewBox: "0 0 84 56" },
					svg("circle", { cx: 42, cy: 28, r: 9, fill: "none", stroke: materials.scrap.colour, "stroke-width": 8 }),
					half("M24 28 A18 18 0 0 1 60 28", kinds.carted, 6),
					half("M60 28 A18 18 0 0 1 24 28", kinds.returned, 6, "2.5 1"),
					half("M65.5 28 A23.5 23.5 0 0 1 18.5 28", kinds.looted, 4, "3 1.6"),
				),
				el(
					"ul.small",
					["in", "back", "taken", "mill"].map((key) => el("li", t(`glyph.${key}`))),
				),
			),
		);
	}

	return { root, update };
}
