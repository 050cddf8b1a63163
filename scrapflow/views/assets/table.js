/** The numbers behind the map as a table: sortable, as CSV, following the filters. */

import { button, el, fill, keepFocus } from "./dom.js";
import { accountSums, addTo, named } from "./query.js";
import { total } from "./unpack.js";
import { begun, csvLine, tonnes, whole } from "./words.js";
import { sheet } from "./sheet.js";

const SHOWN = 300;

/** @param {App} app @returns {Part} */
export function tableView(app) {
	const state = { view: "flows", sort: null, down: true };
	const panel = sheet(app, "table", ({ body, tools, root }) => {
		const { t } = app;
		const { columns, rows, first } = tableRows(app, state.view);
		const sort = state.sort ?? first;
		const order = sort < 0 ? rows : sorted(rows, sort, columns[sort].number, state.down);
		const show = (change) => {
			Object.assign(state, change);
			panel.update();
		};
		const number = (c) => (c.number ? "sf-number" : null);
		const head = (c, /** @type {number} */ i) => {
			const by = i === sort;
			const press = { key: "sort:" + i, onclick: () => show({ sort: i, down: by ? !state.down : Boolean(c.number) }) };
			const sign = el("span", { "aria-hidden": "true", text: by ? (state.down ? " ▼" : " ▲") : "" });
			const sorting = by ? (state.down ? "descending" : "ascending") : null;
			return el("th", { scope: "col", class: number(c), "aria-sort": sorting }, el("button", press, c.title, sign));
		};
		const choose = (row, /** @type {string} */ text) => {
			const onclick = () => {
				app.open("table");
				row.pick();
			};
			return el("button.link", { text, onclick });
		};
		const cellOf = (row, cell, /** @type {number} */ i) =>
			el(
				"td",
				{ class: number(columns[i]), "data-title": columns[i].title },
				i === 0 && row.pick ? choose(row, cell) : columns[i].number ? tonnes(cell) : cell,
			);
		keepFocus(root, () => {
			fill(
				tools,
				["flows", "places", "links", "months"].map((v) =>
					button("view:" + v, begun(t("table." + v)), () => show({ view: v, sort: null, down: true }), {
						"aria-pressed": String(state.view === v),
					}),
				),
				button("csv", t("table.csv"), () => save(`${state.view}.csv`, toCsv(columns, order)), {
					class: "sf-button sf-csv",
				}),
				el(
					"span.small",
					order.length > SHOWN
						? t("table.some", { n: SHOWN, all: whole(order.length) })
						: t("table.all", { n: whole(order.length) }),
				),
			);
			fill(
				body,
				el(
					"table",
					el("caption.hidden", t("table." + state.view)),
					el("thead", el("tr", columns.map(head))),
					el(
						"tbody",
						order.slice(0, SHOWN).map((row) =>
							el(
								"tr",
								row.cells.map((cell, /** @type {number} */ i) => cellOf(row, cell, i)),
							),
						),
					),
				),
			);
		});
	});
	return panel;
}

function sorted(rows, column, number, down) {
	const order = (a, b, i, as) => (as ? a.cells[i] - b.cells[i] : a.cells[i].localeCompare(b.cells[i]));
	return rows.slice().sort((a, b) => (down ? -1 : 1) * order(a, b, column, number) || order(a, b, 0));
}

/**
 * Columns and rows of one view, of exactly what the map shows; `first` is the column that it is sorted by.
 * @param {App} app @param {string} which @returns {Table}
 */
export function tableRows(app, which) {
	return { flows: flowRows, places: placeRows, links: linkRows, months: monthRows }[which](app);
}

/** Columns of words, by their keys, and of numbers, by their titles. */
const titled = (t, words, numbers) => [
	...words.map((/** @type {string} */ key) => ({ title: t("col." + key) })),
	...numbers.map((title) => ({ title, number: true })),
];
const moved = ({ t, run }) => run.kinds.map((kind) => t("col.kind_t", { kind: t("kind." + kind.name) }));

function flowRows({ run, view, t, name, focusOn }) {
	const { series } = run;
	const sums = new Map();
	view.shown.result.bySeries.forEach((v, s) => {
		const key = [series.kind.of[s], series.material.of[s], series.origin[s], series.destination[s]].join("|");
		if (v) addTo(sums, key, v);
	});
	const rows = [...sums].map(([key, v]) => {
		const [k, m, a, b] = key.split("|").map(Number);
		return {
			cells: [name(a), name(b), t("kind." + series.kind.names[k]), t("material." + series.material.names[m]), v],
			pick: () => focusOn([a]),
		};
	});
	return { columns: titled(t, ["origin", "destination", "kind", "material"], [t("col.tonnes")]), rows, first: 4 };
}

/** Places: what was asked and is owed, what each kind moved from or to them, what they held and got. */
function placeRows(/** @type {App} */ app) {
	const { run, view, t, state, name } = app;
	const { nodes, role, accounts } = run;
	const { values } = view.shown;
	const asked = [accounts.role.asked, accounts.role.owed].filter((column) => column in accounts.columns);
	const sums = asked.map((column) => accountSums(run, column, state.from, state.to));
	const yard = (/** @type {number} */ i) => (nodes.what(i) === "yard" ? heldOf(values, i) : 0);
	const rows = nodes.id.map((_, /** @type {number} */ i) => {
		const cells = [
			...sums.map((sum) => sum[i]),
			...run.kinds.map((_, k) => values.sent[k][i] + values.got[k][i]),
			yard(i),
		];
		return (
			cells.some((v) => v > 0) && {
				cells: [name(i), t("node." + nodes.what(i)), view.regionName(nodes.region.of[i]), ...cells],
				pick: () => app.focusOn([i]),
			}
		);
	});
	const titles = [...asked.map((column) => t("account." + column) + ", t"), ...moved(app), t("col.held")];
	const first = 3 + asked.length + (role.bring[0] ?? 0);
	return { columns: titled(t, ["place", "what", "region"], titles), rows: rows.filter(Boolean), first };
}

/** Everything that lies at a place. */
function heldOf({ held, materials }, /** @type {number} */ i) {
	return total(held.subarray(i * materials, (i + 1) * materials));
}

function linkRows({ run: { links }, view, t, name, select }) {
	const { loads } = view.shown;
	const rows = links.id.map((_, l) => {
		const [ahead, back] = [loads.forward[l], loads.backward[l]];
		const words = [name(links.from[l]), name(links.to[l]), named(links.line, l)];
		return (
			ahead + back > 0 && {
				cells: [...words, links.length_km[l] ?? 0, ahead, back, ahead + back],
				pick: () => select({ type: "link", link: l }),
			}
		);
	});
	const titles = ["km", "forward", "backward", "tonnes"].map((key) => t("col." + key));
	return { columns: titled(t, ["from", "to", "line"], titles), rows: rows.filter(Boolean), first: 6 };
}

function monthRows(/** @type {App} */ app) {
	const { run, view, t, state } = app;
	const rows = run.periods.map((p, /** @type {number} */ i) => ({
		cells: [p, ...run.kinds.map((_, k) => view.shown.monthly[k][i])],
		pick: () => app.set({ from: i, to: i }),
	}));
	return { columns: titled(t, ["month"], moved(app)), rows: rows.slice(state.from, state.to + 1), first: -1 };
}

/** The table as CSV text. */
export function toCsv(columns, rows) {
	return "\ufeff" + [csvLine(columns.map((c) => c.title)), ...rows.map((r) => csvLine(r.cells))].join("\r\n") + "\r\n";
}

/** Offer a text as a file; a data address, because it needs no permission of the page's policy. */
export function save(/** @type {string} */ name, /** @type {string} */ text) {
	download(name, "data:text/csv;charset=utf-8," + encodeURIComponent(text));
}

/** Hand a file to the reader. @param {string} name @param {string} href its content as data */
export function download(name, href) {
	const link = el("a", { href, download: "scrapflow-" + name });
	document.body.append(link);
	link.click();
	link.remove();
}
