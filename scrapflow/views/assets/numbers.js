/** Headline, the four numbers and the map in words: each sentence made from what it states. */

import { el, swatch } from "./dom.js";
import { count } from "./filters.js";
import { accountSums, heldAt, intakeOf, named, passing, sums } from "./query.js";
import { allShown } from "./ranges.js";
import { total } from "./unpack.js";
import { mass, percent, ranged, span, two } from "./words.js";

/** Less than this share of what was handed over is not told as left over. */
const LEAST = 1e-4;
/** From this share of their intake on, mills received as much as they would take. */
const ALL = 0.995;

/**
 * Totals of some months, with the filters: what was asked, and what each role moved.
 * @param {App} app
 * @param {{byKind: Float64Array}} [sum] what moved; by default in the months shown
 * @param {{from: number, to: number}} [months]
 * @returns {Totals}
 */
export function totals(app, { byKind } = app.view.shown.result, { from, to } = app.state) {
	const { run, state } = app;
	const { nodes, role } = run;
	// a quota has a place, and with it a region and a sector; the other filters are of what moved
	const asks = (/** @type {number} */ i) =>
		["region", "sector"].every((c) => !state.filter[c].size || state.filter[c].has(named(nodes[c], i)));
	const quota = accountSums(run, run.accounts.role.asked, from, to);
	const of = (/** @type {number[]} */ kinds) => total(kinds.map((k) => byKind[k]));
	return {
		asked: total(quota.map((t, i) => (asks(i) ? t : 0))),
		bring: of(role.bring),
		back: of(role.back),
		taken: of(role.taken),
		mills: of(role.mills),
	};
}

/** The month that the one month shown is set against, or -1. @param {State} state */
export function againstOf({ from, to, against }) {
	return from === to && against >= 0 && against !== from ? against : -1;
}

/** Whether the mills received what they were assumed to take, in the months shown. @param {App} app */
export function millsFull(app) {
	const { run, state, view } = app;
	const { all, assumed } = intakeOf(run, state.from, state.to);
	const received = total(run.role.mills.map((k) => view.shown.result.byKind[k]));
	return assumed && received >= ALL * all;
}

/** Title and the sentences that say what happened. @param {App} app */
export function headline(app) {
	const { t, data } = app;
	const { title, network = [] } = data.options;
	const [heading, below] = [title || t("map.title"), t("map.subtitle")];
	return [
		el("h1", heading),
		below !== heading && el("p.small.subtitle", below),
		lead(app),
		el("p.headline", said(app)),
		network.length > 0 && el("p.network", t("network.asks", { hosts: network.join(", ") })),
	];
}

/** The news, in one sentence: how much of what was handed over went back. @param {App} app */
function lead(app) {
	const { bring, back } = totals(app);
	const told = bring > 0 && back > 0 && !partial(app);
	return told && el("p.lead", app.t("headline.lead", { share: percent(back / bring) }));
}

/** Whether only some of what moved is shown: filters are set, or the map is of what a query selects. @param {App} app */
function partial({ data, state }) {
	return data.about.part || count(state.filter) > 0;
}

/** The headline's sentences. @param {App} app @returns {string} */
export function said(app) {
	const { t, run, view, state } = app;
	const { byKind } = view.shown.result;
	const shown = span(run.periods, state.from, state.to);
	if (!run.series.origin.length) return t("headline.empty");
	if (!total(byKind)) return t("headline.none", { span: shown });
	if (partial(app)) {
		const moved = run.kinds.map(
			(kind, k) => byKind[k] > 0 && t("headline.kind", { t: mass(byKind[k]), kind: t("kind." + kind.name) }),
		);
		const start = count(state.filter) ? t("headline.filtered", { span: shown }) : shown + ":";
		return [app.data.about.part && t("headline.part"), start, moved.filter(Boolean).join(", ") + "."]
			.filter(Boolean)
			.join(" ");
	}
	const sentences = clauses(app)
		.map((parts) => parts.filter(Boolean).join(t("and")))
		.filter(Boolean);
	return [start(app, shown), ...sentences.map((text) => text + ".")].join(" ");
}

/** What the tonnes are: modelled, reported, or both. @param {App} app @param {string} shown */
function start({ t, run, view }, shown) {
	const share = reportedShare(run, view.shown.result.bySeries);
	return t("headline." + restsOn(share), { span: shown, share: percent(share) });
}

/** What tonnes are called of which some were reported. @param {number} share */
export function restsOn(share) {
	return share === 0 ? "modelled" : share > 0.999 ? "given" : "mixed";
}

/** Share of the tonnes that nobody modelled. @param {Run} run @param {Float64Array} bySeries */
export function reportedShare({ series: { basis } }, bySeries) {
	const sum = [0, 0];
	bySeries.forEach((t, s) => (sum[["reported", "derived"].includes(basis.names[basis.of[s]]) ? 1 : 0] += t));
	return sum[1] / (sum[0] + sum[1] || 1);
}

/** Groups of clauses, each a sentence; one about nothing is not there. @param {App} app */
function clauses(app) {
	const { t, run, state } = app;
	const sum = totals(app);
	const left = heldAt(run, state.to);
	const last = state.to === run.nPeriods - 1;
	const unplaced = last ? app.data.about.unplaced : 0;
	// a range is of the one kind that the vocabulary brings; of several together none is known
	const one = (/** @type {number[]} */ which, /** @type {string} */ range) => (which.length === 1 ? range : "");
	const clause = (/** @type {string} */ key, /** @type {number} */ value, /** @type {string} */ range = key) =>
		value > 0 && t("headline." + key, { t: ranged(t, value, rangeOf(app, range)) });
	return [
		[clause("asked", sum.asked), clause("bring", sum.bring, "bring")],
		[
			clause("take_back", sum.back, one(run.role.back, "back")),
			clause("store", sum.taken, one(run.role.taken, "taken")),
		],
		[clause(millsFull(app) ? "mills.full" : "mills", sum.mills, "mills")],
		[
			clause(
				"abroad",
				total(run.role.deliver.filter((k) => !run.role.mills.includes(k)).map((k) => app.view.shown.result.byKind[k])),
				"",
			),
		],
		[left > sum.bring * LEAST && clause("left", left, "")],
		[clause("unplaced", unplaced, "")],
	];
}

/** Low and high of a figure while all is shown. @param {App} app @param {string} key @returns {number[]|undefined} */
function rangeOf(app, key) {
	return allShown(app) ? (app.data.options.ranges || {})[key] : undefined;
}

/** The four numbers, with their ranges where the run has them; one that a run does not have is not there. @param {App} app */
export function figures(app) {
	const { t, run, state, view } = app;
	const { filter } = state;
	const sum = totals(app);
	const filters = count(filter);
	const { role, kinds } = run;
	const other = againstOf(state);
	const then =
		other < 0
			? null
			: totals(app, sums(run, passing(run, filter), other, other, filter.top), { from: other, to: other });
	/** A number of the other month, and how far this one is from it. */
	const compared = (/** @type {number} */ value, /** @type {number} */ was) => {
		const change = was > 0 ? (value - was) / was : 0;
		const told = Math.round(change * 100) ? (change > 0 ? "+" : "−") + percent(Math.abs(change)) : t("figure.same");
		return el(
			"span.small.against",
			t("figure.against", { period: run.periods[other], t: two(was), change: was > 0 || !value ? told : "–" }),
		);
	};
	const label = (/** @type {number[]} */ which) => which.map((k) => t("kind." + kinds[k].name)).join(", ");
	const before = run.evidence?.before || {};
	/** @param {string} key @param {string} name @param {(sum: Totals) => number} part @param {string|false} note @param {number[]} [which] kinds */
	const card = (key, name, part, note, which = []) => {
		const value = part(sum);
		const range = rangeOf(app, key);
		// nothing of a region that sends nothing is nothing; only what is switched off is left out
		const off = filter.kind.size > 0 && !which.some((k) => filter.kind.has(kinds[k].name));
		const none = which.length > 0 && off;
		return el(
			"div.figure",
			el("dt", swatch(which.length ? kinds[which[0]].colour : app.style.ink), " ", name),
			el(
				"dd",
				none ? el("b.none", "–") : [el("b", two(value)), el("small", "\u00a0t")],
				range && el("span.small", t("figure.range", { low: two(range[0]), high: two(range[1]) })),
				range &&
					before[key] &&
					el("span.small", t("figure.before", { low: two(before[key][0]), high: two(before[key][1]) })),
				none ? el("span.small", t("figure.none")) : note && el("span.small", note),
				then && compared(value, part(then)),
			),
		);
	};
	// a share of the quota would be none where only some of what moved is summed
	const whose = filters === count({ region: filter.region, sector: filter.sector }) && !app.data.about.part;
	const of = (/** @type {number} */ value, /** @type {number} */ whole, /** @type {string} */ key) =>
		whole > 0 && whose && t(key, { share: percent(value / whole) });
	const gone = [...role.back, ...role.taken];
	const moved = gone.filter((k) => view.shown.result.byKind[k] > 0);
	const split = moved.map((k) => `${two(view.shown.result.byKind[k])} ${t("kind." + kinds[k].name)}`).join(", ");
	const full = !filters && millsFull(app) && t("figure.full");
	const { members } = app.data.about;
	const cards = el(
		"dl.cards",
		run.accounts.role.asked in run.accounts.columns && card("asked", t("figure.asked"), ({ asked }) => asked, ""),
		role.bring.length > 0 &&
			card("bring", label(role.bring), ({ bring }) => bring, of(sum.bring, sum.asked, "figure.of.asked"), role.bring),
		gone.length > 0 && card("home", label(gone), ({ back, taken }) => back + taken, moved.length > 1 && split, gone),
		role.mills.length > 0 &&
			card(
				"mills",
				t("figure.received"),
				({ mills }) => mills,
				full || of(sum.mills, sum.bring, "figure.of.carted"),
				role.mills,
			),
	);
	return [
		cards,
		Boolean(members) && rangeOf(app, "mills") && el("p.small.members", t("figure.ranges", { n: members })),
	];
}

/** The picture in words, for those who do not see it. @param {App} app */
export function summary(app) {
	const { t, view } = app;
	const { values } = view.shown;
	const list = (/** @type {number[]} */ nodes, /** @type {Float64Array} */ sums) =>
		nodes
			.filter((i) => sums[i] > 0)
			.sort((a, b) => sums[b] - sums[a])
			.slice(0, 5)
			.map((i) => app.name(i) + " " + mass(sums[i]))
			.join(", ");
	const yards = list(app.yards, values.arrived);
	const mills = list(view.mills, values.received);
	return [
		el("h2", t("summary.title")),
		yards && el("p", t("summary.yards", { list: yards })),
		mills && el("p", t("summary.mills", { list: mills })),
		el("p", app.assumedText()),
	];
}
