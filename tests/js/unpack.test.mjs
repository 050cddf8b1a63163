/** Packed arrays, and the block that holds those of a page. */
import assert from "node:assert/strict";
import test from "node:test";
import { deflateRawSync } from "node:zlib";
import { readPage, unpack, unpackDegrees } from "../../scrapflow/views/assets/unpack.js";
import { pack, packDegrees } from "./helpers.mjs";

/** A page with one element of data, as views/packing.py bundles it. */
function page(tree, arrays) {
  const packed = deflateRawSync(Buffer.concat(arrays.map((a) => a.bytes))).toString("base64");
  globalThis.window = globalThis;
  globalThis.document = { getElementById: () => ({ textContent: JSON.stringify({ ...tree, packed }) }) };
}

test("the arrays of a page share one block, in the order of their names", async () => {
  const [a, b] = [pack([1, 70000], "u4"), pack([0.5], "f8")];
  page({ a: { d: a.d, n: a.n }, list: ["x"], none: null, deep: { b: { d: b.d, n: b.n } } }, [a, b]);
  const data = await readPage("any");
  assert.deepEqual([...unpack(data.a)], [1, 70000]);
  assert.deepEqual([...unpack(data.deep.b)], [0.5]);
  assert.deepEqual(data.list, ["x"]);
});

test("a block of another length is an error", async () => {
  page({ a: { d: "u1", n: 5 } }, [pack([1], "u1")]);
  await assert.rejects(readPage("any"), /damaged/);
});

test("every type comes back with its values", () => {
  for (const [type, values] of [["u1", [0, 255]], ["u2", [1, 65535]], ["i4", [-5, 2 ** 31 - 1]], ["f4", [0.5, -1e9]], ["f8", [Math.PI]], ["u1", []]]) {
    assert.deepEqual([...unpack(pack(values, type))], values);
  }
});

test("degrees come back to a metre, from pole to date line", () => {
  const degrees = [179.99999, -180, 0.123456, 90];
  [...unpackDegrees(packDegrees(degrees))].forEach((v, i) => assert.ok(Math.abs(v - degrees[i]) <= 0.51e-5));
});
