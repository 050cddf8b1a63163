/** Land, borders and shaded regions under the map. */

import { boxes, inSight, worldLines } from "./geometry.js";
import { fillIn, stroke } from "./paint.js";
import { running, unpack, unpackDegrees } from "./unpack.js";

/** Rings of a basemap layer in world coordinates. @param {any} data a layer as views/places_payload.py packs it */
export function readShape(data) {
	if (!data) return null;
	const lines = worldLines(unpack(data.n), unpackDegrees(data.x), unpackDegrees(data.y));
	const first = running(unpack(data.rings));
	// a feature reaches from the first vertex of its first ring to the last of its last
	const box = boxes({ ...lines, start: first.map((ring) => lines.start[ring]) });
	return { ...data, first, box, ...lines };
}

/** Add the polygons of a feature to a path. @param {CanvasRenderingContext2D} ctx @param {any} shape @param {number} feature @param {At} view */
function polygons(ctx, shape, feature, view) {
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

/**
 * Land, borders and, if wanted, the regions or the counties in steps of one hue.
 * @param {CanvasRenderingContext2D} ctx @param {At} view @param {App["shapes"]} shapes @param {Style} style
 * @param {App["shade"]} fillOf
 */
export function drawBasemap(ctx, view, shapes, style, fillOf) {
	ctx.lineJoin = "round";
	const featuresOf = (/** @type {any} */ shape) =>
		[...(shape?.names.keys() ?? [])].filter((/** @type {number} */ f) => inSight(shape.box, f, view, 2));
	/** @param {any} shape @param {(f: number) => string} colourOf @param {string} edge @param {number} width */
	const draw = (shape, colourOf, edge, width) => {
		for (const f of featuresOf(shape)) {
			ctx.beginPath();
			polygons(ctx, shape, f, view);
			ctx.fillStyle = colourOf(f);
			ctx.fill("evenodd");
			stroke(ctx, edge, width);
		}
	};
	draw(shapes.countries, () => (shapes.regions ? style.neighbour : style.land), style.coast, 0.8);
	draw(shapes.regions, (f) => fillOf(f, "regions") || style.land, style.border, 0.9);
	// Counties are approximate and many: hair lines, over the shades of the regions.
	const counties = featuresOf(shapes.counties);
	for (const f of counties) {
		const shade = fillOf(f, "counties");
		if (!shade) continue;
		ctx.beginPath();
		polygons(ctx, shapes.counties, f, view);
		fillIn(ctx, shade);
	}
	ctx.beginPath();
	for (const f of counties) polygons(ctx, shapes.counties, f, view);
	stroke(ctx, style.border, 0.25);
}
