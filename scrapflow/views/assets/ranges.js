/** Ranges of parts of a run, where an ensemble left them: of a month, and of what goes back in a region. */

import { count } from "./filters.js";

/** Low and high of a kind in a month; nothing while filters are set. @param {App} app @param {string} kind @param {number} period @returns {number[]|undefined} */
export function monthRange({ run, state }, kind, period) {
	return count(state.filter) ? undefined : run.parts.period?.[kind]?.[period];
}

/** Low and high of a kind in a region, all months together; nothing while filters are set. @param {App} app @param {string} kind @param {number} region @returns {number[]|undefined} */
export function regionRange({ run, state }, kind, region) {
	const whole = state.from === 0 && state.to === run.nPeriods - 1 && !count(state.filter);
	return whole ? run.parts.region?.[kind]?.[run.nodes.region.names[region]] : undefined;
}
