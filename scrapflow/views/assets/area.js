/** Many places chosen at once: by an outline or a rectangle drawn on the map, or all that is in view. */

import { button, el, fill, keepFocus, svg } from "./dom.js";

/** Pixels between two points of an outline; a press that stays nearer than that draws nothing. */
const STEP = 3;

/**
 * Whether a point lies within an outline.
 * @param {number} x @param {number} y @param {number[][]} outline corners, the last joined to the first
 */
export function within(x, y, outline) {
	let inside = false;
	outline.forEach(([x1, y1], k) => {
		const [x2, y2] = outline[(k || outline.length) - 1];
		if (y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)) inside = !inside;
	});
	return inside;
}

/** The corners of a rectangle. @param {number[]} a @param {number[]} b */
const rectangle = ([x1, y1], [x2, y2]) => [
	[x1, y1],
	[x2, y1],
	[x2, y2],
	[x1, y2],
];

/** @param {App} app @returns {Part} */
export function area(app) {
	const { map } = app;
	const container = map.getContainer();
	const line = svg("path");
	const sheet = svg("svg.outline", line);
	const root = el("div.area", { role: "group", hidden: true });
	container.append(sheet);
	let drawing = false;
	/** @type {number[][]} */
	let points = [];

	/** Choose the places within an outline, in pixels of the map. @param {number[][]} outline */
	function choose(outline) {
		const { nodes } = app.run;
		const chosen = [...nodes.kind.keys()].filter((i) => {
			if (!nodes.placed[i] || nodes.what(i) === "outside") return false;
			const { x, y } = map.latLngToContainerPoint([nodes.lat[i], nodes.lon[i]]);
			return within(x, y, outline);
		});
		app.set({ drawing: false, selected: chosen.length ? { type: "nodes", nodes: chosen } : null });
		app.announce(app.t("area.chosen", { n: chosen.length }));
	}

	/** @param {PointerEvent} event */
	const at = ({ clientX, clientY }) => {
		const { left, top } = container.getBoundingClientRect();
		return [clientX - left, clientY - top];
	};

	/** @param {number[][]} outline */
	function show(outline) {
		points = outline;
		line.setAttribute("d", outline.length > 1 ? "M" + outline.map((p) => p.join(" ")).join("L") + "Z" : "");
	}

	container.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
		if (!drawing || event.button || !event.isPrimary || /** @type {Element} */ (event.target).closest("a, button"))
			return;
		event.preventDefault();
		container.setPointerCapture(event.pointerId);
		show([at(event)]);
	});
	container.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
		if (!drawing || !points.length) return;
		const here = at(event);
		const last = points[points.length - 1];
		if (event.shiftKey) show(rectangle(points[0], here));
		else if (Math.hypot(here[0] - last[0], here[1] - last[1]) >= STEP) show([...points, here]);
	});
	container.addEventListener("pointerup", () => {
		const outline = points;
		show([]);
		if (outline.length < 3) return;
		// the click that ends a drawing chooses nothing else
		container.addEventListener("click", swallow, true);
		setTimeout(() => container.removeEventListener("click", swallow, true));
		choose(outline);
	});
	container.addEventListener("pointercancel", () => show([]));
	const swallow = (/** @type {Event} */ event) => event.stopPropagation();

	function update() {
		const { t, state } = app;
		if (drawing !== Boolean(state.drawing)) {
			drawing = Boolean(state.drawing);
			show([]);
			for (const habit of [map.dragging, map.boxZoom]) habit[drawing ? "disable" : "enable"]();
			container.classList.toggle("sf-drawing", drawing);
			if (drawing) app.announce(t("area.hint"));
		}
		root.hidden = !drawing;
		root.setAttribute("aria-label", t("area.label"));
		const all = () => {
			const { x, y } = map.getSize();
			choose(rectangle([0, 0], [x, y]));
		};
		keepFocus(root, () =>
			fill(
				root,
				el("span", t("area.hint")),
				button("area:all", t("area.all"), all),
				button("area:off", t("area.off"), () => app.set({ drawing: false })),
			),
		);
	}

	return { root, update };
}
