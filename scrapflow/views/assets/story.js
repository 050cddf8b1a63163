/** The run told in captioned views, which views/story.py made from its numbers. */

import { button, el, fill, keepFocus, small } from "./dom.js";
import { measureOf } from "./measures.js";
import { noFilter } from "./query.js";
import { mass, own, percent, two } from "./words.js";

/**
 * The steps in words: what each says and what it shows.
 * @param {App} app
 * @returns {{title: string, text: string, patch: Partial<State>, look: number[]|null}[]}
 */
export function storySteps(app) {
	const { run, view, t } = app;
	/** @type {Record<string, (value: any) => string>} */
	const said = {
		region: (name) => view.regionName(run.nodes.region.names.indexOf(name)),
		name: app.name,
		list: (pairs) => pairs.map((/** @type {[number, number]} */ [i, v]) => `${app.name(i)} ${mass(v)}`).join(", "),
		share: percent,
	};
	const sentence = (/** @type {string} */ key, /** @type {Record<string, any>} */ values) =>
		t(`story.${key}`, Object.fromEntries(Object.entries(values).map(([k, v]) => [k, (said[k] || two)(v)])));
	return run.story.map(({ key, says, kinds, measure, look }) => {
		const patch = {
			...app.startState(),
			filter: { ...noFilter(), kind: new Set(kinds) },
			measure,
			selected: look ? { type: "nodes", nodes: look } : null,
		};
		const shade = measure ? measureOf({ ...app, state: { ...app.state, ...patch } }) : null;
		const notes = [shade && (shade.even || t("shade." + measure)), own(t, `story.${key}.note`)];
		const text = [...says.map(({ key: words, ...values }) => sentence(`${key}.${words}`, values)), ...notes];
		return { title: t(`story.${key}.title`), text: text.filter(Boolean).join(" "), patch, look };
	});
}

/** @param {App} app @returns {Part} */
export function story(app) {
	const root = el("section.story", { hidden: true, tabindex: -1 });
	/** What had been set before the story, and where the map was. @type {any} */
	let before = null;

	app.tell = () => (app.state.step < 0 ? go(0) : leave());
	app.telling = () => app.state.step >= 0;

	function go(/** @type {number} */ to) {
		const step = storySteps(app)[to];
		if (!step) return;
		if (app.state.step < 0) before = { state: { ...app.state }, view: [app.map.getCenter(), app.map.getZoom()] };
		if (step.look) app.flyTo(step.look, 8.5);
		else app.fit();
		app.set({ ...step.patch, step: to, lang: app.state.lang, scale: app.state.scale });
		app.announce(step.title + ". " + step.text);
		root.focus({ preventScroll: true });
		const side = root.parentElement;
		side.scrollTop = 0;
		// in a low window the page scrolls as a whole, and the text would be told out of sight
		if (window.getComputedStyle(side).overflowY === "visible") root.scrollIntoView({ block: "nearest" });
	}

	/** Give back what one had set. */
	function leave() {
		if (!before) return app.reset();
		app.map.setView(...before.view, { animate: false });
		app.set({ ...before.state, step: -1, lang: app.state.lang });
		before = null;
	}

	function update() {
		const at = app.state.step;
		root.hidden = at < 0;
		root.parentElement?.classList.toggle("sf-telling", at >= 0);
		if (at < 0) return;
		const { t } = app;
		const steps = storySteps(app);
		/** @param {string} key @param {() => void} on @param {string} label @param {object} [more] */
		const press = (key, on, label, more) => button("story:" + key, t("story." + label), on, more);
		root.setAttribute("aria-label", t("story.button"));
		keepFocus(
			root,
			() =>
				fill(
					root,
					small(t("story.step", { n: at + 1, all: steps.length })),
					el("h2.name", steps[at].title),
					el("p.caption", steps[at].text),
					el(
						"div.tools",
						press("back", () => go(at - 1), "prev", { disabled: at === 0 }),
						at < steps.length - 1 && press("next", () => go(at + 1), "next", { class: "sf-button sf-main-button" }),
						press("end", leave, "end"),
					),
				),
			root,
		);
	}

	return { root, update };
}
