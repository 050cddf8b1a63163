/** Sums about one place or one link, for its panel: partners, months, materials, accounts. */

/** Rows of a choice, by kind and direction. @param {any} run @param {any} shown @param {number[]} ids */
export function placeSums(run, shown, ids) {
	const chosen = new Set(ids);
	const { series } = run;
	const sides = { in: new Map(), out: new Map() };
	const materials = new Float64Array(series.material.names.length);
	const mine = new Uint8Array(series.origin.length);
	for (let s = 0; s < series.origin.length; s++) {
		const from = chosen.has(series.origin[s]);
		const to = chosen.has(series.destination[s]);
		if (!from && !to) continue;
		mine[s] = 1;
		const t = shown.result.bySeries[s];
		if (!t) continue;
		materials[series.material.of[s]] += to || !from ? t : 0;
		if (to) add(sides.in, series.kind.of[s], series.origin[s], t);
		if (from) add(sides.out, series.kind.of[s], series.destination[s], t);
	}
	if (!materials.some((v) => v > 0)) {
		for (let s = 0; s < mine.length; s++) if (mine[s]) materials[series.material.of[s]] += shown.result.bySeries[s];
	}
	return { in: ordered(sides.in), out: ordered(sides.out), materials, months: monthsOf(run, shown, mine), accounts: accountsOf(run, shown, chosen) };
}

function add(side, kind, partner, t) {
	if (!side.has(kind)) side.set(kind, { kind, t: 0, partners: new Map() });
	const entry = side.get(kind);
	entry.t += t;
	entry.partners.set(partner, (entry.partners.get(partner) || 0) + t);
}

function largest(map) {
	return [...map].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

function ordered(side) {
	return [...side.values()].sort((a, b) => a.kind - b.kind).map((g) => ({ ...g, partners: largest(g.partners) }));
}

function monthsOf(run, shown, mine) {
	const out = run.series.kind.names.map(() => new Float64Array(run.nPeriods));
	for (let i = 0; i < run.rows.t.length; i++) {
		const s = run.rows.series[i];
		if (mine[s] && shown.result.kept[s]) out[run.series.kind.of[s]][run.rows.period[i]] += run.rows.t[i];
	}
	return out;
}

/** Sums of tonnes, means of rates over enterprises and months, marks as they stand in the last month. */
function accountsOf(run, shown, chosen) {
	const { node, period, columns } = run.accounts;
	const { from, to } = shown.state;
	const out = { quota_t: 0, credited_t: 0, books_only_t: 0, shortfall_t: 0, intercepted_t: 0, detection: 0, output_index: 0, marks: 0, expelled: 0, detained: 0, enterprises: 0 };
	let rows = 0;
	let enterpriseRows = 0;
	for (let i = 0; i < node.length; i++) {
		if (!chosen.has(node[i]) || period[i] < from || period[i] > to) continue;
		rows++;
		for (const name of ["quota_t", "credited_t", "books_only_t", "shortfall_t", "intercepted_t"]) out[name] += columns[name] ? columns[name][i] : 0;
		if (run.nodes.what(node[i]) !== "enterprise") continue;
		enterpriseRows++;
		for (const name of ["detection", "output_index"]) out[name] += columns[name] ? columns[name][i] : 0;
		if (period[i] === to) {
			out.enterprises++;
			for (const name of ["marks", "expelled", "detained"]) out[name] += columns[name] ? columns[name][i] : 0;
		}
	}
	out.detection /= enterpriseRows || 1;
	out.output_index /= enterpriseRows || 1;
	return rows ? out : null;
}

/** Whose tonnes pass a link, by direction. */
export function linkSums(run, shown, paths, link) {
	const { series } = run;
	const sides = [{ t: 0, origins: new Map(), destinations: new Map() }, { t: 0, origins: new Map(), destinations: new Map() }];
	const materials = new Float64Array(series.material.names.length);
	const mine = new Uint8Array(series.origin.length);
	for (let s = 0; s < series.origin.length; s++) {
		const path = series.path[s];
		if (path < 0 || !paths.has(path)) continue;
		mine[s] = 1;
		const t = shown.result.bySeries[s];
		if (!t) continue;
		materials[series.material.of[s]] += t;
		for (let k = run.paths.start[path]; k < run.paths.start[path + 1]; k++) {
			if (run.paths.link[k] >> 1 !== link) continue;
			const side = sides[run.paths.link[k] & 1];
			side.t += t;
			side.origins.set(series.origin[s], (side.origins.get(series.origin[s]) || 0) + t);
			side.destinations.set(series.destination[s], (side.destinations.get(series.destination[s]) || 0) + t);
		}
	}
	let price = 0;
	let bound = 0;
	for (let i = 0; i < run.loads.link.length; i++) {
		if (run.loads.link[i] !== link) continue;
		price = Math.max(price, run.loads.shadow_price[i]);
		bound++;
	}
	const [forward, backward] = sides.map((side) => ({ t: side.t, origins: largest(side.origins), destinations: largest(side.destinations) }));
	return { forward, backward, materials, months: monthsOf(run, shown, mine), price, bound };
}
