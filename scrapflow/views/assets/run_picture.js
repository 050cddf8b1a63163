/** How a run looks: flows, signs and names on a canvas, and what stands under the mouse. */

import { drawNext } from "./evidence.js";
import { isCompact } from "./gather.js";
import { arcControl, chords, inSight, lineDistance2 } from "./geometry.js";
import {
	arc,
	arrow,
	disc,
	donut,
	fillIn,
	flowLine,
	halfRing,
	arrowHome,
	middle,
	mill,
	stroke,
	tint,
	trace,
} from "./paint.js";
import { runNames } from "./run_names.js";
import { lazy } from "./unpack.js";

/** Nearer than so many pixels, two signs have no arc between them. */
const NEAR = 12;
const MOST_ARCS = 600;
/** So many places on one point are spread around it, and so far apart their rows are. */
const MOST_FANNED = 24;
const FAN_ROW = 17;
/** Mills nearer than so many pixels are on one point. */
const ONE_POINT = 4;
const FADED = "#b4c6d2";

/** @param {any} view what runView gave */
export function runPicture(view) {
	const { run, style, mills, kindColour, kindDash, materialColour } = view;
	const { role } = run;
	/** Colour and dash of the first kind of a role, such as what goes by rail. */
	const look = (/** @type {number[]} */ [k], spare = style.muted) => ({
		colour: k === undefined ? spare : kindColour[k],
		dash: k === undefined ? [] : kindDash[k],
		k,
	});
	const [railed, came, back, taken] = [role.rail, role.bring, role.back, role.taken].map((which) => look(which));
	const { nodes, links, series } = run;
	const names = runNames(view);
	let hits = [];
	return { draw, drawAside, pick };

	/** The map on another canvas, on which nothing is to be clicked. */
	function drawAside(/** @type {CanvasRenderingContext2D} */ ctx, /** @type {At} */ at) {
		const [kept, before] = [hits, { ...view.shown }];
		draw(ctx, { ...at, bare: true });
		hits = kept;
		Object.assign(view.shown, before);
	}

	function draw(/** @type {CanvasRenderingContext2D} */ ctx, /** @type {At} */ at) {
		const { shown } = view;
		if (!shown) return;
		shown.hits = hits = [];
		const { compact, widest } = at.inset || { compact: isCompact(at), widest: view.widest(at) };
		const current = view.planFor(at, at.inset ? 1 : compact);
		const { perTonne, perFlow, mostHome, perMillTonne } = at.inset || view.areaScale(current, compact);
		Object.assign(shown, { widest, perTonne, perFlow, mostHome, perMillTonne, compact, level: current.level });
		const courses = new Map();
		for (let l = 0; l < links.n; l++) {
			const path = links.rail[l] && course(l, at);
			if (path) courses.set(l, path);
		}
		drawRail(ctx, courses);
		const arrows = drawFlows(ctx, courses);
		const signs = (shown.signs = drawnSigns(at, current));
		drawArcs(ctx, at, signs);
		drawArrows(ctx, arrows);
		const focused = focusedNodes();
		drawSigns(ctx, at, signs, focused);
		drawMills(ctx, at, focused);
		drawFan(ctx, at);
		if (shown.state.next) drawNext(ctx, run, at, courses);
		names(ctx, at, { hits, signs, focused, isSelected, faded, active });
	}

	/** A link's course in pixels, or null where it is out of sight. */
	function course(l, /** @type {At} */ at) {
		if (!inSight(links.box, l, at, 30)) return null;
		const [xs, ys] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
		for (let k = links.start[l]; k < links.start[l + 1]; k++) {
			xs.push(links.x[k] * at.scale - at.ox);
			ys.push(links.y[k] * at.scale - at.oy);
		}
		return xs.length > 1 ? { xs, ys } : null;
	}

	function drawRail(/** @type {CanvasRenderingContext2D} */ ctx, courses) {
		ctx.lineCap = ctx.lineJoin = "round";
		for (const narrow of [false, true]) {
			ctx.beginPath();
			for (const [l, path] of courses)
				if (narrow === (links.gauge_mm[l] > 0 && links.gauge_mm[l] < 1200))
					path.xs.forEach((/** @type {number} */ x, k) => (k ? ctx.lineTo(x, path.ys[k]) : ctx.moveTo(x, path.ys[k])));
			stroke(ctx, style.rail, narrow ? 0.8 : 1.15, narrow ? [2, 2] : []);
		}
	}

	function drawFlows(/** @type {CanvasRenderingContext2D} */ ctx, courses) {
		const { shown } = view;
		const { focus, months, state } = shown;
		const todo = [];
		for (const [l, path] of courses) {
			for (const [direction, name] of ["forward", "backward"].entries()) {
				const load = shown.loads[name][l] / months;
				if (!load) continue;
				const [xs, ys] = direction ? [path.xs.slice().reverse(), path.ys.slice().reverse()] : [path.xs, path.ys];
				todo.push({ load, l, direction, xs, ys, focused: focus ? focus.loads[name][l] / months : load });
			}
		}
		todo.sort((a, b) => a.load - b.load || a.l - b.l);
		const hit = (f, points, /** @type {number} */ width) =>
			hits.push({
				type: "link",
				link: f.l,
				direction: f.direction,
				points,
				reach: Math.max(5, width / 2 + 3),
				t: f.load * months,
			});
		if (focus)
			for (const f of todo) hit(f, flowLine(ctx, f.xs, f.ys, view.widthOf(f.load), FADED), view.widthOf(f.load));
		const arrows = [];
		const full = todo.filter((f) => f.focused > 0).map((f) => ({ ...f, width: view.widthOf(f.focused) }));
		// all casings lie under all flows, so that no link cuts into the next
		for (const f of full) if (f.width > 1.5) flowLine(ctx, f.xs, f.ys, f.width, "#ffffff", 1.6);
		for (const f of full) {
			const points = flowLine(ctx, f.xs, f.ys, f.width, railed.colour);
			hit(f, points, f.width);
			if (f.width >= 1.2) arrows.push([f.load, points, f.width]);
		}
		const chosen = state.selected?.type === "link" && courses.get(state.selected.link);
		if (chosen) {
			trace(
				ctx,
				Array.from(chosen.xs, (x, k) => [x, chosen.ys[k]]),
			);
			stroke(ctx, style.ink, 2.5);
		}
		return arrows;
	}

	function drawArrows(/** @type {CanvasRenderingContext2D} */ ctx, arrows) {
		const used = [];
		arrows.sort((a, b) => b[0] - a[0]);
		for (const [, points, width] of arrows) {
			const [x, y, dx, dy, total] = middle(points);
			if (total < 5 || used.some(([ux, uy]) => (ux - x) ** 2 + (uy - y) ** 2 < 46 ** 2)) continue;
			used.push([x, y]);
			arrow(ctx, x, y, dx, dy, width, railed.colour);
		}
	}

	function drawnSigns(/** @type {At} */ at, current) {
		const { values, months, perTonne } = view.shown;
		return current.groups.map((group, /** @type {number} */ i) => {
			const [x, y] = [
				group.wx * at.scale - at.ox + current.shift[i][0],
				group.wy * at.scale - at.oy + current.shift[i][1],
			];
			const sign = { group, index: i, nodes: group.nodes, x, y, seen: seenAt(x, y, at) };
			// of those out of sight no one asks
			lazy(sign, "values", () => view.groupValues(group, values, months));
			return lazy(sign, "r", () => Math.sqrt((sign.values.total * perTonne) / Math.PI));
		});
	}

	/** What goes by no railway, between signs that stand apart; deliveries and returns bend to opposite sides. */
	function drawArcs(/** @type {CanvasRenderingContext2D} */ ctx, /** @type {At} */ at, signs) {
		const { shown } = view;
		const ends = [...signs, ...mills.map((/** @type {number} */ i) => millEnd(i, at))];
		const signOf = new Int32Array(nodes.n).fill(-1);
		ends.forEach((sign, i) => sign.nodes.forEach((n) => (signOf[n] = i)));
		const found = new Map();
		shown.result.bySeries.forEach((t, s) => {
			const k = series.kind.of[s];
			if (!t || !(role.local.includes(k) || (role.rail.includes(k) && series.path[s] < 0))) return;
			const [a, b] = [signOf[series.origin[s]] ?? -1, signOf[series.destination[s]] ?? -1];
			if (a < 0 || b < 0 || a === b) return;
			const key = (k * ends.length + a) * ends.length + b;
			if (!found.has(key)) found.set(key, { k, a, b, p: ends[a], q: ends[b], t: 0, focused: !shown.focus });
			const sum = found.get(key);
			sum.t += t / shown.months;
			if (shown.focus?.inSeries[s]) sum.focused = true;
		});
		const apart = [...found.values()].filter(
			({ p, q }) => (p.seen || q.seen) && Math.hypot(p.x - q.x, p.y - q.y) >= NEAR,
		);
		const drawn = apart
			.filter((f) => shown.focus || shown.level !== "region" || view.widthOf(f.t) >= 1.5)
			.sort((f, g) => f.t - g.t || f.k - g.k || f.a - g.a || f.b - g.b)
			.slice(-MOST_ARCS);
		shown.arcsLeftOut = apart.length - drawn.length;
		for (const { k, p, q, t, focused } of drawn) {
			// what goes home has a scale of its own
			const home = role.back.includes(k) || role.taken.includes(k);
			const width = home ? view.homeWidth(t, shown.compact) : Math.max(1, Math.min(20, view.widthOf(t)));
			const curve = [p.x, p.y, ...arcControl(p.x, p.y, q.x, q.y, role.taken.includes(k) ? 0.34 : 0.2), q.x, q.y];
			arc(ctx, curve, width, kindColour[k], kindDash[k], focused ? 0.85 : 0.1);
			if (focused)
				hits.push({
					type: "arc",
					k,
					from: p,
					to: q,
					points: chords(curve),
					reach: Math.max(4, width / 2 + 2),
					t: t * shown.months,
				});
		}
	}

	/** Whether a sign may be in sight. */
	function seenAt(/** @type {number} */ x, /** @type {number} */ y, /** @type {At} */ at) {
		return x > -60 && y > -60 && x < at.width + 60 && y < at.height + 60;
	}

	/** A mill as an end of arcs. */
	function millEnd(/** @type {number} */ i, /** @type {At} */ at) {
		const [x, y] = [nodes.wx[i] * at.scale - at.ox, nodes.wy[i] * at.scale - at.oy];
		return {
			x,
			y,
			nodes: [i],
			seen: seenAt(x, y, at),
			group: { level: "spot", nodes: [i], region: nodes.region.of[i] },
		};
	}

	/** Whether only what goes back or is taken is shown: then the map is about it, and the rings step back. */
	function aboutHome() {
		const { kind } = view.shown.state.filter;
		const names = [...role.back, ...role.taken].map((k) => series.kind.names[k]);
		return kind.size > 0 && [...kind].every((name) => names.includes(name));
	}

	function drawSigns(/** @type {CanvasRenderingContext2D} */ ctx, /** @type {At} */ at, signs, focused) {
		const { perTonne, perFlow, compact } = view.shown;
		const pale = aboutHome();
		for (const sign of signs.filter((s) => s.seen).sort((a, b) => b.r - a.r)) {
			const { x, y, r, values } = sign;
			const alpha = faded(focused, sign.nodes) ? 0.16 : 1;
			ctx.globalAlpha = pale ? 0.3 * alpha : alpha;
			if (values.total * perTonne > 0.5)
				donut(ctx, x, y, Math.max(1.6, r), values.held, materialColour, r > 4 ? 0.42 : 0);
			else mark(ctx, x, y, 2, nodes.what(sign.nodes[0]), style.muted);
			const guessed = values.in > 0 ? Math.min(1, values.guessed / values.in) : 0;
			sign.outer = halfRing(ctx, x, y, Math.max(r, 2), values.in * perFlow, tint(came.colour), guessed);
			if (assumedSpot(sign)) {
				disc(ctx, x, y, Math.max(sign.outer, r) + 2);
				stroke(ctx, style.muted, 0.9, [1.5, 2.5]);
			}
			ctx.globalAlpha = alpha;
			sign.homes = [
				{ t: values.back, way: 1, ...back },
				{ t: values.taken, way: -1, ...taken },
			]
				.filter(({ t }) => t > 0)
				.map((home) => ({
					...home,
					at: arrowHome(ctx, x, y, Math.max(sign.outer, 4), view.homeSize(home.t, compact), home.way, home.colour),
				}));
			if (isSelected(sign.nodes)) ring(ctx, at, sign);
			ctx.globalAlpha = 1;
			hits.push({ type: "place", sign, x, y, reach: Math.max(9, sign.outer + 2) });
		}
	}

	function drawMills(/** @type {CanvasRenderingContext2D} */ ctx, /** @type {At} */ at, focused) {
		const { shown } = view;
		const { values, months, perMillTonne } = shown;
		const m = values.materials;
		// what mills get is left out by the filters
		const away = shown.state.filter.kind.size > 0 && !mills.some((/** @type {number} */ i) => values.received[i] > 0);
		// the smaller on the larger, so that none is hidden; those that get nothing below them all
		const size = (/** @type {number} */ i) => values.stays[i] || Number.MAX_VALUE;
		for (const i of mills.slice().sort((a, b) => size(b) - size(a))) {
			const { x, y } = millEnd(i, at);
			ctx.globalAlpha = faded(focused, [i]) || (away && !values.received[i]) ? 0.25 : 1;
			const side = mill(
				ctx,
				x,
				y,
				(values.stays[i] / months) * perMillTonne,
				values.held.subarray(i * m, i * m + (values.stays[i] > 0 ? m : 0)),
				materialColour,
				isSelected([i]),
			);
			ctx.globalAlpha = 1;
			// those that stand on one point are named, and chosen, together
			const near = (hit) => (hit.x - x) ** 2 + (hit.y - y) ** 2 < ONE_POINT ** 2;
			const same = hits.filter((hit) => hit.type === "mill" && near(hit));
			for (const hit of same) (hit.also ??= []).push(i);
			hits.push({ type: "mill", node: i, also: same.map((hit) => hit.node), x, y, reach: side / 2 + 4, side });
		}
	}

	/** The places that stand on one point, spread to both sides of it in rows, so that each name has its own. */
	function drawFan(/** @type {CanvasRenderingContext2D} */ ctx, /** @type {At} */ at) {
		const chosen = view.shown.state.selected;
		const ids = chosen?.fan?.level === "spot" ? chosen.fan.nodes.slice(0, MOST_FANNED) : [];
		if (ids.length < 2) return;
		const [x, y] = [chosen.fan.wx * at.scale - at.ox, chosen.fan.wy * at.scale - at.oy];
		const half = Math.ceil(ids.length / 2);
		const r = Math.max(52, half * FAN_ROW * 0.62);
		disc(ctx, x, y, r + 8);
		fillIn(ctx, "rgba(255,255,255,0.78)");
		ids.forEach((/** @type {number} */ i, k) => {
			const side = k < half ? 1 : -1;
			const row = k % half;
			const down = (row - ((side > 0 ? half : ids.length - half) - 1) / 2) * FAN_ROW;
			const [px, py] = [x + side * Math.sqrt(Math.max(r * r - down * down, (r * 0.5) ** 2)), y + down];
			trace(ctx, [
				[x, y],
				[px, py],
			]);
			stroke(ctx, style.muted, 1);
			const kind = nodes.what(i);
			mark(ctx, px, py, 5.5, kind, kind === "yard" ? came.colour : kind === "enterprise" ? style.ink : "#8c959c");
			const only = chosen.nodes.length === 1 && chosen.nodes[0] === i;
			stroke(ctx, only ? "#000000" : "#ffffff", only ? 2.5 : 1.5);
			hits.push({ type: "node", node: i, fan: chosen.fan, x: px, y: py, reach: 11, side: 0, way: side });
		});
		disc(ctx, x, y, 4);
		fillIn(ctx, style.ink);
	}

	/** Whether a sign is of one point, at which no place is known but only assumed. */
	function assumedSpot({ group, nodes: ids }) {
		return (
			group.level === "spot" &&
			ids.every((/** @type {number} */ i) => nodes.basis?.names[nodes.basis.of[i]] === "assumed")
		);
	}

	/** A place without tonnes: a square for an enterprise, a dot for others. @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {string} colour */
	function mark(ctx, x, y, r, kind, colour) {
		disc(ctx, x, y, kind === "enterprise" ? 0 : r);
		if (kind === "enterprise") ctx.rect(x - r, y - r, 2 * r, 2 * r);
		fillIn(ctx, colour);
	}

	/** The chosen place: a dark ring, and the radius within which it lies where that is known. */
	function ring(/** @type {CanvasRenderingContext2D} */ ctx, /** @type {At} */ at, sign) {
		disc(ctx, sign.x, sign.y, Math.max(7, sign.outer + 3));
		stroke(ctx, style.ink, 2);
		const accuracy = Math.max(0, ...sign.nodes.map((n) => nodes.accuracy_km[n] || 0));
		if (sign.group.level !== "spot" || !accuracy) return;
		disc(
			ctx,
			sign.x,
			sign.y,
			(accuracy / (40075.017 * Math.cos((nodes.lat[sign.nodes[0]] * Math.PI) / 180))) * at.scale,
		);
		stroke(ctx, style.ink, 1.2, [4, 4]);
	}

	function isSelected(list) {
		return (view.shown.state.selected?.nodes || []).some((n) => list.includes(n));
	}

	function active(values) {
		return values.total > 0 || values.in > 0 || values.home > 0;
	}

	function faded(focused, ids) {
		return focused && !ids.some((n) => focused.has(n));
	}

	function focusedNodes() {
		const { focus, state } = view.shown;
		if (!focus) return null;
		const out = new Set(state.selected.nodes);
		focus.bySeries.forEach((t, s) => t > 0 && out.add(series.origin[s]).add(series.destination[s]));
		return out;
	}

	/** What stands under a point: signs before lines, the nearest of a kind first. */
	function pick(/** @type {number} */ x, /** @type {number} */ y) {
		let best = null;
		let nearest = Infinity;
		for (const hit of hits) {
			const distance2 = hit.points ? lineDistance2(x, y, hit.points) : (hit.x - x) ** 2 + (hit.y - y) ** 2;
			const rank = distance2 + (hit.points ? 1e6 : 0);
			if (distance2 <= hit.reach ** 2 && rank < nearest) [best, nearest] = [hit, rank];
		}
		return best;
	}
}
