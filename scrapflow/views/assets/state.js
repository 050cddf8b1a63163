/** The state in the address after `#`, so that a view can be sent; unknown or damaged parts are passed over. */

import { marksOf } from "./evidence.js";
import { SETS } from "./query.js";

const escaped = (values) => [...values].map((v) => encodeURIComponent(v).replace(/~/g, "%7E")).join("~");

/** A view as an address says it. */
const where = (/** @type {number[]} */ [lat, lng, zoom]) =>
	[lat.toFixed(4), lng.toFixed(4), Number(zoom.toFixed(2))].join(",");

/**
 * @param {any} state @param {{lat: number, lng: number, zoom: number}} view @param {number} last period
 * @param {(i: number) => string} nodeId @param {(i: number) => string} linkId
 */
export function encodeState(state, view, last, nodeId, linkId) {
	const { filter, selected } = state;
	const out = new URLSearchParams({ v: where([view.lat, view.lng, view.zoom]) });
	const put = (name, value) => value && out.set(name, value);
	put("m", (state.from !== 0 || state.to !== last) && `${state.from}-${state.to}`);
	// the one name may be none: a place without a sector, a source that was not judged
	for (const name of SETS) if (filter[name].size) out.set(name, escaped(filter[name]));
	put("top", filter.top);
	put("vs", state.against >= 0 && String(state.against));
	put("shade", state.measure);
	put("scale", state.scale !== "fixed" && state.scale);
	put("lang", state.lang);
	put("panel", state.panel);
	put("next", state.next && "1");
	put("step", state.step >= 0 && String(state.step + 1));
	if (selected?.type === "link") put("link", linkId(selected.link));
	else if (selected) put("place", escaped(selected.nodes.map(nodeId)));
	return out.toString();
}

/**
 * @param {string} text @param {any} known what may stand there: nodes, links, last, languages, measures
 * @returns {{patch: any, view: number[]|null}}
 */
export function decodeState(text, known) {
	const parts = new URLSearchParams(text.replace(/^#/, ""));
	const part = (name) => parts.get(name) || "";
	const whole = (value) => (/^\d+$/.test(value) ? Number(value) : NaN);
	const list = (name) => part(name).split("~").map(decoded);
	const patch = { filter: { top: whole(part("top")) || 0 } };
	for (const name of SETS) patch.filter[name] = new Set(parts.has(name) ? list(name) : []);
	const [from, to] = part("m").split("-").map(whole);
	if (from >= 0 && from <= to && to <= known.last) Object.assign(patch, { from, to });
	const against = whole(part("vs"));
	if (against <= known.last) patch.against = against;
	for (const [name, allowed] of Object.entries({
		shade: known.measures,
		scale: ["adaptive"],
		lang: known.languages,
		panel: known.panels,
	})) {
		if (allowed.includes(part(name))) patch[name === "shade" ? "measure" : name] = part(name);
	}
	const nodes = list("place")
		.map((id) => known.nodes.get(id))
		.filter((i) => i !== undefined);
	if (known.links.has(part("link"))) patch.selected = { type: "link", link: known.links.get(part("link")) };
	else if (nodes.length) patch.selected = { type: "nodes", nodes };
	if (known.next && part("next") === "1") patch.next = true;
	const step = whole(part("step"));
	if (step >= 1 && step <= known.steps) patch.step = step - 1;
	const v = part("v").split(",").map(Number);
	return {
		patch,
		view: v.length === 3 && v.every(Number.isFinite) && Math.abs(v[0]) <= 90 && v[2] >= 0 && v[2] <= 20 ? v : null,
	};
}

function decoded(/** @type {string} */ text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/**
 * Take over what an address says.
 * @param {App} app @param {string} text
 */
export function readHash(app, text) {
	if (text.length < 3) return;
	const { run } = app;
	const { patch, view } = decodeState(text, {
		last: run.nPeriods - 1,
		nodes: run.nodes.index,
		links: run.links.index,
		languages: app.languages,
		measures: Object.keys(app.measures),
		panels: app.panels,
		steps: run.story.length,
		next: marksOf(run).length > 0,
	});
	Object.assign(app.state, patch);
	const { lat, lng } = app.map.getCenter();
	// a map that is there already is not drawn once more
	if (view && where(view) !== where([lat, lng, app.map.getZoom()]))
		app.map.setView([view[0], view[1]], view[2], { animate: false });
}

/** What is shown, as an address says it. @param {App} app @returns {string} */
export function addressOf({ map, run, state }) {
	const view = { ...map.getCenter(), zoom: map.getZoom() };
	return encodeState(
		state,
		view,
		run.nPeriods - 1,
		(i) => run.nodes.id[i],
		(i) => run.links.id[i],
	);
}

let waiting = 0;

/** Write the address a little later, so that playing does not flood it; a notebook's frame has no address to write. @param {App} app */
export function writeHash(app) {
	clearTimeout(waiting);
	waiting = setTimeout(() => {
		try {
			if (location.protocol !== "about:") history.replaceState(null, "", "#" + addressOf(app));
		} catch {
			// a frame without an address of its own
		}
	}, 250);
}
