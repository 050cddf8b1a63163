/** Drawing on a canvas: flows, arrows, arcs, place glyphs, mills, names. Knows pixels and colours, nothing of runs. */

import { halfRingRadius, offsetLine, onCurve } from "./geometry.js";

const TAU = Math.PI * 2;

/**
 * One direction of a link, moved to the right of its course.
 * @returns {[number, number][]} the points drawn, for picking
 */
export function flowLine(ctx, xs, ys, width, colour, { extra = 0 } = {}) {
	const points = offsetLine(xs, ys, width / 2 + 0.4);
	ctx.lineJoin = "round";
	ctx.lineCap = "round";
	trace(ctx, points);
	ctx.strokeStyle = colour;
	ctx.lineWidth = width + extra;
	ctx.stroke();
	return points;
}

export function trace(ctx, points) {
	ctx.beginPath();
	ctx.moveTo(points[0][0], points[0][1]);
	for (let i = 1; i < points.length; i++) ctx.lineTo(points[i][0], points[i][1]);
}

/** Middle of a polyline by length: [x, y, dx, dy]. */
export function middle(points) {
	let total = 0;
	for (let i = 1; i < points.length; i++) total += Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
	let left = total / 2;
	for (let i = 1; i < points.length; i++) {
		const dx = points[i][0] - points[i - 1][0];
		const dy = points[i][1] - points[i - 1][1];
		const length = Math.hypot(dx, dy);
		if (length >= left && length > 0) return [points[i - 1][0] + (dx * left) / length, points[i - 1][1] + (dy * left) / length, dx / length, dy / length, total];
		left -= length;
	}
	return [points[0][0], points[0][1], 1, 0, total];
}

/** An arrowhead on a flow: a light chevron on a wide one, a dark head on a thin one. */
export function arrow(ctx, x, y, dx, dy, width, colour) {
	ctx.save();
	ctx.translate(x, y);
	ctx.rotate(Math.atan2(dy, dx));
	if (width >= 6) {
		const h = Math.min(width * 0.3, 4);
		ctx.beginPath();
		ctx.moveTo(-h * 0.6, -h);
		ctx.lineTo(h * 0.6, 0);
		ctx.lineTo(-h * 0.6, h);
		ctx.strokeStyle = "#ffffff";
		ctx.lineWidth = 1.6;
		ctx.lineCap = "round";
		ctx.lineJoin = "round";
		ctx.stroke();
	} else {
		const h = 2.6 + width * 0.75;
		ctx.beginPath();
		ctx.moveTo(h * 1.25, 0);
		ctx.lineTo(-h * 0.9, -h);
		ctx.lineTo(-h * 0.45, 0);
		ctx.lineTo(-h * 0.9, h);
		ctx.closePath();
		ctx.fillStyle = colour;
		ctx.strokeStyle = "#ffffff";
		ctx.lineWidth = 1;
		ctx.stroke();
		ctx.fill();
	}
	ctx.restore();
}

/** A tapered arc: wide where it comes from, a point where it goes. Dashed ones have one width and an arrowhead. */
export function arc(ctx, x1, y1, cx, cy, x2, y2, width, colour, dash, alpha) {
	ctx.globalAlpha = alpha;
	ctx.lineCap = "butt";
	ctx.beginPath();
	ctx.moveTo(x1, y1);
	ctx.quadraticCurveTo(cx, cy, x2, y2);
	ctx.setLineDash([]);
	ctx.strokeStyle = "rgba(255,255,255,0.85)";
	ctx.lineWidth = width + 1.6;
	ctx.stroke();
	ctx.setLineDash(dash);
	ctx.strokeStyle = colour;
	ctx.lineWidth = width;
	ctx.stroke();
	ctx.setLineDash([]);
	const [ax, ay, dx, dy] = onCurve(x1, y1, cx, cy, x2, y2, 0.62);
	const length = Math.hypot(dx, dy) || 1;
	arrow(ctx, ax, ay, dx / length, dy / length, Math.min(width, 5), colour);
	ctx.globalAlpha = 1;
}

/** A donut of slices; area of the ring true to the total. */
export function donut(ctx, x, y, r, values, colours, hole = 0.42) {
	const sum = values.reduce((a, b) => a + b, 0);
	ctx.beginPath();
	ctx.arc(x, y, r + 1.2, 0, TAU);
	ctx.fillStyle = "#ffffff";
	ctx.fill();
	let angle = -Math.PI / 2;
	for (let i = 0; i < values.length; i++) {
		if (!(values[i] > 0)) continue;
		const next = angle + (values[i] / sum) * TAU;
		ctx.beginPath();
		ctx.moveTo(x + r * hole * Math.cos(angle), y + r * hole * Math.sin(angle));
		ctx.arc(x, y, r, angle, next);
		ctx.arc(x, y, r * hole, next, angle, true);
		ctx.closePath();
		ctx.fillStyle = colours[i];
		ctx.fill();
		if (r > 5 && next - angle < TAU - 0.01) {
			ctx.strokeStyle = "#ffffff";
			ctx.lineWidth = r > 12 ? 1 : 0.6;
			ctx.stroke();
		}
		angle = next;
	}
}

/**
 * Half rings around a place, areas true to tonnes: above what came in, below what went back and what was taken.
 * @param {number} inner radius the rings start from
 * @param {{in: number, back: number, taken: number}} areas square pixels
 * @returns {number} outermost radius
 */
export function halfRings(ctx, x, y, inner, areas, colours) {
	const top = band(ctx, x, y, inner, areas.in, -Math.PI, 0, colours.in, "plain");
	let bottom = band(ctx, x, y, inner, areas.back, 0, Math.PI, colours.back, "striped");
	bottom = band(ctx, x, y, bottom, areas.taken, 0, Math.PI, colours.taken, "dotted");
	return Math.max(top, bottom);
}

function band(ctx, x, y, inner, area, from, to, colour, pattern) {
	if (!(area > 0)) return inner;
	const start = inner + 0.8;
	const outer = Math.max(halfRingRadius(start, area), start + 0.5);
	const gap = Math.min(0.12, 1.2 / outer);
	ctx.beginPath();
	ctx.arc(x, y, outer, from + gap, to - gap);
	ctx.arc(x, y, start, to - gap, from + gap, true);
	ctx.closePath();
	ctx.fillStyle = colour;
	ctx.fill();
	ctx.strokeStyle = "rgba(255,255,255,0.9)";
	ctx.lineWidth = 0.7;
	ctx.stroke();
	if (pattern !== "plain" && outer - start > 2) {
		// spokes or dots, so that the two lower rings differ in grey as well
		const steps = Math.max(3, Math.round((outer * Math.PI) / 6));
		for (let i = 1; i < steps; i++) {
			const a = from + ((to - from) * i) / steps;
			ctx.beginPath();
			if (pattern === "striped") {
				ctx.moveTo(x + (start + 0.6) * Math.cos(a), y + (start + 0.6) * Math.sin(a));
				ctx.lineTo(x + (outer - 0.6) * Math.cos(a), y + (outer - 0.6) * Math.sin(a));
				ctx.lineWidth = 0.9;
				ctx.stroke();
			} else {
				ctx.arc(x + ((start + outer) / 2) * Math.cos(a), y + ((start + outer) / 2) * Math.sin(a), Math.min(1, (outer - start) / 4), 0, TAU);
				ctx.fillStyle = "rgba(255,255,255,0.95)";
				ctx.fill();
			}
		}
	}
	return outer;
}

/** A mill: a square whose area is true to what it received, in strips of material. */
export function mill(ctx, x, y, area, values, colours, { selected = false } = {}) {
	const side = Math.max(9, Math.sqrt(area));
	const sum = values.reduce((a, b) => a + b, 0);
	const [left, top] = [x - side / 2, y - side / 2];
	ctx.fillStyle = "#ffffff";
	ctx.fillRect(left - 2.5, top - 2.5, side + 5, side + 5);
	if (sum > 0) {
		let at = top + side;
		for (let i = 0; i < values.length; i++) {
			const h = (values[i] / sum) * side;
			ctx.fillStyle = colours[i];
			ctx.fillRect(left, at - h, side, h);
			at -= h;
		}
	} else {
		ctx.fillStyle = "#8c959c";
		ctx.fillRect(left, top, side, side);
	}
	ctx.strokeStyle = selected ? "#000000" : "#1d2730";
	ctx.lineWidth = selected ? 3 : 1.6;
	ctx.strokeRect(left, top, side, side);
	// two chimneys say what it is
	const w = Math.max(2, Math.min(5, side / 6));
	const h = Math.max(3.5, Math.min(9, side / 3));
	ctx.fillStyle = "#1d2730";
	ctx.fillRect(left + side * 0.18, top - h, w, h);
	ctx.fillRect(left + side * 0.5, top - h * 0.72, w, h * 0.72);
	return side;
}

/** Text with a halo. */
export function haloText(ctx, text, left, top, size, { bold = false, colour = "#1d2730", halo = "rgba(255,255,255,0.92)" } = {}) {
	ctx.font = font(size, bold);
	ctx.textBaseline = "top";
	ctx.textAlign = "left";
	ctx.lineJoin = "round";
	ctx.lineWidth = 3.2;
	ctx.strokeStyle = halo;
	ctx.strokeText(text, left, top);
	ctx.fillStyle = colour;
	ctx.fillText(text, left, top);
}

export function font(size, bold) {
	return (bold ? "600 " : "") + size + 'px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif';
}

/** A colour mixed with white: for large areas that must not shout. @param {string} colour `#rrggbb` */
export function tint(colour, share = 0.5) {
	const mixed = [1, 3, 5].map((i) => Math.round(255 - (255 - parseInt(colour.slice(i, i + 2), 16)) * share));
	return "rgb(" + mixed.join(",") + ")";
}
