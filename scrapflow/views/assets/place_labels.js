/** Names on the map: the most important first, none over another, none where there is no room. */

import { boxesMeet } from "./geometry.js";

/**
 * @typedef {object} Label
 * @property {string} text @property {number} x @property {number} y @property {number} r radius of the sign it names
 * @property {number} priority larger comes first @property {number} size pixels @property {boolean} [bold]
 */

/**
 * @param {Label[]} labels
 * @param {(text: string, size: number, bold: boolean) => number} measure width in pixels
 * @param {[number, number, number, number]} view box that labels stay in
 * @param {[number, number, number, number][]} [taken] boxes that are not to be covered
 */
export function placeLabels(labels, measure, view, taken = []) {
  const placed = [];
  const boxes = taken.slice();
  const order = labels.map((_, i) => i).sort((a, b) => labels[b].priority - labels[a].priority || a - b);
  for (const i of order) {
    const label = labels[i];
    const w = measure(label.text, label.size, Boolean(label.bold));
    const h = label.size * 1.15;
    const gap = label.r + 3;
    const tries = [
      [label.x + gap, label.y - h / 2, "left"],
      [label.x - gap - w, label.y - h / 2, "right"],
      [label.x - w / 2, label.y - gap - h, "above"],
      [label.x - w / 2, label.y + gap, "below"],
    ];
    for (const [x, y] of tries) {
      const box = [x - 1, y - 1, x + w + 1, y + h + 1];
      if (box[0] < view[0] || box[1] < view[1] || box[2] > view[2] || box[3] > view[3]) continue;
      if (boxes.some((other) => other.owner !== i && boxesMeet(box, other))) continue;
      boxes.push(box);
      placed.push({ ...label, left: x, top: y, width: w, height: h });
      break;
    }
  }
  return placed;
}
