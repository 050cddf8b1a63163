/** Gathering of places, room between signs, names that never overlap, and the address that keeps a view. */
import assert from "node:assert/strict";
import test from "node:test";
import { atLevel, hierarchy, makeRoom, plan } from "../../scrapflow/views/assets/gather.js";
import { meeting, placeLabels } from "../../scrapflow/views/assets/place_labels.js";
import { readRun, noFilter } from "../../scrapflow/views/assets/query.js";
import { runView } from "../../scrapflow/views/assets/run_view.js";
import { decodeState, encodeState } from "../../scrapflow/views/assets/state.js";
import { generator, tinyData } from "./helpers.mjs";

const run = readRun(tinyData());

test("every placed node but mills and stations is in exactly one group at every level", () => {
  const groups = hierarchy(run.nodes, run.places);
  for (const level of ["region", "county", "spot"]) {
    const found = atLevel(groups, level)
      .flatMap((group) => group.nodes)
      .sort();
    assert.deepEqual(found, [0, 1, 2]);
  }
});

test("places split when they have room, and in any case when one has zoomed in", () => {
  const groups = hierarchy(run.nodes, run.places);
  assert.equal(plan(groups, () => () => 1, 1e6, 0).level, "spot");
  assert.equal(plan(groups, () => () => 500, 1, 0).level, "region");
  assert.equal(plan(groups, () => () => 500, 1, 3).level, "spot");
});

test("gathered signs make room for each other and for mills, and single places stay where they are", () => {
  const discs = [
    { x: 0, y: 0, r: 10, free: true },
    { x: 5, y: 0, r: 10, free: true },
    { x: 200, y: 0, r: 10, free: false },
  ];
  const shift = makeRoom(discs, [{ x: 0, y: 1, r: 6 }]);
  assert.deepEqual(shift[2], [0, 0]);
  const at = discs.map((d, i) => [d.x + shift[i][0], d.y + shift[i][1]]);
  assert.ok(Math.hypot(at[0][0] - at[1][0], at[0][1] - at[1][1]) >= 19);
  assert.ok(Math.hypot(at[0][0], at[0][1] - 1) >= 15);
});

test("a place without a name is called by its identifier", () => {
  const bare = readRun(tinyData());
  bare.nodes.name[1] = "";
  const { nodeName } = runView(bare, {});
  assert.deepEqual([nodeName(0, "en"), nodeName(1, "en")], [bare.nodes.name[0], bare.nodes.id[1]]);
});

test("a name that is wanted may stand a step away from its sign, where others would be left out", () => {
  const all = [[-100, -40, 100, 40]];
  const label = { text: "name", x: 0, y: 0, r: 32, priority: 1, size: 11 };
  const at = (more) => placeLabels([{ ...label, ...more }], () => 20, [-200, -200, 200, 200], all);
  assert.equal(at({}).length, 0);
  const [name] = at({ wanted: true });
  assert.ok(name.far && Math.abs(name.top + name.height / 2) > 46);
});

test("an address keeps a choice whole", () => {
  const ids = Array.from({ length: 500 }, (_, i) => "n" + i);
  const state = { filter: noFilter(), selected: { type: "nodes", nodes: [...ids.keys()] } };
  const text = encodeState(state, { lat: 0, lng: 0, zoom: 5 }, 1, (i) => ids[i], String);
  assert.equal(new URLSearchParams(text).get("place").split("~").length, 500);
});

test("no two names overlap, the most important one is there, and none leaves the view", () => {
  const random = generator(3);
  const labels = Array.from({ length: 400 }, (_, i) => ({
    text: "name " + i,
    x: random() * 500,
    y: random() * 400,
    r: 4,
    priority: random(),
    size: 11,
  }));
  labels[77].priority = 2;
  labels[77].x = 250;
  const placed = placeLabels(labels, (text, size) => text.length * size * 0.5, [0, 0, 500, 400]);
  assert.ok(placed.some((p) => p.text === "name 77"));
  const boxes = placed.map((p) => [p.left, p.top, p.left + p.width, p.top + p.height]);
  boxes.forEach((a, i) => {
    assert.ok(a[0] >= 0 && a[1] >= 0 && a[2] <= 500 && a[3] <= 400);
    boxes.slice(i + 1).forEach((b) => assert.ok(!meeting(a, b)));
  });
});

const known = {
  last: 11,
  nodes: run.nodes.index,
  links: run.links.index,
  languages: ["en", "ko"],
  measures: ["burden"],
  panels: ["table"],
  steps: 3,
};

test("the address brings back what was shown", () => {
  const state = {
    from: 2,
    to: 5,
    filter: { ...noFilter(), kind: new Set(["brought", "odd~&=%name"]), sector: new Set([""]), top: 25 },
    measure: "burden",
    scale: "adaptive",
    lang: "ko",
    panel: "table",
    step: 1,
    selected: { type: "nodes", nodes: [0, 3] },
  };
  const text = encodeState(
    state,
    { lat: 39.1234, lng: 126.5, zoom: 7.25 },
    11,
    (i) => run.nodes.id[i],
    (i) => run.links.id[i],
  );
  const { patch, view } = decodeState("#" + text, known);
  assert.deepEqual(view, [39.1234, 126.5, 7.25]);
  assert.deepEqual(
    [patch.from, patch.to, patch.measure, patch.scale, patch.lang, patch.panel],
    [2, 5, "burden", "adaptive", "ko", "table"],
  );
  assert.deepEqual([...patch.filter.kind], ["brought", "odd~&=%name"].map(String));
  // that alone which has no sector
  assert.deepEqual([...patch.filter.sector], [""]);
  assert.equal(patch.filter.region.size, 0);
  assert.equal(patch.filter.top, 25);
  assert.equal(patch.step, 1);
  assert.deepEqual(patch.selected.nodes, [0, 3]);
});

test("a damaged address changes nothing it does not understand", () => {
  for (const text of ["#v=x", "#m=9-2&v=1,2", "#m=0-99", "#place=%E0%A4%A&lang=xx&shade=no", "#%%%"]) {
    const { patch, view } = decodeState(text, known);
    assert.equal(view, null);
    assert.equal(patch.from, undefined);
    assert.equal(patch.lang, undefined);
    assert.equal(patch.selected, undefined);
  }
});

test("boxes that only touch share nothing", () => {
  assert.equal(meeting([0, 0, 1, 1], [1, 0, 2, 1]), 0);
  assert.equal(meeting([0, 0, 1, 1], [0.5, 0.5, 2, 2]), 0.25);
});

test("a name of what lies flat stands over or under it, and gives way to no wide line it could keep off", () => {
  const measure = (text, size) => text.length * size * 0.5;
  const view = [0, 0, 300, 200];
  const flat = { text: "10 t by rail", x: 150, y: 100, r: 6, priority: 1, size: 11, flat: true };
  const [over] = placeLabels([flat], measure, view);
  assert.ok(over.top + over.height <= 100 - 6 || over.top >= 106);
  // the place to the right is free of signs, but a wide line runs through it
  const name = { text: "Far Mill", x: 150, y: 100, r: 6, priority: 1, size: 11, bold: true };
  const [beside] = placeLabels([name], measure, view);
  assert.ok(beside.left > 150 && Math.abs(beside.top + beside.height / 2 - 100) < 1);
  const line = [[150, 94, 300, 106]];
  const [moved] = placeLabels([name], measure, view, [], line);
  assert.equal(meeting(moved.box, line[0]), 0);
});

test("what is told of one sign stands nearer to it than to another", () => {
  const measure = (text, size) => text.length * size * 0.5;
  const told = { text: "P'yŏngyang: 20,000 t", x: 100, y: 100, r: 10, priority: 1, size: 11, bold: true, of: 0 };
  const own = [90, 90, 110, 110, 0];
  // another sign right under the place that would be first
  const other = [120, 107, 220, 130, 1];
  const [free] = placeLabels([told], measure, [0, 0, 400, 300], [own]);
  assert.ok(free.left > 100);
  const [turned] = placeLabels([told], measure, [0, 0, 400, 300], [own, other]);
  assert.ok(
    meeting(
      turned.box.map((v, k) => v + (k < 2 ? -5 : 5)),
      other,
    ) === 0,
  );
});

test("a name that would lie on signs stands further away, with a line to its own; one out of view does not come in", () => {
  const measure = (text, size) => text.length * size * 0.5;
  const view = [0, 0, 400, 300];
  const name = { text: "Itaguaí", x: 200, y: 150, r: 5, priority: 1, size: 12, bold: true };
  // a large sign all around the small one
  const around = [[175, 125, 225, 175, 1]];
  const [far] = placeLabels([name], measure, view, around);
  assert.ok(far.far);
  assert.ok(meeting(far.box, around[0]) < 0.05 * far.width * far.height);
  const [near] = placeLabels([name], measure, view);
  assert.equal(near.far, false);
  assert.ok(near.left - 205 < 5);
  assert.deepEqual(placeLabels([{ ...name, y: -20 }], measure, view), []);
});

test("the widest line is a share of the length of the busiest lines, within its least and its most", () => {
  const { widest, reference, setHome } = runView(run, {});
  setHome(7);
  // 12 t pass the second link, 5 t the first: only the second is among the busiest, and is a degree long
  assert.ok(Math.abs(reference.busy - 1 / 360) < 1e-6);
  const wide = (zoom, pixels) => Math.round(widest({ zoom, scale: 360 * pixels }));
  assert.deepEqual([wide(7, 10), wide(7, 50), wide(7, 500), wide(9, 75), wide(12, 500)], [8, 10, 11, 15, 20]);
});

test("a name that is wanted stands in two lines where it has no room in one", () => {
  const label = { text: "North Side", x: 100, y: 100, r: 10, priority: 1, size: 10, wanted: true };
  const measure = (text) => text.length * 10;
  const [whole] = placeLabels([label], measure, [0, 0, 300, 200]);
  assert.deepEqual(whole.rows, ["North Side"]);
  // a strip of 70 pixels: a word of 50 has room above the sign, the two side by side have none
  const [broken] = placeLabels([label], measure, [65, 0, 135, 200]);
  assert.deepEqual([broken.rows, broken.width], [["North", "Side"], 50]);
  assert.deepEqual(placeLabels([{ ...label, wanted: false }], measure, [65, 0, 135, 200]), []);
  // rather in two lines beside its sign than in one with a line to it, and cut where both are most alike
  const long = { ...label, text: "Upper North Side: 20 t", bold: true };
  const strip = [0, 80, 240, 200];
  const [beside] = placeLabels([long], measure, strip);
  assert.deepEqual([beside.rows, beside.far], [["Upper North", "Side: 20 t"], false]);
});

test("a county is called in another language as its seat of that name is", () => {
  const data = tinyData();
  const named = readRun({
    ...data,
    nodes: {
      ...data.nodes,
      name: ["Unha", ...data.nodes.name.slice(1)],
      local: ["은하", ...data.nodes.local.slice(1)],
    },
  });
  const view = runView(named, {});
  const county = { level: "county", sub: "Unha", nodes: [0, 1], region: 0 };
  assert.deepEqual(
    ["en", "ko"].map((lang) => view.groupName(county, lang)),
    ["Unha", "은하"],
  );
  assert.equal(view.groupName({ ...county, sub: "Other" }, "ko"), "Other");
});
