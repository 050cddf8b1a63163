/** The bar over the map: search by any spelling, panels, language. */

import { button, el, fill, joined, keepFocus } from "./dom.js";
import { folder } from "./words.js";

/**
 * Nodes whose spellings hold a text: those that begin with it first, then by what stands there.
 * @param {Run} run @param {string} text @param {number} [most] @returns {number[]}
 */
export function findNodes({ nodes, fold: table }, text, most = 12) {
	const fold = folder(table);
	const wanted = fold(text);
	if (!wanted) return [];
	// folded on the first search only: opening the page need not wait for it
	nodes.folded ??= nodes.name.map((name, i) =>
		[name, nodes.local[i], ...nodes.aliases[i].split("|")].filter(Boolean).map(fold),
	);
	const rank = ["mill", "yard", "enterprise", "community", "station", "outside"];
	const found = [];
	for (let i = 0; i < nodes.n; i++) {
		const best = Math.min(
			...nodes.folded[i].map((name) =>
				name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 9,
			),
		);
		if (best < 9) found.push([best, rank.indexOf(nodes.what(i)), i]);
	}
	found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
	return found.slice(0, most).map((f) => f[2]);
}

/** @param {App} app */
export function searchBox(app) {
	const list = el("ul.found", { id: "sf-found", role: "listbox", hidden: true });
	const input = el("input.search", {
		type: "search",
		role: "combobox",
		autocomplete: "off",
		spellcheck: "false",
		"aria-expanded": "false",
		"aria-controls": "sf-found",
		"aria-autocomplete": "list",
		oninput: () => look(),
		onkeydown: keys,
		onblur: () => setTimeout(opened, 150, false),
	});
	const bar = el("div.buttons");
	// where there is little room the buttons are one menu
	const menu = el("button.button.menu", {
		"aria-expanded": "false",
		onclick: () => folded(!root.classList.contains("sf-open")),
	});
	const root = el("div.top", el("div.searching", input, list), menu, bar);
	bar.addEventListener("click", () => folded(false));
	let found = [];
	let active = -1;

	function folded(open) {
		root.classList.toggle("sf-open", open);
		menu.setAttribute("aria-expanded", String(open));
	}

	function look() {
		found = findNodes(app.run, input.value);
		active = found.length ? 0 : -1;
		show();
	}

	function show() {
		const {
			t,
			run: { nodes },
			view,
			state,
		} = app;
		opened(Boolean(input.value.trim()));
		list.setAttribute("aria-label", t("search.found"));
		fill(
			list,
			found.map((i, k) =>
				el(
					"li",
					{
						role: "option",
						id: "sf-found-" + k,
						"aria-selected": String(k === active),
						onmousedown: (e) => {
							e.preventDefault();
							choose(k);
						},
					},
					el("span", app.name(i) + (nodes.local[i] && state.lang === "en" ? " " + nodes.local[i] : "")),
					el("small", joined(t("node." + nodes.what(i)), view.regionName(nodes.region.of[i]))),
				),
			),
			!found.length &&
				el("li.small", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, t("search.none")),
		);
	}

	function opened(open) {
		list.hidden = !open;
		input.setAttribute("aria-expanded", String(open));
		if (open && active >= 0) input.setAttribute("aria-activedescendant", "sf-found-" + active);
		else input.removeAttribute("aria-activedescendant");
	}

	function keys(event) {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step) {
			event.preventDefault();
			if (found.length) active = (active + step + found.length) % found.length;
			show();
		} else if (event.key === "Enter" && active >= 0) {
			choose(active);
		} else if (event.key === "Escape") {
			opened(false);
		}
	}

	function choose(k) {
		const i = found[k];
		input.value = app.name(i);
		opened(false);
		app.flyTo([i], 9);
		app.focusOn([i]);
	}

	function update() {
		const { t, state } = app;
		input.placeholder = t("search.hint");
		if (!state.selected && document.activeElement !== input) input.value = "";
		input.setAttribute("aria-label", t("search.label"));
		menu.textContent = t("menu.button");
		const other = app.languages.find((lang) => lang !== state.lang);
		const switches = (/** @type {string} */ key, on, pressed) =>
			button("top:" + key, t(key + ".button"), on, { "aria-pressed": String(pressed) });
		const all = [
			app.run.story.length > 0 && switches("story", app.tell, app.telling()),
			app.panels.map((key) => switches(key, () => app.open(key), state.panel === key)),
			switches("area", () => app.set({ drawing: !state.drawing }), Boolean(state.drawing)),
			other && button("top:lang", t("language." + other), () => app.set({ lang: other }), { lang: other }),
		];
		keepFocus(bar, () => fill(bar, all));
	}

	return { root, update };
}
