/** Deflate with its fixed code (RFC 1951, 3.2.6) to bytes: small, synchronous, and there in every browser. */

/** Symbol and length of the code that nine bits begin with, the first bit lowest: `symbol * 16 + length`. */
const FIXED = Uint16Array.from({ length: 512 }, (_, bits) => {
	let code = 0;
	for (let b = 0; b < 9; b++) code = code * 2 + ((bits >> b) & 1);
	const eight = code >> 1;
	if (code < 96) return (256 + (code >> 2)) * 16 + 7;
	if (eight < 192) return (eight - 48) * 16 + 8;
	return eight < 200 ? (eight + 88) * 16 + 8 : (code - 256) * 16 + 9;
});

/**
 * @param {Uint8Array} input raw deflate stream of stored and fixed blocks
 * @param {number} size number of bytes that come out
 * @returns {Uint8Array}
 */
export function inflate(input, size) {
	const out = new Uint8Array(size);
	let at = 0;
	let put = 0;
	const peek = () => (input[at >> 3] | (input[(at >> 3) + 1] << 8) | (input[(at >> 3) + 2] << 16)) >> (at & 7);
	const take = (/** @type {number} */ n) => {
		const value = peek() & ((1 << n) - 1);
		at += n;
		return value;
	};
	for (let last = 0; !last; ) {
		last = take(1);
		const type = take(2);
		if (type > 1 || at > 8 * input.length) break;
		if (type === 0) {
			at = (at + 7) & ~7;
			const n = take(16);
			at += 16;
			out.set(input.subarray(at >> 3, (at >> 3) + n), put);
			put += n;
			at += 8 * n;
		}
		while (type && put <= size) {
			const hit = FIXED[peek() & 511];
			const s = hit >> 4;
			at += hit & 15;
			if (s === 256) break;
			if (s < 256) {
				out[put++] = s;
				continue;
			}
			const more = s < 265 || s > 284 ? 0 : (s - 261) >> 2;
			const end = put + (s < 265 ? s - 254 : s > 284 ? 258 : ((4 + ((s - 265) & 3)) << more) + 3 + take(more));
			let d = 0;
			for (let b = 0; b < 5; b++) d = d * 2 + take(1);
			const far = d < 4 ? 0 : (d >> 1) - 1;
			const back = (d < 4 ? d : (2 + (d & 1)) << far) + 1 + take(far);
			for (; put < end; put++) out[put] = out[put - back];
		}
	}
	if (put !== size) throw new Error("the packed data of this map is damaged");
	return out;
}
