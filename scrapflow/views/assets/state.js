/** The state in the address after `#`, so that a view can be sent; unknown or damaged parts are passed over. */

const SETS = ["kind", "material", "via", "mill", "region", "sector", "basis", "grade"];

/**
 * @param {any} state @param {{lat: number, lng: number, zoom: number}} view
 * @param {(i: number) => string} nodeId @param {(i: number) => string} linkId
 */
export function encodeState(state, view, last, nodeId, linkId) {
	const out = new URLSearchParams();
	out.set("v", [view.lat.toFixed(4), view.lng.toFixed(4), Number(view.zoom.toFixed(2))].join(","));
	if (state.from !== 0 || state.to !== last) out.set("m", `${state.from}-${state.to}`);
	for (const name of SETS) if (state.filter[name].size) out.set(name, [...state.filter[name]].map(escapePart).join("~"));
	if (state.filter.top) out.set("top", String(state.filter.top));
	if (state.measure) out.set("shade", state.measure);
	if (state.scale !== "fixed") out.set("scale", state.scale);
	out.set("lang", state.lang);
	if (state.panel) out.set("panel", state.panel);
	if (state.selected?.type === "link") out.set("link", linkId(state.selected.link));
	else if (state.selected) out.set("place", state.selected.nodes.slice(0, 60).map(nodeId).map(escapePart).join("~"));
	return out.toString();
}

/**
 * @param {string} text @param {any} known what may stand there: nodes, links, last, languages, measures
 * @returns {{patch: any, view: [number, number, number]|null}}
 */
export function decodeState(text, known) {
	const parts = new URLSearchParams(text.replace(/^#/, ""));
	const patch = {};
	const whole = (value) => (/^\d+$/.test(value) ? Number(value) : NaN);
	const [from, to] = (parts.get("m") || "").split("-").map(whole);
	if (from >= 0 && from <= to && to <= known.last) Object.assign(patch, { from, to });
	const filter = {};
	for (const name of SETS) {
		const values = (parts.get(name) || (parts.has(name) ? "" : null)) ?? null;
		filter[name] = new Set(values === null ? [] : values.split("~").map(decode));
	}
	filter.top = whole(parts.get("top") || "0") || 0;
	patch.filter = filter;
	if (known.measures.includes(parts.get("shade"))) patch.measure = parts.get("shade");
	if (parts.get("scale") === "adaptive") patch.scale = "adaptive";
	if (known.languages.includes(parts.get("lang"))) patch.lang = parts.get("lang");
	if (["table", "claims", "about"].includes(parts.get("panel") || "")) patch.panel = parts.get("panel");
	if (parts.has("link") && known.links.has(parts.get("link"))) {
		patch.selected = { type: "link", link: known.links.get(parts.get("link")) };
	} else if (parts.has("place")) {
		const nodes = parts.get("place").split("~").map(decode).map((id) => known.nodes.get(id)).filter((i) => i !== undefined);
		if (nodes.length) patch.selected = { type: "nodes", nodes };
	}
	const v = (parts.get("v") || "").split(",").map(Number);
	const view = v.length === 3 && v.every(Number.isFinite) && Math.abs(v[0]) <= 90 && v[2] >= 0 && v[2] <= 20 ? v : null;
	return { patch, view };
}

function escapePart(text) {
	return encodeURIComponent(text).replace(/~/g, "%7E");
}

function decode(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** Take over what the address says, if it says anything. @returns {boolean} whether it set the view */
export function readHash(app) {
	const text = window.location.hash;
	if (text.length < 3) return false;
	const { patch, view } = decodeState(text, {
		last: app.run.nPeriods - 1, nodes: app.run.nodes.index, links: app.run.links.index,
		languages: Object.keys(app.data.labels), measures: Object.keys(app.style.measures),
	});
	Object.assign(app.state, patch);
	if (view) app.map.setView([view[0], view[1]], view[2], { animate: false });
	return Boolean(view);
}

let waiting = 0;

/** Write the address a little later, so that playing does not flood it; a notebook's frame has no address to write. */
export function writeHash(app) {
	window.clearTimeout(waiting);
	waiting = window.setTimeout(() => {
		const centre = app.map.getCenter();
		const hash = encodeState(app.state, { lat: centre.lat, lng: centre.lng, zoom: app.map.getZoom() }, app.run.nPeriods - 1, (i) => app.run.nodes.id[i], (i) => app.run.links.id[i]);
		if (window.location.protocol === "about:") return;
		try {
			window.history.replaceState(null, "", "#" + hash);
		} catch {
			// a frame without an address of its own
		}
	}, 250);
}
