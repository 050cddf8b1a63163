/** Packed arrays of the page's data, back to typed arrays: the reverse of views/packing.py. */

import { inflate } from "./inflate.js";

/** @typedef {{d: string, n: number, z: string}} Packed */

const TYPES = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };

/**
 * @param {string} text base64
 * @returns {Uint8Array}
 */
export function fromBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * @param {Packed} packed
 * @returns {Uint8Array|Uint16Array|Uint32Array|Int8Array|Int16Array|Int32Array|Float32Array|Float64Array}
 */
export function unpack(packed) {
  const Type = TYPES[packed.d];
  const width = Type.BYTES_PER_ELEMENT;
  const planes = inflate(fromBase64(packed.z), packed.n * width);
  if (width === 1) return new Type(planes.buffer);
  const bytes = new Uint8Array(packed.n * width);
  const n = packed.n;
  for (let plane = 0; plane < width; plane++) {
    const from = plane * n;
    for (let i = 0, to = plane; i < n; i++, to += width) bytes[to] = planes[from + i];
  }
  return new Type(bytes.buffer);
}

/**
 * Degrees from differences of whole steps.
 * @param {Packed} packed
 * @param {number} [step]
 */
export function unpackDegrees(packed, step = 1e-5) {
  const differences = unpack(packed);
  const degrees = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < degrees.length; i++) degrees[i] = (sum += differences[i]) * step;
  return degrees;
}

/**
 * A column of names: the list and which of them each row has.
 * @param {{names: string[], of: Packed}} column
 */
export function unpackNames(column) {
  return { names: column.names, of: unpack(column.of) };
}
