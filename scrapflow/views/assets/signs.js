/** The signs of the map as SVG, each with what it stands for. */

import { el, svg } from "./dom.js";
import { turn } from "./geometry.js";
import { tint } from "./paint.js";
import { total } from "./unpack.js";

/**
 * What is drawn on the map and what it stands for; only what this run has.
 * @param {{run: Run, t: (key: string, values?: any) => string, style: Style, view: View}} app
 */
export function signRows({ run, t, style, view }) {
	const { role, kinds } = run;
	const row = (key, shape, words) => {
		// what the sign is called, which it says itself where there is little room
		const named = words.indexOf(": ") + 1;
		return el(
			"li",
			{ "data-sign": key },
			svg("svg", { width: 30, height: 22, viewBox: "0 0 30 22" }, shape),
			el("span", el("span.sign-name", words.slice(0, named)), words.slice(named)),
		);
	};
	/** Strips of what the mills get, as they are on the map. */
	const millShape = () => {
		const got = run.materials
			.map(({ colour }, m) => ({
				colour,
				t: total(view.mills.map((i) => (received[i] > 0 ? held[i * run.materials.length + m] : 0))),
			}))
			.filter(({ t }) => t > 0);
		const all = total(got.map((part) => part.t));
		let y = 18;
		return [
			svg("rect", { x: 8, y: 4, width: 14, height: 14, fill: "#8c959c" }),
			got.map(({ colour, t }) => {
				const height = (14 * t) / all;
				y -= height;
				return svg("rect", { x: 8, y, width: 14, height, fill: colour });
			}),
			svg("rect", { x: 8, y: 4, width: 14, height: 14, fill: "none", stroke: style.ink, "stroke-width": 1.5 }),
		];
	};
	const word = (/** @type {number[]} */ [k]) => t("kind." + kinds[k].name);
	const half = (d, colour, width) => svg("path", { d, fill: "none", stroke: colour, "stroke-width": width });
	const { held, received } = view.reference.nodes;
	const ink = run.materials.find((_, i) => held.some((t, k) => t > 0 && k % run.materials.length === i));
	const stocked = run.stocks.node.length > 0;
	const home = (key, which, way) =>
		row(key, arrowShape(15, 10, 9, way, kinds[which[0]].colour), t("glyph." + key, { kind: word(which) }));
	return [
		ink &&
			(stocked || role.bring.length > 0) &&
			row(
				"yard",
				svg("circle", { cx: 15, cy: 11, r: 6.5, fill: "none", stroke: ink.colour, "stroke-width": 5 }),
				t(stocked ? "glyph.yard" : "glyph.yard.came"),
			),
		role.bring.length > 0 &&
			row(
				"bring",
				half("M5 16 A10 10 0 0 1 25 16", tint(kinds[role.bring[0]].colour), 5),
				t("glyph.bring", { kind: word(role.bring) }),
			),
		role.bring.length > 0 &&
			view.reference.nodes.guessed.some((t) => t > 0) &&
			row("guessed", hatched(tint(kinds[role.bring[0]].colour)), t("glyph.guessed")),
		role.back.length > 0 && home("take_back", role.back, 1),
		role.taken.length > 0 && home("store", role.taken, -1),
		view.mills.length > 0 &&
			row("mill", millShape(), t("glyph.mill" + (view.mills.some((i) => !received[i]) ? "" : ".all"))),
	];
}

/** A hatched field, as SVG. */
function hatched(colour) {
	const lines = [7, 11, 15, 19, 23].map((x) =>
		svg("line", { x1: x - 3, x2: x + 3, y1: 15, y2: 5, stroke: "#ffffff", "stroke-width": 1.3 }),
	);
	return [svg("rect", { x: 4, y: 5, width: 22, height: 10, fill: colour }), lines];
}

/** The arrow home of the map, as SVG. */
export function arrowShape(x, y, size, way, colour) {
	const { a, start, end, head } = turn(x, y, size, way);
	return [
		svg("path", {
			d: `M${start}A${a} ${a} 0 1 ${way > 0 ? 1 : 0} ${end}`,
			fill: "none",
			stroke: colour,
			"stroke-width": size * 0.36,
		}),
		svg("path", { d: `M${head.join("L")}Z`, fill: colour }),
	];
}
