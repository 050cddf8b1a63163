/** Numbers, spellings and CSV as a reader sees them. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  csvLine,
  folder,
  mass,
  nice,
  percent,
  step,
  tonnes,
  translator,
  two,
  unitName,
  whole,
} from "../../scrapflow/views/assets/words.js";
import { csv, fold } from "./helpers.mjs";

test("of one thing a text of its own is told, where there is one", () => {
  const t = translator({ en: { rows: "{n} rows", "rows.one": "one row", places: "{n} places" } }, "en");
  assert.deepEqual(
    [t("rows", { n: 1 }), t("rows", { n: "1" }), t("rows", { n: 21 })],
    ["one row", "one row", "21 rows"],
  );
  assert.deepEqual([t("places", { n: 1 }), t("none", { n: 1 })], ["1 places", "none"]);
});

test("tonnes have the digits that a reader can use, and never an exponent", () => {
  assert.deepEqual([0, 0.001, 0.5, 12.345, 99.4, 1234567.4, -2000].map(tonnes), [
    "0",
    "<0.01",
    "0.50",
    "12.3",
    "99.4",
    "1,234,567",
    "−2,000",
  ]);
  assert.equal(tonnes(NaN), "0");
  assert.equal(whole(2182.2), "2,182");
});

test("people are told two figures, and number and unit stay together", () => {
  assert.deepEqual([1679912, 125, 99.6, 12.34, 3.04, 0.456, 0.001, 0, -531845].map(two), [
    "1,700,000",
    "130",
    "100",
    "12",
    "3.0",
    "0.46",
    "<0.01",
    "0",
    "−530,000",
  ]);
  // 23.5 summed in single precision
  assert.equal(two(23.499998), "24");
  assert.equal(two(23.499), "23");
  assert.equal(mass(1679912), "1,700,000\u00a0t");
  assert.deepEqual([step(20000), step(20), step(0.5)], ["20,000\u00a0t", "20\u00a0t", "0.5\u00a0t"]);
  assert.deepEqual([percent(0.004), percent(0.5), percent(NaN)], ["0.4%", "50%", "–"]);
  assert.deepEqual([nice(0), nice(0.07), nice(9), nice(1000), nice(234)], [0, 0.05, 5, 1000, 200]);
});

test("a unit without a word of its own is called as its table calls it", () => {
  const t = translator({ en: { "unit.t per year": "t a year" } }, "en");
  assert.deepEqual([unitName("t per year", t), unitName("carts", t)], ["t a year", "carts"]);
});

test("names fold as in Python, on one list of spellings", () => {
  const spellings = csv("../folded_names.csv");
  const reduce = folder(fold);
  assert.ok(spellings.length > 10);
  for (const [name, wanted] of spellings) assert.equal(reduce(name), wanted, name);
});

test("a translator fills in values, falls back to English, and leaves unknown keys to be seen", () => {
  const t = translator({ en: { a: "{n} t", b: "only here" }, ko: { a: "{n}톤" } }, "ko");
  assert.deepEqual([t("a", { n: 3 }), t("b"), t("c")], ["3톤", "only here", "c"]);
  assert.equal(translator({ en: { a: "{name}" } }, "en")("a", { name: "$& {x}" }), "$& {x}");
});

test("CSV cells are quoted, numbers plain, and no name becomes a spreadsheet formula", () => {
  assert.equal(
    csvLine(['a "b", c', 1.23456, null, "=HYPERLINK(1)", "-x", "line\nbreak"]),
    `"a ""b"", c",1.2346,,'=HYPERLINK(1),'-x,"line\nbreak"`,
  );
});
