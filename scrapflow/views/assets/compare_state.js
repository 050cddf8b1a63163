/** What two maps in step show: months that belong together, kinds, a region, the scale; and the same as an address. */

/**
 * Months of two runs side by side: by their labels where both have any in common, else the first beside the first.
 * A run that does not reach so far has -1 there.
 * @param {string[]} a @param {string[]} b
 * @returns {{label: string, at: number[]}[]}
 */
export function aligned(a, b) {
	if (a.some((label) => b.includes(label)))
		return [...new Set([...a, ...b])].sort().map((label) => ({ label, at: [a.indexOf(label), b.indexOf(label)] }));
	return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => ({
		label: [a[i] ?? "–", b[i] ?? "–"].join(" | "),
		at: [i < a.length ? i : -1, i < b.length ? i : -1],
	}));
}

/**
 * The months of one run within a range of steps, or null where it has none of them.
 * @param {{at: number[]}[]} steps @param {number} from @param {number} to @param {number} which run
 * @returns {{from: number, to: number}|null}
 */
export function monthsOf(steps, from, to, which) {
	const here = steps
		.slice(from, to + 1)
		.map(({ at }) => at[which])
		.filter((i) => i >= 0);
	return here.length ? { from: Math.min(...here), to: Math.max(...here) } : null;
}

/** @param {any} state @param {{lat: number, lng: number}} centre @param {number} zoom @param {number} last step @returns {string} */
export function encodeBoth(state, centre, zoom, last) {
	const out = new URLSearchParams({
		v: [centre.lat.toFixed(4), centre.lng.toFixed(4), Number(zoom.toFixed(2))].join(","),
		lang: state.lang,
	});
	if (state.from || state.to !== last) out.set("m", `${state.from}-${state.to}`);
	if (state.kind.size) out.set("kind", [...state.kind].join("~"));
	if (state.region) out.set("region", state.region);
	if (state.scale !== "fixed") out.set("scale", state.scale);
	if (state.chosen) out.set("chosen", state.chosen);
	return out.toString();
}

/**
 * What an address says, as far as it can be so.
 * @param {string} text @param {{last: number, kinds: string[], regions: string[], languages: string[]}} known
 */
export function decodeBoth(text, known) {
	const parts = new URLSearchParams(text.replace(/^#/, ""));
	const part = (/** @type {string} */ name) => parts.get(name) || "";
	/** @type {Record<string, any>} */
	const patch = { chosen: part("chosen") };
	const [from, to] = part("m").split("-").map(Number);
	if (from >= 0 && from <= to && to <= known.last) Object.assign(patch, { from, to });
	const kinds = part("kind")
		.split("~")
		.filter((kind) => known.kinds.includes(kind));
	if (kinds.length) patch.kind = new Set(kinds);
	if (known.regions.includes(part("region"))) patch.region = part("region");
	if (part("scale") === "adaptive") patch.scale = "adaptive";
	if (known.languages.includes(part("lang"))) patch.lang = part("lang");
	const v = part("v").split(",").map(Number);
	return { patch, view: v.length === 3 && v.every(Number.isFinite) ? v : null };
}
