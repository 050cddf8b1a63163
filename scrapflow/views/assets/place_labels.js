/** Names on the map: the most important first, none over another, none where there is no room. */

/**
 * @typedef {object} Label
 * @property {string} text @property {number} x @property {number} y @property {number} r radius of the sign it names
 * @property {number} priority larger comes first @property {number} size pixels @property {boolean} [bold]
 */

/**
 * @param {Label[]} labels
 * @param {(text: string, size: number, bold: boolean) => number} measure width in pixels
 * @param {number[]} view box that labels stay in
 * @param {number[][]} [taken] boxes that are not to be covered
 */
export function placeLabels(labels, measure, view, taken = []) {
	const placed = [];
	const names = [];
	const order = labels.map((_, i) => i).sort((a, b) => labels[b].priority - labels[a].priority || a - b);
	for (const i of order) {
		const label = labels[i];
		const w = measure(label.text, label.size, Boolean(label.bold));
		const h = label.size * 1.15;
		const gap = label.r + 3;
		const near = gap * 0.7;
		const [right, left, over, under] = [label.x + gap, label.x - gap - w, label.y - gap - h, label.y + gap];
		const corners = [[label.x + near, label.y - near - h], [label.x + near, label.y + near], [label.x - near - w, label.y - near - h], [label.x - near - w, label.y + near]];
		const tries = [[right, label.y - h / 2], [left, label.y - h / 2], [label.x - w / 2, over], [label.x - w / 2, under], ...corners];
		let best = null;
		let least = Infinity;
		for (const [x, y] of tries) {
			const box = [x - 1, y - 1, x + w + 1, y + h + 1];
			if (box[0] < view[0] || box[1] < view[1] || box[2] > view[2] || box[3] > view[3]) continue;
			if (names.some((other) => meeting(box, other) > 0)) continue;
			const covered = taken.reduce((sum, other) => sum + meeting(box, other), 0);
			// a bold name must be there: rather over a sign than not at all, and over as little as can be
			if (covered < least && (covered === 0 || label.bold)) [best, least] = [[x, y, box], covered];
			if (least === 0) break;
		}
		if (best) {
			names.push(best[2]);
			placed.push({ ...label, left: best[0], top: best[1], width: w, height: h });
		}
	}
	return placed;
}

/** Area that two boxes share. */
export function meeting(a, b) {
	const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
	const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
	return w > 0 && h > 0 ? w * h : 0;
}
