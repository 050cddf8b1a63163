/** The measures that regions can be shaded by, as the page's data declares them. */

import { accountSums, nodeSums, passing, sums } from "./query.js";
import { begun, percent, two } from "./words.js";

/** Regions that differ by less than this share of the largest are told in words, not in shades. */
const SPREAD = 0.25;
const BY_COUNTY = ".county";

/**
 * What a map can be shaded by: each measure by region, and by county where their outlines are known.
 * @param {Record<string, any>} measures @param {any} counties
 */
export function shades(measures, counties) {
	const names = counties ? counties.names : [];
	// two counties of one name could not be told apart
	const told = names.length > 1 && new Set(names).size === names.length;
	const more = Object.entries(measures).map(([name, about]) => [name + BY_COUNTY, { ...about, county: true }]);
	return { ...measures, ...Object.fromEntries(told ? more : []) };
}

/** What a measure is called. @param {(key: string) => string} t @param {string} name */
export function measureName(t, name) {
	const plain = name.replace(BY_COUNTY, "");
	return t("measure." + (plain || "none")) + (plain === name ? "" : t("measure.county"));
}

/**
 * Values and colours of the regions' measure.
 * @param {App} app
 * @returns {Measured|null} null where nothing is known of any region
 */
export function measureOf(app) {
	const { run, state, shapes, style, t } = app;
	const { measure, from, to, filter } = state;
	const about = app.measures[measure];
	if (!about || !shapes.regions) return null;
	const { nodes } = run;
	const areas = about.county ? nodes.county : nodes.region;
	/** Numbers of the nodes, summed over the nodes of each region or county. @param {ArrayLike<number|null>} values */
	const byRegion = (values) => {
		const out = new Float64Array(areas.names.length);
		for (let i = 0; i < values.length; i++) out[areas.of[i]] += values[i] || 0;
		return out;
	};
	const months = to - from + 1;
	const account = (/** @type {string} */ name) => accountSums(run, name, from, to);
	/** What a measure divides, or divides by. @param {string} what */
	const part = (what) => {
		if (what === "heads") return nodes.population.map((v) => ((v || 0) * months) / 1000);
		if (what === "workers") return nodes.workers.map((w, i) => (nodes.what(i) === "enterprise" ? w || 1 : 0));
		if (what in run.accounts.columns) return account(what);
		// a share of what was handed over, also while the map shows only what goes back
		const all = sums(run, passing(run, { ...filter, kind: new Set() }), from, to);
		return nodeSums(run, all, from, to, null)[what];
	};
	const weights = part(about.over);
	const rate = (/** @type {number} */ v) => (about.lost ? Math.max(0, 1 - v / months) : v / months);
	const top = about.rate ? account(about.of).map((v, i) => weights[i] && weights[i] * rate(v)) : part(about.of);
	const [above, below] = [top, weights].map(byRegion);
	const value = above.map((v, i) => (below[i] > 0 && areas.names[i] ? v / below[i] : NaN));
	const known = [...value].filter(Number.isFinite);
	if (!known.length) return null;
	const [least, most] = [Math.min(...known), Math.max(...known)];
	const said = about.over === "heads" ? two : percent;
	const differ = most > 0 && most - least >= SPREAD * most;
	if (!differ) {
		const [low, high] = [said(least), said(most)];
		return {
			steps: [],
			bounds: [],
			colour: () => null,
			said,
			even: t(low === high ? "measure.same" : "measure.even", { what: begun(measureName(t, measure)), low, high }),
		};
	}
	// a shade is an amount: the lightest begins at nothing
	const steps = style.steps;
	// so few percent are told apart by a second figure
	const fine = most < 0.1 && said === percent;
	const bounds = [...steps, ""].map((_, k) => (most * k) / steps.length);
	/** The area that an outline is of. */
	const nameOf = (/** @type {number} */ f) => {
		if (about.county) return shapes.counties?.names[f];
		const id = shapes.regions?.ids[f];
		return run.regions.find((r) => r.region_id === id || r.basemap_id === id || r.name === shapes.regions?.names[f])
			?.name;
	};
	const colour = (/** @type {number} */ f, layer = "regions") => {
		if ((layer === "counties") !== Boolean(about.county)) return null;
		const v = value[areas.names.indexOf(nameOf(f) || "")];
		return Number.isFinite(v) ? steps[Math.min(steps.length - 1, Math.floor((v / most) * steps.length))] : "#e4e4e0";
	};
	return { steps, bounds, colour, said: fine ? (v) => two(v * 100) + "%" : said, even: "" };
}
