/** The largest of very many, without putting all of them in order. */

/** @param {ArrayLike<number>} values @returns {number} `-Infinity` of none */
export function most(values) {
	let best = -Infinity;
	for (let i = 0; i < values.length; i++) if (values[i] > best) best = values[i];
	return best;
}

/** @param {ArrayLike<number>} values @returns {number} `Infinity` of none */
export function least(values) {
	let best = Infinity;
	for (let i = 0; i < values.length; i++) if (values[i] < best) best = values[i];
	return best;
}

/**
 * The rows of the largest sizes, from large to small; of equal sizes the first row first.
 *
 * Bits of numbers above zero are in the order of the numbers: rows are counted by their upper half, and only those of the
 * halves that hold the largest are put in order.
 * @param {Uint32Array} rows @param {Float32Array} size of each row, above zero @param {number} count how many are wanted
 */
export function largestRows(rows, size, count) {
	const bits = new Uint32Array(size.buffer, size.byteOffset, size.length);
	let [chosen, lowest] = [rows, 0];
	if (rows.length > count) {
		const counts = new Uint32Array(1 << 16);
		for (let i = 0; i < rows.length; i++) counts[bits[rows[i]] >>> 16]++;
		for (let above = 0, half = counts.length; above < count; lowest = half) above += counts[--half];
		chosen = rows.filter((row) => bits[row] >>> 16 >= lowest);
	}
	return Array.from(chosen.sort((a, b) => size[b] - size[a] || a - b).subarray(0, count));
}
