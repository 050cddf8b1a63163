/** Sums about one place or one link, for its panel: partners, months, materials, accounts. */

import { addTo, monthly } from "./query.js";
import { total } from "./unpack.js";

/** Rows of a choice, by kind and direction. @param {any} run @param {any} shown @param {number[]} ids */
export function placeSums(run, shown, ids) {
	const chosen = new Set(ids);
	const { series } = run;
	const sides = { in: new Map(), out: new Map() };
	const [brought, sent] = [0, 1].map(() => new Float64Array(series.material.names.length));
	const mine = series.origin.map((a, s) => (chosen.has(a) || chosen.has(series.destination[s]) ? 1 : 0));
	shown.result.bySeries.forEach((t, s) => {
		if (!t || !mine[s]) return;
		const [a, b] = [series.origin[s], series.destination[s]];
		(chosen.has(b) ? brought : sent)[series.material.of[s]] += t;
		if (chosen.has(b)) add(sides.in, series.kind.of[s], a, t);
		if (chosen.has(a)) add(sides.out, series.kind.of[s], b, t);
	});
	const side = total(brought) < total(sent) ? "out" : "in";
	return {
		in: ordered(sides.in),
		out: ordered(sides.out),
		side,
		materials: side === "in" ? brought : sent,
		months: monthsOf(run, shown, mine),
		accounts: accountsOf(run, shown, chosen),
	};
}

function add(side, kind, partner, t) {
	if (!side.has(kind)) side.set(kind, { kind, t: 0, partners: new Map() });
	const entry = side.get(kind);
	entry.t += t;
	addTo(entry.partners, partner, t);
}

function largest(map) {
	return [...map].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

function ordered(side) {
	return [...side.values()].sort((a, b) => a.kind - b.kind).map((g) => ({ ...g, partners: largest(g.partners) }));
}

const monthsOf = (run, shown, mine) =>
	monthly(
		run,
		mine.map((m, s) => m & shown.result.kept[s]),
	);

const TONNES = ["quota_t", "credited_t", "books_only_t", "shortfall_t", "intercepted_t"];
const RATES = ["detection", "output_index"];
const STANDING = ["marks", "expelled", "detained"];

/** Sums of tonnes, means of rates over enterprises and months, marks as they stand in the last month. */
function accountsOf(run, shown, chosen) {
	const { node, period, columns } = run.accounts;
	const { from, to } = shown.state;
	const out = Object.fromEntries([...TONNES, ...RATES, ...STANDING, "enterprises"].map((name) => [name, 0]));
	let rows = 0;
	let rated = 0;
	for (let i = 0; i < node.length; i++) {
		if (!chosen.has(node[i]) || period[i] < from || period[i] > to) continue;
		const add = (names) => names.forEach((name) => (out[name] += columns[name]?.[i] || 0));
		rows++;
		add(TONNES);
		if (run.nodes.what(node[i]) !== "enterprise") continue;
		rated++;
		add(RATES);
		if (period[i] !== to) continue;
		out.enterprises++;
		add(STANDING);
	}
	for (const name of RATES) out[name] /= rated || 1;
	return rows ? out : null;
}

/** Whose tonnes pass a link, by direction. */
export function linkSums(run, shown, paths, link) {
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
		price: Math.max(0, ...prices),
		bound: prices.length,
	};
}
