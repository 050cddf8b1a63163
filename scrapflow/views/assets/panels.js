/** Headline, the four numbers, filters, and the panels about the article and about the map. */

import { button, el, fill, keepFocus, swatch } from "./dom.js";
import { accountSums, named } from "./query.js";
import { total } from "./unpack.js";
import { mass, percent, rough, span, tonnes } from "./words.js";

/** Totals of the months shown, with the filters. @param {any} app @returns {any} */
export function totals(app) {
	const {
		run: { nodes },
		run,
		view,
		state,
	} = app;
	const kinds = Object.fromEntries(run.series.kind.names.map((name, i) => [name, view.shown.result.byKind[i]]));
	// a quota has a place, and with it a region and a sector; the other filters are of what moved
	const asks = (i) =>
		["region", "sector"].every((c) => !state.filter[c].size || state.filter[c].has(named(nodes[c], i)));
	return { asked: total(accountSums(run, "quota_t", state.from, state.to).map((t, i) => (asks(i) ? t : 0))), ...kinds };
}

/** Title and one sentence that says what happened. */
export function headline(app) {
	const { t, data, run, state } = app;
	const sum = totals(app);
	const said = Object.fromEntries(Object.entries(sum).map(([name, v]) => [name, tonnes(v)]));
	const moved = total(app.view.shown.result.byKind);
	const filtered = count(state.filter) > 0;
	const key = !run.series.origin.length
		? ".empty"
		: !moved
			? ".none"
			: filtered
				? ".filtered"
				: sum.asked
					? ""
					: ".unasked";
	const { period, opening_t } = run.stocks;
	const left = opening_t.reduce(
		(t, v, i) => t + (period[i] === state.from ? v : 0),
		sum.carted - sum.returned - sum.shipped - (sum.leaked || 0),
	);
	const {
		about,
		options: { title, network = [] },
	} = data;
	return [
		el("h1", title || about.title),
		title && about.title !== title && el("p.small.subtitle", about.title),
		el(
			"p.headline",
			t("headline" + key, { ...said, span: span(run.periods, state.from, state.to) }),
			!key && left > sum.carted * 1e-4 && " " + t("headline.left", { t: tonnes(left) }),
		),
		network.length > 0 && el("p.network", t("network.asks", { hosts: network.join(", ") })),
	];
}

/** The four numbers, with their ranges where the run has them. */
export function figures(app) {
	const {
		t,
		run,
		data,
		state: { from, to, filter },
	} = app;
	const sum = totals(app);
	const filters = count(filter);
	const ranges = (from === 0 && to === run.nPeriods - 1 && !filters && data.options.ranges) || {};
	const card = (key, value, note, colour) => {
		const range = ranges[key];
		const said = filters && !value ? t("figure.none") : note;
		return el(
			"div.figure",
			el("dt", swatch(colour), " ", t("figure." + key)),
			el(
				"dd",
				el("b", tonnes(value)),
				el("small", " t"),
				range && el("span.small", t("figure.range", { low: rough(range[0]), high: rough(range[1]) })),
				said && el("span.small", said),
			),
		);
	};
	const c = app.style.kinds;
	// a share of the quota would be none where only some of what moved is summed
	const whose = filters === count({ region: filter.region, sector: filter.sector });
	const of = (value, whole, key) => (whole > 0 && whose ? t(key, { share: percent(value / whole) }) : "");
	return el(
		"dl.cards",
		card("asked", sum.asked, "", app.style.ink),
		card("carted", sum.carted, of(sum.carted, sum.asked, "figure.of.asked"), c.carted.colour),
		card(
			"diverted",
			sum.returned + sum.looted,
			t("figure.split", { returned: tonnes(sum.returned), looted: tonnes(sum.looted) }),
			c.returned.colour,
		),
		card("received", sum.shipped, of(sum.shipped, sum.carted, "figure.of.carted"), c.shipped.colour),
	);
}

/** The picture in words, for those who do not see it. */
export function summary(app) {
	const { t, view } = app;
	const { values } = view.shown;
	const list = (nodes, sums) =>
		nodes
			.filter((i) => sums[i] > 0)
			.sort((a, b) => sums[b] - sums[a])
			.slice(0, 5)
			.map((i) => app.name(i) + " " + mass(sums[i]))
			.join(", ") || "–";
	return [
		el("h2", t("summary.title")),
		el("p", t("summary.yards", { list: list(app.yards, values.cartedIn) })),
		el("p", t("summary.mills", { list: list(view.mills, values.received) })),
		el("p", app.assumedText()),
	];
}

/** What to show: boxes for kinds, materials and the rest; switches for language and scale; the other panels. */
export function filters(app) {
	const root = el("details.filters");
	const heading = el("summary");
	const body = el("div.filter-body");
	root.append(heading, body);
	root.addEventListener("toggle", () => update());

	function update() {
		const { t, run, state } = app;
		heading.textContent = t("filter.title") + (count(state.filter) ? ` (${count(state.filter)})` : "");
		if (!root.open) return;
		const pick = (name, values, chosen, words, patch) =>
			el(
				"label.row",
				t("filter." + name),
				el(
					"select",
					{ key: name, onchange: (e) => app.set(patch(e.target.value)) },
					values.map((v) => el("option", { value: String(v), selected: v === chosen, text: words(v) })),
				),
			);
		const { series, nodes } = run;
		const origins = (name) =>
			present(
				nodes[name],
				Array.from(series.origin, (i) => nodes[name].of[i]),
			)
				.filter(Boolean)
				.sort();
		keepFocus(body, () =>
			fill(
				body,
				["kind", "material", "via"].map((name) => group(name, series[name].names, (v) => t(`${name}.${v}`))),
				group(
					"mill",
					app.view.mills.filter((i) => app.view.reference.nodes.received[i] > 0).map((i) => nodes.id[i]),
					(id) => app.name(nodes.index.get(id)),
				),
				group("region", origins("region"), (r) => app.view.regionName(nodes.region.names.indexOf(r))),
				group("sector", origins("sector"), (s) => s),
				group("basis", present(series.basis, series.basis.of), (b) => t("basis." + b)),
				group("grade", present(series.grade, series.grade.of).sort(), (g) => g || t("grade.none")),
				pick(
					"top",
					[0, 10, 25, 50, 100, 250],
					state.filter.top,
					(n) => (n ? String(n) : t("filter.all")),
					(n) => ({ filter: { ...app.state.filter, top: Number(n) } }),
				),
				pick(
					"measure",
					["", ...Object.keys(app.style.measures)],
					state.measure,
					(m) => t("measure." + (m || "none")),
					(measure) => ({ measure }),
				),
				pick(
					"scale",
					["fixed", "adaptive"],
					state.scale,
					(s) => t("scale." + s),
					(scale) => ({ scale }),
				),
				button("reset", t("filter.reset"), () => app.reset()),
			),
		);
	}

	function group(name, values, label) {
		if (values.length < 2) return null;
		const chosen = app.state.filter[name];
		return el(
			"fieldset",
			el("legend", app.t("filter." + name)),
			values.map((value) =>
				el(
					"div.choice",
					el(
						"label",
						el("input", {
							type: "checkbox",
							key: name + ":" + value,
							checked: !chosen.size || chosen.has(value),
							onchange: (e) => toggle(name, values, value, e.target.checked),
						}),
						el("span", label(value)),
					),
					el("button.link.only", {
						key: "only:" + name + value,
						text: app.t("filter.only"),
						label: `${app.t("filter.only")} ${label(value)}`,
						onclick: () => choose(name, new Set([value])),
					}),
				),
			),
		);
	}

	function toggle(name, values, value, on) {
		const chosen = new Set(app.state.filter[name].size ? app.state.filter[name] : values);
		chosen[on ? "add" : "delete"](value);
		if (chosen.size === values.length) chosen.clear();
		choose(name, chosen);
	}

	function choose(name, chosen) {
		app.set({ filter: { ...app.state.filter, [name]: chosen } });
	}

	return { root, update };
}

function count(filter) {
	return Object.values(filter).filter((v) => v.size || v > 0).length;
}

/** The names of a column that occur. */
function present({ names }, of) {
	const seen = new Set(of);
	return names.filter((_, i) => seen.has(i));
}
