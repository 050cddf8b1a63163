/** What to show: boxes for kinds, materials and the rest; switches for the shade and the scale. */

import { button, el, fill, keepFocus } from "./dom.js";
import { measureName } from "./measures.js";
import { own } from "./words.js";

/** @param {App} app @returns {Part} */
export function filters(app) {
	const root = el("details.filters");
	const heading = el("summary");
	const body = el("div.filter-body");
	root.append(heading, body);
	root.addEventListener("toggle", update);

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
			present(nodes[name], new Set(Array.from(series.origin, (i) => nodes[name].of[i]))).sort(
				(a, b) => Number(!a) - Number(!b) || (a < b ? -1 : 1),
			);
		keepFocus(body, () =>
			fill(
				body,
				["kind", "material", "via"].map((name) => group(name, present(series[name]), (v) => t(`${name}.${v}`))),
				group(
					"mill",
					app.view.mills.filter((i) => app.view.reference.nodes.received[i] > 0).map((i) => nodes.id[i]),
					(id) => app.name(/** @type {number} */ (nodes.index.get(id))),
				),
				group("region", origins("region"), (r) =>
					r ? app.view.regionName(nodes.region.names.indexOf(r)) : t("origin.none"),
				),
				group("sector", origins("sector"), (s) => (s ? own(t, "sector." + s, s) : t("origin.none"))),
				group("basis", present(series.basis), (b) => t("basis." + b)),
				group("grade", present(series.grade).sort(), (g) => g || t("grade.none")),
				pick(
					"top",
					[0, 10, 25, 50, 100, 250],
					state.filter.top,
					(n) => (n ? String(n) : t("filter.all")),
					(n) => ({ filter: { ...app.state.filter, top: Number(n) } }),
				),
				Object.keys(app.measures).length > 0 &&
					pick(
						"measure",
						["", ...Object.keys(app.measures)],
						state.measure,
						(m) => measureName(t, m),
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

	function toggle(/** @type {string} */ name, values, value, on) {
		const chosen = new Set(app.state.filter[name].size ? app.state.filter[name] : values);
		chosen[on ? "add" : "delete"](value);
		if (chosen.size === values.length) chosen.clear();
		choose(name, chosen);
	}

	function choose(/** @type {string} */ name, chosen) {
		app.set({ filter: { ...app.state.filter, [name]: chosen } });
	}

	return { root, update };
}

/** How many filters are set. @param {Partial<Filter>} filter */
export function count(filter) {
	return Object.values(filter).filter((v) => v.size || v > 0).length;
}

/** The names of a column that occur. */
function present({ names, of }, seen = new Set(of)) {
	return names.filter((_, /** @type {number} */ i) => seen.has(i));
}
