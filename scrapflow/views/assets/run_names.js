/** What is written on the map of a run: names, the tonnes of what is largest, notes. */

import { disc, fillIn, font, haloText, middle, stroke, trace } from "./paint.js";
import { placeLabels } from "./place_labels.js";
import { mass } from "./words.js";

/** So many arrows home, mills and flows by rail have their tonnes beside them. */
const MOST_TOLD = 3;
/** So many of the widest lines are kept free of names, each in so many boxes a stretch. */
const MOST_WIDE = 24;
const MOST_BOXES = 120;
/** Pixels under an inset that its caption takes. */
const CAPTION = 18;
/** Letters about what goes home, and about what goes by rail: dark enough to be read on land. */
const HOME_INK = "#8a4b00";
const RAIL_INK = "#00456e";

/**
 * @param {any} view what runView gave
 * @returns {(ctx: any, at: any, picture: any) => void} draws the names of a picture
 */
export function runNames(view) {
	const { run, style, mills } = view;
	const { nodes, series } = run;
	const widths = {};
	// in tonnes of all months shown, or a month where views of unlike length are compared
	const amount = (/** @type {number} */ aMonth) => mass(view.rate ? aMonth : aMonth * view.shown.months);
	return drawNames;

	function drawNames(
		/** @type {CanvasRenderingContext2D} */ ctx,
		/** @type {At} */ at,
		{ hits, signs, focused, isSelected, faded, active },
	) {
		const { values } = view.shown;
		const small = at.inset || view.shown.compact;
		// the mills that receive most have their tonnes beside their names
		const receipts = new Map(
			small
				? []
				: mills
						.filter((/** @type {number} */ i) => values.received[i] > 0)
						.sort((a, b) => values.received[b] - values.received[a])
						.slice(0, MOST_TOLD)
						.map((/** @type {number} */ i) => [i, amount(values.received[i] / view.shown.months)]),
		);
		const measure = (/** @type {string} */ text, size, bold) => {
			ctx.font = font(size, bold);
			return (widths[[size, bold, text].join()] ??= ctx.measureText(text).width);
		};
		const [left, top, right, bottom] = at.inner;
		const labels = [];
		const taken = [];
		for (const hit of hits) {
			const { x, y, node } = hit;
			if (hit.type === "node") {
				// a name of a fan stands on its own side, whole or cut where the map ends
				const room = (hit.way > 0 ? right - x : x - left) - 12;
				const fits = (/** @type {string} */ text) => measure(text, 11, false) <= room;
				labels.push({ text: cut(view.nodeName(node), fits), x, y, r: 6, priority: 2e13, size: 11, way: hit.way });
			}
			const r = hit.side ? hit.side / 2 : hit.sign && Math.max(3, hit.sign.outer);
			if (!r) continue;
			// a mill with its chimneys, or a disc as a cross of two boxes
			for (const [w, h] of hit.side
				? [[r, r + 8]]
				: [
						[r * 0.95, r * 0.5],
						[r * 0.6, r * 0.9],
					])
				taken.push([x - w, y - h, x + w, y + Math.min(h, r), hit.sign?.index ?? -1]);
			// what a name says in brackets is in the panel
			if (hit.side && !faded(focused, [node]) && (values.stays[node] || !small || at.scale >= 256 * 2 ** 9))
				labels.push({
					text: view.nodeName(node).replace(/ \(.*\)/, "") + (receipts.has(node) ? `: ${receipts.get(node)}` : ""),
					x,
					y,
					r: r + 2,
					priority: values.stays[node] ? 1e12 + values.stays[node] : 1,
					pale: !values.received[node],
					size: !values.stays[node] ? 11 : small ? 12 : 13,
					bold: values.received[node] > 0,
					wanted: small,
				});
		}
		for (const sign of signs) {
			const bold = isSelected(sign.nodes);
			const pale = faded(focused, sign.nodes);
			if (!sign.seen || fanned(sign) || !(bold || active(sign.values)) || (pale && sign.group.level !== "region"))
				continue;
			labels.push({
				text: view.groupName(sign.group),
				sign,
				x: sign.x,
				y: sign.y,
				r: (sign.outer || sign.r) + (bold ? 5 : 0),
				priority: bold ? 3e12 : (small && sign.group.level === "region" ? 2e13 : 0) + sign.r + sign.outer,
				size: sign.r > 14 ? 12 : 11,
				wanted: sign.group.level === "region",
				bold,
				pale,
			});
		}
		// where there is little room only the largest is told, and a note waits until one looks nearer
		const most = at.inset ? 0 : view.shown.compact ? 1 : MOST_TOLD;
		const told = homeLabels(labels, taken, signs, most, isSelected);
		for (const label of labels) if (told.has(label.sign)) label.text = "";
		flowLabels(labels, hits, most);
		if (!view.shown.compact || view.shown.level === "spot") notes(labels, at);
		// no name under the search, the buttons, the zoom, the scale and the key
		if (!at.bare) {
			taken.push(...view.covered().map(([x1, y1, x2, y2]) => [x1 + left, y1 + top, x2 + left, y2 + top]));
			taken.push([right - 50, bottom - 90, right, bottom], [left, bottom - 26, left + 110, bottom]);
		}
		view.shown.names = placeLabels(
			labels
				.filter(({ text }) => text)
				.sort((a, b) => b.priority - a.priority)
				.slice(0, 1200),
			measure,
			[left, top + (at.bare ? 0 : view.bar), right, bottom - (at.inset ? CAPTION : 0)],
			taken,
			wideLines(hits),
		);
		for (const label of view.shown.names) {
			if (label.note) {
				disc(ctx, label.note[0], label.note[1], 3);
				fillIn(ctx, style.ink);
				stroke(ctx, "#ffffff", 1);
				leader(ctx, label, label.note, style.ink);
			} else if (label.far || (label.home && (label.top > label.y || label.top + label.height < label.y)))
				leader(ctx, label, [label.x, label.y], label.home ? HOME_INK : style.ink, label.r - 2);
			haloText(
				ctx,
				label,
				label.colour || (label.home ? HOME_INK : label.bold ? style.ink : label.pale ? "#66717a" : "#3a454e"),
			);
		}
	}

	/** A line from a name to what it is about, to the edge of its sign. */
	function leader(
		/** @type {CanvasRenderingContext2D} */ ctx,
		{ left, top, width, height },
		[x, y],
		/** @type {string} */ colour,
		r = 0,
	) {
		const near = [Math.max(left, Math.min(x, left + width)), Math.max(top, Math.min(y, top + height))];
		const away = Math.hypot(near[0] - x, near[1] - y) || 1;
		const edge = [x + ((near[0] - x) * r) / away, y + ((near[1] - y) * r) / away];
		trace(ctx, [edge, near]);
		stroke(ctx, colour, 1);
	}

	/** Boxes along the widest flows by rail, so that names stand beside them where they can. */
	function wideLines(hits) {
		const wide = hits.filter((hit) => hit.type === "link" && hit.reach > 6).sort((a, b) => b.t - a.t);
		return wide.slice(0, MOST_WIDE).flatMap(({ points, reach }) =>
			points.slice(1).flatMap(([x, y], k) => {
				const [fromX, fromY] = points[k];
				const half = reach - 3;
				const parts = Math.min(MOST_BOXES, Math.ceil(Math.hypot(x - fromX, y - fromY) / (2 * half)) || 1);
				return Array.from({ length: parts }, (_, i) => {
					const [cx, cy] = [fromX + ((x - fromX) * (i + 0.5)) / parts, fromY + ((y - fromY) * (i + 0.5)) / parts];
					return [cx - half, cy - half, cx + half, cy + half];
				});
			}),
		);
	}

	/** Whether the places of a sign are spread around it: then they have names of their own. */
	function fanned(sign) {
		const fan = view.shown.state.selected?.fan;
		return fan?.level === "spot" && fan.nodes.length > 1 && sign.nodes[0] === fan.nodes[0];
	}

	/** Place and tonnes beside the largest arrows home: the news is said where it is. */
	function homeLabels(labels, taken, signs, most, isSelected) {
		const { state } = view.shown;
		const homes = signs
			.filter((sign) => sign.seen && !fanned(sign))
			.flatMap((sign) =>
				(sign.homes || []).map((home) => ({ ...home, sign, focused: !state.selected || isSelected(sign.nodes) })),
			);
		for (const { at, sign } of homes) {
			const [x, y, r] = at;
			taken.push([x - r * 0.8, y - r * 0.8, x + r * 0.8, y + r * 0.8, sign.index]);
		}
		// of an arrow that has the least size only its being there is told
		const told = homes
			// a load on its way home is told once: where it leaves
			.filter(
				({ t, focused, way, sign }) =>
					focused && (way < 0 || sign.group.yard) && view.homeSize(t) > view.homeSize(1e-12),
			)
			.sort((a, b) => b.t - a.t);
		const named = new Set();
		for (const { at, t, k, sign } of told) {
			if (named.size === most || named.has(sign)) continue;
			named.add(sign);
			const [x, y, r] = at;
			const text = `${amount(t)} ${view.word("kind." + series.kind.names[k])}`;
			labels.push({
				text: view.groupName(sign.group) + ": " + text,
				of: sign.index,
				x,
				y,
				r: r + 1,
				priority: 1e13 + t,
				size: 11,
				bold: true,
				wanted: view.shown.compact,
				home: true,
			});
		}
		return named;
	}

	/** Tonnes on the largest flows by rail, each some way from the next. */
	function flowLabels(labels, hits, most) {
		const { focus } = view.shown;
		const spots = [];
		const flows = hits.filter((hit) => hit.type === "link" && hit.t > 0).sort((a, b) => b.t - a.t);
		if (focus) return;
		for (const { points, t, reach } of flows) {
			if (spots.length === most || t < flows[0].t / 8) return;
			const [x, y, dx] = middle(points);
			if (spots.some(([ux, uy]) => Math.hypot(ux - x, uy - y) < 110)) continue;
			spots.push([x, y]);
			const text = view.word("label.rail").replace("{t}", amount(t / view.shown.months));
			labels.push({ text, x, y, r: reach, priority: 5e11 + t, size: 11, colour: RAIL_INK, flat: Math.abs(dx) > 0.8 });
		}
	}

	/** What the world says of a place in words of its own (`note.NODE` among its texts), with a line to where it is. */
	function notes(labels, /** @type {At} */ at) {
		if (view.shown.state.selected?.fan) return;
		for (const [i, key] of view.noted) {
			const [x, y] = [nodes.wx[i] * at.scale - at.ox, nodes.wy[i] * at.scale - at.oy];
			labels.push({ text: view.word(key), x, y, r: 16, priority: 9e12, size: 12, bold: true, note: [x, y] });
		}
	}
}

/** The longest beginning of a text that fits, with an ellipsis if it is not all of it. @param {string} text @param {(text: string) => boolean} fits */
function cut(text, fits) {
	let some = text;
	for (let n = text.length; n > 3 && !fits(some); n--) some = text.slice(0, n).trimEnd() + "…";
	return some;
}
