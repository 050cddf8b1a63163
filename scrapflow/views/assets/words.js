/** Words and numbers as they are shown: labels in two languages, tonnes with a sensible number of digits. */

/**
 * A translator over tables of labels: `t("key", {n: 3})` fills `{n}`; of one thing `key.one` is told, where there is it.
 * @param {Record<string, Record<string, string>>} tables
 * @param {string} lang
 */
export function translator(tables, lang) {
	const table = tables[lang] || tables.en || {};
	const spare = tables.en || {};
	return function t(/** @type {string} */ key, /** @type {Record<string, string|number>} */ values = {}) {
		const pattern = (String(values.n) === "1" && table[key + ".one"]) || (table[key] ?? spare[key] ?? key);
		return pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
	};
}

/** A count: a whole number with its digits grouped, 1234567 as 1,234,567. @param {number} value */
export function whole(value) {
	return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/**
 * A number of tonnes: whole from 100 up, one digit from 10, two below, "0" for nothing; never in exponents.
 * @param {number} value
 */
export function tonnes(value) {
	const size = Math.abs(value);
	const sign = value < 0 ? "−" : "";
	if (!(size > 0)) return "0";
	if (size >= 99.5) return sign + whole(size);
	if (size >= 9.95) return sign + size.toFixed(1);
	if (size >= 0.005) return sign + size.toFixed(2);
	return sign + "<0.01";
}

/**
 * A number as people are told it: two figures, because more would be a pretence. What the page holds in single precision may lie a
 * hair under what it stands for: 23.5 is 24 here as everywhere else.
 * @param {number} value
 */
export function two(value) {
	const size = Number((Math.abs(value) * (1 + 2 ** -21)).toPrecision(2));
	const sign = value < 0 ? "−" : "";
	if (!(size > 0)) return "0";
	if (size >= 10) return sign + whole(size);
	return sign + (size >= 0.01 ? size.toFixed(size >= 1 ? 1 : 2) : "<0.01");
}

/** A text that only some worlds or languages have, or what stands in its place. @param {App["t"]} t @param {string} key */
export function own(t, key, spare = "") {
	const text = t(key);
	return text === key ? spare : text;
}

/** What is measured, in words; a measure that has no name of its own is called as its table calls it. @param {string} name @param {App["t"]} t */
export function metricName(name, t) {
	const plain = (name || "").replace(/_(t|share)(_per_\w+)?$/, "").replace(/_/g, " ");
	return own(t, "metric." + name) || own(t, "account." + name, plain);
}

/** A unit in words; one that has no name of its own is called as its table calls it. @param {string} unit @param {App["t"]} t */
export function unitName(unit, t) {
	return own(t, "unit." + unit, unit);
}

/** A text as a sentence or a heading begins. @param {string} text */
export function begun(text) {
	return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Tonnes with their unit, in two figures; number and unit stay on one line. @param {number} value */
export function mass(value) {
	return two(value) + NBSP + "t";
}

/** Tonnes with their range, where there is one. @param {App["t"]} t @param {number} value @param {number[]|false|undefined} range */
export function ranged(t, value, range) {
	return range ? t("number.range", { t: two(value), low: two(range[0]), high: two(range[1]) }) : mass(value);
}

const NBSP = "\u00a0";

/** A step of a scale, which is a round number. @param {number} value */
export function step(value) {
	return (value < 1 ? value : whole(value)) + NBSP + "t";
}

/** The first and the last of the months shown. @param {string[]} periods @param {number} from @param {number} to */
export function span(periods, from, to) {
	return to > from ? periods[from] + " – " + periods[to] : periods[from] || "–";
}

/** A share as a percentage. @param {number} value */
export function percent(value) {
	if (!Number.isFinite(value)) return "–";
	const p = value * 100;
	return (p > 0 && p < 1 ? p.toFixed(1) : String(Math.round(p))) + "%";
}

/** Round down to 1, 2 or 5 times a power of ten. @param {number} value */
export function nice(value) {
	if (!(value > 0)) return 0;
	const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
	const head = value / power;
	return Number(((head >= 5 ? 5 : head >= 2 ? 2 : 1) * power).toPrecision(3));
}

/**
 * A function that reduces a name to what its spellings have in common, by the table that Python folds by.
 * @param {[number, number, string][]} table first and last code point, and what stands for each of them ("": nothing)
 * @returns {(text: string) => string}
 */
export function folder(table) {
	const code = (/** @type {number} */ point) => `\\u{${point.toString(16)}}`;
	const ranges = table.filter((row) => !row[2]).map(([first, last]) => code(first) + "-" + code(last));
	const all = new RegExp(`[${ranges.join("")}]`, "gu");
	/** @type {Record<string, string>} */
	const letters = {};
	for (const [first, last, folded] of table)
		for (let point = first; folded && point <= last; point++) letters[String.fromCodePoint(point)] = folded;
	const drop = (/** @type {string} */ text) => text.replace(all, "");
	// apostrophes go first: compatibility decomposition would turn some of them into a space and an accent
	return (text) => {
		const plain = drop(drop(text).normalize("NFKD")).toLowerCase();
		return drop(Array.from(plain, (letter) => letters[letter] ?? letter).join("")).normalize("NFC");
	};
}

/**
 * One line of CSV, quoted where needed; a text that a spreadsheet would take for a formula is kept a text.
 * @param {(string|number|null|undefined)[]} cells
 */
export function csvLine(cells) {
	return cells
		.map((cell) => {
			if (typeof cell === "number") return Number.isFinite(cell) ? String(Math.round(cell * 1e4) / 1e4) : "";
			const text = cell === null || cell === undefined ? "" : String(cell);
			const safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
			return /[",\n\r]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
		})
		.join(",");
}
