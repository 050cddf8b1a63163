/** Plane geometry: what is drawn where, and what is under the mouse. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  arcControl,
  chords,
  halfRingRadius,
  lineDistance2,
  offsetLine,
  worldLines,
  worldX,
  worldY,
} from "../../scrapflow/views/assets/geometry.js";
import { generator } from "./helpers.mjs";

const near = (a, b, e = 1e-9) => assert.ok(Math.abs(a - b) <= e, `${a} is not ${b}`);

test("world coordinates are Web Mercator's, and the poles stay on the map", () => {
  near(worldX(-180), 0);
  near(worldX(180), 1);
  near(worldY(0), 0.5);
  near(worldY(85.0511287798), 0, 1e-9);
  assert.equal(worldY(90), worldY(85.0511287798));
  assert.ok(worldY(-90) <= 1 + 1e-9);
});

test("a line over the date line goes on past the edge", () => {
  const lines = worldLines([2], [179, -179], [0, 0]);
  near(lines.x[1] - lines.x[0], 2 / 360);
});

test("opposite flows between the same places bend to opposite sides", () => {
  const [, there] = arcControl(0, 0, 100, 0, 0.2);
  const [, back] = arcControl(100, 0, 0, 0, 0.2);
  assert.ok(there > 0 && back < 0);
});

test("an offset line keeps its distance, to the right, at straights and bends, and where a point comes twice", () => {
  for (const [x, y] of offsetLine([0, 10, 20], [0, 0, 0], 3)) near(y, 3, 1e-9) || x;
  const bent = offsetLine([0, 10, 10], [0, 0, 10], 2);
  near(bent[1][0], 8);
  near(bent[1][1], 2);
  assert.ok(offsetLine([5, 5], [5, 5], 2).flat().every(Number.isFinite));
  assert.ok(offsetLine([0, 10, 0], [0, 0, 0], 2).flat().every(Number.isFinite));
});

test("the distance from a segment or a curve is never larger than that from its ends", () => {
  const random = generator(7);
  for (let i = 0; i < 500; i++) {
    const [px, py, x1, y1, x2, y2] = Array.from({ length: 6 }, () => random() * 100);
    const ends = Math.min((px - x1) ** 2 + (py - y1) ** 2, (px - x2) ** 2 + (py - y2) ** 2);
    assert.ok(
      lineDistance2(px, py, [
        [x1, y1],
        [x2, y2],
      ]) <=
        ends + 1e-9,
    );
    assert.ok(lineDistance2(px, py, chords([x1, y1, ...arcControl(x1, y1, x2, y2, 0.2), x2, y2])) <= ends + 1e-6);
  }
});

test("a half ring has the area it stands for", () => {
  const outer = halfRingRadius(10, 400);
  near((Math.PI / 2) * (outer ** 2 - 100), 400);
});
