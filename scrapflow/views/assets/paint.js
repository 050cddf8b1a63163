/** Drawing on a canvas: flows, arrows, arcs, place glyphs, mills, names. Knows pixels and colours, nothing of runs. */

import { halfRingRadius, offsetLine, onCurve, turn } from "./geometry.js";
import { total } from "./unpack.js";

const TAU = Math.PI * 2;
const HALO = "rgba(255,255,255,0.9)";

/** Stroke the path. @param {any} ctx @param {string} colour @param {number} width @param {number[]} [dash] */
export function stroke(ctx, colour, width, dash = []) {
	ctx.strokeStyle = colour;
	ctx.lineWidth = width;
	ctx.setLineDash(dash);
	ctx.stroke();
	ctx.setLineDash([]);
}

/** Fill the path. @param {any} ctx @param {string} colour */
export function fillIn(ctx, colour) {
	ctx.fillStyle = colour;
	ctx.fill();
}

/** A circle as the path. @param {any} ctx @param {number} x @param {number} y @param {number} r */
export function disc(ctx, x, y, r) {
	ctx.beginPath();
	ctx.arc(x, y, r, 0, TAU);
}

/** A polyline as the path. @param {any} ctx @param {number[][]} points */
export function trace(ctx, points) {
	ctx.beginPath();
	points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
}

/**
 * One direction of a link, moved to the right of its course.
 * @param {any} ctx @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {number} width @param {string} colour
 * @param {number} [extra] width beyond that of the flow, for its casing @param {number[]} [dash]
 * @returns {number[][]} the points drawn, for picking
 */
export function flowLine(ctx, xs, ys, width, colour, extra = 0, dash = []) {
	const points = offsetLine(xs, ys, width / 2 + 0.4);
	ctx.lineJoin = ctx.lineCap = "round";
	trace(ctx, points);
	stroke(ctx, colour, width + extra, dash);
	return points;
}

/** Middle of a polyline by length. @param {number[][]} points @returns {number[]} x, y, dx, dy, length */
export function middle(points) {
	const steps = points
		.slice(1)
		.map(([x, y], i) => [x - points[i][0], y - points[i][1], Math.hypot(x - points[i][0], y - points[i][1])]);
	const whole = total(steps.map((s) => s[2]));
	let left = whole / 2;
	for (const [i, [dx, dy, length]] of steps.entries()) {
		if (length >= left && length > 0)
			return [
				points[i][0] + (dx * left) / length,
				points[i][1] + (dy * left) / length,
				dx / length,
				dy / length,
				whole,
			];
		left -= length;
	}
	return [...points[0], 1, 0, whole];
}

/** An arrowhead on a flow: a light chevron on a wide one, a dark head on a thin one. @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} width @param {string} colour */
export function arrow(ctx, x, y, dx, dy, width, colour) {
	ctx.save();
	ctx.translate(x, y);
	ctx.rotate(Math.atan2(dy, dx));
	if (width >= 6) {
		const h = Math.min(width * 0.3, 4);
		trace(ctx, [
			[-h * 0.6, -h],
			[h * 0.6, 0],
			[-h * 0.6, h],
		]);
		ctx.lineCap = ctx.lineJoin = "round";
		stroke(ctx, "#ffffff", 1.6);
	} else {
		const h = 2.6 + width * 0.75;
		trace(ctx, [
			[h * 1.25, 0],
			[-h * 0.9, -h],
			[-h * 0.45, 0],
			[-h * 0.9, h],
		]);
		ctx.closePath();
		stroke(ctx, "#ffffff", 1);
		fillIn(ctx, colour);
	}
	ctx.restore();
}

/** An arc with its arrowhead. @param {any} ctx @param {number[]} curve start, control and end */
export function arc(ctx, curve, /** @type {number} */ width, /** @type {string} */ colour, dash, alpha) {
	ctx.globalAlpha = alpha;
	ctx.lineCap = "butt";
	ctx.beginPath();
	ctx.moveTo(curve[0], curve[1]);
	ctx.quadraticCurveTo(...curve.slice(2));
	stroke(ctx, HALO, width + 1.6);
	stroke(ctx, colour, width, dash);
	const [x, y, dx, dy] = onCurve(...curve, 0.62);
	arrow(ctx, x, y, dx, dy, Math.min(width, 5), colour);
	ctx.globalAlpha = 1;
}

/** A donut of slices; area of the ring true to the total. @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y */
export function donut(ctx, x, y, r, values, colours, hole = 0.42) {
	const sum = total(values);
	disc(ctx, x, y, r + 1.2);
	fillIn(ctx, "#ffffff");
	let angle = -Math.PI / 2;
	for (let i = 0; i < values.length; i++) {
		if (!(values[i] > 0)) continue;
		const next = angle + (values[i] / sum) * TAU;
		ringPart(ctx, x, y, r * hole, r, angle, next);
		fillIn(ctx, colours[i]);
		if (r > 5 && next - angle < TAU - 0.01) stroke(ctx, "#ffffff", r > 12 ? 1 : 0.6);
		angle = next;
	}
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y */
function ringPart(ctx, x, y, inner, outer, from, to) {
	ctx.beginPath();
	ctx.arc(x, y, outer, from, to);
	ctx.arc(x, y, inner, to, from, true);
	ctx.closePath();
}

/**
 * A half ring over a place, its area true to what came in.
 * @param {any} ctx @param {number} x @param {number} y @param {number} inner radius it starts from
 * @param {number} area square pixels @param {string} colour
 * @param {number} [guessed] share of it that is hatched: what rests on places that are assumed
 * @returns {number} outermost radius
 */
export function halfRing(ctx, x, y, inner, area, colour, guessed = 0) {
	if (!(area > 0)) return inner;
	const start = inner + 0.8;
	const outer = Math.max(halfRingRadius(start, area), start + 0.5);
	const gap = Math.min(0.12, 1.2 / outer);
	ringPart(ctx, x, y, start, outer, -Math.PI + gap, -gap);
	fillIn(ctx, colour);
	stroke(ctx, HALO, 0.7);
	if (guessed > 0.01 && outer - start > 2) {
		ctx.save();
		ringPart(ctx, x, y, start, outer, -gap - (Math.PI - 2 * gap) * guessed, -gap);
		ctx.clip();
		hatch(ctx, x - outer, y - outer, 2 * outer, outer);
		ctx.restore();
	}
	return outer;
}

/** Slanting white lines over a box. @param {CanvasRenderingContext2D} ctx @param {number} width @param {number} height */
function hatch(ctx, left, top, width, height) {
	ctx.beginPath();
	for (let at = left - height; at < left + width; at += 4) {
		ctx.moveTo(at, top + height);
		ctx.lineTo(at + height, top);
	}
	stroke(ctx, "#ffffff", 1.3);
}

/**
 * An arrow that leaves a place and turns home: to its right what is carried back, to its left what is taken.
 * @param {any} ctx @param {number} x @param {number} y @param {number} r radius of the place's sign
 * @param {number} size radius of the arrow in pixels @param {number} way 1 to the right, -1 to the left @param {string} colour
 * @returns {number[]} middle and reach in pixels
 */
export function arrowHome(ctx, x, y, r, size, way, colour) {
	const width = size * 0.36;
	const [cx, cy] = [x + way * (r * 0.72 + size * 0.75), y + r * 0.62 + size * 0.2];
	const { a, from, to, head } = turn(cx, cy, size, way);
	ctx.lineCap = "butt";
	for (const halo of [true, false]) {
		ctx.beginPath();
		ctx.arc(cx, cy, a, from, to, way < 0);
		stroke(ctx, halo ? HALO : colour, width + (halo ? 2.4 : 0));
		trace(ctx, head);
		ctx.closePath();
		if (halo) stroke(ctx, HALO, 1.6);
		else fillIn(ctx, colour);
	}
	return [cx, cy, size];
}

/** A mill: a square whose area is true to what it received, in strips of material. @returns {number} its side */
export function mill(ctx, x, y, area, values, colours, selected) {
	const side = Math.max(9, Math.sqrt(area));
	const sum = total(values);
	const [left, top] = [x - side / 2, y - side / 2];
	const box = (colour, ...sides) => {
		ctx.fillStyle = colour;
		ctx.fillRect(...sides);
	};
	box("#ffffff", left - 2.5, top - 2.5, side + 5, side + 5);
	box("#8c959c", left, top, side, side);
	let at = top + side;
	for (let i = 0; i < values.length; i++) {
		const h = sum > 0 ? (values[i] / sum) * side : 0;
		at -= h;
		box(colours[i], left, at, side, h);
	}
	ctx.strokeStyle = selected ? "#000000" : "#1d2730";
	ctx.lineWidth = selected ? 3 : 1.6;
	ctx.strokeRect(left, top, side, side);
	// two chimneys say what it is
	const w = Math.max(2, Math.min(5, side / 6));
	const h = Math.max(3.5, Math.min(9, side / 3));
	box("#1d2730", left + side * 0.18, top - h, w, h);
	box("#1d2730", left + side * 0.5, top - h * 0.72, w, h * 0.72);
	return side;
}

/** A name with a halo. @param {any} ctx @param {any} label placed @param {string} colour */
export function haloText(ctx, { rows, left, top, width, size, bold }, colour) {
	ctx.font = font(size, bold);
	ctx.textBaseline = "top";
	ctx.textAlign = "center";
	ctx.lineJoin = "round";
	ctx.lineWidth = 3.2;
	ctx.strokeStyle = HALO;
	ctx.fillStyle = colour;
	for (const draw of ["strokeText", "fillText"])
		rows.forEach((text, k) => ctx[draw](text, left + width / 2, top + k * size * 1.15));
}

/** @param {number} size pixels @param {boolean} [bold] */
export function font(size, bold) {
	return (
		(bold ? "600 " : "") +
		size +
		'px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif'
	);
}

/** A colour mixed with white: for large areas that must not shout. @param {string} colour `#rrggbb` */
export function tint(colour, share = 0.5) {
	const mixed = [1, 3, 5].map((i) => Math.round(255 - (255 - parseInt(colour.slice(i, i + 2), 16)) * share));
	return "rgb(" + mixed.join(",") + ")";
}
