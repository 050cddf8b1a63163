/** Numbers, spellings and CSV as a reader sees them. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  csvLine,
  fold,
  nice,
  percent,
  rough,
  step,
  tonnes,
  translator,
  whole,
} from "../../scrapflow/views/assets/words.js";

test("tonnes have the digits that a reader can use, and never an exponent", () => {
  assert.deepEqual([0, 0.001, 0.5, 12.345, 99.4, 1234567.4, -2000, 1e21].map(tonnes).slice(0, 7), [
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

test("ends of ranges have three digits, steps of scales none too many, and all numbers one unit", () => {
  assert.deepEqual(
    [rough(231498), rough(1679912), rough(12.345), step(20000), step(20), step(0.5)],
    ["231,000", "1,680,000", "12.3", "20,000 t", "20 t", "0.5 t"],
  );
  assert.deepEqual([percent(0.004), percent(0.5), percent(NaN)], ["0.4%", "50%", "–"]);
  assert.deepEqual([nice(0), nice(0.07), nice(9), nice(1000), nice(234)], [0, 0.05, 5, 1000, 200]);
});

test("all spellings of a place fold to what a user types", () => {
  assert.equal(fold("Kangsŏn"), fold("kangson"));
  assert.equal(fold("Sunch'ŏn"), fold("SUNCHON"));
  assert.equal(fold("강선"), "강선");
  assert.notEqual(fold("강선"), fold("강산"));
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
