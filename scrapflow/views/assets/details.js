/** What a chosen place or railway link does: in and out, months, materials, penalties, sources. */

import { button, el, fill, joined, pairs, small, svg, swatch } from "./dom.js";
import { linkSums, placeSums } from "./inspect.js";
import { addTo, named } from "./query.js";
import { total } from "./unpack.js";
import { mass, own, percent, two, whole } from "./words.js";

/** @param {App} app @returns {Part} */
export function details(app) {
	const root = el("section.detail", { tabindex: -1, hidden: true });
	let last = "";

	function update() {
		const chosen = app.state.selected;
		const key = chosen ? JSON.stringify([chosen.nodes, chosen.link]) : "";
		root.hidden = !chosen;
		root.parentElement?.classList.toggle("sf-chosen", Boolean(chosen));
		if (chosen) {
			const within = root.contains(document.activeElement);
			root.setAttribute("aria-label", app.t("detail.title"));
			fill(
				root,
				el("button.close", { label: app.t("close"), text: "×", onclick: () => app.select(null) }),
				chosen.nodes ? place(app, chosen) : link(app, chosen.link),
			);
			if (key !== last) {
				// with the next frame, so that nothing is laid out before all is filled
				requestAnimationFrame(() => (root.parentElement.scrollTop = 0));
				app.announce(root.querySelector("h2").textContent);
				if (within) root.focus();
			}
		}
		last = key;
	}

	return { root, update };
}

function place(/** @type {App} */ app, chosen) {
	const {
		run: { nodes },
		run,
		t,
		view,
		state: { lang },
	} = app;
	const ids = chosen.nodes;
	const sums = placeSums(run, view.shown, ids);
	const [i] = ids;
	const { most } = sums;
	const left = new Map();
	for (const [id, reason, t] of run.unserved) if (ids.includes(nodes.index.get(id))) addTo(left, reason, t);
	const sector = named(nodes.sector, i);
	const region = view.regionName(nodes.region.of[i]);
	const [second] = app.languages.filter((l) => l !== "en");
	const other = lang === "en" ? nodes.local[i] : nodes.name[i];
	const head =
		ids.length === 1
			? [
					el("h2.name", app.name(i), other && el("span", { lang: lang === "en" ? second : "en" }, " " + other)),
					small(joined(t("node." + nodes.what(i)), sector && own(t, "sector." + sector, sector), region)),
					nodes.aliases[i] && small(t("detail.aliases") + ": " + joined(...nodes.aliases[i].split("|"))),
				]
			: [
					el("h2.name", title(app, chosen)),
					small(joined(t("tip.places", { n: ids.length }), region)),
					memberList(app, ids),
				];
	return [
		head,
		side(app, t("detail.in"), sums.in),
		side(app, t("detail.out"), sums.out),
		side(app, t("detail.within"), sums.within, true),
		sums.held.mean > 0 && small(t("detail.held", { mean: two(sums.held.mean), end: two(sums.held.end) })),
		months(app, sums),
		most && materials(app, most.materials, `: ${t("detail." + most.side)}, ${t("kind." + run.kinds[most.kind].name)}`),
		penalties(app, sums.accounts),
		unserved(app, [...left]),
		ids.length === 1 && origin(app, i),
	];
}

/** What many places together are called: their group, or one of them and how many more. */
function title(/** @type {App} */ app, { group, nodes: ids }) {
	if (group) return app.view.groupName(group);
	return ids.length > 2 ? app.t("detail.and", { name: app.name(ids[0]), n: ids.length - 1 }) : app.name(ids[0]);
}

function memberList(/** @type {App} */ app, ids) {
	const { run, view, t } = app;
	const v = view.shown.values;
	const active = (/** @type {number} */ i) => v.arrived[i] + v.brought[i] + v.robbed[i] + v.received[i];
	const order = ids.slice().sort((a, b) => active(b) - active(a) || a - b);
	return el(
		"details.members",
		{ open: ids.length <= 6 },
		el("summary", t("detail.members", { n: ids.length })),
		some(app, "links", order, 12, (/** @type {number} */ i) => [
			pick(app, i),
			el("span.small", " " + t("node." + run.nodes.what(i))),
		]),
		button("zoom", t("detail.zoom"), () => app.flyTo(ids)),
	);
}

/** The first few of a list, and how many more there are. */
function some(/** @type {App} */ app, look, list, most, show) {
	return el(
		"ul." + look,
		list.slice(0, most).map((item) => el("li", show(item))),
		list.length > most && el("li.small", app.t("detail.more", { n: list.length - most })),
	);
}

/** A button that chooses a place. */
export function pick(/** @type {App} */ app, /** @type {number} */ i) {
	return el("button.link", { text: app.name(i), onclick: () => app.focusOn([i]) });
}

/** Places with their tonnes, the first few. */
function partners(/** @type {App} */ app, list, most, text = (v) => mass(v)) {
	return some(app, "partners", list, most, ([i, v]) => [pick(app, i), el("span", text(v))]);
}

function side(/** @type {App} */ app, title, groups, within = false) {
	const { t, run, view } = app;
	if (!groups.length) return null;
	return el(
		"div.side-table",
		el("h3", title),
		groups.map((g) => {
			const name = run.series.kind.names[g.kind];
			return el(
				"div",
				el(
					"p.kind",
					swatch(view.kindColour[g.kind], view.kindDash[g.kind]),
					" ",
					t("kind." + name),
					el("b", mass(g.t)),
				),
				!within && partners(app, g.partners, 5),
			);
		}),
	);
}

/** Months as small bars, one row a kind. */
function months(/** @type {App} */ app, { months: byKind, chosen }) {
	const { t, run, view } = app;
	const rows = byKind.map((values, k) => ({ k, values })).filter(({ values }) => values.some((v) => v > 0));
	if (!rows.length || run.nPeriods < 2) return null;
	const most = Math.max(...rows.map(({ values }) => Math.max(...values)));
	const w = 300 / run.nPeriods;
	const bar = (/** @type {number} */ v, /** @type {number} */ p, /** @type {string} */ fill) => {
		const height = (26 * v) / most;
		const about = svg("title", `${run.periods[p]}: ${mass(v)}`);
		return svg("rect", { x: p * w + w * 0.1, width: w * 0.8, y: 26 - height, height, fill }, about);
	};
	return el(
		"div",
		el("h3", t("detail.months")),
		rows.map(({ k, values }) => {
			const name = t("kind." + run.series.kind.names[k]);
			return el(
				"div.spark",
				el("span.small", name, el("br"), t("detail.most", { t: mass(Math.max(...values)) })),
				svg(
					"svg",
					{
						viewBox: "0 0 300 26",
						preserveAspectRatio: "none",
						role: "img",
						label: name + ": " + Array.from(values, (v, p) => run.periods[p] + " " + two(v)).join(", "),
					},
					Array.from(values, (v, p) => bar(v, p, view.kindColour[k])),
				),
			);
		}),
		chosen && small(t("detail.months.rail")),
	);
}

/** @param {App} app @param {ArrayLike<number>} byMaterial @param {string} [side] */
function materials(app, byMaterial, side) {
	const { t, run, view } = app;
	const sum = total(byMaterial);
	if (!(sum > 0)) return null;
	return el(
		"div",
		el("h3", t("detail.materials"), side),
		el(
			"ul.list",
			run.series.material.names.map(
				(m, /** @type {number} */ i) =>
					byMaterial[i] > 0 &&
					el(
						"li",
						swatch(view.materialColour[i]),
						el("span", t("material." + m)),
						el("b", mass(byMaterial[i]) + ", " + percent(byMaterial[i] / sum)),
					),
			),
		),
	);
}

/** The accounts of a choice: what was owed and credited, and how people were judged; only what there is. */
function penalties(/** @type {App} */ app, sums) {
	const { t, run } = app;
	const { asked, credited } = run.accounts.role;
	const value = (column) => sums.find((row) => row.column === column)?.value || 0;
	const said = { t: mass, share: percent };
	const rows = sums
		.filter((row) => row.value > 0)
		.map((row) => [
			row.column,
			(said[row.unit] || two)(row.value) + (row.mean && sums.length > 1 ? ` (${t("detail.mean")})` : ""),
		]);
	if (!rows.length) return null;
	return el(
		"div",
		el("h3", t("detail.accounts")),
		pairs((key) => t("account." + key), rows),
		value(asked) > 0 && small(t("account.share", { share: percent(value(credited) / value(asked)) })),
	);
}

/** Tonnes that could not be moved, by reason. @param {App} app @param {any[][]} rows */
export function unserved({ t }, rows) {
	return (
		rows.length > 0 &&
		el(
			"div",
			el("h3", t("detail.unserved")),
			el(
				"ul.plain",
				rows.map(([reason, left]) => el("li", mass(left) + ": " + t("reason." + reason))),
			),
		)
	);
}

/** Where the place itself comes from: basis, accuracy, source with both grades, its address as text. */
function origin(app, i) {
	const {
		run: { nodes, sources, guessed },
		t,
	} = app;
	const column = (name) => named(nodes[name], i);
	const source = sources.find((s) => s.source_id === column("source_id"));
	/** Where something comes from; the few that were reported are marked. */
	const marked = (/** @type {string} */ basis) => el(basis === "reported" ? "b.reported" : "span", t("basis." + basis));
	const inputBasis = (name) => Object.keys(guessed[name]).find((b) => guessed[name][b].includes(i)) || "reported";
	return el(
		"div.origin",
		el("h3", t("detail.source")),
		el(
			"ul.plain",
			el("li", t("detail.basis"), ": ", marked(column("basis") || "assumed")),
			nodes.placed[i]
				? el(
						"li",
						t("detail.accuracy" + ((nodes.accuracy_km[i] ?? null) === null ? ".unknown" : ""), {
							km: nodes.accuracy_km[i],
							method: column("coordinate_method") || "–",
						}),
					)
				: el("li", t("detail.unplaced")),
			["workers", "population"].map(
				(name) =>
					nodes[name][i] !== null &&
					el("li", t("detail." + name, { n: whole(nodes[name][i]) }), ": ", marked(inputBasis(name))),
			),
			source && el("li", cited(source)),
			source?.url && el("li.url", source.url),
			el("li", gradeText(t, source?.reliability, column("grade"))),
		),
	);
}

/** A source in one line. @param {any} source */
export function cited(source) {
	return [source.title, source.publisher, source.published].filter(Boolean).join(", ");
}

/** Both Admiralty grades in words: the source's reliability, the claim's credibility. */
export function gradeText(t, reliability, grade) {
	const said = (/** @type {string} */ key, sign) => (sign ? `${sign}, ${t(`${key}.${sign}`)}` : t("grade.none"));
	return t("grade.text", {
		reliability: said("reliability", reliability || grade.slice(0, 1)),
		credibility: said("credibility", grade.replace(/^[A-F]/, "")),
	});
}

function link(/** @type {App} */ app, l) {
	const { run, t, view } = app;
	const { links } = run;
	const sums = linkSums(run, view.shown, view.pathsThrough(l), l);
	const direction = (ends, side) =>
		side.t > 0 &&
		el(
			"div",
			el("h3", ends.map(app.name).join(" → ") + ": " + mass(side.t)),
			small(t("detail.from")),
			partners(app, side.origins, 10, (v) => mass(v) + ", " + percent(v / side.t)),
			small(t("detail.to")),
			partners(app, side.destinations, 6),
		);
	const ends = [links.from[l], links.to[l]];
	const [km, gauge, capacity] = ["length_km", "gauge_mm", "capacity_t"].map((name) => links[name][l]);
	return [
		el("h2.name", ends.map(app.name).join(" – ")),
		small(
			joined(
				t("mode." + links.modes[links.mode[l]]),
				named(links.line, l),
				km !== null && t("detail.length", { km, basis: t("basis." + (named(links.length_basis, l) || "derived")) }),
				gauge > 0 && t("detail.gauge", { mm: whole(gauge) }),
			),
		),
		small(
			capacity !== null
				? t("detail.capacity", {
						t: two(capacity),
						share: percent(Math.max(sums.forward.t, sums.backward.t) / view.shown.months / capacity),
					})
				: t("detail.capacity.unknown"),
		),
		sums.price > 0 && small(t("detail.price", { price: sums.price.toFixed(2), n: sums.bound })),
		sums.forward.t + sums.backward.t === 0 && el("p", t("detail.idle")),
		direction(ends, sums.forward),
		direction(ends.slice().reverse(), sums.backward),
		months(app, sums),
		materials(app, sums.materials),
	];
}
