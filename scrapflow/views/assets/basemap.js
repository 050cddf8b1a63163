/** Land, borders and shaded regions under the map. */

import { worldLines } from "./geometry.js";
import { fillIn, stroke } from "./paint.js";
import { running, unpack, unpackDegrees } from "./unpack.js";

/** Rings of a basemap layer in world coordinates. */
export function readShape(data) {
	if (!data) return null;
	const lines = worldLines(unpack(data.n), unpackDegrees(data.x), unpackDegrees(data.y));
	return { ...data, first: running(unpack(data.rings)), ...lines };
}

/** Polygons in world coordinates as one path. */
function polygonPath(/** @type {CanvasRenderingContext2D} */ ctx, shape, feature, view) {
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

/** Land, borders and, if wanted, the regions or the counties in steps of one hue: `fillOf(feature, layer)`. */
export function drawBasemap(/** @type {CanvasRenderingContext2D} */ ctx, view, shapes, style, fillOf) {
	ctx.lineJoin = "round";
	const draw = (shape, colourOf, edge, /** @type {number} */ width) => {
		for (let f = 0; f < (shape ? shape.names.length : 0); f++) {
			polygonPath(ctx, shape, f, view);
			ctx.fillStyle = colourOf(f);
			ctx.fill("evenodd");
			stroke(ctx, edge, width);
		}
	};
	draw(shapes.countries, () => (shapes.regions ? style.neighbour : style.land), style.coast, 0.8);
	draw(shapes.regions, (f) => fillOf(f, "regions") || style.land, style.border, 0.9);
	// Counties are approximate and many: hair lines, over the shades of the regions.
	for (let f = 0; f < (shapes.counties ? shapes.counties.names.length : 0); f++) {
		polygonPath(ctx, shapes.counties, f, view);
		const shade = fillOf(f, "counties");
		if (shade) fillIn(ctx, shade);
		stroke(ctx, style.border, 0.25);
	}
}
