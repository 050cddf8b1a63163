/** Sums about one place or one link, for its panel: partners, months, materials, accounts. */

import { addTo, monthly } from "./query.js";

/**
 * Rows of a choice, by kind: what comes in from elsewhere, what goes out, and what moves between its own places.
 * @param {Run} run @param {Shown} shown @param {number[]} ids
 */
export function placeSums(run, shown, ids) {
	const chosen = new Set(ids);
	const { series } = run;
	const sides = { in: new Map(), out: new Map(), within: new Map() };
	const mine = series.origin.map((a, s) => (chosen.has(a) || chosen.has(series.destination[s]) ? 1 : 0));
	shown.result.bySeries.forEach((t, s) => {
		if (!t || !mine[s]) return;
		const [a, b, kind] = [series.origin[s], series.destination[s], series.kind.of[s]];
		const side = !chosen.has(a) ? "in" : chosen.has(b) ? "within" : "out";
		if (!sides[side].has(kind))
			sides[side].set(kind, { kind, side, t: 0, partners: new Map(), materials: series.material.names.map(() => 0) });
		const entry = sides[side].get(kind);
		entry.t += t;
		entry.materials[series.material.of[s]] += t;
		addTo(entry.partners, side === "in" ? a : b, t);
	});
	const [into, out, within] = Object.values(sides).map(ordered);
	return {
		in: into,
		out,
		within,
		// tonnes of several kinds or sides together would be of none of the sums above
		most: [...into, ...out, ...within].sort((a, b) => b.t - a.t)[0],
		months: monthsOf(run, shown, mine),
		chosen: trainsChosen(run, shown, mine),
		accounts: accountsOf(run, shown, chosen),
		held: heldBy(run, shown, chosen),
	};
}

/** What the yards of a choice held: the mean over the months shown, and at their end. */
function heldBy({ stocks }, { state: { from, to } }, chosen) {
	let [mean, end] = [0, 0];
	for (let i = 0; i < stocks.node.length; i++) {
		if (!chosen.has(stocks.node[i]) || stocks.period[i] < from || stocks.period[i] > to) continue;
		mean += stocks.closing_t[i] / (to - from + 1);
		if (stocks.period[i] === to) end += stocks.closing_t[i];
	}
	return { mean, end };
}

function largest(map) {
	return [...map].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

function ordered(side) {
	return [...side.values()].sort((a, b) => a.kind - b.kind).map((g) => ({ ...g, partners: largest(g.partners) }));
}

const monthsOf = (/** @type {Run} */ run, shown, mine) =>
	monthly(
		run,
		mine.map((m, s) => m & shown.result.kept[s]),
	);

/** Whether any train of a choice runs when the solver says, and not when somebody reported it. */
function trainsChosen({ series: { basis, kind }, role }, shown, mine) {
	const modelled = basis.names.indexOf("modelled");
	return mine.some((m, s) => m && shown.result.kept[s] && basis.of[s] === modelled && role.rail.includes(kind.of[s]));
}

/**
 * The accounts of a choice, each column as it adds up over time: sums, means over those it is about, or how it stands
 * in the last month.
 * @returns {{column: string, unit: string, value: number, mean: boolean}[]}
 */
function accountsOf(/** @type {Run} */ run, shown, chosen) {
	const { node, period, columns, about } = run.accounts;
	const { from, to } = shown.state;
	const rows = [...node.keys()].filter((i) => chosen.has(node[i]) && period[i] >= from && period[i] <= to);
	const concerns = (owner, /** @type {number} */ i) => owner === "owner" || run.nodes.what(node[i]) === owner;
	return about
		.map(({ column, unit, owner, over }) => {
			const own = rows.filter((i) => concerns(owner, i) && (over !== "last" || period[i] === to));
			const sum = own.reduce((t, i) => t + columns[column][i], 0);
			return {
				column,
				unit,
				value: over === "mean" ? sum / own.length : sum,
				mean: over === "mean",
				any: own.length > 0,
			};
		})
		.filter(({ any }) => any);
}

/** Whose tonnes pass a link, by direction. */
export function linkSums(/** @type {Run} */ run, shown, paths, link) {
	const { series } = run;
	const sides = [0, 1].map(() => ({ t: 0, origins: new Map(), destinations: new Map() }));
	const materials = new Float64Array(series.material.names.length);
	const mine = series.path.map((path) => (paths.has(path) ? 1 : 0));
	shown.result.bySeries.forEach((t, s) => {
		if (!mine[s] || !t) return;
		const path = series.path[s];
		materials[series.material.of[s]] += t;
		for (let k = run.paths.start[path]; k < run.paths.start[path + 1]; k++) {
			if (run.paths.link[k] >> 1 !== link) continue;
			const side = sides[run.paths.link[k] & 1];
			side.t += t;
			addTo(side.origins, series.origin[s], t);
			addTo(side.destinations, series.destination[s], t);
		}
	});
	const prices = [...run.loads.shadow_price].filter((_, i) => run.loads.link[i] === link);
	const [forward, backward] = sides.map((side) => ({
		t: side.t,
		origins: largest(side.origins),
		destinations: largest(side.destinations),
	}));
	return {
		forward,
		backward,
		materials,
		months: monthsOf(run, shown, mine),
		chosen: trainsChosen(run, shown, mine),
		price: Math.max(0, ...prices),
		bound: prices.length,
	};
}
