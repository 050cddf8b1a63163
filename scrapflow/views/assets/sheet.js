/** A panel over the map: title, tools, content; closed by its button or Escape, and the focus goes back. */

import { el } from "./dom.js";

/**
 * @param {App} app @param {string} name of the panel in the state
 * @param {(sheet: any) => void} show fills `sheet.body`, and `sheet.tools` if it has some, while the panel is open
 */
export function sheet(app, name, show) {
	const body = el(`div.sheet-body.${name}-scroll`, { tabindex: 0 });
	const heading = el("h2", { id: "sf-title-" + name });
	const tools = el("div.tools");
	const close = el("button.close", { text: "×", onclick: () => app.open(name) });
	const root = el(
		"section.sheet.sheet-" + name,
		{
			role: "dialog",
			"aria-labelledby": heading.id,
			hidden: true,
			onkeydown: (/** @type {KeyboardEvent} */ e) => e.key === "Escape" && app.open(name),
		},
		el("div.sheet-head", heading, tools, close),
		body,
	);
	/** Where the focus was. @type {any} */
	let before = null;

	function update() {
		const open = app.state.panel === name;
		heading.textContent = app.t(name + ".title");
		close.setAttribute("aria-label", app.t("close"));
		if (open) show({ body, tools, root });
		if (open && root.hidden) {
			before = document.activeElement;
			root.hidden = false;
			close.focus();
		} else if (!open && !root.hidden) {
			root.hidden = true;
			if (before?.isConnected) before.focus();
		}
	}

	return { root, update };
}
