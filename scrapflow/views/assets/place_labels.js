/** Names on the map: the most important first, none over another, none where there is no room. */

/**
 * @typedef {object} Label
 * @property {string} text @property {number} x @property {number} y @property {number} r radius of the sign it names
 * @property {number} priority larger comes first @property {number} size pixels @property {boolean} [bold]
 * @property {number} [way] 1 or -1: only to the right or to the left
 * @property {boolean} [wanted] may stand a little further away, as a bold one may, and in two lines
 * @property {number} [of] the number of the sign that it tells of
 * @property {boolean} [flat] of something that lies flat: not beside it, where the name would lie on it
 */

/** Where a name may stand: beside its sign, above, below, a little higher or lower, at its corners. */
const SIDES = [
	[1, 0],
	[-1, 0],
	[0, -1],
	[0, 1],
	[1, 0.35],
	[1, -0.35],
	[-1, 0.35],
	[-1, -0.35],
	[1, -1],
	[1, 1],
	[-1, -1],
	[-1, 1],
];
/** Those of what lies flat, such as a line from west to east. */
const OVER = SIDES.filter(([, down]) => Math.abs(down) === 1);
/** A name so near to a sign is taken for that sign's, and costs a part of what covering it would. */
const NEIGHBOUR = 7;
const NEARNESS = 0.15;
/** A name that would cover signs may stand so many pixels further away, at a cost a pixel; a line leads from it to its sign. */
const FURTHER = [14, 30, 48, 72];
const AWAY = 3;
/** What two lines cost beside one. */
const TWO_LINES = 20;
/** What a name on a wide line costs, beside one on a sign. */
const CROSSED = 0.3;

/**
 * @param {Label[]} labels
 * @param {(text: string, size: number, bold: boolean) => number} measure width in pixels
 * @param {number[]} view box that labels stay in
 * @param {number[][]} [taken] boxes that are not to be covered
 * @param {number[][]} [lines] boxes along wide lines, which are covered rather than a sign
 */
export function placeLabels(labels, measure, view, taken = [], lines = []) {
	/** @type {any[]} */ const placed = [];
	const order = labels.map((_, i) => i).sort((a, b) => labels[b].priority - labels[a].priority || a - b);
	for (const i of order) {
		const label = labels[i];
		const gap = label.r + 3;
		const near = gap * (label.bold ? 0.92 : 0.7);
		let best = null;
		const sides = label.way ? [[label.way, 0]] : label.flat ? OVER : SIDES;
		const inView = label.x > view[0] && label.x < view[2] && label.y > view[1] && label.y < view[3];
		const steps = !inView || label.way || label.flat ? 0 : label.bold ? FURTHER.length : label.wanted ? 2 : 0;
		let least = Infinity;
		// a name that is wanted stands rather in two lines than far off, or not at all
		for (const rows of [[label.text], ...(label.wanted ? [inTwo(label.text)] : [])]) {
			if (least === 0) break;
			const more = TWO_LINES * (rows.length - 1);
			const w = Math.max(...rows.map((text) => measure(text, label.size, Boolean(label.bold))));
			const h = label.size * 1.15 * rows.length;
			// what is too far off to be covered is not asked at every place
			const reach = gap + (FURTHER[steps - 1] || 0) + NEIGHBOUR + 2;
			const around = [label.x - w - reach, label.y - h - reach, label.x + w + reach, label.y + h + reach];
			const [signs, wide] = [taken, lines].map((boxes) => boxes.filter((other) => meeting(around, other) > 0));
			for (const further of [0, ...FURTHER.slice(0, steps)]) {
				// a place further away costs more, wherever it is
				if (least <= AWAY * further + more) break;
				for (const [across, down] of sides) {
					const away = (across && Math.abs(down) === 1 ? near : gap) + further;
					const [x, y] = [label.x - w / 2 + across * (away + w / 2), label.y - h / 2 + down * (away + h / 2)];
					const box = [x - 1, y - 1, x + w + 1, y + h + 1];
					if (box[0] < view[0] || box[1] < view[1] || box[2] > view[2] || box[3] > view[3]) continue;
					if (placed.some((other) => meeting(box, other.box) > 0)) continue;
					const covered = signs.reduce((sum, other) => sum + meeting(box, other), 0);
					// a bold name must be there: rather over a sign than not at all, and over as little as can be
					if (covered > 0 && !label.bold && !label.way) continue;
					const crossed = wide.reduce((sum, other) => sum + meeting(box, other), 0);
					const cost = covered + CROSSED * crossed + beside(label, box, signs) + AWAY * further + more;
					if (cost < least)
						[best, least] = [{ left: x, top: y, width: w, height: h, rows, box, far: further > 0 }, cost];
					if (least === 0) break;
				}
			}
		}
		if (best) placed.push({ ...label, .../** @type {any} */ (best) });
	}
	return placed;
}

/** What it costs a name that must be there to stand near to signs that are not its own. */
function beside(
	/** @type {Label} */ { of },
	/** @type {number[]} */ [x1, y1, x2, y2],
	/** @type {number[][]} */ taken,
) {
	if (of === undefined) return 0;
	const around = [x1 - NEIGHBOUR, y1 - NEIGHBOUR, x2 + NEIGHBOUR, y2 + NEIGHBOUR];
	return NEARNESS * taken.reduce((sum, other) => sum + (other[4] === of ? 0 : meeting(around, other)), 0);
}

/** A text in two lines, as equal as its words allow. @param {string} text */
function inTwo(text) {
	const off = (/** @type {number} */ k) => Math.abs(2 * k - text.length);
	const at = text.split("").reduce((best, letter, k) => (letter === " " && off(k) < off(best) ? k : best), -1);
	return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Area that two boxes share. @param {number[]} a @param {number[]} b */
export function meeting(a, b) {
	const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
	const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
	return w > 0 && h > 0 ? w * h : 0;
}
