/** The measures that regions can be shaded by: burden, shortfall, carried back, lost output, detection. */

import { accountSums, nodeSums, passing, sums } from "./query.js";

/** Values and colours of the regions' measure. @param {any} app */
export function measureOf(app) {
	const {
		run,
		state: { measure, from, to, filter },
		shapes,
	} = app;
	const { nodes } = run;
	/** Numbers of the nodes, summed over the nodes of each region. */
	const byRegion = (values) => {
		const out = new Float64Array(nodes.region.names.length);
		values.forEach((v, i) => (out[nodes.region.of[i]] += v || 0));
		return out;
	};
	const account = (name) => accountSums(run, name, from, to);
	// a share of what was handed over, also while the map shows only what goes back
	const moved =
		measure === "returned" &&
		nodeSums(run, sums(run, passing(run, { ...filter, kind: new Set() }), from, to), from, to, []);
	/** Mean over months and workers of the enterprises. */
	const rate = (name, change) => {
		const weights = nodes.workers.map((w, i) => (nodes.what(i) === "enterprise" ? w || 1 : 0));
		return [account(name).map((v, i) => weights[i] && weights[i] * change(v / (to - from + 1))), weights];
	};
	const parts = {
		burden: () => [account("quota_t"), nodes.population.map((v) => v / 1000)],
		shortfall: () => [account("shortfall_t"), account("quota_t")],
		returned: () => [moved.returnedIn, moved.carted],
		detection: () => rate("detection", (v) => v),
		lost_output: () => rate("output_index", (v) => Math.max(0, 1 - v)),
	};
	const [top, bottom] = parts[measure]().map(byRegion);
	const value = top.map((v, i) => (bottom[i] > 0 ? v / bottom[i] : NaN));
	const known = value.filter(Number.isFinite);
	const [least, most] = [Math.min(...known), Math.max(...known)];
	// from the least to the most, so that regions differ to the eye where they differ at all; the legend says how much
	const colours = app.style.measures[measure];
	const differ = most - least > Math.max(most * 0.03, 0.001);
	const steps = differ ? colours : [colours[most > 0 ? 2 : 0]];
	const bounds = (differ ? [...steps, ""] : steps).map((_, k) => least + ((most - least) * k) / steps.length);
	const colour = (f) => {
		const id = shapes.regions.ids[f];
		const region = run.regions.find(
			(r) => r.region_id === id || r.basemap_id === id || r.name === shapes.regions.names[f],
		);
		const v = value[nodes.region.names.indexOf(region?.name)];
		return Number.isFinite(v)
			? steps[Math.min(steps.length - 1, Math.floor(((v - least) / (most - least || 1)) * steps.length))]
			: "#e4e4e0";
	};
	return { steps, bounds, colour };
}
