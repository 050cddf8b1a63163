/** The third map of a comparison: less looks other than more without its colour too. */
import assert from "node:assert/strict";
import test from "node:test";
import { drawChange } from "../../scrapflow/views/assets/compare_change.js";

/** Colours and widths of the lines that are drawn where a link of a few pixels has changed. */
function strokes(change) {
  const drawn = { colours: [], widths: [] };
  const ctx = new Proxy(
    {
      stroke: () => {
        drawn.colours.push(ctx.strokeStyle);
        drawn.widths.push(ctx.lineWidth);
      },
    },
    { get: (own, name) => own[name] ?? (() => undefined), set: (own, name, v) => Reflect.set(own, name, v) },
  );
  const links = { n: 1, rail: [1], start: [0, 2], x: [0.1, 0.102], y: [0.1, 0.1] };
  drawChange(
    ctx,
    { scale: 1000, ox: 0, oy: 0, width: 800, height: 600, inner: [0, 0, 800, 600] },
    {
      views: [null, { run: { links }, planFor: () => ({ level: "region", shift: [], groups: [] }), widest: () => 8 }],
      style: { more: "red", less: "blue", rail: "grey" },
      linkChange: [change],
      groupChanges: () => [],
    },
  );
  return drawn;
}

test("what carries less is hollow, however short a link is", () => {
  assert.deepEqual(strokes(-5).colours, ["blue", "#ffffff"]);
  assert.deepEqual(strokes(5).colours, ["red"]);
  assert.deepEqual(strokes(0).colours, ["grey"]);
});

test("what changed most is no wider than the busiest lines are on the maps beside it", () => {
  assert.deepEqual(strokes(5).widths, [8]);
});
