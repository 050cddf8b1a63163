/** Ranges of parts of a run, where an ensemble left them: of a month, of what goes back in a region, of a mill and of a railway link. */

import { count } from "./filters.js";

/** Low and high of a kind in a month; nothing while filters are set. @param {App} app @param {string} kind @param {number} period @returns {number[]|undefined} */
export function monthRange({ run, state }, kind, period) {
	return count(state.filter) ? undefined : run.parts.period?.[kind]?.[period];
}

/** Whether all of the run is shown: no filters, all months. @param {App} app */
export function allShown({ run, state }) {
	return state.from === 0 && state.to === run.nPeriods - 1 && !count(state.filter);
}

/** What is known of some parts where all of the run is shown; nothing while months or filters are chosen. @param {App} app @returns {Run["parts"]} */
function ofAll(app) {
	return allShown(app) ? app.run.parts : {};
}

/** Low and high of a kind in a region, all months together; nothing while filters are set. @param {App} app @param {string} kind @param {number} region @returns {number[]|undefined} */
export function regionRange(app, kind, region) {
	return ofAll(app).region?.[kind]?.[app.run.nodes.region.names[region]];
}

/** Low and high of what a mill receives, all months together. @param {App} app @param {number} node @returns {number[]|undefined} */
export function millRange(app, node) {
	return ofAll(app).mill?.[app.run.nodes.id[node]];
}

/** Low and high of what a railway link carries, all months together, where it carries one way only. @param {App} app @param {number} link @returns {number[]|undefined} */
export function linkRange(app, link) {
	const { forward, backward } = app.view.shown.loads;
	return forward[link] > 0 && backward[link] > 0 ? undefined : ofAll(app).link?.[link];
}
