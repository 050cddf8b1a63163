/** What a state selects of a run, the scales, and the places gathered for a zoom. */

import { LEVELS, crowded, hierarchy, makeRoom, plan } from "./gather.js";
import { linkLoads, monthly, nodeSums, passing, sums } from "./query.js";
import { runPicture } from "./run_picture.js";
import { total } from "./unpack.js";

export const WIDEST = 20;
/** Side in pixels of the mill that received most, on a wide and on a narrow map; mills have a scale of their own. */
const MILL_SIDE = [42, 30];
/** Radius in pixels of the largest sign, half rings and all, on a wide and on a narrow map. */
const SIGN = [33, 23];

/**
 * @param {any} run what readRun gave
 * @param {any} style colours
 * @returns {any}
 */
export function runView(run, style) {
	const { nodes, links, series } = run;
	const looks = (column, given) =>
		series[column].names.map((name) => ({ colour: style.muted, dash: [], ...given[name] }));
	const kinds = looks("kind", style.kinds);
	const groups = hierarchy(nodes, run.places);
	const mills = [...nodes.kind.keys()].filter((i) => nodes.what(i) === "mill" && nodes.placed[i]);
	const last = Math.max(0, run.nPeriods - 1);
	const plans = new Map();
	let whole = null;
	let home = 0;
	const reference = {
		load: run.largestLoad,
		months: Math.max(1, run.nPeriods),
		get nodes() {
			return (whole ??= nodeSums(
				run,
				sums(run, new Uint8Array(series.origin.length).fill(1), 0, last),
				0,
				last,
				series.material.names.map(() => 1),
			));
		},
	};
	/** @type {any} */
	const view = {
		run,
		style,
		groups,
		mills,
		reference,
		shown: null,
		select,
		setHome,
		planFor,
		nodeName,
		regionName,
		groupName,
		groupValues,
		millScale,
		widthOf,
		loadScale,
		areaScale,
		pathsThrough,
		kindColour: kinds.map((k) => k.colour),
		kindDash: kinds.map((k) => k.dash),
		materialColour: looks("material", style.materials).map((m) => m.colour),
	};
	return Object.assign(view, runPicture(view));

	/** The zoom at which all is in view: from there, regions and counties are split step by step. */
	function setHome(zoom) {
		home = zoom;
		plans.clear();
	}

	/** Recompute what a state selects; everything drawn and every number comes from here. */
	function select(state) {
		const { filter, from, to } = state;
		const pass = passing(run, filter);
		const result = sums(run, pass, from, to, filter.top);
		// a stock is mixed: only its material is known, so that with a filter on whence it came the yards show what came in
		const stocked = !filter.top && ["via", "region", "sector", "basis", "grade"].every((name) => !filter[name].size);
		const sumsOf = (r) =>
			nodeSums(
				run,
				r,
				from,
				to,
				series.material.names.map((m) => (stocked && (!filter.material.size || filter.material.has(m)) ? 1 : 0)),
			);
		const values = sumsOf(result);
		// what yards hold is there also while the map shows only what leaves them
		if (filter.kind.size)
			values.held = sumsOf(sums(run, passing(run, { ...filter, kind: new Set() }), from, to, filter.top)).held;
		if (stocked && from === 0 && to === last && !pass.includes(0) && !filter.material.size) whole ??= values;
		view.shown = {
			result,
			values,
			stocked,
			state,
			loads: linkLoads(run, result.bySeries),
			months: result.months,
			monthly: monthly(run, result.kept),
			focus: focus(state.selected, result.bySeries),
		};
	}

	/** What belongs to a selection: its series, and the links their paths use. */
	function focus(selected, tonnes) {
		if (!selected) return null;
		const chosen = new Set(selected.nodes);
		const through = selected.type === "link" ? pathsThrough(selected.link) : new Set();
		const inSeries = series.path.map((path, s) =>
			chosen.has(series.origin[s]) || chosen.has(series.destination[s]) || through.has(path) ? 1 : 0,
		);
		const bySeries = tonnes.map((t, s) => (inSeries[s] ? t : 0));
		return { inSeries, bySeries, loads: linkLoads(run, bySeries) };
	}

	function pathsThrough(link) {
		const { start, link: steps } = run.paths;
		const out = new Set();
		for (let p = 0, k = 0; p + 1 < start.length; p++)
			for (; k < start[p + 1]; k++) if (steps[k] >> 1 === link) out.add(p);
		return out;
	}

	/** Tonnes a month of a gathered place: held by material, brought in, carried back, taken. */
	function groupValues(group, values, months) {
		const m = values.materials;
		const [into, back] = group.yard ? [values.cartedIn, values.returned] : [values.carted, values.returnedIn];
		const out = { held: new Array(m).fill(0), in: 0, back: 0, taken: 0 };
		for (const i of group.nodes) {
			for (let k = 0; k < m; k++) out.held[k] += values.held[i * m + k] / months;
			out.in += into[i] / months;
			out.back += back[i] / months;
			out.taken += values.looted[i] / months;
		}
		const all = total(out.held);
		return { ...out, total: all, size: all + 2 * Math.max(out.in, out.back + out.taken) };
	}

	/** Groups to draw at a zoom and the area of a tonne: the largest sign is given a radius, all others follow. */
	function planFor(at, compact) {
		const key = Math.round(at.zoom * 4) + compact / 2;
		if (!plans.has(key)) plans.set(key, planned(at, compact));
		return plans.get(key);
	}

	function planned({ scale, zoom }, compact) {
		const biggest = SIGN[compact];
		const sizeOf = (g) => (g.largest ??= groupValues(g, reference.nodes, reference.months).size);
		// the largest sign is as large as leaves the others to be seen
		const most = (list) => list.reduce((best, g) => Math.max(best, sizeOf(g)), 0);
		const radiusAt = (list, largest) => {
			const unit = largest / Math.sqrt(most(list) || 1);
			return (g) => unit * Math.sqrt(sizeOf(g));
		};
		const { level, groups: chosen } = plan(groups, (list) => radiusAt(list, biggest), scale, zoom - home);
		const radius =
			biggest * ([1, 0.75, 0.55].find((r) => !crowded(chosen, radiusAt(chosen, r * biggest), scale, 0.4)) || 0.4);
		const perTonne = most(chosen) > 0 ? (Math.PI * radius * radius) / most(chosen) : 0;
		const perMillTonne = millScale(reference.nodes, reference.months, compact);
		const at = (place, r) => ({ x: place.wx * scale, y: place.wy * scale, r });
		const fixed = mills.map((i) =>
			at(
				{ wx: nodes.wx[i], wy: nodes.wy[i] },
				Math.max(9, Math.sqrt((reference.nodes.received[i] * perMillTonne) / reference.months)) * 0.62 + 3,
			),
		);
		const discs = chosen.map((g) => ({
			...at(g, Math.sqrt((sizeOf(g) * perTonne) / Math.PI) + 3),
			free: level !== LEVELS[2],
		}));
		return { level, groups: chosen, perTonne, shift: makeRoom(discs, fixed), perMillTonne };
	}

	/** Area in pixels of a tonne a month. */
	function areaScale(current, compact) {
		if (view.shown.state.scale !== "adaptive") return current.perTonne;
		const most = current.groups.reduce(
			(best, g) => Math.max(best, groupValues(g, view.shown.values, view.shown.months).size),
			0,
		);
		return most > 0 ? (Math.PI * SIGN[compact] ** 2) / most : current.perTonne;
	}

	function millScale(values, months, compact) {
		const most = Math.max(0, ...mills.map((i) => values.received[i] / months));
		return most > 0 ? MILL_SIDE[compact] ** 2 / most : 0;
	}

	function widthOf(tonnesAMonth) {
		return tonnesAMonth > 0 ? Math.max(0.9, (tonnesAMonth / (loadScale() || 1)) * WIDEST) : 0;
	}

	/** Tonnes a month of the widest line: of the busiest link in its busiest month, or of what is shown. */
	function loadScale() {
		const { shown } = view;
		if (shown.state.scale !== "adaptive") return reference.load;
		shown.most ??= Math.max(
			0,
			...[...links.rail.keys()]
				.filter((l) => links.rail[l])
				.map((l) => Math.max(shown.loads.forward[l], shown.loads.backward[l])),
		);
		return shown.most / shown.months || reference.load;
	}

	function groupName(group, lang = view.shown.state.lang) {
		if (group.level === "region") return regionName(group.region, lang);
		if (group.level === "county" && group.sub) return group.sub;
		const ids = group.nodes;
		const chosen =
			["yard", "enterprise", "community"]
				.map((kind) => ids.find((i) => nodes.what(i) === kind))
				.find((i) => i !== undefined) ?? ids[0];
		// the many that have no name of their own are called after their county
		return !nodes.named[chosen] && group.sub ? group.sub : nodeName(chosen, lang);
	}

	function regionName(index, lang = view.shown.state.lang) {
		const name = nodes.region.names[index];
		return (lang === "ko" && run.regions.find((r) => r.name === name)?.name_local) || name;
	}

	function nodeName(i, lang = view.shown.state.lang) {
		return (lang === "ko" && nodes.local[i]) || nodes.name[i] || "?";
	}
}
