/** The run as typed arrays, and sums over what the filters and the months select. */

import { lazy, running, total, unpack, unpackDegrees, unpacked } from "./unpack.js";
import { boxes, worldX, worldY, worldLines } from "./geometry.js";

/** The filters that are sets of names. */
export const SETS = ["kind", "material", "via", "mill", "region", "sector", "basis", "grade"];

/**
 * Unpack the page's data.
 * @param {any} data
 */
export function readRun(data) {
	const nodes = readNodes(data.nodes);
	const links = readLinks(data.links);
	const series = unpacked(data.series);
	const paths = { start: running(unpack(data.paths.n)), link: unpack(data.paths.link) };
	const accounts = Object.assign(unpacked(data.accounts), { columns: unpacked(data.accounts.columns) });
	// a series begins where a one stands; all months together are known without the rows, and the first sight need not wait
	const rows = lazy(unpacked(data.rows), "series", () =>
		running(unpack(data.rows.series))
			.map((s) => s - 1)
			.subarray(1),
	);
	return Object.assign(unpacked(data), {
		nodes,
		links,
		series,
		rows,
		paths,
		accounts,
		stocks: unpacked(data.stocks),
		intake: unpacked(data.intake),
		loads: unpacked(data.loads),
		// whether there are claims, more than the two letters of an empty list, is known before they are unpacked
		claimed: data.claims.n > 2,
		nPeriods: data.periods.length,
		role: roles(data.kinds),
	});
}

/**
 * What the kinds of a run do, as their numbers: the script names no kind.
 * @param {Kind[]} kinds
 * @returns {Roles}
 */
export function roles(kinds) {
	const numbers = (/** @type {(kind: Kind) => boolean} */ test) =>
		kinds.map((kind, i) => (test(kind) ? i : -1)).filter((i) => i >= 0);
	const traced = (/** @type {string} */ name) => numbers((kind) => kind.tracing === name);
	return {
		bring: traced("bring"),
		back: traced("take_back"),
		taken: traced("store"),
		deliver: traced("deliver"),
		mills: numbers((kind) => kind.tracing === "deliver" && kind.ends === "mill"),
		rail: numbers((kind) => kind.mover === "train"),
		local: numbers((kind) => kind.mover !== "train" && kind.ends !== "outside"),
	};
}

/** Sum of some columns, element by element. @param {Float64Array[]} columns @param {number[]} which @param {number} n @returns {Float64Array} */
export function together(columns, which, n) {
	if (which.length === 1) return columns[which[0]];
	const out = new Float64Array(n);
	for (const k of which) for (let i = 0; i < n; i++) out[i] += columns[k][i];
	return out;
}

function readNodes(data) {
	const lon = unpackDegrees(data.x);
	const lat = unpackDegrees(data.y);
	const places = { n: data.kind.n, lon, lat, wx: lon.map(worldX), wy: lat.map(worldY) };
	const nodes = Object.assign(unpacked(data), places);
	nodes.what = (/** @type {number} */ i) => nodes.kinds[nodes.kind[i]];
	return lazy(nodes, "index", () => numbered(nodes.id));
}

function readLinks(data) {
	const links = Object.assign(unpacked(data), { n: data.mode.n });
	links.rail = links.mode.map((m) => (["rail", "transshipment"].includes(links.modes[m]) ? 1 : 0));
	const { n, x, y } = data.shape;
	const lines = worldLines(unpack(n), unpackDegrees(x), unpackDegrees(y));
	Object.assign(links, lines, { box: boxes(lines) });
	return lazy(links, "index", () => numbered(links.id));
}

const numbered = (ids) => new Map(ids.map((id, /** @type {number} */ i) => [id, i]));

/**
 * @typedef {object} Filter sets of names; an empty one lets everything pass
 * @property {Set<string>} kind @property {Set<string>} material @property {Set<string>} via
 * @property {Set<string>} mill @property {Set<string>} region @property {Set<string>} sector
 * @property {Set<string>} basis @property {Set<string>} grade @property {number} top
 */

/** Add to what a map holds. @param {Map<any, number>} map @param {any} key @param {number} t */
export function addTo(map, key, t) {
	map.set(key, (map.get(key) || 0) + t);
}

/** What a row has of a column of names. @param {any} column @param {number} i @returns {string} */
export function named(column, i) {
	return column.names[column.of[i]];
}

/** @returns {Filter} */
export function noFilter() {
	const sets = Object.fromEntries(SETS.map((name) => [name, new Set()]));
	return /** @type {any} */ ({ ...sets, top: 0 });
}

/**
 * Which series pass the filters, 1 or 0. Region and sector are those of the origin; a mill concerns only what is shipped.
 * @param {Run} run @param {Filter} filter
 */
export function passing(run, filter) {
	const { series, nodes } = run;
	const n = series.origin.length;
	const pass = new Uint8Array(n).fill(1);
	for (const name of SETS) {
		const wanted = filter[name];
		if (!wanted.size) continue;
		const column = series[name] || nodes[name];
		const ok = column?.names.map((/** @type {string} */ label) => wanted.has(label));
		for (let s = 0; s < n; s++) {
			if (
				name === "mill"
					? run.role.mills.includes(series.kind.of[s]) && !wanted.has(nodes.id[series.destination[s]])
					: !ok[column.of[series[name] ? s : series.origin[s]]]
			)
				pass[s] = 0;
		}
	}
	return pass;
}

/**
 * Sum the rows that pass over a range of months.
 * @param {Run} run @param {Uint8Array} pass @param {number} from first period @param {number} to last period, inclusive
 * @param {number} [top] keep only so many of the largest pairs of origin and destination
 */
export function sums(run, pass, from, to, top = 0) {
	const { rows, series } = run;
	const bySeries = new Float64Array(series.origin.length);
	if (from === 0 && to === run.nPeriods - 1) {
		for (let s = 0; s < bySeries.length; s++) bySeries[s] = pass[s] * rows.sums[s];
	} else {
		const { series: of, period, t } = rows;
		for (let i = 0; i < t.length; i++) if (period[i] >= from && period[i] <= to && pass[of[i]]) bySeries[of[i]] += t[i];
	}
	const all = total(bySeries);
	const pairs = new Map();
	let kept = pass;
	if (top) {
		const keyOf = (s) => series.kind.of[s] + "|" + series.origin[s] + "|" + series.destination[s];
		bySeries.forEach((t, s) => t && addTo(pairs, keyOf(s), t));
		const chosen = new Set(
			[...pairs.keys()].sort((a, b) => pairs.get(b) - pairs.get(a) || (a < b ? -1 : 1)).slice(0, top),
		);
		kept = pass.map((p, s) => (p && chosen.has(keyOf(s)) ? 1 : 0));
		kept.forEach((k, s) => (bySeries[s] *= k));
	}
	const byKind = new Float64Array(series.kind.names.length);
	if (top || pass.includes(0)) for (let s = 0; s < bySeries.length; s++) byKind[series.kind.of[s]] += bySeries[s];
	// what is told first is exact: the sums of the months have all their digits
	else
		byKind.forEach(
			(_, k) => (byKind[k] = total(rows.months.subarray(k * run.nPeriods + from, k * run.nPeriods + to + 1))),
		);
	return {
		bySeries,
		byKind,
		kept,
		pairCount: pairs.size,
		shownShare: all > 0 ? total(bySeries) / all : 1,
		months: to - from + 1,
	};
}

/** Tonnes of each kind in each month of what passes: [kind][period]. */
export function monthly(/** @type {Run} */ run, pass) {
	const {
		rows,
		series: { kind },
		nPeriods: n,
	} = run;
	if (!pass.includes(0)) return kind.names.map((_, k) => rows.months.subarray(k * n, (k + 1) * n));
	const out = kind.names.map(() => new Float64Array(n));
	const { series: of, period, t } = rows;
	for (let i = 0; i < t.length; i++) if (pass[of[i]]) out[kind.of[of[i]]][period[i]] += t[i];
	return out;
}

/**
 * Tonnes on every link in both directions, summed along the paths of what is shipped.
 * @param {Run} run @param {Float64Array} bySeries
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
 * What each node did in the months, a sum of each kind sent and got, and what yards held by material: the mean over
 * the months of what lay there at their end, or, where a stock cannot be told apart, what came in.
 * @param {Run} run @param {Sums} result @param {number} from @param {number} to
 * @param {ArrayLike<number>|null} materialPasses which materials of the stocks pass; null: what came in instead
 * @returns {NodeSums}
 */
export function nodeSums(run, result, from, to, materialPasses) {
	const { series, nodes, stocks, role } = run;
	const materials = series.material.names.length;
	const columns = () => series.kind.names.map(() => new Float64Array(nodes.n));
	const [sent, got] = [columns(), columns()];
	const held = new Float64Array(nodes.n * materials);
	const guessed = new Float64Array(nodes.n);
	const guess = nodes.basis?.names.indexOf("assumed") ?? -1;
	const arriving = new Set([...role.mills, ...(materialPasses ? [] : role.bring)]);
	for (let s = 0; s < result.bySeries.length; s++) {
		const t = result.bySeries[s];
		if (!t) continue;
		const k = series.kind.of[s];
		const [a, b] = [series.origin[s], series.destination[s]];
		if (a >= 0) sent[k][a] += t;
		if (b >= 0) got[k][b] += t;
		if (a >= 0 && guess >= 0 && nodes.basis.of[a] === guess && role.bring.includes(k)) {
			guessed[a] += t;
			if (b >= 0) guessed[b] += t;
		}
		if (b >= 0 && arriving.has(k)) held[b * materials + series.material.of[s]] += t / result.months;
	}
	if (materialPasses) {
		for (let i = 0; i < stocks.node.length; i++) {
			if (stocks.period[i] < from || stocks.period[i] > to || !materialPasses[stocks.material[i]]) continue;
			held[stocks.node[i] * materials + stocks.material[i]] += stocks.closing_t[i] / result.months;
		}
	}
	const of = (/** @type {Float64Array[]} */ side, /** @type {number[]} */ which) => together(side, which, nodes.n);
	return {
		sent,
		got,
		held,
		guessed,
		materials,
		brought: of(sent, role.bring),
		arrived: of(got, role.bring),
		returned: of(sent, role.back),
		regained: of(got, role.back),
		robbed: of(sent, role.taken),
		received: of(got, role.mills),
		stays: of(got, role.mills),
	};
}

/** What the yards together held at the end of a month. @param {Run} run @param {number} period @returns {number} */
export function heldAt({ stocks }, period) {
	return stocks.closing_t.reduce(
		(/** @type {number} */ sum, /** @type {number} */ t, /** @type {number} */ i) =>
			sum + (stocks.period[i] === period ? t : 0),
		0,
	);
}

/** What mills would take in some months, in t, all together and whether all of it is assumed. @param {Run} run @param {number} from @param {number} to */
export function intakeOf({ intake, nPeriods }, from, to) {
	/** @type {Map<number, number>} */
	const byMill = new Map();
	intake.node.forEach((node, k) => {
		for (let p = from; p <= to; p++) addTo(byMill, node, intake.t[k * nPeriods + p]);
	});
	return { byMill, all: total([...byMill.values()]), assumed: intake.node.length > 0 && intake.assumed.every(Boolean) };
}

/** Sum a column of the accounts over a range of months, per node. */
export function accountSums(/** @type {Run} */ run, /** @type {string} */ name, from, to) {
	const out = new Float64Array(run.nodes.n);
	const { node, period, columns } = run.accounts;
	const values = columns[name];
	if (!values) return out;
	for (let i = 0; i < node.length; i++) if (period[i] >= from && period[i] <= to) out[node[i]] += values[i];
	return out;
}
