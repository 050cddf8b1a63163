/** The numbers behind the map as a table: sortable, as CSV, following the filters. */

import { button, el, fill, keepFocus } from "./dom.js";
import { accountSums, addTo, named } from "./query.js";
import { csvLine, tonnes, whole } from "./words.js";
import { sheet } from "./sheet.js";

const SHOWN = 300;

/** @param {any} app */
export function tableView(app) {
	const state = { view: "flows", sort: null, down: true };
	const panel = sheet(app, "table", ({ body, tools, root }) => {
		const { t } = app;
		const { columns, rows } = tableRows(app, state.view);
		const sort = Math.min(state.sort ?? { places: 5, months: -1 }[state.view] ?? 9, columns.length - 1);
		const order = sort < 0 ? rows : sorted(rows, sort, columns[sort].number, state.down);
		const show = (change) => {
			Object.assign(state, change);
			panel.update();
		};
		const number = (c) => (c.number ? "sf-number" : null);
		keepFocus(root, () => {
			fill(
				tools,
				["flows", "places", "links", "months"].map((v) =>
					button("view:" + v, t("table." + v), () => show({ view: v, sort: null, down: true }), {
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
					el(
						"thead",
						el(
							"tr",
							columns.map((c, i) =>
								el(
									"th",
									{
										scope: "col",
										class: number(c),
										"aria-sort": i === sort ? (state.down ? "descending" : "ascending") : null,
									},
									el(
										"button",
										{
											key: "sort:" + i,
											onclick: () => show({ sort: i, down: i === sort ? !state.down : Boolean(c.number) }),
										},
										c.title,
										el("span", { "aria-hidden": "true", text: i === sort ? (state.down ? " ▼" : " ▲") : "" }),
									),
								),
							),
						),
					),
					el(
						"tbody",
						order.slice(0, SHOWN).map((row) =>
							el(
								"tr",
								row.cells.map((cell, i) =>
									el(
										"td",
										{ class: number(columns[i]) },
										i === 0 && row.pick
											? el("button.link", {
													text: cell,
													onclick: () => {
														app.open("table");
														row.pick();
													},
												})
											: columns[i].number
												? tonnes(cell)
												: cell,
									),
								),
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

/** Columns and rows of one view, of exactly what the map shows. @param {any} app @param {string} which */
export function tableRows(app, which) {
	const { run, view, t, state, name } = app;
	const { series, nodes, links } = run;
	const { result, values, loads, monthly } = view.shown;
	const kinds = series.kind.names;
	const table = (words, numbers, rows) => ({
		columns: [
			...words.map((key) => ({ title: t("col." + key) })),
			...numbers.map((key) => ({ title: t(key.includes(".") ? key : "col." + key), number: true })),
		],
		rows,
	});
	if (which === "flows") {
		const sums = new Map();
		result.bySeries.forEach((v, s) => {
			const key = [series.kind.of[s], series.material.of[s], series.origin[s], series.destination[s]].join("|");
			if (v) addTo(sums, key, v);
		});
		return table(
			["origin", "destination", "kind", "material"],
			["tonnes"],
			[...sums].map(([key, v]) => {
				const [k, m, a, b] = key.split("|").map(Number);
				return {
					cells: [name(a), name(b), t("kind." + kinds[k]), t("material." + series.material.names[m]), v],
					pick: () => app.focusOn([a]),
				};
			}),
		);
	}
	if (which === "places") {
		const [quota, shortfall] = ["quota_t", "shortfall_t"].map((c) => accountSums(run, c, state.from, state.to));
		const rows = nodes.id.map((_, i) => {
			const [carted, returned, looted] = ["carted", "returned", "looted"].map(
				(k) => values[k][i] + values[k + "In"][i],
			);
			const cells = [quota[i], shortfall[i], carted, returned, looted, values.received[i], values.shipped[i]];
			return (
				cells.some((v) => v > 0) && {
					cells: [name(i), t("node." + nodes.what(i)), view.regionName(nodes.region.of[i]), ...cells],
					pick: () => app.focusOn([i]),
				}
			);
		});
		return table(
			["place", "what", "region"],
			["quota", "shortfall", "carted", "returned", "looted", "received", "shipped"],
			rows.filter(Boolean),
		);
	}
	if (which === "links") {
		const rows = links.id.map((_, l) => {
			const [ahead, back] = [loads.forward[l], loads.backward[l]];
			return (
				ahead + back > 0 && {
					cells: [
						name(links.from[l]),
						name(links.to[l]),
						named(links.line, l),
						links.length_km[l] ?? 0,
						ahead,
						back,
						ahead + back,
					],
					pick: () => app.select({ type: "link", link: l }),
				}
			);
		});
		return table(["from", "to", "line"], ["km", "forward", "backward", "tonnes"], rows.filter(Boolean));
	}
	const rows = run.periods.map((p, i) => ({
		cells: [p, ...kinds.map((_, k) => monthly[k][i])],
		pick: () => app.set({ from: i, to: i }),
	}));
	return table(
		["month"],
		kinds.map((k) => "kind." + k),
		rows.slice(state.from, state.to + 1),
	);
}

/** The table as CSV text. */
export function toCsv(columns, rows) {
	return "\ufeff" + [csvLine(columns.map((c) => c.title)), ...rows.map((r) => csvLine(r.cells))].join("\r\n") + "\r\n";
}

/** Offer a text as a file; a data address, because it needs no permission of the page's policy. */
export function save(name, text) {
	const link = el("a", {
		href: "data:text/csv;charset=utf-8," + encodeURIComponent(text),
		download: "scrapflow-" + name,
	});
	document.body.append(link);
	link.click();
	link.remove();
}
