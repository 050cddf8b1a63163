/** What regions are shaded by: the labels of its scale. */
import assert from "node:assert/strict";
import test from "node:test";
import { measureOf } from "../../scrapflow/views/assets/measures.js";

test("the bounds of a scale of few percent are told apart", () => {
  const accounts = {
    node: [0, 1],
    period: [0, 0],
    columns: { lost: [2, 1], whole: [100, 100] },
    about: [],
    role: {},
  };
  const nodes = { n: 2, region: { names: ["North", "South"], of: [0, 1] } };
  const app = {
    run: { accounts, nodes, regions: [] },
    state: { measure: "output", from: 0, to: 0, filter: {} },
    shapes: { regions: {} },
    style: { steps: ["a", "b", "c", "d", "e", "f"] },
    measures: { output: { of: "lost", over: "whole" } },
    t: (key) => key,
  };
  const { bounds, said } = measureOf(app);
  assert.deepEqual(bounds.map(said), ["0%", "0.33%", "0.67%", "1.0%", "1.3%", "1.7%", "2.0%"]);
});
