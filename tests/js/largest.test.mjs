import assert from "node:assert/strict";
import test from "node:test";

import { boxes } from "../../scrapflow/views/assets/geometry.js";
import { largestRows } from "../../scrapflow/views/assets/largest.js";

/** By sorting all of them. */
const sorted = (rows, size, count) => [...rows].sort((a, b) => size[b] - size[a] || a - b).slice(0, count);

test("the largest rows are those that come first where all are put in order", () => {
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (const spread of [1e-9, 0.001, 1, 40]) {
    // many are equal: sizes are in steps
    const size = Float32Array.from({ length: 3000 }, () => Math.exp(spread * Math.round(random() * 50) - spread * 25));
    const rows = Uint32Array.from([...size.keys()].filter(() => random() < 0.7));
    for (const count of [1, 7, 500, rows.length, 5000])
      assert.deepEqual(largestRows(rows.slice(), size, count), sorted(rows, size, count));
  }
});

test("of equal sizes the first rows are taken, and of none none", () => {
  assert.deepEqual(largestRows(Uint32Array.from([4, 1, 3, 2, 0]), new Float32Array(5).fill(2), 3), [0, 1, 2]);
  assert.deepEqual(largestRows(new Uint32Array(0), new Float32Array(0), 3), []);
});

test("sizes may be a part of a longer array", () => {
  const size = Float32Array.from([9, 9, 1, 5, 3]).subarray(2);
  assert.deepEqual(largestRows(Uint32Array.from([0, 1, 2]), size, 2), [1, 2]);
});

test("a box holds every vertex of its line", () => {
  const found = boxes({
    start: Int32Array.from([0, 3, 5]),
    x: [0.2, 0.5, 0.1, 0.7, 0.7],
    y: [0.3, 0.2, 0.9, 0.4, 0.4],
  });
  assert.deepEqual(
    [found.x1, found.y1, found.x2, found.y2].map((all) => [...all]),
    [
      [0.1, 0.7],
      [0.2, 0.4],
      [0.5, 0.7],
      [0.9, 0.4],
    ],
  );
});
