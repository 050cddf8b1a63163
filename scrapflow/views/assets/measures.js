/** The measures that regions can be shaded by: burden, shortfall, carried back, lost output, detection. */

import { accountSums, nodeSums, passing, sums } from "./query.js";

/** Values and colours of the regions' measure. */
export function measureOf(app) {
	const { run, state, shapes } = app;
	const n = run.nodes.region.names.length;
	const add = (values) => {
		const out = new Float64Array(n);
		for (let i = 0; i < run.nodes.n; i++) out[run.nodes.region.of[i]] += values[i] || 0;
		return out;
	};
	const sum = (name) => add(accountSums(run, name, state.from, state.to));
	const months = state.to - state.from + 1;
	let top;
	let bottom = null;
	if (state.measure === "burden") {
		top = sum("quota_t").map((v) => v * 1000);
		bottom = add(Float64Array.from(run.nodes.population, (v) => v || 0));
	} else if (state.measure === "shortfall") {
		top = sum("shortfall_t");
		bottom = sum("quota_t");
	} else if (state.measure === "returned") {
		// a share of what was handed over, also while the map shows only what goes back
		const pass = passing(run, { ...state.filter, kind: new Set() });
		const moved = nodeSums(run, sums(run, pass, state.from, state.to), state.from, state.to, []);
		top = add(moved.returnedIn);
		bottom = add(moved.carted);
	} else {
		const rated = new Float64Array(n);
		const count = new Float64Array(n);
		const name = state.measure === "detection" ? "detection" : "output_index";
		const values = accountSums(run, name, state.from, state.to);
		for (let i = 0; i < run.nodes.n; i++) {
			if (run.nodes.what(i) !== "enterprise") continue;
			const weight = run.nodes.workers[i] || 1;
			const mean = values[i] / months;
			rated[run.nodes.region.of[i]] += weight * (name === "output_index" ? Math.max(0, 1 - mean) : mean);
			count[run.nodes.region.of[i]] += weight;
		}
		top = rated;
		bottom = count;
	}
	const regional = { burden: "kg", shortfall: "share", returned: "share", lost_output: "share", detection: "share" };
	const value = top.map((v, i) => (bottom ? (bottom[i] > 0 ? v / bottom[i] : NaN) : v));
	const most = value.reduce((a, v) => (v > a ? v : a), 0);
	const steps = app.style.measures[state.measure];
	const byId = new Map();
	for (let i = 0; i < run.nodes.n; i++) byId.set(run.nodes.region_id.names[run.nodes.region_id.of[i]], run.nodes.region.of[i]);
	const regionOf = (f) => {
		const id = shapes.regions.ids[f];
		const known = run.regions.find((r) => r.region_id === id || r.basemap_id === id || r.name === shapes.regions.names[f]);
		return known && byId.has(known.region_id) ? byId.get(known.region_id) : -1;
	};
	const colour = (f) => {
		const i = regionOf(f);
		if (i < 0 || !Number.isFinite(value[i])) return "#e4e4e0";
		return steps[Math.min(steps.length - 1, Math.floor((value[i] / (most || 1)) * steps.length))];
	};
	return { value, most, steps, colour, unit: regional[state.measure], names: run.nodes.region.names };
}
