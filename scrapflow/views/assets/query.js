/** The run as typed arrays, and sums over what the filters and the months select. */

import { unpack, unpackDegrees, unpackNames } from "./unpack.js";
import { worldX, worldY, worldLines } from "./geometry.js";

export const CARTED = 0;
export const RETURNED = 1;
export const LOOTED = 2;
export const SHIPPED = 3;
export const LEAKED = 4;

/**
 * Unpack the page's data.
 * @param {any} data
 */
export function readRun(data) {
	const nodes = readNodes(data.nodes);
	const links = readLinks(data.links);
	const series = {};
	for (const name of ["kind", "material", "via", "basis", "grade"]) series[name] = unpackNames(data.series[name]);
	for (const name of ["origin", "destination", "path"]) series[name] = unpack(data.series[name]);
	const starts = unpack(data.rows.series);
	const of = new Int32Array(starts.length);
	for (let i = 0, s = -1; i < starts.length; i++) of[i] = s += starts[i];
	const rows = { series: of, period: unpack(data.rows.period), t: unpack(data.rows.t) };
	const counts = unpack(data.paths.n);
	const paths = { start: running(counts), link: unpack(data.paths.link) };
	const columns = {};
	for (const [name, packed] of Object.entries(data.accounts.columns)) whenAsked(columns, name, () => unpack(packed));
	const accounts = { node: unpack(data.accounts.node), period: unpack(data.accounts.period), columns };
	const stocks = {};
	for (const name of ["node", "period", "material", "opening_t"]) stocks[name] = unpack(data.stocks[name]);
	const loads = {};
	for (const name of ["link", "period", "shadow_price"]) loads[name] = unpack(data.loads[name]);
	return { ...data, nodes, links, series, rows, paths, accounts, stocks, loads, od: numberPairs(series), nPeriods: data.periods.length };
}

/** A value that is made on first use: opening the page need not wait for what no one has asked for. */
function whenAsked(target, name, make) {
	Object.defineProperty(target, name, {
		configurable: true,
		enumerable: true,
		get() {
			const value = make();
			Object.defineProperty(target, name, { value, enumerable: true });
			return value;
		},
	});
}

function running(counts) {
	const start = new Int32Array(counts.length + 1);
	for (let i = 0; i < counts.length; i++) start[i + 1] = start[i] + counts[i];
	return start;
}

function readNodes(data) {
	const lon = unpackDegrees(data.x);
	const lat = unpackDegrees(data.y);
	const n = data.id.length;
	const nodes = { ...data, n, lon, lat, kind: unpack(data.kind), placed: unpack(data.placed) };
	nodes.wx = Float64Array.from(lon, worldX);
	nodes.wy = Float64Array.from(lat, worldY);
	for (const name of ["region", "region_id", "sector", "subregion", "coordinate_method", "basis", "grade", "source_id"]) {
		nodes[name] = unpackNames(data[name]);
	}
	nodes.what = (i) => nodes.kinds[nodes.kind[i]];
	nodes.index = new Map(data.id.map((id, i) => [id, i]));
	return nodes;
}

function readLinks(data) {
	const links = { ...data, n: data.id.length, from: unpack(data.from), to: unpack(data.to), mode: unpack(data.mode) };
	links.rail = links.mode.map((m) => (["rail", "transshipment"].includes(links.modes[m]) ? 1 : 0));
	links.line = unpackNames(data.line);
	links.length_basis = unpackNames(data.length_basis);
	const counts = unpack(data.shape.n);
	Object.assign(links, worldLines(counts, unpackDegrees(data.shape.x), unpackDegrees(data.shape.y)));
	links.index = new Map(data.id.map((id, i) => [id, i]));
	return links;
}

/** Number the pairs (kind, origin, destination) of the series: what "the largest N" counts. */
function numberPairs(series) {
	const n = series.origin.length;
	const of = new Int32Array(n);
	const table = new Map();
	for (let s = 0; s < n; s++) {
		const key = series.kind.of[s] + "|" + series.origin[s] + "|" + series.destination[s];
		if (!table.has(key)) table.set(key, table.size);
		of[s] = table.get(key);
	}
	return { of, n: table.size };
}

/**
 * @typedef {object} Filter sets of names; an empty one lets everything pass
 * @property {Set<string>} kind @property {Set<string>} material @property {Set<string>} via
 * @property {Set<string>} mill @property {Set<string>} region @property {Set<string>} sector
 * @property {Set<string>} basis @property {Set<string>} grade @property {number} top
 */

/** @returns {Filter} */
export function noFilter() {
	const none = () => new Set();
	return { kind: none(), material: none(), via: none(), mill: none(), region: none(), sector: none(), basis: none(), grade: none(), top: 0 };
}

/**
 * Which series pass the filters, 1 or 0. Region and sector are those of the origin; a mill concerns only what is shipped.
 * @param {any} run @param {Filter} filter
 */
export function passing(run, filter) {
	const { series, nodes } = run;
	const n = series.origin.length;
	const pass = new Uint8Array(n).fill(1);
	for (const name of ["kind", "material", "via", "basis", "grade"]) {
		const wanted = filter[name];
		if (!wanted.size) continue;
		const ok = series[name].names.map((label) => wanted.has(label));
		for (let s = 0; s < n; s++) if (!ok[series[name].of[s]]) pass[s] = 0;
	}
	for (const name of ["region", "sector"]) {
		const wanted = filter[name];
		if (!wanted.size) continue;
		const ok = nodes[name].names.map((label) => wanted.has(label));
		for (let s = 0; s < n; s++) if (series.origin[s] < 0 || !ok[nodes[name].of[series.origin[s]]]) pass[s] = 0;
	}
	if (filter.mill.size) {
		for (let s = 0; s < n; s++) {
			if (series.kind.of[s] === SHIPPED && !filter.mill.has(nodes.id[series.destination[s]])) pass[s] = 0;
		}
	}
	return pass;
}

/**
 * Sum the rows that pass over a range of months.
 * @param {any} run @param {Uint8Array} pass @param {number} from first period @param {number} to last period, inclusive
 * @param {number} [top] keep only so many of the largest pairs of origin and destination
 */
export function sums(run, pass, from, to, top = 0) {
	const { rows, series } = run;
	const bySeries = new Float64Array(series.origin.length);
	for (let i = 0; i < rows.t.length; i++) {
		const p = rows.period[i];
		if (p >= from && p <= to && pass[rows.series[i]]) bySeries[rows.series[i]] += rows.t[i];
	}
	const pairs = new Float64Array(run.od.n);
	for (let s = 0; s < bySeries.length; s++) pairs[run.od.of[s]] += bySeries[s];
	let pairCount = 0;
	for (const t of pairs) if (t > 0) pairCount++;
	const all = total(bySeries);
	let kept = pass;
	if (top && top < pairCount) {
		const order = Array.from(pairs.keys()).sort((a, b) => pairs[b] - pairs[a] || a - b);
		const chosen = new Uint8Array(pairs.length);
		for (let k = 0; k < top; k++) chosen[order[k]] = 1;
		kept = pass.slice();
		for (let s = 0; s < bySeries.length; s++) {
			if (!chosen[run.od.of[s]]) bySeries[s] = kept[s] = 0;
		}
	}
	const kinds = series.kind.names.length;
	const materials = series.material.names.length;
	const byKind = new Float64Array(kinds);
	const byKindMaterial = Array.from({ length: kinds }, () => new Float64Array(materials));
	for (let s = 0; s < bySeries.length; s++) {
		byKind[series.kind.of[s]] += bySeries[s];
		byKindMaterial[series.kind.of[s]][series.material.of[s]] += bySeries[s];
	}
	return { bySeries, byKind, byKindMaterial, kept, pairCount, shownShare: all > 0 ? total(bySeries) / all : 1, months: to - from + 1 };
}

function total(values) {
	let sum = 0;
	for (let i = 0; i < values.length; i++) sum += values[i];
	return sum;
}

/** Tonnes of each kind in each month of what passes: [kind][period]. */
export function monthly(run, pass) {
	const out = run.series.kind.names.map(() => new Float64Array(run.nPeriods));
	for (let i = 0; i < run.rows.t.length; i++) {
		const s = run.rows.series[i];
		if (pass[s]) out[run.series.kind.of[s]][run.rows.period[i]] += run.rows.t[i];
	}
	return out;
}

/**
 * Tonnes on every link in both directions, summed along the paths of what is shipped.
 * @param {any} run @param {Float64Array} bySeries
 */
export function linkLoads(run, bySeries) {
	const forward = new Float64Array(run.links.n);
	const backward = new Float64Array(run.links.n);
	const { paths, series } = run;
	const byPath = new Float64Array(Math.max(0, paths.start.length - 1));
	for (let s = 0; s < bySeries.length; s++) if (series.path[s] >= 0) byPath[series.path[s]] += bySeries[s];
	for (let p = 0; p < byPath.length; p++) {
		if (!byPath[p]) continue;
		for (let k = paths.start[p]; k < paths.start[p + 1]; k++) {
			const step = paths.link[k];
			(step & 1 ? backward : forward)[step >> 1] += byPath[p];
		}
	}
	return { forward, backward };
}

/**
 * What each node did in the months: brought in, carried back, taken, sent, received, and what yards held by material.
 * Held is opening stock plus what came in, a mean over the months; everything else is a sum.
 */
export function nodeSums(run, result, from, to, materialPasses) {
	const { series, nodes, stocks } = run;
	const materials = series.material.names.length;
	const make = () => new Float64Array(nodes.n);
	const out = { carted: make(), cartedIn: make(), returned: make(), returnedIn: make(), looted: make(), lootedIn: make(), shipped: make(), received: make(), leaked: make() };
	const held = new Float64Array(nodes.n * materials);
	const outOf = [out.carted, out.returned, out.looted, out.shipped, out.leaked];
	const into = [out.cartedIn, out.returnedIn, out.lootedIn, out.received, null];
	for (let s = 0; s < result.bySeries.length; s++) {
		const t = result.bySeries[s];
		if (!t) continue;
		const k = series.kind.of[s];
		const [a, b] = [series.origin[s], series.destination[s]];
		if (a >= 0 && outOf[k]) outOf[k][a] += t;
		if (b >= 0 && into[k]) into[k][b] += t;
		if (b >= 0 && (k === CARTED || k === SHIPPED)) held[b * materials + series.material.of[s]] += t;
	}
	for (let i = 0; i < stocks.node.length; i++) {
		if (stocks.period[i] >= from && stocks.period[i] <= to && materialPasses[stocks.material[i]]) {
			held[stocks.node[i] * materials + stocks.material[i]] += stocks.opening_t[i];
		}
	}
	return { ...out, held, materials };
}

/** Sum a column of the accounts over a range of months, per node. */
export function accountSums(run, name, from, to) {
	const out = new Float64Array(run.nodes.n);
	const { node, period, columns } = run.accounts;
	const values = columns[name];
	if (!values) return out;
	for (let i = 0; i < node.length; i++) if (period[i] >= from && period[i] <= to) out[node[i]] += values[i];
	return out;
}
