/** The months: bars above and below a line, two sliders for a range, play and pause. */

import { el, fill, svg } from "./dom.js";
import { mass, span, tonnes } from "./words.js";

const NAMES = ["carted", "returned", "looted", "shipped"];
const ORDER = [0, 3, 1, 2];
const HIGH = 56;

/** @param {any} app */
export function timeline(app) {
	const { periods } = app.run;
	const n = periods.length;
	const chart = svg("svg.bars", { viewBox: `0 0 1000 ${HIGH}`, preserveAspectRatio: "none", role: "img" });
	const label = el("output.range-label");
	const first = slider("from");
	const second = slider("to");
	const play = el("button.play", { onclick: () => (timer ? stop() : start()) });
	const all = el("button.all", {
		onclick: () => {
			stop();
			app.set({ from: 0, to: n - 1 });
		},
	});
	const key = el("span.bar-key");
	const ticks = el("div.ticks", { "aria-hidden": "true" });
	const root = el(
		"section.time",
		{ label: app.t("time.title") },
		el("div.time-head", play, label, all, key),
		el("div.sliders", chart, first, second),
		ticks,
	);
	let timer = 0;

	function slider(which) {
		return el("input", {
			type: "range",
			max: Math.max(0, n - 1),
			class: "sf-slider sf-" + which,
			oninput: (event) => {
				const value = Number(event.target.value);
				stop();
				const { from, to } = app.state;
				app.set(
					which === "from" ? { from: value, to: Math.max(to, value) } : { from: Math.min(from, value), to: value },
				);
			},
		});
	}

	function start() {
		if (n < 2) return;
		const step = () => {
			const { from, to } = app.state;
			const whole = to - from === n - 1;
			const wide = whole ? 1 : to - from + 1;
			const next = whole || to + 1 >= n ? 0 : from + 1;
			app.set({ from: next, to: next + wide - 1 });
		};
		timer = setInterval(step, 900);
		step();
	}

	function stop() {
		clearInterval(timer);
		timer = 0;
		update();
	}

	function update() {
		const { t, style, view, run } = app;
		const { from, to } = app.state;
		const moved = NAMES.map((name) => view.shown.monthly[run.series.kind.names.indexOf(name)]);
		const [up, back, taken, rail] = moved;
		const colours = NAMES.map((k) => style.kinds[k].colour);
		const most = Math.max(0, ...up, ...rail);
		const least = Math.max(0, ...back.map((v, p) => v + taken[p]));
		const unit = most + least > 0 ? (HIGH - 4) / (most + least) : 0;
		const base = 2 + most * unit;
		const w = 1000 / n;
		const bars = periods.map((period, p) => {
			const bar = (x, width, y, v, k) =>
				v > 0 &&
				svg("rect", {
					x: (p + x) * w,
					y,
					width: w * width,
					height: v * unit,
					fill: colours[k],
					"fill-opacity": p >= from && p <= to ? 1 : 0.28,
				});
			const said = ORDER.map((k) => `${t("kind." + NAMES[k])} ${mass(moved[k][p])}`);
			return svg(
				"g",
				svg("title", `${period}: ${said.join(", ")}`),
				svg("rect", { x: p * w, y: 0, width: w, height: HIGH, fill: "transparent" }),
				bar(0.12, 0.76, base - up[p] * unit, up[p], 0),
				bar(0.3, 0.4, base - rail[p] * unit, rail[p], 3),
				bar(0.12, 0.76, base + 1, back[p], 1),
				bar(0.12, 0.76, base + 1 + back[p] * unit, taken[p], 2),
			);
		});
		chart.setAttribute("aria-label", t("time.chart"));
		fill(
			chart,
			svg("rect", {
				x: from * w,
				y: 0,
				width: (to - from + 1) * w,
				height: HIGH,
				fill: "#0072b2",
				"fill-opacity": 0.07,
			}),
			bars,
			svg("line", { x1: 0, x2: 1000, y1: base, y2: base, stroke: "#5b6670", "stroke-width": 0.7 }),
		);
		for (const [input, value, word] of [
			[first, from, "time.from"],
			[second, to, "time.to"],
		]) {
			input.value = String(value);
			input.setAttribute("aria-label", t(word));
			input.setAttribute("aria-valuetext", periods[value] || "");
		}
		label.textContent = span(periods, from, to);
		fill(
			key,
			ORDER.map((k) =>
				el(
					"span.key-item",
					svg("svg", { width: 9, height: 9 }, svg("rect", { width: 9, height: 9, fill: colours[k] })),
					t("kind." + NAMES[k]),
				),
			),
			el("span.bar-scale", t("time.scale", { t: tonnes(Math.max(most, least)) })),
		);
		fill(play, el("span", { "aria-hidden": "true" }, timer ? "❚❚" : "▶"));
		play.title = t(timer ? "time.pause" : "time.play");
		play.setAttribute("aria-label", play.title);
		all.textContent = t("time.all");
		play.disabled = all.hidden = n < 2;
		const every = Math.max(1, Math.ceil(n / 12));
		fill(
			ticks,
			periods.map((p, i) => el("span", i % every === 0 ? (i === 0 || n > 24 ? p : p.replace(/^\d{4}-/, "")) : "")),
		);
	}

	return { root, update };
}
