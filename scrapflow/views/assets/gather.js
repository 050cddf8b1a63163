/** Places gathered for a zoom: single points, counties or regions, split as soon as their signs have room. */

/**
 * @typedef {object} Spot one point of the map and all that stands on it
 * @property {number[]} nodes @property {number} wx @property {number} wy @property {boolean} yard
 */

/**
 * Nodes by the point they stand on, the points by county, the counties by region. Mills stand by themselves.
 * @param {any} nodes
 */
export function hierarchy(nodes) {
	const spots = new Map();
	for (let i = 0; i < nodes.n; i++) {
		const kind = nodes.what(i);
		if (!nodes.placed[i] || kind === "mill" || kind === "outside" || kind === "station") continue;
		const key = Math.round(nodes.lon[i] * 2e3) + "," + Math.round(nodes.lat[i] * 2e3);
		let spot = spots.get(key);
		if (!spot) spots.set(key, (spot = { nodes: [], wx: nodes.wx[i], wy: nodes.wy[i], yard: false, region: 0, sub: "" }));
		spot.nodes.push(i);
		if (kind === "yard") {
			spot.yard = true;
			[spot.wx, spot.wy] = [nodes.wx[i], nodes.wy[i]];
		}
		if (!spot.region || kind === "yard") spot.region = nodes.region.of[i];
		if (!spot.sub || kind === "community") spot.sub = nodes.subregion.names[nodes.subregion.of[i]] || spot.sub;
	}
	const regions = new Map();
	for (const [key, spot] of spots) {
		if (!regions.has(spot.region)) regions.set(spot.region, { level: "region", region: spot.region, subs: new Map(), spots: [] });
		const region = regions.get(spot.region);
		const sub = spot.sub || "@" + key;
		if (!region.subs.has(sub)) region.subs.set(sub, { level: "county", region: spot.region, sub: spot.sub, spots: [] });
		region.subs.get(sub).spots.push(spot);
		region.spots.push(spot);
	}
	const out = [];
	for (const region of regions.values()) {
		centre(region);
		region.parts = [...region.subs.values()];
		for (const county of region.parts) {
			centre(county);
			county.parts = county.spots.map((spot) => ({ level: "spot", region: spot.region, sub: spot.sub, spots: [spot], wx: spot.wx, wy: spot.wy, parts: [] }));
		}
		out.push(region);
	}
	return out;
}

function centre(group) {
	const chosen = group.spots.some((s) => s.yard) ? group.spots.filter((s) => s.yard) : group.spots;
	group.wx = chosen.reduce((sum, s) => sum + s.wx, 0) / chosen.length;
	group.wy = chosen.reduce((sum, s) => sum + s.wy, 0) / chosen.length;
}

/** All nodes of a group. */
export function members(group) {
	return group.spots.flatMap((s) => s.nodes);
}

export const LEVELS = ["region", "county", "spot"];

/** The groups of one level. @param {any[]} regions @param {string} level */
export function atLevel(regions, level) {
	if (level === "region") return regions;
	const counties = regions.flatMap((r) => r.parts);
	return level === "county" ? counties : counties.flatMap((c) => c.parts);
}

/**
 * The groups to draw: the finest level at which signs, drawn to scale, leave each other room, one level for the whole
 * map; so many zoom steps further in, regions and then counties are split in any case.
 * @param {any[]} regions @param {(groups: any[]) => (group: any) => number} radiusAt radius in pixels, of a level's groups
 * @param {number} scale world to pixels @param {number} closer zoom steps beyond the one that shows all
 */
export function plan(regions, radiusAt, scale, closer) {
	const least = closer >= 2.25 ? 2 : closer >= 1 ? 1 : 0;
	for (let level = 2; level > least; level--) {
		const groups = atLevel(regions, LEVELS[level]);
		if (hiddenShare(groups, radiusAt(groups), scale) < 0.12) return { level: LEVELS[level], groups };
	}
	return { level: LEVELS[least], groups: atLevel(regions, LEVELS[least]) };
}

/**
 * Share of the signs that a larger one covers for the greater part.
 * @param {any[]} parts @param {(group: any) => number} radius pixels @param {number} scale world to pixels
 */
export function hiddenShare(parts, radius, scale) {
	const discs = parts.map((p) => ({ x: p.wx * scale, y: p.wy * scale, r: Math.max(2, radius(p)) })).sort((a, b) => b.r - a.r);
	let hidden = 0;
	for (let i = 1; i < discs.length; i++) {
		for (let j = 0; j < i; j++) {
			const reach = 0.85 * (discs[i].r + discs[j].r);
			const dx = discs[i].x - discs[j].x;
			const dy = discs[i].y - discs[j].y;
			if (dx * dx + dy * dy < reach * reach) {
				hidden++;
				break;
			}
		}
	}
	return discs.length ? hidden / discs.length : 0;
}

/**
 * Push gathered signs, whose place is only a middle, off each other and off what is fixed; single places never move.
 * @param {{x: number, y: number, r: number, free: boolean}[]} discs pixels
 * @param {{x: number, y: number, r: number}[]} fixed
 * @returns {[number, number][]} shifts in pixels
 */
export function makeRoom(discs, fixed) {
	const shift = discs.map(() => [0, 0]);
	if (discs.length > 400) return shift;
	for (let round = 0; round < 40; round++) {
		let moved = false;
		for (let i = 0; i < discs.length; i++) {
			if (!discs[i].free) continue;
			for (const j of [...fixed.keys()].map((k) => -1 - k).concat([...discs.keys()])) {
				if (j === i) continue;
				const other = j < 0 ? fixed[-1 - j] : discs[j];
				const [ox, oy] = j < 0 ? [0, 0] : shift[j];
				const dx = discs[i].x + shift[i][0] - other.x - ox;
				const dy = discs[i].y + shift[i][1] - other.y - oy;
				const apart = Math.hypot(dx, dy);
				const lack = discs[i].r + other.r - apart;
				if (lack <= 0.5) continue;
				const [ux, uy] = apart > 0.01 ? [dx / apart, dy / apart] : [-1, 0];
				const step = lack * (j >= 0 && discs[j].free ? 0.5 : 1);
				shift[i][0] += ux * step;
				shift[i][1] += uy * step;
				moved = true;
			}
			const far = Math.hypot(...shift[i]);
			if (far > 60) shift[i] = shift[i].map((v) => (v * 60) / far);
		}
		if (!moved) break;
	}
	return shift;
}
