/** Packed arrays of the page's data, back to typed arrays: the reverse of views/packing.py. */

import { inflate } from "./inflate.js";

/** @typedef {{d: string, n: number, z?: any, r?: any, b?: Uint8Array}} Packed deflated byte planes or JSON, or the bytes as they are */

/** Typed arrays by the words of views/packing.py. @type {Record<string, any>} */
export const TYPES = {
	u1: Uint8Array,
	u2: Uint16Array,
	u4: Uint32Array,
	i1: Int8Array,
	i2: Int16Array,
	i4: Int32Array,
	f4: Float32Array,
	f8: Float64Array,
};

/**
 * @param {Packed} packed
 * @returns {any} a typed array, or what the JSON says
 */
export function unpack({ d, n, z, r, b }) {
	const Type = TYPES[d];
	if (b) return d === "json" ? JSON.parse(new TextDecoder().decode(b)) : new Type(b.buffer, b.byteOffset, n);
	const text = r ?? z;
	// the browser's own reader, where there is one, is several times faster
	const packed = Uint8Array.fromBase64?.(text) || Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
	if (text === r) return new Type(packed.buffer);
	if (d === "json") return JSON.parse(new TextDecoder().decode(inflate(packed, n)));
	const width = Type.BYTES_PER_ELEMENT;
	const planes = inflate(packed, n * width);
	const bytes = new Uint8Array(n * width);
	for (let plane = 0, from = 0; plane < width; plane++)
		for (let i = plane; i < bytes.length; i += width) bytes[i] = planes[from++];
	return new Type(bytes.buffer);
}

/**
 * The data of a binary message, as packing.py's `message` wrote it; arrays are looked at where they lie.
 * @param {DataView} view @returns {any}
 */
export function opened({ buffer, byteOffset, byteLength }) {
	const bytes = new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
	const start = 4 + new DataView(bytes.buffer).getUint32(0, true);
	const head = new TextDecoder().decode(bytes.subarray(4, start));
	return JSON.parse(head, (_, value) => {
		if (value?.at === undefined || !value.d) return value;
		const width = value.d === "json" ? 1 : TYPES[value.d].BYTES_PER_ELEMENT;
		return { ...value, b: bytes.subarray(start + value.at, start + value.at + value.n * width) };
	});
}

/**
 * Degrees from differences of whole steps.
 * @param {Packed} packed @param {number} [step]
 */
export function unpackDegrees(packed, step = 1e-5) {
	const differences = unpack(packed);
	const degrees = new Float64Array(differences.length);
	let sum = 0;
	for (let i = 0; i < degrees.length; i++) degrees[i] = (sum += differences[i]) * step;
	return degrees;
}

/**
 * What is packed in an object, and what is not, by name: arrays, JSON, and columns of names (the list and which of them
 * each row has). Each is made on first use: opening the page need not wait for what no one has asked for.
 * @param {any} data @returns {any}
 */
export function unpacked(data) {
	const out = { ...data };
	for (const [name, value] of Object.entries(data)) {
		if (value?.d) lazy(out, name, () => unpack(value));
		else if (value?.of) lazy(out, name, () => ({ ...value, of: unpack(value.of) }));
	}
	return out;
}

/** Give an object a value that is made on first use. @param {any} object @param {string} name @param {() => any} make @returns {any} */
export function lazy(object, name, make) {
	let made = null;
	return Object.defineProperty(object, name, { get: () => (made ??= make()) });
}

/** Sum of numbers. @param {any} values */
export function total(values) {
	return values.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);
}

/** Where each of several runs of values begins, from their lengths. @param {ArrayLike<number>} counts */
export function running(counts) {
	const start = new Int32Array(counts.length + 1);
	for (let i = 0; i < counts.length; i++) start[i + 1] = start[i] + counts[i];
	return start;
}
