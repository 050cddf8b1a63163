/** The months: bars above and below a line, two sliders for a range, play and pause. */

import { el, fill, svg } from "./dom.js";
import { nice, short, tonnes } from "./words.js";

/**
 * @param {any} app
 */
export function timeline(app) {
	const { periods } = app.run;
	const n = periods.length;
	const chart = svg("svg.bars", { preserveAspectRatio: "none", role: "img" });
	const label = el("output.range-label");
	const scaleNote = el("span.bar-scale");
	const first = slider("from");
	const second = slider("to");
	const play = el("button.play", { onclick: () => (timer ? stop() : start()) });
	const all = el("button.all", { onclick: () => { stop(); app.set({ from: 0, to: n - 1 }); } });
	const key = el("span.bar-key");
	const sliders = el("div.sliders", chart, first, second);
	const root = el(
		"section.time",
		{ label: app.t("time.title") },
		el("div.time-head", play, label, all, key, scaleNote),
		sliders,
		el("div.ticks", { "aria-hidden": "true" }),
	);
	let timer = 0;

	function slider(which) {
		return el("input", {
			type: "range", min: 0, max: Math.max(0, n - 1), step: 1, class: "sf-slider sf-" + which,
			oninput: (event) => {
				stop();
				const value = Number(event.target.value);
				const { from, to } = app.state;
				app.set(which === "from" ? { from: Math.min(value, n - 1), to: Math.max(to, value) } : { from: Math.min(from, value), to: value });
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
		timer = window.setInterval(step, 900);
		step();
		words();
	}

	function stop() {
		window.clearInterval(timer);
		timer = 0;
		words();
	}

	function words() {
		fill(play, el("span", { "aria-hidden": "true", text: timer ? "❚❚" : "▶" }));
		play.setAttribute("aria-label", app.t(timer ? "time.pause" : "time.play"));
		play.title = app.t(timer ? "time.pause" : "time.play");
		play.disabled = n < 2;
		all.textContent = app.t("time.all");
	}

	function update() {
		const { from, to } = app.state;
		const t = app.t;
		const values = app.view.shown.monthly;
		const name = (k) => app.run.series.kind.names.indexOf(k);
		const up = values[name("carted")];
		const down = [values[name("returned")], values[name("looted")]];
		const line = values[name("shipped")];
		let most = 0;
		let least = 0;
		for (let p = 0; p < n; p++) {
			most = Math.max(most, up[p], line[p]);
			least = Math.max(least, down[0][p] + down[1][p]);
		}
		const h = 56;
		const unit = most + least > 0 ? (h - 4) / (most + least) : 0;
		const base = 2 + most * unit;
		const w = 1000 / n;
		const bars = [];
		const colours = app.style.kinds;
		for (let p = 0; p < n; p++) {
			const inside = p >= from && p <= to;
			const part = (y, height, colour) => height > 0 && svg("rect", { x: p * w + w * 0.12, y, width: w * 0.76, height, fill: colour, "fill-opacity": inside ? 1 : 0.28 });
			bars.push(
				svg("g", svg("title", `${periods[p]}: ${t("kind.carted")} ${tonnes(up[p])} t, ${t("kind.shipped")} ${tonnes(line[p])} t, ${t("kind.returned")} ${tonnes(down[0][p])} t, ${t("kind.looted")} ${tonnes(down[1][p])} t`),
					svg("rect", { x: p * w, y: 0, width: w, height: h, fill: "transparent" }),
					part(base - up[p] * unit, up[p] * unit, colours.carted.colour),
					svg("rect", { x: p * w + w * 0.3, y: base - line[p] * unit, width: w * 0.4, height: line[p] * unit, fill: colours.shipped.colour, "fill-opacity": inside ? 1 : 0.28 }),
					part(base + 1, down[0][p] * unit, colours.returned.colour),
					part(base + 1 + down[0][p] * unit, down[1][p] * unit, colours.looted.colour)),
			);
		}
		chart.setAttribute("viewBox", `0 0 1000 ${h}`);
		chart.setAttribute("aria-label", t("time.chart"));
		fill(chart, svg("rect", { x: from * w, y: 0, width: (to - from + 1) * w, height: h, fill: "#0072b2", "fill-opacity": 0.07 }), bars,
			svg("line", { x1: 0, x2: 1000, y1: base, y2: base, stroke: "#5b6670", "stroke-width": 0.7 }));
		for (const [input, value, word] of [[first, from, "time.from"], [second, to, "time.to"]]) {
			input.value = String(value);
			input.setAttribute("aria-label", t(word));
			input.setAttribute("aria-valuetext", periods[value] || "");
		}
		label.textContent = from === to ? periods[from] || "" : `${periods[from]} – ${periods[to]}`;
		fill(key, ["carted", "shipped", "returned", "looted"].map((k) => el("span.key-item", svg("svg", { width: 9, height: 9 }, svg("rect", { width: 9, height: 9, fill: colours[k].colour })), t("kind." + k))));
		scaleNote.textContent = t("time.scale", { t: short(nice(Math.max(most, least))) });
		all.hidden = n < 2;
		ticks();
		words();
	}

	function ticks() {
		const every = Math.max(1, Math.ceil(n / 12));
		fill(root.querySelector(".sf-ticks"), periods.map((p, i) => el("span", i % every === 0 ? (i === 0 || n > 24 ? p : p.replace(/^\d{4}-/, "")) : "")));
	}

	return { root, update, stop, start };
}
