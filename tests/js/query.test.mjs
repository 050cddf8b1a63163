/** Sums over what filters and months select: the numbers of the map, by hand on a run of four places. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  accountSums,
  linkLoads,
  monthly,
  nodeSums,
  noFilter,
  passing,
  readRun,
  sums,
  CARTED,
  RETURNED,
  SHIPPED,
} from "../../scrapflow/views/assets/query.js";
import { linkSums, placeSums } from "../../scrapflow/views/assets/inspect.js";
import { findNodes } from "../../scrapflow/views/assets/search.js";
import { tinyData } from "./helpers.mjs";

const run = readRun(tinyData());
const all = passing(run, noFilter());
const only = (patch) => passing(run, { ...noFilter(), ...patch });

test("totals by kind over all months and over one", () => {
  assert.deepEqual([...sums(run, all, 0, 1).byKind], [13, 3.5, 0, 12, 0]);
  assert.deepEqual([...sums(run, all, 1, 1).byKind], [3, 0.5, 0, 7, 0]);
});

test("the months add up to the total, whatever the filter", () => {
  for (const patch of [
    {},
    { kind: new Set(["carted"]) },
    { material: new Set(["scrap"]) },
    { region: new Set(["South"]) },
    { grade: new Set(["B2"]) },
  ]) {
    const pass = only(patch);
    const months = monthly(run, pass);
    const result = sums(run, pass, 0, 1);
    months.forEach((m, k) => assert.ok(Math.abs(m.reduce((a, b) => a + b, 0) - result.byKind[k]) < 1e-9));
  }
});

test("a filter and its complement add up to everything", () => {
  const total = (pass) => sums(run, pass, 0, 1).byKind.reduce((a, b) => a + b, 0);
  assert.equal(total(only({ region: new Set(["North"]) })) + total(only({ region: new Set(["South"]) })), total(all));
  assert.equal(
    total(only({ material: new Set(["scrap"]) })) + total(only({ material: new Set(["idle_machinery"]) })),
    total(all),
  );
});

test("a mill concerns only what is shipped", () => {
  assert.deepEqual([...sums(run, only({ mill: new Set(["nowhere"]) }), 0, 1).byKind], [13, 3.5, 0, 0, 0]);
});

test("the largest N pairs stay and say what share they are", () => {
  const result = sums(run, all, 0, 1, 1);
  assert.deepEqual([...result.byKind], [13, 0, 0, 0, 0]);
  assert.equal(result.pairCount, 4);
  assert.ok(Math.abs(result.shownShare - 13 / 28.5) < 1e-9);
});

test("a tonne counts once on each link of its path", () => {
  const { forward, backward } = linkLoads(run, sums(run, all, 0, 1).bySeries);
  assert.deepEqual([...forward], [5, 12]);
  assert.deepEqual([...backward], [0, 0]);
});

test("yards hold their opening stock and what came in", () => {
  const values = nodeSums(run, sums(run, all, 0, 1), 0, 1, [1, 1, 1, 1, 1]);
  assert.equal(values.held[1 * 5 + 0], 4 + 2 + 2);
  assert.equal(values.held[1 * 5 + 2], 7);
  assert.equal(values.received[3], 12);
  assert.equal(accountSums(run, "quota_t", 0, 1)[0], 20);
});

test("a place's panel tells partners, months and materials; a link's whose tonnes pass", () => {
  const shown = { result: sums(run, all, 0, 1), state: { from: 0, to: 1 } };
  const place = placeSums(run, shown, [1]);
  assert.deepEqual(place.in, [{ kind: CARTED, t: 13, partners: [[0, 13]] }]);
  assert.deepEqual(
    place.out.map((g) => [g.kind, g.t]),
    [
      [RETURNED, 3.5],
      [SHIPPED, 5],
    ],
  );
  const link = linkSums(run, shown, new Set([0, 1]), 1);
  assert.deepEqual(link.forward.origins, [
    [2, 7],
    [1, 5],
  ]);
  assert.equal(link.price, 2.5);
});

test("search finds a place by any spelling", () => {
  for (const text of ["강선", "gangsun", "Kangson", "MILL"]) assert.deepEqual(findNodes(run.nodes, text), [3]);
  assert.deepEqual(findNodes(run.nodes, "yard"), [1, 2]);
  assert.deepEqual(findNodes(run.nodes, "  "), []);
});
