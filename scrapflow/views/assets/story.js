/** The run told in captioned views, made from its own numbers. */

import { el, fill } from "./dom.js";
import { accountSums, noFilter } from "./query.js";
import { percent, tonnes } from "./words.js";

/**
 * The steps: what each says and what it shows. Steps without tonnes are left out.
 * @param {any} app
 */
export function storySteps(app) {
	const { run, view, t } = app;
	const lang = app.state.lang;
	const last = Math.max(0, run.nPeriods - 1);
	const r = view.reference.nodes;
	const sum = (values) => values.reduce((a, b) => a + b, 0);
	const best = (values, list) => list.reduce((a, i) => (a < 0 || values[i] > values[a] ? i : a), -1);
	const byRegion = (values) => {
		const out = new Float64Array(run.nodes.region.names.length);
		for (let i = 0; i < run.nodes.n; i++) out[run.nodes.region.of[i]] += values[i];
		return out;
	};
	const topRegion = (values) => {
		const sums = byRegion(values);
		const i = sums.indexOf(Math.max(...sums));
		return { name: view.regionName(i, lang) || t("story.nowhere"), share: percent(sums[i] / (sum(sums) || 1)), index: i };
	};
	const quota = accountSums(run, "quota_t", 0, last);
	const short = accountSums(run, "shortfall_t", 0, last);
	const base = { from: 0, to: last, measure: "", selected: null, panel: "", filter: noFilter() };
	const only = (...kinds) => ({ ...noFilter(), kind: new Set(kinds) });
	const steps = [];
	const add = (key, values, patch, look) => steps.push({ title: t(`story.${key}.title`), text: t(`story.${key}`, values), patch: { ...base, ...patch }, look });
	const everyone = [...Array(run.nodes.n).keys()];

	if (sum(quota) > 0) {
		const top = topRegion(quota);
		add("asked", { t: tonnes(sum(quota)), region: top.name, share: top.share }, { measure: "burden" });
	}
	if (sum(r.carted) > 0) {
		const ofEnterprises = everyone.filter((i) => run.nodes.kinds[run.nodes.kind[i]] === "enterprise").reduce((a, i) => a + r.carted[i], 0);
		add("comes", { t: tonnes(sum(r.carted)), share: percent(ofEnterprises / sum(r.carted)), region: topRegion(r.carted).name }, { filter: only("carted") });
		const yard = best(r.cartedIn, app.yards);
		if (yard >= 0) {
			const m = r.materials;
			const held = Array.from({ length: m }, (_, k) => r.held[yard * m + k]);
			const functional = ["idle_machinery", "working_machinery"].reduce((a, name) => a + (held[run.series.material.names.indexOf(name)] || 0), 0);
			add("yard", { name: app.name(yard), functional: percent(functional / sum(held)), scrap: percent(held[0] / sum(held)) }, { selected: { type: "nodes", nodes: [yard] } }, [yard]);
		}
	}
	if (sum(r.returned) + sum(r.looted) > 0) {
		add("back", { returned: tonnes(sum(r.returned)), looted: tonnes(sum(r.looted)), share: percent(sum(r.returned) / (sum(r.carted) || 1)) }, { filter: only("returned", "looted"), measure: "returned" });
	}
	if (sum(short) > 0) {
		add("hit", { t: tonnes(sum(short)), region: topRegion(short).name }, { measure: "lost_output" });
	}
	if (sum(r.received) > 0) {
		const list = view.mills.filter((i) => r.received[i] > 0).sort((a, b) => r.received[b] - r.received[a]).slice(0, 3);
		add("mills", { t: tonnes(sum(r.received)), list: list.map((i) => `${app.name(i)} ${tonnes(r.received[i])} t`).join(", ") }, { filter: only("shipped") });
	}
	return steps;
}

/** @param {any} app */
export function story(app) {
	const root = el("section.story", { hidden: true, tabindex: -1 });
	let at = -1;
	let steps = [];
	let lang = "";

	app.tell = () => go(at < 0 ? 0 : -1);
	app.telling = () => at >= 0;

	function go(to) {
		steps = storySteps(app);
		lang = app.state.lang;
		at = to >= 0 && to < steps.length ? to : -1;
		if (at < 0) {
			app.reset();
			return;
		}
		const step = steps[at];
		if (step.look) app.flyTo(step.look, 8.5);
		else app.fit();
		app.set(step.patch);
		app.announce(step.title + ". " + step.text);
		root.focus({ preventScroll: true });
		root.parentElement.scrollTop = 0;
	}

	function update() {
		root.hidden = at < 0;
		root.parentElement?.classList.toggle("sf-telling", at >= 0);
		if (at < 0) return;
		if (lang !== app.state.lang) {
			steps = storySteps(app);
			lang = app.state.lang;
		}
		const { t } = app;
		const step = steps[at];
		const focused = document.activeElement?.getAttribute("data-key");
		root.setAttribute("aria-label", t("story.button"));
		fill(root,
			el("p.small", t("story.step", { n: at + 1, all: steps.length })),
			el("h2.name", step.title),
			el("p.caption", step.text),
			el("div.tools",
				el("button.button", { key: "story:back", disabled: at === 0, text: t("story.prev"), onclick: () => go(at - 1) }),
				at < steps.length - 1 && el("button.button.main-button", { key: "story:next", text: t("story.next"), onclick: () => go(at + 1) }),
				el("button.button", { key: "story:end", text: t("story.end"), onclick: () => go(-1) })));
		if (focused && focused.startsWith("story:")) (root.querySelector(`[data-key="${CSS.escape(focused)}"]:not(:disabled)`) || root).focus();
	}

	return { root, update };
}
