/** How a run looks: which flows, signs and names are drawn for a state, and what stands under the mouse. */

import { arcControl, curveDistance2, segmentDistance2 } from "./geometry.js";
import { CARTED, LOOTED, RETURNED, accountSums, largestLoad, linkLoads, monthly, nodeSums, passing, sums } from "./query.js";
import { LEVELS, atLevel, hiddenShare, hierarchy, makeRoom, members, plan } from "./gather.js";
import { arc, arrow, donut, flowLine, haloText, halfRings, middle, mill, tint, trace, font } from "./paint.js";
import { placeLabels } from "./place_labels.js";

export const WIDEST = 20;
const NEAR = 12;
/** Side in pixels of the mill that received most, on a wide and on a narrow map; mills have a scale of their own. */
const MILL_SIDE = [42, 30];

/**
 * @param {any} run what readRun gave
 * @param {any} style colours
 */
export function runView(run, style) {
	const { nodes, links, series } = run;
	const kindColour = series.kind.names.map((k) => (style.kinds[k] || { colour: style.muted }).colour);
	const kindDash = series.kind.names.map((k) => (style.kinds[k] || { dash: [] }).dash);
	const materialColour = series.material.names.map((m) => (style.materials[m] || { colour: style.muted }).colour);
	const modes = links.modes;
	run.modeIsRail = Uint8Array.from(links.mode, (m) => (modes[m] === "rail" || modes[m] === "transshipment" ? 1 : 0));
	const groups = hierarchy(nodes);
	const mills = [];
	for (let i = 0; i < nodes.n; i++) if (nodes.kinds[nodes.kind[i]] === "mill" && nodes.placed[i]) mills.push(i);
	const railEnds = new Set();
	const length = (l) => links.start[l + 1] - links.start[l];
	for (let l = 0; l < links.n; l++) if (run.modeIsRail[l]) railEnds.add(links.from[l]).add(links.to[l]);

	const everything = new Uint8Array(series.origin.length).fill(1);
	const allMaterials = series.material.names.map(() => 1);
	const last = Math.max(0, run.nPeriods - 1);
	const reference = {
		load: largestLoad(run),
		nodes: nodeSums(run, sums(run, everything, 0, last), 0, last, allMaterials),
		months: Math.max(1, run.nPeriods),
	};
	let shown = null;
	let hits = [];
	const plans = new Map();
	let home = 0;
	let twin = null;

	/** Another view to share scale and level with. */
	function setTwin(other) {
		twin = other;
		plans.clear();
	}

	/** The zoom at which all is in view: from there, regions and counties are split step by step. */
	function setHome(zoom) {
		home = zoom;
		plans.clear();
	}

	/** Recompute what a state selects; everything drawn and every number comes from here. */
	function select(state) {
		const pass = passing(run, state.filter);
		const result = sums(run, pass, state.from, state.to, state.filter.top);
		const materialPasses = series.material.names.map((m) => (!state.filter.material.size || state.filter.material.has(m) ? 1 : 0));
		const values = nodeSums(run, result, state.from, state.to, materialPasses);
		const loads = linkLoads(run, result.bySeries);
		shown = { pass, result, values, loads, months: result.months, monthly: monthly(run, result.kept), state };
		shown.focus = focus(state.selected);
		return shown;
	}

	/** What belongs to a selection: its series, and the links their paths use. */
	function focus(selected) {
		if (!selected) return null;
		const inSeries = new Uint8Array(series.origin.length);
		if (selected.type === "nodes") {
			const chosen = new Set(selected.nodes);
			for (let s = 0; s < inSeries.length; s++) if (chosen.has(series.origin[s]) || chosen.has(series.destination[s])) inSeries[s] = 1;
		} else {
			const through = pathsThrough(selected.link);
			for (let s = 0; s < inSeries.length; s++) if (series.path[s] >= 0 && through.has(series.path[s])) inSeries[s] = 1;
		}
		const bySeries = shown.result.bySeries.map((t, s) => (inSeries[s] ? t : 0));
		return { inSeries, bySeries, loads: linkLoads(run, bySeries) };
	}

	function pathsThrough(link) {
		const out = new Set();
		for (let p = 0; p + 1 < run.paths.start.length; p++) {
			for (let k = run.paths.start[p]; k < run.paths.start[p + 1]; k++) if (run.paths.link[k] >> 1 === link) out.add(p);
		}
		return out;
	}

	function groupValues(group, values, months) {
		const m = values.materials;
		const out = { held: new Array(m).fill(0), in: 0, back: 0, taken: 0 };
		const hasYard = group.spots.some((s) => s.yard);
		for (const i of members(group)) {
			for (let k = 0; k < m; k++) out.held[k] += values.held[i * m + k] / months;
			out.in += (hasYard ? values.cartedIn[i] : values.carted[i]) / months;
			out.back += (hasYard ? values.returned[i] : values.returnedIn[i]) / months;
			out.taken += values.looted[i] / months;
		}
		out.total = out.held.reduce((a, b) => a + b, 0);
		out.size = Math.max(out.total, out.in);
		return out;
	}

	/** Groups to draw at a zoom and the area of a tonne: the largest sign is given a radius, all others follow. */
	function planFor(view, compact) {
		const key = Math.round(view.zoom * 4) + (compact ? "c" : "");
		const known = plans.get(key);
		if (known) return known;
		const biggest = compact ? 19 : 27;
		const size = new Map();
		const sizeOf = (g) => {
			if (!size.has(g)) size.set(g, groupValues(g, reference.nodes, reference.months).size);
			return size.get(g);
		};
		// the largest sign is as large as leaves the others to be seen
		const most = (list) => list.reduce((best, g) => Math.max(best, sizeOf(g)), 0);
		const radiusAt = (list, largest) => {
			const unit = largest / Math.sqrt(most(list) || 1);
			return (g) => 1.25 * unit * Math.sqrt(sizeOf(g));
		};
		const { level, groups: chosen } = plan(groups, (list) => radiusAt(list, biggest), view.scale, view.zoom - home);
		const radius = [1, 0.75, 0.55, 0.4].map((share) => share * biggest).find((r) => hiddenShare(chosen, radiusAt(chosen, r), view.scale) < 0.4) || 0.4 * biggest;
		const perTonne = most(chosen) > 0 ? (Math.PI * radius * radius) / most(chosen) : 0;
		const perMillTonne = millScale(reference.nodes, reference.months, compact);
		const millRadius = (i) => Math.max(9, Math.sqrt((reference.nodes.received[i] * perMillTonne) / reference.months)) * 0.62 + 3;
		const fixed = mills.map((i) => ({ x: nodes.wx[i] * view.scale, y: nodes.wy[i] * view.scale, r: millRadius(i) }));
		const discs = chosen.map((g) => ({ x: g.wx * view.scale, y: g.wy * view.scale, r: 1.3 * Math.sqrt((sizeOf(g) * perTonne) / Math.PI) + 2, free: g.level !== "spot" }));
		const out = { level, groups: chosen, perTonne, shift: makeRoom(discs, fixed), perMillTonne };
		plans.set(key, out);
		return out;
	}

	/** One scale and one level for this view and its twin, each with its own places. */
	function shared(view, compact) {
		const [mine, other] = [planFor(view, compact), twin.planFor(view, compact)];
		const level = LEVELS[Math.min(LEVELS.indexOf(mine.level), LEVELS.indexOf(other.level))];
		const chosen = atLevel(groups, level);
		const perTonne = Math.min(...[mine.perTonne, other.perTonne].filter((v) => v > 0), Infinity);
		const perMillTonne = Math.min(...[mine.perMillTonne, other.perMillTonne].filter((v) => v > 0), Infinity);
		return { level, groups: chosen, shift: mine.level === level ? mine.shift : chosen.map(() => [0, 0]), perTonne: Number.isFinite(perTonne) ? perTonne : 0, perMillTonne: Number.isFinite(perMillTonne) ? perMillTonne : 0 };
	}

	function millScale(values, months, compact) {
		const most = mills.reduce((best, i) => Math.max(best, values.received[i] / months), 0);
		return most > 0 ? MILL_SIDE[compact ? 1 : 0] ** 2 / most : 0;
	}

	function widthOf(tonnesAMonth) {
		if (!(tonnesAMonth > 0)) return 0;
		return Math.max(0.9, (tonnesAMonth / (loadScale() || 1)) * WIDEST);
	}

	/** Tonnes a month of the widest line: of the busiest link in its busiest month, or of what is shown. */
	function loadScale() {
		if (shown.state.scale !== "adaptive") return reference.load;
		let most = 0;
		for (let l = 0; l < links.n; l++) if (run.modeIsRail[l]) most = Math.max(most, shown.loads.forward[l], shown.loads.backward[l]);
		return most / shown.months || reference.load;
	}

	function draw(ctx, view) {
		if (!shown) return;
		hits = [];
		const compact = view.width < 620;
		const current = twin ? shared(view, compact) : planFor(view, compact);
		const perTonne = areaScale(current, view);
		drawRail(ctx, view);
		const arrows = [];
		drawFlows(ctx, view, arrows);
		const signs = drawnSigns(view, current, perTonne);
		shown.signs = signs;
		shown.inner = view.inner;
		drawArcs(ctx, view, signs);
		drawArrows(ctx, arrows);
		shown.perMillTonne = shown.state.scale === "adaptive" ? millScale(shown.values, shown.months, compact) : current.perMillTonne;
		drawSigns(ctx, view, signs, perTonne);
		drawNames(ctx, view, signs);
		shown.perTonne = perTonne;
		shown.level = current.level;
		shown.gathered = current.groups.length;
	}

	function areaScale(current, view) {
		if (shown.state.scale !== "adaptive") return current.perTonne;
		const most = current.groups.reduce((best, g) => Math.max(best, groupValues(g, shown.values, shown.months).size), 0);
		const biggest = view.width < 620 ? 19 : 27;
		return most > 0 ? (Math.PI * biggest * biggest) / most : current.perTonne;
	}

	function pixels(l, view) {
		const n = length(l);
		const xs = new Float64Array(n);
		const ys = new Float64Array(n);
		let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
		for (let k = 0, at = links.start[l]; k < n; k++, at++) {
			const x = (xs[k] = links.x[at] * view.scale - view.ox);
			const y = (ys[k] = links.y[at] * view.scale - view.oy);
			[x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x), Math.max(y2, y)];
		}
		const seen = n > 1 && x2 >= -30 && y2 >= -30 && x1 <= view.width + 30 && y1 <= view.height + 30;
		return { xs, ys, seen };
	}

	function drawRail(ctx, view) {
		ctx.lineCap = "round";
		ctx.lineJoin = "round";
		for (let l = 0; l < links.n; l++) {
			if (!run.modeIsRail[l]) continue;
			const { xs, ys, seen } = pixels(l, view);
			if (!seen) continue;
			ctx.beginPath();
			ctx.moveTo(xs[0], ys[0]);
			for (let k = 1; k < xs.length; k++) ctx.lineTo(xs[k], ys[k]);
			ctx.strokeStyle = style.rail;
			const narrow = links.gauge_mm[l] && links.gauge_mm[l] < 1200;
			ctx.lineWidth = narrow ? 0.8 : 1.15;
			ctx.setLineDash(narrow ? [2, 2] : []);
			ctx.stroke();
		}
		ctx.setLineDash([]);
	}

	function drawFlows(ctx, view, arrows) {
		const colour = kindColour[series.kind.names.indexOf("shipped")];
		const todo = [];
		for (let l = 0; l < links.n; l++) {
			if (!run.modeIsRail[l]) continue;
			for (const direction of [0, 1]) {
				const load = (direction ? shown.loads.backward : shown.loads.forward)[l] / shown.months;
				if (load > 0) todo.push([load, l, direction]);
			}
		}
		todo.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
		for (const pass of shown.focus ? ["faded", "casing", "full"] : ["casing", "full"]) {
			for (const [load, l, direction] of todo) {
				const focused = shown.focus ? (direction ? shown.focus.loads.backward : shown.focus.loads.forward)[l] / shown.months : load;
				if (pass !== "faded" && !(focused > 0)) continue;
				const { xs, ys, seen } = pixels(l, view);
				if (!seen) continue;
				if (direction) {
					xs.reverse();
					ys.reverse();
				}
				const width = widthOf(pass === "faded" ? load : focused);
				if (pass === "casing") {
					// all casings lie under all flows, so that no link cuts into the next
					if (width > 1.5) flowLine(ctx, xs, ys, width, "#ffffff", { extra: 1.6 });
					continue;
				}
				const points = flowLine(ctx, xs, ys, width, pass === "faded" ? "#b4c6d2" : colour);
				if (pass === "full" || !(focused > 0)) hits.push({ type: "link", link: l, direction, points, reach: Math.max(5, width / 2 + 3), t: load * shown.months });
				if (pass === "full" && width >= 1.3) arrows.push([load, points, width, colour]);
			}
		}
		const chosen = shown.state.selected;
		if (chosen && chosen.type === "link") {
			const { xs, ys } = pixels(chosen.link, view);
			trace(ctx, Array.from(xs, (x, k) => [x, ys[k]]));
			ctx.strokeStyle = style.ink;
			ctx.lineWidth = 2.5;
			ctx.stroke();
		}
	}

	function drawArrows(ctx, arrows) {
		const used = [];
		arrows.sort((a, b) => b[0] - a[0]);
		for (const [, points, width, colour] of arrows) {
			const [x, y, dx, dy, total] = middle(points);
			if (total < 5 || used.some(([ux, uy]) => (ux - x) ** 2 + (uy - y) ** 2 < 46 ** 2)) continue;
			used.push([x, y]);
			arrow(ctx, x, y, dx, dy, width, colour);
		}
	}

	function drawnSigns(view, current, perTonne) {
		const out = [];
		current.groups.forEach((group, i) => {
			const x = group.wx * view.scale - view.ox + current.shift[i][0];
			const y = group.wy * view.scale - view.oy + current.shift[i][1];
			const values = groupValues(group, shown.values, shown.months);
			out.push({ group, nodes: members(group), x, y, values, r: Math.sqrt((values.total * perTonne) / Math.PI), seen: x > -60 && y > -60 && x < view.width + 60 && y < view.height + 60 });
		});
		return out;
	}

	/** Carted, returned and looted between signs that stand apart; deliveries and returns bend to opposite sides. */
	function drawArcs(ctx, view, signs) {
		const signOf = new Int32Array(nodes.n).fill(-1);
		signs.forEach((sign, i) => sign.nodes.forEach((n) => (signOf[n] = i)));
		const sumsOf = new Map();
		for (let s = 0; s < shown.result.bySeries.length; s++) {
			const t = shown.result.bySeries[s];
			const k = series.kind.of[s];
			if (!t || (k !== CARTED && k !== RETURNED && k !== LOOTED)) continue;
			const [a, b] = [signOf[series.origin[s]] ?? -1, signOf[series.destination[s]] ?? -1];
			if (a < 0 || b < 0 || a === b) continue;
			const key = (k * signs.length + a) * signs.length + b;
			const found = sumsOf.get(key) || { k, a, b, t: 0, focused: 0 };
			found.t += t / shown.months;
			if (!shown.focus || shown.focus.inSeries[s]) found.focused += t / shown.months;
			sumsOf.set(key, found);
		}
		let arcs = [...sumsOf.values()].filter((f) => {
			const [p, q] = [signs[f.a], signs[f.b]];
			return (p.seen || q.seen) && Math.hypot(p.x - q.x, p.y - q.y) >= NEAR;
		});
		const small = arcs.length;
		arcs = arcs.filter((f) => shown.focus || (signs[f.a].group.level !== "region" && signs[f.b].group.level !== "region") || widthOf(f.t) >= 1.5);
		arcs.sort((p, q) => p.t - q.t || p.k - q.k || p.a - q.a || p.b - q.b);
		const budget = 600;
		shown.arcsLeftOut = small - Math.min(budget, arcs.length);
		for (const f of arcs.slice(-budget)) {
			const [p, q] = [signs[f.a], signs[f.b]];
			const faded = shown.focus && !(f.focused > 0);
			const width = Math.max(1, Math.min(WIDEST, widthOf(f.t)));
			const bend = f.k === LOOTED ? 0.34 : 0.2;
			const [cx, cy] = arcControl(p.x, p.y, q.x, q.y, bend);
			arc(ctx, p.x, p.y, cx, cy, q.x, q.y, width, kindColour[f.k], kindDash[f.k], faded ? 0.1 : 0.85);
			if (!faded) hits.push({ type: "arc", k: f.k, from: p, to: q, curve: [p.x, p.y, cx, cy, q.x, q.y], reach: Math.max(4, width / 2 + 2), t: f.t * shown.months });
		}
	}

	function drawSigns(ctx, view, signs, perTonne) {
		const colours = { in: tint(kindColour[CARTED]), back: kindColour[RETURNED], taken: kindColour[LOOTED] };
		const order = signs.filter((s) => s.seen).sort((a, b) => b.r - a.r);
		const focused = focusedNodes();
		for (const sign of order) {
			const { x, y, values } = sign;
			const faded = focused && !sign.nodes.some((n) => focused.has(n));
			ctx.globalAlpha = faded ? 0.16 : 1;
			const inner = Math.max(sign.r, values.size > 0 ? 2.2 : 1.6);
			const areas = { in: values.in * perTonne, back: values.back * perTonne, taken: values.taken * perTonne };
			if (values.total > 0) donut(ctx, x, y, Math.max(1.6, sign.r), values.held, materialColour, sign.r > 4 ? 0.42 : 0);
			else spot(ctx, x, y, sign);
			sign.outer = halfRings(ctx, x, y, inner, areas, colours);
			if (isSelected(sign.nodes)) ring(ctx, view, sign);
			ctx.globalAlpha = 1;
			hits.push({ type: "place", sign, x, y, reach: Math.max(9, sign.outer + 2) });
		}
		drawMills(ctx, view, focused);
		drawFan(ctx, view);
	}

	function drawMills(ctx, view, focused) {
		const order = mills.slice().sort((a, b) => shown.values.received[a] - shown.values.received[b]);
		for (const i of order) {
			const x = nodes.wx[i] * view.scale - view.ox;
			const y = nodes.wy[i] * view.scale - view.oy;
			const m = shown.values.materials;
			const received = Array.from({ length: m }, (_, k) => shown.values.held[i * m + k] / shown.months);
			const sum = shown.values.received[i] / shown.months;
			ctx.globalAlpha = focused && !focused.has(i) ? 0.25 : 1;
			const side = mill(ctx, x, y, sum * shown.perMillTonne, received, materialColour, { selected: isSelected([i]) });
			ctx.globalAlpha = 1;
			hits.push({ type: "mill", node: i, x, y, reach: side / 2 + 4, side });
		}
	}

	/** The places that stand on one point, spread around it. */
	function drawFan(ctx, view) {
		const fan = shown.state.selected && shown.state.selected.fan;
		if (!fan || members(fan).length < 2) return;
		const ids = members(fan).slice(0, 24);
		const [x, y] = [fan.wx * view.scale - view.ox, fan.wy * view.scale - view.oy];
		const away = Math.max(46, ids.length * 5.5);
		ids.forEach((i, k) => {
			const angle = (k / ids.length) * Math.PI * 2 - Math.PI / 2;
			const [px, py] = [x + away * Math.cos(angle), y + away * Math.sin(angle)];
			ctx.beginPath();
			ctx.moveTo(x + 12 * Math.cos(angle), y + 12 * Math.sin(angle));
			ctx.lineTo(px, py);
			ctx.strokeStyle = style.muted;
			ctx.lineWidth = 1;
			ctx.stroke();
			const kind = nodes.kinds[nodes.kind[i]];
			const chosen = shown.state.selected.nodes.length === 1 && shown.state.selected.nodes[0] === i;
			ctx.beginPath();
			if (kind === "enterprise") ctx.rect(px - 5, py - 5, 10, 10);
			else ctx.arc(px, py, 5.5, 0, Math.PI * 2);
			ctx.fillStyle = kind === "yard" ? kindColour[CARTED] : kind === "enterprise" ? style.ink : "#8c959c";
			ctx.fill();
			ctx.strokeStyle = chosen ? "#000000" : "#ffffff";
			ctx.lineWidth = chosen ? 2.5 : 1.5;
			ctx.stroke();
			hits.push({ type: "node", node: i, fan, x: px, y: py, reach: 11 });
		});
	}

	function spot(ctx, x, y, sign) {
		const kind = nodes.kinds[nodes.kind[sign.nodes[0]]];
		ctx.beginPath();
		if (kind === "enterprise") ctx.rect(x - 2, y - 2, 4, 4);
		else ctx.arc(x, y, 2, 0, Math.PI * 2);
		ctx.fillStyle = style.muted;
		ctx.fill();
	}

	/** The chosen place: a dark ring, and the radius within which it lies where that is known. */
	function ring(ctx, view, sign) {
		ctx.beginPath();
		ctx.arc(sign.x, sign.y, Math.max(7, sign.outer + 3), 0, Math.PI * 2);
		ctx.strokeStyle = style.ink;
		ctx.lineWidth = 2;
		ctx.stroke();
		const accuracy = Math.max(0, ...sign.nodes.map((n) => nodes.accuracy_km[n] || 0));
		if (sign.group.level !== "spot" || !accuracy) return;
		const lat = nodes.lat[sign.nodes[0]];
		const radius = (accuracy / (40075.017 * Math.cos((lat * Math.PI) / 180))) * view.scale;
		ctx.beginPath();
		ctx.arc(sign.x, sign.y, radius, 0, Math.PI * 2);
		ctx.setLineDash([4, 4]);
		ctx.lineWidth = 1.2;
		ctx.stroke();
		ctx.setLineDash([]);
	}

	function isSelected(list) {
		const chosen = shown.state.selected;
		return Boolean(chosen && chosen.type === "nodes" && chosen.nodes.some((n) => list.includes(n)));
	}

	function focusedNodes() {
		if (!shown.focus) return null;
		const out = new Set(shown.state.selected.type === "nodes" ? shown.state.selected.nodes : []);
		for (let s = 0; s < series.origin.length; s++) {
			if (shown.focus.inSeries[s] && shown.focus.bySeries[s] > 0) out.add(series.origin[s]).add(series.destination[s]);
		}
		return out;
	}

	function groupName(group, lang) {
		if (group.level === "region") return regionName(group.region, lang);
		if (group.level === "county" && group.sub) return group.sub;
		const ids = members(group);
		const best = ["yard", "enterprise", "community"].map((k) => ids.find((i) => nodes.kinds[nodes.kind[i]] === k)).find((i) => i !== undefined);
		const chosen = best ?? ids[0];
		// the many that have no name of their own are called after their county
		return !nodes.named[chosen] && group.sub ? group.sub : nodeName(chosen, lang);
	}

	function regionName(index, lang) {
		const name = nodes.region.names[index];
		const known = run.regions.find((r) => r.name === name);
		return lang === "ko" && known && known.name_local ? known.name_local : name;
	}

	function nodeName(i, lang) {
		return lang === "ko" && nodes.local[i] ? nodes.local[i] : nodes.name[i];
	}

	function drawNames(ctx, view, signs) {
		const lang = shown.state.lang;
		const compact = view.width < 620;
		const labels = [];
		const focused = focusedNodes();
		for (const i of mills) {
			const hit = hits.find((h) => h.type === "mill" && h.node === i);
			if (!hit || (!shown.values.received[i] && view.scale < 256 * 2 ** 9)) continue;
			labels.push({ text: nodeName(i, lang), x: hit.x, y: hit.y, r: hit.side / 2 + 2, priority: 1e12 + shown.values.received[i], size: compact ? 12 : 13, bold: true });
		}
		for (const sign of signs) {
			if (!sign.seen || !(sign.values.size > 0) || (focused && sign.group.level !== "region" && !sign.nodes.some((n) => focused.has(n)))) continue;
			labels.push({ text: groupName(sign.group, lang), x: sign.x, y: sign.y, r: sign.outer || sign.r, priority: sign.values.size, size: sign.r > 14 ? 12 : 11, bold: false, sign });
		}
		for (const hit of hits) {
			if (hit.type === "node") labels.push({ text: nodeName(hit.node, lang), x: hit.x, y: hit.y, r: 6, priority: 2e12, size: 11, bold: false });
		}
		const measure = (text, size, bold) => {
			ctx.font = font(size, bold);
			return ctx.measureText(text).width;
		};
		const taken = hits.filter((h) => h.type === "place" || h.type === "mill").map((h) => {
			const r = h.type === "mill" ? h.side / 2 : Math.max(3, h.sign.outer || 0) * 0.8;
			return [h.x - r, h.y - r, h.x + r, h.y + r];
		});
		shown.names = placeLabels(labels.slice(0, 1200), measure, view.inner, taken);
		for (const label of shown.names) {
			haloText(ctx, label.text, label.left, label.top, label.size, { bold: label.bold, colour: label.bold ? style.ink : "#3a454e" });
		}
	}

	/** What stands under a point: signs before lines, the nearest of a kind first. */
	function pick(x, y) {
		let best = null;
		let nearest = Infinity;
		for (const hit of hits) {
			let distance2 = Infinity;
			let rank = 0;
			if (hit.type === "place" || hit.type === "mill" || hit.type === "node") {
				distance2 = (hit.x - x) ** 2 + (hit.y - y) ** 2;
			} else if (hit.type === "arc") {
				distance2 = curveDistance2(x, y, ...hit.curve);
				rank = 1e6;
			} else {
				rank = 1e6;
				for (let i = 1; i < hit.points.length; i++) {
					const [p, q] = [hit.points[i - 1], hit.points[i]];
					distance2 = Math.min(distance2, segmentDistance2(x, y, p[0], p[1], q[0], q[1]));
				}
			}
			if (distance2 <= hit.reach ** 2 && rank + distance2 < nearest) {
				nearest = rank + distance2;
				best = hit;
			}
		}
		return best;
	}

	/** Tonnes a month of all signs together, and where the fanned places stand: for tests and for readers by script. */
	function signTotal() {
		return hits.length && shown.signs ? shown.signs.reduce((sum, s) => sum + s.values.total, 0) : 0;
	}

	function fanned() {
		const [dx, dy] = shown.inner || [0, 0];
		return hits.filter((h) => h.type === "node").map((h) => ({ node: h.node, x: h.x - dx, y: h.y - dy }));
	}

	return { run, groups, mills, signTotal, fanned, setHome, setTwin, planFor, select, draw, pick, nodeName, regionName, groupName, widthOf, loadScale, reference, kindColour, kindDash, materialColour, railEnds, pathsThrough, accountSums, get shown() { return shown; } };
}
