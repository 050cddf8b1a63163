/** The third map: what changed, as lines and circles, with the names of the places. */

import { LEVELS, atLevel, isCompact } from "./gather.js";
import { disc, fillIn, flowLine, font, haloText, stroke, trace } from "./paint.js";
import { placeLabels } from "./place_labels.js";

const WIDEST_CHANGE = 16;
export const LARGEST_CHANGE = 24;
/** Share of a line that is hollow where there is less. */
export const HOLLOW = 0.4;
/** Less than this is no change: what is left of sums that are equal. */
const NO_CHANGE = 1e-6;

/**
 * More is red and solid, less is blue and hollow: two hues, and in grey two line styles. (Dashes of short links make no pattern.)
 * @param {any} ctx @param {any} at the view @param {any} about views, style, changes of links, what a group has
 * @returns {{hits: any[], most: number, level: string}} what stands where, and the change of the largest circle
 */
export function drawChange(ctx, at, { views, style, linkChange, groupChanges }) {
	const { run } = views[1];
	const { links } = run;
	const hits = [];
	const mostLink = linkChange.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
	// no wider than the busiest lines are on the maps beside it: short ones were a blob
	const widest = Math.min(WIDEST_CHANGE, views[1].widest(at));
	const order = [...Array(links.n).keys()]
		.filter((l) => links.rail[l] && links.start[l + 1] - links.start[l] > 1)
		.sort((a, b) => Math.abs(linkChange[a]) - Math.abs(linkChange[b]) || a - b);
	for (const l of order) {
		const points = [];
		for (let k = links.start[l]; k < links.start[l + 1]; k++)
			points.push([links.x[k] * at.scale - at.ox, links.y[k] * at.scale - at.oy]);
		if (!points.some(([x, y]) => x > -30 && y > -30 && x < at.width + 30 && y < at.height + 30)) continue;
		const change = linkChange[l];
		const none = Math.abs(change) < NO_CHANGE;
		const width = none ? 1 : Math.max(1.2, (Math.abs(change) / mostLink) * widest);
		const colour = none ? style.rail : change > 0 ? style.more : style.less;
		const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
		const course = flowLine(ctx, xs, ys, width, colour);
		if (change < 0 && !none) {
			trace(ctx, course);
			stroke(ctx, "#ffffff", width * HOLLOW);
		}
		hits.push({ type: "link", link: l, points, t: change });
	}
	const { level, shift, groups: drawn } = views[1].planFor(at, isCompact(at));
	const places = new Map(drawn.map((group, /** @type {number} */ i) => [group, shift[i] || [0, 0]]));
	const groups = groupChanges(LEVELS.includes(level) ? level : LEVELS[0]);
	const most = groups.reduce((a, g) => Math.max(a, Math.abs(g.t)), 0);
	const labels = [];
	for (const { group, t } of groups.sort((a, b) => Math.abs(b.t) - Math.abs(a.t))) {
		if (!most || Math.abs(t) < NO_CHANGE) continue;
		const [dx, dy] = places.get(group) || [0, 0];
		const [x, y] = [group.wx * at.scale - at.ox + dx, group.wy * at.scale - at.oy + dy];
		const r = Math.max(1.5, LARGEST_CHANGE * Math.sqrt(Math.abs(t) / most));
		disc(ctx, x, y, r);
		ctx.globalAlpha = 0.55;
		fillIn(ctx, t > 0 ? style.more : style.less);
		ctx.globalAlpha = 1;
		stroke(ctx, t > 0 ? style.more : style.less, 1.6, t < 0 ? [4, 2] : []);
		hits.push({ type: "group", group, x, y, r, t });
		labels.push({ text: views[1].groupName(group), x, y, r, priority: r, size: 11 });
	}
	const measure = (/** @type {string} */ text, size, bold) => {
		ctx.font = font(size, bold);
		return ctx.measureText(text).width;
	};
	const taken = labels.map(({ x, y, r }) => [x - r * 0.7, y - r * 0.7, x + r * 0.7, y + r * 0.7]);
	for (const label of placeLabels(labels.slice(0, 400), measure, at.inner, taken)) haloText(ctx, label, style.ink);
	return { hits, most, level };
}

/** What has changed of the places of a level, b minus a: known by name, because the runs may be of different worlds. */
export function changesOf(views, level, valueOf) {
	const before = new Map(atLevel(views[0].groups, level).map((g) => [groupKey(views[0], g), valueOf(0, g)]));
	return atLevel(views[1].groups, level).map((group) => ({
		group,
		t: valueOf(1, group) - (before.get(groupKey(views[1], group)) || 0),
	}));
}

/** By what a place is known in both runs. @param {any} view @param {any} group @returns {string} */
export function groupKey(view, group) {
	return `${group.level}:${view.regionName(group.region, "en")}:${view.groupName(group, "en")}`;
}
