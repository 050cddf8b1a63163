/** Packed arrays and the inflater, against node's own zlib. */
import assert from "node:assert/strict";
import test from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { inflate } from "../../scrapflow/views/assets/inflate.js";
import { unpack, unpackDegrees, unpacked } from "../../scrapflow/views/assets/unpack.js";
import { generator, pack, packDegrees } from "./helpers.mjs";

test("what zlib packs with its fixed code, at any level, comes back byte for byte", () => {
  const random = generator(1);
  for (const size of [0, 1, 5, 300, 70000]) {
    for (const spread of [1, 4, 256]) {
      const bytes = Uint8Array.from({ length: size }, () => Math.floor(random() * spread));
      for (const level of [0, 1, 9]) {
        const options = { level, strategy: constants.Z_FIXED };
        assert.deepEqual(inflate(deflateRawSync(bytes, options), size), bytes);
      }
    }
  }
});

test("damaged data is an error and not a loop", () => {
  assert.throws(() => inflate(Uint8Array.of(7, 0, 0), 10), /damaged/);
  assert.throws(() => inflate(deflateRawSync(Buffer.alloc(100, 3)), 10), /damaged/);
  assert.throws(() => inflate(Uint8Array.of(0, 0, 0), 10), /damaged/);
  assert.throws(() => inflate(new Uint8Array(0), 10), /damaged/);
});

test("every type comes back with its values", () => {
  for (const [type, values] of [
    ["u1", [0, 255]],
    ["u2", [1, 65535]],
    ["i4", [-5, 2 ** 31 - 1]],
    ["f4", [0.5, -1e9]],
    ["f8", [Math.PI]],
    ["u1", []],
  ]) {
    const packed = pack(values, type);
    assert.deepEqual([...unpack(packed)], values);
    const bytes = Buffer.from(unpack(packed).buffer);
    assert.deepEqual([...unpack({ d: type, n: values.length, r: bytes.toString("base64") })], values);
  }
});

test("JSON comes back on first use", () => {
  const said = ["Sunch'ŏn", "순천", null, { km: 1.5 }];
  const text = Buffer.from(JSON.stringify(said));
  const packed = { d: "json", n: text.length, z: pack(text, "u1").z };
  assert.deepEqual(unpack(packed), said);
  assert.deepEqual(unpacked({ names: packed, plain: 3 }).names, said);
});

test("degrees come back to a metre, from pole to date line", () => {
  const degrees = [179.99999, -180, 0.123456, 90];
  [...unpackDegrees(packDegrees(degrees))].forEach((v, i) => assert.ok(Math.abs(v - degrees[i]) <= 0.51e-5));
});
