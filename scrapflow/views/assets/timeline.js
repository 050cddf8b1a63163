/** The months: bars above and below a line, two sliders for a range, play and pause. */

import { el, fill, keepFocus, svg } from "./dom.js";
import { againstOf } from "./numbers.js";
import { monthRange } from "./ranges.js";
import { mass, ranged, span } from "./words.js";

const HIGH = 64;
/** Height of the bars under the line, where there are any: what goes back has a scale of its own. */
const BELOW = 22;

/** @param {App} app @returns {Part} */
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
	const versus = el("span.versus");
	const key = el("span.bar-key");
	const axis = el("div.axis", { "aria-hidden": "true" });
	const ticks = el("div.ticks", { "aria-hidden": "true" });
	const root = el(
		"section.time",
		el("div.time-head", play, label, all, versus, key),
		el("div.sliders", axis, chart, first, second),
		ticks,
	);
	let timer = 0;

	function slider(/** @type {"from" | "to"} */ which) {
		return el("input", {
			type: "range",
			max: Math.max(0, n - 1),
			class: "sf-slider sf-" + which,
			oninput: (/** @type {any} */ event) => {
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

	/** Months under the mouse while a range is drawn. @type {number|null} */
	let drawn = null;

	function monthAt(/** @type {PointerEvent} */ event) {
		const box = chart.getBoundingClientRect();
		return Math.max(0, Math.min(n - 1, Math.floor(((event.clientX - box.left) / box.width) * n)));
	}

	// a click is that month, a drag a range
	chart.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
		drawn = monthAt(event);
		chart.setPointerCapture?.(event.pointerId);
		stop();
		app.set({ from: drawn, to: drawn });
	});
	chart.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
		if (drawn === null) return;
		const at = monthAt(event);
		const [from, to] = [Math.min(drawn, at), Math.max(drawn, at)];
		if (from !== app.state.from || to !== app.state.to) app.set({ from, to });
	});
	for (const end of ["pointerup", "pointercancel"]) chart.addEventListener(end, () => (drawn = null));

	function update() {
		const { t, view, run } = app;
		const { from, to } = app.state;
		const against = againstOf(app.state);
		const { kinds, role } = run;
		const home = new Set([...role.back, ...role.taken]);
		const bands = kinds.map((kind, k) => ({ ...kind, values: view.shown.monthly[k], home: home.has(k) }));
		const up = bands.filter((bar) => !bar.home);
		const down = bands.filter((bar) => bar.home);
		const highs = (/** @type {string} */ name) => periods.map((_, p) => monthRange(app, name, p)?.[1] || 0);
		const most = Math.max(0, ...up.flatMap((bar) => [...bar.values, ...highs(bar.name)]));
		const gone = periods.map((_, p) => down.reduce((sum, bar) => sum + bar.values[p], 0));
		const least = Math.max(0, ...gone, ...(down.length ? highs("home") : []));
		const below = least > 0 ? BELOW : 0;
		const base = HIGH - below - 2;
		const w = 1000 / n;
		const bars = periods.map((period, p) => {
			const opacity = p >= from && p <= to ? 1 : 0.28;
			const bar = (x, width, y, height, fill, more) =>
				height > 0 &&
				svg("rect", { x: (p + x) * w, y, width: w * width, height, fill, "fill-opacity": opacity, ...more });
			const wide = 0.76 / (up.length || 1);
			/** From the low to the high of a bar's range, a thin line over its middle. */
			const whisker = (range, x, y) =>
				range &&
				range[1] > 0 &&
				svg("line", {
					"data-range": "true",
					x1: (p + x) * w,
					x2: (p + x) * w,
					y1: y(range[0]),
					y2: y(range[1]),
					stroke: app.style.ink,
					"stroke-opacity": opacity,
					"stroke-width": 1.4,
					"vector-effect": "non-scaling-stroke",
				});
			const said = (/** @type {any} */ b) =>
				t("kind." + b.name) + " " + ranged(t, b.values[p], monthRange(app, b.name, p));
			let under = base + 1;
			return svg(
				"g",
				svg("title", `${period}: ${bands.map(said).join(", ")}`),
				bar(0, 1, 0, HIGH, "transparent"),
				up.map((b, k) => {
					const height = most > 0 ? (b.values[p] / most) * (base - 2) : 0;
					return bar(0.12 + k * wide, wide, base - height, height, b.colour);
				}),
				down.map((b) => {
					const height = least > 0 ? (b.values[p] / least) * (below - 1) : 0;
					under += height;
					return bar(0.12, 0.76, under - height, height, b.colour);
				}),
				up.map((b, k) =>
					whisker(monthRange(app, b.name, p), 0.12 + (k + 0.5) * wide, (v) => base - (v / most) * (base - 2)),
				),
				down.length > 0 && whisker(monthRange(app, "home", p), 0.5, (v) => base + 1 + (v / least) * (below - 1)),
				p === against &&
					bar(0.04, 0.92, 1, HIGH - 2, "none", {
						stroke: app.style.ink,
						"stroke-dasharray": "4 3",
						"vector-effect": "non-scaling-stroke",
					}),
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
				fill: app.style.ink,
				"fill-opacity": 0.05,
			}),
			bars,
			svg("line", { x1: 0, x2: 1000, y1: base, y2: base, stroke: app.style.muted, "stroke-width": 0.7 }),
		);
		fill(axis, most > 0 && el("span", mass(most)), below > 0 && el("span.axis-below", mass(least)));
		for (const [input, value, word] of [
			[first, from, "time.from"],
			[second, to, "time.to"],
		]) {
			input.value = String(value);
			input.setAttribute("aria-label", t(word));
			input.setAttribute("aria-valuetext", periods[value] || "");
			// the handles stand under the bars of their months
			input.style.left = `calc(${50 / n}% - 8px)`;
			input.style.width = `calc(${100 - 100 / n}% + 16px)`;
		}
		label.textContent = span(periods, from, to);
		fill(
			key,
			bands.map((bar) =>
				el(
					"span.key-item",
					svg("svg", { width: 9, height: 9 }, svg("rect", { width: 9, height: 9, fill: bar.colour })),
					t("kind." + bar.name),
				),
			),
			below > 0 && el("span", t("time.below")),
		);
		fill(play, el("span", { "aria-hidden": "true" }, timer ? "❚❚" : "▶"));
		play.title = t(timer ? "time.pause" : "time.play");
		play.setAttribute("aria-label", play.title);
		const onchange = (/** @type {any} */ e) => app.set({ against: Number(e.target.value) });
		const others = [-1, ...periods.keys()].filter((p) => p !== from);
		const option = (/** @type {number} */ p) =>
			el("option", { value: String(p), selected: p === against, text: p < 0 ? t("time.against.none") : periods[p] });
		const choice = () => el("select", { key: "against", onchange }, others.map(option));
		keepFocus(versus, () => fill(versus, n > 1 && from === to && el("label", t("time.against") + " ", choice())));
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
