/** Two runs side by side on one scale, moving together, and the difference between them. */

import { canvasLayer } from "./canvas_layer.js";
import { HOLLOW, LARGEST_CHANGE, changesOf, drawChange, groupKey } from "./compare_change.js";
import { aligned, decodeBoth, encodeBoth, monthsOf } from "./compare_state.js";
import { el, fill, svg, swatch } from "./dom.js";
import { LEVELS, atLevel } from "./gather.js";
import { noFilter, readRun } from "./query.js";
import { drawBasemap, readShape } from "./basemap.js";
import { runView } from "./run_view.js";
import { signRows } from "./signs.js";
import { csvLine, mass, nice, span, step, translator } from "./words.js";
import { save } from "./table.js";

/** @param {any} map @param {any} data */
export function mount(map, data) {
	const runs = [readRun(data.a), readRun({ ...data.a, ...data.b })];
	const views = runs.map((run) => runView(run, data.style));
	const shapes = { countries: readShape(data.a.basemap.countries), regions: readShape(data.a.basemap.regions) };
	const steps = aligned(runs[0].periods, runs[1].periods);
	const last = steps.length - 1;
	const kindNames = [...new Set(runs.flatMap((run) => run.kinds.map((kind) => kind.name)))];
	const regionNames = [...new Set(runs.flatMap((run) => run.nodes.region.names))].filter(Boolean).sort();
	/** The run with more kinds of movement, whose signs are explained. */
	const more = runs[0].kinds.length > runs[1].kinds.length ? 0 : 1;
	/** What both maps show. */
	const both = { from: 0, to: last, kind: new Set(), region: "", scale: "fixed", lang: data.lang, chosen: "" };
	let t = translator(data.labels, both.lang);
	for (const view of views) Object.assign(view, { word: (/** @type {string} */ key) => t(key), rate: true });
	/** Whether a run has none of the months shown: that is no zero. */
	let absent = [false, false];
	let linkChange = new Float64Array(0);
	let hits = [];
	let mostCircle = 0;
	select();
	oneScale(views);

	// ---- three maps in one page ----
	const root = el("div.compare", { lang: both.lang });
	const head = el("header.compare-head");
	const container = map.getContainer();
	container.replaceWith(root);
	const second = el("div", { class: "folium-map" });
	const third = el("div", { class: "folium-map" });
	const captions = [el("h2"), el("h2"), el("h2")];
	const keys = [el("div.pane-key"), el("div.pane-key"), el("div.pane-key")];
	const panes = [container, second, third].map((node, i) => el("section.pane", captions[i], node, keys[i]));
	// on paper the maps are as large as they were drawn, made smaller as a whole so that three stand beside each other
	addEventListener("beforeprint", () => {
		const { x, y } = map.getSize();
		root.style.cssText = `--wide: ${x}px; --high: ${y}px; --zoom: ${Math.min(0.8, 335 / x, 500 / y)}`;
	});
	root.append(head, el("div.panes", { role: "main" }, panes));
	const options = { zoomSnap: 0.25, zoomControl: false, attributionControl: false, center: [0, 0], zoom: 2 };
	const maps = [map, L.map(second, options), L.map(third, options)];
	const tip = el("div.tip", { hidden: true, role: "tooltip" });
	root.append(tip);
	const pictures = maps.map((m, i) => {
		m.getContainer().tabIndex = 0;
		m.getContainer().setAttribute("role", "application");
		m.invalidateSize({ animate: false });
		fit(m);
		const draw = (ctx, at) => {
			drawBasemap(ctx, at, shapes, data.style, () => null);
			if (i === 2) {
				hits = [];
				mostCircle = 0;
				if (absent.includes(true)) return;
				const groupChanges = (level) => changesOf(views, level, placeValue);
				({ hits, most: mostCircle } = drawChange(ctx, at, { views, style: data.style, linkChange, groupChanges }));
			} else if (!absent[i]) views[i].draw(ctx, at);
		};
		return canvasLayer(L, draw, { className: "sf-canvas sf-flows" });
	});
	L.control.zoom({ position: "bottomright" }).addTo(maps[2]);
	if (!shapes.countries && !shapes.regions) for (const m of maps) m.getContainer().style.background = data.style.blank;
	let moving = false;
	maps.forEach((m, i) =>
		m.on("move", () => {
			if (moving) return;
			moving = true;
			maps.forEach((other, k) => k !== i && other.setView(m.getCenter(), m.getZoom(), { animate: false }));
			moving = false;
		}),
	);
	map.on("moveend", () => {
		paneKeys();
		writeAddress();
	});
	maps.forEach((m, i) =>
		m
			.on("mousemove", (event) => point(event, i))
			.on("mouseout", () => (tip.hidden = true))
			.on("click", (event) => set({ chosen: keyAt(event, i) })),
	);

	function fit(m) {
		const { nodes } = runs[0];
		const placed = [...Array(nodes.n).keys()].filter((i) => nodes.placed[i] && nodes.what(i) !== "outside");
		if (placed.length)
			m.fitBounds(
				placed.map((i) => [nodes.lat[i], nodes.lon[i]]),
				{ padding: [18, 18], maxZoom: 16, animate: false },
			);
		views.forEach((v) => v.setHome(m.getZoom()));
	}

	function select() {
		const shown = runs.map((_, k) => monthsOf(steps, both.from, both.to, k));
		absent = shown.map((months) => !months);
		views.forEach((view, k) => {
			const names = runs[k].kinds.map((kind) => kind.name);
			const kept = [...both.kind].filter((name) => names.includes(name));
			view.select({
				...(shown[k] || { from: 0, to: 0 }),
				filter: {
					...noFilter(),
					// a kind that a run does not have lets nothing of it pass
					kind: new Set(both.kind.size && !kept.length ? ["-"] : kept),
					region: new Set(both.region ? [both.region] : []),
				},
				lang: both.lang,
				scale: both.scale,
				measure: "",
				selected: null,
				panel: "",
				step: -1,
				against: -1,
			});
		});
		linkChange = changes();
	}

	function set(patch) {
		Object.assign(both, patch);
		tip.hidden = true;
		select();
		update();
		writeAddress();
	}

	/** Change of every link, b minus a: links are known by name, because the runs may be of different worlds. */
	function changes() {
		const { links } = runs[1];
		return Float64Array.from({ length: links.n }, (_, l) => (linkValue(1, l) || 0) - (linkValue(0, twinLink(l)) || 0));
	}

	/** The same link in the first run, or -1. @param {number} l of the second @returns {number} */
	function twinLink(l) {
		return runs[0].links.index.get(runs[1].links.id[l]) ?? -1;
	}

	/** Tonnes a month on a link, because campaigns of different length have no common sum; null where there is none. */
	function linkValue(k, l) {
		if (l < 0 || absent[k]) return null;
		const { loads, months } = views[k].shown;
		return runs[k].links.rail[l] ? (loads.forward[l] + loads.backward[l]) / months : 0;
	}

	/** Whether the places tell what goes back, because nothing else is shown. */
	function aboutHome() {
		const bring = runs.flatMap((run) => run.role.bring.map((k) => run.kinds[k].name));
		return both.kind.size > 0 && !bring.some((name) => both.kind.has(name));
	}

	/** Tonnes a month that a place was brought, or, where only that is shown, that left it for home. */
	function placeValue(k, group) {
		const { values, months } = views[k].shown;
		const of = aboutHome()
			? (/** @type {number} */ i) => values.regained[i] + values.robbed[i]
			: (/** @type {number} */ i) => values.arrived[i];
		return group.nodes.reduce((sum, /** @type {number} */ i) => sum + of(i), 0) / months;
	}

	/** Both values of one thing and their difference, b minus a; what a run does not have is said, and is no zero. */
	const told = (a, b) => {
		const said = (v) => (v === null ? t("compare.absent") : mass(v));
		const change = a === null || b === null ? "" : ` (${signed(b - a)})`;
		return `${said(a)} → ${said(b)}${change}`;
	};
	const signed = (v) => (v > 0 ? "+" : "") + mass(v);

	/** What stands under the mouse on a map, by the name that both runs know it by. @returns {string} */
	function keyAt(event, /** @type {number} */ i) {
		const p = pictures[i].point(event);
		if (i === 2) {
			const group = hits.filter((h) => h.type === "group" && Math.hypot(h.x - p.x, h.y - p.y) <= h.r + 2).pop();
			if (group) return groupKey(views[1], group.group);
			const near = (h) => h.type === "link" && h.points.some(([x, y]) => Math.hypot(x - p.x, y - p.y) < 9);
			const link = hits.filter(near).pop();
			return link ? "link:" + runs[1].links.id[link.link] : "";
		}
		const hit = absent[i] ? null : views[i].pick(p.x, p.y);
		if (hit?.type === "link") return "link:" + runs[i].links.id[hit.link];
		if (hit?.type === "mill") return "mill:" + runs[i].nodes.id[hit.node];
		return hit?.type === "place" ? groupKey(views[i], hit.sign.group) : "";
	}

	/** Name of a thing and its values in both runs, by kind of value. @returns {{name: string, rows: any[][]}|null} */
	function about(/** @type {string} */ key) {
		const [type, ...rest] = key.split(":");
		const id = rest.join(":");
		if (type === "link") {
			const at = runs.map((run) => run.links.index.get(id) ?? -1);
			const k = at[1] >= 0 ? 1 : 0;
			if (at[k] < 0) return null;
			const ends = [runs[k].links.from[at[k]], runs[k].links.to[at[k]]];
			return {
				name: ends.map((node) => views[k].nodeName(node, both.lang)).join(" – "),
				rows: [[railName(), ...at.map((l, run) => linkValue(run, l))]],
			};
		}
		if (type === "mill") {
			const at = runs.map((run) => run.nodes.index.get(id) ?? -1);
			const k = at[1] >= 0 ? 1 : 0;
			if (at[k] < 0) return null;
			const got = at.map((i, run) =>
				i < 0 || absent[run] ? null : views[run].shown.values.received[i] / views[run].shown.months,
			);
			return { name: views[k].nodeName(at[k], both.lang), rows: [[t("figure.received"), ...got]] };
		}
		const groups = views.map((view) =>
			LEVELS.includes(type) ? atLevel(view.groups, type).find((g) => groupKey(view, g) === key) : undefined,
		);
		const k = groups[1] ? 1 : 0;
		if (!groups[k]) return null;
		const rows = kindNames
			.map((name) => [
				t("kind." + name),
				...views.map((view, run) => {
					const at = runs[run].kinds.findIndex((kind) => kind.name === name);
					const group = groups[run];
					if (at < 0 || absent[run] || !group) return null;
					const { sent, got } = view.shown.values;
					const side = runs[run].role.bring.includes(at) ? got : sent;
					const own = runs[run].role.bring.includes(at) && !group.yard ? sent : side;
					return group.nodes.reduce((sum, /** @type {number} */ i) => sum + own[at][i], 0) / view.shown.months;
				}),
			])
			.filter(([, a, b]) => a || b);
		return { name: views[k].groupName(groups[k], both.lang), rows };
	}

	function railName() {
		const kind = runs.flatMap((run) => run.role.rail.map((k) => run.kinds[k]))[0];
		return kind ? t("kind." + kind.name) : "";
	}

	function point(event, /** @type {number} */ i) {
		const one = about(keyAt(event, i));
		tip.hidden = !one;
		if (!one) return;
		fill(
			tip,
			el("b", one.name),
			one.rows.map(([name, a, b]) => el("div", `${name} ${told(a, b)}`)),
		);
		const box = event.originalEvent;
		const frame = root.getBoundingClientRect();
		tip.style.left = Math.max(4, Math.min(box.clientX - frame.x + 14, frame.width - 270)) + "px";
		tip.style.top = box.clientY - frame.y + 16 + "px";
	}

	/** Tonnes a month of a kind in a run, or null where the run has no such kind or none of the months. */
	function amount(k, /** @type {string} */ name) {
		const at = runs[k].kinds.findIndex((kind) => kind.name === name);
		if (at < 0 || absent[k]) return null;
		return views[k].shown.result.byKind[at] / views[k].shown.months;
	}

	function update() {
		const { lang } = both;
		t = translator(data.labels, lang);
		root.lang = document.documentElement.lang = lang;
		captions.slice(0, 2).forEach((caption, k) => {
			const months = monthsOf(steps, both.from, both.to, k);
			const shown = months ? span(runs[k].periods, months.from, months.to) : t("compare.absent");
			caption.textContent = `${data.names[k]} · ${shown}`;
		});
		captions[2].textContent = t("compare.change", { a: data.names[0], b: data.names[1] });
		fill(
			head,
			el(
				"div.compare-title",
				el("h1", data.options.title || t("compare.title")),
				el("p.small", t("compare.note")),
				tools(),
			),
			table(),
			el("ul.map-key.key-line", signRows({ run: runs[more], t, style: data.style, view: views[more] })),
		);
		pictures.forEach((layer) => layer.redraw());
		paneKeys();
	}

	/** Months, region and scale, in step on all maps; language and table. */
	function tools() {
		const choice = (key, values, chosen, patch) =>
			el(
				"label",
				t(key),
				" ",
				el(
					"select",
					{ onchange: (e) => set(patch(e.target.value)) },
					values.map(([value, text]) => el("option", { value, selected: String(value) === String(chosen), text })),
				),
			);
		const months = steps.map(({ label }, i) => [i, label]);
		const region = (name) => views[1].regionName(runs[1].nodes.region.names.indexOf(name), both.lang) || name;
		const other = Object.keys(data.labels).find((one) => one !== both.lang);
		return el(
			"div.tools",
			steps.length > 1 &&
				choice("time.from", months, both.from, (v) => ({ from: Number(v), to: Math.max(Number(v), both.to) })),
			steps.length > 1 &&
				choice("time.to", months, both.to, (v) => ({ from: Math.min(Number(v), both.from), to: Number(v) })),
			regionNames.length > 1 &&
				choice(
					"filter.region",
					[["", t("filter.all")], ...regionNames.map((name) => [name, region(name)])],
					both.region,
					(v) => ({ region: v }),
				),
			choice(
				"filter.scale",
				[
					["fixed", t("compare.scale.one")],
					["adaptive", t("compare.scale.two")],
				],
				both.scale,
				(v) => ({ scale: v }),
			),
			el("button.button.csv", { text: t("table.csv"), onclick: () => save("comparison.csv", changeTable()) }),
			other && el("button.button", { lang: other, text: t("language." + other), onclick: () => set({ lang: other }) }),
		);
	}

	/** Kinds, to be ticked, and what was chosen, with both values and their difference. */
	function table() {
		const number = (v, text = v === null ? t("compare.absent") : mass(v)) => el("td.number", text);
		const row = (name, [a, b]) =>
			el(
				"tr",
				el("th", { scope: "row" }, name),
				number(a),
				number(b),
				el("td.number", a === null || b === null ? "–" : signed(b - a)),
			);
		const kinds = kindNames.map((name) => {
			const kind = runs.flatMap((run) => run.kinds).find((one) => one.name === name);
			const box = el("input", {
				type: "checkbox",
				checked: !both.kind.size || both.kind.has(name),
				onchange: (e) => {
					const chosen = new Set(both.kind.size ? both.kind : kindNames);
					chosen[e.target.checked ? "add" : "delete"](name);
					set({ kind: chosen.size === kindNames.length ? new Set() : chosen });
				},
			});
			const label = el("label", box, " ", swatch(kind?.colour || "", kind?.dash), " ", t("kind." + name));
			return row(label, [amount(0, name), amount(1, name)]);
		});
		const one = both.chosen ? about(both.chosen) : null;
		return el(
			"table.compare-table",
			el(
				"thead",
				el(
					"tr",
					el("th", { scope: "col", text: t("col.kind") }),
					...[...data.names, t("compare.difference")].map((n) => el("th.number", { scope: "col", text: n })),
				),
			),
			el(
				"tbody",
				kinds,
				one && el("tr.chosen", el("th", { scope: "rowgroup", colspan: 4, text: one.name })),
				one && one.rows.map(([name, a, b]) => row(name, [a, b])),
			),
		);
	}

	/** Over each map what its signs stand for, at the scale that was drawn. */
	function paneKeys() {
		const { more, less } = data.style;
		const line = (v, k) => {
			const colour = runs[k].kinds[runs[k].role.rail[0]]?.colour || data.style.muted;
			const width = views[k].widthOf(v);
			return el(
				"span",
				svg(
					"svg",
					{ width: 48, height: 20 },
					svg("line", { x1: 2, x2: 46, y1: 10, y2: 10, stroke: colour, "stroke-width": width }),
				),
				el("i", step(v)),
			);
		};
		keys.slice(0, 2).forEach((key, k) => {
			const most = nice(views[k].loadScale());
			fill(
				key,
				absent[k]
					? el("p", t("compare.absent"))
					: runs[k].role.rail.length > 0 &&
							el(
								"div.widths",
								[most, nice(most / 5)].filter((v) => v > 0).map((v) => line(v, k)),
							),
			);
		});
		const circle = nice(mostCircle);
		const r = mostCircle > 0 ? LARGEST_CHANGE * Math.sqrt(circle / mostCircle) : 0;
		fill(
			keys[2],
			absent.includes(true)
				? el("p", t("compare.absent"))
				: [
						el("p", swatch(more, []), " ", t("compare.more", { b: data.names[1] })),
						el("p", hollow(less), " ", t("compare.less", { b: data.names[1] })),
						circle > 0 &&
							el(
								"p.circle",
								svg(
									"svg",
									{ width: 2 * r + 4, height: 2 * r + 4 },
									svg("circle", { cx: r + 2, cy: r + 2, r, fill: "none", stroke: data.style.ink }),
								),
								el("span", t(aboutHome() ? "compare.circles.home" : "compare.circles"), el("br"), step(circle)),
							),
					],
		);
	}

	/** What a line where there is less looks like. */
	function hollow(/** @type {string} */ colour) {
		const line = (/** @type {string} */ stroke, /** @type {number} */ width) =>
			svg("line", { x1: 1, x2: 25, y1: 5, y2: 5, stroke, "stroke-width": width });
		return svg("svg.swatch", { width: 26, height: 10 }, line(colour, 6), line("#ffffff", 6 * HOLLOW));
	}

	function changeTable() {
		const { links } = runs[1];
		const lines = [["link_id", "from", "to", data.names[0], data.names[1], t("compare.difference")]];
		for (let l = 0; l < links.n; l++) {
			if (!links.rail[l]) continue;
			const [a, b] = [linkValue(0, twinLink(l)), linkValue(1, l)];
			const ends = [links.from[l], links.to[l]].map((node) => views[1].nodeName(node, both.lang));
			if (a || b) lines.push([links.id[l], ...ends, a, b, a === null || b === null ? null : b - a]);
		}
		return "\ufeff" + lines.map(csvLine).join("\r\n") + "\r\n";
	}

	function writeAddress() {
		try {
			const hash = encodeBoth(both, map.getCenter(), map.getZoom(), last);
			if (location.protocol !== "about:") history.replaceState(null, "", "#" + hash);
		} catch {
			// a frame without an address of its own
		}
	}

	/** Take over what the address says. @returns {number[]|null} where the maps were */
	function readAddress() {
		const known = { last, kinds: kindNames, regions: regionNames, languages: Object.keys(data.labels) };
		const { patch, view } = decodeBoth(location.hash, known);
		Object.assign(both, patch);
		select();
		return view;
	}

	// the head is filled first: what it leaves is the maps' size
	const seen = readAddress();
	update();
	maps.forEach((m) => m.invalidateSize({ animate: false }));
	maps.forEach(fit);
	if (seen) map.setView([seen[0], seen[1]], seen[2], { animate: false });
	maps.forEach((m, i) => pictures[i].addTo(m));
	paneKeys();
	root.scrapflow = {
		maps,
		views,
		runs,
		set,
		about,
		get linkChange() {
			return linkChange;
		},
	};
	root.dataset.ready = "true";
}

/** The same tonne is as wide and as large on both maps: the smaller of the two scales counts. */
function oneScale(views) {
	const most = (view) => {
		const { forward, backward } = view.shown.loads;
		let best = 0;
		for (let l = 0; l < forward.length; l++) if (view.run.links.rail[l]) best = Math.max(best, forward[l], backward[l]);
		return best;
	};
	const load = Math.max(...views.map((view) => most(view) / view.shown.months));
	const widest = views.map((view) => view.widest);
	views.forEach((view, /** @type {number} */ i) => {
		view.reference.load = load;
		view.widest = (at) => Math.min(...widest.map((of) => of(at)));
		twin(view, views[1 - i]);
	});
}

/** One scale and one level for a view and its twin, each with its own places. */
function twin(view, other) {
	const [own, others] = [view.planFor, other.planFor];
	const cache = new Map();
	view.ownPlan = own;
	view.planFor = (/** @type {At} */ at, compact) => {
		const [mine, theirs] = [own(at, compact), (other.ownPlan || others)(at, compact)];
		if (cache.get(mine)?.theirs === theirs) return cache.get(mine).plan;
		const level = LEVELS[Math.min(LEVELS.indexOf(mine.level), LEVELS.indexOf(theirs.level))];
		const groups = atLevel(view.groups, level);
		const least = (/** @type {string} */ name) => Math.min(mine[name] || theirs[name], theirs[name] || mine[name]);
		const scales = Object.fromEntries(["perTonne", "perFlow", "perMillTonne"].map((name) => [name, least(name)]));
		const shift = mine.level === level ? mine.shift : groups.map(() => [0, 0]);
		const plan = { level, groups, shift, ...scales, mostHome: Math.max(mine.mostHome, theirs.mostHome) };
		cache.set(mine, { theirs, plan });
		return plan;
	};
}
