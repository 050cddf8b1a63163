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
    const kind = nodes.kinds[nodes.kind[i]];
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

/**
 * The groups to draw: a group is split when its parts, drawn to scale, do not stand in each other's way.
 * @param {any[]} groups @param {(group: any) => number} radius pixels @param {number} scale world to pixels
 * @param {string[]} [always] levels that are split even where it is crowded
 */
export function plan(groups, radius, scale, always = []) {
  const out = [];
  for (const group of groups) {
    if (group.parts.length === 0) {
      out.push(group);
    } else if (group.parts.length === 1 || always.includes(group.level) || !crowded(group.parts, radius, scale)) {
      out.push(...plan(group.parts, radius, scale, always));
    } else {
      out.push(group);
    }
  }
  return out;
}

/** Would more than a fifth of the parts that count be hidden by larger ones? */
function crowded(parts, radius, scale) {
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
  return hidden > 0.2 * discs.length;
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
