/** A panel over the map: title, tools, content; closed by its button or Escape, and the focus goes back. */

import { el, fill } from "./dom.js";

/**
 * @param {any} app @param {string} name of the panel in the state @param {string} title label
 * @param {HTMLElement} content
 */
export function sheet(app, name, title, content) {
	const heading = el("h2", { id: "sf-title-" + name });
	const tools = el("div.tools");
	const close = el("button.close", { text: "×", onclick: () => app.open(name) });
	const root = el("section", { class: "sf-sheet sf-sheet-" + name, role: "dialog", "aria-labelledby": "sf-title-" + name, hidden: true, onkeydown: (e) => e.key === "Escape" && app.open(name) }, el("div.sheet-head", heading, tools, close), content);
	let before = null;

	function update() {
		const open = app.state.panel === name;
		heading.textContent = app.t(title);
		close.setAttribute("aria-label", app.t("close"));
		if (open && root.hidden) {
			before = document.activeElement;
			root.hidden = false;
			close.focus();
		} else if (!open && !root.hidden) {
			root.hidden = true;
			if (before && before.isConnected) before.focus();
		}
	}

	return { root, update, tools: (...children) => fill(tools, ...children) };
}
