/** The measures that regions can be shaded by: burden, shortfall, carried back, lost output, detection. */

import { accountSums, nodeSums, passing, sums } from "./query.js";

/** Values and colours of the regions' measure. @param {any} app */
export function measureOf(app) {
	const { run, state: { measure, from, to, filter }, shapes } = app;
	const { nodes } = run;
	/** A number of every node, summed over the nodes of each region. */
	const byRegion = (of) => {
		const out = new Float64Array(nodes.region.names.length);
		for (let i = 0; i < nodes.n; i++) out[nodes.region.of[i]] += of(i) || 0;
		return out;
	};
	const account = (name) => {
		const values = accountSums(run, name, from, to);
		return (i) => values[i];
	};
	// a share of what was handed over, also while the map shows only what goes back
	const moved = measure === "returned" && nodeSums(run, sums(run, passing(run, { ...filter, kind: new Set() }), from, to), from, to, []);
	const weight = (i) => (nodes.what(i) === "enterprise" ? nodes.workers[i] || 1 : 0);
	/** Mean over months and workers of the enterprises. */
	const rate = (name, change) => {
		const of = account(name);
		return [(i) => weight(i) && weight(i) * change(of(i) / (to - from + 1)), weight];
	};
	const parts = {
		burden: () => [account("quota_t"), (i) => nodes.population[i] / 1000],
		shortfall: () => [account("shortfall_t"), account("quota_t")],
		returned: () => [(i) => moved.returnedIn[i], (i) => moved.carted[i]],
		detection: () => rate("detection", (v) => v),
		lost_output: () => rate("output_index", (v) => Math.max(0, 1 - v)),
	};
	const [top, bottom] = parts[measure]().map(byRegion);
	const value = top.map((v, i) => (bottom[i] > 0 ? v / bottom[i] : NaN));
	const most = value.reduce((a, v) => (v > a ? v : a), 0);
	const steps = app.style.measures[measure];
	const idOf = new Map(Array.from(nodes.region.of, (r, i) => [nodes.region_id.names[nodes.region_id.of[i]], r]));
	const colour = (f) => {
		const id = shapes.regions.ids[f];
		const known = run.regions.find((r) => r.region_id === id || r.basemap_id === id || r.name === shapes.regions.names[f]);
		const v = value[idOf.get(known?.region_id) ?? -1];
		return Number.isFinite(v) ? steps[Math.min(steps.length - 1, Math.floor((v / (most || 1)) * steps.length))] : "#e4e4e0";
	};
	return { most, steps, colour, unit: measure === "burden" ? "kg" : "share" };
}
