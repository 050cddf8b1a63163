/** Land, borders and shaded regions under the map. */

import { worldLines } from "./geometry.js";
import { unpack, unpackDegrees } from "./unpack.js";

/** Rings of a basemap layer in world coordinates. */
export function readShape(data) {
	if (!data) return null;
	const rings = unpack(data.rings);
	const first = new Int32Array(rings.length + 1);
	for (let i = 0; i < rings.length; i++) first[i + 1] = first[i] + rings[i];
	return { ...data, first, ...worldLines(unpack(data.n), unpackDegrees(data.x), unpackDegrees(data.y)) };
}

/** Polygons in world coordinates as one path. */
function polygonPath(ctx, shape, feature, view) {
	ctx.beginPath();
	for (let ring = shape.first[feature]; ring < shape.first[feature + 1]; ring++) {
		const end = shape.start[ring + 1];
		let [lastX, lastY] = [Infinity, Infinity];
		let drawn = false;
		for (let k = shape.start[ring]; k < end; k++) {
			const x = shape.x[k] * view.scale - view.ox;
			const y = shape.y[k] * view.scale - view.oy;
			// vertices nearer than half a pixel to the last one drawn add nothing
			if (drawn && k < end - 1 && Math.abs(x - lastX) < 0.5 && Math.abs(y - lastY) < 0.5) continue;
			if (drawn) ctx.lineTo(x, y);
			else ctx.moveTo(x, y);
			drawn = true;
			[lastX, lastY] = [x, y];
		}
		ctx.closePath();
	}
}

/** Land, borders and, if wanted, the regions in steps of one hue. */
export function drawBasemap(ctx, view, shapes, style, fillOf) {
	const { countries, regions } = shapes;
	ctx.lineJoin = "round";
	if (countries) {
		for (let f = 0; f < countries.names.length; f++) {
			polygonPath(ctx, countries, f, view);
			ctx.fillStyle = regions ? style.neighbour : style.land;
			ctx.fill("evenodd");
			ctx.strokeStyle = style.coast;
			ctx.lineWidth = 0.8;
			ctx.stroke();
		}
	}
	if (regions) {
		for (let f = 0; f < regions.names.length; f++) {
			polygonPath(ctx, regions, f, view);
			ctx.fillStyle = fillOf(f) || style.land;
			ctx.fill("evenodd");
			ctx.strokeStyle = style.border;
			ctx.lineWidth = 0.9;
			ctx.stroke();
		}
	}
}
