/** The page: one state, from which the map, the numbers, the months and every panel follow. */

import { canvasLayer } from "./canvas_layer.js";
import { el, fill } from "./dom.js";
import { legend } from "./legend.js";
import { filters, figures, headline, summary } from "./panels.js";
import { noFilter, readRun } from "./query.js";
import { drawBasemap, readShape } from "./basemap.js";
import { measureOf } from "./measures.js";
import { runView } from "./run_view.js";
import { details } from "./details.js";
import { searchBox } from "./search.js";
import { aboutView, claimsView } from "./sheets.js";
import { readHash, writeHash } from "./state.js";
import { story } from "./story.js";
import { tableView } from "./table.js";
import { timeline } from "./timeline.js";
import { percent, tonnes, translator, whole } from "./words.js";

/**
 * Draw a run on a Leaflet map, with the whole page around it.
 * @param {any} map @param {any} data
 */
export function mount(map, data) {
	const run = readRun(data);
	const view = runView(run, data.style);
	const shapes = { countries: readShape(data.basemap.countries), regions: readShape(data.basemap.regions) };
	const app = {
		run, view, map, data, shapes,
		style: data.style,
		yards: [...Array(run.nodes.n).keys()].filter((i) => run.nodes.kinds[run.nodes.kind[i]] === "yard"),
		state: startState(data, run),
		t: translator(data.labels, data.lang),
		set, reset, focusOn, select, flyTo, redraw, name: (i) => view.nodeName(i, app.state.lang), open, assumedText, announce,
		parts: [],
	};

	function startState(d, r) {
		return { from: 0, to: Math.max(0, r.nPeriods - 1), filter: noFilter(), lang: d.lang, scale: d.options.scale || "fixed", measure: "", selected: null, panel: "" };
	}

	function set(patch) {
		Object.assign(app.state, patch);
		if ("lang" in patch) {
			app.t = translator(data.labels, app.state.lang);
			root.lang = app.state.lang;
			document.documentElement.lang = app.state.lang;
		}
		refresh();
	}

	function reset() {
		set({ ...startState(data, run), lang: app.state.lang });
		fit();
	}

	function select(selected) {
		set({ selected });
	}

	function focusOn(list) {
		select({ type: "nodes", nodes: list });
	}

	function open(panel) {
		set({ panel: app.state.panel === panel ? "" : panel });
	}

	function flyTo(list, zoom) {
		const placed = list.filter((i) => run.nodes.placed[i]);
		if (!placed.length) return;
		const bounds = placed.map((i) => [run.nodes.lat[i], run.nodes.lon[i]]);
		map.fitBounds(bounds, { maxZoom: zoom || 10, padding: [60, 60], animate: false });
	}

	function redraw() {
		base.redraw();
		flows.redraw();
	}

	function refresh() {
		view.select(app.state);
		redraw();
		for (const part of app.parts) part.update();
		writeHash(app);
	}

	function announce(text) {
		live.textContent = text;
	}

	function assumedText() {
		const n = data.assumed.count;
		return n ? app.t("legend.assumed", { n: whole(n) }) : app.t("legend.assumed.none");
	}

	view.select(app.state);

	// ---- the page around the map ----
	const container = map.getContainer();
	const live = el("div.hidden", { role: "status", "aria-live": "polite" });
	const main = el("div.main");
	const side = el("aside.side");
	const root = el("div.app", { lang: app.state.lang }, side, main, live);
	container.replaceWith(root);
	main.append(container);
	L.control.zoom({ position: "bottomright", zoomInTitle: app.t("zoom.in"), zoomOutTitle: app.t("zoom.out") }).addTo(map);
	L.control.scale({ position: "bottomleft", imperial: false }).addTo(map);
	container.setAttribute("role", "application");
	container.setAttribute("aria-label", app.t("map.label"));
	container.tabIndex = 0;
	map.createPane("sf-base").style.zIndex = "210";
	const base = canvasLayer(L, drawBase, { pane: "sf-base", className: "sf-canvas" }).addTo(placeMap());
	const flows = canvasLayer(L, (ctx, v) => view.draw(ctx, v), { className: "sf-canvas sf-flows" }).addTo(map);

	function drawBase(ctx, v) {
		if (map.options.scrapflowTiles) return;
		const values = measureValues();
		drawBasemap(ctx, v, shapes, data.style, (f) => values && values.colour(f));
	}

	/** The regions' measure as colours: quintile steps of one hue, grey where nothing is known. */
	function measureValues() {
		if (!app.state.measure || !shapes.regions) return null;
		app.measured = measureOf(app);
		return app.measured;
	}

	function bounds() {
		const { nodes } = run;
		let box = null;
		for (let i = 0; i < nodes.n; i++) {
			const kind = nodes.kinds[nodes.kind[i]];
			if (!nodes.placed[i] || kind === "outside") continue;
			box = box || [nodes.lat[i], nodes.lon[i], nodes.lat[i], nodes.lon[i]];
			box = [Math.min(box[0], nodes.lat[i]), Math.min(box[1], nodes.lon[i]), Math.max(box[2], nodes.lat[i]), Math.max(box[3], nodes.lon[i])];
		}
		return box ? [[box[0], box[1]], [box[2], box[3]]] : null;
	}

	function placeMap() {
		map.invalidateSize({ animate: false });
		fit();
		return map;
	}

	function fit() {
		const box = bounds();
		if (box) map.fitBounds(box, { padding: [26, 26], maxZoom: 11, animate: false });
		else map.setView([0, 0], 2, { animate: false });
		app.homeZoom = map.getZoom();
		view.setHome(app.homeZoom);
	}
	app.fit = fit;

	// ---- the mouse ----
	const tip = el("div.tip", { hidden: true, role: "tooltip" });
	main.append(tip);
	map.on("mousemove", (event) => {
		const p = flows.point(event);
		const hit = view.pick(p.x, p.y);
		container.classList.toggle("sf-pointing", Boolean(hit));
		if (!hit) {
			tip.hidden = true;
			return;
		}
		fill(tip, tipLines(app, hit));
		tip.hidden = false;
		const { x, y } = event.containerPoint;
		const size = map.getSize();
		tip.style.left = Math.min(x + 14, size.x - tip.offsetWidth - 8) + "px";
		tip.style.top = (y + 18 + tip.offsetHeight > size.y ? y - tip.offsetHeight - 12 : y + 18) + "px";
	});
	map.on("mouseout", () => (tip.hidden = true));
	map.on("click", (event) => {
		const p = flows.point(event);
		const hit = view.pick(p.x, p.y);
		tip.hidden = true;
		if (!hit) select(null);
		else if (hit.type === "link") select({ type: "link", link: hit.link });
		else if (hit.type === "mill") select({ type: "nodes", nodes: [hit.node] });
		else if (hit.type === "node") select({ type: "nodes", nodes: [hit.node], fan: hit.fan });
		else if (hit.type === "arc") select({ type: "nodes", nodes: [...hit.from.nodes] });
		else select({ type: "nodes", nodes: hit.sign.nodes, group: hit.sign.group, fan: hit.sign.group.level === "spot" ? hit.sign.group : null });
	});

	// ---- the parts ----
	const head = { root: el("header.head"), update: () => fill(head.root, headline(app)) };
	const numbers = { root: el("section.figures"), update: () => fill(numbers.root, figures(app)) };
	const text = { root: el("div.hidden"), update: () => fill(text.root, summary(app)) };
	const months = timeline(app);
	const key = legend(app);
	const choice = filters(app);
	const detail = details(app);
	const table = tableView(app);
	const tale = story(app);
	const claims = claimsView(app);
	const about = aboutView(app);
	const search = searchBox(app);
	const grip = el("button.grip", { "aria-expanded": "false", label: app.t("side.grip"), onclick: () => grip.setAttribute("aria-expanded", String(root.classList.toggle("sf-up"))) });
	side.append(grip, tale.root, detail.root, head.root, numbers.root, key.root, choice.root, text.root);
	main.append(search.root, months.root, table.root, claims.root, about.root);
	app.parts.push(head, numbers, text, months, key, choice, detail, table, claims, about, tale, search);
	map.on("moveend", () => {
		key.update();
		writeHash(app);
	});
	map.on("resize", () => key.update());
	if (window.ResizeObserver) new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(container);
	map.invalidateSize({ animate: false });
	fit();
	readHash(app);
	base.awake = flows.awake = true;
	set({ lang: app.state.lang });
	key.update();
	root.scrapflow = app;
	root.dataset.ready = "true";
	return app;
}

/** A few lines about what is under the mouse. */
function tipLines(app, hit) {
	const { t, view, run } = app;
	if (hit.type === "link") {
		const { from, to } = run.links;
		const ends = hit.direction ? [to[hit.link], from[hit.link]] : [from[hit.link], to[hit.link]];
		return [el("b", ends.map((i) => (i < 0 ? "?" : app.name(i))).join(" → ")), el("div", t("tip.link", { t: tonnes(hit.t) }))];
	}
	if (hit.type === "arc") {
		const lang = app.state.lang;
		return [el("b", view.groupName(hit.from.group, lang) + " → " + view.groupName(hit.to.group, lang)), el("div", t("kind." + run.series.kind.names[hit.k]) + " " + tonnes(hit.t) + " t")];
	}
	if (hit.type === "mill" || hit.type === "node") {
		if (hit.type === "node") return [el("b", app.name(hit.node)), el("div", t("node." + run.nodes.kinds[run.nodes.kind[hit.node]]))];
		return [el("b", app.name(hit.node)), el("div", t("tip.mill", { t: tonnes(view.shown.values.received[hit.node]) }))];
	}
	const v = hit.sign.values;
	const months = view.shown.months;
	const lines = [el("b", view.groupName(hit.sign.group, app.state.lang))];
	if (hit.sign.nodes.length > 1) lines.push(el("div.small", t("tip.places", { n: hit.sign.nodes.length })));
	lines.push(el("div", t("tip.in", { t: tonnes(v.in * months) })));
	if (v.back > 0) lines.push(el("div", t("tip.back", { t: tonnes(v.back * months) })));
	if (v.taken > 0) lines.push(el("div", t("tip.taken", { t: tonnes(v.taken * months) })));
	if (v.total > 0) lines.push(el("div", t("tip.scrap", { share: percent(v.held[0] / v.total) })));
	return lines;
}
