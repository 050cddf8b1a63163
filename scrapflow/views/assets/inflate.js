/** Raw deflate (RFC 1951) to bytes: small, synchronous, and there in every browser. */

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LOOKUP_BITS = 10;

/**
 * Build a decoder of a canonical Huffman code: a lookup of the first bits, counts and symbols for longer codes.
 * @param {ArrayLike<number>} lengths bits of each symbol, 0 for unused
 */
function huffman(lengths) {
  const counts = new Uint16Array(16);
  for (let i = 0; i < lengths.length; i++) counts[lengths[i]]++;
  counts[0] = 0;
  const starts = new Uint16Array(17);
  const codes = new Uint16Array(17);
  let code = 0;
  for (let bits = 1; bits <= 15; bits++) {
    code = (code + counts[bits - 1]) << 1;
    codes[bits] = code;
    starts[bits + 1] = starts[bits] + counts[bits];
  }
  const symbols = new Uint16Array(lengths.length);
  const next = starts.slice();
  const lookup = new Uint16Array(1 << LOOKUP_BITS);
  for (let s = 0; s < lengths.length; s++) {
    const bits = lengths[s];
    if (!bits) continue;
    symbols[next[bits]++] = s;
    const value = codes[bits]++;
    if (bits > LOOKUP_BITS) continue;
    let turned = 0;
    for (let b = 0; b < bits; b++) turned |= ((value >> b) & 1) << (bits - 1 - b);
    for (let fill = turned; fill < lookup.length; fill += 1 << bits) lookup[fill] = (s << 4) | bits;
  }
  return { counts, symbols, lookup };
}

/**
 * @param {Uint8Array} input raw deflate stream
 * @param {number} size number of bytes that come out
 * @returns {Uint8Array}
 */
export function inflate(input, size) {
  const out = new Uint8Array(size);
  let at = 0;
  let hold = 0;
  let held = 0;
  let put = 0;

  const need = (/** @type {number} */ n) => {
    while (held < n) {
      hold |= (input[at++] || 0) << held;
      held += 8;
    }
  };
  const take = (/** @type {number} */ n) => {
    if (!n) return 0;
    need(n);
    const value = hold & ((1 << n) - 1);
    hold >>>= n;
    held -= n;
    return value;
  };
  const symbol = (/** @type {ReturnType<typeof huffman>} */ table) => {
    need(15);
    const hit = table.lookup[hold & ((1 << LOOKUP_BITS) - 1)];
    if (hit) {
      hold >>>= hit & 15;
      held -= hit & 15;
      return hit >> 4;
    }
    let code = 0;
    let first = 0;
    let index = 0;
    for (let bits = 1; bits <= 15; bits++) {
      code |= (hold >> (bits - 1)) & 1;
      const count = table.counts[bits];
      if (code - count < first) {
        hold >>>= bits;
        held -= bits;
        return table.symbols[index + code - first];
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error("the packed data of this map is damaged");
  };

  for (let last = 0; !last; ) {
    last = take(1);
    const type = take(2);
    if (type === 0) {
      at -= held >> 3;
      hold = held = 0;
      const n = input[at] | (input[at + 1] << 8);
      out.set(input.subarray(at + 4, at + 4 + n), put);
      at += 4 + n;
      put += n;
      continue;
    }
    if (type === 3 || at > input.length + 8) throw new Error("the packed data of this map is damaged");
    const [literals, distances] = type === 1 ? fixedTables() : readTables(take, symbol);
    for (;;) {
      const s = symbol(literals);
      if (s < 256) {
        if (put >= size) throw new Error("the packed data of this map is damaged");
        out[put++] = s;
      } else if (s === 256) {
        break;
      } else {
        const length = LENGTH_BASE[s - 257] + take(LENGTH_BITS[s - 257]);
        const d = symbol(distances);
        const back = DISTANCE_BASE[d] + take(DISTANCE_BITS[d]);
        for (let i = 0; i < length; i++, put++) out[put] = out[put - back];
      }
    }
  }
  if (put !== size) throw new Error("the packed data of this map is damaged");
  return out;
}

function fixedTables() {
  const lengths = new Uint8Array(288);
  lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
  return [huffman(lengths), huffman(new Uint8Array(30).fill(5))];
}

/**
 * @param {(n: number) => number} take
 * @param {(table: ReturnType<typeof huffman>) => number} symbol
 */
function readTables(take, symbol) {
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const codes = take(4) + 4;
  const lengths = new Uint8Array(19);
  for (let i = 0; i < codes; i++) lengths[CODE_ORDER[i]] = take(3);
  const table = huffman(lengths);
  const all = new Uint8Array(literals + distances);
  for (let i = 0; i < all.length; ) {
    const s = symbol(table);
    if (s < 16) {
      all[i++] = s;
      continue;
    }
    const value = s === 16 ? all[i - 1] : 0;
    const times = s === 16 ? 3 + take(2) : s === 17 ? 3 + take(3) : 11 + take(7);
    all.fill(value, i, i + times);
    i += times;
  }
  return [huffman(all.subarray(0, literals)), huffman(all.subarray(literals))];
}
