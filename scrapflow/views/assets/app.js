/** The page: one state, from which the map, the numbers, the months and every panel follow. */

import { area } from "./area.js";
import { canvasLayer } from "./canvas_layer.js";
import { el, fill } from "./dom.js";
import { inset } from "./inset.js";
import { legend } from "./legend.js";
import { signRows } from "./signs.js";
import { filters } from "./filters.js";
import { figures, headline, reportedShare, restsOn, summary } from "./numbers.js";
import { PANELS } from "./panels.js";
import { noFilter, readRun } from "./query.js";
import { drawBasemap, readShape } from "./basemap.js";
import { measureOf, shades } from "./measures.js";
import { runView } from "./run_view.js";
import { details } from "./details.js";
import { searchBox } from "./search.js";
import { addressOf, readHash, writeHash } from "./state.js";
import { story } from "./story.js";
import { timeline } from "./timeline.js";
import { tipLines } from "./tips.js";
import { percent, translator, whole } from "./words.js";

/**
 * Draw a run on a Leaflet map, with the whole page around it.
 * @param {any} map @param {any} data @param {string} [address] what to show of it
 */
export function mount(map, data, address = location.hash) {
	const run = readRun(data);
	const { nodes } = run;
	const view = runView(run, data.style, data.reference);
	const shapes = {
		countries: readShape(data.basemap.countries),
		regions: readShape(data.basemap.regions),
		counties: readShape(data.basemap.counties),
	};
	// what the search and the buttons take of the map's top
	view.bar = 50;
	view.word = (key) => app.t(key);
	view.noted = data.noted;
	const ids = [...nodes.kind.keys()];
	/** @type {App} */
	const app = {
		run,
		view,
		map,
		data,
		shapes,
		style: data.style,
		measures: shades(data.measures, shapes.counties),
		languages: Object.keys(data.labels),
		panels: Object.keys(PANELS).filter((name) => PANELS[name].has(run)),
		yards: ids.filter((i) => nodes.what(i) === "yard"),
		state: startState(),
		t: translator(data.labels, data.lang),
		startState,
		set,
		fit,
		flyTo,
		announce: (text) => (live.textContent = text),
		select: (selected) => set({ selected }),
		focusOn: (list) => set({ selected: { type: "nodes", nodes: list } }),
		open: (panel) => set({ panel: app.state.panel === panel ? "" : panel }),
		name: (i) => view.nodeName(i),
		assumedText,
		shade: (f, layer) => app.measured?.colour(f, layer),
		homeZoom: 0,
		tell: () => {},
		telling: () => false,
		reset() {
			set({ ...startState(), lang: app.state.lang });
			fit();
		},
		address: () => addressOf(app),
		goTo,
		close() {
			ending.abort();
			watching.disconnect();
			map.remove();
		},
	};
	// a page that another run replaces listens no longer
	const ending = new AbortController();
	const heard = { signal: ending.signal };

	/** What the tonnes rest on: modelled or reported, assumed inputs, one run or many. */
	function assumedText() {
		const { t } = app;
		const share = reportedShare(run, view.reference.result.bySeries);
		const what = t("legend." + restsOn(share), { share: percent(share) });
		const { count, ranged } = data.assumed;
		const text = t(count ? "legend.assumed" : "legend.assumed.none", { what, n: whole(count), ranged: whole(ranged) });
		return share > 0.999 || data.about.members ? text : text + " " + t("legend.one");
	}

	function startState() {
		return {
			from: 0,
			to: Math.max(0, data.periods.length - 1),
			filter: noFilter(),
			lang: data.lang,
			scale: data.options.scale || "fixed",
			measure: "",
			against: -1,
			selected: null,
			panel: "",
			step: -1,
			next: false,
			drawing: false,
		};
	}

	function set(/** @type {Partial<State>} */ patch) {
		tip.hidden = true;
		Object.assign(app.state, patch);
		speak();
		view.select(app.state);
		picture.redraw();
		show();
	}

	/** The language chosen, before anything is written in it, on the map or beside it. */
	function speak() {
		const { lang } = app.state;
		if (root.lang === lang) return;
		app.t = translator(data.labels, lang);
		root.lang = document.documentElement.lang = lang;
		fill(signs, signRows(app));
		for (const [word, ...nodes] of [
			["map.label", main, container],
			["side.grip", grip],
			["legend.title", key.root],
			["time.title", over[0].root],
			...["in", "out"].map((way) => ["zoom." + way, ...container.querySelectorAll(".leaflet-control-zoom-" + way)]),
		])
			for (const node of nodes) {
				if (node.title) node.title = app.t(word);
				node.setAttribute("aria-label", app.t(word));
			}
	}

	/** Everything around the map, after the map: the legend states the scales that were drawn. */
	function show(those = parts) {
		for (const part of those) part.update();
		changed();
	}

	/** The address follows what is shown, and so does who else listens, such as a notebook. */
	function changed() {
		writeHash(app);
		root.dispatchEvent(new Event("scrapflow"));
	}

	/** Show what an address says, and nothing of what was shown. @param {string} text */
	function goTo(text) {
		Object.assign(app.state, startState());
		readHash(app, text);
		set({});
	}

	function flyTo(/** @type {number[]} */ list, maxZoom = 10, around = 60) {
		const placed = list.filter((/** @type {number} */ i) => nodes.placed[i]);
		if (placed.length)
			map.fitBounds(
				placed.map((/** @type {number} */ i) => [nodes.lat[i], nodes.lon[i]]),
				{
					maxZoom,
					// arrows home stand beside their signs
					paddingTopLeft: [around + 6, Math.max(around, view.bar)],
					paddingBottomRight: [around + 6, around],
					animate: false,
				},
			);
		return placed.length > 0;
	}

	function fit() {
		const inside = ids.filter((i) => nodes.what(i) !== "outside");
		if (!flyTo(inside, 16, 28)) map.setView([0, 0], 2, { animate: false });
		app.homeZoom = map.getZoom();
		view.setHome(app.homeZoom);
	}

	// ---- the page around the map ----
	const container = map.getContainer();
	const live = el("div.hidden", { role: "status" });
	// a page of its own has one main part; in a notebook the page around it may have another
	const main = el("div.main", { role: data.options.page ? "main" : "region" });
	const side = el("aside.side");
	const root = el("div.app", side, main, live);
	container.replaceWith(root);
	main.append(container);
	container.setAttribute("role", "application");
	container.tabIndex = 0;
	// where nothing is known of the land, the ground is neither land nor sea
	if (!shapes.countries && !shapes.regions) container.style.background = data.style.blank;
	const part = (/** @type {Element} */ node, /** @type {(app: App) => any} */ content) => ({
		root: node,
		update: () => fill(node, content(app)),
	});
	const [head, numbers, text] = [
		part(el("header.head"), headline),
		part(el("section.figures"), figures),
		part(el("div.hidden"), summary),
	];
	const [tale, detail, key, choice] = [story, details, legend, filters].map((make) => make(app));
	const over = [timeline, searchBox, inset, area, ...app.panels.map((name) => PANELS[name].make)].map((make) =>
		make(app),
	);
	// what is drawn and what it stands for, always in sight
	const signs = el("ul.map-key");
	/** What of the map lies under the signs' key and the inset, so that no name is put there. */
	view.covered = () =>
		[signs, over[2].root]
			.map(({ offsetLeft: x, offsetTop: y, offsetWidth: w, offsetHeight: h }) => [x, y, x + w, y + h])
			.filter(([x1, , x2]) => x2 > x1);
	const parts = [head, numbers, over[0], choice, detail, tale, text, key, ...over.slice(1)];
	const grip = el("button.grip", {
		"aria-expanded": "false",
		onclick: () => grip.setAttribute("aria-expanded", String(root.classList.toggle("sf-up"))),
	});
	const tip = el("div.tip", { hidden: true, role: "tooltip" });
	side.append(grip, ...[tale, detail, head, numbers, choice, key, text].map((p) => p.root));
	main.append(tip, signs, ...over.map((p) => p.root));

	// ---- the map: drawn once, when it has its size and its view ----
	if (!map.zoomControl) L.control.zoom({ position: "bottomright" }).addTo(map);
	L.control.scale({ position: "bottomleft", imperial: false }).addTo(map);
	const picture = canvasLayer(L, draw, { className: "sf-canvas sf-flows" });
	// the numbers leave the map's size, and nothing is laid out or drawn twice
	readHash(app, address);
	view.select(app.state);
	speak();
	show(parts.slice(0, 6));
	map.invalidateSize({ animate: false });
	fit();
	readHash(app, address);
	picture.addTo(map);
	// what a tip tells is of the picture that it was read from
	map.on("zoomstart movestart", () => (tip.hidden = true));
	map.on("moveend resize", () => {
		key.update();
		changed();
		over[2].update();
	});
	addEventListener(
		"keydown",
		(/** @type {any} */ e) =>
			e.key === "Escape" &&
			!e.target.closest(".sf-sheet") &&
			(app.state.drawing ? set({ drawing: false }) : app.select(null)),
		heard,
	);
	// an address pasted into a page that is open
	addEventListener("hashchange", () => goTo(location.hash), heard);
	const watching = new ResizeObserver(() => map.invalidateSize({ animate: false }));
	watching.observe(container);

	// on paper the map is as large as it was drawn, made smaller as a whole so that it fits the page's width
	addEventListener(
		"beforeprint",
		() => {
			const { x, y } = map.getSize();
			root.style.cssText = `--wide: ${x}px; --high: ${y}px; --zoom: ${Math.min(0.8, 690 / x, (app.telling() ? 390 : 460) / y)}`;
		},
		heard,
	);

	function draw(/** @type {CanvasRenderingContext2D} */ ctx, /** @type {At} */ at) {
		app.measured = app.state.measure && shapes.regions ? measureOf(app) : null;
		if (!map.options.scrapflowTiles) drawBasemap(ctx, at, shapes, data.style, app.shade);
		view.draw(ctx, at);
	}

	// ---- the mouse ----
	const under = (/** @type {LeafletMouse} */ event) => {
		const p = picture.point(event);
		return view.pick(p.x, p.y);
	};
	map.on("mousemove", (/** @type {LeafletMouse} */ event) => {
		const hit = under(event);
		container.classList.toggle("sf-pointing", Boolean(hit));
		tip.hidden = !hit;
		if (!hit) return;
		fill(tip, tipLines(app, hit));
		const { x, y } = event.containerPoint;
		const size = map.getSize();
		tip.style.left = Math.min(x + 14, size.x - tip.offsetWidth - 8) + "px";
		tip.style.top = (y + 18 + tip.offsetHeight > size.y ? y - tip.offsetHeight - 12 : y + 18) + "px";
	});
	map.on("mouseout", () => (tip.hidden = true));
	map.on("click", (/** @type {any} */ event) => {
		const hit = under(event);
		tip.hidden = true;
		if (!hit) return app.select(null);
		if (hit.type === "link") return app.select({ type: "link", link: hit.link });
		const sign = hit.sign || hit.from;
		app.select({
			type: "nodes",
			nodes: sign?.nodes || [hit.node, ...(hit.also || [])],
			group: hit.sign?.group,
			fan: hit.fan || hit.sign?.group,
		});
	});

	root.scrapflow = app;
	const rest = () => {
		show(parts.slice(6));
		root.dataset.ready = "true";
	};
	// the news is painted first; in a notebook one whole picture takes the place of another
	if (data.inputs || document.hidden) rest();
	else requestAnimationFrame(() => setTimeout(rest));
}
