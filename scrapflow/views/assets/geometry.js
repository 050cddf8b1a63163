/** Plane geometry on world coordinates (Web Mercator, 0..1) and on pixels. */

import { running } from "./unpack.js";

const LIMIT = 85.0511287798;

/** World x of a longitude. @param {number} lon */
export function worldX(lon) {
	return (lon + 180) / 360;
}

/** World y of a latitude, 0 at the top; the poles are held at the edge of the map. @param {number} lat */
export function worldY(lat) {
	const rad = (Math.max(-LIMIT, Math.min(LIMIT, lat)) * Math.PI) / 180;
	return 0.5 - Math.log(Math.tan(Math.PI / 4 + rad / 2)) / (2 * Math.PI);
}

/**
 * Lines in world coordinates; a line over the date line goes on past the edge and not around the globe.
 * @param {ArrayLike<number>} counts vertices of each line
 * @param {any} lon typed arrays or lists, of all lines one after the other
 * @param {any} lat
 */
export function worldLines(counts, lon, lat) {
	const start = running(counts);
	const x = lon.map(worldX);
	const y = lat.map(worldY);
	for (let line = 0; line < counts.length; line++)
		for (let k = start[line] + 1; k < start[line + 1]; k++) x[k] -= Math.round(x[k] - x[k - 1]);
	return { start, x, y };
}

/**
 * What is drawn of the world on a canvas of its own.
 * @param {number} zoom @param {number} ox @param {number} oy pixels of the world to its left and above it
 * @param {number} width @param {number} height
 */
export function viewOf(zoom, ox, oy, width, height) {
	return { zoom, scale: 256 * 2 ** zoom, ox, oy, width, height, inner: [0, 0, width, height] };
}

/** What each line reaches, in world coordinates. @param {{start: Int32Array, x: any, y: any}} lines */
export function boxes({ start, x, y }) {
	const n = start.length - 1;
	const none = () => new Float64Array(n);
	const out = { x1: none(), y1: none(), x2: none(), y2: none() };
	for (let line = 0; line < n; line++) {
		let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
		for (let k = start[line]; k < start[line + 1]; k++) {
			if (x[k] < x1) x1 = x[k];
			if (x[k] > x2) x2 = x[k];
			if (y[k] < y1) y1 = y[k];
			if (y[k] > y2) y2 = y[k];
		}
		[out.x1[line], out.y1[line], out.x2[line], out.y2[line]] = [x1, y1, x2, y2];
	}
	return out;
}

/** Whether a line may be in sight, so many pixels beyond the edge. @param {Boxes} box @param {number} i @param {At} at @param {number} edge */
export function inSight({ x1, y1, x2, y2 }, i, { scale, ox, oy, width, height }, edge) {
	const seen = (from, to, corner, size) => to * scale - corner >= -edge && from * scale - corner <= size + edge;
	return seen(x1[i], x2[i], ox, width) && seen(y1[i], y2[i], oy, height);
}

/**
 * Control point of an arc that bends to the right of its direction (screen y points down).
 * @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2
 * @param {number} bend share of the length
 * @returns {[number, number]}
 */
export function arcControl(x1, y1, x2, y2, bend) {
	return [(x1 + x2) / 2 - (y2 - y1) * bend, (y1 + y2) / 2 + (x2 - x1) * bend];
}

/** Point and direction on a quadratic curve. @returns {[number, number, number, number]} */
export function onCurve(x1, y1, cx, cy, x2, y2, t) {
	const u = 1 - t;
	return [
		u * u * x1 + 2 * u * t * cx + t * t * x2,
		u * u * y1 + 2 * u * t * cy + t * t * y2,
		2 * u * (cx - x1) + 2 * t * (x2 - cx),
		2 * u * (cy - y1) + 2 * t * (y2 - cy),
	];
}

function segmentDistance2(px, py, x1, y1, x2, y2) {
	const dx = x2 - x1;
	const dy = y2 - y1;
	const length2 = dx * dx + dy * dy;
	const t = length2 ? Math.max(0, Math.min(1, ((px - x1) * dx + (py - y1) * dy) / length2)) : 0;
	return (px - x1 - t * dx) ** 2 + (py - y1 - t * dy) ** 2;
}

/** A quadratic curve as twelve chords, to be picked like any line. @param {number[]} curve @returns {number[][]} */
export function chords(curve) {
	return Array.from({ length: 13 }, (_, i) => onCurve(...curve, i / 12));
}

/** Square of the distance of a point from a polyline. @param {number} px @param {number} py @param {number[][]} points */
export function lineDistance2(px, py, points) {
	return points.reduce(
		(best, [x, y], i) =>
			i ? Math.min(best, segmentDistance2(px, py, points[i - 1][0], points[i - 1][1], x, y)) : best,
		Infinity,
	);
}

/**
 * A polyline moved to its right by a number of pixels, mitred at its vertices.
 * @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys pixels
 * @param {number} distance
 * @returns {number[][]}
 */
export function offsetLine(xs, ys, distance) {
	const n = xs.length;
	const out = [];
	for (let i = 0; i < n; i++) {
		const before = unit(xs, ys, Math.max(0, i - 1), Math.max(1, i));
		const after = unit(xs, ys, Math.min(n - 2, i), Math.min(n - 1, i + 1));
		const [nx, ny] = [-(before[1] + after[1]), before[0] + after[0]];
		const length = Math.hypot(nx, ny);
		// the mitre grows as the line turns; at sharp turns it is held at twice the distance
		const stretch = (distance * Math.min(2, 2 / length)) / length;
		out.push(
			length < 1e-9
				? [xs[i] - after[1] * distance, ys[i] + after[0] * distance]
				: [xs[i] + nx * stretch, ys[i] + ny * stretch],
		);
	}
	return out;
}

function unit(xs, ys, /** @type {number} */ i, j) {
	const dx = xs[j] - xs[i];
	const dy = ys[j] - ys[i];
	const length = Math.hypot(dx, dy) || 1;
	return [dx / length, dy / length];
}

/** Outer radius of a half ring with a given area around an inner radius. */
export function halfRingRadius(inner, area) {
	return Math.sqrt(inner * inner + (2 * area) / Math.PI);
}

/**
 * The arrow home around a middle: radius and angles of its arc, where that begins and ends, and the corners of its head.
 * @param {number} cx @param {number} cy @param {number} size radius of the whole in pixels @param {number} way 1 to the right, -1 to the left
 */
export function turn(cx, cy, size, way) {
	const a = size * 0.62;
	const [from, to] = way > 0 ? [-2.5, 1.75] : [-0.64, -4.89];
	const [start, end] = [from, to].map((angle) => [cx + a * Math.cos(angle), cy + a * Math.sin(angle)]);
	const [dx, dy] = [-way * Math.sin(to), way * Math.cos(to)].map((d) => d * size * 0.42);
	const corner = (along, across) => [end[0] + dx * along - dy * across, end[1] + dy * along + dx * across];
	return { a, from, to, start, end, head: [corner(0, 1), corner(1.5, 0), corner(0, -1)] };
}
