/** The land under a map, drawn on a canvas that only notes what is asked of it. */
import assert from "node:assert/strict";
import test from "node:test";
import { drawBasemap, readShape } from "../../scrapflow/views/assets/basemap.js";
import { pack, packDegrees } from "./helpers.mjs";

/** Squares of two degrees with their south-western corners at longitudes, each a feature of one ring. */
const squares = (longitudes) =>
  readShape({
    names: longitudes.map(String),
    rings: pack(
      longitudes.map(() => 1),
      "u1",
    ),
    n: pack(
      longitudes.map(() => 5),
      "u1",
    ),
    x: packDegrees(longitudes.flatMap((x) => [x, x + 2, x + 2, x, x])),
    y: packDegrees(longitudes.flatMap(() => [0, 0, 2, 2, 0])),
  });

/** A canvas' context that lists the calls it gets. */
const noting = (calls) => new Proxy({}, { get: (_, name) => () => calls.push(name), set: () => true });

test("only what is in sight is drawn, and the hair lines of counties are one path", () => {
  // thirty degrees around the prime meridian
  const view = { scale: 256 * 4, ox: 512 - 43, oy: 512 - 43, width: 86, height: 86 };
  const calls = [];
  const shapes = { countries: squares([-60, 0, 60]), regions: null, counties: squares([0, 5, 100]) };
  drawBasemap(noting(calls), view, shapes, {}, (f, layer) => layer === "counties" && f === 1 && "#123456");
  const count = (name) => calls.filter((call) => call === name).length;
  assert.equal(count("fill"), 2, "one country and the one county that has a shade");
  assert.equal(count("stroke"), 2, "the country's edge, and all counties at once");
  assert.equal(count("closePath"), 4, "the country, the county's shade, the two counties in sight");
});
