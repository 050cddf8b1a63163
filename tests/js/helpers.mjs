/** Small makers shared by the tests of the map's script. */
import { readFileSync } from "node:fs";
import { constants, deflateRawSync } from "node:zlib";

import { TYPES } from "../../scrapflow/views/assets/unpack.js";

/** The same packing as views/packing.py, by node's own zlib. */
export function pack(values, type) {
  const typed = TYPES[type].from(values);
  const bytes = new Uint8Array(typed.buffer);
  const width = typed.BYTES_PER_ELEMENT;
  const planes = new Uint8Array(bytes.length);
  for (let plane = 0, at = 0; plane < width; plane++)
    for (let i = plane; i < bytes.length; i += width) planes[at++] = bytes[i];
  return {
    d: type,
    n: typed.length,
    z: deflateRawSync(planes, { level: 9, strategy: constants.Z_FIXED }).toString("base64"),
  };
}

export function packNames(names, of) {
  return { names, of: pack(of, "u1") };
}

/** Degrees as the differences that unpackDegrees reads. */
export function packDegrees(values) {
  const steps = values.map((v) => Math.round(v / 1e-5));
  return pack(
    steps.map((v, i) => v - (i ? steps[i - 1] : 0)),
    "i4",
  );
}

/** A repeatable generator of numbers in [0, 1). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The letters that Python folds names by. */
export const fold = csv("../../scrapflow/world/letters.csv").map(([first, last, folded]) => [
  parseInt(first, 16),
  parseInt(last, 16),
  folded,
]);

/** Rows of a CSV file beside this one, without its header; quoted cells hold no quotes. */
export function csv(path) {
  const lines = readFileSync(new URL(path, import.meta.url), "utf-8")
    .split("\n")
    .slice(1)
    .filter(Boolean);
  return lines.map((line) => [...`,${line}`.matchAll(/,(?:"([^"]*)"|([^,]*))/g)].map((m) => m[1] ?? m[2]));
}

const KINDS = [
  { name: "brought", mover: "people", tracing: "bring", ends: "yard", diverted: false, colour: "#009e73", dash: [] },
  {
    name: "fetched",
    mover: "people",
    tracing: "take_back",
    ends: "enterprise",
    diverted: true,
    colour: "#e69f00",
    dash: [7, 4],
  },
  { name: "sent", mover: "train", tracing: "deliver", ends: "mill", diverted: false, colour: "#0072b2", dash: [] },
];
const MATERIALS = ["iron", "engines"].map((name) => ({ name, role: "", groups: [], colour: "#3b444d" }));

/** A run of two yards, one mill and one factory, in two months, as the page's data. */
export function tinyData() {
  const column = (names, of) => packNames(names, of);
  const nodes = {
    id: ["f", "y1", "y2", "m"],
    name: ["Works", "North Yard", "South Yard", "Mill"],
    local: ["공장", "", "", "강선제강소"],
    aliases: ["", "", "", "Kangsŏn|Gangsun"],
    kind: pack([0, 2, 2, 4], "u1"),
    kinds: ["enterprise", "community", "yard", "station", "mill", "outside"],
    placed: pack([1, 1, 1, 1], "u1"),
    x: packDegrees([1, 1, 2, 3]),
    y: packDegrees([1, 1, 1, 1]),
    accuracy_km: [1, 1, 1, 1],
    workers: [10, null, null, null],
    population: [null, null, null, null],
    named: [true, true, true, true],
    region: column(["", "North", "South"], [1, 1, 2, 2]),
    region_id: column(["", "n", "s"], [1, 1, 2, 2]),
    sector: column(["", "machines"], [1, 0, 0, 0]),
    subregion: column([""], [0, 0, 0, 0]),
    coordinate_method: column([""], [0, 0, 0, 0]),
    basis: column(["", "assumed"], [1, 1, 1, 1]),
    grade: column([""], [0, 0, 0, 0]),
    source_id: column([""], [0, 0, 0, 0]),
  };
  const links = {
    id: ["a", "b"],
    from: pack([1, 2], "i4"),
    to: pack([2, 3], "i4"),
    mode: pack([0, 0], "u1"),
    modes: ["rail", "road", "access", "transshipment"],
    length_km: [1, 1],
    length_basis: column(["", "derived"], [1, 1]),
    capacity_t: [null, 5],
    gauge_mm: [1435, 1435],
    line: column(["", "L"], [1, 1]),
    shape: { n: pack([2, 2], "u1"), x: packDegrees([1, 2, 2, 3]), y: packDegrees([1, 1, 1, 1]) },
  };
  // carted f->y1 (scrap, idle), returned y1->f (idle), shipped y1->m over a,b; shipped y2->m over b
  const series = {
    kind: column(["brought", "fetched", "sent"], [0, 0, 1, 2, 2]),
    material: column(["iron", "engines"], [0, 1, 1, 0, 0]),
    via: column(["own", "looted"], [0, 0, 0, 0, 0]),
    basis: column(["modelled"], [0, 0, 0, 0, 0]),
    grade: column(["", "B2"], [0, 1, 1, 0, 0]),
    origin: pack([0, 0, 1, 1, 2], "i4"),
    destination: pack([1, 1, 0, 3, 3], "i4"),
    path: pack([-1, -1, -1, 0, 1], "i4"),
  };
  return {
    periods: ["2015-01", "2015-02"],
    unit: "month",
    kinds: KINDS,
    materials: MATERIALS,
    measures: {},
    fold,
    nodes,
    links,
    series,
    places: [
      [1, [["", [[0, 1]]]]],
      [2, [["", [[2]]]]],
    ],
    regions: [],
    sources: [],
    unserved: [],
    claims: [],
    assumed: { count: 3, tables: [] },
    about: {},
    rows: {
      series: pack([1, 0, 1, 0, 1, 0, 1, 1], "u1"),
      period: pack([0, 1, 0, 1, 0, 1, 0, 1], "u1"),
      t: pack([4, 2, 6, 1, 3, 0.5, 5, 7], "f4"),
      sums: pack([6, 7, 3.5, 5, 7], "f4"),
      months: pack([10, 3, 3, 0.5, 5, 7], "f8"),
    },
    paths: { n: pack([2, 1], "u1"), link: pack([0, 2, 2], "u1") },
    accounts: {
      node: pack([0, 0], "i4"),
      period: pack([0, 1], "u1"),
      columns: { owed: pack([10, 10], "f4"), chance: pack([0.2, 0.4], "f4"), marks: pack([1, 3], "f4") },
      about: [
        { column: "owed", unit: "t", owner: "owner", over: "sum", absent: 0 },
        { column: "chance", unit: "share", owner: "enterprise", over: "mean", absent: 0 },
        { column: "marks", unit: "count", owner: "enterprise", over: "last", absent: 0 },
      ],
      role: { asked: "owed", owed: "short", credited: "credited" },
    },
    stocks: {
      node: pack([1, 1, 1], "i4"),
      period: pack([0, 1, 1], "u1"),
      material: pack([0, 0, 1], "u1"),
      closing_t: pack([2, 4, 1], "f4"),
    },
    intake: { node: [3], t: pack([5, 7], "f4"), assumed: [true] },
    story: [],
    loads: { link: pack([1], "i4"), period: pack([0], "u1"), shadow_price: pack([2.5], "f4") },
  };
}
