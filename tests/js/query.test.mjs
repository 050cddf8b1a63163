/** Sums over what filters and months select: the numbers of the map, by hand on a run of four places. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  accountSums,
  heldAt,
  intakeOf,
  linkLoads,
  monthly,
  nodeSums,
  noFilter,
  passing,
  readRun,
  sums,
} from "../../scrapflow/views/assets/query.js";
import { linkSums, placeSums } from "../../scrapflow/views/assets/inspect.js";
import { findNodes } from "../../scrapflow/views/assets/search.js";
import { tinyData } from "./helpers.mjs";

const run = readRun(tinyData());
const all = passing(run, noFilter());
const only = (patch) => passing(run, { ...noFilter(), ...patch });

test("totals by kind over all months and over one", () => {
  assert.deepEqual([...sums(run, all, 0, 1).byKind], [13, 3.5, 12]);
  assert.deepEqual([...sums(run, all, 1, 1).byKind], [3, 0.5, 7]);
});

test("the months add up to the total, whatever the filter", () => {
  for (const patch of [
    {},
    { kind: new Set(["brought"]) },
    { material: new Set(["iron"]) },
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
    total(only({ material: new Set(["iron"]) })) + total(only({ material: new Set(["engines"]) })),
    total(all),
  );
});

test("a mill concerns only what is shipped", () => {
  assert.deepEqual([...sums(run, only({ mill: new Set(["nowhere"]) }), 0, 1).byKind], [13, 3.5, 0]);
});

test("the largest N pairs stay and say what share they are", () => {
  const result = sums(run, all, 0, 1, 1);
  assert.deepEqual([...result.byKind], [13, 0, 0]);
  assert.equal(result.pairCount, 4);
  assert.ok(Math.abs(result.shownShare - 13 / 28.5) < 1e-9);
});

test("a tonne counts once on each link of its path", () => {
  const { forward, backward } = linkLoads(run, sums(run, all, 0, 1).bySeries);
  assert.deepEqual([...forward], [5, 12]);
  assert.deepEqual([...backward], [0, 0]);
});

test("yards hold the mean of what lies there at the end of the months, or show what came in", () => {
  const result = sums(run, all, 0, 1);
  const values = nodeSums(run, result, 0, 1, [1, 1]);
  assert.equal(values.held[1 * 2 + 0], (2 + 4) / 2);
  assert.equal(values.held[1 * 2 + 1], 1 / 2);
  assert.equal(heldAt(run, 1), 5);
  const came = nodeSums(run, result, 0, 1, null);
  assert.equal(came.held[1 * 2 + 0], (4 + 2) / 2);
  assert.equal(came.held[1 * 2 + 1], 7 / 2);
  assert.equal(values.received[3], 12);
  assert.equal(accountSums(run, "owed", 0, 1)[0], 20);
});

test("what kinds do is read from the data, whatever they are called", () => {
  assert.deepEqual(run.role, { bring: [0], back: [1], taken: [], deliver: [2], mills: [2], rail: [2], local: [0, 1] });
  const values = nodeSums(run, sums(run, all, 0, 1), 0, 1, null);
  assert.deepEqual([values.brought[0], values.arrived[1], values.returned[1], values.regained[0]], [13, 13, 3.5, 3.5]);
});

test("mills that got what they were assumed to take are known as such", () => {
  const { all: wanted, assumed, byMill } = intakeOf(run, 0, 1);
  assert.equal(wanted, 12);
  assert.equal(assumed, true);
  assert.equal(byMill.get(3), 12);
});

test("a place's panel tells partners, months and materials; a link's whose tonnes pass", () => {
  const shown = { result: sums(run, all, 0, 1), state: { from: 0, to: 1 } };
  const place = placeSums(run, shown, [1]);
  assert.deepEqual(
    place.in.map(({ kind, t, partners }) => [kind, t, partners]),
    [[0, 13, [[0, 13]]]],
  );
  assert.deepEqual(
    place.out.map((g) => [g.kind, g.t]),
    [
      [1, 3.5],
      [2, 5],
    ],
  );
  // the materials are of one kind on one side, whose sum is told: those of all together would be of none
  assert.deepEqual([place.most.side, place.most.kind, place.most.t], ["in", 0, 13]);
  assert.equal(
    place.most.materials.reduce((a, b) => a + b),
    13,
  );
  const link = linkSums(run, shown, new Set([0, 1]), 1);
  assert.deepEqual(link.forward.origins, [
    [2, 7],
    [1, 5],
  ]);
  assert.equal(link.price, 2.5);
});

test("search finds a place by any spelling", () => {
  for (const text of ["강선", "gangsun", "Kangson", "MILL"]) assert.deepEqual(findNodes(run, text), [3]);
  assert.deepEqual(findNodes(run, "yard"), [1, 2]);
  assert.deepEqual(findNodes(run, "  "), []);
});

test("a place's accounts add up as their columns do: sums, means, and how it stands at the end", () => {
  const { accounts, within, held } = placeSums(
    run,
    { result: sums(run, all, 0, 1), state: { from: 0, to: 1 } },
    [0, 1],
  );
  const values = Object.fromEntries(accounts.map(({ column, value }) => [column, Math.round(value * 1e6) / 1e6]));
  assert.deepEqual(values, { owed: 20, chance: 0.3, marks: 3 });
  assert.deepEqual(
    within.map(({ kind, t }) => [kind, t]),
    [
      [0, 13],
      [1, 3.5],
    ],
  );
  assert.deepEqual(held, { mean: 3.5, end: 5 });
});
