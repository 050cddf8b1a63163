/** The numbers behind the map as a table: sortable, as CSV, following the filters. */

import { el, fill } from "./dom.js";
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
		const focused = document.activeElement?.getAttribute("data-key");
		const { t } = app;
		const { columns, rows } = tableRows(app, state.view);
		const sort = state.sort < 0 ? columns.length - 1 : Math.min(state.sort, columns.length - 1);
		const order = sorted(rows, sort, state.down);
		frame.tools(
			["flows", "places", "links", "months"].map((v) => el("button.button", { key: "view:" + v, "aria-pressed": String(state.view === v), text: t("table." + v), onclick: () => { state.view = v; state.sort = -1; state.down = true; update(); } })),
			el("button.button.csv", { key: "csv", text: t("table.csv"), onclick: () => save(`${state.view}.csv`, toCsv(columns, order)) }),
			el("span.small", order.length > SHOWN ? t("table.some", { n: SHOWN, all: whole(order.length) }) : t("table.all", { n: whole(order.length) })));
		fill(body, el("table", el("caption.hidden", t("table." + state.view)),
			el("thead", el("tr", columns.map((c, i) => el("th", { scope: "col", class: c.number ? "sf-number" : "", "aria-sort": i === sort ? (state.down ? "descending" : "ascending") : null },
				el("button", { key: "sort:" + i, onclick: () => { state.down = i === sort ? !state.down : Boolean(c.number); state.sort = i; update(); } }, c.title, el("span", { "aria-hidden": "true", text: i === sort ? (state.down ? " ▼" : " ▲") : "" })))))),
			el("tbody", order.slice(0, SHOWN).map((row) => el("tr", row.cells.map((cell, i) => el("td", { class: columns[i].number ? "sf-number" : "" },
				i === 0 && row.pick ? el("button.link", { text: cell, onclick: () => { app.open("table"); row.pick(); } }) : columns[i].number ? tonnes(cell) : cell)))))));
		if (focused) frame.root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
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
	const name = (i) => (i < 0 ? "?" : app.name(i));
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
			rows.push({ cells: [name(i), t("node." + nodes.kinds[nodes.kind[i]]), view.regionName(nodes.region.of[i], state.lang), ...cells], pick: () => app.focusOn([i]) });
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
