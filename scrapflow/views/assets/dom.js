/** Elements made by calls, never from HTML strings: a name is always text. */

const NOTHING = [null, undefined, false];
/** @type {Record<string, string>} */
const SHORT = { label: "aria-label", key: "data-key" };

/**
 * `el("p.small", {label: "…"}, "text", child)`: a class `small` is `sf-small` in the style sheet, `on…` are listeners,
 * `label` and `key` are aria-label and data-key; what is null, undefined or false is left out.
 * @param {string} tag @param {...any} parts attributes first, if any; then children
 * @returns {any}
 */
export function el(tag, ...parts) {
	return build((/** @type {string} */ name) => document.createElement(name), tag, parts);
}

/** The same for SVG; pictures are hidden from screen readers unless they have a role. @param {string} tag @param {...any} parts */
export function svg(tag, ...parts) {
	const node = build(
		(/** @type {string} */ name) => document.createElementNS("http://www.w3.org/2000/svg", name),
		tag,
		parts,
	);
	if (tag.startsWith("svg") && !node.hasAttribute("role")) node.setAttribute("aria-hidden", "true");
	return node;
}

function build(/** @type {(name: string) => any} */ make, /** @type {string} */ tag, /** @type {any[]} */ parts) {
	const [name, ...classes] = tag.split(".");
	const node = make(name);
	if (classes.length) node.setAttribute("class", classes.map((c) => "sf-" + c).join(" "));
	if (name === "button") node.type = "button";
	const attributes = parts[0]?.constructor === Object ? parts.shift() : {};
	for (const [key, value] of Object.entries(attributes)) {
		if (NOTHING.includes(value)) continue;
		if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
		else if (key === "text") node.textContent = String(value);
		else if (["value", "checked", "disabled", "hidden"].includes(key)) node[key] = value;
		else node.setAttribute(SHORT[key] || key, value === true ? "" : String(value));
	}
	node.append(...given(parts));
	return node;
}

function given(/** @type {any[]} */ children) {
	return children.flat(3).filter((c) => !NOTHING.includes(c));
}

/** Replace what an element holds. @param {any} node @param {...any} children */
export function fill(node, ...children) {
	node.replaceChildren(...given(children));
	return node;
}

/** A square of colour, with the line style of a kind if it has one. @param {string} colour @param {number[]} [dash] */
export function swatch(colour, dash) {
	return dash
		? svg(
				"svg.swatch",
				{ width: 26, height: 10 },
				svg("line", {
					x1: 1,
					y1: 5,
					x2: 25,
					y2: 5,
					stroke: colour,
					"stroke-width": 4,
					"stroke-dasharray": dash.join(" ") || null,
				}),
			)
		: svg("svg.swatch", { width: 12, height: 12 }, svg("rect", { width: 12, height: 12, rx: 2, fill: colour }));
}

/**
 * Change what an element holds and give the focus back to what had it.
 * @param {any} root @param {() => void} change @param {any} [otherwise] what to focus if it is gone
 */
export function keepFocus(root, change, otherwise) {
	const key = root.contains(document.activeElement) && document.activeElement?.getAttribute("data-key");
	change();
	if (key) (root.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`) || otherwise)?.focus();
}

/** What there is of some words, in one line. @param {...any} parts */
export function joined(...parts) {
	return parts.filter(Boolean).join(" · ");
}

/** A paragraph in small print. @param {...any} parts */
export function small(...parts) {
	return el("p.small", ...parts);
}

/** A button in the page's look. @param {string} key that names it @param {string} text @param {() => void} onclick @param {any} [more] */
export function button(key, text, onclick, more) {
	return el("button.button", { key, text, onclick, ...more });
}

/** Terms, by the keys of their words, and what they are; those without a value are left out. @param {(key: string) => string} t @param {any[][]} rows */
export function pairs(t, rows) {
	return el(
		"dl.pairs",
		rows.filter(([, value]) => value).map(([key, value]) => [el("dt", t(key)), el("dd", value)]),
	);
}
