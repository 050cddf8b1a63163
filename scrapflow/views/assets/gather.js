/** Places gathered for a zoom: single points, counties or regions, split as soon as their signs have room. */

/**
 * Places as gathered in Python: nodes by the point they stand on, points by county, counties by region.
 * @param {any} nodes @param {any[]} tree of `[region, [[county, [[node, …], …]], …]]`
 */
export function hierarchy(nodes, tree) {
	return tree.map(([region, counties]) => {
		const parts = counties.map(([sub, points]) => {
			const spots = points.map((ids) => {
				const yard = ids.find((/** @type {number} */ i) => nodes.what(i) === "yard");
				const at = yard ?? ids[0];
				return { nodes: ids, wx: nodes.wx[at], wy: nodes.wy[at], yard: yard !== undefined };
			});
			return centre({
				level: "county",
				region,
				sub,
				spots,
				parts: spots.map((spot) => centre({ level: "spot", region, sub, spots: [spot] })),
			});
		});
		return centre({ level: "region", region, spots: parts.flatMap((part) => part.spots), parts });
	});
}

/** A group with all its nodes, whether a yard is among them, and where its sign stands. */
function centre(group) {
	const yards = group.spots.filter((s) => s.yard);
	const chosen = yards.length ? yards : group.spots;
	group.nodes = group.spots.flatMap((s) => s.nodes);
	group.yard = yards.length > 0;
	for (const along of ["wx", "wy"]) group[along] = chosen.reduce((sum, s) => sum + s[along], 0) / chosen.length;
	return group;
}

export const LEVELS = ["region", "county", "spot"];

/** Whether there is so little room that signs are smaller and only the largest is told: 1 or 0; a drawing is a quarter larger than its map. */
export function isCompact(/** @type {{width: number, height: number}} */ { width, height }) {
	return width < 720 || height < 480 ? 1 : 0;
}

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
		if (!crowded(groups, radiusAt(groups), scale, 0.12)) return { level: LEVELS[level], groups };
	}
	return { level: LEVELS[least], groups: atLevel(regions, LEVELS[least]) };
}

/**
 * Whether a share of the signs or more are covered by a larger one for the greater part.
 * @param {any[]} parts @param {(group: any) => number} radius pixels @param {number} scale world to pixels @param {number} share
 */
export function crowded(parts, radius, scale, share) {
	const discs = parts
		.map((p) => ({ x: p.wx * scale, y: p.wy * scale, r: Math.max(2, radius(p)) }))
		.sort((a, b) => b.r - a.r);
	let free = discs.length;
	for (let i = 0; i < discs.length && free > discs.length * (1 - share); i++) {
		const a = discs[i];
		let k = 0;
		while (k < i && (a.x - discs[k].x) ** 2 + (a.y - discs[k].y) ** 2 >= (0.85 * (a.r + discs[k].r)) ** 2) k++;
		if (k < i) free--;
	}
	return discs.length > 0 && free <= discs.length * (1 - share);
}

/**
 * Push gathered signs, whose place is only a middle, off each other and off what is fixed; single places never move.
 * @param {{x: number, y: number, r: number, free: boolean}[]} discs pixels
 * @param {{x: number, y: number, r: number, free?: boolean}[]} fixed
 * @returns {number[][]} shifts in pixels
 */
export function makeRoom(discs, fixed) {
	const moved = discs.map((d) => ({ ...d }));
	const all = [...fixed, ...moved];
	let busy = discs.length <= 400;
	for (let round = 0; round < 40 && busy; round++) {
		busy = false;
		moved.forEach((disc, i) => {
			if (!disc.free) return;
			for (const other of all) {
				const dx = disc.x - other.x;
				const dy = disc.y - other.y;
				const near = Math.max(0, disc.r + other.r - 0.5);
				const apart = Math.sqrt(dx * dx + dy * dy);
				if (apart >= near || other === disc) continue;
				const step = ((near + 0.5 - apart) * (other.free ? 0.5 : 1)) / (apart || 1);
				disc.x += (apart ? dx : -1) * step;
				disc.y += dy * step;
				busy = true;
			}
			const { x, y } = discs[i];
			const far = Math.max(1, Math.hypot(disc.x - x, disc.y - y) / 60);
			Object.assign(disc, { x: x + (disc.x - x) / far, y: y + (disc.y - y) / far });
		});
	}
	return moved.map((d, i) => [d.x - discs[i].x, d.y - discs[i].y]);
}
