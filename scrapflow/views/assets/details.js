/** What a chosen place or railway link does: in and out, months, materials, penalties, sources. */

import { button, el, fill, pairs, svg, swatch } from "./dom.js";
import { linkSums, placeSums } from "./inspect.js";
import { percent, tonnes, whole } from "./words.js";

/** @param {any} app */
export function details(app) {
	const root = el("section.detail", { tabindex: -1, hidden: true });
	let last = "";

	function update() {
		const chosen = app.state.selected;
		root.hidden = !chosen;
		root.parentElement?.classList.toggle("sf-chosen", Boolean(chosen));
		if (!chosen) {
			last = "";
			return;
		}
		root.setAttribute("aria-label", app.t("detail.title"));
		const key = JSON.stringify([chosen.type, chosen.nodes, chosen.link]);
		const active = document.activeElement;
		const within = active && root.contains(active);
		fill(root, el("button.close", { label: app.t("close"), text: "×", onclick: () => app.select(null) }), chosen.type === "link" ? link(app, chosen.link) : place(app, chosen));
		if (key !== last) {
			root.parentElement.scrollTop = 0;
			app.announce(root.querySelector("h2")?.textContent || "");
		}
		if (within && key !== last) root.focus();
		last = key;
	}

	return { root, update };
}

function place(app, chosen) {
	const { run, t, view, state } = app;
	const { nodes } = run;
	const ids = chosen.nodes;
	const one = ids.length === 1 ? ids[0] : -1;
	const sums = placeSums(run, view.shown, ids);
	const region = view.regionName(nodes.region.of[ids[0]], state.lang);
	const title = one >= 0 ? app.name(one) : chosen.group ? view.groupName(chosen.group, state.lang) : app.name(ids[0]);
	return [
		el("h2.name", title, one >= 0 && nodes.local[one] && state.lang === "en" ? el("span", { lang: "ko", text: " " + nodes.local[one] }) : one >= 0 && state.lang === "ko" ? el("span", { lang: "en", text: " " + nodes.name[one] }) : null),
		el("p.small", [one >= 0 ? t("node." + nodes.what(one)) : t("tip.places", { n: ids.length }), one >= 0 ? nodes.sector.names[nodes.sector.of[one]] : "", region].filter(Boolean).join(" · ")),
		one >= 0 && nodes.aliases[one] && el("p.small", t("detail.aliases") + ": " + nodes.aliases[one].split("|").join(" · ")),
		ids.length > 1 && memberList(app, ids),
		side(app, t("detail.in"), sums.in),
		side(app, t("detail.out"), sums.out),
		months(app, sums.months),
		materials(app, sums.materials),
		penalties(app, sums.accounts),
		unserved(app, ids),
		one >= 0 ? origin(app, one) : null,
	];
}

function memberList(app, ids) {
	const { run, view, t } = app;
	const v = view.shown.values;
	const active = (i) => v.cartedIn[i] + v.carted[i] + v.looted[i] + v.received[i];
	const order = ids.slice().sort((a, b) => active(b) - active(a) || a - b);
	const shown = order.slice(0, 12);
	return el("details.members", { open: ids.length <= 6 },
		el("summary", t("detail.members", { n: ids.length })),
		el("ul.links", shown.map((i) => el("li", pick(app, i), el("span.small", " " + t("node." + run.nodes.what(i)))))),
		order.length > shown.length && el("p.small", t("detail.more", { n: order.length - shown.length })),
		button("zoom", t("detail.zoom"), () => app.flyTo(ids)));
}

/** A button that chooses a place. */
export function pick(app, i) {
	return el("button.link", { text: app.name(i), onclick: () => app.focusOn([i]) });
}

/** Places with their tonnes, the first few. */
function partners(app, list, most, text = (v) => tonnes(v) + " t") {
	return el("ul.partners", list.slice(0, most).map(([i, v]) => el("li", pick(app, i), el("span", text(v)))),
		list.length > most && el("li.small", app.t("detail.more", { n: list.length - most })));
}

function side(app, title, groups) {
	const { t, run, view } = app;
	if (!groups.length) return null;
	return el("div.side-table", el("h3", title), groups.map((g) => {
		const name = run.series.kind.names[g.kind];
		return el("div",
			el("p.kind", swatch(view.kindColour[g.kind], view.kindDash[g.kind]), " ", t("kind." + name), el("b", tonnes(g.t) + " t")),
			partners(app, g.partners, 5));
	}));
}

/** Months as small bars, one row a kind. */
function months(app, byKind) {
	const { t, run, view } = app;
	const rows = byKind.map((values, k) => [k, values]).filter(([, values]) => values.some((v) => v > 0));
	if (!rows.length || run.nPeriods < 2) return null;
	const most = Math.max(...rows.map(([, values]) => Math.max(...values)));
	const w = 300 / run.nPeriods;
	return el("div", el("h3", t("detail.months")), rows.map(([k, values]) => {
		const name = run.series.kind.names[k];
		return el("div.spark", el("span.small", t("kind." + name)),
			svg("svg", { viewBox: "0 0 300 26", preserveAspectRatio: "none", role: "img", label: t("kind." + name) + ": " + Array.from(values, (v, p) => run.periods[p] + " " + tonnes(v)).join(", ") },
				Array.from(values, (v, p) => svg("rect", { x: p * w + w * 0.1, width: w * 0.8, y: 26 - (26 * v) / most, height: (26 * v) / most, fill: view.kindColour[k] }))));
	}));
}

function materials(app, byMaterial) {
	const { t, run, view } = app;
	const sum = byMaterial.reduce((a, b) => a + b, 0);
	if (!(sum > 0)) return null;
	return el("div", el("h3", t("detail.materials")), el("ul.list", run.series.material.names.map((m, i) => byMaterial[i] > 0 && el("li", swatch(view.materialColour[i]), el("span", t("material." + m)), el("b", tonnes(byMaterial[i]) + " t, " + percent(byMaterial[i] / sum))))));
}

function penalties(app, sums) {
	const { t } = app;
	if (!sums) return null;
	const some = sums.enterprises > 0;
	const rows = [
		["quota", tonnes(sums.quota_t) + " t"],
		["fulfilment", sums.quota_t > 0 ? percent(sums.credited_t / sums.quota_t) : "–"],
		["books", sums.books_only_t > 0 && tonnes(sums.books_only_t) + " t"],
		["shortfall", tonnes(sums.shortfall_t) + " t"],
		["intercepted", sums.intercepted_t > 0 && tonnes(sums.intercepted_t) + " t"],
		["detection", some && percent(sums.detection)],
		["marks", some && sums.marks.toFixed(1)],
		["expelled", some && sums.expelled.toFixed(2)],
		["detained", some && sums.detained.toFixed(2)],
		["output", some && percent(1 - sums.output_index)],
	];
	return el("div", el("h3", t("detail.accounts")), pairs(rows.map(([key, value]) => [t("account." + key), value])));
}

function unserved(app, ids) {
	const { run, t } = app;
	const wanted = new Set(ids.map((i) => run.nodes.id[i]));
	const rows = run.unserved.filter(([id]) => wanted.has(id)).slice(0, 8);
	return rows.length > 0 && el("div", el("h3", t("detail.unserved")), el("ul.plain", rows.map(([, reason, v]) => el("li", `${tonnes(v)} t: ${t("reason." + reason)}`))));
}

/** Where the place itself comes from: basis, accuracy, source with both grades, its address as text. */
function origin(app, i) {
	const { run, t } = app;
	const { nodes } = run;
	const column = (name) => nodes[name].names[nodes[name].of[i]];
	const source = run.sources.find((s) => s.source_id === column("source_id"));
	const grade = column("grade");
	return el("div.origin", el("h3", t("detail.source")),
		el("ul.plain",
			el("li", t("detail.basis", { basis: t("basis." + (column("basis") || "assumed")) })),
			nodes.placed[i] ? el("li", t("detail.accuracy", { km: nodes.accuracy_km[i] ?? "?", method: column("coordinate_method") || "–" })) : el("li", t("detail.unplaced")),
			nodes.workers[i] !== null && el("li", t("detail.workers", { n: whole(nodes.workers[i]) })),
			nodes.population[i] !== null && el("li", t("detail.population", { n: whole(nodes.population[i]) })),
			source && el("li", [source.title, source.publisher, source.published].filter(Boolean).join(", ")),
			source && source.url && el("li.url", source.url),
			el("li", gradeText(t, source ? source.reliability : "", grade))));
}

/** Both Admiralty grades in words: the source's reliability, the claim's credibility. */
export function gradeText(t, reliability, grade) {
	const letter = reliability || (grade || "").slice(0, 1);
	const digit = (grade || "").replace(/^[A-F]/, "");
	return t("grade.text", { reliability: letter ? `${letter}, ${t("reliability." + letter)}` : t("grade.none"), credibility: digit ? `${digit}, ${t("credibility." + digit)}` : t("grade.none") });
}

function link(app, l) {
	const { run, t, view } = app;
	const { links } = run;
	const sums = linkSums(run, view.shown, view.pathsThrough(l), l);
	const line = links.line.names[links.line.of[l]];
	const direction = (ends, side) => side.t > 0 && el("div",
		el("h3", ends.map(app.name).join(" → ") + ": " + tonnes(side.t) + " t"),
		el("p.small", t("detail.from")),
		partners(app, side.origins, 10, (v) => tonnes(v) + " t, " + percent(v / side.t)),
		el("p.small", t("detail.to")),
		partners(app, side.destinations, 6));
	return [
		el("h2.name", [links.from[l], links.to[l]].map(app.name).join(" – ")),
		el("p.small", [t("mode." + links.modes[links.mode[l]]), line, links.length_km[l] !== null && t("detail.length", { km: links.length_km[l], basis: t("basis." + (links.length_basis.names[links.length_basis.of[l]] || "derived")) }), links.gauge_mm[l] && links.gauge_mm[l] + " mm"].filter(Boolean).join(" · ")),
		el("p.small", links.capacity_t[l] !== null ? t("detail.capacity", { t: tonnes(links.capacity_t[l]) }) : t("detail.capacity.unknown")),
		sums.price > 0 && el("p.small", t("detail.price", { price: sums.price.toFixed(2), n: sums.bound })),
		sums.forward.t + sums.backward.t === 0 && el("p", t("detail.idle")),
		direction([links.from[l], links.to[l]], sums.forward),
		direction([links.to[l], links.from[l]], sums.backward),
		months(app, sums.months),
		materials(app, sums.materials),
	];
}
