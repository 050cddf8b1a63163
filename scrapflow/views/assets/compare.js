/** Two runs side by side on one scale, moving together, and the difference between them. */

import { canvasLayer } from "./canvas_layer.js";
import { el, fill, svg, swatch } from "./dom.js";
import { disc, fillIn, flowLine, stroke } from "./paint.js";
import { LEVELS, atLevel } from "./gather.js";
import { noFilter, readRun } from "./query.js";
import { drawBasemap, readShape } from "./basemap.js";
import { runView } from "./run_view.js";
import { csvLine, mass, nice, span, step, translator, two } from "./words.js";
import { save } from "./table.js";

const WIDEST_CHANGE = 16;
const LARGEST_CHANGE = 24;

/** @param {any} map @param {any} data */
export function mount(map, data) {
	const runs = [readRun(data.a), readRun({ ...data.a, ...data.b })];
	const views = runs.map((run) => runView(run, data.style));
	const shapes = { countries: readShape(data.a.basemap.countries), regions: readShape(data.a.basemap.regions) };
	let lang = data.lang;
	let t = translator(data.labels, lang);
	for (const view of views) view.word = (key) => t(key);
	const states = runs.map((run) => ({
		from: 0,
		to: Math.max(0, run.nPeriods - 1),
		filter: noFilter(),
		lang,
		scale: "fixed",
		measure: "",
		selected: null,
		panel: "",
		step: -1,
	}));
	select();
	oneScale(views);
	const linkChange = changes();
	const mostLink = linkChange.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
	let hits = [];

	// ---- three maps in one page ----
	const root = el("div.compare", { lang });
	const head = el("header.compare-head");
	const container = map.getContainer();
	container.replaceWith(root);
	const second = el("div", { class: "folium-map" });
	const third = el("div", { class: "folium-map" });
	const captions = [el("h2"), el("h2"), el("h2")];
	const panes = [container, second, third].map((node, i) => el("section.pane", captions[i], node));
	root.append(head, el("div.panes", panes));
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
			(i < 2 ? views[i].draw : drawChange)(ctx, at);
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
	maps.forEach((m, i) => m.on("mousemove", (event) => point(event, i)).on("mouseout", () => (tip.hidden = true)));

	function fit(m) {
		const { nodes } = runs[0];
		const placed = [...Array(nodes.n).keys()].filter((i) => nodes.placed[i] && nodes.what(i) !== "outside");
		if (placed.length)
			m.fitBounds(
				placed.map((i) => [nodes.lat[i], nodes.lon[i]]),
				{ padding: [18, 18], maxZoom: 11, animate: false },
			);
		views.forEach((v) => v.setHome(m.getZoom()));
	}

	function select() {
		views.forEach((view, i) => {
			view.select(states[i]);
		});
	}

	/** Change of every link and group, b minus a: links are known by name, because the runs may be of different worlds. */
	function changes() {
		const { links } = runs[1];
		const out = new Float64Array(links.n);
		for (let l = 0; l < links.n; l++) {
			const other = runs[0].links.index.get(links.id[l]);
			out[l] = loadOf(views[1], l) - (other === undefined ? 0 : loadOf(views[0], other));
		}
		return out;
	}

	function loadOf(view, l) {
		// a mean a month, because campaigns of different length have no common sum
		return view.run.links.rail[l]
			? (view.shown.loads.forward[l] + view.shown.loads.backward[l]) / view.shown.months
			: 0;
	}

	function groupChanges(level) {
		const before = new Map(
			atLevel(views[0].groups, level).map((g) => [views[0].groupName(g, "en") + g.region, broughtIn(views[0], g)]),
		);
		return atLevel(views[1].groups, level).map((g) => ({
			group: g,
			t: broughtIn(views[1], g) - (before.get(views[1].groupName(g, "en") + g.region) || 0),
		}));
	}

	function broughtIn(view, group) {
		return group.nodes.reduce((sum, i) => sum + view.shown.values.arrived[i], 0) / view.shown.months;
	}

	/** More is red and solid, less is blue and dashed: two hues, and in grey two line styles. */
	function drawChange(ctx, view) {
		hits = [];
		const { links } = runs[1];
		const { more, less } = data.style;
		const order = [...Array(links.n).keys()]
			.filter((l) => runs[1].links.rail[l] && links.start[l + 1] - links.start[l] > 1)
			.sort((a, b) => Math.abs(linkChange[a]) - Math.abs(linkChange[b]) || a - b);
		for (const l of order) {
			const points = [];
			for (let k = links.start[l]; k < links.start[l + 1]; k++)
				points.push([links.x[k] * view.scale - view.ox, links.y[k] * view.scale - view.oy]);
			if (!points.some(([x, y]) => x > -30 && y > -30 && x < view.width + 30 && y < view.height + 30)) continue;
			const change = linkChange[l];
			const width = Math.abs(change) < 1e-6 ? 1 : Math.max(1.2, (Math.abs(change) / mostLink) * WIDEST_CHANGE);
			const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
			flowLine(
				ctx,
				xs,
				ys,
				width,
				Math.abs(change) < 1e-6 ? data.style.rail : change > 0 ? more : less,
				0,
				change < 0 ? [6, 3] : [],
			);
			hits.push({ type: "link", link: l, points, t: change });
		}
		const level = views[1].shown.level || "region";
		const groups = groupChanges(level);
		const most = groups.reduce((a, g) => Math.max(a, Math.abs(g.t)), 0);
		for (const { group, t: change } of groups.sort((a, b) => Math.abs(b.t) - Math.abs(a.t))) {
			if (!most || Math.abs(change) < 1e-6) continue;
			const [x, y] = [group.wx * view.scale - view.ox, group.wy * view.scale - view.oy];
			const r = Math.max(1.5, LARGEST_CHANGE * Math.sqrt(Math.abs(change) / most));
			disc(ctx, x, y, r);
			ctx.globalAlpha = 0.55;
			fillIn(ctx, change > 0 ? more : less);
			ctx.globalAlpha = 1;
			stroke(ctx, change > 0 ? more : less, 1.6, change < 0 ? [4, 2] : []);
			hits.push({ type: "group", group, x, y, r, t: change });
		}
	}

	/** Both values of one thing and their difference, b minus a; what a run does not have is said, and is no zero. */
	const both = (a, b) => {
		const said = (v) => (v === null ? t("compare.absent") : mass(v));
		const change = a === null || b === null ? "" : ` (${signed(b - a)})`;
		return `${said(a)} → ${said(b)}${change}`;
	};
	const signed = (v) => (v > 0 ? "+" : "") + mass(v);

	function point(event, i) {
		const p = pictures[i].point(event);
		let lines = null;
		const ends = (k, link) =>
			[runs[k].links.from[link], runs[k].links.to[link]].map((node) => views[k].nodeName(node, lang)).join(" – ");
		if (i < 2) {
			const hit = views[i].pick(p.x, p.y);
			const { values, months } = views[i].shown;
			if (hit?.type === "link") lines = [ends(i, hit.link), mass(hit.t / months)];
			else if (hit?.type === "mill")
				lines = [views[i].nodeName(hit.node, lang), t("tip.mill", { t: two(values.received[hit.node] / months) })];
			else if (hit?.type === "place") {
				const { group, values: v } = hit.sign;
				const kind = runs[i].kinds[runs[i].role.bring[0]];
				lines = [views[i].groupName(group, lang), kind ? t("kind." + kind.name) + " " + mass(v.in) : ""];
			}
		} else {
			const group = hits.filter((h) => h.type === "group" && Math.hypot(h.x - p.x, h.y - p.y) <= h.r + 2).pop();
			const link = group
				? null
				: hits.filter((h) => h.type === "link" && h.points.some(([x, y]) => Math.hypot(x - p.x, y - p.y) < 9)).pop();
			if (group) {
				const now = broughtIn(views[1], group.group);
				lines = [views[1].groupName(group.group, lang), both(now - group.t, now)];
			} else if (link) {
				const now = loadOf(views[1], link.link);
				lines = [ends(1, link.link), both(now - link.t, now)];
			}
		}
		tip.hidden = !lines;
		if (!lines) return;
		fill(tip, el("b", lines[0]), el("div", lines[1]));
		const box = event.originalEvent;
		const frame = root.getBoundingClientRect();
		tip.style.left = Math.min(box.clientX - frame.x + 14, frame.width - 220) + "px";
		tip.style.top = box.clientY - frame.y + 16 + "px";
	}

	/** Tonnes a month of a kind in a run, or null where the run has no such kind. */
	function amount(k, name) {
		const at = runs[k].kinds.findIndex((kind) => kind.name === name);
		return at < 0 ? null : views[k].shown.result.byKind[at] / views[k].shown.months;
	}

	function update() {
		t = translator(data.labels, lang);
		root.lang = lang;
		document.documentElement.lang = lang;
		states.forEach((s) => (s.lang = lang));
		select();
		captions.slice(0, 2).forEach((caption, k) => {
			caption.textContent = `${data.names[k]} · ${span(runs[k].periods, 0, runs[k].nPeriods - 1)}`;
		});
		captions[2].textContent = t("compare.change", { a: data.names[0], b: data.names[1] });
		const { more, less } = data.style;
		const names = [...new Set(runs.flatMap((run) => run.kinds.map((kind) => kind.name)))];
		const rows = names.map((name) => {
			const values = [0, 1].map((k) => amount(k, name));
			const [a, b] = values;
			const kind = runs.flatMap((run) => run.kinds).find((one) => one.name === name);
			return { kind, values, change: a === null || b === null ? "–" : signed(b - a) };
		});
		const railed = runs.flatMap((run) => run.role.rail.map((k) => run.kinds[k]))[0];
		const steps = [nice(views[0].loadScale()), nice(views[0].loadScale() / 5)];
		const other = Object.keys(data.labels).find((one) => one !== lang);
		const number = (text) => el("td.number", text);
		fill(
			head,
			el("div", el("h1", data.options.title), el("p.small", t("compare.note"))),
			el(
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
					rows.map(({ kind, values, change }) =>
						el(
							"tr",
							el("th", { scope: "row" }, swatch(kind.colour, kind.dash), " ", t("kind." + kind.name)),
							...values.map((v) => number(v === null ? t("compare.absent") : mass(v))),
							number(change),
						),
					),
				),
			),
			el(
				"div.compare-key",
				railed &&
					el(
						"div.widths",
						steps.map((v) =>
							el(
								"span",
								svg(
									"svg",
									{ width: 54, height: 20 },
									svg("line", {
										x1: 2,
										x2: 52,
										y1: 10,
										y2: 10,
										stroke: railed.colour,
										"stroke-width": views[0].widthOf(v),
									}),
								),
								el("i", step(v)),
							),
						),
					),
				el("p", swatch(more, []), " ", t("compare.more", { b: data.names[1] })),
				el("p", swatch(less, [6, 3]), " ", t("compare.less", { b: data.names[1] })),
				el("p.small", t("compare.circles")),
				el(
					"div.tools",
					el("button.button.csv", { text: t("table.csv"), onclick: () => save("comparison.csv", changeTable()) }),
					other &&
						el("button.button", {
							lang: other,
							text: t("language." + other),
							onclick: () => {
								lang = other;
								update();
							},
						}),
				),
			),
		);
		pictures.forEach((layer) => layer.redraw());
	}

	function changeTable() {
		const { links } = runs[1];
		const lines = [["link_id", "from", "to", data.names[0], data.names[1], t("compare.difference")]];
		for (let l = 0; l < links.n; l++) {
			if (!runs[1].links.rail[l]) continue;
			const b = loadOf(views[1], l);
			if (b || linkChange[l])
				lines.push([
					links.id[l],
					views[1].nodeName(links.from[l], lang),
					views[1].nodeName(links.to[l], lang),
					b - linkChange[l],
					b,
					linkChange[l],
				]);
		}
		return "\ufeff" + lines.map(csvLine).join("\r\n") + "\r\n";
	}

	// the head is filled first: what it leaves is the maps' size
	update();
	maps.forEach((m) => m.invalidateSize({ animate: false }));
	maps.forEach(fit);
	maps.forEach((m, i) => pictures[i].addTo(m));
	root.scrapflow = { maps, views, runs, linkChange };
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
	views.forEach((view, i) => {
		view.reference.load = load;
		twin(view, views[1 - i]);
	});
}

/** One scale and one level for a view and its twin, each with its own places. */
function twin(view, other) {
	const [own, others] = [view.planFor, other.planFor];
	const cache = new Map();
	view.ownPlan = own;
	view.planFor = (at, compact) => {
		const [mine, theirs] = [own(at, compact), (other.ownPlan || others)(at, compact)];
		if (cache.get(mine)?.theirs === theirs) return cache.get(mine).plan;
		const level = LEVELS[Math.min(LEVELS.indexOf(mine.level), LEVELS.indexOf(theirs.level))];
		const groups = atLevel(view.groups, level);
		const least = (name) => Math.min(mine[name] || theirs[name], theirs[name] || mine[name]);
		const scales = Object.fromEntries(["perTonne", "perFlow", "perMillTonne"].map((name) => [name, least(name)]));
		const shift = mine.level === level ? mine.shift : groups.map(() => [0, 0]);
		const plan = { level, groups, shift, ...scales, mostHome: Math.max(mine.mostHome, theirs.mostHome) };
		cache.set(mine, { theirs, plan });
		return plan;
	};
}
