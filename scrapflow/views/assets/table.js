/** The numbers behind the map as a table: sortable, as CSV, following the filters. */

import { button, el, fill, keepFocus } from "./dom.js";
import { accountSums } from "./query.js";
import { csvLine, tonnes, whole } from "./words.js";
import { sheet } from "./sheet.js";

const SHOWN = 300;

/** @param {any} app */
export function tableView(app) {
	const state = { view: "flows", sort: -1, down: true };
	const body = el("div.table-scroll", { tabindex: 0 });
	const frame = sheet(app, "table", "table.title", body);

	function update() {
		frame.update();
		if (app.state.panel !== "table") return;
		const { t } = app;
		const { columns, rows } = tableRows(app, state.view);
		const sort = state.sort < 0 ? columns.length - 1 : Math.min(state.sort, columns.length - 1);
		const order = sorted(rows, sort, state.down);
		const show = (change) => {
			Object.assign(state, change);
			update();
		};
		const number = (c) => (c.number ? "sf-number" : null);
		keepFocus(frame.root, () => {
			frame.tools(
				["flows", "places", "links", "months"].map((v) => button("view:" + v, t("table." + v), () => show({ view: v, sort: -1, down: true }), { "aria-pressed": String(state.view === v) })),
				button("csv", t("table.csv"), () => save(`${state.view}.csv`, toCsv(columns, order)), { class: "sf-button sf-csv" }),
				el("span.small", order.length > SHOWN ? t("table.some", { n: SHOWN, all: whole(order.length) }) : t("table.all", { n: whole(order.length) })));
			fill(body, el("table", el("caption.hidden", t("table." + state.view)),
				el("thead", el("tr", columns.map((c, i) => el("th", { scope: "col", class: number(c), "aria-sort": i === sort ? (state.down ? "descending" : "ascending") : null },
					el("button", { key: "sort:" + i, onclick: () => show({ sort: i, down: i === sort ? !state.down : Boolean(c.number) }) }, c.title, el("span", { "aria-hidden": "true", text: i === sort ? (state.down ? " ▼" : " ▲") : "" })))))),
				el("tbody", order.slice(0, SHOWN).map((row) => el("tr", row.cells.map((cell, i) => el("td", { class: number(columns[i]) },
					i === 0 && row.pick ? el("button.link", { text: cell, onclick: () => { app.open("table"); row.pick(); } }) : columns[i].number ? tonnes(cell) : cell)))))));
		});
	}

	return { root: frame.root, update };
}

function sorted(rows, column, down) {
	const sign = down ? -1 : 1;
	return rows.slice().sort((a, b) => {
		const [x, y] = [a.cells[column], b.cells[column]];
		const c = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
		return sign * c || String(a.cells[0]).localeCompare(String(b.cells[0]));
	});
}

/** Columns and rows of one view, of exactly what the map shows. */
export function tableRows(app, which) {
	const { run, view, t, state } = app;
	const { series, nodes, links } = run;
	const { result, values, loads } = view.shown;
	const column = (key, number = false) => ({ title: t(key), number });
	const { name } = app;
	if (which === "flows") {
		const sums = new Map();
		for (let s = 0; s < result.bySeries.length; s++) {
			if (!result.bySeries[s]) continue;
			const key = [series.kind.of[s], series.material.of[s], series.origin[s], series.destination[s]].join("|");
			sums.set(key, (sums.get(key) || 0) + result.bySeries[s]);
		}
		const rows = [...sums].map(([key, v]) => {
			const [k, m, a, b] = key.split("|").map(Number);
			return { cells: [name(a), name(b), t("kind." + series.kind.names[k]), t("material." + series.material.names[m]), v], pick: () => app.focusOn([a]) };
		});
		return { columns: [column("col.origin"), column("col.destination"), column("col.kind"), column("col.material"), column("col.tonnes", true)], rows };
	}
	if (which === "places") {
		const account = (c) => accountSums(run, c, state.from, state.to);
		const [quota, shortfall] = [account("quota_t"), account("shortfall_t")];
		const rows = [];
		for (let i = 0; i < nodes.n; i++) {
			const cells = [quota[i], shortfall[i], values.carted[i] + values.cartedIn[i], values.returned[i] + values.returnedIn[i], values.looted[i] + values.lootedIn[i], values.received[i], values.shipped[i]];
			if (!cells.some((v) => v > 0)) continue;
			rows.push({ cells: [name(i), t("node." + nodes.what(i)), view.regionName(nodes.region.of[i], state.lang), ...cells], pick: () => app.focusOn([i]) });
		}
		return { columns: [column("col.place"), column("col.what"), column("col.region"), ...["col.quota", "col.shortfall", "col.carted", "col.returned", "col.looted", "col.received", "col.shipped"].map((c) => column(c, true))], rows };
	}
	if (which === "links") {
		const rows = [];
		for (let l = 0; l < links.n; l++) {
			if (!loads.forward[l] && !loads.backward[l]) continue;
			rows.push({ cells: [name(links.from[l]), name(links.to[l]), links.line.names[links.line.of[l]], links.length_km[l] ?? 0, loads.forward[l], loads.backward[l], loads.forward[l] + loads.backward[l]], pick: () => app.select({ type: "link", link: l }) });
		}
		return { columns: [column("col.from"), column("col.to"), column("col.line"), column("col.km", true), column("col.forward", true), column("col.backward", true), column("col.tonnes", true)], rows };
	}
	const kinds = series.kind.names;
	const rows = run.periods.map((p, i) => ({ cells: [p, ...kinds.map((_, k) => view.shown.monthly[k][i])], pick: () => app.set({ from: i, to: i }) })).filter((_, i) => i >= state.from && i <= state.to);
	return { columns: [column("col.month"), ...kinds.map((k) => column("kind." + k, true))], rows };
}

/** The table as CSV text. */
export function toCsv(columns, rows) {
	return "\ufeff" + [csvLine(columns.map((c) => c.title)), ...rows.map((r) => csvLine(r.cells))].join("\r\n") + "\r\n";
}

/** Offer a text as a file; a data address, because it needs no permission of the page's policy. */
export function save(name, text) {
	const link = el("a", { href: "data:text/csv;charset=utf-8," + encodeURIComponent(text), download: "scrapflow-" + name });
	document.body.append(link);
	link.click();
	link.remove();
}
