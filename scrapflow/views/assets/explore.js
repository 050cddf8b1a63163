/** The widget: a frame with the map's page in it, and what one does there and here told to the other side. */

/** @typedef {{get(name: string): any, set(name: string, value: any): void, save_changes(): void, on(name: string, f: () => void): void, off(name: string, f: () => void): void}} Model */

/**
 * Draw the widget into an element of the notebook; what is given back ends it.
 * @param {{model: Model, el: HTMLElement}} given
 */
async function render({ model, el }) {
	const frame = document.createElement("iframe");
	frame.className = "scrapflow-frame";
	frame.title = model.get("label");
	frame.style.height = model.get("height") + "px";
	const drawn = new Promise((done) => frame.addEventListener("load", done, { once: true }));
	frame.srcdoc = PAGE;
	// the picture that stands in for the map in a saved notebook is not wanted beside it
	const hiding = document.createElement("style");
	hiding.textContent = `.scrapflow-still-${model.get("_still")} { display: none; }`;
	document.head.append(hiding);
	el.classList.add("scrapflow-explore");
	el.append(frame);
	await drawn;
	const page = /** @type {any} */ (frame.contentWindow);
	/** @type {any} */
	let root = null;
	/** Number of the question that was answered last: an answer to an older one is never shown. */
	let answered = -1;
	let telling = false;

	/** Show the newest data. */
	function show() {
		const data = page.scrapflowOpened(model.get("_data"));
		if (data.answers < answered) return;
		answered = data.answers;
		const first = root === null;
		root = page.scrapflowShow(data, first ? model.get("address") : "");
		root.addEventListener("scrapflow", tell);
		tell();
	}

	/** Tell Python what the map shows. */
	function tell() {
		const address = root.scrapflow.address();
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

	show();
	model.on("change:_data", show);
	model.on("change:address", obey);
	return () => {
		model.off("change:_data", show);
		model.off("change:address", obey);
		root.scrapflow.close();
		hiding.remove();
	};
}

export default { render };
