/** An inset for the corner where most ends: enlarged, at the scales of the map itself. */

import { drawBasemap } from "./basemap.js";
import { el } from "./dom.js";
import { viewOf } from "./geometry.js";

/** Pixels of the inset (those of `.sf-inset canvas` in the style too), and how many times larger than the map it is. */
const INSET_WIDE = 300;
const INSET_HIGH = 200;
const LARGER = 3;
/** The least room of the map that an inset is put into, and the least places that make it worth it. */
const LEAST_WIDE = 820;
const LEAST_HIGH = 560;
const LEAST_ENDS = 5;

/** The map, ground and all, on another canvas. @param {any} ctx @param {any} at the view @param {App} app */
export function mapOn(ctx, at, { shapes, style, shade, view }) {
	ctx.fillStyle = shapes.countries || shapes.regions ? style.sea : style.blank;
	ctx.fillRect(0, 0, at.width, at.height);
	drawBasemap(ctx, at, shapes, style, shade);
	view.drawAside(ctx, at);
}

/** @param {App} app @returns {Part} */
export function inset(app) {
	const canvas = el("canvas", { "aria-hidden": "true" });
	const caption = el("span");
	const root = el("button.inset", { hidden: true, onclick: look }, canvas, caption);
	/** Where the inset lies: the mill that receives most. @type {number|null} */
	let middle = null;

	function look() {
		if (middle !== null) app.map.setView([app.run.nodes.lat[middle], app.run.nodes.lon[middle]], app.homeZoom + 1.75);
	}

	/** The mill of the crowded corner, if there is one. */
	function corner() {
		const { view, run } = app;
		const { received } = view.reference.nodes;
		const [most] = view.mills.slice().sort((a, b) => received[b] - received[a]);
		if (most === undefined || !received[most]) return null;
		const scale = 256 * 2 ** app.homeZoom * LARGER;
		const { wx, wy } = run.nodes;
		const near = (/** @type {number} */ i) =>
			Math.abs(wx[i] - wx[most]) * scale < INSET_WIDE / 2 && Math.abs(wy[i] - wy[most]) * scale < INSET_HIGH / 2;
		return [...view.mills, ...app.yards].filter(near).length >= LEAST_ENDS ? most : null;
	}

	function update() {
		const { view, map, t, state } = app;
		const { x, y } = map.getSize();
		middle = x >= LEAST_WIDE && y >= LEAST_HIGH && view.shown.level === "region" && !state.selected ? corner() : null;
		root.hidden = middle === null;
		if (middle === null) return;
		const { wx, wy } = app.run.nodes;
		const ratio = devicePixelRatio || 1;
		canvas.width = INSET_WIDE * ratio;
		canvas.height = INSET_HIGH * ratio;
		const zoom = map.getZoom() + Math.log2(LARGER);
		const [left, top] = [wx[middle], wy[middle]].map((w) => w * 256 * 2 ** zoom);
		const shown = viewOf(zoom, left - INSET_WIDE / 2, top - INSET_HIGH / 2, INSET_WIDE, INSET_HIGH);
		// at the scales of the map itself
		const at = { ...shown, inset: { ...view.shown } };
		const ctx = canvas.getContext("2d");
		ctx.scale(ratio, ratio);
		mapOn(ctx, at, app);
		caption.textContent = t("inset.caption", { name: app.name(middle).replace(/ \(.*\)/, ""), n: LARGER });
		root.setAttribute("aria-label", caption.textContent);
	}

	return { root, update };
}
