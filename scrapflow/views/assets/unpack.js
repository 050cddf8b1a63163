/** Packed arrays of the page's data, back to typed arrays: the reverse of views/packing.py. */

/** @typedef {{d: string, n: number, bytes: Uint8Array}} Packed */

const TYPES = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };

/**
 * Read the page's data: all its arrays are one deflated block, in the order in which they are named.
 * @param {string} id of the element that holds the data
 */
export async function readPage(id) {
	const data = JSON.parse(document.getElementById(id)?.textContent || "");
	if (!window.DecompressionStream) document.body.prepend("This map needs a browser of 2023 or newer.");
	const text = atob(data.packed);
	const stream = new Blob([Uint8Array.from(text, (c) => c.charCodeAt(0))]).stream();
	const bytes = await new Response(stream.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
	delete data.packed;
	if (share(data, new Uint8Array(bytes), 0) !== bytes.byteLength) throw new Error("the packed data of this map is damaged");
	return data;
}

/**
 * Give every packed array its part of the bytes.
 * @param {any} part @param {Uint8Array} bytes @param {number} at
 * @returns {number} where the next begins
 */
export function share(part, bytes, at) {
	if (!part || typeof part !== "object" || Array.isArray(part)) return at;
	if (typeof part.d === "string" && typeof part.n === "number") {
		const end = at + part.n * TYPES[part.d].BYTES_PER_ELEMENT;
		part.bytes = bytes.subarray(at, end);
		return end;
	}
	return Object.values(part).reduce((next, child) => share(child, bytes, next), at);
}

/**
 * @param {Packed} packed
 * @returns {any} a typed array
 */
export function unpack(packed) {
	const Type = TYPES[packed.d];
	const width = Type.BYTES_PER_ELEMENT;
	const { n, bytes: planes } = packed;
	const bytes = new Uint8Array(n * width);
	for (let plane = 0; plane < width; plane++) {
		for (let i = 0, from = plane * n, to = plane; i < n; i++, to += width) bytes[to] = planes[from + i];
	}
	return new Type(bytes.buffer);
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
 * A column of names: the list and which of them each row has.
 * @param {{names: string[], of: Packed}} column
 */
export function unpackNames(column) {
	return { names: column.names, of: unpack(column.of) };
}
