/** A flow layer by itself: lines of any folium map, with months and a legend as Leaflet controls. */

import { canvasLayer } from "./canvas_layer.js";
import { el, fill, svg, swatch } from "./dom.js";
import { arcControl, boxes, chords, inSight, lineDistance2, worldLines } from "./geometry.js";
import { largestRows, least, most } from "./largest.js";
import { arrow, middle } from "./paint.js";
import { total, unpack, unpackDegrees } from "./unpack.js";
import { mass, nice, percent, span, step, translator, two, whole } from "./words.js";

const WIDEST = 12;
/** Most lines drawn at once: the largest in view. The legend says what share of the tonnes they are. */
const MOST = 1200;
/** So many lines are one path. */
const TOGETHER = 5;

/** Put a flow layer on a map; what it gives back drives it. @param {any} map @param {any} data */
export function mount(map, data) {
	return layer(data).addTo(map).handle;
}

/**
 * A Leaflet layer of flows: it comes and goes like any other, in groups and layer controls, with its legend and its tip.
 * @param {any} data
 */
export function layer(data) {
	const t = translator(data.labels, data.lang);
	const counts = unpack(data.shape.n);
	const shape = worldLines(counts, unpackDegrees(data.shape.x), unpackDegrees(data.shape.y));
	const values = unpack(data.values);
	const n = counts.length;
	const nPeriods = data.periods.length;
	const kinds = data.kinds;
	const { spare } = data.style;
	const colours = kinds.map((k, /** @type {number} */ i) => data.looks[k]?.colour ?? spare[i % spare.length]);
	// of more kinds than there are colours each has a look of its own still
	const dashes = kinds.map(
		(k, /** @type {number} */ i) => data.looks[k]?.dash ?? [[], [9, 4], [3, 3]][Math.floor(i / spare.length) % 3],
	);
	const on = kinds.map(() => true);
	const state = { from: 0, to: nPeriods - 1 };
	/** Largest tonnage of a line, kind and period: the fixed scale. */
	const reference = Math.max(0, most(values));
	const box = boxes(shape);
	/** Whether a line is from a place to itself: drawn as a ring. */
	const own = (/** @type {number} */ i) => box.x1[i] === box.x2[i] && box.y1[i] === box.y2[i];
	/** Room for the lines that are in view. */
	const inView = new Uint32Array(n * kinds.length);
	let hits = [];
	let drawn = { count: 0, share: 1, seen: 0 };
	let sums = select();

	/** Tonnes a period of each line in the range, kind after kind. */
	function select() {
		const size = new Float32Array(n * kinds.length);
		const months = state.to - state.from + 1;
		// of a run it is known what moved: a train is on many lines, and its tonnes are added up once
		const moved = kinds.map((_, /** @type {number} */ k) =>
			data.moved ? total(data.moved[k].slice(state.from, state.to + 1)) : 0,
		);
		let all = 0;
		for (let k = 0; k < kinds.length; k++) {
			if (!on[k]) continue;
			all += moved[k];
			const sum = size.subarray(k * n, (k + 1) * n);
			for (let p = state.from; p <= state.to; p++) {
				const at = (k * nPeriods + p) * n;
				for (let i = 0; i < n; i++) sum[i] += values[at + i];
			}
			for (let i = 0; i < n; i++) {
				if (!data.moved) all += sum[i];
				sum[i] /= months;
			}
		}
		return { size, total: all, months, moved };
	}

	function widthOf(rate) {
		return Math.max(0.7, (rate / (reference || 1)) * WIDEST);
	}

	function draw(/** @type {CanvasRenderingContext2D} */ ctx, view) {
		hits = [];
		const { size } = sums;
		let [seen, seenTonnes, count] = [0, 0, 0];
		for (let row = 0, i = 0; row < size.length; row++, i = i + 1 < n ? i + 1 : 0) {
			if (!(size[row] > 0) || !inSight(box, i, view, 40)) continue;
			seen++;
			seenTonnes += size[row];
			// lines of less than two pixels are dots that no one can read; they split off as one zooms in
			if (own(i) || (box.x2[i] - box.x1[i] + box.y2[i] - box.y1[i]) * view.scale > 2) inView[count++] = row;
		}
		const chosen = largestRows(inView.subarray(0, count), size, MOST);
		const drawnTonnes = chosen.reduce((sum, row) => sum + size[row], 0);
		drawn = { count: chosen.length, seen, share: seenTonnes > 0 ? drawnTonnes / seenTonnes : 1 };
		batches(ctx, view, chosen);
	}

	/** Lines of one kind and nearly one width are stroked a few at a time: one by one, or all in one long path, costs twice the time. */
	function batches(/** @type {CanvasRenderingContext2D} */ ctx, view, chosen) {
		const byLook = new Map();
		const arrows = [];
		for (let c = chosen.length - 1; c >= 0; c--) {
			const row = chosen[c];
			const kind = Math.floor(row / n);
			const width = widthOf(sums.size[row]);
			const key = kind * 100 + Math.round(width * 4);
			const parts = byLook.get(key) || [];
			if (!parts.length || parts.at(-1).rows.length === TOGETHER)
				parts.push({ kind, width: Math.round(width * 4) / 4, rows: [] });
			parts.at(-1).rows.push(row);
			byLook.set(key, parts);
		}
		const dense = chosen.length > 700;
		for (const look of [...byLook.values()].flat().sort((a, b) => a.width - b.width || a.kind - b.kind)) {
			ctx.beginPath();
			for (const row of look.rows) {
				const hit = course(row % n, row, view, look.width);
				hits.push(hit);
				if (hit.curve) {
					const [x1, y1, cx, cy, x2, y2] = hit.curve;
					ctx.moveTo(x1, y1);
					ctx.quadraticCurveTo(cx, cy, x2, y2);
				} else {
					hit.points.forEach(([x, y], k) => (k ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
				}
				if (arrows.length < 400 || !dense) arrows.push([sums.size[row], hit, look.width, colours[look.kind]]);
			}
			ctx.globalAlpha = dense ? 0.55 : 0.85;
			ctx.setLineDash(dense ? [] : dashes[look.kind]);
			ctx.lineCap = "butt";
			ctx.strokeStyle = colours[look.kind];
			ctx.lineWidth = look.width;
			ctx.stroke();
		}
		ctx.globalAlpha = 1;
		ctx.setLineDash([]);
		heads(ctx, arrows);
	}

	function course(/** @type {number} */ i, row, view, /** @type {number} */ width) {
		const a = shape.start[i];
		const b = shape.start[i + 1];
		const px = (k) => shape.x[k] * view.scale - view.ox;
		const py = (k) => shape.y[k] * view.scale - view.oy;
		if (own(i)) {
			const r = 6 + width / 2;
			const [x, y] = [px(a), py(a) - r];
			const points = Array.from({ length: 25 }, (_, k) => {
				const angle = (k / 24) * Math.PI * 2 + Math.PI / 2;
				return [x + r * Math.cos(angle), y + r * Math.sin(angle)];
			});
			return { row, reach: width / 2 + 4, points };
		}
		if (b - a === 2) {
			const [x1, y1, x2, y2] = [px(a), py(a), px(a + 1), py(a + 1)];
			return { row, reach: width / 2 + 4, curve: [x1, y1, ...arcControl(x1, y1, x2, y2, 0.16), x2, y2] };
		}
		const points = [];
		for (let k = a; k < b; k++) points.push([px(k), py(k)]);
		return { row, reach: width / 2 + 4, points };
	}

	function heads(/** @type {CanvasRenderingContext2D} */ ctx, arrows) {
		const used = new Set();
		arrows.sort((p, q) => q[0] - p[0]);
		for (const [, hit, width, colour] of arrows) {
			const line = hit.curve
				? [
						[hit.curve[0], hit.curve[1]],
						[
							(hit.curve[0] + 2 * hit.curve[2] + hit.curve[4]) / 4,
							(hit.curve[1] + 2 * hit.curve[3] + hit.curve[5]) / 4,
						],
						[hit.curve[4], hit.curve[5]],
					]
				: hit.points;
			const [x, y, dx, dy, total] = middle(line);
			const cell = Math.round(x / 40) + "," + Math.round(y / 40);
			if (total < 14 || used.has(cell)) continue;
			used.add(cell);
			arrow(ctx, x, y, dx, dy, width, colour);
		}
	}

	function pick(/** @type {number} */ x, /** @type {number} */ y) {
		let best = null;
		let nearest = Infinity;
		for (const hit of hits) {
			const d = lineDistance2(x, y, hit.points || chords(hit.curve));
			if (d < hit.reach ** 2 && d < nearest) [best, nearest] = [hit, d];
		}
		return best;
	}

	// ---- on the map ----
	/** The map while the layer is on one. @type {any} */
	let map = null;
	const picture = canvasLayer(L, draw, { className: "sf-canvas" });
	const panel = el("div", { class: "sf-lines leaflet-control" });
	const tip = el("div.tip", { hidden: true });
	L.DomEvent.disableClickPropagation(panel);
	L.DomEvent.disableScrollPropagation(panel);
	const control = L.control({ position: "bottomleft" });
	control.onAdd = () => panel;
	let pointing = 0;
	const events = {
		mousemove(event) {
			window.cancelAnimationFrame(pointing);
			pointing = window.requestAnimationFrame(() => {
				if (!map) return;
				const p = picture.point(event);
				const hit = pick(p.x, p.y);
				tip.hidden = !hit;
				if (!hit) return;
				fill(
					tip,
					data.names.length > 0 && el("b", data.names[hit.row % n]),
					el("div", `${kindName(Math.floor(hit.row / n))} ${mass(sums.size[hit.row] * sums.months)}`),
				);
				tip.style.left = event.containerPoint.x + 14 + "px";
				tip.style.top = event.containerPoint.y + 16 + "px";
			});
		},
		// what a tip tells is of the picture that it was read from
		mouseout: hide,
		zoomstart: hide,
		movestart: hide,
		moveend: legend,
	};

	function hide() {
		tip.hidden = true;
	}

	function kindName(k) {
		const key = "kind." + kinds[k];
		return key in data.labels.en ? t(key) : kinds[k];
	}

	function set(/** @type {Partial<State>} */ patch) {
		hide();
		Object.assign(state, patch);
		sums = select();
		picture.redraw();
		legend();
	}

	function slider(which) {
		return el("input", {
			type: "range",
			min: 0,
			max: nPeriods - 1,
			step: 1,
			value: String(state[which]),
			label: t("time." + which),
			"aria-valuetext": data.periods[state[which]],
			oninput: (e) => {
				const v = Number(e.target.value);
				set(which === "from" ? { from: v, to: Math.max(v, state.to) } : { from: Math.min(v, state.from), to: v });
			},
		});
	}

	const from = slider("from");
	const to = slider("to");
	const text = el("div");
	fill(panel, nPeriods > 1 && el("div.lines-time", from, to), text);

	function legend() {
		from.value = String(state.from);
		to.value = String(state.to);
		const steps = [nice(reference), nice(reference / 5)].filter((v, i, list) => v > 0 && list.indexOf(v) === i);
		fill(
			text,
			nPeriods > 1 && el("b", span(data.periods, state.from, state.to)),
			// a tonne that is handed over and then shipped is not two
			(!data.moved || kinds.length === 1) && el("div", t("lines.total", { t: two(sums.total) })),
			kinds.length > 1 &&
				kinds.map((_, /** @type {number} */ i) =>
					el(
						"label.lines-kind",
						el("input", {
							type: "checkbox",
							checked: on[i],
							onchange: (e) => {
								on[i] = e.target.checked;
								set({});
							},
						}),
						swatch(colours[i], dashes[i]),
						" " + kindName(i) + (data.moved ? " " + mass(sums.moved[i]) : ""),
					),
				),
			el(
				"div.widths",
				steps.map((v) =>
					el(
						"span",
						svg(
							"svg",
							{ width: 46, height: 14 },
							svg("line", { x1: 1, x2: 45, y1: 7, y2: 7, stroke: colours[0], "stroke-width": widthOf(v) }),
						),
						el("i", step(v)),
					),
				),
			),
			drawn.count < drawn.seen &&
				el(
					"div.small",
					t("lines.some", { n: whole(drawn.count), all: whole(drawn.seen), share: percent(drawn.share) }),
				),
			data.options.network &&
				data.options.network.length > 0 &&
				el("div.small", t("network.asks", { hosts: data.options.network.join(", ") })),
		);
	}

	const handle = {
		set,
		state,
		get sums() {
			return sums;
		},
		get drawn() {
			return drawn;
		},
		layer: picture,
		pick,
	};
	const Layer = L.Layer.extend({
		handle,
		getEvents: () => events,
		getBounds: () => L.latLngBounds(boundsOf() || []),
		onAdd(onto) {
			map = onto;
			const bounds = data.options.page && boundsOf();
			if (bounds) map.fitBounds(bounds, { padding: [20, 20], animate: false });
			if (!map._loaded) map.setView([0, 0], 2);
			if (data.interface !== "none") control.addTo(map);
			const container = map.getContainer();
			container.append(tip);
			container.dataset.ready = "true";
			container.scrapflowLines = handle;
			picture.addTo(map);
			legend();
		},
		onRemove() {
			hide();
			picture.remove();
			control.remove();
			tip.remove();
			map = null;
		},
	});
	return new Layer();

	function boundsOf() {
		if (!n) return null;
		// as they are drawn: a line over the date line goes on past the edge
		const lon = (/** @type {number} */ x) => x * 360 - 180;
		const [w, e] = [lon(least(box.x1)), lon(most(box.x2))];
		const [s, north] = [latitude(most(box.y2)), latitude(least(box.y1))];
		return [
			[s, w],
			[north, e],
		];
	}
}

/** Latitude of a world y. @param {number} y */
function latitude(y) {
	return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}
