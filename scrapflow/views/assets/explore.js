/** The widget: a frame with the map's page in it, sliders over it, and what one does there and here told to the other side. */

/** @typedef {{get(name: string): any, set(name: string, value: any): void, save_changes(): void, on(name: string, f: () => void): void, off(name: string, f: () => void): void}} Model */
/** @typedef {{name: string, unit: string, value: number, low: number, high: number}} Slider */

const STEPS = 200;
/** Pixels that a page leaves around the widget. */
const AROUND = 72;
/** Milliseconds that a run stands before its story and its claims are asked for. */
const REST = 250;
/** Totals that are told beside the map, where a run has them. */
const TOLD = ["quota_t", "carted_t", "returned_t", "looted_t", "delivered_t", "unserved_t"];

/** An element with a class and a text. @param {string} tag @param {string} name @param {string} [text] @returns {any} */
function made(tag, name, text = "") {
	return Object.assign(document.createElement(tag), { className: "scrapflow-" + name, textContent: text });
}

/** A number in three figures. @param {number} value */
const short = (value) => Number(value.toPrecision(3)).toLocaleString("en");

/**
 * The strip of sliders, closures and totals over the map.
 * @param {Model} model @param {(wish: {values: any, closed: string[]}) => void} ask
 */
function strip(model, ask) {
	const words = model.get("_words")[model.get("_lang")];
	const t = (/** @type {string} */ key, /** @type {any} */ with_ = {}) =>
		words["steer." + key].replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => with_[name]);
	const root = made("div", "strip");
	const [rows, chips, told, state] = ["sliders", "chips", "told", "state"].map((name) => made("div", name));
	state.setAttribute("role", "status");
	/** @type {Map<string, {input: any, said: any, slider: Slider}>} */
	const inputs = new Map();
	for (const slider of /** @type {Slider[]} */ (model.get("_sliders"))) {
		const row = made("label", "slider");
		const input = made("input", "range");
		Object.assign(input, { type: "range", min: 0, max: STEPS, step: 1 });
		const said = made("b", "value");
		row.append(made("span", "name", slider.name), input, said, made("small", "unit", slider.unit));
		row.title = `${short(slider.low)} – ${short(slider.high)} ${slider.unit}`;
		input.addEventListener("input", () => {
			input.dataset.moved = "yes";
			said.textContent = short(valueOf(slider, input));
			ask({ ...wished(), values: values() });
		});
		inputs.set(slider.name, { input, said, slider });
		rows.append(row);
	}
	const reset = made("button", "button", t("reset"));
	reset.addEventListener("click", () => ask({ values: {}, closed: [] }));
	if (model.get("_steered")) root.append(rows, chips, told, state);

	const valueOf = (/** @type {Slider} */ { low, high, value }, /** @type {any} */ input) =>
		input.dataset.moved ? low + ((high - low) * Number(input.value)) / STEPS : value;
	const wished = () => ({ values: {}, closed: [], ...model.get("_wish") });

	/** Values of the sliders that stand elsewhere than in the middle of their range. */
	function values() {
		/** @type {Record<string, number>} */
		const out = {};
		for (const [name, { input, slider }] of inputs) {
			const value = valueOf(slider, input);
			if (value !== slider.value) out[name] = value;
		}
		return out;
	}

	/** Put the sliders where the wish says. */
	function place() {
		const wish = wished();
		for (const [name, { input, said, slider }] of inputs) {
			const value = wish.values[name] ?? slider.value;
			const at = Math.round(((value - slider.low) / (slider.high - slider.low)) * STEPS);
			if (name in wish.values) input.dataset.moved = "yes";
			else delete input.dataset.moved;
			if (Number(input.value) !== at) input.value = at;
			said.textContent = short(value);
		}
	}

	/** Links that may be closed or opened. @param {string} chosen the link that is chosen on the map */
	function links(chosen) {
		const closed = /** @type {string[]} */ (wished().closed);
		const button = (/** @type {string} */ text, /** @type {string[]} */ next) => {
			const node = made("button", "button", text);
			node.addEventListener("click", () => ask({ ...wished(), closed: next }));
			return node;
		};
		chips.replaceChildren(
			reset,
			...(chosen && !closed.includes(chosen) ? [button(t("close", { link: chosen }), [...closed, chosen])] : []),
			...closed.map((link) =>
				button(
					t("open", { link }),
					closed.filter((other) => other !== link),
				),
			),
		);
	}

	/** Say the totals of what is shown beside those of the first run. @param {any} data @param {any} first */
	function say(data, first) {
		told.replaceChildren(
			...TOLD.filter((name) => first.totals[name] > 0 || data.totals[name] > 0).map((name) => {
				const now = data.totals[name];
				const item = made("span", "total", `${name.replace(/_t$/, "")} ${short(now)} t`);
				item.dataset.inputs = data.inputs;
				item.dataset.total = String(now);
				if (now !== first.totals[name])
					item.append(made("small", "first", ` (${t("first", { t: short(first.totals[name]) })})`));
				return item;
			}),
			made("small", "hash", t("inputs", { hash: data.inputs })),
		);
	}
	place();
	return { root, place, links, say, busy: (/** @type {string} */ text) => (state.textContent = text), t };
}

/**
 * Draw the widget into an element of the notebook; what is given back ends it.
 * @param {{model: Model, el: HTMLElement}} given
 */
async function render({ model, el }) {
	const frame = /** @type {HTMLIFrameElement} */ (made("iframe", "frame"));
	frame.title = model.get("label");
	const drawn = new Promise((done) => frame.addEventListener("load", done, { once: true }));
	frame.srcdoc = PAGE;
	// the picture that stands in for the map in a saved notebook is not wanted beside it
	const hiding = document.createElement("style");
	hiding.textContent = `.scrapflow-still-${model.get("_still")} { display: none; }`;
	document.head.append(hiding);
	const over = strip(model, ask);
	el.classList.add("scrapflow-explore");
	el.append(over.root, frame);
	// without a height of its own the map takes what the window has left
	const height = model.get("height");
	frame.style.height = height ? height + "px" : `max(460px, calc(100vh - ${over.root.offsetHeight + AROUND}px))`;
	await drawn;
	const page = /** @type {any} */ (frame.contentWindow);
	const first = page.scrapflowOpened(model.get("_base"));
	/** @type {any} */
	let root = null;
	/** Numbers of the last question and of the one that was answered last: an answer to an older one is never shown. */
	let asked = model.get("_wish").n || 0;
	let answered = -1;
	let telling = false;
	/** The wish for the story and the claims of what is shown, until something is moved. */
	let resting = 0;

	/** Ask for a run. @param {{values: any, closed: string[]}} wish */
	function ask(wish) {
		asked += 1;
		clearTimeout(resting);
		model.set("_wish", { values: wish.values, closed: wish.closed, n: asked });
		model.save_changes();
		moved();
	}

	/** Show where the sliders stand, and that what is painted is of before. */
	function moved() {
		asked = Math.max(asked, model.get("_wish").n || 0);
		over.place();
		over.links(chosenLink());
		over.busy(asked > answered ? over.t("working") : "");
		el.dataset.asked = String(asked);
	}

	const chosenLink = () => new URLSearchParams(root?.scrapflow.address()).get("link") || "";

	/** Show the newest data. */
	function show() {
		const sent = model.get("_data");
		const news = sent.byteLength ? page.scrapflowOpened(sent) : { answers: 0 };
		if (news.answers < answered) return;
		answered = news.answers;
		const data = { ...first, ...news, reference: root?.scrapflow.view.reference };
		const start = root === null;
		root = page.scrapflowShow(data, start ? model.get("address") : "");
		root.addEventListener("scrapflow", tell);
		over.say(data, first);
		el.dataset.answered = String(answered);
		el.dataset.told = String(news.told !== false);
		clearTimeout(resting);
		if (news.told === false && answered >= asked) resting = setTimeout(rest, REST);
		moved();
		tell();
	}

	/** Ask for what takes longer than drawing: the story and the claims of what is shown. */
	function rest() {
		if (answered < asked) return;
		model.set("_wish", { ...model.get("_wish"), n: answered, tell: true });
		model.save_changes();
	}

	/** Tell Python what the map shows. */
	function tell() {
		const address = root.scrapflow.address();
		over.links(chosenLink());
		if (telling || address === model.get("address")) return;
		model.set("address", address);
		model.save_changes();
	}

	/** Show what Python says the map should show. */
	function obey() {
		if (!root || model.get("address") === root.scrapflow.address()) return;
		telling = true;
		root.scrapflow.goTo(model.get("address"));
		telling = false;
		tell();
	}

	/** Say what could not be run. */
	function fault() {
		const [n, ...text] = model.get("_fault").split("|");
		if (!text.length) return;
		answered = Math.max(answered, Number(n));
		over.busy(text.join("|"));
	}

	show();
	/** @type {[string, () => void][]} */
	const heard = [
		["change:_data", show],
		["change:_wish", moved],
		["change:_fault", fault],
		["change:address", obey],
	];
	for (const [name, f] of heard) model.on(name, f);
	return () => {
		clearTimeout(resting);
		for (const [name, f] of heard) model.off(name, f);
		root.scrapflow.close();
		hiding.remove();
	};
}

export default { render };
