/** The run told in captioned views, which views/story.py made from its numbers. */

import { el, fill, keepFocus, small } from "./dom.js";
import { noFilter } from "./query.js";
import { mass, percent, tonnes } from "./words.js";

/**
 * The steps in words: what each says and what it shows.
 * @param {any} app
 */
export function storySteps(app) {
	const { run, view, t } = app;
	const said = {
		region: (name) => view.regionName(run.nodes.region.names.indexOf(name)) || t("story.nowhere"),
		name: app.name,
		list: (pairs) => pairs.map(([i, v]) => `${app.name(i)} ${mass(v)}`).join(", "),
		share: percent,
		functional: percent,
		scrap: percent,
	};
	return run.story.map(({ key, values, kinds, measure, look }) => ({
		title: t(`story.${key}.title`),
		text: t("story." + key, Object.fromEntries(Object.entries(values).map(([k, v]) => [k, (said[k] || tonnes)(v)]))),
		patch: {
			...app.startState(),
			filter: { ...noFilter(), kind: new Set(kinds) },
			measure,
			selected: look ? { type: "nodes", nodes: look } : null,
		},
		look,
	}));
}

/** @param {any} app */
export function story(app) {
	const root = el("section.story", { hidden: true, tabindex: -1 });
	let at = -1;

	app.tell = () => go(at < 0 ? 0 : -1);
	app.telling = () => at >= 0;

	function go(to) {
		const step = storySteps(app)[to];
		at = step ? to : -1;
		if (!step) return app.reset();
		if (step.look) app.flyTo(step.look, 8.5);
		else app.fit();
		app.set({ ...step.patch, lang: app.state.lang, scale: app.state.scale });
		app.announce(step.title + ". " + step.text);
		root.focus({ preventScroll: true });
		root.parentElement.scrollTop = 0;
	}

	function update() {
		root.hidden = at < 0;
		root.parentElement?.classList.toggle("sf-telling", at >= 0);
		if (at < 0) return;
		const { t } = app;
		const steps = storySteps(app);
		const button = (key, to, label, more) =>
			el("button.button", { key: "story:" + key, onclick: () => go(to), ...more }, t("story." + label));
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
						button("back", at - 1, "prev", { disabled: at === 0 }),
						at < steps.length - 1 && button("next", at + 1, "next", { class: "sf-button sf-main-button" }),
						button("end", -1, "end"),
					),
				),
			root,
		);
	}

	return { root, update };
}
